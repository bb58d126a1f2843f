// Package slot keeps details apart from the text they stand in.
//
// Details are never parsed. Where a template prints one, the draft holds a
// slot instead: one character of plane 15, which Unicode gives to private use,
// that says which detail of the section goes there. Markdown is parsed, and
// Markdown, HTML and Word are written, with the slots in place; what a writer
// makes of a section is a [Mould], finished but for its slots. [Mould.Bind]
// then puts the details in, each escaped for the language and the place it
// stands in. So a school called
//
//	St Mary's *Outstanding* | <b>& Co
//
// reads as itself everywhere, no author of a template can forget to escape,
// and settings whose text differs only in details share one mould.
package slot

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

const (
	first = 0xF0000 // the first character of plane 15
	last  = 0xFFFFD // the last that is not a noncharacter
)

// Max is how many slots a section can have.
const Max = last - first

// Number is the slot that every section has: the number that the document
// gives the section, such as 6.3. The slots that a template makes follow it.
const Number = 0

// Mark returns the character that stands for slot n in a draft.
func Mark(n int) rune {
	if n < 0 || n >= Max {
		panic(fmt.Sprintf("slot: no slot can have the number %d", n))
	}
	return first + rune(n)
}

// Of returns the number of the slot that r stands for, and whether it is one.
func Of(r rune) (n int, ok bool) {
	return int(r - first), first <= r && r <= last
}

// Noncharacter reports whether Unicode says that r is no character, and never will
// be (Unicode 16.0 §23.7). XML cannot hold most of them.
func Noncharacter(r rune) bool { return r&0xFFFE == 0xFFFE || 0xFDD0 <= r && r <= 0xFDEF }

// A Detail is what goes into a slot.
type Detail struct {
	// Text is what the reader sees: the detail itself or, of a gap, what is
	// to be put there, such as "name of the designated safeguarding lead".
	Text string

	// Gap says that nobody has given the detail yet. Every format marks a gap
	// in a way of its own, and a run counts them.
	Gap bool

	// Path is the name of the detail, such as people.dsl.name, if it is one
	// that a setting file can give.
	Path string
}

// GapLabel is what every format prints before the Text of a gap.
const GapLabel = "To complete: "

// A Place is where in a piece of text a slot stands, as the writer whose
// language it is numbers them. What has to be escaped depends on it.
type Place uint8

// A Cut is a slot in a mould.
type Cut struct {
	Slot    int // or another number that the writer binds something to
	Place   Place
	Context string // what the writer wants to know again when it binds

	at int // offset in the mould's text

	// late, if not nil, writes the piece instead of a detail.
	late func(dst []byte, details []Detail) []byte
}

// A Mould is what a writer made of a section: finished bytes with slots left
// open. It does not change once it is made, and goroutines may share it.
type Mould struct {
	text []byte
	cuts []Cut
}

// An Escape appends the detail of a slot to dst, in the form that its place
// asks for.
type Escape func(dst []byte, c *Cut, details []Detail) []byte

// Bind appends the mould to dst with the details in its slots.
func (m *Mould) Bind(dst []byte, details []Detail, escape Escape) []byte {
	from := 0
	for i := range m.cuts {
		c := &m.cuts[i]
		dst = append(dst, m.text[from:c.at]...)
		from = c.at
		if c.late != nil {
			dst = c.late(dst, details)
			continue
		}
		dst = escape(dst, c, details)
	}
	return append(dst, m.text[from:]...)
}

// Size returns about how many bytes m takes in memory.
func (m *Mould) Size() int { return len(m.text) + 64*len(m.cuts) }

// Text returns what m says between its slots, for tests.
func (m *Mould) Text() string { return string(m.text) }

// A Writer makes a mould. What is written to its buffer is what the mould
// says; Slot leaves a slot open at the place that has been reached.
type Writer struct {
	bytes.Buffer
	cuts []Cut
}

// Slot leaves slot n open here.
func (w *Writer) Slot(n int, place Place, context string) {
	w.cuts = append(w.cuts, Cut{Slot: n, Place: place, Context: context, at: w.Len()})
}

// Late leaves room here for a piece that cannot be written before the details
// are known. f must not keep dst, and must give the same for the same details.
func (w *Writer) Late(f func(dst []byte, details []Detail) []byte) {
	w.cuts = append(w.cuts, Cut{at: w.Len(), late: f})
}

// Mould returns what has been written, and empties w.
func (w *Writer) Mould() *Mould {
	m := &Mould{text: slices.Clip(slices.Clone(w.Bytes())), cuts: slices.Clip(w.cuts)}
	w.Reset()
	w.cuts = nil
	return m
}

// AppendURL appends the detail of a slot with which a web address begins. It
// must name a scheme that a policy links to; of any other, and of a gap, there
// is only "#", which leads nowhere.
func AppendURL(dst []byte, d Detail) []byte {
	if !d.Gap {
		for _, scheme := range []string{"https://", "http://", "mailto:", "tel:"} {
			if len(d.Text) >= len(scheme) && strings.EqualFold(d.Text[:len(scheme)], scheme) {
				return AppendAddress(dst, d.Text)
			}
		}
	}
	return append(dst, '#')
}

// AppendInURL appends the detail of a slot further on in a web address, such as
// after mailto:. It is one piece of the address: what would end it there, and
// begin another mailbox or a field of the message, is percent-encoded as well.
func AppendInURL(dst []byte, d Detail) []byte {
	if d.Gap {
		return dst
	}
	return encode(dst, d.Text, "-._~:/@!$*+=")
}

// AppendAddress appends text that is a web address, or the part of one that a
// template has: what could end the address, or the text that it stands in, is
// percent-encoded (RFC 3986 §2.1).
func AppendAddress(dst []byte, text string) []byte {
	return encode(dst, text, "-._~:/?#@!$&*+,;=%")
}

// encode appends text percent-encoded, but for letters, digits and the
// characters of plain.
func encode(dst []byte, text, plain string) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(text) {
		c := text[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte(plain, c) >= 0:
			dst = append(dst, c)
		default:
			dst = append(dst, '%', hex[c>>4], hex[c&15])
		}
	}
	return dst
}
