package pack

import (
	"slices"
	"strconv"
	"strings"
	"text/template/parse"

	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/source"
)

// A typ is the type of an expression, known when the pack is read.
type typ struct {
	kind  typKind
	field *setting.Field // whose value, list or record it is; nil if it was worked out
}

type typKind int

const (
	typNothing  typKind = iota // a mistake, reported already
	typValue                   // something that can be printed
	typBool                    // yes or no, worked out
	typList                    // a list that is not of records
	typRows                    // a list of records
	typRow                     // a record of a list
	typRecord                  // a record of the setting
	typMarkdown                // text from the registers
	typLiteral                 // "text" or 12
)

// An expr is a compiled expression. Which of its functions it has depends on
// its type.
type expr struct {
	typ   typ
	eval  func(*run) *setting.Value // what it gives is read at once: it may be used again for the next
	truth func(*run) bool
	write func(*run) // of typMarkdown

	text    string // of a literal, or the path of a field
	number  int
	isText  bool
	literal bool
	at      int // where it stands
}

// truth says whether a condition takes v for yes.
func truth(v *setting.Value) bool {
	if v.Field != nil && v.Field.Kind == setting.YesNo && !v.Field.Many {
		return v.Given && v.Yes
	}
	return v.Given
}

func value(t typ, eval func(*run) *setting.Value) expr {
	return expr{typ: t, eval: eval, truth: func(r *run) bool { return truth(eval(r)) }}
}

// pipe compiles a pipeline: a value is put after the arguments of the function
// that follows it.
func (c *compiler) pipe(p *parse.PipeNode, dot scope) expr {
	if p == nil {
		return expr{}
	}
	var e expr
	for i, cmd := range p.Cmds {
		if i == 0 {
			e = c.command(cmd, dot, nil)
		} else {
			e = c.command(cmd, dot, &e)
		}
	}
	e.at = int(p.Pos)
	return e
}

func (c *compiler) command(n *parse.CommandNode, dot scope, last *expr) expr {
	id, isFunction := n.Args[0].(*parse.IdentifierNode)
	if !isFunction {
		if len(n.Args) > 1 || last != nil {
			c.problem(int(n.Pos), "", "%s is not a function", n.Args[0])
			return expr{}
		}
		return c.operand(n.Args[0], dot)
	}
	named := slices.IndexFunc(c.functions, func(f Function) bool { return f.Name == id.Ident })
	if named < 0 {
		c.problem(int(n.Pos), source.DidYouMean(id.Ident, functionNames(c.functions)), "no function is called %q", id.Ident)
		return expr{}
	}
	f := &c.functions[named]
	var args []expr
	for _, a := range n.Args[1:] {
		args = append(args, c.operand(a, dot))
	}
	if last != nil {
		args = append(args, *last)
	}
	if slices.ContainsFunc(args, func(a expr) bool { return a.typ.kind == typNothing }) {
		return expr{}
	}
	if len(args) < f.least || f.most >= 0 && len(args) > f.most {
		c.problem(int(n.Pos), "write {{"+f.Usage+"}}", "%s has %d arguments", f.Name, len(args))
		return expr{}
	}
	return f.compile(c, int(n.Pos), args)
}

func (c *compiler) operand(n parse.Node, dot scope) expr {
	at := int(n.Position())
	switch n := n.(type) {
	case *parse.DotNode:
		return c.dot(dot)
	case *parse.FieldNode:
		return c.field(at, n.Ident, dot)
	case *parse.VariableNode:
		if n.Ident[0] == "$" {
			return c.field(at, n.Ident[1:], c.root)
		}
	case *parse.PipeNode:
		c.variables(n)
		return c.pipe(n, dot)
	case *parse.IdentifierNode: // a function without arguments
		return c.command(&parse.CommandNode{NodeType: parse.NodeCommand, Pos: n.Pos, Args: []parse.Node{n}}, dot, nil)
	case *parse.StringNode:
		return expr{typ: typ{kind: typLiteral}, text: n.Text, isText: true, literal: true, at: at}
	case *parse.NumberNode:
		if n.IsInt {
			return expr{typ: typ{kind: typLiteral}, number: int(n.Int64), literal: true, at: at}
		}
	}
	c.problem(at, "", "%s is not allowed in a template", n)
	return expr{}
}

