package generator

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/policygen/policygen/generator/document"
	"github.com/policygen/policygen/generator/pack"
	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/slot"
	"github.com/policygen/policygen/generator/source"
	"github.com/policygen/policygen/templates"
)

// full returns a setting file of that type in which every field that concerns
// it has a value, with days of that year. Of each choice it takes the one with that number, and counts
// round: as many files as the longest choice has options take every option.
func full(year string, form *setting.Form, typ *setting.Type, n int) string {
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
		case !f.Concerns(typ), f.Path == "setting.vacant", f.Path == "tailoring", f.Path == "output.include_appendices", strings.HasSuffix(f.Path, ".vacant"), strings.HasPrefix(f.Path, "brand.") && f.Kind == setting.File,
			f.Path == "policies", f.Path == "edition", f.Path == "nation", f.Path == "language", f.Path == "contacts.national_include",
			strings.HasPrefix(f.Path, "setting.age_"), f.Path == "setting.key_stages", strings.HasPrefix(f.Path, "terms."), f.Path == "governance.member":
		case f.Kind == setting.Record:
			rows += "[[" + f.Path + "]]\n"
			for _, c := range f.Fields {
				if c.Name != "vacant" {
					rows += c.Name + " = " + value(year, c, typ, n) + "\n"
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
			line(f, "["+value(year, f, typ, n)+", "+value(year, f, typ, n+1)+"]")
		default:
			line(f, value(year, f, typ, n))
		}
	}
	for _, t := range tables {
		top += "[" + t + "]\n" + rest[t]
	}
	return top + rows
}

// value returns a value for a field, as a file has it.
func value(year string, f *setting.Field, typ *setting.Type, n int) string {
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
			return year + "-12-31"
		}
		return year + "-09-05"
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
var sayable = regexp.MustCompile(`(?i)\ba (?:one|once|eu\w*|uni\w*|use\w*|user\w*)\b|\.\.\.|\bappendix A(?:\.[0-9])? `)

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

// TestTypes makes the documents of every edition for every type of setting,
// with the fewest details there can be and with all of them, in as many variants
// as the longest choice has options. It reads them as a proof-reader would, and
// asks what no clause answers.
func TestTypes(t *testing.T) {
	ids, err := pack.Editions(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		p, err := pack.Read("templates", templates.FS, id)
		if err != nil {
			t.Fatal(err)
		}
		g := newGenerator(t, p)
		for _, typ := range p.Form.Types {
			t.Run(id+"/"+typ.ID, func(t *testing.T) {
				t.Parallel()
				read := map[string]bool{}
				said := map[string]bool{} // each slip is told once, not for every variant
				say := func(what string, slips []string) {
					for _, slip := range slips {
						if !said[slip] {
							said[slip] = true
							t.Errorf("%s: %s", what, slip)
						}
					}
				}
				check := func(what, data string) {
					docs, err := make1(g, "s.toml", data, fstest.MapFS{})
					if err != nil {
						problems, _ := errors.AsType[source.Errors](err)
						t.Fatalf("%s: %v\n%s", what, err, excerpt(data, problems))
					}
					for _, f := range p.Edition.Families {
						if len(docs.Only([]string{f.ID}).List) == 0 {
							t.Errorf("%s: no document of %s", what, f.ID)
						}
					}
					for _, d := range docs.List {
						say(what, proofRead(id, typ, d, read))
					}
					say(what, twice(docs))
					say(what, unanswered(docs))
					for _, r := range docs.Readings() {
						if r.TooHard() {
							say(what, []string{fmt.Sprintf("%s reads at grade %.1f (limit %d), its longest sentence has %d words (limit %d): %q", r.Document, r.Grade(), r.MaxGrade, r.Longest, r.MaxLongest, r.Where)})
						}
					}
				}
				check("fewest", "[setting]\nname = \"Nameless\"\ntype = \""+typ.ID+"\"\n")
				for n := range 12 {
					check(fmt.Sprintf("all, %d", n), full(id[:4], p.Form, typ, n))
				}
			})
		}
	}
}

// twice returns the codes that two documents of a setting have.
func twice(docs *Documents) (slips []string) {
	in := map[string]string{}
	for _, d := range docs.List {
		for _, s := range d.sections {
			if s.Level == 0 {
				continue
			}
			if other := in[s.Code]; other != "" {
				slips = append(slips, fmt.Sprintf("%s is in %s and in %s", s.Code, other, d.Name))
			}
			in[s.Code] = d.Name
		}
	}
	return slips
}

// unanswered returns the requirements that a document must or should answer
// and none does, without a reason.
func unanswered(docs *Documents) (slips []string) {
	for _, c := range docs.Coverage() {
		if c.Status == NotCovered && c.Reason == "" && c.Strength != "E" {
			slips = append(slips, fmt.Sprintf("nothing answers %s (%s): %s", c.ID, c.Strength, c.Text))
		}
	}
	return slips
}

// laterThan2016 is what nobody could have written in September 2016: bodies,
// laws, products, words and years that came later.
var laterThan2016 = regexp.MustCompile(`\b20(?:1[7-9]|2[0-9])\b|\bGDPR\b|\bUKCIS\b|\bReport Fraud\b|(?i:\bReport Remove|Report Harmful Content|Online Safety Act|Online Safety Bill|Data Protection Act 2018|Data \(Use|Crime and Policing Act|Wellbeing and Schools|child[- ]on[- ]child|deepfake|nudif|artificial intelligence|chatbot|semi-nude|sextortion|cyberflash|upskirt|smart glasses|low-level concern|safeguarding partner|Education for a Connected World|CEOP Education|four areas of risk|commerce\b|TikTok|generative|statutory RSHE|Relationships and Sex Education|suspension|Lanterns|MFA\b|multi-factor)|\bAI\b|\bDPO\b|\bDUAA\b|\bRSHE\b|\bVAWG\b`)

// TestSizes checks that documents are neither thin nor padded: the measures are
// those of a policy of its kind. Records, which are filled in, do not
// count as the policy's.
func TestSizes(t *testing.T) {
	g := builtin(t)
	words := func(name string) (all int, of map[string]int) {
		data, err := os.ReadFile("../examples/" + name + ".toml")
		if err != nil {
			t.Fatal(err)
		}
		docs, err := make1(g, name+".toml", string(data), os.DirFS("../examples"))
		if err != nil {
			t.Fatal(err)
		}
		of = map[string]int{}
		for _, d := range docs.List {
			of[d.Name] = d.Words()
			all += of[d.Name]
		}
		return all, of
	}
	all, of := words("harbour-academy")
	if of["online-safety-policy"] < 8_000 {
		t.Errorf("a secondary school's online safety policy has %d words", of["online-safety-policy"])
	}
	if all < 30_000 {
		t.Errorf("a secondary school's documents have %d words", all)
	}
	if _, of = words("jo-the-childminder"); of["online-safety-policy"] > 3_000 || of["online-safety-policy"] < 1_000 {
		t.Errorf("a childminder's online safety policy has %d words", of["online-safety-policy"])
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

// proofRead returns the slips in a document, but for what has been read
// already.
func proofRead(edition string, typ *setting.Type, d *Document, read map[string]bool) (slips []string) {
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
			if read[words] { // most paragraphs are alike in all variants
				return
			}
			read[words] = true
			if m := neverSaid.FindString(sayable.ReplaceAllString(words, "")); m != "" {
				said(s.Code, "%q in %q", m, words)
			}
			if m := laterThan2016.FindString(words); edition == "2016-09" && m != "" && !strings.Contains(words, "the answer") {
				said(s.Code, "%q, which is of later date, in %q", m, words)
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
