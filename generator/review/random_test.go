package review_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/policygen/policygen/generator/review"
)

// Dice choose by bytes, so that a fuzzer chooses as well as a seed.
type dice struct {
	bytes  []byte
	unique int
}

func seeded(seed uint64, n int) *dice {
	r := rand.New(rand.NewPCG(seed, 5))
	d := &dice{}
	for range n {
		d.bytes = append(d.bytes, byte(r.UintN(256)))
	}
	return d
}

// n returns a number from 0 up to n; 0 once there are no bytes left.
func (d *dice) n(n int) int {
	if len(d.bytes) == 0 || n <= 1 {
		return 0
	}
	b := d.bytes[0]
	d.bytes = d.bytes[1:]
	return int(b) % n
}

var vocabulary = strings.Fields(`the of to and in a is be staff children school must may online safety lead parents report concern
device images governors review yearly filtering monitoring training record secure contact police referral consent family trust
pupils tablet mobile phone camera message harm abuse share ask tell adult nursery class teacher head office`)

// words writes n words, in sentences; author, if given, is in words that nobody
// else writes.
func (d *dice) words(n int, author string) []review.Word {
	var out []review.Word
	for i := range n {
		if i > 0 {
			out = append(out, review.Word{Text: " "})
		}
		word := vocabulary[d.n(len(vocabulary))]
		if author != "" && d.n(2) == 0 {
			word = d.name(author)
		}
		out = append(out, review.Word{Text: word})
		if i == n-1 || d.n(7) == 6 {
			out = append(out, review.Word{Text: "."})
		}
	}
	return out
}

func (d *dice) name(author string) string {
	d.unique++
	return fmt.Sprintf("%s%d", author, d.unique)
}

func (d *dice) block(author string) review.Block {
	switch d.n(8) {
	case 0, 1:
		return review.Block{Kind: "list bullet", Words: d.words(2+d.n(8), author)}
	case 2:
		return d.table(author)
	}
	return review.Block{Kind: "", Words: d.words(3+d.n(30), author)}
}

func (d *dice) table(author string) review.Block {
	b := review.Block{Kind: "table grid", Rows: []review.Row{}}
	columns := 1 + d.n(4)
	for range 1 + d.n(5) {
		b.Rows = append(b.Rows, d.row(columns, author))
	}
	return b
}

func (d *dice) row(columns int, author string) review.Row {
	var r review.Row
	for range columns {
		r.Cells = append(r.Cells, d.cell(author))
	}
	return r
}

func (d *dice) cell(author string) []review.Block {
	var c []review.Block
	n := 1
	if k := d.n(8); k < 2 {
		n = 2 * k
	}
	for range n {
		c = append(c, review.Block{Words: d.words(1+d.n(6), author)})
	}
	return c
}

// document writes a policy of sections, some inside others.
func (d *dice) document() []review.Block {
	var out []review.Block
	for range d.n(3) {
		out = append(out, d.block(""))
	}
	for i := range 1 + d.n(6) {
		out = append(out, d.section(fmt.Sprintf("S_%d", i+1), "")...)
		if d.n(3) == 0 {
			out = append(out, d.section(fmt.Sprintf("S_%d.1", i+1), "")...)
		}
	}
	return sectioned(out)
}

func (d *dice) section(code, author string) []review.Block {
	out := []review.Block{{Kind: "heading 2", Section: code, Heading: true, Words: d.words(1+d.n(4), author)}}
	for range d.n(5) {
		out = append(out, d.block(author))
	}
	return out
}

// sectioned says of each block in which section it stands.
func sectioned(blocks []review.Block) []review.Block {
	code := ""
	for i := range blocks {
		if blocks[i].Heading {
			code = blocks[i].Section
		}
		blocks[i].Section = code
	}
	return blocks
}

func clone(blocks []review.Block) []review.Block {
	out := slices.Clone(blocks)
	for i := range out {
		out[i].Words = slices.Clone(out[i].Words)
		out[i].Rows = slices.Clone(out[i].Rows)
		for j := range out[i].Rows {
			cells := slices.Clone(out[i].Rows[j].Cells)
			for k := range cells {
				cells[k] = clone(cells[k])
			}
			out[i].Rows[j].Cells = cells
		}
	}
	return out
}

