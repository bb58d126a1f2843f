// Package html writes a document as a web page that stands alone, or as a
// fragment of one for a school's own website.
//
// [Write] makes the mould of a section; [Look.Page] and [Fragment] put moulds
// together and the details into them. A page fetches nothing: styles, crest
// and diagrams are inside. It is made to meet WCAG 2.2 at level AA: one h1, no
// level skipped, landmarks, a way past the contents, tables with header cells,
// diagrams with the same words as a list, colours with contrast, no line that
// scrolls at 320 pixels but inside wide tables, which have focus.
package html

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/policygen/policygen/generator/document"
	"github.com/policygen/policygen/generator/slot"
	"github.com/policygen/policygen/generator/source"
)

// The places of slots.
const (
	inText    slot.Place = iota
	inAttr               // in the value of an attribute, between double quotes
	atURL                // in such a value, where an address begins
	inURL                // in such a value, further on in the address
	asNumber             // of the section, before its heading
	asContent            // of the section, in the list of contents
)

// A Mould is what Write makes of a section.
type Mould struct {
	code  string
	level int
	entry *slot.Mould // in the list of contents; nil if it is not there
	body  *slot.Mould
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

// Write makes the mould of a section.
func Write(s *document.Section) *Mould {
	m := &Mould{code: s.Code, level: s.Level}
	w := &writer{section: s}
	if s.Level > 0 {
		tag := "h" + strconv.Itoa(s.Level)
		w.WriteString("<" + tag + ` id="` + s.Code + `">`)
		w.Slot(slot.Number, asNumber, "")
		w.inlines(s.Title)
		w.WriteString("</" + tag + ">\n")
	}
	w.blocks(s.Blocks)
	m.body = w.Mould()
	if s.Level == 2 || s.Level == 3 {
		w.WriteString(`<a href="#` + s.Code + `">`)
		w.Slot(slot.Number, asContent, "")
		w.inlines(s.Title)
		w.WriteString("</a>")
		m.entry = w.Mould()
	}
	return m
}

func bind(dst []byte, c *slot.Cut, details []slot.Detail) []byte {
	d := details[c.Slot]
	switch c.Place {
	case inText:
		if d.Gap {
			dst = append(dst, `<mark class="gap">`+slot.GapLabel...)
			return append(escape(dst, d.Text), "</mark>"...)
		}
		return escape(dst, d.Text)
	case inAttr:
		if d.Gap {
			dst = append(dst, slot.GapLabel...)
		}
		return escape(dst, d.Text)
	case atURL:
		return escape(dst, string(slot.AppendURL(nil, d)))
	case inURL:
		return escape(dst, string(slot.AppendInURL(nil, d)))
	case asNumber, asContent:
		if d.Text == "" {
			return dst
		}
		return append(escape(dst, d.Text), map[slot.Place]string{asNumber: "&ensp;", asContent: " "}[c.Place]...)
	}
	panic(fmt.Sprintf("html: a slot at the place %d", c.Place))
}

// escape appends s as text of HTML, or as the value of an attribute between
// double quotes (HTML Living Standard §13.1.2).
func escape(dst []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; c {
		case '&':
			dst = append(dst, "&amp;"...)
		case '<':
			dst = append(dst, "&lt;"...)
		case '>':
			dst = append(dst, "&gt;"...)
		case '"':
			dst = append(dst, "&#34;"...)
		case '\'':
			dst = append(dst, "&#39;"...)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

func text(s string) string { return string(escape(nil, s)) }

// A writer makes the moulds of one section.
type writer struct {
	slot.Writer
	section *document.Section
	tables  int // so far
}

func (w *writer) blocks(blocks []document.Block) {
	for _, b := range blocks {
		w.block(b)
	}
}

func (w *writer) block(b document.Block) {
	switch b := b.(type) {
	case *document.Paragraph:
		if _, ok := b.Text[len(b.Text)-1].(document.Blank); ok {
			w.WriteString(`<p class="to-write">`) // the line reaches the margin
		} else {
			w.WriteString("<p>")
		}
		w.inlines(b.Text)
		w.WriteString("</p>\n")
	case *document.List:
		w.list(b)
	case *document.Table:
		w.table(b)
	case *document.Callout:
		class := "callout"
		if b.Important {
			class += " important"
		}
		w.WriteString(`<div class="` + class + `" role="note">` + "\n" + `<p class="callout-label"><strong>` + b.Label() + "</strong></p>\n")
		w.blocks(b.Blocks)
		w.WriteString("</div>\n")
	case *document.PageBreak:
		w.WriteString(`<hr class="page-break">` + "\n")
	case *document.Signatures:
		w.signatures(b)
	case *document.Flow:
		w.flow(b)
	default:
		panic(fmt.Sprintf("html: no form for %T", b))
	}
}

func (w *writer) list(l *document.List) {
	tag, start := "ul", ""
	if l.Ordered {
		tag = "ol"
		if l.Start != 1 {
			start = fmt.Sprintf(` start="%d"`, l.Start)
		}
	}
	w.WriteString("<" + tag + start + ">\n")
	for _, item := range l.Items {
		switch item.Box {
		case document.NoBox:
			w.WriteString("<li>")
			w.item(item.Blocks, l.Loose)
		default:
			checked := ""
			if item.Box == document.TickedBox {
				checked = ` checked=""`
			}
			w.WriteString(`<li class="task">`)
			w.WriteString(`<label><input type="checkbox"` + checked + "> ")
			w.inlines(item.Blocks[0].(*document.Paragraph).Text)
			w.WriteString("</label>")
			w.item(item.Blocks[1:], l.Loose)
		}
		w.WriteString("</li>\n")
	}
	w.WriteString("</" + tag + ">\n")
}

// item writes what is in a list item. In a tight list its paragraphs have no
// tags, as in CommonMark.
func (w *writer) item(blocks []document.Block, loose bool) {
	for _, b := range blocks {
		if p, ok := b.(*document.Paragraph); ok && !loose {
			w.inlines(p.Text)
			continue
		}
		w.WriteString("\n")
		w.block(b)
	}
}

var alignClass = map[document.Align]string{
	document.AlignCentre: ` class="centre"`, document.AlignRight: ` class="right"`,
}

// A tableKind says how a table stands on a narrow screen.
type tableKind int

const (
	stacked  tableKind = iota // each row becomes a block, each cell a line with its column's name
	scrolled                  // it keeps its shape, and scrolls: it is there to be printed and written on
)

// beginTable begins a table. One that scrolls stands in a frame that takes focus
// and has a name (WCAG 2.2, 2.1.1); in one that is stacked, rows and cells say
// what they are, because browsers forget it when they are laid out as blocks.
func (w *writer) beginTable(kind tableKind, class string, head []document.Inline) {
	w.tables++
	if kind == scrolled {
		w.WriteString(`<div class="table` + class + `" role="region" tabindex="0" aria-label="Table`)
		if w.tables > 1 {
			w.WriteString(" " + strconv.Itoa(w.tables))
		}
		w.WriteString(": ")
		if len(w.section.Title) > 0 {
			head = w.section.Title
		}
		w.attr(head)
		w.WriteString(`">` + "\n<table>\n<thead>\n<tr>")
		return
	}
	w.WriteString(`<div class="table stacked` + class + `">` + "\n" + `<table role="table">` + "\n" + `<thead role="rowgroup">` + "\n" + `<tr role="row">`)
}

func (w *writer) table(t *document.Table) {
	kind := stacked
	if log := emptyRows(t); log > len(t.Rows)/2 || len(t.Align) > 5 {
		kind = scrolled
	}
	role := func(r string) string {
		if kind == scrolled {
			return ""
		}
		return ` role="` + r + `"`
	}
	w.beginTable(kind, "", t.Head[0])
	for i, c := range t.Head {
		tag, scope := "th", ` scope="col"`+role("columnheader")
		if len(c) == 0 {
			tag, scope = "td", role("cell") // a header cell without words names nothing
		}
		w.WriteString("<" + tag + scope + alignClass[t.Align[i]] + ">")
		w.inlines(c)
		w.WriteString("</" + tag + ">")
	}
	w.WriteString("</tr>\n</thead>\n<tbody" + role("rowgroup") + ">\n")
	for _, row := range t.Rows {
		w.WriteString("<tr" + role("row") + ">")
		for i, c := range row {
			tag, scope := "td", role("cell")
			if i == 0 && len(c) > 0 && len(t.Head[0]) > 0 { // what the row is about
				tag, scope = "th", ` scope="row"`+role("rowheader")
			}
			w.WriteString("<" + tag + scope + alignClass[t.Align[i]])
			if kind == stacked && i > 0 && len(t.Align) > 2 && len(t.Head[i]) > 0 {
				w.WriteString(` data-label="`)
				w.attr(t.Head[i])
				w.WriteString(`"`)
			}
			w.WriteString(">")
			w.inlines(c)
			w.WriteString("</" + tag + ">")
		}
		w.WriteString("</tr>\n")
	}
	w.WriteString("</tbody>\n</table>\n</div>\n")
}

// emptyRows returns how many rows of a table are there to be written on.
func emptyRows(t *document.Table) int {
	n := 0
	for _, row := range t.Rows {
		empty := true
		for _, c := range row[1:] {
			empty = empty && len(c) == 0
		}
		if empty {
			n++
		}
	}
	return n
}

func (w *writer) signatures(s *document.Signatures) {
	w.beginTable(scrolled, " signatures", []document.Inline{document.Text("Signatures")})
	for _, c := range s.Columns() {
		w.WriteString(`<th scope="col">` + text(c) + "</th>")
	}
	w.WriteString("</tr>\n</thead>\n<tbody>\n")
	for _, role := range s.Roles {
		w.WriteString(`<tr><th scope="row">`)
		w.inlines(role)
		w.WriteString("</th><td></td><td></td><td></td></tr>\n")
	}
	w.WriteString("</tbody>\n</table>\n</div>\n")
}

func (w *writer) inlines(text []document.Inline) {
	for _, n := range text {
		w.inline(n)
	}
}

func (w *writer) inline(n document.Inline) {
	switch n := n.(type) {
	case document.Text:
		w.Write(escape(nil, string(n)))
	case document.Slot:
		w.Slot(int(n), inText, "")
	case *document.Strong:
		w.WriteString("<strong>")
		w.inlines(n.Text)
		w.WriteString("</strong>")
	case *document.Emphasis:
		w.WriteString("<em>")
		w.inlines(n.Text)
		w.WriteString("</em>")
	case *document.Link:
		w.WriteString(`<a `)
		if showsAddress(n) {
			w.WriteString(`class="shown" `) // in print, it need not be said again
		}
		w.WriteString(`href="`)
		for i, u := range n.URL {
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
		w.WriteString(`">`)
		w.inlines(n.Text)
		w.WriteString("</a>")
	case document.Break:
		w.WriteString("<br>\n")
	case document.Blank:
		w.WriteString(`<span class="blank" role="img" aria-label="space to write">` + strings.Repeat("_", int(n)) + "</span>")
	default:
		panic(fmt.Sprintf("html: no form for %T", n))
	}
}

// showsAddress reports whether a link's words are its address, or its site.
func showsAddress(l *document.Link) bool {
	if len(l.Text) != 1 {
		return false
	}
	switch t := l.Text[0].(type) {
	case document.Text:
		u, ok := l.URL[0].(document.Text)
		return ok && strings.Contains(string(u), string(t))
	case document.Slot:
		_, ok := l.URL[len(l.URL)-1].(document.Slot)
		return ok
	}
	return false
}

// attr writes the words of text into the value of an attribute.
func (w *writer) attr(text []document.Inline) {
	for _, n := range text {
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

// A Look is how pages are laid out: page.html, page.css and print.css of the
// folder look.
type Look struct {
	parts []part
	style string
	plain string // of fragments
}

// A part of page.html: text, then the value of that name.
type part struct {
	text string
	name string
}

var names = []string{"lang", "title", "setting", "colour", "font", "style", "crest", "strapline", "layout", "contents", "heading", "body", "footer"}

var marker = regexp.MustCompile(`\{\{([^}]*)\}\}`)

// ReadLook reads the files of the folder look, by their names in it. What is
// wrong with them is reported as source.Errors; the look comes back as far as it
// could be read.
func ReadLook(files map[string][]byte) (*Look, error) {
	l := &Look{style: string(files["page.css"]) + string(files["print.css"]), plain: string(files["fragment.css"])}
	var problems source.Errors
	for _, name := range []string{"page.html", "page.css", "print.css", "fragment.css"} {
		text := string(files[name])
		if offset := source.NotUTF8(text); offset >= 0 {
			problems.Add(source.Position(name, text, offset), "save the file as UTF-8", "a character that is not UTF-8")
		}
		if at := strings.Index(strings.ToLower(text), "</style"); at >= 0 && name != "page.html" {
			problems.Add(source.Position(name, text, at), "take it out: the styles stand in the page itself", "styles cannot hold </style")
		}
	}
	page := string(files["page.html"])
	from := 0
	for _, m := range marker.FindAllStringSubmatchIndex(page, -1) {
		name := page[m[2]:m[3]]
		if !slices.Contains(names, name) {
			problems.Add(source.Position("page.html", page, m[0]), hint(name), "there is no %s in a page", page[m[0]:m[1]])
		}
		l.parts = append(l.parts, part{page[from:m[0]], name})
		from = m[1]
	}
	l.parts = append(l.parts, part{page[from:], ""})
	if !slices.ContainsFunc(l.parts, func(p part) bool { return p.name == "body" }) {
		problems.Add(source.Pos{File: "page.html"}, "write {{body}} where the document is to stand", "a page without {{body}} says nothing")
	}
	return l, problems.Err()
}

// hint says what a name in page.html was meant to be.
func hint(name string) string {
	meant := strings.Trim(name, ". \t")
	if !slices.Contains(names, meant) {
		meant = source.Nearest(meant, names)
	}
	if meant == "" {
		return "it can be " + source.Quoted(names, "or")
	}
	return "write {{" + meant + "}}"
}

// stacks are what browsers use where a typeface is not installed.
var stacks = map[string]string{
	"Calibri": "Carlito, 'Segoe UI', Candara, sans-serif", "Cambria": "Caladea, Georgia, serif", "Georgia": "serif",
	"Times New Roman": "'Liberation Serif', serif", "Arial": "'Liberation Sans', sans-serif",
}

// Page appends a whole page to dst: the document with that meta and those
// sections.
func (l *Look) Page(dst []byte, meta *document.Meta, sections []Section) []byte {
	dst = slices.Grow(dst, room(sections)+len(l.style)+4<<10)
	for _, p := range l.parts {
		dst = append(dst, p.text...)
		switch p.name {
		case "lang":
			dst = escape(dst, meta.Lang)
		case "title", "heading":
			dst = escape(dst, meta.Title)
		case "setting":
			dst = escape(dst, meta.Setting)
		case "colour":
			dst = append(dst, meta.Brand.Colour...)
		case "font":
			stack := stacks[meta.Brand.Font]
			if stack == "" {
				stack = "sans-serif"
			}
			dst = append(dst, "'"+meta.Brand.Font+"', "+stack...)
		case "style":
			dst = append(dst, l.style...)
		case "crest":
			dst = crest(dst, meta.Brand.Crest)
		case "strapline":
			if s := meta.Brand.Strapline; s != "" {
				dst = append(escape(append(dst, `<p class="strapline">`...), s), "</p>\n"...)
			}
		case "layout":
			dst = append(dst, map[bool]string{true: "with-contents", false: "plain"}[meta.Cover]...)
		case "contents":
			if meta.Cover {
				dst = contents(dst, sections)
			}
		case "body":
			dst = body(dst, sections)
		case "footer":
			dst = escape(dst, Footer(meta))
		}
	}
	return dst
}

// Fragment appends to dst what a website's own page can hold: title, contents
// and sections, whose headings begin at h2. The few styles that it brings concern
// nothing outside it, and it can be read without them, where a website takes
// them away.
func (l *Look) Fragment(dst []byte, meta *document.Meta, sections []Section) []byte {
	dst = slices.Grow(dst, room(sections)+len(l.plain))
	dst = append(dst, `<div class="policygen" lang="`...)
	dst = append(escape(dst, meta.Lang), "\">\n<style>\n"...)
	dst = append(append(dst, l.plain...), "</style>\n<p class=\"policy-title\"><strong>"...)
	dst = append(escape(dst, meta.Title), "</strong></p>\n"...)
	if meta.Cover {
		dst = contents(dst, sections)
	}
	dst = body(dst, sections)
	dst = append(escape(append(dst, "<p><small>"...), Footer(meta)), "</small></p>\n</div>\n"...)
	return dst
}

// room returns about how many bytes sections will take.
func room(sections []Section) int {
	n := 1 << 10
	for i := range sections {
		n += sections[i].Size()
	}
	return n
}

// Footer returns the line that every document ends with.
func Footer(meta *document.Meta) string {
	s := meta.Setting + ": " + meta.Title
	if meta.Version != "" {
		s += ", version " + meta.Version
	}
	if meta.Approved != "" {
		s += ", approved " + meta.Approved
	}
	return s + ". Edition " + meta.Edition + "."
}

func crest(dst []byte, p *document.Picture) []byte {
	if p == nil {
		return dst
	}
	kind, data := p.Type, p.Data
	if p.SVG != nil {
		kind, data = "image/svg+xml", p.SVG // in an img, it runs no scripts and fetches nothing
	}
	dst = append(dst, `<img src="data:`+kind+";base64,"...)
	dst = base64.StdEncoding.AppendEncode(dst, data)
	dst = escape(append(dst, `" alt="`...), p.Alt)
	return fmt.Appendf(dst, "\" width=\"%d\" height=\"%d\">\n", p.Width, p.Height)
}

func contents(dst []byte, sections []Section) []byte {
	dst = append(dst, "<nav class=\"contents\" aria-labelledby=\"contents\">\n<h2 id=\"contents\">Contents</h2>\n<ul>\n"...)
	level := 0
	for i := range sections {
		s := &sections[i]
		if s.entry == nil {
			continue
		}
		switch {
		case level == 0:
		case s.level > level:
			dst = append(dst, "\n<ul>\n"...)
		case s.level < level:
			dst = append(dst, "</li>\n</ul>\n</li>\n"...)
		default:
			dst = append(dst, "</li>\n"...)
		}
		level = s.level
		dst = s.entry.Bind(append(dst, "<li>"...), s.Details, bind)
	}
	switch level {
	case 3:
		dst = append(dst, "</li>\n</ul>\n</li>\n"...)
	case 2:
		dst = append(dst, "</li>\n"...)
	}
	return append(dst, "</ul>\n</nav>\n"...)
}

func body(dst []byte, sections []Section) []byte {
	for i := range sections {
		dst = sections[i].body.Bind(dst, sections[i].Details, bind)
	}
	return dst
}
