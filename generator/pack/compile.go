package pack

import (
	"regexp"
	"slices"
	"strings"
	"text/template/parse"

	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/source"
)

// A program is a compiled piece of template.
type program []op

// An op is a step of a program.
type op func(*run)

// A compiler turns the tree of a text into a program.
type compiler struct {
	*reader
	t        *Template
	x        *text
	root     scope // of $
	plain    bool  // there are no sections here, and no links
	calls    []call
	sections []*text // of layers
	replaced map[*text]bool
	codes    []placed
}

// A call is a partial that is being compiled, with what dot is in it.
type call struct {
	name string
	dot  scope
}

// A placed source is one with the place of its heading.
type placed struct {
	*Source
	pos source.Pos
}

// problem reports something at an offset in the body of the text.
func (c *compiler) problem(offset int, hint, format string, args ...any) {
	c.problems.Add(c.x.pos(offset), hint, format, args...)
}

// A scope is what dot is.
type scope struct {
	kind  scopeKind
	field *setting.Field // the record, or the list whose item it is
}

type scopeKind int

const (
	inSetting scopeKind = iota // a record of the setting; field is it
	inRow                      // a record of a list; field is the list
	inItem                     // an item of a list that is not of records
)

// body compiles a list of nodes in which sections may begin.
func (c *compiler) body(list *parse.ListNode, dot scope) program {
	nodes := c.layered(list)
	var p program
	sealed := false // only a heading may follow
	for _, part := range nodes {
		c.x = part.text
		for _, n := range part.nodes {
			switch n := n.(type) {
			case *parse.TextNode:
				if sealed && !beginsSection(c.x, n) && strings.TrimSpace(string(n.Text)) != "" {
					c.problem(int(n.Pos), "let the condition hold whole sections, or none", "text after a condition that holds sections")
				}
				sealed = sealed && strings.TrimSpace(string(n.Text)) == ""
				p = append(p, c.sectionsOf(n)...)
			case *parse.IfNode:
				if !c.holdsHeading(n) {
					if sealed {
						c.problem(int(n.Pos), "let the condition hold whole sections, or none", "text after a condition that holds sections")
					}
					p = append(p, c.node(n, dot))
					continue
				}
				cond := c.condition(n.Pipe, dot)
				c.mustBegin(n.List)
				x := c.x
				then := c.body(n.List, dot)
				var other program
				if n.ElseList != nil {
					c.x = x
					c.mustBegin(n.ElseList)
					other = c.body(n.ElseList, dot)
				}
				c.x = x
				p = append(p, branch(cond, then, other))
				sealed = true
			default:
				if sealed {
					c.problem(int(n.Position()), "let the condition hold whole sections, or none", "text after a condition that holds sections")
				}
				p = append(p, c.node(n, dot))
			}
		}
	}
	return p
}

// A part is nodes that stand in one text.
type part struct {
	text  *text
	nodes []parse.Node
}

