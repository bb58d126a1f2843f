package generator

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/policygen/policygen/generator/document"
	"github.com/policygen/policygen/generator/docx"
	"github.com/policygen/policygen/generator/pack"
	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/slot"
	"github.com/policygen/policygen/generator/toml"
)

// A Status says how a requirement stands.
type Status string

// The statuses, as they are printed.
const (
	Covered       Status = "covered"
	NotApplicable Status = "not applicable"
	NotCovered    Status = "not covered"
)

// A Coverage says which clauses answer one requirement.
type Coverage struct {
	*pack.Requirement
	Status Status
	Where  []Answer // of what is covered
	Reason string   // why it is not
}

// An Answer is a section that answers a requirement.
type Answer struct {
	Document string // its name, such as online-safety-policy
	Title    string // of the document
	Section  string // its code
	Number   string // as the document prints it, or the heading of what has none
}

// Coverage says of every requirement of the edition how it stands in the
// setting's documents, in the order of the register.
func (d *Documents) Coverage() []Coverage {
	where := map[string][]Answer{}
	for _, doc := range d.List {
		for _, s := range doc.sections {
			for _, id := range s.Answers {
				where[id] = append(where[id], Answer{doc.Name, doc.Meta.Title, s.Code, s.number()})
			}
		}
	}
	rows := make([]Coverage, 0, len(d.pack.Requirements))
	for _, q := range d.pack.Requirements {
		row := Coverage{Requirement: q, Status: NotCovered, Where: where[q.ID]}
		switch {
		case len(row.Where) > 0:
			row.Status = Covered
		case !q.Concerns(d.Setting):
			row.Status, row.Reason = NotApplicable, "not asked of a setting of this type: "+d.Setting.Type.Label
		default:
			row.Reason = d.whyNot(q)
		}
		rows = append(rows, row)
	}
	return rows
}

// whyNot returns why no clause answers q, or "" if nothing says why.
func (d *Documents) whyNot(q *pack.Requirement) string {
	for _, g := range d.Gone {
		switch {
		case !slices.Contains(g.Answers, q.ID):
		case g.OwnWords:
			return fmt.Sprintf("%s is in the setting's own words: whether they answer this is for the setting to check", g.Code)
		case g.Reason != "":
			return fmt.Sprintf("the setting has left out %s: %s", g.Code, g.Reason)
		default:
			return fmt.Sprintf("the setting has left out %s", g.Code)
		}
	}
	return q.Reason
}

// number returns how readers are sent to a section.
func (s *section) number() string {
	n := s.Number()
	switch {
	case s.Level == 0:
		return "the cover"
	case n == "":
		return document.Plain(s.moulds.section.Title, s.Details)
	case strings.HasPrefix(n, "Appendix"):
		return n
	}
	return "section " + n
}

// Coverage says of every requirement of the edition which sections answer it in
// the documents of one type of setting or another, with the fewest details. A
// requirement that no type's documents answer is not covered.
func (g *Generator) Coverage() ([]Coverage, error) {
	var all []Coverage
	for _, t := range g.pack.Form.Types {
		s, err := setting.Read(toml.Parse("", []byte("[setting]\nname = \"A setting\"\ntype = \""+t.ID+"\"\n")), g.pack.Form)
		if err != nil {
			return nil, err
		}
		docs, err := g.Make(s, nil)
		if err != nil {
			return nil, err
		}
		for i, row := range docs.Coverage() {
			if all == nil || i >= len(all) {
				all = append(all, Coverage{Requirement: row.Requirement, Status: NotCovered, Reason: row.Requirement.Reason})
			}
			for _, a := range row.Where {
				a.Number = a.Section // numbers differ between types
				all[i].Status, all[i].Reason = Covered, ""
				if !slices.ContainsFunc(all[i].Where, func(o Answer) bool { return o.Document == a.Document && o.Section == a.Section }) {
					all[i].Where = append(all[i].Where, a)
				}
			}
		}
	}
	return all, nil
}

// WriteCoverage writes rows as CSV (RFC 4180): a line for each section that
// answers a requirement, and one for each requirement that none answers.
func WriteCoverage(w io.Writer, rows []Coverage) error {
	c := csv.NewWriter(w)
	c.Write([]string{"requirement", "strength", "origin", "document", "section", "status", "reason"})
	for _, r := range rows {
		line := []string{r.ID, r.Strength, asked(r.Requirement), "", "", string(r.Status), cell(r.Reason)}
		if len(r.Where) == 0 {
			c.Write(line)
		}
		for _, a := range r.Where {
			line[3], line[4] = a.Document, a.Section
			c.Write(line)
		}
	}
	c.Flush()
	return c.Error()
}

