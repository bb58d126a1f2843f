package pack

import (
	"regexp"
	"slices"
	"strings"
	"text/template/parse"

	"github.com/policygen/policygen/generator/document"
	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/source"
)

// A Template is what one document is made from.
type Template struct {
	File      string
	Family    *Family
	Document  string // the name of the document, such as online-safety-policy: begins with the family
	Code      string // that the document is known by, such as OS or AUP-2
	Audience  string // whom it is written for, in words
	Types     []string
	KeyStages []string // it is for settings that have one of them; nil means all
	Layout    Layout
	Order     int      // among the documents of the family
	Grade     int      // the Flesch-Kincaid grade that it stays within, if it is for learners; 0 means none is set
	Longest   int      // the words that its longest sentence may have; 0 means any number
	Aside     []string // codes of its sections that adults read, to which those limits do not apply
	Extra     bool     // it is made only if a setting asks for it
	Extras    []string // codes of its appendices that are there only if a setting asks for them

	Sections []*Source // in the order of the file

	title   program
	body    program
	fields  map[*setting.Field]bool // that it reads
	heading string                  // the title as the front matter has it
	when    func(*run) bool         // whether a setting that it is for gets it; nil means always
}

// A Layout is how a document is laid out.
type Layout string

// The layouts.
const (
	Policy Layout = "policy" // cover, contents list, numbered sections
	Page   Layout = "page"   // a page or two to hand out, without those
)

// A Source is a section of a template.
type Source struct {
	Code      string // of what comes before the first heading, it is the family's with 0
	Level     int    // of its heading; 0 if it has none
	Index     int    // of it, in the template's Sections
	Numbering document.Numbering

	pos source.Pos // of its heading
}

// numbering returns how a section is numbered: by its place, not by its code,
// so that a document that leaves a section out has no hole. What has the code 0
// and what is below the third level has no number, and neither has a page.
func (s *Source) numbering(l Layout) document.Numbering {
	number := s.Code[strings.IndexByte(s.Code, '-')+1:]
	switch {
	case l == Page || s.Level == 0 || s.Level > 3 || number == "" || number == "0" || strings.HasPrefix(number, "0."):
		return document.Unnumbered
	case number[0] == 'A':
		return document.Appendix
	}
	return document.Numbered
}

// has reports whether t has a section with that code, for some settings.
func (t *Template) has(code string) bool {
	return slices.ContainsFunc(t.Sections, func(s *Source) bool { return s.Level > 0 && s.Code == code })
}

// Uses reports whether t prints or asks for the field.
func (t *Template) Uses(f *setting.Field) bool { return t.fields[f] }

// forType reports whether settings of a type may have the document.
func (t *Template) forType(typ *setting.Type) bool {
	return slices.Contains(t.Types, "all") || concerns(t.Types, typ)
}

// concerns reports whether s has the document.
func (t *Template) concerns(s *setting.Setting) bool {
	if choice := chosenAppendices(s); t.Extra && !choice.all && !choice.named(t.Code) {
		return false
	}
	if !t.forType(s.Type) || t.when != nil && !t.when(&run{t: t, s: s}) {
		return false
	}
	if t.KeyStages == nil {
		return true
	}
	for _, v := range s.At("setting.key_stages").List {
		if slices.Contains(t.KeyStages, v.Key) {
			return true
		}
	}
	return false
}

