// Package docx writes a document as a Word file (ECMA-376, Office Open XML).
//
// [Write] makes the mould of a section: the XML of its paragraphs, with slots
// left open. A [Look] holds what is the same for all documents of a setting's
// brand, compressed already; [Look.File] puts moulds together, the details into
// them, and all of it into a package.
//
// What people expect of a good Word file is there: styles for headings, lists,
// tables and call-outs, so that one change of a style changes the document;
// numbered headings that count by themselves; a contents list with links; header
// rows that repeat; language, title and alternative texts. Each section and
// clause carries a hidden bookmark, by which next year's review finds it again.
//
// The same input gives the same bytes: nothing here asks for the time, and ids
// follow from the order of the document.
//
// Word files are read back as well, whichever program has saved them: [Open] finds
// their words and where those stand in the bytes, [Revise] marks changes in them,
// and leaves alone what no change touches, [Accept] and [Reject] resolve changes.
// [Base] finds what a file was made from.
package docx

import (
	"encoding/base32"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/policygen/policygen/generator/document"
	"github.com/policygen/policygen/generator/slot"
)

// The places of slots.
const (
	inText   slot.Place = iota // the context is the properties of the run
	inAttr                     // in the value of an attribute
	atURL                      // in such a value, where an address begins
	inURL                      // in such a value, further on
	asNumber                   // of the section, in the contents list
	asList                     // id of a numbered list: that within the section, and what the sections before have used
	asBreak                    // the property of a paragraph that begins a page, if the section before ends with a new page
)

// A Mould is what Write makes of a section.
type Mould struct {
	entry  *slot.Mould // in the contents list; nil if it is not there
	body   *slot.Mould // paragraphs and tables
	lists  []int       // where the numbered lists begin to count
	links  []link      // that leave the document
	breaks bool        // it ends with a new page
}

// A link is a relationship of the document to a target outside it.
type link struct {
	id     string
	target *slot.Mould
}

// Size returns about how many bytes m takes in memory.
func (m *Mould) Size() int {
	n := m.body.Size()
	if m.entry != nil {
		n += m.entry.Size()
	}
	return n
}

// A Section is a mould with what goes into its slots.
type Section struct {
	*Mould
	Details []slot.Detail
}

// Write makes the mould of a section for pages whose text is width twentieths
// of a point wide.
func Write(s *document.Section, width int) *Mould {
	w := &writer{section: s, mould: &Mould{}, names: map[string]int{}}
	w.code = bookmarkCode(s.Code)
	if s.Level > 0 {
		w.heading(s)
	}
	w.blocks(s.Blocks, place{width: width})
	w.mould.breaks = w.newPage
	w.mould.body = w.Mould()
	if s.Level == 2 || s.Level == 3 {
		w.WriteString(`<w:p><w:pPr><w:pStyle w:val="TOC` + strconv.Itoa(s.Level-1) + `"/></w:pPr>`)
		w.Slot(slot.Number, asNumber, w.code) // the link and the number
		w.inlines(s.Title, look{inLink: true})
		w.WriteString(`</w:hyperlink></w:p>`)
		w.mould.entry = w.Mould()
	}
	return w.mould
}

// A binder puts details into the moulds of one document, in order.
type binder struct {
	lists  int  // of the sections before
	breaks bool // the section before ends with a new page
}

// firstList is the first id of a document's own lists: lower ones are those of
// the constant parts.
const firstList = 10

// idsPerSection is how many ids of a kind a section can have. The ids of
// bookmarks, links and check boxes are made of the section's index among those
// that its template can have, so that they do not hang on what stands before it
// and a mould is finished but for its details.
const idsPerSection = 1 << 13

