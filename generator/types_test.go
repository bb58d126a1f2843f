package generator

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/policygen/policygen/generator/document"
	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/slot"
	"github.com/policygen/policygen/generator/source"
)

// full returns a setting file of that type in which every field that concerns
// it has a value. Of each choice it takes the one with that number, and counts
// round: as many files as the longest choice has options take every option.
func full(form *setting.Form, typ *setting.Type, n int) string {
	top, rest := "", map[string]string{}
	var tables []string
	line := func(f *setting.Field, value string) {
		i := strings.LastIndexByte(f.Path, '.')
		if i < 0 {
			top += f.Path + " = " + value + "\n"
			return
		}
		t := f.Path[:i]
		if rest[t] == "" {
			tables = append(tables, t)
		}
		rest[t] += f.Path[i+1:] + " = " + value + "\n"
	}
	rows := ""
	for f := range form.All() {
		switch {
		case !f.Concerns(typ), f.Path == "setting.vacant", strings.HasSuffix(f.Path, ".vacant"), strings.HasPrefix(f.Path, "brand.") && f.Kind == setting.File,
			f.Path == "policies", f.Path == "edition", f.Path == "nation", f.Path == "language", f.Path == "contacts.national_include",
			strings.HasPrefix(f.Path, "setting.age_"), f.Path == "setting.key_stages", strings.HasPrefix(f.Path, "terms."), f.Path == "governance.member":
		case f.Kind == setting.Record:
			rows += "[[" + f.Path + "]]\n"
			for _, c := range f.Fields {
				if c.Name != "vacant" {
					rows += c.Name + " = " + value(c, typ, n) + "\n"
				}
			}
		case f.Many && f.Kind == setting.Choice:
			var keys []string
			for i := range f.Choices {
				if n%2 == 0 && !f.Choices[i].Alone || i == n%len(f.Choices) && n%2 == 1 {
					keys = append(keys, strconv.Quote(f.Choices[i].Key))
				}
			}
			line(f, "["+strings.Join(keys, ", ")+"]")
		case f.Many:
			line(f, "["+value(f, typ, n)+", "+value(f, typ, n+1)+"]")
		default:
			line(f, value(f, typ, n))
		}
	}
	for _, t := range tables {
		top += "[" + t + "]\n" + rest[t]
	}
	return top + rows
}

// value returns a value for a field, as a file has it.
func value(f *setting.Field, typ *setting.Type, n int) string {
	switch f.Kind {
	case setting.Choice:
		if f.Path == "setting.type" {
			return strconv.Quote(typ.ID)
		}
		return strconv.Quote(f.Choices[n%len(f.Choices)].Key)
	case setting.YesNo:
		return strconv.FormatBool(n%2 == 0)
	case setting.Number:
		return strconv.Itoa(min(max(f.Min, 1)+n, max(f.Max, 1)))
	case setting.Date:
		if strings.HasSuffix(f.Path, "next_review") {
			return "2027-08-31"
		}
		return "2026-09-01"
	case setting.URL:
		return `"https://www.n.example/` + f.Name + `"`
	case setting.Email:
		return `"` + strings.ReplaceAll(f.Name, "_", "-") + `@n.example"`
	case setting.Phone:
		return fmt.Sprintf(`"01632 9600%02d"`, n)
	case setting.Rich:
		return `"Words of *our own*.\n\n- one\n- two"`
	}
	if f.Pattern != nil {
		return strconv.Quote(f.Example)
	}
	if f.Name == "title" {
		// What a document or a post is called has no article of its own.
		return `"Title ` + strconv.Itoa(n) + `"`
	}
	return `"the answer ` + strconv.Itoa(n) + `"`
}

// words that a document cannot have, whatever the setting is.
var neverSaid = regexp.MustCompile(`(?i)<no value>|%!|\bdelete as appropriate\b|\[insert\b|\bTODO\b|\btbc\b|\blorem\b|\{\{|\}\}|\bnil\b| ,|\.\.|,,|\( | \)|\b(the the|a a|an an|of of|to to|and and|in in|is is)\b|\ba (?:a|e|i|o)[a-z]+\b`)

// sayable are what the pattern above takes for slips and is none.
var sayable = regexp.MustCompile(`(?i)\ba (?:one|once|eu\w*|uni\w*|use\w*|user\w*)\b|\.\.\.`)

