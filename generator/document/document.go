// Package document reads a draft into the one tree that every writer prints,
// and so says what a policy may contain.
//
// The dialect is CommonMark 0.31.2 with the tables and task lists of GitHub,
// less whatever a policy has no use for, and with a few things that it needs:
//
//	## Filtering {#OS-6.3}          a heading with the code that it keeps for life
//	- [ ] tell the DSL              a check box
//	> [!IMPORTANT]                  a call-out; [!NOTE] is the other kind
//	> Call 999.
//	---                             a new page, in print and in Word
//	Name: ________                  a line to write on
//	```signatures                   lines to sign on, one for each role
//	Headteacher
//	```
//	```flow                         a decision flow: see [Flow]
//	```
//
// The dialect is closed: [Parse] reports anything else with its place, because
// a construct that one writer prints and another drops could turn the meaning
// of a policy round. A [Block] or an [Inline] is therefore one of the types
// listed there, and a writer's switch over them needs no default but a panic.
//
// A draft is cut into sections before it is parsed: each heading begins one,
// and [Parse] reads one at a time, so that settings can share what is made of
// a section (package slot).
package document

import (
	"strings"

	"github.com/policygen/policygen/generator/slot"
)

// A Section is a heading with what is under it, up to the next heading of any
// level. The text before a document's first heading is a section without one.
type Section struct {
	Code      string    // for life, such as OS-6.3
	Level     int       // of the heading, 2 to 4; 0 if it has none. The document's title is level 1
	Title     []Inline  // of the heading
	Numbering Numbering // of the heading; Parse leaves it to its caller
	Index     int       // of the section among those that its template can have; the caller's as well
	Blocks    []Block
}

// A Numbering says how a section's heading is numbered.
type Numbering int

// The kinds of numbering.
const (
	Unnumbered Numbering = iota
	Numbered             // 1, 1.1
	Appendix             // Appendix A, A.1
)

// A Block is a *Paragraph, *List, *Table, *Callout, *PageBreak, *Signatures or
// *Flow.
type Block interface{ block() }

// An Inline is a Text, Slot, *Strong, *Emphasis, *Link, Break or Blank.
type Inline interface{ inline() }

// A Paragraph is a piece of running text; never empty.
type Paragraph struct {
	Text []Inline
}

// A List has at least one item.
type List struct {
	Ordered bool
	Start   int  // the number of an ordered list's first item
	Loose   bool // its items are paragraphs with room between them
	Items   []*Item
}

// An Item of a list has at least one block. The first may be a list, in which
// case the item has no words of its own; that of an item with a check box is a
// paragraph.
type Item struct {
	Box    Box
	Blocks []Block
}

// A Box says whether an item has a check box.
type Box int

// The states of an item's check box.
const (
	NoBox Box = iota
	OpenBox
	TickedBox
)

// A Table has a head row and as many cells in every row as in the head.
type Table struct {
	Align []Align
	Head  [][]Inline
	Rows  [][][]Inline
}

// An Align says how the cells of a column are set.
type Align int

// The alignments of a column.
const (
	AlignNone Align = iota
	AlignLeft
	AlignCentre
	AlignRight
)

// A Callout is text set apart because it matters.
type Callout struct {
	Important bool // or else a note
	Blocks    []Block
}

// Label returns the word that a call-out begins with.
func (c *Callout) Label() string {
	if c.Important {
		return "Important"
	}
	return "Note"
}

// A PageBreak begins a new page where there are pages.
type PageBreak struct{}

// Signatures are lines to sign on: name, signature and date for each role.
type Signatures struct {
	Roles [][]Inline
}

// Columns are the headings of the columns of Signatures.
func (*Signatures) Columns() [4]string { return [4]string{"Role", "Name", "Signature", "Date"} }

func (*Paragraph) block()  {}
func (*List) block()       {}
func (*Table) block()      {}
func (*Callout) block()    {}
func (*PageBreak) block()  {}
func (*Signatures) block() {}
func (*Flow) block()       {}

// Text is words, with nothing escaped and no line ends.
type Text string

// A Slot is the place of the detail with that number (package slot).
type Slot int

// Strong is text of strong importance.
type Strong struct{ Text []Inline }

// Emphasis is stressed text, or the title of a publication.
type Emphasis struct{ Text []Inline }

// A Link goes to a place on the web, to a mail or telephone address, or with #
// and a code to a section of the same document.
type Link struct {
	URL  []Inline // Text and Slots only
	Text []Inline // holds no other link; never empty
	At   int      // where it stands in the draft
}

// Section returns the code of the section that l goes to, and whether it goes
// to one.
func (l *Link) Section() (code string, ok bool) {
	if len(l.URL) != 1 {
		return "", false
	}
	t, _ := l.URL[0].(Text)
	return strings.CutPrefix(string(t), "#")
}

// Break ends a line inside a paragraph.
type Break struct{}

// A Blank is a line to write on, about as many characters wide as it says.
type Blank int

func (Text) inline()      {}
func (Slot) inline()      {}
func (*Strong) inline()   {}
func (*Emphasis) inline() {}
func (*Link) inline()     {}
func (Break) inline()     {}
func (Blank) inline()     {}

// Plain returns text as a reader would read it aloud: its words without the
// marks, with the details in their slots. With nil for details, slots are empty.
func Plain(text []Inline, details []slot.Detail) string {
	var b strings.Builder
	plain(&b, text, details)
	return b.String()
}

func plain(b *strings.Builder, text []Inline, details []slot.Detail) {
	for _, n := range text {
		switch n := n.(type) {
		case Text:
			b.WriteString(string(n))
		case Slot:
			if details == nil {
				continue
			}
			d := details[n]
			if d.Gap {
				b.WriteString(slot.GapLabel)
			}
			b.WriteString(d.Text)
		case *Strong:
			plain(b, n.Text, details)
		case *Emphasis:
			plain(b, n.Text, details)
		case *Link:
			plain(b, n.Text, details)
		case Break:
			b.WriteByte(' ')
		case Blank:
			b.WriteByte(' ')
		default:
			panic("document: an inline that Plain does not know")
		}
	}
}

// Walk calls f for each piece of running text in the section, heading first,
// in reading order.
func (s *Section) Walk(f func(text []Inline)) {
	if s.Level > 0 {
		f(s.Title)
	}
	walk(s.Blocks, f)
}

func walk(blocks []Block, f func([]Inline)) {
	for _, b := range blocks {
		switch b := b.(type) {
		case *Paragraph:
			f(b.Text)
		case *List:
			for _, item := range b.Items {
				walk(item.Blocks, f)
			}
		case *Table:
			for _, cell := range b.Head {
				f(cell)
			}
			for _, row := range b.Rows {
				for _, cell := range row {
					f(cell)
				}
			}
		case *Callout:
			walk(b.Blocks, f)
		case *PageBreak:
		case *Signatures:
			for _, role := range b.Roles {
				f(role)
			}
		case *Flow:
			if len(b.Title) > 0 {
				f(b.Title)
			}
			for _, step := range b.Steps {
				f(step.Text)
				for _, e := range step.Exits {
					f(e.Label)
				}
			}
			for _, note := range b.Notes {
				f(note)
			}
		default:
			panic("document: a block that Walk does not know")
		}
	}
}

// Links calls f for each link in text, however deep.
func Links(text []Inline, f func(*Link)) {
	for _, n := range text {
		switch n := n.(type) {
		case *Link:
			f(n)
		case *Strong:
			Links(n.Text, f)
		case *Emphasis:
			Links(n.Text, f)
		}
	}
}