func (b *binder) bind(dst []byte, c *slot.Cut, details []slot.Detail) []byte {
	switch c.Place {
	case inText:
		d := details[c.Slot]
		if !d.Gap {
			return escape(dst, d.Text)
		}
		// A gap is marked, so it needs a run of its own: the run it stands in
		// ends before it and goes on after it.
		dst = append(dst, `</w:t></w:r><w:r><w:rPr>`...)
		dst = append(dst, c.Context...)
		dst = append(dst, `<w:highlight w:val="yellow"/></w:rPr><w:t xml:space="preserve">`+slot.GapLabel...)
		dst = escape(dst, d.Text)
		dst = append(dst, `</w:t></w:r><w:r>`...)
		if c.Context != "" {
			dst = append(append(append(dst, `<w:rPr>`...), c.Context...), `</w:rPr>`...)
		}
		return append(dst, `<w:t xml:space="preserve">`...)
	case inAttr:
		d := details[c.Slot]
		if d.Gap {
			dst = append(dst, slot.GapLabel...)
		}
		return escape(dst, d.Text)
	case atURL:
		return escape(dst, string(slot.AppendURL(nil, details[c.Slot])))
	case inURL:
		return escape(dst, string(slot.AppendInURL(nil, details[c.Slot])))
	case asNumber:
		dst = append(dst, `<w:hyperlink w:anchor="_`+c.Context+`" w:history="1">`...)
		if n := details[c.Slot].Text; n != "" {
			dst = append(dst, `<w:r><w:t>`...)
			dst = escape(dst, n)
			dst = append(dst, `</w:t></w:r><w:r><w:tab/></w:r>`...)
		}
		return dst
	case asList:
		return strconv.AppendInt(dst, int64(firstList+b.lists+c.Slot), 10)
	case asBreak:
		if b.breaks {
			dst = append(dst, `<w:pageBreakBefore/>`...)
		}
		return dst
	}
	panic(fmt.Sprintf("docx: a slot at the place %d", c.Place))
}

// escape appends s as text of XML, or as the value of an attribute between
// double quotes. What XML 1.0 §2.2 does not allow becomes U+FFFD.
func escape(dst []byte, s string) []byte {
	for i, r := range s {
		switch {
		case r == '&':
			dst = append(dst, "&amp;"...)
		case r == '<':
			dst = append(dst, "&lt;"...)
		case r == '>':
			dst = append(dst, "&gt;"...)
		case r == '"':
			dst = append(dst, "&quot;"...)
		case r == '\n', r == '\r', r == '\t':
			dst = append(dst, ' ')
		case r < ' ', r == 0xFFFE, r == 0xFFFF, r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			dst = append(dst, "\uFFFD"...)
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}

func text(s string) string { return string(escape(nil, s)) }

// bookmarkCode returns a section's code as part of the name of a bookmark,
// which has letters, digits and underscores (and, to be hidden, begins with
// one).
func bookmarkCode(code string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '.' {
			return '_'
		}
		return r
	}, code)
}

// textWidth is the width of the text of a page, in twentieths of a point: A4
// with margins of 2 cm.
const textWidth = 9638

// A writer makes the moulds of one section. It holds what accumulates; what
// nests is passed down, as a place or a look.
type writer struct {
	slot.Writer
	section *document.Section
	mould   *Mould
	code    string         // of the section, in names of bookmarks
	names   map[string]int // of bookmarks of clauses, so far
	inRun   bool           // a run of text is open
	run     string         // the properties of that run
	runAt   int            // where its text begins, in the buffer
	slots   bool           // the run holds a slot

	bookmarks, controls int  // so far
	newPage             bool // the next paragraph begins a page
}

// id returns the id of the section's thing with that number.
func (w *writer) id(n int) int { return w.section.Index*idsPerSection + n%idsPerSection }

// A place is where blocks stand.
type place struct {
	depth   int    // of lists around
	width   int    // left for tables
	callout string // the style of the call-out around; "" outside
	keep    bool   // with what comes next, on one page
	last    bool   // the paragraph is the last of a list that no other is around
}

// A look is how text appears where the writer has got to.
type look struct {
	bold, italic, linked bool
	inLink               bool // inside a hyperlink that has no look of its own
	last                 bool // the paragraph ends here
}

// properties returns the properties of a run (ECMA-376 Part 1, 17.3.2.28), in
// the order that the schema asks for.
func (l look) properties() string {
	s := ""
	if l.linked {
		s += `<w:rStyle w:val="Hyperlink"/>`
	}
	if l.bold {
		s += `<w:b/><w:bCs/>`
	}
	if l.italic {
		s += `<w:i/><w:iCs/>`
	}
	return s
}

