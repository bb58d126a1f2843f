package docx

import (
	"fmt"
	"strings"

	"github.com/policygen/policygen/generator/document"
)

// columns shares width out among the columns of a table, by the length of what
// stands in them. No column is narrower than its longest word, as far as there
// is room; one that is there to be written in has room for some words.
func columns(t *document.Table, total int) []int {
	const margins = 2 * 108 // of a cell
	n := len(t.Align)
	weight, least, blank := make([]float64, n), make([]int, n), make([]bool, n)
	for i := range blank {
		blank[i] = len(t.Rows) > 0
	}
	for r, row := range append([][][]document.Inline{t.Head}, t.Rows...) {
		for i, c := range row {
			chars, longest := width(c)
			weight[i] = max(weight[i], float64(min(chars, 120)))
			least[i] = max(least[i], int(min(longest, 12.5)*fontSize)+margins)
			if r > 0 && len(c) > 0 {
				blank[i] = false
			}
		}
	}
	sum, floor := 0.0, 0
	for i := range weight {
		if weight[i] = max(weight[i], 8); blank[i] {
			weight[i] = max(weight[i], 24)
		}
		sum += weight[i]
		floor += least[i]
	}
	widths := make([]int, n)
	used := 0
	for i := range widths {
		if floor >= total { // no room to choose
			widths[i] = total * least[i] / floor
		} else {
			widths[i] = least[i] + int(float64(total-floor)*weight[i]/sum)
		}
		used += widths[i]
	}
	widths[n-1] += total - used
	return widths
}

// fontSize is the size of the letters of a table, in twentieths of a point.
const fontSize = 11 * 20

// beginTable writes the beginning of a table of the width of its columns, and
// its first, repeated row.
func (w *writer) beginTable(widths []int, p place, look string, style string, caption []document.Inline, description string) {
	w.breakBefore()
	total := 0
	for _, c := range widths {
		total += c
	}
	fmt.Fprintf(w, `<w:tbl><w:tblPr><w:tblStyle w:val="%s"/><w:tblW w:w="%d" w:type="dxa"/>`, style, total)
	if p.depth > 0 {
		fmt.Fprintf(w, `<w:tblInd w:w="%d" w:type="dxa"/>`, p.depth*indent)
	}
	w.WriteString(`<w:tblLayout w:type="fixed"/>` + look)
	if len(caption) > 0 {
		w.WriteString(`<w:tblCaption w:val="`)
		w.attr(caption)
		w.WriteString(`"/>`)
	}
	if description != "" {
		w.WriteString(`<w:tblDescription w:val="` + text(description) + `"/>`)
	}
	w.WriteString(`</w:tblPr><w:tblGrid>`)
	for _, c := range widths {
		fmt.Fprintf(w, `<w:gridCol w:w="%d"/>`, c)
	}
	w.WriteString(`</w:tblGrid>`)
}

// caption returns what a table is called: by the heading it stands under, or else
// by the first of its own.
func (w *writer) caption(head []document.Inline) []document.Inline {
	if len(w.section.Title) > 0 {
		return w.section.Title
	}
	return head
}

// The looks of tables (ECMA-376 17.4.56): with a head row and bands, or bare.
const (
	headedLook = `<w:tblLook w:val="0420" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="0" w:noVBand="1"/>`
	bareLook   = `<w:tblLook w:val="0600" w:firstRow="0" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>`
)

var alignment = map[document.Align]string{document.AlignCentre: `<w:jc w:val="center"/>`, document.AlignRight: `<w:jc w:val="right"/>`}

// A cellPlace is how the paragraph of a cell stands.
type cellPlace struct {
	style string
	align document.Align
	keep  bool // on one page with the next row
}

