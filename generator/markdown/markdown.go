// Package markdown writes a document as Markdown, in the dialect of package
// document.
//
// [Write] makes the mould of a section, [Bind] puts the details in. A detail is
// escaped so that it reads as itself: a backslash stands before each of its
// characters that could be taken for a mark where it stands, and before no
// others, because schools read and edit the result.
package markdown

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/policygen/policygen/generator/document"
	"github.com/policygen/policygen/generator/slot"
)

// The places of slots.
const (
	inText    slot.Place = iota
	atStart              // where a line of text begins
	atURL                // where the address of a link begins
	inURL                // further on in it
	inDiagram            // in a label of a mermaid diagram
	asNumber             // of the section, before its heading
)

// Write makes the mould of a section. It ends with a blank line.
func Write(s *document.Section) *slot.Mould {
	w := &writer{}
	if s.Level > 0 {
		w.WriteString(strings.Repeat("#", s.Level) + " ")
		w.Slot(slot.Number, asNumber, "")
		w.inlines(s.Title)
		w.WriteString(" {#" + s.Code + "}\n\n")
	}
	if len(s.Blocks) > 0 {
		w.blocks(s.Blocks, "")
		w.WriteString("\n\n")
	}
	return w.Mould()
}

// Title makes the mould of a document's title.
func Title(text []document.Inline) *slot.Mould {
	w := &writer{}
	w.WriteString("# ")
	w.inlines(text)
	w.WriteString("\n\n")
	return w.Mould()
}

// Line returns text as a paragraph.
func Line(text string) []byte {
	return append(escape(nil, text, true, true), "\n\n"...)
}

// Bind appends a mould to dst with the details in its slots.
func Bind(dst []byte, m *slot.Mould, details []slot.Detail) []byte {
	return m.Bind(dst, details, bind)
}

func bind(dst []byte, c *slot.Cut, details []slot.Detail) []byte {
	d := details[c.Slot]
	text := d.Text
	if d.Gap {
		text = "[" + slot.GapLabel + text + "]"
	}
	switch c.Place {
	case inText, atStart:
		return escape(dst, text, c.Place == atStart, c.Place == atStart)
	case atURL:
		return slot.AppendURL(dst, d)
	case inURL:
		return slot.AppendInURL(dst, d)
	case inDiagram:
		return label(dst, text)
	case asNumber:
		if text == "" {
			return dst
		}
		return append(append(dst, text...), ' ')
	}
	panic(fmt.Sprintf("markdown: a slot at the place %d", c.Place))
}

// A writer makes the mould of one section.
type writer struct {
	slot.Writer
	started bool // the line holds something besides slots and digits
	slotted bool // the line holds something at all
	other   bool // the list that comes next stands against one of its kind, and so has the other marks
}

// begin notes that a line or a block begins here.
func (w *writer) begin() { w.started, w.slotted = false, false }

// line begins a line with what stands before all lines of a list or call-out.
func (w *writer) line(prefix string) {
	w.WriteString("\n" + prefix)
	w.begin()
}

// blocks writes blocks that follow each other, the first on the line that has
// been begun.
func (w *writer) blocks(blocks []document.Block, prefix string) {
	for i, b := range blocks {
		if i > 0 {
			w.skip(prefix)
			w.touch(blocks[i-1], b)
		}
		w.begin()
		w.block(b, prefix)
	}
}

// touch notes whether two lists that follow each other would become one
// (CommonMark 0.31.2 §5.3): lists with other marks do not.
func (w *writer) touch(before, b document.Block) {
	one, ok1 := before.(*document.List)
	two, ok2 := b.(*document.List)
	if w.other = w.other && ok1; ok1 && ok2 && one.Ordered == two.Ordered {
		w.other = !w.other
	} else {
		w.other = false
	}
}

// skip leaves a line blank and begins the next.
func (w *writer) skip(prefix string) {
	w.WriteString("\n" + strings.TrimRight(prefix, " "))
	w.line(prefix)
}

