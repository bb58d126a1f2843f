package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/generator"
	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/source"
)

type checkOptions struct {
	sourceFlags
	json    bool
	final   bool
	assumed bool
	explain []string
	edition string
	layers  []string
}

func newCheck(e env) *cobra.Command {
	var opts checkOptions
	cmd := &cobra.Command{
		Use:   "check SOURCE...",
		Short: "List every problem and every detail that is missing, and write nothing",
		Long: `List what is wrong with setting files, what is odd, and what is still to
complete, and write nothing.

SOURCE is what generate takes: a setting file, a CSV or Excel file with a row for
each setting, the national register of schools, or a folder of such files. What
rows of a spreadsheet have in common is told once, with how many it concerns;
--json tells it of each.

--explain says of a detail what each setting has in it, and where that comes
from: its own file, a file of --defaults, another detail, or the form.

What a file cannot be made of is listed, and the other files are checked all the
same. The exit code is 1 if anything is wrong; with --final, also if anything is
missing. It is 2 if nothing is wrong but that a file is not there, and 3 if a
file cannot be read.`,
		Example: `  policygen check oakfield.toml
  policygen check --json schools/*.toml
  policygen check --assumed oakfield.toml
  policygen check schools.csv --defaults authority.toml --explain people.dsl.name`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{errors.New("check needs a setting file, a spreadsheet or a folder"), "write: policygen check SETTING.toml"}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return runCheck(e, opts, args) },
	}
	f := cmd.Flags()
	f.BoolVar(&opts.json, "json", false, "print findings as JSON, for programs")
	f.BoolVar(&opts.final, "final", false, "count a missing detail as a problem")
	f.BoolVar(&opts.assumed, "assumed", false, "list also what the documents take for granted because the file does not say")
	f.StringArrayVar(&opts.explain, "explain", nil, "say what settings have in this `field`, and where it comes from; may be repeated")
	f.StringVar(&opts.edition, "edition", "", "check against this `edition` (default what the file says, or the newest)")
	f.StringArrayVar(&opts.layers, "templates", nil, "put the templates of this `folder` over the built-in ones; may be repeated")
	opts.add(f)
	return cmd
}

// A finding is something that check has to say, as --json prints it.
type finding struct {
	Setting  string   `json:"setting,omitempty"`
	File     string   `json:"file"`
	Line     int      `json:"line,omitempty"`
	Col      int      `json:"col,omitempty"`
	Kind     string   `json:"kind"` // problem, warning, gap, assumed, unused, reading or explained
	Field    string   `json:"field,omitempty"`
	Message  string   `json:"message"`
	Hint     string   `json:"hint,omitempty"`
	Sections []string `json:"sections,omitempty"` // where a gap stands: document and code

	// Of a reading: the document, its Flesch-Kincaid grade and the words of its
	// longest sentence.
	Document string  `json:"document,omitempty"`
	Grade    float64 `json:"grade,omitempty"`
	Longest  int     `json:"longest_sentence,omitempty"`

	Origin string `json:"origin,omitempty"` // of a detail that has been explained
}

