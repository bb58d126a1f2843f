package pack

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/policygen/policygen/generator/document"
	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/slot"
	"github.com/policygen/policygen/generator/source"
)

// A Draft is a template filled in for one setting: Markdown in which every
// detail is still a slot, and the details.
type Draft struct {
	Template *Template
	Title    *Section   // without a heading: the text is the title
	Sections []*Section // what comes before the first heading is the first, if there is anything
	Gone     []Gone     // sections that the setting does not have, or has in words of its own
	setting  *setting.Setting
	pack     *Pack
}

// A Section is a section of a draft. Slots are numbered within it, so that
// settings with the same text and other details have the same Text.
type Section struct {
	*Source
	Text    string
	Details []slot.Detail // by the numbers of the slots; the first is the section's own number
	Answers []string      // ids of the requirements that its clauses answer
	Own     []Own         // what the setting has written of it itself
}

// Number returns the number that the document gives the section, such as 6.3
// or "Appendix A"; "" if it gives it none.
func (s *Section) Number() string { return s.Details[slot.Number].Text }

// A run is a template being filled in.
type run struct {
	pack     *Pack
	t        *Template
	s        *setting.Setting
	out      []byte
	starts   []int // of the sections, in out
	sections []*Section
	details  []slot.Detail // of all sections; those of the one that is being filled in are the last
	from     int           // where those begin
	ends     []int         // of the details of the sections before
	pending  []pending
	row      []setting.Value // that dot is, in a range over records
	item     *setting.Value  // that dot is, in a range over a list
	trace    *[]chunk        // where out comes from, if somebody wants to know

	scratch   [8]setting.Value // for values that are worked out
	scratched int
}

// temp returns room for a value that is worked out, until some others have been.
func (r *run) temp() *setting.Value {
	r.scratched++
	return &r.scratch[r.scratched%len(r.scratch)]
}

// A chunk is text of a draft that comes from one place.
type chunk struct {
	at   int // in out
	text *text
	from int            // in the text's body
	own  *setting.Value // a setting's own Markdown, in place of a text
}

func (r *run) traced(x *text, from int) {
	*r.trace = append(*r.trace, chunk{at: len(r.out), text: x, from: from})
}

// section ends the section that is being filled in and begins another.
func (r *run) section(s *Source) {
	r.end()
	r.starts = append(r.starts, len(r.out))
	r.sections = append(r.sections, &Section{Source: s})
	r.from = len(r.details)
	r.details = append(r.details, slot.Detail{})
}

// end gives the section that is being filled in its details. There is one list
// of them for a draft, which may move while it grows.
func (r *run) end() {
	if n := len(r.sections); n > 0 {
		r.ends = append(r.ends, len(r.details))
	}
}

// share gives every section its part of the details, when all are there.
func (r *run) share() {
	from := 0
	for i, s := range r.sections {
		s.Details = r.details[from:r.ends[i]:r.ends[i]]
		from = r.ends[i]
	}
}

// print leaves a slot for v.
func (r *run) print(v *setting.Value) {
	d := slot.Detail{Text: v.Text}
	if v.Field != nil {
		d.Path = v.Field.Path
		if !v.Given {
			d.Gap, d.Text = true, v.Field.LabelFor(r.s.Type)
			if v.Refused {
				d.Path = "" // it is not missing
			}
		}
	}
	r.slot(d)
}

func (r *run) slot(d slot.Detail) {
	r.out = utf8.AppendRune(r.out, slot.Mark(len(r.details)-r.from))
	r.details = append(r.details, d)
}

// apart is what stands around a setting's own Markdown.
const apart = "\n\n"

// rich writes a setting's own Markdown. Blank lines keep it from running into
// what stands around it; that it ends whatever it begins has been checked.
func (r *run) rich(v *setting.Value) {
	if r.trace != nil {
		*r.trace = append(*r.trace, chunk{at: len(r.out), own: v})
	}
	if !v.Given {
		r.print(v)
		return
	}
	r.out = append(r.out, apart+v.Text+apart...)
}