// layered returns the nodes of a list with each section that a layer has in
// place of the list's own. A section reaches to the next heading of its level
// or above, in the list.
func (c *compiler) layered(list *parse.ListNode) []part {
	if len(c.sections) == 0 {
		return []part{{c.x, list.Nodes}}
	}
	type piece struct {
		node    parse.Node
		heading *heading // that the piece begins with
	}
	var pieces []piece
	for _, n := range list.Nodes {
		text, ok := n.(*parse.TextNode)
		if !ok {
			pieces = append(pieces, piece{node: n})
			continue
		}
		from := int(text.Pos)
		end := from + len(text.Text)
		for _, h := range c.x.headingsIn(text) {
			if h.offset > from {
				pieces = append(pieces, piece{node: c.x.slice(from, h.offset)})
			}
			next := end
			for _, o := range c.x.headingsIn(text) {
				if o.offset > h.offset {
					next = o.offset
					break
				}
			}
			pieces = append(pieces, piece{c.x.slice(h.offset, next), &h})
			from = next
		}
		if from < end {
			pieces = append(pieces, piece{node: c.x.slice(from, end)})
		}
	}
	parts := []part{{text: c.x}}
	for i := 0; i < len(pieces); i++ {
		h := pieces[i].heading
		var with *text
		if h != nil {
			for _, s := range c.sections { // the topmost is last
				if s.name == h.source.Code {
					with = s
				}
			}
		}
		if with == nil {
			last := &parts[len(parts)-1]
			last.nodes = append(last.nodes, pieces[i].node)
			continue
		}
		for _, s := range c.sections {
			if s.name == h.source.Code {
				c.replaced[s] = true
			}
		}
		fresh := *with // a text of its own for each template, whose sections its headings become
		fresh.headings = nil
		own := &compiler{reader: c.reader, t: c.t, x: &fresh}
		fresh.findHeadings(own)
		if len(fresh.headings) == 0 || fresh.headings[0].source.Code != h.source.Code || strings.TrimSpace(fresh.body[:fresh.headings[0].offset]) != "" {
			c.unread = true
			own.problem(0, "begin the file with a heading that ends with {#"+h.source.Code+"}", "the file does not begin with the section that it is named after")
		} else {
			parts = append(parts, part{&fresh, fresh.root.Root.Nodes}, part{text: c.x})
			for _, another := range fresh.headings[1:] {
				if another.source.Level <= h.source.Level {
					own.problem(another.offset, "put it into a file of its own, or make it a subsection with one # more", "the file of the section %s holds another", with.name)
				}
			}
		}
		from := i
		for i+1 < len(pieces) && (pieces[i+1].heading == nil || pieces[i+1].heading.source.Level > h.source.Level) {
			if cond, ok := pieces[i+1].node.(*parse.IfNode); ok && c.holdsHeading(cond) {
				if level := c.firstLevel(cond.List); level <= h.source.Level {
					break
				}
			}
			i++
		}
		end := len(c.x.body)
		if i+1 < len(pieces) {
			end = int(pieces[i+1].node.Position())
		}
		for _, old := range c.x.headings {
			if int(pieces[from].node.Position()) <= old.offset && old.offset < end && !slices.ContainsFunc(fresh.headings, func(h heading) bool { return h.source.Code == old.source.Code }) {
				c.lost[old.source.Code] = with.file
			}
		}
	}
	return parts
}

func (x *text) slice(from, to int) *parse.TextNode {
	return &parse.TextNode{NodeType: parse.NodeText, Pos: parse.Pos(from), Text: []byte(x.body[from:to])}
}

// headingsIn returns the headings that begin in a text node.
func (x *text) headingsIn(n *parse.TextNode) []heading {
	var in []heading
	for _, h := range x.headings {
		if int(n.Pos) <= h.offset && h.offset < int(n.Pos)+len(n.Text) {
			in = append(in, h)
		}
	}
	return in
}

func beginsSection(x *text, n *parse.TextNode) bool {
	in := x.headingsIn(n)
	return len(in) > 0 && strings.TrimSpace(x.body[int(n.Pos):in[0].offset]) == ""
}

// holdsHeading reports whether a section begins inside a condition.
func (c *compiler) holdsHeading(n *parse.IfNode) bool {
	holds := func(l *parse.ListNode) bool {
		return l != nil && slices.ContainsFunc(l.Nodes, func(n parse.Node) bool {
			switch n := n.(type) {
			case *parse.TextNode:
				return len(c.x.headingsIn(n)) > 0
			case *parse.IfNode:
				return c.holdsHeading(n)
			}
			return false
		})
	}
	return holds(n.List) || holds(n.ElseList)
}

// firstLevel returns the level of the first heading in a list, or 0.
func (c *compiler) firstLevel(l *parse.ListNode) int {
	if l == nil {
		return 0
	}
	for _, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.TextNode:
			if in := c.x.headingsIn(n); len(in) > 0 {
				return in[0].source.Level
			}
		case *parse.IfNode:
			if level := c.firstLevel(n.List); level > 0 {
				return level
			}
		}
	}
	return 0
}

