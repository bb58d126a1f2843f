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

// The places of slots. The number of a slot that stands for an id is its
// number within the section; what the sections before have used is added.
const (
	inText     slot.Place = iota // the context is the properties of the run
	inAttr                       // in the value of an attribute
	atURL                        // in such a value, where an address begins
	inURL                        // in such a value, further on
	asNumber                     // of the section, in the contents list
	asList                       // id of a numbered list
	asBookmark                   // id of a bookmark
	asLink                       // id of the relationship of a link
	asControl                    // id of a check box
)

// A Mould is what Write makes of a section.
type Mould struct {
	entry     *slot.Mould   // in the contents list; nil if it is not there
	body      *slot.Mould   // paragraphs and tables
	lists     []int         // where the numbered lists begin to count
	links     []*slot.Mould // targets of links that leave the document
	bookmarks int
	controls  int
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

// bases are how many ids of each kind the sections before have used.
type bases struct{ lists, bookmarks, links, controls int }

// The first ids of each kind: lower ones are those of the constant parts.
const (
	firstList    = 10
	firstLink    = 20
	firstControl = 1000
)

func (b *bases) bind(dst []byte, c *slot.Cut, details []slot.Detail) []byte {
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
	case atURL, inURL:
		return escape(dst, string(slot.AppendURL(nil, details[c.Slot], c.Place == atURL)))
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
	case asBookmark:
		return strconv.AppendInt(dst, int64(b.bookmarks+c.Slot), 10)
	case asLink:
		return strconv.AppendInt(dst, int64(firstLink+b.links+c.Slot), 10)
	case asControl:
		return strconv.AppendInt(dst, int64(firstControl+b.controls+c.Slot), 10)
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
}

// A place is where blocks stand.
type place struct {
	depth   int    // of lists around
	width   int    // left for tables
	callout string // the style of the call-out around; "" outside
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
	n := w.mould.bookmarks
	w.mould.bookmarks++
	w.WriteString(`<w:bookmarkStart w:id="`)
	w.Slot(n, asBookmark, "")
	w.WriteString(`" w:name="` + name + `"/>`)
	return func() {
		w.WriteString(`<w:bookmarkEnd w:id="`)
		w.Slot(n, asBookmark, "")
		w.WriteString(`"/>`)
	}
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
	for _, b := range blocks {
		w.block(b, p)
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
		w.WriteString(`<w:p><w:r><w:br w:type="page"/></w:r></w:p>`)
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
	properties := ""
	switch {
	case p.callout != "":
		properties = `<w:pStyle w:val="` + p.callout + `"/>` + toWrite(words, p.width) + calloutIndent(p.depth, false)
	case p.depth > 0:
		properties = `<w:pStyle w:val="ListContinue"/>` + toWrite(words, p.width)
		if p.depth > 1 {
			properties += fmt.Sprintf(`<w:ind w:left="%d"/>`, p.depth*indent)
		}
	default:
		properties = toWrite(words, p.width)
	}
	w.open(properties)
	end := w.clause(words)
	w.inlines(words, look{last: true})
	end()
	w.WriteString(`</w:p>`)
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
	return fmt.Sprintf(`<w:ind w:left="%d" w:right="113"%s/>`, 227+depth*indent, hanging)
}

func (w *writer) list(l *document.List, p place) {
	id := -1
	if l.Ordered {
		id = len(w.mould.lists)
		w.mould.lists = append(w.mould.lists, l.Start)
	}
	p.depth++
	for _, item := range l.Items {
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
	w.WriteString(`<w:p><w:pPr>`)
	style, number, own := "", "", ""
	switch {
	case box != document.NoBox:
		style = "CheckList"
		if p.depth > 1 {
			own = fmt.Sprintf(`<w:ind w:left="%d" w:hanging="%d"/>`, p.depth*indent, indent)
		}
	case list >= 0:
		style = "ListNumber"
		number = `<w:numPr><w:ilvl w:val="` + strconv.Itoa(level) + `"/><w:numId w:val="`
	default:
		style = "ListBullet"
		if level == 1 || level == 2 {
			style += strconv.Itoa(level + 1)
		}
		if level > 2 || p.callout != "" {
			number = `<w:numPr><w:ilvl w:val="` + strconv.Itoa(level) + `"/><w:numId w:val="1"/></w:numPr>`
		}
	}
	if p.callout != "" {
		style = p.callout
		own = calloutIndent(p.depth, true)
	}
	w.WriteString(`<w:pStyle w:val="` + style + `"/>` + number)
	if box == document.NoBox && list >= 0 {
		w.Slot(list, asList, "")
		w.WriteString(`"/></w:numPr>`)
	}
	w.WriteString(toWrite(words, p.width) + own + `</w:pPr>`)
	end := w.clause(words)
	if box != document.NoBox {
		w.checkBox(box)
	}
	w.inlines(words, look{last: true})
	end()
	w.WriteString(`</w:p>`)
}

// checkBox writes a check box that can be ticked in Word ([MS-DOCX] 2.6.1.2).
func (w *writer) checkBox(box document.Box) {
	checked, sign := "0", "☐"
	if box == document.TickedBox {
		checked, sign = "1", "☒"
	}
	w.WriteString(`<w:sdt><w:sdtPr><w:alias w:val="Check box"/><w:id w:val="`)
	w.Slot(w.mould.controls, asControl, "")
	w.mould.controls++
	w.WriteString(`"/><w14:checkbox><w14:checked w14:val="` + checked + `"/><w14:checkedState w14:val="2612" w14:font="MS Gothic"/><w14:uncheckedState w14:val="2610" w14:font="MS Gothic"/></w14:checkbox></w:sdtPr>` +
		`<w:sdtContent><w:r><w:rPr><w:rFonts w:ascii="MS Gothic" w:eastAsia="MS Gothic" w:hAnsi="MS Gothic" w:hint="eastAsia"/></w:rPr><w:t>` + sign + `</w:t></w:r></w:sdtContent></w:sdt><w:r><w:tab/></w:r>`)
}

// callout writes a call-out as paragraphs of a style with a bar at the side.
func (w *writer) callout(c *document.Callout, p place) {
	style := "CalloutNote"
	if c.Important {
		style = "CalloutImportant"
	}
	w.WriteString(`<w:p><w:pPr><w:pStyle w:val="` + style + `"/><w:keepNext/></w:pPr><w:r><w:rPr><w:b/><w:bCs/></w:rPr><w:t>` + c.Label() + `</w:t></w:r></w:p>`)
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
		w.WriteString(`<w:hyperlink r:id="rId`)
		w.Slot(len(w.mould.links), asLink, "")
		w.WriteString(`" w:history="1">`)
		w.mould.links = append(w.mould.links, target(n.URL))
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
			w.Write(escape(nil, string(slot.AppendURL(nil, slot.Detail{Text: string(u)}, false))))
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

// width returns about how wide text is, in characters, for the columns of
// tables. A slot counts as a name.
func width(words []document.Inline) (total, longest int) {
	word := 0
	for _, n := range words {
		var t, l int
		switch n := n.(type) {
		case document.Text:
			for _, r := range string(n) {
				t++
				if unicode.IsSpace(r) {
					word = 0
				} else {
					word++
				}
				longest = max(longest, word)
			}
		case document.Slot:
			t, l = 18, 10
		case *document.Strong:
			t, l = width(n.Text)
		case *document.Emphasis:
			t, l = width(n.Text)
		case *document.Link:
			t, l = width(n.Text)
			if _, ok := n.Section(); !ok && len(n.Text) == 1 {
				if _, ok := n.Text[0].(document.Slot); ok { // an address, which does not wrap
					t, l = 34, 30
				}
			}
		case document.Blank:
			t, l = int(n), int(n)
		}
		total += t
		longest = max(longest, l)
	}
	return total, longest
}