// dot compiles a dot that stands by itself.
func (c *compiler) dot(dot scope) expr {
	switch dot.kind {
	case inRow:
		return expr{typ: typ{typRow, dot.field}, truth: func(*run) bool { return true }}
	case inItem:
		return value(typ{typValue, dot.field}, func(r *run) *setting.Value { return r.item })
	}
	f := dot.field
	return expr{typ: typ{typRecord, f}, truth: func(r *run) bool { return r.s.Has(f) }}
}

// field compiles the detail that names leads to from dot.
func (c *compiler) field(at int, names []string, dot scope) expr {
	if len(names) == 0 {
		return c.dot(dot)
	}
	if dot.kind == inItem {
		c.problem(at, "write {{.}}, or begin with $ for a detail of the setting", "an item of %s has no parts", dot.field.Path)
		return expr{}
	}
	if dot.kind == inRow {
		f := dot.field.Field(names[0])
		if f == nil || len(names) > 1 {
			c.unknown(at, names, dot.field)
			return expr{}
		}
		c.t.fields[dot.field] = true
		return c.valueOf(f, func(r *run) *setting.Value { return setting.Row(r.row, f) })
	}
	f := dot.field
	for i, name := range names {
		sub := f.Field(name)
		if sub == nil || f.Many {
			c.unknown(at, names[:i+1], dot.field)
			return expr{}
		}
		f = sub
	}
	if f.Kind == setting.Record && !f.Many {
		return expr{typ: typ{typRecord, f}, text: f.Path, truth: func(r *run) bool { return r.s.Has(f) }, at: at}
	}
	c.t.fields[f] = true
	return c.valueOf(f, func(r *run) *setting.Value { return r.s.Value(f) })
}

func (c *compiler) valueOf(f *setting.Field, eval func(*run) *setting.Value) expr {
	kind := typValue
	switch {
	case f.Many && f.Kind == setting.Record:
		kind = typRows
	case f.Many:
		kind = typList
	}
	e := value(typ{kind, f}, eval)
	e.text = f.Path
	if f.Many {
		e.truth = func(r *run) bool { v := eval(r); return len(v.List)+len(v.Rows) > 0 }
	}
	return e
}

// unknown reports a detail that the form does not have.
func (c *compiler) unknown(at int, names []string, record *setting.Field) {
	name := names[len(names)-1]
	for _, n := range names[:len(names)-1] {
		if sub := record.Field(n); sub != nil {
			record = sub
		}
	}
	path := strings.Join(names, ".")
	hint := source.DidYouMean(name, record.Names())
	if record.Path != "" && c.Form().Field(path) != nil {
		hint = "begin with $ for a detail of the setting: $." + path
	}
	if record.Path != "" && len(names) == 1 {
		path = record.Path + "." + name
	}
	c.problem(at, hint, "no detail is called %q", path)
}

// Form returns the form of the pack that is being read.
func (r *reader) Form() *setting.Form { return r.pack.Form }

// option checks that a literal is a key that a choice can have.
func (c *compiler) option(f *setting.Field, lit expr) {
	if f == nil || f.Kind != setting.Choice || !lit.isText {
		return
	}
	if _, ok := f.Option(lit.text); !ok {
		hint := source.DidYouMean(lit.text, f.Keys())
		if hint == "" {
			hint = "it can be " + source.Quoted(f.Keys(), "or")
		}
		c.problem(lit.at, hint, "%s is never %s", f.Path, strconv.Quote(lit.text))
	}
}
