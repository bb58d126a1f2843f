package pack

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/slot"
	"github.com/policygen/policygen/generator/source"
)

// This file changes drafts as a setting's own file asks for it: sections left
// out, sections in the setting's own words, appendices chosen. Nothing that law
// or statutory guidance requires goes without a reason, and whatever has gone
// is known to coverage (see [Draft.Gone]).

// A Gone is a section that a setting does not have, or has in words of its own.
type Gone struct {
	Code     string
	Heading  string
	Answers  []string // ids of the requirements that its text would have answered
	OwnWords bool     // the setting's own words stand in its place
	Reason   string   // that the setting gives for leaving it out; may be empty
}

// A tailoring is an entry of the list tailoring of a setting file.
type tailoring struct {
	section, change, text, reason *setting.Value

	used bool   // one of the setting's documents has the section
	done bool   // and the change has been made to it
	with string // the code of the section with which it has gone
}

// tailorings returns what the setting asks for, and reports entries that do not
// say enough or contradict each other. Words in the place of a section's come
// before words that are added to it, in whatever order the file has them.
func tailorings(s *setting.Setting, problems *source.Errors) []*tailoring {
	f := s.Form.Field("tailoring")
	if f == nil || !f.Many {
		return nil
	}
	var list []*tailoring
	for _, row := range s.Value(f).Rows {
		part := func(name string) *setting.Value { return setting.Row(row, f.Field(name)) }
		t := &tailoring{section: part("section"), change: part("change"), text: part("text"), reason: part("reason")}
		pos := s.Value(f).Pos
		for i := range row {
			if row[i].Pos.Line > 0 {
				pos = row[i].Pos
				break
			}
		}
		switch {
		case !t.section.Given:
			problems.Add(pos, `add section = "OS-7.3" or the like`, "an entry of tailoring does not say which section it changes")
		case !t.change.Given:
			problems.Add(pos, `add change = "add", "replace" or "leave_out"`, "tailoring of %s does not say what is done with it", t.section.Text)
		case t.change.Key != "leave_out" && !t.text.Given:
			problems.Add(pos, `add text = """…"""`, "tailoring of %s has no words of your own", t.section.Text)
		case t.change.Key == "leave_out" && t.text.Given:
			problems.Add(t.text.Pos, `take the text out, or write change = "replace"`, "tailoring of %s leaves the section out and has words for it", t.section.Text)
		default:
			t.agrees(list, problems)
			list = append(list, t)
		}
	}
	slices.SortStableFunc(list, func(a, b *tailoring) int { return a.place() - b.place() })
	return list
}

// place is where in the order of changes to one section t comes.
func (t *tailoring) place() int {
	return map[string]int{"replace": 0, "add": 1, "leave_out": 2}[t.change.Key]
}

// agrees reports an entry before t that says otherwise of the same section.
func (t *tailoring) agrees(before []*tailoring, problems *source.Errors) {
	for _, b := range before {
		if b.section.Text != t.section.Text {
			continue
		}
		hint := fmt.Sprintf("line %d does, too: keep one of them", b.section.Pos.Line)
		switch {
		case t.change.Key == "replace" && b.change.Key == "replace":
			problems.Add(t.section.Pos, hint, "tailoring puts words in the place of %s twice", t.section.Text)
		case t.change.Key == "leave_out" && b.change.Key == "leave_out":
			problems.Add(t.section.Pos, hint, "tailoring leaves %s out twice", t.section.Text)
		case t.change.Key == "leave_out" || b.change.Key == "leave_out":
			problems.Add(t.section.Pos, fmt.Sprintf("line %d says otherwise: keep one of them", b.section.Pos.Line), "tailoring leaves %s out, and has words for it", t.section.Text)
		default:
			continue
		}
		return
	}
}

// appendixCode matches the codes of appendices, A2.1 among them.
var appendixCode = regexp.MustCompile(`-A[0-9]`)

// appendices says which appendices and extra documents a setting wants.
type appendices struct {
	recommended, all bool
	codes            []string
}

func chosenAppendices(s *setting.Setting) appendices {
	a := appendices{}
	list := s.At("output.include_appendices").List
	a.recommended = len(list) == 0
	for _, v := range list {
		switch v.Text {
		case "recommended":
			a.recommended = true
		case "all":
			a.all = true
		case "none":
		default:
			a.codes = append(a.codes, v.Text)
		}
	}
	return a
}

// named reports whether the setting names the code, or one that it belongs to.
func (a appendices) named(code string) bool {
	return slices.ContainsFunc(a.codes, func(c string) bool { return within(code, c) })
}

