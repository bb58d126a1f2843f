package review_test

import (
	"testing"

	"github.com/policygen/policygen/generator/review"
)

// raw makes blocks of anything that the types allow, whether or not a document can
// be so.
func (d *dice) raw(depth int) []review.Block {
	var out []review.Block
	for range d.n(7) {
		b := review.Block{
			Kind:    []string{"", "heading 1", "list bullet", "\x05"}[d.n(4)],
			Section: []string{"", "A", "A.1", "B", ".", "._."}[d.n(6)],
			Heading: d.n(4) == 3,
			Fixed:   d.n(9) == 8,
			Words:   d.rawWords(),
		}
		if depth > 0 && d.n(4) == 3 {
			b.Rows = []review.Row{}
			for range d.n(4) {
				var r review.Row
				for range d.n(4) {
					r.Cells = append(r.Cells, d.raw(depth-1))
				}
				b.Rows = append(b.Rows, r)
			}
		}
		out = append(out, b)
	}
	return out
}

func (d *dice) rawWords() []review.Word {
	var out []review.Word
	for range d.n(9) {
		out = append(out, review.Word{
			Text: []string{"a", "b", "c", "safety", "record", "Jane", "01632", " ", " ", ".", ",", "\n", "\t", "", "\uFFFC", "e.g", "\u2029", "\x01", "\xff"}[d.n(19)],
			Look: []string{"", "", "", "b"}[d.n(4)],
		})
	}
	return out
}

// settled is a text as a document can have it: no words of nothing, and nothing
// fixed.
func settled(blocks []review.Block) []review.Block {
	for i := range blocks {
		b := &blocks[i]
		b.Fixed = false
		if b.Rows != nil {
			b.Words = nil
		}
		for j := range b.Rows {
			for _, c := range b.Rows[j].Cells {
				settled(c)
			}
		}
	}
	return blocks
}

func TestRaw(t *testing.T) { law(t, raw) }

func FuzzRaw(f *testing.F) { fuzzLaw(f, raw) }

// raw: nothing panics, whatever the texts are made of, and the laws hold that need
// no sense.
func raw(t *testing.T, d *dice) {
	base, adopted, latest := d.raw(2), d.raw(2), d.raw(2)
	for _, texts := range [][3][]review.Block{{base, adopted, latest}, {nil, adopted, latest}, {base, nil, latest}, {base, adopted, nil}, {base, latest, latest}} {
		p := review.Merge(texts[0], texts[1], texts[2], review.Options{})
		if _, err := apply(p, texts[1], texts[2]); err != nil {
			t.Fatalf("the plan cannot be done: %v", err)
		}
		all := review.Options{Choices: map[string]review.Decision{}}
		for _, q := range p.Decisions {
			choice := []review.Choice{review.Adopt, review.Adapt, review.Withdraw, "?"}[d.n(4)]
			all.Choices[q.ID] = review.Decision{Choice: choice, Wording: []string{"", " ", "Ask  the head.\nToday"}[d.n(3)]}
		}
		if _, err := apply(review.Merge(texts[0], texts[1], texts[2], all), texts[1], texts[2]); err != nil {
			t.Fatalf("the plan cannot be done, with decisions: %v", err)
		}
	}
	if p := review.Merge(base, adopted, base, review.Options{}); len(p.Steps) > 0 {
		t.Fatalf("the templates have not changed: %+v", p.Steps[0])
	}
	settled(base)
	settled(latest)
	p, accept := merged(t, base, base, latest, review.Options{})
	if got, want := show(accept), show(latest); got != want || len(p.Decisions) > 0 {
		t.Fatalf("accepted, it is not the latest text:\n%q\nwant:\n%q\nfrom:\n%q\n%d decisions", got, want, show(base), len(p.Decisions))
	}
}

// TestSentences: what school and template change in sentences of their own is all
// done, whatever it is.
func TestSentences(t *testing.T) {
	law(t, func(t *testing.T, d *dice) {
		var base, adopted, latest, want string
		for range 1 + d.n(8) {
			was := d.sentence()
			switch is := d.sentence(); d.n(5) {
			case 0:
				adopted, want = adopted+is, want+is
				latest += was
			case 1:
				latest, want = latest+is, want+is
				adopted += was
			case 2:
				adopted, latest, want = adopted+is, latest+is, want+is
			default:
				adopted, latest, want = adopted+was, latest+was, want+was
			}
			base += was
			still := d.sentence() // between changes
			base, adopted, latest, want = base+still, adopted+still, latest+still, want+still
		}
		text := func(s string) []review.Block { return []review.Block{{Words: wordsOf(s)}} }
		p, accept := merged(t, text(base), text(adopted), text(latest), review.Options{})
		if got := accept[0].Plain(); len(p.Decisions) > 0 || got+" " != want {
			t.Errorf("%d decisions, and\n%q\nwant:\n%q\nfrom:\n%q\n%q\n%q", len(p.Decisions), got, want, base, adopted, latest)
		}
	})
}

// sentence writes a sentence of words that no other has, and a blank.
func (d *dice) sentence() string {
	s := "It"
	for range 1 + d.n(6) {
		s += " " + d.name("w")
	}
	return s + ". "
}