// mustBegin reports a branch that holds sections but does not begin with one.
func (c *compiler) mustBegin(l *parse.ListNode) {
	for _, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.TextNode:
			if beginsSection(c.x, n) {
				return
			}
			if strings.TrimSpace(string(n.Text)) == "" {
				continue
			}
		case *parse.IfNode:
			if c.holdsHeading(n) {
				return // it is checked itself
			}
		case *parse.CommentNode:
			continue
		}
		c.problem(int(n.Position()), "let the condition hold whole sections, or none", "a condition that holds sections begins with text")
		return
	}
}

// sectionsOf compiles text, cutting it where sections begin.
func (c *compiler) sectionsOf(n *parse.TextNode) program {
	var p program
	from, end := int(n.Pos), int(n.Pos)+len(n.Text)
	for _, h := range c.x.headingsIn(n) {
		if h.offset > from {
			p = append(p, c.text(from, h.offset))
		}
		h.source.Index = len(c.t.Sections)
		h.source.Numbering = h.source.numbering(c.t.Layout)
		h.source.pos = c.x.pos(h.offset)
		c.t.Sections = append(c.t.Sections, h.source)
		c.codes = append(c.codes, placed{h.source, c.x.pos(h.offset)})
		p = append(p, func(r *run) { r.section(h.source) })
		from = h.offset
	}
	if from < end {
		p = append(p, c.text(from, end))
	}
	return p
}

// checkSections reports headings that skip a level. A code may stand twice, in
// branches of which one is taken; a setting that gets both is a problem then.
func (c *compiler) checkSections() {
	level := 1
	for _, s := range c.codes {
		if s.Level > level+1 {
			c.problems.Add(s.pos, "", "a heading of level %d after one of level %d", s.Level, level)
		}
		level = s.Level
	}
}

// text compiles a piece of the text's body.
func (c *compiler) text(from, to int) op {
	x, s := c.x, c.x.body[from:to]
	return func(r *run) {
		if r.trace != nil {
			r.traced(x, from)
		}
		r.out = append(r.out, s...)
	}
}

// list compiles a list of nodes in which no section begins.
func (c *compiler) list(l *parse.ListNode, dot scope) program {
	if l == nil {
		return nil
	}
	var p program
	for _, n := range l.Nodes {
		if o := c.node(n, dot); o != nil {
			p = append(p, o)
		}
	}
	return p
}

func (p program) run(r *run) {
	for _, o := range p {
		o(r)
	}
}

func branch(cond func(*run) bool, then, other program) op {
	return func(r *run) {
		if cond(r) {
			then.run(r)
		} else {
			other.run(r)
		}
	}
}

// node compiles a node other than one in which sections begin.
func (c *compiler) node(n parse.Node, dot scope) op {
	at := int(n.Position())
	switch n := n.(type) {
	case *parse.TextNode:
		if in := c.x.headingsIn(n); len(in) > 0 {
			c.problem(in[0].offset, "use {{if}} around whole sections", "a section begins inside a {{range}}, {{with}}, {{block}} or partial")
		}
		return c.text(at, at+len(n.Text))
	case *parse.CommentNode:
		return nil
	case *parse.ActionNode:
		return c.action(n, dot)
	case *parse.IfNode:
		return branch(c.condition(n.Pipe, dot), c.list(n.List, dot), c.list(n.ElseList, dot))
	case *parse.WithNode:
		return c.with(n, dot)
	case *parse.RangeNode:
		return c.rangeOver(n, dot)
	case *parse.TemplateNode:
		return c.call(n, dot)
	}
	c.problem(at, "conditions, lists and blocks are all there is", "%s is not allowed in a template", n)
	return func(*run) {}
}

// variables reports the variables that a pipeline declares, and whether it
// does: a template has none.
func (c *compiler) variables(p *parse.PipeNode) bool {
	if p == nil || len(p.Decl) == 0 {
		return false
	}
	c.problem(int(p.Pos), "", "a template has no variables")
	return true
}