// within reports whether a section is the one with the code outer, or below it.
func within(code, outer string) bool {
	return code == outer || strings.HasPrefix(code, outer+".")
}

// wants reports whether the setting wants an appendix.
func (a appendices) wants(t *Template, code string) bool {
	extra := slices.ContainsFunc(t.Extras, func(e string) bool { return within(code, e) })
	return a.all || a.named(code) || a.recommended && !extra
}

// checkAppendices reports names in output.include_appendices that the pack does
// not know.
func (p *Pack) checkAppendices(s *setting.Setting, problems *source.Errors) {
	var known []string
	for _, t := range p.Templates {
		if t.Extra {
			known = append(known, t.Code)
		}
		for _, sec := range t.Sections {
			if sec.Level > 0 && appendixCode.MatchString(sec.Code) {
				known = append(known, sec.Code)
			}
		}
	}
	for _, v := range s.At("output.include_appendices").List {
		if v.Text != "recommended" && v.Text != "all" && v.Text != "none" && !slices.Contains(known, v.Text) {
			hint := source.DidYouMean(v.Text, known)
			if hint == "" {
				hint = `write "recommended", "all", "none" or codes such as "OS-A1"`
			}
			problems.Add(v.Pos, hint, "no appendix and no extra document has the code %q", v.Text)
		}
	}
}

// tailor changes drafts as the setting asks.
func (p *Pack) tailor(s *setting.Setting, drafts []*Draft, problems *source.Errors) {
	list := tailorings(s, problems)
	choice := chosenAppendices(s)
	before := p.answered(s, drafts)
	for _, d := range drafts {
		d.tailor(list, choice)
	}
	for _, t := range list {
		switch {
		case !t.used:
			problems.Add(t.section.Pos, source.DidYouMean(t.section.Text, codesOf(drafts)), "none of this setting's documents has the section %s", t.section.Text)
		case t.done || t.with == "" || t.change.Key == "leave_out": // or it has gone already
		case appendixCode.MatchString(t.with) && !leftOut(list, t.with):
			problems.Add(t.section.Pos, fmt.Sprintf("add %q to output.include_appendices, or take the words out", t.with), "tailoring has words for %s, and the appendix %s is not included", t.section.Text, t.with)
		default:
			problems.Add(t.section.Pos, "take one of the two out", "tailoring has words for %s, and leaves %s out, which it is part of", t.section.Text, t.with)
		}
	}
	after := p.answered(s, drafts)
	for _, d := range drafts {
		for _, g := range d.Gone {
			for _, id := range g.Answers {
				if q := p.Requirement(id); before[id] && !after[id] && !g.OwnWords && g.Reason == "" && q.Duty() && q.Concerns(s) {
					pos, hint := s.At("output.include_appendices").Pos, "include it"
					for _, t := range list {
						if within(g.Code, t.section.Text) && t.change.Key == "leave_out" {
							pos, hint = t.section.Pos, "add reason = \"…\": it is printed in place of the section"
						}
					}
					problems.Add(pos, hint, "%s cannot be left out without a reason: it answers %s (%s)", g.Code, q.ID, q.From())
					break
				}
			}
		}
	}
}

// leftOut reports whether the list leaves the section with that code out.
func leftOut(list []*tailoring, code string) bool {
	return slices.ContainsFunc(list, func(t *tailoring) bool { return t.section.Text == code && t.change.Key == "leave_out" })
}

// Empty reports whether nothing is left of a draft, because the setting wants
// none of its sections.
func (d *Draft) Empty() bool {
	return len(d.Gone) > 0 && !slices.ContainsFunc(d.Sections, func(s *Section) bool { return s.Level > 0 })
}

func codesOf(drafts []*Draft) []string {
	var codes []string
	for _, d := range drafts {
		for _, s := range d.Sections {
			if s.Level > 0 {
				codes = append(codes, s.Code)
			}
		}
	}
	return codes
}

// answered returns the ids of the requirements that the drafts answer.
func (p *Pack) answered(s *setting.Setting, drafts []*Draft) map[string]bool {
	ids := map[string]bool{}
	for _, d := range drafts {
		for _, sec := range d.Sections {
			for _, id := range sec.Answers {
				ids[id] = true
			}
		}
	}
	return ids
}