func (w *writer) heading(s *document.Section) {
	w.WriteString(`<w:p><w:pPr><w:pStyle w:val="Heading` + strconv.Itoa(s.Level-1) + `"/>`)
	w.Slot(0, asBreak, "")
	switch {
	case s.Level > 3:
	case s.Numbering == document.Unnumbered: // the style numbers headings
		w.WriteString(`<w:numPr><w:ilvl w:val="0"/><w:numId w:val="0"/></w:numPr>`)
	case s.Numbering == document.Appendix:
		w.WriteString(`<w:numPr><w:ilvl w:val="` + strconv.Itoa(s.Level-2) + `"/><w:numId w:val="3"/></w:numPr>`)
	}
	w.WriteString(`</w:pPr>`)
	end := w.bookmark("_" + w.code)
	w.inlines(s.Title, look{})
	end()
	w.WriteString(`</w:p>`)
}

// bookmark begins a bookmark and returns what ends it.
func (w *writer) bookmark(name string) (end func()) {
	id := strconv.Itoa(w.id(w.bookmarks))
	w.bookmarks++
	w.WriteString(`<w:bookmarkStart w:id="` + id + `" w:name="` + name + `"/>`)
	return func() { w.WriteString(`<w:bookmarkEnd w:id="` + id + `"/>`) }
}

// clause begins the bookmark of a clause: its name is made of the section's
// code and a digest of the clause as the template has it, so that it stays the
// same when clauses come and go around it.
func (w *writer) clause(words []document.Inline) (end func()) {
	h := fnv.New64a()
	digest(h, words)
	sum := h.Sum(nil)
	name := "_" + w.code + "_" + strings.ToLower(base32.HexEncoding.EncodeToString(sum)[:7])
	w.names[name]++
	if n := w.names[name]; n > 1 {
		name += "_" + strconv.Itoa(n)
	}
	return w.bookmark(name)
}

type hasher interface{ Write([]byte) (int, error) }

// digest feeds the words of a clause to h, with one mark for every slot: their
// numbers change when another clause of the section changes.
func digest(h hasher, words []document.Inline) {
	for _, n := range words {
		switch n := n.(type) {
		case document.Text:
			h.Write([]byte(n))
		case document.Slot, document.Blank:
			h.Write([]byte{0})
		case *document.Strong:
			digest(h, n.Text)
		case *document.Emphasis:
			digest(h, n.Text)
		case *document.Link:
			digest(h, n.Text)
		case document.Break:
			h.Write([]byte{' '})
		}
	}
}

func (w *writer) blocks(blocks []document.Block, p place) {
	for i, b := range blocks {
		p.keep = i+1 < len(blocks) && holdsOn(b, blocks[i+1])
		w.block(b, p)
	}
}

// holdsOn reports whether a block may not end a page because of the one that
// comes next: words that lead in to a list or a table, and the words above the
// lines to sign on.
func holdsOn(b, next document.Block) bool {
	words, ok := b.(*document.Paragraph)
	if !ok {
		return false
	}
	switch next.(type) {
	case *document.Signatures:
		return true
	case *document.List, *document.Table, *document.Callout, *document.Flow:
		last, _ := words.Text[len(words.Text)-1].(document.Text)
		return strings.HasSuffix(string(last), ":")
	}
	return false
}

// newPageFirst returns the property of a paragraph that has to begin a page.
func (w *writer) newPageFirst() string {
	if !w.newPage {
		return ""
	}
	w.newPage = false
	return `<w:pageBreakBefore/>`
}

// breakBefore sees to it that a table begins a page, if it has to: it cannot say
// so itself.
func (w *writer) breakBefore() {
	if w.newPage {
		w.WriteString(`<w:p><w:pPr><w:pStyle w:val="AfterTable"/>` + w.newPageFirst() + `</w:pPr></w:p>`)
	}
}

// after writes the small paragraph that follows a table. Two tables that touch
// become one, and nothing may end with a table (ECMA-376 17.4.65).
func (w *writer) after() {
	w.WriteString(`<w:p><w:pPr><w:pStyle w:val="AfterTable"/></w:pPr></w:p>`)
}

func (w *writer) block(b document.Block, p place) {
	switch b := b.(type) {
	case *document.Paragraph:
		w.paragraph(b.Text, p)
	case *document.List:
		w.list(b, p)
	case *document.Table:
		w.table(b, p)
	case *document.Callout:
		w.callout(b, p)
	case *document.PageBreak:
		// A break in a paragraph of its own would leave a page blank where the
		// text before it fills one: what comes next begins a page.
		w.newPage = true
	case *document.Signatures:
		w.signatures(b, p)
	case *document.Flow:
		w.flow(b, p)
	default:
		panic(fmt.Sprintf("docx: no form for %T", b))
	}
}