func (c *compiler) with(n *parse.WithNode, dot scope) op {
	c.variables(n.Pipe)
	e := c.pipe(n.Pipe, dot)
	other := c.list(n.ElseList, dot)
	switch e.typ.kind {
	case typRecord:
		then := c.list(n.List, scope{inSetting, e.typ.field})
		return branch(e.truth, then, other)
	case typValue:
		then := c.list(n.List, scope{inItem, e.typ.field})
		return func(r *run) {
			v := e.eval(r)
			if !truth(v) {
				other.run(r)
				return
			}
			item, one := r.item, *v
			r.item = &one
			then.run(r)
			r.item = item
		}
	case typNothing:
	default:
		c.problem(int(n.Pos), "", "{{with}} wants a detail or a record")
	}
	return func(*run) {}
}

func (c *compiler) rangeOver(n *parse.RangeNode, dot scope) op {
	c.variables(n.Pipe)
	e := c.pipe(n.Pipe, dot)
	other := c.list(n.ElseList, dot)
	switch e.typ.kind {
	case typRows:
		body := c.list(n.List, scope{inRow, e.typ.field})
		return func(r *run) {
			v := e.eval(r)
			row := r.row
			for i := range v.Rows {
				r.row = v.Rows[i]
				body.run(r)
			}
			r.row = row
			if len(v.Rows) == 0 {
				other.run(r)
			}
		}
	case typList:
		body := c.list(n.List, scope{inItem, e.typ.field})
		return func(r *run) {
			v := e.eval(r)
			item := r.item
			for i := range v.List {
				r.item = &v.List[i]
				body.run(r)
			}
			r.item = item
			if len(v.List) == 0 {
				other.run(r)
			}
		}
	case typNothing:
	default:
		c.problem(int(n.Pos), "", "{{range}} wants a list")
	}
	return func(*run) {}
}

func (c *compiler) call(n *parse.TemplateNode, dot scope) op {
	at := int(n.Pos)
	to := c.root
	if n.Pipe == nil {
		c.problem(at, `write {{template "`+n.Name+`" .}}`, "a partial is called without a dot")
		return func(*run) {}
	}
	switch e := c.pipe(n.Pipe, dot); e.typ.kind {
	case typRecord:
		to = scope{inSetting, e.typ.field}
	case typRow:
		to = dot
	case typNothing:
		return func(*run) {}
	default:
		c.problem(at, "", "a partial wants a record: the dot, or one such as .people.dsl")
	}
	p := c.reader.partial(c.x, n.Name)
	if p == nil {
		c.problem(at, source.DidYouMean(n.Name, c.partialNames(c.x)), "no partial is called %q", n.Name)
		return func(*run) {}
	}
	c.called[n.Name] = true
	this := call{n.Name, to}
	if slices.Contains(c.calls, this) {
		c.problem(at, "", "the partial %q calls itself", n.Name)
		return func(*run) {}
	}
	in := *c
	in.x, in.root, in.calls = p.text, to, append(slices.Clone(c.calls), this)
	if p.text != c.x && p.text.headings == nil {
		p.text.findHeadings(&compiler{reader: c.reader, t: c.t, x: p.text}) // to report them
	}
	root := p.tree.Root
	if c.x.standsAlone(at) {
		body := in.list(root, to)
		return func(r *run) { body.run(r) }
	}
	// In the middle of a line, a partial ends without the end of its last line.
	if n := len(root.Nodes); n > 0 {
		if last, ok := root.Nodes[n-1].(*parse.TextNode); ok && strings.HasSuffix(string(last.Text), "\n") {
			root = &parse.ListNode{NodeType: parse.NodeList, Pos: root.Pos, Nodes: slices.Clone(root.Nodes)}
			root.Nodes[n-1] = p.text.slice(int(last.Pos), int(last.Pos)+len(last.Text)-1)
		}
	}
	body := in.list(root, to)
	return func(r *run) { body.run(r) }
}

// urlBefore reports whether an address after that text is part of a link
// already.
func urlBefore(line string) bool {
	for _, scheme := range []string{"mailto:", "tel:", "http://", "https://"} {
		if before, ok := strings.CutSuffix(line, scheme); ok {
			line = before
			break
		}
	}
	return strings.HasSuffix(line, "](") || strings.HasSuffix(line, "<")
}