// Fill fills in the templates of every document that the setting gets, and
// changes them as the setting's file asks. It reports references that lead
// nowhere and changes that cannot be made, as source.Errors.
func (p *Pack) Fill(s *setting.Setting) ([]*Draft, error) {
	var drafts []*Draft
	var waiting []pending
	in := map[*Section]*Draft{}
	for _, t := range p.For(s) {
		d, r := p.fill(s, t, nil)
		drafts = append(drafts, d)
		waiting = append(waiting, r.pending...)
		for _, w := range r.pending {
			in[w.section] = d
		}
	}
	var problems source.Errors
	p.tailor(s, drafts, &problems)
	for _, d := range drafts {
		d.number(&problems)
	}
	for _, w := range waiting {
		if !strings.ContainsRune(w.section.Text, slot.Mark(w.slot)) {
			continue // the setting has changed the text that held it
		}
		text, ok := resolve(drafts, in[w.section], w)
		if gone, isLeft := left(drafts, w.code); !ok && isLeft {
			text, ok = `"`+gone.Heading+`" (left out here)`, true
			w.section.unlink(w.code, w.slot)
		}
		if !ok {
			text, ok = p.notMade(s, w)
		}
		if !ok {
			problems.Add(w.pos, "put the sentence into a condition, or name another", "a setting of the type %s has no %s", s.Type.ID, strings.TrimSpace("section "+w.code+w.document))
		}
		w.section.Details[w.slot].Text = text
	}
	for _, d := range drafts {
		if len(d.Sections) > 1 && strings.TrimSpace(d.Sections[0].Text) == "" { // nothing before the first heading
			d.Sections = d.Sections[1:]
		}
	}
	return drafts, problems.Err()
}

// notMade returns the title of a document that a setting of the type could
// have, and has not because it does not ask for it.
func (p *Pack) notMade(s *setting.Setting, w pending) (string, bool) {
	for _, t := range p.Templates {
		if w.kind == refTitle && t.Extra && t.Document == w.document && t.forType(s.Type) {
			return bound(p.title(s, t)), true
		}
	}
	return "", false
}

// title returns the title of a template, and what goes into its slots.
func (p *Pack) title(s *setting.Setting, t *Template) (string, []slot.Detail) {
	r := &run{pack: p, t: t, s: s}
	r.section(&Source{})
	t.title.run(r)
	r.end()
	r.share()
	return strings.TrimSpace(string(r.out)), r.details
}

func (p *Pack) fill(s *setting.Setting, t *Template, trace *[]chunk) (*Draft, *run) {
	r := &run{pack: p, t: t, s: s, trace: trace, out: make([]byte, 0, 32<<10)}
	r.section(t.Sections[0])
	t.body.run(r)
	r.end()
	r.share()
	all := string(r.out)
	for i, sec := range r.sections {
		end := len(all)
		if i+1 < len(r.starts) {
			end = r.starts[i+1]
		}
		sec.Text = all[r.starts[i]:end]
	}
	title := &Section{Source: &Source{}}
	title.Text, title.Details = p.title(s, t)
	return &Draft{Template: t, Title: title, Sections: r.sections, setting: s, pack: p}, r
}

// number gives sections their numbers, in order.
func (d *Draft) number(problems *source.Errors) {
	seen := map[string]*Section{}
	main, sub, appendix := 0, 0, 0
	for _, s := range d.Sections {
		if first := seen[s.Code]; first != nil {
			pos := s.pos
			if pos.File == d.Template.File && first.pos.File != d.Template.File { // which the file of a layer brings
				pos = first.pos
			}
			problems.Add(pos, "", "a setting of the type %s gets the section %s twice", d.setting.Type.ID, s.Code)
		}
		if s.Level > 0 {
			seen[s.Code] = s
		}
		n := &s.Details[slot.Number].Text
		switch {
		case s.Numbering == document.Unnumbered:
		case s.Level == 3 && s.Numbering == document.Appendix:
			sub++
			*n = fmt.Sprintf("%s.%d", letters(appendix), sub)
		case s.Level == 3:
			sub++
			*n = fmt.Sprintf("%d.%d", main, sub)
		case s.Numbering == document.Appendix:
			appendix++
			sub = 0
			*n = "Appendix " + letters(appendix)
		default:
			main++
			sub = 0
			*n = fmt.Sprint(main)
		}
	}
}

// letters returns the letters that stand for n: A to Z, AA, AB and so on.
func letters(n int) string {
	s := ""
	for ; n > 0; n = (n - 1) / 26 {
		s = string(rune('A'+(n-1)%26)) + s
	}
	return s
}