// paragraph writes running text that is no list item. Inside a list it goes on
// at the item's indent.
func (w *writer) paragraph(words []document.Inline, p place) {
	style, rest := "", toWrite(words, p.width)
	switch {
	case p.callout != "":
		style = `<w:pStyle w:val="` + p.callout + `"/>`
		rest += calloutIndent(p.depth, false)
	case p.depth > 0:
		style = `<w:pStyle w:val="ListContinue"/>`
		if p.depth > 1 {
			rest += fmt.Sprintf(`<w:ind w:left="%d"/>`, p.depth*indent)
		}
	}
	w.open(style + w.pages(p) + rest)
	end := w.clause(words)
	w.inlines(words, look{last: true})
	end()
	w.WriteString(`</w:p>`)
}

// pages returns the properties of a paragraph that say how it stands to pages;
// they come right after its style (ECMA-376 17.3.1.26).
func (w *writer) pages(p place) string {
	keep := ""
	if p.keep {
		keep = `<w:keepNext/>`
	}
	return keep + w.newPageFirst()
}

func (w *writer) open(properties string) {
	w.WriteString(`<w:p>`)
	if properties != "" {
		w.WriteString(`<w:pPr>` + properties + `</w:pPr>`)
	}
}

// toWrite returns the tab stop of a paragraph that ends with a line to write
// on: the line reaches the margin.
func toWrite(words []document.Inline, width int) string {
	if !endsBlank(words) {
		return ""
	}
	return fmt.Sprintf(`<w:tabs><w:tab w:val="right" w:leader="underscore" w:pos="%d"/></w:tabs>`, width)
}

func endsBlank(words []document.Inline) bool {
	if len(words) == 0 {
		return false
	}
	_, ok := words[len(words)-1].(document.Blank)
	return ok
}

// indent is how much further in each level of a list stands.
const indent = 425

// calloutIndent returns the indents of a paragraph inside a call-out: its style
// has those of plain text.
func calloutIndent(depth int, item bool) string {
	if depth == 0 {
		return ""
	}
	hanging := ""
	if item {
		hanging = fmt.Sprintf(` w:hanging="%d"`, indent)
	}
	return fmt.Sprintf(`<w:ind w:left="%d"%s/>`, 227+depth*indent, hanging)
}

func (w *writer) list(l *document.List, p place) {
	id := -1
	if l.Ordered {
		id = len(w.mould.lists)
		w.mould.lists = append(w.mould.lists, l.Start)
	}
	p.depth++
	outermost := p.depth == 1
	for i, item := range l.Items {
		p.last = outermost && i == len(l.Items)-1 && len(item.Blocks) == 1
		rest := item.Blocks
		words := []document.Inline(nil)
		if first, ok := rest[0].(*document.Paragraph); ok {
			words, rest = first.Text, rest[1:]
		}
		w.item(words, item.Box, id, p)
		w.blocks(rest, place{depth: p.depth, width: p.width - indent, callout: p.callout})
	}
}

// item writes the first paragraph of a list item.
func (w *writer) item(words []document.Inline, box document.Box, list int, p place) {
	level := min(p.depth, 9) - 1
	style, numId, own := "", "", ""
	switch {
	case box != document.NoBox:
		style, numId = "CheckList", "4"
	case list >= 0:
		style = "ListNumber"
	default:
		style = "ListBullet"
		if level == 1 || level == 2 {
			style += strconv.Itoa(level + 1)
		}
		if level > 2 || p.callout != "" {
			numId = "1"
		}
	}
	if p.last { // the text after a list stands off from it
		own = `<w:spacing w:after="160"/>`
	}
	if p.callout != "" {
		style = p.callout
		own = calloutIndent(p.depth, true)
	}
	w.WriteString(`<w:p><w:pPr><w:pStyle w:val="` + style + `"/>` + w.pages(p))
	if list >= 0 && box == document.NoBox || numId != "" {
		w.WriteString(`<w:numPr><w:ilvl w:val="` + strconv.Itoa(level) + `"/><w:numId w:val="` + numId)
		if numId == "" {
			w.Slot(list, asList, "")
		}
		w.WriteString(`"/></w:numPr>`)
	}
	w.WriteString(toWrite(words, p.width) + own + `</w:pPr>`)
	end := w.clause(words)
	if box != document.NoBox {
		w.checkBox(box, words)
	}
	w.inlines(words, look{last: true})
	end()
	w.WriteString(`</w:p>`)
}