// position says what the text before an offset makes of what is printed there.
func (c *compiler) position(offset int) (inURL, inHeading, inFence bool) {
	if c.plain {
		return false, true, true
	}
	rest := c.x.rest
	start := strings.LastIndex(rest[:min(len(rest), c.x.long(offset)+2)], "{{")
	if start < 0 {
		return false, false, false
	}
	before := rest[:start]
	line := before[strings.LastIndexByte(before, '\n')+1:]
	if c.x.fences == nil {
		c.x.fences = append([][]int{}, fenceLine.FindAllStringIndex(rest, -1)...) // not nil, even if there are none
	}
	fences := 0
	for fences < len(c.x.fences) && c.x.fences[fences][0] < start {
		fences++
	}
	return urlBefore(line), strings.HasPrefix(line, "#"), fences%2 == 1
}

// fenceLine matches the lines at which a fenced block begins or ends.
var fenceLine = regexp.MustCompile("(?m)^[ \t]*```")

// action compiles an action that prints.
func (c *compiler) action(n *parse.ActionNode, dot scope) op {
	at := int(n.Pos)
	if c.variables(n.Pipe) {
		return func(*run) {}
	}
	e := c.pipe(n.Pipe, dot)
	inURL, inHeading, inFence := c.position(at)
	x := c.x
	switch e.typ.kind {
	case typNothing:
		return func(*run) {}
	case typMarkdown:
		if inURL || inHeading || inFence {
			c.problem(at, "put it into running text", "%s cannot stand in a heading, a link or a diagram", n)
		}
		return func(r *run) {
			if r.trace != nil {
				r.traced(x, at)
			}
			e.write(r)
		}
	case typValue:
	case typList:
		c.problem(at, "write {{join "+n.Pipe.String()+"}}, or use {{range}}", "%s is a list", n.Pipe)
		return func(*run) {}
	case typRows:
		c.problem(at, "use {{range}}", "%s is a list of records", n.Pipe)
		return func(*run) {}
	case typRecord, typRow:
		hint := ""
		if f := e.typ.field; f != nil && len(f.Fields) > 0 {
			hint = "print one of its parts, such as " + f.Fields[0].Name
		}
		c.problem(at, hint, "%s is a record", n.Pipe)
		return func(*run) {}
	default:
		c.problem(at, "use it in an {{if}}", "%s has nothing to print", n.Pipe)
		return func(*run) {}
	}

	kind := setting.Text
	if e.typ.field != nil {
		kind = e.typ.field.Kind
	}
	switch kind {
	case setting.YesNo:
		c.problem(at, "use it in an {{if}}", "%s is a yes or no", n.Pipe)
		return func(*run) {}
	case setting.Rich:
		if inURL || inHeading || inFence {
			c.problem(at, "put it on a line of its own", "%s is text with marks of its own", n.Pipe)
		}
		return func(r *run) { r.rich(e.eval(r)) }
	case setting.URL, setting.Email:
		if inURL || inHeading || inFence {
			break
		}
		return func(r *run) {
			v := e.eval(r)
			if r.trace != nil {
				r.traced(x, at)
			}
			if !v.Given {
				r.print(v)
				return
			}
			shown, target := *v, ""
			if kind == setting.URL {
				shown.Text = bare(v.Text)
			} else {
				target = "mailto:"
			}
			r.out = append(r.out, '[')
			r.print(&shown)
			r.out = append(r.out, "]("+target...)
			r.print(v)
			r.out = append(r.out, ')')
		}
	default:
		if inURL {
			c.problem(at, "a link goes to a detail of the kind url or email", "%s is no address", n.Pipe)
		}
	}
	return func(r *run) {
		v := e.eval(r)
		if r.trace != nil {
			r.traced(x, at)
		}
		r.print(v)
	}
}

// condition compiles a pipeline that decides something.
func (c *compiler) condition(p *parse.PipeNode, dot scope) func(*run) bool {
	c.variables(p)
	e := c.pipe(p, dot)
	if e.typ.kind == typMarkdown || e.typ.kind == typLiteral {
		c.problem(int(p.Pos), "", "%s decides nothing", p)
	}
	if e.typ.kind == typNothing || e.truth == nil {
		return func(*run) bool { return false }
	}
	return e.truth
}