// tailor changes one draft.
func (d *Draft) tailor(list []*tailoring, choice appendices) {
	var kept []*Section
	below := "" // the code of a section that has gone, with those below it
	for _, sec := range d.Sections {
		if sec.Level == 0 {
			kept = append(kept, sec)
			continue
		}
		if below != "" && within(sec.Code, below) {
			d.gone(sec, "")
			went(list, sec.Code, below)
			continue
		}
		below = ""
		if appendixCode.MatchString(sec.Code) && !choice.wants(d.Template, sec.Code) {
			below = sec.Code
			d.gone(sec, "")
			went(list, sec.Code, below)
			continue
		}
		if !d.change(sec, list) {
			below = sec.Code
			continue
		}
		if len(d.Gone) > 0 && d.Gone[len(d.Gone)-1].Code == sec.Code && !d.Gone[len(d.Gone)-1].OwnWords {
			below = sec.Code // its heading stays, with the reason
		}
		kept = append(kept, sec)
	}
	d.Sections = kept
}

// went notes that there is a section and, unless that is "", with which it has
// gone whatever the list says of it.
func went(list []*tailoring, code, with string) {
	for _, t := range list {
		if t.section.Text == code {
			t.used, t.with = true, with
		}
	}
}

func (d *Draft) gone(sec *Section, reason string) {
	d.Gone = append(d.Gone, Gone{Code: sec.Code, Heading: sec.plainHeading(), Answers: sec.Answers, Reason: reason})
}

// change makes the changes to one section, and reports whether it stays.
func (d *Draft) change(sec *Section, list []*tailoring) bool {
	went(list, sec.Code, "")
	for _, t := range list {
		if t.section.Text != sec.Code {
			continue
		}
		t.done = true
		heading, _, _ := strings.Cut(sec.Text, "\n")
		switch t.change.Key {
		case "leave_out":
			d.gone(sec, t.reason.Text)
			if !t.reason.Given {
				return false
			}
			words := d.pack.Edition.LeftOut
			if d.setting.Type.Is("childminder") {
				words = d.pack.Edition.LeftOutAlone
			}
			sec.Details = append(slices.Clone(sec.Details), slot.Detail{Text: t.reason.Text, Path: t.reason.Field.Path})
			sec.say(heading + "\n\n" + plain(words) + " " + string(slot.Mark(len(sec.Details)-1)) + "\n")
			return true
		case "replace":
			d.Gone = append(d.Gone, Gone{Code: sec.Code, Heading: sec.plainHeading(), Answers: sec.Answers, OwnWords: true})
			sec.say(heading + "\n\n" + t.text.Text + "\n")
			sec.Own = append(sec.Own, Own{t.text.Text, t.text.Pos, t.text})
		case "add":
			sec.Text = strings.TrimRight(sec.Text, "\n") + "\n\n" + t.text.Text + "\n"
			sec.Own = append(sec.Own, Own{t.text.Text, t.text.Pos, t.text})
		}
	}
	return true
}

// say gives the section another text. What stood in slots that are no longer in
// it is nothing that can be missing.
func (s *Section) say(text string) {
	s.Text, s.Answers = text, nil
	s.Details = slices.Clone(s.Details)
	for i := range s.Details {
		if i != slot.Number && !strings.ContainsRune(text, slot.Mark(i)) {
			s.Details[i] = slot.Detail{}
		}
	}
}

// An Own is words of a section that the setting has written itself.
type Own struct {
	Text string // Markdown
	Pos  source.Pos

	value *setting.Value
}

// left returns the section with that code that the setting has left out of one
// of the drafts.
func left(drafts []*Draft, code string) (Gone, bool) {
	for _, d := range drafts {
		for _, g := range d.Gone {
			if g.Code == code && !g.OwnWords {
				return g, true
			}
		}
	}
	return Gone{}, false
}

// unlink takes the link away from a reference whose section has gone: what
// stays is the slot that says so.
func (s *Section) unlink(code string, n int) {
	mark := string(slot.Mark(n))
	s.Text = strings.Replace(s.Text, "["+mark+"](#"+code+")", mark, 1)
	s.Text = strings.Replace(s.Text, mark+" *"+string(slot.Mark(n+1))+"*", mark, 1)
}

// checkOwn reports what is wrong with a setting's own Markdown in tailoring.
func (p *Pack) checkOwn(s *setting.Setting, problems *source.Errors) {
	f := s.Form.Field("tailoring")
	if f == nil || !f.Many {
		return
	}
	for _, row := range s.Value(f).Rows {
		if text := f.Field("text"); text != nil {
			if v := setting.Row(row, text); v.Given {
				checkRich(v, problems)
			}
		}
	}
}