func (w *writer) block(b document.Block, prefix string) {
	switch b := b.(type) {
	case *document.Paragraph:
		w.prefixed(b.Text, prefix)
	case *document.List:
		w.list(b, prefix)
	case *document.Table:
		w.table(b, prefix)
	case *document.Callout:
		kind := "NOTE"
		if b.Important {
			kind = "IMPORTANT"
		}
		w.WriteString("> [!" + kind + "]")
		w.line(prefix + "> ")
		w.blocks(b.Blocks, prefix+"> ")
	case *document.PageBreak:
		w.WriteString("---")
	case *document.Signatures:
		columns := b.Columns()
		t := &document.Table{Align: make([]document.Align, len(columns)), Head: make([][]document.Inline, len(columns))}
		for i, c := range columns {
			t.Head[i] = []document.Inline{document.Text(c)}
		}
		for _, role := range b.Roles {
			row := make([][]document.Inline, len(columns))
			row[0] = role
			t.Rows = append(t.Rows, row)
		}
		w.table(t, prefix)
	case *document.Flow:
		w.flow(b, prefix)
	default:
		panic(fmt.Sprintf("markdown: no form for %T", b))
	}
}

func (w *writer) list(l *document.List, prefix string) {
	bullet, point := "- ", ". "
	if other := w.other; other {
		bullet, point = "* ", ") "
		defer func() { w.other = other }() // for the list after this one
	}
	w.other = false
	for i, item := range l.Items {
		if i > 0 {
			if l.Loose {
				w.skip(prefix)
			} else {
				w.line(prefix)
			}
		}
		marker := bullet
		if l.Ordered {
			marker = strconv.Itoa(l.Start+i) + point
		}
		w.WriteString(marker)
		w.begin()
		switch item.Box {
		case document.OpenBox:
			w.WriteString("[ ] ")
		case document.TickedBox:
			w.WriteString("[x] ")
		}
		inner := prefix + strings.Repeat(" ", len(marker))
		for j, b := range item.Blocks {
			if j > 0 {
				if _, isList := b.(*document.List); isList && !l.Loose {
					w.line(inner)
				} else {
					w.skip(inner)
				}
				w.touch(item.Blocks[j-1], b)
			}
			w.begin()
			w.block(b, inner)
		}
	}
}

func (w *writer) table(t *document.Table, prefix string) {
	w.row(t.Head)
	w.line(prefix)
	for _, a := range t.Align {
		w.WriteString(map[document.Align]string{
			document.AlignNone: "| --- ", document.AlignLeft: "| :--- ", document.AlignCentre: "| :---: ", document.AlignRight: "| ---: ",
		}[a])
	}
	w.WriteString("|")
	for _, row := range t.Rows {
		w.line(prefix)
		w.row(row)
	}
}

func (w *writer) row(cells [][]document.Inline) {
	for _, c := range cells {
		w.WriteString("| ")
		w.started = true
		w.inlines(c)
		if len(c) > 0 {
			w.WriteString(" ")
		}
	}
	w.WriteString("|")
}

// flow writes a decision flow as a mermaid diagram, which GitHub and many
// editors draw, and as a list.
func (w *writer) flow(f *document.Flow, prefix string) {
	if len(f.Title) > 0 {
		w.prefixed([]document.Inline{&document.Strong{Text: f.Title}}, prefix)
		w.skip(prefix)
	}
	w.WriteString("```mermaid")
	w.line(prefix)
	w.WriteString("flowchart TD")
	shapes := map[document.StepKind][2]string{
		document.Start: {`(["`, `"])`}, document.Act: {`["`, `"]`}, document.Decide: {`{{"`, `"}}`}, document.Stop: {`(["`, `"])`},
	}
	for i, s := range f.Steps {
		w.line(prefix + "    ")
		shape := shapes[s.Kind]
		fmt.Fprintf(w, "s%d%s%d. ", i+1, shape[0], i+1)
		w.label(s.Text)
		w.WriteString(shape[1])
	}
	for i, s := range f.Steps {
		for _, e := range s.Exits {
			w.line(prefix + "    ")
			fmt.Fprintf(w, "s%d -->", i+1)
			if len(e.Label) > 0 {
				w.WriteString(`|"`)
				w.label(e.Label)
				w.WriteString(`"|`)
			}
			fmt.Fprintf(w, " s%d", e.To+1)
		}
	}
	w.line(prefix)
	w.WriteString("```")
	w.skip(prefix)
	w.list(f.List(), prefix)
	for _, note := range f.Notes {
		w.skip(prefix)
		w.prefixed(note, prefix)
	}
}

// label writes the words of a diagram.
func (w *writer) label(text []document.Inline) {
	for _, n := range text {
		switch n := n.(type) {
		case document.Text:
			w.Write(label(nil, string(n)))
		case document.Slot:
			w.Slot(int(n), inDiagram, "")
		default:
			panic(fmt.Sprintf("markdown: %T in a diagram", n))
		}
	}
}