// checkBox writes a check box that can be ticked in Word ([MS-DOCX] 2.6.1.2).
func (w *writer) checkBox(box document.Box, words []document.Inline) {
	checked, sign := "0", "☐"
	if box == document.TickedBox {
		checked, sign = "1", "☒"
	}
	// The number of a control is never 0, and that of the contents list is 100.
	id := strconv.Itoa(1000 + w.id(w.controls))
	w.controls++
	w.WriteString(`<w:sdt><w:sdtPr><w:alias w:val="` + text(alias(words)) + `"/><w:id w:val="` + id + `"/><w14:checkbox><w14:checked w14:val="` + checked + `"/><w14:checkedState w14:val="2612" w14:font="MS Gothic"/><w14:uncheckedState w14:val="2610" w14:font="MS Gothic"/></w14:checkbox></w:sdtPr>` +
		`<w:sdtContent><w:r><w:rPr><w:rFonts w:ascii="MS Gothic" w:eastAsia="MS Gothic" w:hAnsi="MS Gothic" w:hint="eastAsia"/></w:rPr><w:t>` + sign + `</w:t></w:r></w:sdtContent></w:sdt><w:r><w:tab/></w:r>`)
}

// maxAlias is how many characters the name of a control may have ([MS-OI29500]
// 2.1.527).
const maxAlias = 64

// alias returns what a check box is called by those who cannot see what stands
// beside it: its words, as far as there is room.
func alias(words []document.Inline) string {
	var b strings.Builder
	fixed(&b, words)
	s := []rune(strings.Join(strings.Fields(b.String()), " "))
	if len(s) > maxAlias {
		s = append(s[:maxAlias-1], '…')
	}
	if len(s) == 0 {
		return "Check box"
	}
	return string(s)
}

// fixed writes the words that are not details.
func fixed(b *strings.Builder, words []document.Inline) {
	for _, n := range words {
		switch n := n.(type) {
		case document.Text:
			b.WriteString(string(n))
		case *document.Strong:
			fixed(b, n.Text)
		case *document.Emphasis:
			fixed(b, n.Text)
		case *document.Link:
			fixed(b, n.Text)
		case document.Slot, document.Break, document.Blank:
			b.WriteByte(' ')
		}
	}
}

// callout writes a call-out as paragraphs of a style with a bar at the side.
func (w *writer) callout(c *document.Callout, p place) {
	style := "CalloutNote"
	if c.Important {
		style = "CalloutImportant"
	}
	w.WriteString(`<w:p><w:pPr><w:pStyle w:val="` + style + `"/>` + w.pages(place{keep: true}) + `</w:pPr><w:r><w:rPr><w:b/><w:bCs/></w:rPr><w:t>` + c.Label() + `</w:t></w:r></w:p>`)
	w.blocks(c.Blocks, place{width: p.width - 340, callout: style})
	w.after()
}

func (w *writer) inlines(words []document.Inline, l look) {
	last := l.last
	for i, n := range words {
		l.last = last && i == len(words)-1
		w.inline(n, l)
	}
	w.endRun()
}

func (w *writer) inline(n document.Inline, l look) {
	switch n := n.(type) {
	case document.Text:
		w.beginRun(l)
		w.Write(escape(nil, string(n)))
	case document.Slot:
		w.beginRun(l)
		w.slots = true
		w.Slot(int(n), inText, w.run)
	case *document.Strong:
		l.bold = true
		w.nested(n.Text, l)
	case *document.Emphasis:
		l.italic = true
		w.nested(n.Text, l)
	case *document.Link:
		w.link(n, l)
	case document.Break:
		w.endRun()
		w.WriteString(`<w:r><w:br/></w:r>`)
	case document.Blank:
		w.endRun()
		if l.last {
			w.WriteString(`<w:r><w:tab/></w:r>`)
		} else {
			w.WriteString(`<w:r><w:t>` + strings.Repeat("_", int(n)) + `</w:t></w:r>`)
		}
	default:
		panic(fmt.Sprintf("docx: no form for %T", n))
	}
}