// resolve returns what a reference from the draft says.
func resolve(drafts []*Draft, from *Draft, w pending) (string, bool) {
	in := from
	if w.document != "" || !from.Template.has(w.code) {
		in = nil
		for _, d := range drafts {
			if d.Template.Document == w.document || w.document == "" && d.section(w.code) != nil {
				in = d
				break
			}
		}
	}
	if in == nil {
		return "", false
	}
	if w.kind == refTitle {
		return in.PlainTitle(), true
	}
	s := in.section(w.code)
	if s == nil {
		return "", false
	}
	n := s.Number()
	name, of := "section "+n, " of"
	if letter, ok := strings.CutPrefix(n, "Appendix"); ok {
		name = "appendix" + letter
	}
	if n == "" {
		name = s.plainHeading()
	}
	if in == from {
		return name, true
	}
	if n == "" { // the title follows, so the heading needs marks of its own
		name, of = `"`+name+`"`, " in"
	}
	if from.setting.Type.Is("childminder") { // who works alone
		return name + of + " my", true
	}
	return name + of + " our", true
}

func (d *Draft) section(code string) *Section {
	for _, s := range d.Sections {
		if s.Code == code && s.Level > 0 {
			return s
		}
	}
	return nil
}

// PlainTitle returns the draft's title as it reads.
func (d *Draft) PlainTitle() string { return bound(strings.TrimSpace(d.Title.Text), d.Title.Details) }

// plainHeading returns the words of the section's heading.
func (s *Section) plainHeading() string {
	line, _, _ := strings.Cut(s.Text, "\n")
	line = headingCode.ReplaceAllString(strings.TrimLeft(line, "# "), "")
	return bound(strings.TrimSpace(line), s.Details)
}

// bound returns text without mark-up with the details in their slots.
func bound(text string, details []slot.Detail) string {
	var b strings.Builder
	for _, r := range text {
		n, ok := slot.Of(r)
		switch {
		case !ok:
			b.WriteRune(r)
		case details[n].Gap:
			b.WriteString(slot.GapLabel + details[n].Text)
		default:
			b.WriteString(details[n].Text)
		}
	}
	return b.String()
}

// Locate returns the place in the template, or in the setting's file, that an
// offset in a section's text comes from. The template is run again to find it.
func (d *Draft) Locate(s *Section, offset int) source.Pos {
	for _, own := range s.Own {
		if at := strings.Index(s.Text, own.Text); at >= 0 && at <= offset && offset < at+len(own.Text) {
			return ownPosition(own.value, offset-at)
		}
	}
	var trace []chunk
	_, r := d.pack.fill(d.setting, d.Template, &trace)
	at := 0
	for i, sec := range r.sections {
		if sec.Source == s.Source {
			at = r.starts[i] + offset
		}
	}
	for i := len(trace) - 1; i >= 0; i-- {
		c := trace[i]
		if c.at > at {
			continue
		}
		if c.own != nil {
			return ownPosition(c.own, at-c.at-len(apart))
		}
		return c.text.pos(c.from + at - c.at)
	}
	return source.Pos{File: d.Template.File}
}

// checkRich reports what is wrong with a setting's own Markdown. It is read by
// itself, so that it cannot begin what only the text after it would end.
func checkRich(v *setting.Value, problems *source.Errors) {
	s, found := document.Parse(v.Text)
	if s.Level > 0 {
		found = append(found, document.Problem{Msg: "a heading"})
	}
	for _, p := range found {
		pos := ownPosition(v, p.Offset)
		if strings.Contains(p.Msg, "heading") {
			p.Msg, p.Hint = "a heading is not allowed in it", "use **strong** words instead"
		}
		problems.Add(pos, p.Hint, "%s: %s", v.Field.Path, p.Msg)
	}
}

// ownPosition returns the place of an offset in words of the setting's own.
func ownPosition(v *setting.Value, offset int) source.Pos {
	if v.Lines == nil {
		return v.Pos
	}
	in := source.Position(v.Pos.File, v.Text, offset)
	if in.Line == 1 {
		in.Col += v.Lines.Col - 1
	}
	in.Line += v.Lines.Line - 1
	return in
}