// label appends s as words of a mermaid label between quotation marks, where
// characters can be written as numbers and marks and HTML would be read.
func label(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; strings.IndexByte("\"#<>&`", c) >= 0 {
			dst = append(dst, '#')
			dst = strconv.AppendInt(dst, int64(c), 10)
			dst = append(dst, ';')
		} else {
			dst = append(dst, c)
		}
	}
	return dst
}

// prefixed writes running text whose further lines begin with prefix.
func (w *writer) prefixed(text []document.Inline, prefix string) {
	for i, n := range text {
		if _, ok := n.(document.Break); ok {
			w.WriteString(breakAfter(text[:i]))
			w.line(prefix)
			continue
		}
		w.inline(n, prefix)
	}
}

// breakAfter returns the mark of a line break after text: a backslash, or two
// blanks where the text ends with a backslash, or with a detail that may.
// goldmark takes the two for one.
func breakAfter(text []document.Inline) string {
	if len(text) > 0 {
		switch n := text[len(text)-1].(type) {
		case document.Slot:
			return "  "
		case document.Text:
			if strings.HasSuffix(string(n), `\`) {
				return "  "
			}
		}
	}
	return `\`
}

// inlines writes running text of one line.
func (w *writer) inlines(text []document.Inline) {
	for _, n := range text {
		w.inline(n, "")
	}
}

func (w *writer) inline(n document.Inline, prefix string) {
	switch n := n.(type) {
	case document.Text:
		w.Write(escape(nil, string(n), !w.started, !w.slotted))
		w.slotted = true
		w.started = w.started || strings.Trim(string(n), "0123456789") != ""
	case document.Slot:
		place := inText
		if !w.started {
			place = atStart
		}
		w.Slot(int(n), place, "")
		w.slotted = true
	case *document.Strong:
		w.WriteString("**")
		w.started = true
		w.prefixed(n.Text, prefix)
		w.WriteString("**")
	case *document.Emphasis:
		w.WriteString("*")
		w.started = true
		w.prefixed(n.Text, prefix)
		w.WriteString("*")
	case *document.Link:
		w.WriteString("[")
		w.started = true
		w.prefixed(n.Text, prefix)
		w.WriteString("](")
		for i, u := range n.URL {
			switch u := u.(type) {
			case document.Text:
				w.Write(slot.AppendAddress(nil, string(u)))
			case document.Slot:
				place := inURL
				if i == 0 {
					place = atURL
				}
				w.Slot(int(u), place, "")
			}
		}
		w.WriteString(")")
	case document.Break:
		w.WriteString(" ") // a cell has no lines
	case document.Blank:
		w.WriteString(strings.Repeat("_", int(n)))
		w.started = true
	default:
		panic(fmt.Sprintf("markdown: no form for %T", n))
	}
}

// escape appends s as Markdown that reads as s. It puts a backslash before
// what could be taken for a mark (CommonMark 0.31.2 §2.4, and the tables and
// struck text of GitHub). More is a mark at the beginning of a line than further
// on: start says that nothing but digits and details stands before s, and first
// that nothing does.
func escape(dst []byte, s string, start, first bool) []byte {
	if strings.ContainsRune(s, '\n') {
		s = strings.ReplaceAll(s, "\n", " ")
	}
	for i := range len(s) {
		c := s[i]
		mark := false
		switch c {
		case '\\', '`', '*', '[', ']', '<', '|', '~', '#', '{':
			mark = true
		case '_':
			mark = !(inWord(s, i-1) && inWord(s, i+1))
		case '&': // an entity
			mark = i+1 == len(s) || s[i+1] == '#' || isLetter(s[i+1])
		case '!': // a picture, if a link follows
			mark = i+1 == len(s)
		case '>', '=', ':':
			mark = first && i == 0
		case '-', '+':
			mark = first && i == 0 && !inWord(s, 1)
		case '.', ')': // a numbered item
			mark = start && strings.Trim(s[:i], "0123456789") == ""
		}
		if mark {
			dst = append(dst, '\\')
		}
		dst = append(dst, c)
	}
	return dst
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// inWord reports whether the character of s at i is a letter or digit.
func inWord(s string, i int) bool {
	if i < 0 || i >= len(s) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	if r == utf8.RuneError {
		r, _ = utf8.DecodeLastRuneInString(s[:i+1])
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}
