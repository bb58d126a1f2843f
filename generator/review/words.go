package review

import (
	"strings"
	"unicode/utf8"
)

// A hunk of two lists of words: those of a from a0 up to a1 have become those of
// b from b0 up to b1.
type hunk struct{ a0, a1, b0, b1 int }

func sameText(a, b Word) bool { return a.Text == b.Text }
func sameLook(a, b Word) bool { return a == b }

// maxCells is how large a table diffWords may fill; more words than that are
// replaced as a whole.
const maxCells = 1 << 22

// diffWords returns what makes a into b: as few words as can be, long ones
// weighing more than short ones and blanks.
func diffWords(a, b []Word, same func(x, y Word) bool) []hunk {
	from := 0
	for from < len(a) && from < len(b) && same(a[from], b[from]) {
		from++
	}
	n, m := len(a), len(b)
	for n > from && m > from && same(a[n-1], b[m-1]) {
		n--
		m--
	}
	if from == n && from == m {
		return nil
	}
	x, y := a[from:n], b[from:m]
	if len(x) == 0 || len(y) == 0 || len(x)*len(y) > maxCells {
		return []hunk{{from, n, from, m}}
	}
	w := len(y) + 1
	score := make([]int32, (len(x)+1)*w)
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			s := max(score[(i+1)*w+j], score[i*w+j+1])
			if same(x[i], y[j]) {
				s = max(s, score[(i+1)*w+j+1]+weight(x[i].Text))
			}
			score[i*w+j] = s
		}
	}
	var hunks []hunk
	i, j := 0, 0
	add := func(a0, a1, b0, b1 int) {
		if a0 == a1 && b0 == b1 {
			return
		}
		hunks = append(hunks, hunk{from + a0, from + a1, from + b0, from + b1})
	}
	i0, j0 := 0, 0
	for i < len(x) && j < len(y) {
		s := score[i*w+j]
		switch {
		case same(x[i], y[j]) && s == score[(i+1)*w+j+1]+weight(x[i].Text):
			add(i0, i, j0, j)
			i++
			j++
			i0, j0 = i, j
		case s == score[(i+1)*w+j]:
			i++
		default:
			j++
		}
	}
	add(i0, len(x), j0, len(y))
	return hunks
}

func weight(word string) int32 {
	switch n := utf8.RuneCountInString(word); {
	case !isWord(word):
		return 1
	case n <= 3:
		return 3
	default:
		return 6
	}
}

// gather joins hunks that hardly anything stands between: a reader follows one
// change of a phrase more easily than three of its words. What keep forbids stays
// apart.
func gather(hunks []hunk, a []Word, keep func(a0, a1 int) bool) []hunk {
	var out []hunk
	for _, h := range hunks {
		if n := len(out); n > 0 {
			last := &out[n-1]
			if slight(a[last.a1:h.a0]) && !keep(last.a1, h.a0) {
				last.a1, last.b1 = h.a1, h.b1
				continue
			}
		}
		out = append(out, h)
	}
	return out
}

// slight reports whether words are too few to be worth keeping between changes.
func slight(words []Word) bool {
	n := 0
	for _, w := range words {
		if isWord(w.Text) {
			if n++; n > 1 || utf8.RuneCountInString(w.Text) > 3 {
				return false
			}
		} else if strings.ContainsAny(w.Text, ".:;?!\n\t") {
			return false
		}
	}
	return true
}

// mergeWords returns what the template has changed in a paragraph, as changes of
// the school's, and whether there is more that the school has changed otherwise.
// Of a sentence in which both have changed the same words, nothing is changed:
// half of what the template says with half of what the school says may be what
// neither of them says.
func mergeWords(base, adopted, latest []Word) (hunks []Hunk, clash bool) {
	ours := diffWords(base, adopted, sameText)
	touched := func(a0, a1 int) bool {
		for _, h := range ours {
			if h.a0 <= a1 && a0 <= h.a1 {
				return true
			}
		}
		return false
	}
	theirs := gather(diffWords(base, latest, sameLook), base, touched)
	var clear []hunk
	held := make([]bool, len(theirs))
	var regions [][2]int // sentences of base in which nothing is changed
	for i, t := range theirs {
		for _, o := range ours {
			if o.a0 > t.a1 || t.a0 > o.a1 {
				continue
			}
			if alikeHunks(o, t, adopted, latest) {
				held[i] = true // the school has done it already
				continue
			}
			clash = true
			regions = append(regions, sentence(base, min(o.a0, t.a0), max(o.a1, t.a1)))
		}
	}
	for i, t := range theirs {
		for _, r := range regions {
			if t.a0 < r[1] && r[0] < t.a1 || t.a0 == t.a1 && r[0] <= t.a0 && t.a0 <= r[1] {
				held[i] = true
			}
		}
		if !held[i] {
			clear = append(clear, t)
		}
	}
	for _, t := range clear {
		shift := 0
		for _, o := range ours {
			if o.a1 <= t.a0 {
				shift = o.b1 - o.a1
			}
		}
		hunks = append(hunks, Hunk{From: t.a0 + shift, To: t.a1 + shift, LatestFrom: t.b0, LatestTo: t.b1})
	}
	return hunks, clash
}

// alikeHunks reports whether both have made the same of the same words.
func alikeHunks(o, t hunk, adopted, latest []Word) bool {
	if o.a0 != t.a0 || o.a1 != t.a1 || o.b1-o.b0 != t.b1-t.b0 {
		return false
	}
	for i := range o.b1 - o.b0 {
		if adopted[o.b0+i].Text != latest[t.b0+i].Text {
			return false
		}
	}
	return true
}

// sentence returns the sentences that words from a0 up to a1 stand in.
func sentence(words []Word, a0, a1 int) [2]int {
	ends := func(i int) bool {
		if !strings.ContainsAny(words[i].Text, ".?!\n") || isWord(words[i].Text) {
			return false
		}
		return i+1 >= len(words) || words[i+1].Text == " " || words[i].Text == "\n"
	}
	for a0 > 0 && !ends(a0-1) {
		a0--
	}
	for a1 < len(words) && (a1 == 0 || !ends(a1-1)) {
		a1++
	}
	return [2]int{a0, a1}
}
