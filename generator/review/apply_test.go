package review_test

import (
	"fmt"
	"strings"

	"github.com/policygen/policygen/generator/review"
)

// A mark says what a plan does to a word, a block or a row.
type mark int

const (
	kept mark = iota
	gone
	come
)

// A redline is a text with a plan's changes in it: what stands in a Word file with
// tracked changes.
type redline struct {
	mark  mark
	kind  string
	words []markedWord
	rows  []markedRow // of a table
}

type markedWord struct {
	mark mark
	review.Word
}

type markedRow struct {
	mark  mark
	cells [][]redline
}

// apply does what a plan says, and reports what it cannot do.
func apply(p *review.Plan, adopted, latest []review.Block) (_ []redline, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return applyPlan(p.Steps, adopted, latest), nil
}

func check(ok bool, format string, args ...any) {
	if !ok {
		panic(fmt.Sprintf(format, args...))
	}
}

// stations cuts steps by where they stand: those at the beginning, then for each
// of n things those before it, the one about it, and those after it.
func stations(steps []review.Step, n int) (first []review.Step, before, about, after [][]review.Step) {
	before, about, after = make([][]review.Step, n), make([][]review.Step, n), make([][]review.Step, n)
	last := -1
	for k, s := range steps {
		check(s.Adopted >= -1 && s.Adopted < n, "step %d is about %d of %d", k, s.Adopted, n)
		at := 3*s.Adopted + 1
		switch {
		case s.Do == review.Insert && s.Adopted < 0:
			at = -1
			first = append(first, s)
		case s.Do == review.Insert && s.Before:
			at--
			before[s.Adopted] = append(before[s.Adopted], s)
		case s.Do == review.Insert:
			at++
			after[s.Adopted] = append(after[s.Adopted], s)
		default:
			check(s.Adopted >= 0, "step %d is about nothing", k)
			about[s.Adopted] = append(about[s.Adopted], s)
			check(len(about[s.Adopted]) == 1, "two steps about %d", s.Adopted)
		}
		check(at >= last, "step %d is out of order", k)
		last = at
	}
	return first, before, about, after
}

func applyPlan(steps []review.Step, adopted, latest []review.Block) []redline {
	var out []redline
	insert := func(steps []review.Step) {
		for _, s := range steps {
			r := plainBlock(latest[s.Latest], come)
			if len(s.Hunks) > 0 {
				r.words = nil
				for _, w := range s.Hunks[0].Wording {
					r.words = append(r.words, markedWord{come, w})
				}
			}
			out = append(out, r)
		}
	}
	first, before, about, after := stations(steps, len(adopted))
	insert(first)
	for i, b := range adopted {
		insert(before[i])
		r := plainBlock(b, kept)
		for _, s := range about[i] {
			switch s.Do {
			case review.Remove:
				check(!b.Fixed, "block %d is fixed, and removed", i)
				r = plainBlock(b, gone)
			case review.Edit:
				r = editBlock(s, b, latest)
			case review.Note:
				check(len(s.Ask) > 0, "a note of nothing")
			}
		}
		out = append(out, r)
		insert(after[i])
	}
	return out
}

func editBlock(s review.Step, b review.Block, latest []review.Block) redline {
	if b.Rows != nil {
		check(len(s.Hunks) == 0, "words of a table are edited")
		return redline{kind: b.Kind, rows: applyRows(s.Rows, b.Rows, latest[s.Latest].Rows)}
	}
	r := redline{kind: b.Kind}
	at := 0
	for _, h := range s.Hunks {
		check(h.From >= at && h.To >= h.From && h.To <= len(b.Words), "a hunk from %d to %d of %d words, %d done", h.From, h.To, len(b.Words), at)
		r.words = append(r.words, marked(b.Words[at:h.From], kept)...)
		r.words = append(r.words, marked(b.Words[h.From:h.To], gone)...)
		if h.Wording != nil {
			r.words = append(r.words, marked(h.Wording, come)...)
		} else {
			r.words = append(r.words, marked(latest[s.Latest].Words[h.LatestFrom:h.LatestTo], come)...)
		}
		at = h.To
	}
	r.words = append(r.words, marked(b.Words[at:], kept)...)
	return r
}

func applyRows(steps []review.Step, adopted, latest []review.Row) []markedRow {
	var out []markedRow
	insert := func(steps []review.Step) {
		for _, s := range steps {
			out = append(out, plainRow(latest[s.Latest], come))
		}
	}
	first, before, about, after := stations(steps, len(adopted))
	insert(first)
	for i, row := range adopted {
		insert(before[i])
		r := plainRow(row, kept)
		for _, s := range about[i] {
			switch s.Do {
			case review.Remove:
				r = plainRow(row, gone)
			case review.Edit:
				check(len(s.Cells) == len(row.Cells), "%d plans for %d cells", len(s.Cells), len(row.Cells))
				for c, p := range s.Cells {
					if p != nil {
						r.cells[c] = applyPlan(p.Steps, row.Cells[c], latest[s.Latest].Cells[c])
					}
				}
			}
		}
		out = append(out, r)
		insert(after[i])
	}
	return out
}

func plainBlock(b review.Block, m mark) redline {
	r := redline{mark: m, kind: b.Kind, words: marked(b.Words, m)}
	if b.Rows != nil {
		r.rows = []markedRow{}
	}
	for _, row := range b.Rows {
		r.rows = append(r.rows, plainRow(row, m))
	}
	return r
}

func plainRow(row review.Row, m mark) markedRow {
	r := markedRow{mark: m}
	for _, c := range row.Cells {
		var blocks []redline
		for _, b := range c {
			blocks = append(blocks, plainBlock(b, m))
		}
		r.cells = append(r.cells, blocks)
	}
	return r
}

func marked(words []review.Word, m mark) []markedWord {
	var out []markedWord
	for _, w := range words {
		out = append(out, markedWord{m, w})
	}
	return out
}

// without returns what is left of a redline if what has a mark is left out:
// without what is gone, all changes are accepted; without what has come, all are
// rejected.
func without(m mark, text []redline) []review.Block {
	var out []review.Block
	for _, r := range text {
		if r.mark == m {
			continue
		}
		b := review.Block{Kind: r.kind}
		for _, w := range r.words {
			if w.mark != m {
				b.Words = append(b.Words, w.Word)
			}
		}
		if r.rows != nil {
			b.Rows = []review.Row{}
		}
		for _, row := range r.rows {
			if row.mark == m {
				continue
			}
			var next review.Row
			for _, c := range row.cells {
				next.Cells = append(next.Cells, without(m, c))
			}
			b.Rows = append(b.Rows, next)
		}
		out = append(out, b)
	}
	return out
}

// show returns blocks as lines that can be compared, with kinds and looks.
func show(blocks []review.Block) string {
	var b strings.Builder
	for _, block := range blocks {
		fmt.Fprintf(&b, "%s: %s\n", block.Kind, showWords(block.Words))
		for _, row := range block.Rows {
			b.WriteString("row")
			for _, c := range row.Cells {
				b.WriteString(" | " + strings.ReplaceAll(show(c), "\n", ";"))
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

func showWords(words []review.Word) string {
	for len(words) > 0 && words[len(words)-1].Text == " " {
		words = words[:len(words)-1]
	}
	var b strings.Builder
	for _, w := range words {
		b.WriteString(w.Text)
		if w.Look != "" {
			b.WriteString("^" + w.Look)
		}
	}
	return b.String()
}
