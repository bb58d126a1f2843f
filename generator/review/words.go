package review

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// object is the word that stands for what is not words.
const object = "\uFFFC"

// cut cuts what somebody has written into words, marks and blanks, as they are cut
// in documents.
func cut(text string) []Word {
	var words []Word
	runes := []rune(strings.Join(strings.Fields(text), " "))
	for i := 0; i < len(runes); {
		j := i + 1
		for inWord(runes[i]) && j < len(runes) && (inWord(runes[j]) || strings.ContainsRune("'’-.@", runes[j]) && j+1 < len(runes) && inWord(runes[j+1])) {
			j++
		}
		words = append(words, Word{Text: string(runes[i:j])})
		i = j
	}
	return words
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

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
	return slide(hunks, a, b, same)
}

// slide puts words that come or go where a reader sees them: the blank that goes
// with them before them, and a full stop at their end, so that a sentence after
// another is a blank and a sentence, and does not touch the next.
func slide(hunks []hunk, a, b []Word, same func(x, y Word) bool) []hunk {
	for i := range hunks {
		h := &hunks[i]
		if h.a0 != h.a1 && h.b0 != h.b1 {
			continue
		}
		words := a[h.a0:h.a1]
		if h.a0 == h.a1 {
			words = b[h.b0:h.b1]
		}
		first, last := words[0], words[len(words)-1]
		before := h.a0 > 0 && (i == 0 || h.a0-1 > hunks[i-1].a1)
		after := h.a1 < len(a) && (i+1 == len(hunks) || h.a1+1 < hunks[i+1].a0)
		switch {
		case before && last.Text == " " && same(a[h.a0-1], last):
			*h = hunk{h.a0 - 1, h.a1 - 1, h.b0 - 1, h.b1 - 1}
		case after && (first.Text == "." || first.Text == "?" || first.Text == "!") && len(words) > 1 && same(a[h.a1], first):
			*h = hunk{h.a0 + 1, h.a1 + 1, h.b0 + 1, h.b1 + 1}
		}
	}
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
// change of a phrase more easily than three of its words. What keep, if it is
// given, forbids stays apart, and so does a name or a number that has become
// another: it is a detail, and is to be seen as one.
func gather(hunks []hunk, a, b []Word, keep func(a0, a1 int) bool) []hunk {
	var out []hunk
	var last sort
	for _, h := range hunks {
		of := sortOf(h, a, b)
		if n := len(out); n > 0 && (keep == nil || !keep(out[n-1].a1, h.a0)) {
			l := &out[n-1]
			between := a[l.a1:h.a0]
			if last == opening && (of == name || of == phrase) {
				last = of
			}
			if of == last && (blank(between) || of == phrase && (slight(between) || dwarfed(between, size(*l, a, b), size(h, a, b)))) {
				l.a1, l.b1 = h.a1, h.b1
				continue
			}
		}
		out, last = append(out, h), of
	}
	return out
}

// A sort is what sort of words a hunk changes.
type sort int

const (
	phrase  sort = iota
	number       // figures that have become others
	name         // a name that has become another
	opening      // words with capitals that begin a sentence: a name or not
)

func sortOf(h hunk, a, b []Word) sort {
	was, is := a[h.a0:h.a1], b[h.b0:h.b1]
	switch {
	case len(was) == 0 || len(is) == 0:
		return phrase
	case every(was, figures) && every(is, figures):
		return number
	case every(was, capital) && every(is, capital):
		if opens(a, h.a0) || opens(b, h.b0) {
			return opening
		}
		return name
	}
	return phrase
}

// every reports whether there are words, and is is true of all.
func every(words []Word, is func(word string) bool) bool {
	n := 0
	for _, w := range words {
		if isWord(w.Text) {
			if n++; !is(w.Text) {
				return false
			}
		}
	}
	return n > 0
}

func figures(word string) bool { return strings.ContainsFunc(word, unicode.IsDigit) }

func capital(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.IsUpper(r)
}

// opens reports whether a sentence begins with word i, which then has a capital
// whatever it is.
func opens(words []Word, i int) bool {
	for i > 0 && !isWord(words[i-1].Text) && !ends(words, i-1) {
		i--
	}
	return i == 0 || ends(words, i-1)
}

func blank(words []Word) bool {
	return !slices.ContainsFunc(words, func(w Word) bool { return w.Text != " " })
}

// slight reports whether words are too few to be worth keeping between changes.
func slight(words []Word) bool {
	n := 0
	for _, w := range words {
		if isWord(w.Text) {
			if n++; n > 1 || utf8.RuneCountInString(w.Text) > 3 {
				return false
			}
		}
	}
	return !parts(words)
}

// dwarfed reports whether words are few beside the changes around them, of so many
// letters.
func dwarfed(words []Word, before, after int) bool {
	n, letters := 0, 0
	for _, w := range words {
		if isWord(w.Text) {
			n++
			letters += len(w.Text)
		}
	}
	return n <= 3 && 2*letters <= min(before, after) && !parts(words)
}

// parts reports whether words part sentences or lines, or hold what is no word.
func parts(words []Word) bool {
	return slices.ContainsFunc(words, func(w Word) bool {
		return !isWord(w.Text) && strings.ContainsAny(w.Text, ".:;?!\n\t"+object+pilcrow)
	})
}

// size returns how many letters a hunk changes.
func size(h hunk, a, b []Word) int {
	count := func(words []Word) (n int) {
		for _, w := range words {
			if isWord(w.Text) {
				n += len(w.Text)
			}
		}
		return n
	}
	return max(count(a[h.a0:h.a1]), count(b[h.b0:h.b1]))
}

// around returns h in pieces that leave objects in a where they are, and
// paragraphs apart.
func around(h hunk, a []Word) []hunk {
	var pieces []hunk
	from := h.a0
	for i := h.a0; i < h.a1; i++ {
		if strings.ContainsAny(a[i].Text, object+pilcrow) {
			pieces = append(pieces, hunk{from, i, h.b0, h.b0})
			from = i + 1
		}
	}
	pieces = append(pieces, hunk{from, h.a1, h.b0, h.b0})
	pieces[0].b1 = h.b1
	for i := range pieces[1:] {
		pieces[i+1].b0, pieces[i+1].b1 = h.b1, h.b1
	}
	return slices.DeleteFunc(pieces, func(h hunk) bool { return h.a0 == h.a1 && h.b0 == h.b1 })
}

// mergeWords returns what the template has changed in a paragraph, as changes of
// the school's, and whether there is more that the school has changed otherwise.
// Then nothing is changed in the paragraph: half of what the template says with
// half of what the school says may be what neither of them says.
func mergeWords(base, adopted, latest []Word) (hunks []Hunk, clash bool) {
	w := wordSides{base: base, adopted: adopted, latest: latest}
	w.ours = diffWords(base, adopted, sameText)
	w.theirs = gather(diffWords(base, latest, sameLook), base, latest, w.touched)
	w.made = slices.Clone(w.theirs)
	w.narrow()
	held := make([]bool, len(w.theirs))
	var regions [][2]int // sentences of base in which nothing is changed
	for i, t := range w.theirs {
		for _, o := range w.ours {
			if o.a0 > t.a1 || t.a0 > o.a1 || w.apart(o, t) {
				continue
			}
			held[i] = true
			if w.looks(t) || w.alike(o, t) {
				continue // nothing to ask about
			}
			r := sentence(base, min(o.a0, t.a0), max(o.a1, t.a1))
			regions = append(regions, r)
			clash = clash || !w.done(r)
		}
	}
	shift, next := 0, 0
	for i, t := range w.theirs {
		for next < len(w.ours) && w.ours[next].a1 <= t.a0 {
			shift = w.ours[next].b1 - w.ours[next].a1
			next++
		}
		if !held[i] && !slices.ContainsFunc(regions, func(r [2]int) bool { return within(t, r, base) }) {
			hunks = append(hunks, Hunk{From: t.a0 + shift, To: t.a1 + shift, LatestFrom: t.b0, LatestTo: t.b1})
		}
	}
	if clash || w.rewritten() {
		return nil, true
	}
	return hunks, false
}

// rewritten reports whether the template has put most of a paragraph into other
// words, and the school has changed it as well: what is left of the old paragraph
// is too little to say where the school's words belong in the new one.
func (w *wordSides) rewritten() bool {
	if len(w.ours) == 0 || sameWords(w.adopted, w.latest) {
		return false
	}
	words := func(from, to int) (n int) {
		for _, word := range w.base[from:to] {
			if isWord(word.Text) {
				n++
			}
		}
		return n
	}
	gone := 0
	for _, t := range w.made {
		gone += words(t.a0, t.a1)
	}
	return 2*gone > words(0, len(w.base))
}

// wordSides are three editions of a paragraph, and what two have changed in the
// first.
type wordSides struct {
	base, adopted, latest []Word
	ours, theirs          []hunk
	made                  []hunk // theirs, all that makes base into latest
}

// touched reports whether the school has changed words from a0 up to a1, or beside
// them.
func (w *wordSides) touched(a0, a1 int) bool {
	return slices.ContainsFunc(w.ours, func(o hunk) bool { return o.a0 <= a1 && a0 <= o.a1 })
}

// apart reports whether one of two changes that touch puts in whole sentences, or
// parts or joins paragraphs, and the other changes words beside them.
func (w *wordSides) apart(o, t hunk) bool {
	if w.parting(o) && (t.a1 <= o.a0 || o.a1 <= t.a0) {
		return true
	}
	if o.a1 != t.a0 && t.a1 != o.a0 || o.a0 == o.a1 && t.a0 == t.a1 {
		return false
	}
	return wholeSentences(o, w.base, w.adopted) || wholeSentences(t, w.base, w.latest)
}

// parting reports whether a change of the school's does no more than part or join
// paragraphs.
func (w *wordSides) parting(o hunk) bool {
	parts := false
	for _, words := range [][]Word{w.base[o.a0:o.a1], w.adopted[o.b0:o.b1]} {
		for _, word := range words {
			if word.Text != " " && word.Text != pilcrow {
				return false
			}
			parts = parts || word.Text == pilcrow
		}
	}
	return parts
}

func wholeSentences(h hunk, a, b []Word) bool {
	if h.a0 != h.a1 {
		return false
	}
	in := trim(b[h.b0:h.b1])
	return len(in) > 0 && ends(in, len(in)-1) && (h.a0 == 0 || ends(a, h.a0-1) || h.a0 > 1 && a[h.a0-1].Text == " " && ends(a, h.a0-2))
}

// narrow leaves it to the school where paragraphs part: words that the template
// takes out go without the blank beside them that has become, or was, a parting.
func (w *wordSides) narrow() {
	for i := range w.theirs {
		t := &w.theirs[i]
		for _, o := range w.ours {
			switch {
			case t.b0 < t.b1 || !w.parting(o):
			case o.a0 == t.a0 && o.a0 < o.a1 && o.a1 <= t.a1:
				t.a0 = o.a1
			case o.a1 == t.a1 && o.a0 < o.a1 && o.a0 >= t.a0:
				t.a1 = o.a0
			}
		}
	}
	w.theirs = slices.DeleteFunc(w.theirs, func(t hunk) bool { return t.a0 == t.a1 && t.b0 == t.b1 })
}

// looks reports whether the template has changed no more than how words look.
func (w *wordSides) looks(t hunk) bool {
	return sameWords(w.base[t.a0:t.a1], w.latest[t.b0:t.b1])
}

// alike reports whether both have made the same of the same words.
func (w *wordSides) alike(o, t hunk) bool {
	return o.a0 == t.a0 && o.a1 == t.a1 && sameWords(w.adopted[o.b0:o.b1], w.latest[t.b0:t.b1])
}

// done reports whether both say the same now where base has the words of r.
func (w *wordSides) done(r [2]int) bool {
	a0, a1, ok := across(r, w.ours)
	b0, b1, too := across(r, w.made)
	return ok && too && sameWords(trim(w.adopted[a0:a1]), trim(w.latest[b0:b1]))
}

// across returns where hunks have taken a region, with what they put in at its
// ends; it is not known if one of them crosses an end.
func across(r [2]int, hunks []hunk) (from, to int, ok bool) {
	from, to = r[0], r[1]
	for _, h := range hunks {
		grown := h.b1 - h.b0 - (h.a1 - h.a0)
		switch {
		case h.a0 >= r[0] && h.a1 <= r[1]:
			to += grown
		case h.a1 <= r[0]:
			from += grown
			to += grown
		case h.a0 < r[1]:
			return 0, 0, false
		}
	}
	return from, to, true
}

func sameWords(a, b []Word) bool {
	return slices.EqualFunc(a, b, sameText)
}

// within reports whether a change is one of the words of r, or puts words in
// between them.
func within(t hunk, r [2]int, words []Word) bool {
	if t.a0 < t.a1 {
		return t.a0 < r[1] && r[0] < t.a1
	}
	open := r[1] == len(words) && r[1] > 0 && !ends(words, r[1]-1) // it goes on
	return r[0] < t.a0 && (t.a0 < r[1] || t.a0 == r[1] && open)
}

// ends reports whether a sentence ends with word i.
func ends(words []Word, i int) bool {
	if !strings.ContainsAny(words[i].Text, ".?!\n"+pilcrow) || isWord(words[i].Text) {
		return false
	}
	if i+1 == len(words) || words[i].Text == "\n" || words[i].Text == pilcrow || words[i+1].Text == pilcrow {
		return true
	}
	if words[i+1].Text != " " {
		return false
	}
	if i+2 < len(words) { // "e.g. this"
		r, _ := utf8.DecodeRuneInString(words[i+2].Text)
		return !unicode.IsLower(r)
	}
	return true
}

// sentence returns the sentences that words from a0 up to a1 stand in.
func sentence(words []Word, a0, a1 int) [2]int {
	for a0 > 0 && !ends(words, a0-1) {
		a0--
	}
	for a1 < len(words) && (a1 == 0 || !ends(words, a1-1)) {
		a1++
	}
	return [2]int{a0, a1}
}