func runCheck(e env, opts checkOptions, args []string) error {
	w := &workshop{env: e, edition: opts.edition, layers: opts.layers}
	opts.tolerant = true
	src, err := w.open(args, opts.sourceFlags)
	if err != nil {
		return err
	}
	c := checker{e: e, opts: opts, many: len(src.files) > 1, findings: []finding{}, seen: map[source.Error]bool{}, groups: map[string]*group{}}
	for _, of := range src.missing {
		c.problem("", &of.problem)
	}
	for item, err := range src.items() {
		if err != nil {
			return err
		}
		c.settings++
		if len(opts.explain) > 0 {
			err = c.explain(item)
		} else {
			err = c.item(w, item)
		}
		if err != nil {
			return err
		}
	}
	for _, note := range src.left {
		e.say("%s", note)
	}
	if opts.json {
		enc := json.NewEncoder(e.out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		if err := enc.Encode(c.findings); err != nil {
			return err
		}
	}
	c.tellGroups()
	return c.end(src)
}

// A checker gathers what there is to say of settings.
type checker struct {
	e        env
	opts     checkOptions
	many     bool // there is more than one file
	findings []finding
	seen     map[source.Error]bool // a fault of the templates is every file's
	groups   map[string]*group     // what rows of spreadsheets have in common
	order    []*group

	settings, failed        int
	problems, gaps, assumed int
	blank                   bool // a line is due before the next gap
}

// A group is what may be said of several rows of a spreadsheet.
type group struct {
	text  string
	hint  string
	first finding
	name  string // of the first setting
	n     int
}

// tell prints a finding, or counts it if it is of a row of a spreadsheet.
func (c *checker) tell(item *generator.Item, f finding, text string) {
	c.findings = append(c.findings, f)
	if c.opts.json {
		c.findings[len(c.findings)-1].Setting = item.Name
		return
	}
	c.findings = c.findings[:0] // nobody asks for them again
	if item.Pos.Line == 0 {
		pos := source.Pos{File: f.File, Line: f.Line, Col: f.Col}
		fmt.Fprintln(c.e.out, (&source.Error{Pos: pos, Msg: text, Hint: f.Hint}).Error())
		return
	}
	key := text + "\n" + f.Hint
	g := c.groups[key]
	if g == nil {
		g = &group{text: text, hint: f.Hint, first: f, name: item.Name}
		c.groups[key] = g
		c.order = append(c.order, g)
	}
	g.n++
}

// tellGroups prints what rows of spreadsheets have in common.
func (c *checker) tellGroups() {
	for _, g := range c.order {
		text := g.text
		if g.n > 1 {
			text += fmt.Sprintf(" (of %d settings; the first is %s)", g.n, g.name)
		}
		fmt.Fprintln(c.e.out, (&source.Error{Pos: source.Pos{File: g.first.File, Line: g.first.Line, Col: g.first.Col}, Msg: text, Hint: g.hint}).Error())
	}
}

func found(kind string, p *source.Error) finding {
	return finding{File: p.Pos.File, Line: p.Pos.Line, Col: p.Pos.Col, Kind: kind, Message: p.Msg, Hint: p.Hint, Field: p.Field}
}

// problem prints a problem of a setting, if it has not been printed before.
func (c *checker) problem(name string, p *source.Error) {
	if c.seen[*p] {
		return
	}
	c.seen[*p] = true
	c.problems++
	if !c.opts.json {
		fmt.Fprintln(c.e.out, p.Error())
		return
	}
	f := found("problem", p)
	f.Setting = name
	c.findings = append(c.findings, f)
}

// item says what there is to say of a setting.
func (c *checker) item(w *workshop, item *generator.Item) error {
	j := &job{problems: item.Problems}
	if item.Setting != nil {
		var err error
		if j, err = w.make(item); err != nil {
			return err
		}
	}
	if len(j.problems) > 0 {
		c.failed++
		for _, p := range j.problems.Sorted() {
			c.problem(item.Name, p)
		}
	}
	if j.docs == nil || !j.whole { // a line that could not be read may say what would be missed
		return nil
	}
	docs, err := j.choose(nil)
	if err != nil {
		return err
	}
	for _, p := range append(docs.Warnings, docs.Proof()...).Sorted() {
		c.tell(item, found("warning", p), "warning: "+p.Msg)
	}
	for _, path := range j.docs.Unused() {
		p := &source.Error{Pos: j.setting.At(path).Pos, Msg: path + " is not used in any of this setting's documents", Field: path}
		c.tell(item, found("unused", p), "note: "+p.Msg)
	}
	at := item.Pos
	for _, r := range docs.Readings() {
		if item.Pos.Line > 0 && !r.TooHard() && !c.opts.json {
			continue // the documents of many settings are the same words
		}
		msg := reading(r)
		c.tell(item, finding{File: at.File, Line: at.Line, Kind: "reading", Message: msg, Document: r.Document, Grade: math.Round(r.Grade()*10) / 10, Longest: r.Longest}, msg)
	}
	list := docs.Gaps()
	if c.many && c.blank && len(list) > 0 && item.Pos.Line == 0 && !c.opts.json {
		fmt.Fprintln(c.e.out)
	}
	c.blank = true
	c.gaps += len(list)
	for _, g := range list {
		f := finding{File: at.File, Line: at.Line, Kind: "gap", Field: g.Path, Message: "to complete: " + g.Label, Sections: sections(g)}
		text := f.Message
		if !c.opts.json { // in JSON, these are fields of their own
			f.Hint = giveIt(g)
			if item.Pos.Line > 0 {
				f.Hint = "give it in a column " + g.Path + ", or in a file of --defaults"
			}
		}
		c.tell(item, f, text)
	}
	assumptions := docs.Assumptions()
	c.assumed += len(assumptions)
	for _, a := range assumptions {
		f := finding{File: at.File, Line: at.Line, Kind: "assumed", Field: a.Path, Message: a.Label + ": " + a.Value}
		if c.opts.json {
			c.tell(item, f, "")
		} else if c.opts.assumed {
			f.Hint = a.Label
			c.tell(item, f, "assumed: "+a.Path+" = "+a.Value)
		}
	}
	return nil
}

// end prints the line that a check ends with, and decides the exit code.
func (c *checker) end(src *sources) error {
	line := []string{}
	if len(c.opts.explain) == 0 {
		line = append(line, count(c.problems, "problem"))
		if c.gaps > 0 || c.failed+len(src.missing)+src.unread == 0 {
			line = append(line, count(c.gaps, "detail")+" to complete")
		}
		if c.assumed > 0 && !c.opts.assumed && !c.opts.json {
			line = append(line, fmt.Sprintf("%s taken for granted (--assumed lists them)", count(c.assumed, "answer")))
		}
	}
	if c.settings > 1 {
		line = append([]string{count(c.settings, "setting")}, line...)
	}
	if len(line) > 0 {
		c.e.say("%s", strings.Join(line, ", "))
	}
	switch {
	case src.unread > 0:
		return errUnread
	case c.failed > 0:
		return errFailed
	case len(src.missing) > 0:
		return errAbsent
	}
	if c.opts.final && c.gaps > 0 {
		return errIncomplete
	}
	return nil
}

// explain says what a setting has in the fields that are asked about, and where
// that comes from.
func (c *checker) explain(item *generator.Item) error {
	s := item.Setting
	if s == nil {
		c.failed++
		for _, p := range item.Problems {
			fmt.Fprintln(c.e.err, p.Error())
		}
		return nil
	}
	fields, err := explained(s.Form, c.opts.explain)
	if err != nil {
		return err
	}
	for _, f := range fields {
		path, v := f.Path, s.Value(f)
		from := ""
		switch origin, lender := s.Origin(f); {
		case origin == setting.Nowhere && f.Need == setting.Optional:
			from = "not given; the text does without"
		case origin == setting.Nowhere:
			from = "not given anywhere: still to complete"
		case origin == setting.Given:
			from = "from " + v.Pos.String()
		case origin == setting.Derived:
			from = "worked out from other details"
		case origin == setting.Default:
			from = "what the form has for " + s.Type.Label
		case v.Pos.Line > 0:
			from = "the same as " + lender.Path + ", from " + v.Pos.String()
		case v.Given:
			from = "the same as " + lender.Path
		default:
			from = "the same as " + lender.Path + ", which is still to complete"
		}
		if c.opts.json {
			c.findings = append(c.findings, finding{File: item.Pos.File, Line: item.Pos.Line, Setting: item.Name, Kind: "explained", Field: path, Message: v.String(), Origin: from})
			continue
		}
		value := v.String()
		if !v.Given {
			value = "(nothing)"
		}
		fmt.Fprintf(c.e.out, "%s: %s = %s\n\t%s\n", item.Pos, path, value, from)
	}
	return nil
}

// reading says how hard a document is to read.
func reading(r generator.Reading) string {
	limit := func(n int) string {
		if n == 0 {
			return ""
		}
		return fmt.Sprintf(" (limit %d)", n)
	}
	s := fmt.Sprintf("%s reads at grade %.1f%s, and its longest sentence has %d words%s", r.Document, max(0, r.Grade()), limit(r.MaxGrade), r.Longest, limit(r.MaxLongest))
	if r.TooHard() {
		s = "warning: " + s + ": " + strconv.Quote(r.Where)
	}
	return s
}

// printGap prints a detail that is still to complete, and where it belongs.
func printGap(w io.Writer, file string, g generator.Gap) {
	fmt.Fprintf(w, "%s: to complete: %s\n\t%s\n", file, g.Label, giveIt(g))
}

func giveIt(g generator.Gap) string {
	return "give " + g.Path + "; it stands in " + strings.Join(sections(g), ", ")
}

// sections returns where a gap stands: each document with its codes.
func sections(g generator.Gap) []string {
	var out []string
	last := ""
	for _, p := range g.Places {
		if p.Document == last {
			out[len(out)-1] += " " + p.Section
			continue
		}
		out = append(out, p.Document+" "+p.Section)
		last = p.Document
	}
	return out
}

// explained returns the fields with those paths; for a record, each of its own.
func explained(form *setting.Form, paths []string) ([]*setting.Field, error) {
	var fields []*setting.Field
	var add func(f *setting.Field)
	add = func(f *setting.Field) {
		if f.Kind != setting.Record || f.Many {
			fields = append(fields, f)
			return
		}
		for _, c := range f.Fields {
			add(c)
		}
	}
	for _, path := range paths {
		f := form.Field(path)
		if f == nil {
			var known []string
			for f := range form.All() {
				known = append(known, f.Path)
			}
			hint := source.DidYouMean(path, known)
			if hint == "" {
				hint = "policygen list fields shows what there is"
			}
			return nil, usageError{fmt.Errorf("--explain: no detail is called %q", path), hint}
		}
		add(f)
	}
	return fields, nil
}