// cell returns words as a cell of a table that people will open in a
// spreadsheet, which would take some for a formula.
func cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// asked returns who asks for something, and whether by name.
func asked(q *pack.Requirement) string {
	if q.Explicit {
		return q.From() + " (named there)"
	}
	return q.From() + " (read across)"
}

// CoverageReport makes a document of rows: for one setting or, if docs is nil,
// for the edition.
func (g *Generator) CoverageReport(rows []Coverage, docs *Documents) (*Document, error) {
	meta := document.Meta{Title: "How the documents answer guidance and law", Lang: "en-GB", Document: "coverage", Edition: g.pack.Edition.ID, Setting: "Edition " + g.pack.Edition.Title}
	if docs != nil {
		meta.Setting = docs.Setting.Name()
	}
	count := map[Status]int{}
	open := 0
	for _, r := range rows {
		count[r.Status]++
		if r.Status == NotCovered && r.Reason == "" && r.Strength != "E" {
			open++
		}
	}
	words := fmt.Sprintf("This table says which clause answers what guidance and law ask for, and who asks for it. Of %d points, %d are answered, %d do not concern the setting, and %d are not answered in these documents",
		len(rows), count[Covered], count[NotApplicable], count[NotCovered])
	if open > 0 {
		words += fmt.Sprintf("; for %d of those no reason is given", open)
	}
	intro := &document.Section{Code: "CV-0", Blocks: []document.Block{
		paragraph(words + "."),
		paragraph("\"Named there\" means that the source names the subject itself; \"read across\" that it asks for safeguarding in general, and that its bearing on the subject has been concluded from that. What a council advised is not what an inspectorate required, and is told apart. The table shows where the words are. It does not show that they are acted on."),
	}}
	sections := []*document.Section{intro}
	for _, o := range g.pack.Origins {
		table := &document.Table{
			Align: make([]document.Align, 4),
			Head:  [][]document.Inline{text("What is asked"), text("How"), text("Where in the source"), text("Answered in")},
		}
		for _, r := range rows {
			if r.Origin != o {
				continue
			}
			how := "must"
			switch r.Strength {
			case "S":
				how = "should"
			case "E":
				how = "evidence"
			}
			place := r.Place
			if r.Explicit {
				place = strings.TrimPrefix(place+", named there", ", ")
			} else {
				place = strings.TrimPrefix(place+", read across", ", ")
			}
			table.Rows = append(table.Rows, [][]document.Inline{text(r.ID + ": " + r.Text), text(how), text(place), r.answer()})
		}
		if len(table.Rows) > 0 {
			heading := strings.NewReplacer(", %", "", " %", "").Replace(o.Label)
			sections = append(sections, &document.Section{Code: fmt.Sprintf("CV-%d", len(sections)), Level: 2, Title: text(heading), Blocks: []document.Block{table}})
		}
	}
	return g.compose(docs, meta, sections)
}

// answer returns where a requirement is answered, or why it is not.
func (c *Coverage) answer() []document.Inline {
	if c.Status != Covered {
		words := string(c.Status)
		if c.Reason != "" {
			words += ": " + c.Reason
		}
		return text(words)
	}
	return printed(c.Where)
}

// printed returns where sections stand: each document with their numbers.
func printed(where []Answer) []document.Inline {
	var out []document.Inline
	for i, a := range where {
		if i == 0 || a.Document != where[i-1].Document {
			if i > 0 {
				out = append(out, document.Text("; "))
			}
			out = append(out, &document.Emphasis{Text: text(a.Title)}, document.Text(": "+a.Number))
			continue
		}
		out = append(out, document.Text(", "+a.Number))
	}
	return out
}

func text(words string) []document.Inline {
	if words == "" {
		return nil
	}
	return []document.Inline{document.Text(words)}
}

func paragraph(words string) document.Block { return &document.Paragraph{Text: text(words)} }

// compose makes a document of sections that no template has. It looks as docs
// look or, if they are nil, as documents look of which nobody has said how.
func (g *Generator) compose(docs *Documents, meta document.Meta, sections []*document.Section) (*Document, error) {
	doc := &Document{Name: meta.Document, Meta: meta, generator: g, title: &document.Section{Blocks: []document.Block{paragraph(meta.Title)}}}
	doc.Meta.Brand = document.Brand{Colour: defaultColour, Font: defaultFont}
	if docs != nil && len(docs.List) > 0 {
		doc.Meta.Brand, doc.look = docs.List[0].Meta.Brand, docs.List[0].look
	} else {
		look, err := docx.NewLook(g.pack.Look(), doc.Meta.Brand, nil)
		if err != nil {
			return nil, err
		}
		doc.look = look
	}
	for i, sec := range sections {
		sec.Index = i
		doc.sections = append(doc.sections, section{
			&pack.Section{Source: &pack.Source{Code: sec.Code, Level: sec.Level}, Details: []slot.Detail{{}}},
			&moulds{section: sec},
		})
	}
	return doc, nil
}