// template reads and compiles one template, with the sections that layers have
// in place of its own.
func (r *reader) template(family *Family, x *text, sections []*text, replaced map[*text]bool) *Template {
	start := source.Pos{File: x.file, Line: 1, Col: 1}
	if x.front == nil {
		r.problems.Add(start, `begin it with +++, title = "…", code = "`+family.Code+`", types = ["…"] and +++`, "a template without front matter")
		return nil
	}
	f := x.front
	t := &Template{
		File: x.file, Family: family, Code: f.Text("code"), Audience: f.Text("audience"), Types: f.Texts("types"),
		KeyStages: f.Texts("key_stages"), Layout: Layout(f.Text("layout")), Order: f.Int("order"), heading: f.Text("title"),
		Grade: f.Int("grade"), Longest: f.Int("longest_sentence"), Aside: f.Texts("adults_read"), Extra: f.Bool("extra"), Extras: f.Texts("extras"),
		fields: map[*setting.Field]bool{},
	}
	name := f.Text("document")
	if name == "" {
		name = x.name
	}
	t.Document = family.ID + "-" + name
	if said := f.Text("family"); said != "" && said != family.ID {
		f.Problem(f.At("family"), "move the file or change the line", "the template stands in the folder %s", family.ID)
	}
	if t.Layout == "" {
		t.Layout = Policy
	}
	if t.Layout != Policy && t.Layout != Page {
		f.Problem(f.At("layout"), `it can be "policy" or "page"`, "no layout is called %q", t.Layout)
	}
	if t.heading == "" {
		f.Problem(start, `add title = "…"`, "a template without a title")
	}
	if t.Code != family.Code && !strings.HasPrefix(t.Code, family.Code+"-") {
		f.Problem(f.At("code"), "", "the code of a document of %s begins with %s", family.ID, family.Code)
	}
	if t.Audience == "" {
		f.Problem(start, `add audience = "…"`, "a template that does not say whom it is for")
	}
	if len(t.Types) == 0 {
		f.Problem(start, `add types = ["all"], or the types and groups of setting it is for`, "a template for no type of setting")
	}
	for _, who := range t.Types {
		if ids := r.pack.Form.Who(); who != "all" && !slices.Contains(ids, who) {
			f.Problem(f.At("types"), source.DidYouMean(who, ids), "no group and no type of setting is called %q", who)
		}
	}
	if stages := r.pack.Form.Field("setting.key_stages"); stages != nil {
		for _, k := range t.KeyStages {
			if _, ok := stages.Option(k); !ok {
				f.Problem(f.At("key_stages"), "it can be "+source.Quoted(stages.Keys(), "or"), "no key stage is called %q", k)
			}
		}
	}
	when := f.Text("when")
	f.Rest("key")
	r.problems = append(r.problems, f.Problems()...)

	top := scope{kind: inSetting, field: r.pack.Form.Top()}
	t.title = r.title(t, x, f.At("title"), top)
	if when != "" {
		t.when = r.when(t, x, when, f.At("when"), top)
	}
	c := &compiler{reader: r, t: t, x: x, root: top, replaced: replaced, sections: sections}
	t.Sections = []*Source{{Code: family.Code + "-0"}}
	x.findHeadings(c)
	t.body = c.body(x.root.Root, top)
	c.checkSections()
	if len(x.headings) == 0 && t.Layout == Policy { // a letter may do without
		r.problems.Add(start, "begin a section with ## and end the line with a code such as {#"+family.Code+"-1}", "a template without sections")
	}
	return t
}

// title compiles the title in the front matter.
func (r *reader) title(t *Template, x *text, pos source.Pos, top scope) program {
	c, list := r.line(t, x, t.heading, pos, top)
	if list == nil {
		return nil
	}
	return c.list(list, top)
}

// when compiles the condition in the front matter, which is written as it would
// be after {{if: .technology.wifi_guest.
func (r *reader) when(t *Template, x *text, condition string, pos source.Pos, top scope) func(*run) bool {
	c, list := r.line(t, x, "{{if "+condition+"}}{{end}}", pos, top)
	if list == nil {
		return nil
	}
	if n, ok := list.Nodes[0].(*parse.IfNode); ok && len(list.Nodes) == 1 {
		return c.condition(n.Pipe, top)
	}
	r.problems.Add(pos, `write it as after {{if: when = ".technology.wifi_guest"`, "%q is not a condition", condition)
	return nil
}

// line parses a line of the front matter that has actions in it. Places in it
// are those of the line.
func (r *reader) line(t *Template, x *text, words string, pos source.Pos, top scope) (*compiler, *parse.ListNode) {
	tree := parse.New("text")
	tree.Mode = parse.SkipFuncCheck
	root, err := tree.Parse(words, "{{", "}}", map[string]*parse.Tree{})
	if err != nil {
		r.problems.Add(pos, "", "%s", parseError.ReplaceAllString(err.Error(), "$2"))
		return nil, nil
	}
	line := &text{file: x.file, data: x.data, body: words, at: &pos}
	return &compiler{reader: r, t: t, x: line, root: top, plain: true}, root.Root
}

// A heading is where a section begins in a file.
type heading struct {
	offset int // in the text's body
	source *Source
}

var (
	headingCode = regexp.MustCompile(`\{#([^}]*)\}[ \t]*$`)
)

// findHeadings gives each heading of the text a section of the template, and
// reports those without a code.
func (x *text) findHeadings(c *compiler) {
	next := 0
	for line := range strings.Lines(x.rest) {
		offset := next
		next += len(line)
		words := strings.TrimLeft(line, "#")
		s := &Source{Level: len(line) - len(words)}
		if s.Level < 1 || s.Level > 6 || words == "" || words[0] != ' ' && words[0] != '\t' {
			continue
		}
		if code := headingCode.FindStringSubmatch(strings.TrimSuffix(line, "\n")); code != nil {
			s.Code = code[1]
		}
		offset = x.short(offset)
		switch {
		case s.Level < 2 || s.Level > 4:
			c.problem(offset, "the title stands in the front matter; sections begin with ##, ### or ####", "a heading of level %d", s.Level)
		case s.Code == "":
			c.problem(offset, "end the line with a code such as {#"+c.t.Family.Code+"-1}", "a heading without a code")
		case !sectionCode.MatchString(s.Code) || !strings.HasPrefix(s.Code, c.t.Family.Code+"-"):
			c.problem(offset, "write "+c.t.Family.Code+"- and a number, or for an appendix A and a number, with .1 or so for a subsection", "%q cannot be the code of a section of %s", s.Code, c.t.Family.ID)
		}
		x.headings = append(x.headings, heading{offset, s})
	}
}

var sectionCode = regexp.MustCompile(`^` + document.CodePattern + `$`)
