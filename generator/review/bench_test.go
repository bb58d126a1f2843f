package review_test

import (
	"fmt"
	"testing"

	"github.com/policygen/policygen/generator/review"
)

// policy writes n blocks of about fifteen words, a heading to every ten.
func (d *dice) policy(n int) []review.Block {
	var out []review.Block
	for i := range n {
		b := review.Block{Words: d.words(12+d.n(8), "")}
		if i%10 == 0 {
			b = review.Block{Kind: "heading 2", Heading: true, Section: fmt.Sprintf("S_%d", i), Words: d.words(3, "")}
		}
		out = append(out, b)
	}
	return sectioned(out)
}

// rewritten rewrites so many of ten blocks: every third or so of their words.
func (d *dice) rewritten(text []review.Block, ofTen int, author string) []review.Block {
	text = clone(text)
	for i := range text {
		if text[i].Heading || d.n(10) >= ofTen {
			continue
		}
		for w := range text[i].Words {
			if text[i].Words[w].Text != " " && d.n(3) == 0 {
				text[i].Words[w].Text = d.name(author)
			}
		}
	}
	return text
}

func BenchmarkMerge(b *testing.B) {
	d := seeded(1, 1<<18)
	base := d.policy(600)
	latest := d.rewritten(base, 6, "t")
	adopted := d.rewritten(base, 1, "s")
	all := d.rewritten(base, 10, "s")
	other := seeded(2, 1<<18).policy(600)
	large := append(clone(adopted), seeded(3, 1<<20).policy(5000)...)
	for _, c := range []struct {
		name                  string
		base, adopted, latest []review.Block
	}{
		{"unedited", base, base, latest},
		{"edited", base, adopted, latest},
		{"all edited", base, all, latest},
		{"another school's", base, other, latest},
		{"without base", nil, adopted, latest},
		{"without base, all edited", nil, all, latest},
		{"5000 blocks more", base, large, latest},
		{"5000 other blocks", base, large[600:], latest},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				review.Merge(c.base, c.adopted, c.latest, review.Options{})
			}
		})
	}
}