// edit edits a text as an author does, n times. The school has no codes for its
// own sections.
func (d *dice) edit(text []review.Block, n int, author string) []review.Block {
	text = clone(text)
	for range n {
		text = d.editOnce(text, author)
	}
	return sectioned(text)
}

func (d *dice) editOnce(text []review.Block, author string) []review.Block {
	at := d.n(len(text) + 1)
	if at == len(text) {
		return append(text, d.block(author))
	}
	b := &text[at]
	switch d.n(14) {
	case 0:
		return slices.Delete(text, at, at+1)
	case 1:
		return slices.Insert(text, at, d.block(author))
	case 2: // move a block
		moved := *b
		text = slices.Delete(text, at, at+1)
		return slices.Insert(text, d.n(len(text)+1), moved)
	case 3: // take a section out
		from, to := extent(text, at)
		return slices.Delete(text, from, to)
	case 4: // move a section
		from, to := extent(text, at)
		moved := slices.Clone(text[from:to])
		text = slices.Delete(text, from, to)
		return slices.Insert(text, d.n(len(text)+1), moved...)
	case 5: // add a section
		code := ""
		if author != "s" {
			code = "N_" + d.name("")
		}
		section := d.section(code, author)
		section[0].Heading = code != ""
		return slices.Insert(text, at, section...)
	case 6: // make something else of it
		if b.Rows == nil && !b.Heading {
			b.Kind = []string{"", "list bullet", "list number", "quote"}[d.n(4)]
		}
	case 7: // how it looks
		if len(b.Words) > 0 {
			b.Words[d.n(len(b.Words))].Look = []string{"b", "i", "b #S_1"}[d.n(3)]
		}
	case 8: // split it
		if n := len(b.Words); b.Rows == nil && n > 2 && !b.Heading {
			k := 1 + d.n(n-1)
			second := review.Block{Kind: b.Kind, Words: slices.Clone(b.Words[k:])}
			b.Words = b.Words[:k:k]
			return slices.Insert(text, at+1, second)
		}
	case 9: // join it with the next
		if at+1 < len(text) && b.Rows == nil && text[at+1].Rows == nil && !text[at+1].Heading {
			b.Words = slices.Concat(b.Words, []review.Word{{Text: " "}}, text[at+1].Words)
			return slices.Delete(text, at+1, at+2)
		}
	default:
		d.editWords(b, author)
	}
	return text
}

// extent returns where the section that a block stands in begins and ends.
func extent(text []review.Block, at int) (from, to int) {
	from, to = at, at+1
	for from > 0 && !text[from].Heading {
		from--
	}
	for to < len(text) && !text[to].Heading {
		to++
	}
	return from, to
}

func (d *dice) editWords(b *review.Block, author string) {
	if b.Rows != nil {
		d.editTable(b, author)
		return
	}
	for range 1 + d.n(3) {
		i := d.n(len(b.Words) + 1)
		switch d.n(4) {
		case 0:
			b.Words = slices.Insert(b.Words, i, review.Word{Text: d.name(author)}, review.Word{Text: " "})
		case 1:
			if i < len(b.Words) {
				b.Words = slices.Delete(b.Words, i, min(i+2, len(b.Words)))
			}
		case 2:
			if i < len(b.Words) {
				b.Words[i].Text = d.name(author)
			}
		case 3:
			b.Words = slices.Concat(b.Words, []review.Word{{Text: " "}}, d.words(1+d.n(5), author))
		}
	}
}

func (d *dice) editTable(b *review.Block, author string) {
	if len(b.Rows) == 0 {
		b.Rows = append(b.Rows, d.row(2, author))
		return
	}
	at := d.n(len(b.Rows))
	row := &b.Rows[at]
	switch d.n(7) {
	case 0:
		b.Rows = slices.Delete(b.Rows, at, at+1)
	case 1:
		b.Rows = slices.Insert(b.Rows, at, d.row(len(row.Cells), author))
	case 2: // another column
		for i := range b.Rows {
			b.Rows[i].Cells = append(b.Rows[i].Cells, d.cell(author))
		}
	case 3: // a row of another length
		row.Cells = append(row.Cells, d.cell(author))
	default:
		if len(row.Cells) == 0 {
			return
		}
		c := d.n(len(row.Cells))
		if len(row.Cells[c]) == 1 && d.n(3) > 0 {
			d.editWords(&row.Cells[c][0], author)
		} else {
			row.Cells[c] = d.cell(author)
		}
	}
}