// wrongTerms are words that documents for a type of setting cannot have: its
// people are called something else.
var wrongTerms = []struct {
	who   string
	words *regexp.Regexp
}{
	{"childminder", regexp.MustCompile(`(?i)\b(staff|governors?|headteachers?|head teachers?|leadership team|pupils?|students?|trustees?|principals?)\b`)},
	{"early_years_group", regexp.MustCompile(`(?i)\b(governors?|headteachers?|head teachers?|pupils?|students?|principals?)\b`)},
	{"kcsie", regexp.MustCompile(`(?i)\blearners?\b`)}, // the form's word
	{"college", regexp.MustCompile(`(?i)\b(pupils?|headteachers?|head teachers?)\b`)},
	{"out_of_school", regexp.MustCompile(`(?i)\b(pupils?|headteachers?|governors?)\b`)},
}

// allowedTerms are names of publications and roles elsewhere that hold such a
// word.
var allowedTerms = regexp.MustCompile(`(?i)Filtering and monitoring: questions for governors, proprietors and trustees|AI blackmail using pupil images|students? on placement|students, bank and agency staff|questions for governors`)

// TestTypes makes the documents of every type of setting with the fewest
// details there can be and with all of them, in as many variants as the longest
// choice has options, and reads them as a proof-reader would.
func TestTypes(t *testing.T) {
	g := builtin(t)
	form := g.pack.Form
	for _, typ := range form.Types {
		t.Run(typ.ID, func(t *testing.T) {
			said := map[string]bool{} // each slip is told once, not for every variant
			check := func(what, data string) {
				docs, err := make1(g, "s.toml", data, fstest.MapFS{})
				if err != nil {
					problems, _ := errors.AsType[source.Errors](err)
					t.Fatalf("%s: %v\n%s", what, err, excerpt(data, problems))
				}
				if len(docs.List) < 5 {
					t.Errorf("%s: %d documents", what, len(docs.List))
				}
				for _, f := range g.pack.Edition.Families {
					if len(docs.Only([]string{f.ID}).List) == 0 {
						t.Errorf("%s: no document of %s", what, f.ID)
					}
				}
				for _, d := range docs.List {
					for _, slip := range proofRead(typ, d) {
						if !said[slip] {
							said[slip] = true
							t.Errorf("%s: %s", what, slip)
						}
					}
				}
			}
			check("fewest", "[setting]\nname = \"Nameless\"\ntype = \""+typ.ID+"\"\n")
			for n := range 12 {
				check(fmt.Sprintf("all, %d", n), full(form, typ, n))
			}
		})
	}
}

func excerpt(data string, problems source.Errors) string {
	lines := strings.Split(data, "\n")
	var b strings.Builder
	for _, p := range problems {
		if p.Pos.File == "s.toml" && p.Pos.Line > 0 && p.Pos.Line <= len(lines) {
			b.WriteString(lines[p.Pos.Line-1] + "\n")
		}
	}
	return b.String()
}

// proofRead returns the slips in a document.
func proofRead(typ *setting.Type, d *Document) (slips []string) {
	said := func(section, format string, args ...any) {
		slips = append(slips, d.Name+" "+section+": "+fmt.Sprintf(format, args...))
	}
	for i, s := range d.sections {
		sec := s.moulds.section
		// A section has something in it: text, or sections below it.
		below := i+1 < len(d.sections) && d.sections[i+1].Level > s.Level
		if len(sec.Blocks) == 0 && !below {
			said(s.Code, "nothing under the heading %q", document.Plain(sec.Title, s.Details))
		}
		for _, detail := range s.Details {
			for _, w := range wrongTerms {
				if m := w.words.FindString(detail.Text); detail.Gap && typ.Is(w.who) && m != "" {
					said(s.Code, "%q in the gap %q", m, detail.Text)
				}
			}
		}
		sec.Walk(func(text []document.Inline) {
			words := plainGaps(text, s.Details)
			if m := neverSaid.FindString(sayable.ReplaceAllString(words, "")); m != "" {
				said(s.Code, "%q in %q", m, words)
			}
			for _, w := range wrongTerms {
				if typ.Is(w.who) {
					if m := w.words.FindString(allowedTerms.ReplaceAllString(words, "")); m != "" {
						said(s.Code, "%q in %q", m, words)
					}
				}
			}
		})
	}
	return slips
}

// plainGaps returns text as it reads, with a short word for each gap: labels of
// the form speak of every type of setting.
func plainGaps(text []document.Inline, details []slot.Detail) string {
	short := slices.Clone(details)
	for i := range short {
		if short[i].Gap {
			short[i] = slot.Detail{Text: "Gap"}
		}
	}
	return document.Plain(text, short)
}
