package generator

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/policygen/policygen/generator/document"
)

// clauseLength is how many letters of a clause a report prints.
const clauseLength = 160

// wordingLength is how many letters of a school's wording it prints: that is what
// the template could adopt.
const wordingLength = 600

// CensusReport makes a document of a census: for each document what most schools
// have changed first, top of each at the most, and what they have added.
func (g *Generator) CensusReport(docs []DocumentCensus, top int) (*Document, error) {
	meta := document.Meta{Title: "What schools have changed in their documents", Lang: "en-GB", Document: "census", Edition: g.pack.Edition.ID, Setting: "For whoever keeps the templates"}
	w := &censusWriter{top: top}
	w.intro(docs)
	if len(docs) > 1 {
		w.overall(docs)
	}
	for i := range docs {
		if docs[i].Edited > 0 {
			w.document(&docs[i])
		}
	}
	return g.compose(nil, meta, w.sections)
}

// A censusWriter gathers the sections of a report.
type censusWriter struct {
	top      int
	sections []*document.Section
}

func (w *censusWriter) section(level int, title string, blocks ...document.Block) {
	w.sections = append(w.sections, &document.Section{Code: "CE-" + strconv.Itoa(len(w.sections)), Level: level, Title: text(title), Blocks: blocks})
}

func (w *censusWriter) intro(docs []DocumentCensus) {
	files, edited, named := 0, 0, false
	for _, d := range docs {
		files += d.Files
		edited += d.Edited
		for _, c := range d.Clauses {
			named = named || slices.ContainsFunc(c.Wordings, func(x WordingCensus) bool { return len(x.Names) > 0 })
		}
		for _, a := range d.Added {
			named = named || slices.ContainsFunc(a.Wordings, func(x WordingCensus) bool { return len(x.Names) > 0 })
		}
	}
	first := fmt.Sprintf("This report says what schools have made of the documents that were made for them: which clauses they have put in other words or taken out, and what they have added. %s been counted; in %d of them (%s) something has been changed.",
		either(files, "1 document has", "%d documents have"), edited, percent(edited, max(files, 1)))
	care := "A detail of a school, such as a name that was filled in, is shown as what it is, in square brackets. Whatever else a school wrote stands as it was written, and may name people: read this report before it is passed on."
	if named {
		care = "This report names schools. " + care
	}
	w.section(0, "", paragraph(first),
		paragraph("Not counted as a change: details that schools have brought up to date or filled in, boxes that they have ticked, punctuation, capitals, and how words look. Words that nearly agree are counted as one wording, and the commonest is shown. A section that is taken out whole is counted once, and its clauses are not."),
		paragraph(care))
}

// A placedClause is a clause with its document.
type placedClause struct {
	*DocumentCensus
	*ClauseCensus
}

// overall shows what most schools have changed, of all documents.
func (w *censusWriter) overall(docs []DocumentCensus) {
	var all []placedClause
	for i := range docs {
		for j := range docs[i].Clauses {
			all = append(all, placedClause{&docs[i], &docs[i].Clauses[j]})
		}
	}
	if len(all) == 0 {
		return
	}
	slices.SortStableFunc(all, func(a, b placedClause) int { return cmp.Compare(b.Changed(), a.Changed()) })
	table := &document.Table{
		Align: []document.Align{document.AlignNone, document.AlignNone, document.AlignNone, document.AlignRight, document.AlignRight, document.AlignRight},
		Head:  [][]document.Inline{text("Document"), text("Section"), text("Clause"), text("Reworded"), text("Removed"), text("Of")},
	}
	for _, p := range all[:min(w.top, len(all))] {
		table.Rows = append(table.Rows, [][]document.Inline{
			text(p.DocumentCensus.Title + ", " + p.Edition), text(p.ClauseCensus.Title()), text(p.short()), number(p.Reworded), number(p.Removed), number(p.Of),
		})
	}
	w.section(2, "What most schools have changed", table)
}

func number(n int) []document.Inline { return text(strconv.Itoa(n)) }

// short returns a clause in a few words: those that most schools have changed.
func (c *ClauseCensus) short() string {
	if c.Whole {
		return "The whole section"
	}
	if len(c.Wordings) == 0 {
		return shorten(c.Clause, clauseLength)
	}
	was, _ := differing(c.Clause, c.Wordings[0].Text)
	return shorten(was, clauseLength)
}

// changed returns what most schools say in the place of that.
func (c *ClauseCensus) changed() []document.Inline {
	if len(c.Wordings) == 0 {
		return nil
	}
	best := c.Wordings[0]
	_, best.Text = differing(c.Clause, best.Text)
	return commonest([]WordingCensus{best})
}