// cell writes a cell. It ends with a paragraph, as every cell must.
func (w *writer) cell(width int, p cellPlace, words []document.Inline, l look) {
	keep := ""
	if p.keep {
		keep = `<w:keepNext/>`
	}
	fmt.Fprintf(w, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="%s"/>%s%s</w:pPr>`, width, p.style, keep, alignment[p.align])
	w.inlines(words, l)
	w.WriteString(`</w:p></w:tc>`)
}

func (w *writer) table(t *document.Table, p place) {
	widths := columns(t, p.width)
	w.beginTable(widths, p, headedLook, "PolicyTable", w.caption(t.Head[0]), "")
	w.WriteString(`<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`)
	for i, c := range t.Head {
		w.cell(widths[i], cellPlace{style: "TableHead", align: t.Align[i]}, c, look{inLink: true})
	}
	w.WriteString(`</w:tr>`)
	for _, row := range t.Rows {
		// Lines of a cell are kept on one page by the style of its paragraph.
		// Where rows are kept whole by w:cantSplit, LibreOffice 7.4 loses those
		// that a page has no room for.
		w.WriteString(`<w:tr>` + roomToWrite(row))
		for i, c := range row {
			w.cell(widths[i], cellPlace{style: "TableText", align: t.Align[i]}, c, look{})
		}
		w.WriteString(`</w:tr>`)
	}
	w.WriteString(`</w:tbl>`)
	w.after()
}

// roomToWrite returns the height of a row that has cells to be filled in by hand.
func roomToWrite(row [][]document.Inline) string {
	for _, c := range row {
		if len(c) == 0 {
			return `<w:trPr><w:trHeight w:val="567" w:hRule="atLeast"/></w:trPr>`
		}
	}
	return ""
}

func (w *writer) signatures(s *document.Signatures, p place) {
	widths := []int{p.width * 30 / 100, p.width * 26 / 100, p.width * 26 / 100, 0}
	widths[3] = p.width - widths[0] - widths[1] - widths[2]
	w.beginTable(widths, p, headedLook, "PolicyTable", w.caption(nil), "Lines to sign on")
	w.WriteString(`<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`)
	for i, c := range s.Columns() {
		w.cell(widths[i], cellPlace{style: "TableHead"}, []document.Inline{document.Text(c)}, look{})
	}
	w.WriteString(`</w:tr>`)
	for i, role := range s.Roles {
		// Those who sign do so on one page, so every row but the last keeps with
		// the next.
		row := cellPlace{style: "TableText", keep: i < len(s.Roles)-1}
		w.WriteString(`<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="794" w:hRule="atLeast"/></w:trPr>`)
		w.cell(widths[0], row, role, look{})
		for _, c := range widths[1:] {
			w.cell(c, row, nil, look{})
		}
		w.WriteString(`</w:tr>`)
	}
	w.WriteString(`</w:tbl>`)
	w.after()
}

// attr writes the words of text into the value of an attribute.
func (w *writer) attr(words []document.Inline) {
	for _, n := range words {
		switch n := n.(type) {
		case document.Text:
			w.Write(escape(nil, string(n)))
		case document.Slot:
			w.Slot(int(n), inAttr, "")
		case *document.Strong:
			w.attr(n.Text)
		case *document.Emphasis:
			w.attr(n.Text)
		case *document.Link:
			w.attr(n.Text)
		case document.Break, document.Blank:
			w.WriteString(" ")
		}
	}
}

// How a flow's boxes look: fill and border, and with the word for the kind of
// step in the box, so that colour is not all that tells them apart.
var boxes = map[document.StepKind]struct{ fill, line, style string }{
	document.Start:  {"E3F1E6", "1E6B34", "double"},
	document.Act:    {"FFFFFF", "3A3A3A", "single"},
	document.Decide: {"FFF3CD", "8A5A00", "dashed"},
	document.Stop:   {"E6E6F5", "3B3B8F", "double"},
}

// flow writes a decision flow as a table of boxes and arrows, which people can
// edit as they edit any table, and as a list.
func (w *writer) flow(f *document.Flow, p place) {
	if len(f.Title) > 0 {
		w.WriteString(`<w:p><w:pPr><w:pStyle w:val="Caption"/>` + w.newPageFirst() + `</w:pPr>`)
		w.inlines(f.Title, look{})
		w.WriteString(`</w:p>`)
	}
	grid := f.Layout()
	gap := 1500
	widths := []int{(p.width - gap) / 2, gap, p.width - gap - (p.width-gap)/2}
	title := f.Title
	if len(title) == 0 {
		title = w.caption([]document.Inline{document.Text("Flowchart")})
	}
	w.beginTable(widths, p, bareLook, "FlowTable", title, "Flowchart: boxes joined by arrows. The same steps follow as a numbered list.")
	for r, row := range grid.Rows {
		last := r == len(grid.Rows)-1
		w.WriteString(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
		for col, i := range row {
			if col == 1 {
				w.arrowCell(widths[1], across(f, grid, row))
			}
			if i < 0 && passes(f, grid, r, col) {
				w.arrowCell(widths[2*col], []arrow{{sign: "│"}})
				continue
			}
			w.step(f, grid, i, widths[2*col])
		}
		w.WriteString(`</w:tr>`)
		if last {
			break
		}
		w.WriteString(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
		main, branch, side := down(f, grid, row)
		for col, to := range []*[]arrow{&main, &side} {
			switch through := grid.Rows[r+1][col] < 0; {
			case row[col] < 0 && passes(f, grid, r, col) && through:
				*to = []arrow{{sign: "│"}}
			case row[col] < 0 && passes(f, grid, r, col):
				*to = []arrow{{sign: "↓"}}
			case through:
				for i := range *to {
					(*to)[i].sign = strings.Replace((*to)[i].sign, "↓", "│", 1)
				}
			}
		}
		w.arrowCell(widths[0], main)
		w.arrowCell(widths[1], branch)
		w.arrowCell(widths[2], side)
		w.WriteString(`</w:tr>`)
	}
	w.WriteString(`</w:tbl>`)
	w.after()
	w.paragraph([]document.Inline{document.Text("The same steps in words:")}, p)
	w.list(f.List(), p)
	for _, n := range f.Notes {
		w.paragraph(n, p)
	}
}

// passes reports whether an arrow goes down through the empty place of a row.
func passes(f *document.Flow, g *document.Grid, row, col int) bool {
	for above := row - 1; above >= 0; above-- {
		i := g.Rows[above][col]
		if i < 0 {
			continue
		}
		for _, e := range f.Steps[i].Exits {
			if g.Ways[e] == document.Down {
				return true // to the next step of the column, which is further down
			}
		}
		return false
	}
	return false
}

// An arrow is a sign and the label of the way.
type arrow struct {
	sign  string
	label []document.Inline
}

// across returns the arrows between the two boxes of a row.
func across(f *document.Flow, g *document.Grid, row [2]int) []arrow {
	var out []arrow
	for col, i := range row {
		if i < 0 {
			continue
		}
		for _, e := range f.Steps[i].Exits {
			if g.Ways[e] == document.Across {
				out = append(out, arrow{[]string{"→", "←"}[col], e.Label})
			}
		}
	}
	return out
}

// down returns the arrows below the boxes of a row: in the main column, between
// the columns and at the side.
func down(f *document.Flow, g *document.Grid, row [2]int) (main, between, side []arrow) {
	for col, i := range row {
		if i < 0 {
			continue
		}
		for _, e := range f.Steps[i].Exits {
			switch g.Ways[e] {
			case document.Down:
				if col == 0 {
					main = append(main, arrow{"↓", e.Label})
				} else {
					side = append(side, arrow{"↓", e.Label})
				}
			case document.Return:
				between = append(between, arrow{"↙", e.Label})
			case document.Branch:
				between = append(between, arrow{"↘", e.Label})
			}
		}
	}
	return main, between, side
}

func (w *writer) arrowCell(width int, arrows []arrow) {
	fmt.Fprintf(w, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="FlowArrow"/></w:pPr>`, width)
	for i, a := range arrows {
		words := []document.Inline{document.Text(a.sign)}
		if i > 0 {
			words = []document.Inline{document.Break{}, document.Text(a.sign)}
		}
		if len(a.label) > 0 {
			words = append(append(words, document.Text(" ")), a.label...)
		}
		w.inlines(words, look{})
	}
	w.WriteString(`</w:p></w:tc>`)
}