// nested writes inlines without ending the run that they end with: text with
// the same look may follow.
func (w *writer) nested(words []document.Inline, l look) {
	for _, n := range words {
		l.last = false
		w.inline(n, l)
	}
}

func (w *writer) link(n *document.Link, l look) {
	w.endRun()
	if code, ok := n.Section(); ok {
		w.WriteString(`<w:hyperlink w:anchor="_` + bookmarkCode(code) + `" w:history="1">`)
	} else {
		id := fmt.Sprintf("rId%d_%d", w.section.Index, len(w.mould.links))
		w.WriteString(`<w:hyperlink r:id="` + id + `" w:history="1">`)
		w.mould.links = append(w.mould.links, link{id, target(n.URL)})
	}
	l.linked = !l.inLink
	w.nested(n.Text, l)
	w.endRun()
	w.WriteString(`</w:hyperlink>`)
}

// target makes the mould of an address, as the value of an attribute.
func target(url []document.Inline) *slot.Mould {
	var w slot.Writer
	for i, u := range url {
		switch u := u.(type) {
		case document.Text:
			w.Write(escape(nil, string(slot.AppendAddress(nil, string(u)))))
		case document.Slot:
			place := inURL
			if i == 0 {
				place = atURL
			}
			w.Slot(int(u), place, "")
		}
	}
	return w.Mould()
}

const (
	openText  = `<w:t>`
	openSpace = `<w:t xml:space="preserve">`
)

// beginRun opens a run with that look, unless one is open already.
func (w *writer) beginRun(l look) {
	properties := l.properties()
	if w.inRun && w.run == properties {
		return
	}
	w.endRun()
	w.WriteString(`<w:r>`)
	if properties != "" {
		w.WriteString(`<w:rPr>` + properties + `</w:rPr>`)
	}
	// Blanks at the ends of a run are lost without the attribute, and a gap
	// splits the run at any place (ECMA-376 17.3.3.31).
	w.WriteString(openSpace)
	w.inRun, w.run, w.slots, w.runAt = true, properties, false, w.Len()
}

func (w *writer) endRun() {
	if !w.inRun {
		return
	}
	w.inRun = false
	if words := w.Bytes()[w.runAt:]; !w.slots && len(words) > 0 && words[0] != ' ' && words[len(words)-1] != ' ' {
		// The attribute is not needed: take it back.
		kept := strings.Clone(string(words))
		w.Truncate(w.runAt - len(openSpace))
		w.WriteString(openText + kept)
	}
	w.WriteString(`</w:t></w:r>`)
}

// width returns about how many characters words have, and about how wide their
// longest word is, in ems of bold letters.
func width(words []document.Inline) (total int, longest float64) {
	word := 0.0
	for _, n := range words {
		t, l := 0, 0.0
		switch n := n.(type) {
		case document.Text:
			for _, r := range string(n) {
				t++
				if unicode.IsSpace(r) {
					word = 0
					continue
				}
				word += em(r)
				longest = max(longest, word)
				if r == '-' {
					word = 0
				}
			}
		case document.Slot:
			t, l = 18, 6.6
		case *document.Strong:
			t, l = width(n.Text)
		case *document.Emphasis:
			t, l = width(n.Text)
		case *document.Link:
			t, l = width(n.Text)
			if _, ok := n.Section(); !ok && len(n.Text) == 1 {
				if _, ok := n.Text[0].(document.Slot); ok { // an address, which does not wrap
					t, l = 34, 12.5
				}
			}
		case document.Blank:
			t, l = int(n), float64(n)/2
		}
		total += t
		longest = max(longest, l)
	}
	return total, longest
}

// em returns about how wide a bold letter of the usual fonts without serifs is,
// as a part of their size.
func em(r rune) float64 {
	switch {
	case strings.ContainsRune("ijlI.,:;'’|!", r):
		return 0.29
	case strings.ContainsRune("frt()[]-/", r):
		return 0.37
	case strings.ContainsRune("mMW@—", r):
		return 0.91
	case r == 'w':
		return 0.76
	case strings.ContainsRune("acekszvxyJ", r):
		return 0.52
	case 'A' <= r && r <= 'Z', r > 0x7f:
		return 0.66
	}
	return 0.56
}