// differing returns the sentences and cells in which two texts differ, with dots in
// the place of the others. Nobody finds a word in a long paragraph.
func differing(a, b string) (string, string) {
	from := 0
	for from < min(len(a), len(b)) && a[from] == b[from] {
		from++
	}
	to := 0
	for to < min(len(a), len(b))-from && a[len(a)-1-to] == b[len(b)-1-to] {
		to++
	}
	start := 0
	for _, end := range []string{". ", "? ", "! ", " | "} {
		if i := strings.LastIndex(a[:from], end); i >= 0 {
			start = max(start, i+len(end))
		}
	}
	stop := 0 // from the end
	tail := a[len(a)-to:]
	for _, end := range []string{". ", "? ", "! ", " | "} {
		if i := strings.Index(tail, end); i >= 0 {
			stop = max(stop, len(tail)-i-1)
		}
	}
	cut := func(s string) string {
		out := strings.TrimSpace(s[start:max(start, len(s)-stop)])
		if start > 0 {
			out = "… " + out
		}
		if stop > 0 {
			out += " …"
		}
		return out
	}
	return cut(a), cut(b)
}

// shorten returns words, or as many of them as have so many letters.
func shorten(s string, letters int) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= letters {
		return s
	}
	cut := string([]rune(s)[:letters])
	if i := strings.LastIndexByte(cut, ' '); i > 0 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:.") + " …"
}

// document shows what schools have made of one document.
func (w *censusWriter) document(d *DocumentCensus) {
	w.section(2, d.Title+", edition "+d.Edition, paragraph(fmt.Sprintf("%s counted, %d with changes.", either(d.Files, "1 document", "%d documents"), d.Edited)))
	if n := len(d.Clauses); n > 0 {
		table := &document.Table{
			Align: []document.Align{document.AlignNone, document.AlignNone, document.AlignRight, document.AlignRight, document.AlignRight, document.AlignNone},
			Head:  [][]document.Inline{text("Section"), text("Clause"), text("Reworded"), text("Removed"), text("Of"), text("Commonest wording")},
		}
		for _, c := range d.Clauses[:min(w.top, n)] {
			table.Rows = append(table.Rows, [][]document.Inline{text(c.Title()), text(c.short()), number(c.Reworded), number(c.Removed), number(c.Of), c.changed()})
		}
		blocks := []document.Block{table}
		if n > w.top {
			blocks = append(blocks, paragraph(either(n-w.top, "1 more has been changed by no more schools than these.", "%d more have been changed, by no more schools than these.")))
		}
		w.section(3, "Reworded or removed", blocks...)
	}
	if n := len(d.Added); n > 0 {
		table := &document.Table{
			Align: []document.Align{document.AlignNone, document.AlignRight, document.AlignRight, document.AlignNone},
			Head:  [][]document.Inline{text("Section"), text("Added to by"), text("Of"), text("Commonest addition")},
		}
		for _, a := range d.Added[:min(w.top, n)] {
			table.Rows = append(table.Rows, [][]document.Inline{text(a.Title()), number(a.Schools), number(a.Of), commonest(a.Wordings)})
		}
		w.section(3, "Added", table)
	}
}

// commonest returns the wording that most schools have, and how many do.
func commonest(all []WordingCensus) []document.Inline {
	if len(all) == 0 {
		return nil
	}
	w := all[0]
	who := either(w.Schools, "1 school", "%d schools")
	if len(w.Names) > 0 {
		who += ": " + strings.Join(w.Names, "; ")
		if w.Schools > len(w.Names) {
			who += "; …"
		}
	}
	return []document.Inline{document.Text(shorten(w.Text, wordingLength) + " "), &document.Emphasis{Text: text("(" + who + ")")}}
}

// WriteCensus writes a census as CSV (RFC 4180): a line for each clause that has
// been changed, each section that has been taken out whole, and each section that
// has been added to.
func WriteCensus(w io.Writer, docs []DocumentCensus) error {
	c := csv.NewWriter(w)
	c.Write([]string{"document", "edition", "section", "heading", "what", "clause", "changed", "reworded", "removed", "removed_with_section", "added", "of", "wordings", "commonest", "schools", "names"})
	line := func(d *DocumentCensus, section, heading, what, clause string, numbers []int, wordings []WordingCensus) {
		row := []string{d.Document, d.Edition, section, cell(heading), what, cell(clause)}
		for _, n := range append(numbers, len(wordings)) {
			row = append(row, strconv.Itoa(n))
		}
		if len(wordings) == 0 {
			c.Write(append(row, "", "", ""))
			return
		}
		best := wordings[0]
		c.Write(append(row, cell(best.Text), strconv.Itoa(best.Schools), cell(strings.Join(best.Names, "; "))))
	}
	for i := range docs {
		d := &docs[i]
		for _, x := range d.Clauses {
			what := "clause"
			if x.Whole {
				what = "section"
			}
			line(d, x.Section, x.Heading, what, x.Clause, []int{x.Changed(), x.Reworded, x.Removed, x.With, 0, x.Of}, x.Wordings)
		}
		for _, x := range d.Added {
			line(d, x.Section, x.Heading, "addition", "", []int{x.Schools, 0, 0, 0, x.Schools, x.Of}, x.Wordings)
		}
	}
	c.Flush()
	return c.Error()
}