// step writes the box of a step, or an empty cell.
func (w *writer) step(f *document.Flow, g *document.Grid, i, width int) {
	if i < 0 {
		w.cell(width, cellPlace{style: "FlowStep"}, nil, look{})
		return
	}
	s := f.Steps[i]
	b := boxes[s.Kind]
	border := fmt.Sprintf(` w:val="%s" w:sz="8" w:space="0" w:color="%s"/>`, b.style, b.line)
	fmt.Fprintf(w, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/><w:tcBorders><w:top%s<w:left%s<w:bottom%s<w:right%s</w:tcBorders><w:shd w:val="clear" w:color="auto" w:fill="%s"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="FlowStep"/></w:pPr>`,
		width, border, border, border, border, b.fill)
	kind := ""
	if s.Kind != document.Act {
		kind = s.Kind.String() + ": "
	}
	w.inlines([]document.Inline{&document.Strong{Text: []document.Inline{document.Text(fmt.Sprintf("%d. %s", i+1, kind))}}}, look{})
	w.inlines(s.Text, look{})
	for _, e := range s.Exits {
		if g.Ways[e] != document.Jump {
			continue
		}
		w.WriteString(`<w:r><w:br/></w:r>`)
		words := []document.Inline{document.Text("→ ")}
		if len(e.Label) > 0 {
			words = append(append(words, e.Label...), document.Text(": "))
		}
		words = append(words, document.Text(fmt.Sprintf("go to step %d", e.To+1)))
		w.inlines([]document.Inline{&document.Strong{Text: words}}, look{})
	}
	w.WriteString(`</w:p></w:tc>`)
}
