package review

import (
	"iter"
	"slices"
	"unicode"
)

func isWord(s string) bool {
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return true
		}
	}
	return false
}

// hash returns a number for a word, whether or not it has capitals (FNV-1a).
func hash(word string) uint32 {
	h := uint32(2166136261)
	for _, r := range word {
		h = (h ^ uint32(unicode.ToLower(r))) * 16777619
	}
	return h
}

// A likeness says how much two items are alike, from 0 to 1, of which it is known
// what part of their words they share.
type likeness func(a, b *item, share float64) float64

// byWords says that items are as much alike as their words. A table and a
// paragraph are not alike.
func byWords(a, b *item, share float64) float64 {
	switch {
	case a.id == b.id:
		return 1
	case a.block != nil && (a.block.Rows == nil) != (b.block.Rows == nil):
		return 0
	case a.row != nil && a.first >= 0 && a.first == b.first:
		return max(share, 0.6) // the row of the same thing
	}
	return share
}

// byForm is the same for items of one form; headings of one section are alike
// whatever they say.
func byForm(a, b *item, share float64) float64 {
	switch {
	case !sameForm(a, b) || a.heading != b.heading:
		return 0
	case a.heading:
		return 1
	}
	return byWords(a, b, share)
}

// byCode is the same as byWords for all but headings of two sections.
func byCode(a, b *item, share float64) float64 {
	if a.heading && b.heading && a.section != b.section {
		return 0
	}
	return byWords(a, b, share)
}

// byText is 1 for items that say the same, and 0 for others.
func byText(a, b *item, _ float64) float64 {
	if a.id == b.id {
		return 1
	}
	return 0
}

// An index knows which items have which words.
type index struct {
	items []*item
	has   map[uint32][]posting
	count []int // of words shared with the item in hand
	found []int // the items that have any
}

type posting struct{ item, times int }

func newIndex(items []*item, want func(j int) bool) *index {
	x := &index{items: items, has: map[uint32][]posting{}, count: make([]int, len(items))}
	for j, it := range items {
		if want(j) {
			for word, times := range times(it.bag) {
				x.has[word] = append(x.has[word], posting{j, times})
			}
		}
	}
	return x
}

// times yields the words of a bag, and how often each is in it.
func times(bag []uint32) iter.Seq2[uint32, int] {
	return func(yield func(uint32, int) bool) {
		for i := 0; i < len(bag); {
			j := i + 1
			for j < len(bag) && bag[j] == bag[i] {
				j++
			}
			if !yield(bag[i], j-i) {
				return
			}
			i = j
		}
	}
}

// shares yields the items that share words with it, and the part of their words
// that the two share (Dice's coefficient).
func (x *index) shares(it *item) iter.Seq2[int, float64] {
	return func(yield func(int, float64) bool) {
		x.found = x.found[:0]
		for word, n := range times(it.bag) {
			for _, p := range x.has[word] {
				if x.count[p.item] == 0 {
					x.found = append(x.found, p.item)
				}
				x.count[p.item] += min(n, p.times)
			}
		}
		more := true
		for _, j := range x.found {
			share := 2 * float64(x.count[j]) / float64(len(it.bag)+len(x.items[j].bag))
			x.count[j] = 0
			more = more && yield(j, share)
		}
	}
}

// shared returns the part of their words that two items share.
func shared(a, b *item) float64 {
	for _, share := range newIndex([]*item{b}, func(int) bool { return true }).shares(a) {
		return share
	}
	return 0
}

// alike is how much two items must say the same to be taken for one that has been
// changed.
const alike = 0.5

// reworded is how much what stands between the same neighbours must say the same
// to be taken for one that has been changed.
const reworded = 0.35

// inOrder matches each of n items with the one in the same place.
func inOrder(n int) match {
	m := make(match, n)
	for i := range m {
		m[i] = i
	}
	return m
}

// alignFreely matches two texts, whatever has become of them in between: first
// what is the same, then what is alike, then what has been moved.
func alignFreely(a, b []*item) match {
	if sameTexts(a, b) {
		return inOrder(len(a))
	}
	m := none(len(a))
	taken := make([]bool, len(b))
	align(a, b, 0, 0, func(i, j int) { m[i], taken[j] = j, true }, byCode)
	relocate(a, b, m, taken)
	return m
}

// alignSections matches two editions of a text: what is in a section is matched
// with what is in the section with the same code, first what is of one kind, then
// what has become something else.
func alignSections(a, b []*item) match {
	if sameTexts(a, b) {
		return inOrder(len(a))
	}
	m := none(len(a))
	taken := make([]bool, len(b))
	bySection := func(items []*item) (codes []string, at map[string][]int) {
		at = map[string][]int{}
		for i, it := range items {
			if at[it.section] == nil {
				codes = append(codes, it.section)
			}
			at[it.section] = append(at[it.section], i)
		}
		return codes, at
	}
	for _, at := range onlyOnce(a, b) {
		if x, y := a[at[0]], b[at[1]]; x.section != y.section && len(x.bag) >= moveWords {
			m[at[0]], taken[at[1]] = at[1], true // the same in another section: nothing else is it
		}
	}
	codes, left := bySection(a)
	_, right := bySection(b)
	for _, like := range []likeness{byForm, byWords} {
		for _, code := range codes {
			l := slices.DeleteFunc(slices.Clone(left[code]), func(i int) bool { return m[i] >= 0 })
			r := slices.DeleteFunc(slices.Clone(right[code]), func(j int) bool { return taken[j] })
			align(pick(a, l), pick(b, r), 0, 0, func(i, j int) { m[l[i]], taken[r[j]] = r[j], true }, like)
		}
	}
	relocate(a, b, m, taken)
	return m
}

func pick(items []*item, at []int) []*item {
	out := make([]*item, len(at))
	for i, j := range at {
		out[i] = items[j]
	}
	return out
}

// moveWords is how many words an item must have to be known again in another
// place.
const moveWords = 4

// moved is how much two items must say the same to be taken for one that has been
// moved.
const moved = 0.75

// relocate matches what is left over with what says the same, or nearly the same,
// in another place: a few words only if they are nowhere else.
func relocate(a, b []*item, m match, taken []bool) {
	for _, at := range onlyOnce(a, b) {
		if i, j := at[0], at[1]; m[i] < 0 && !taken[j] {
			m[i], taken[j] = j, true
		}
	}
	var x *index
	for i, it := range a {
		if m[i] >= 0 || len(it.bag) < moveWords {
			continue
		}
		if x == nil {
			x = newIndex(b, func(j int) bool { return !taken[j] && len(b[j].bag) >= moveWords })
		}
		best, like := -1, 0.0
		for j, share := range x.shares(it) {
			if taken[j] || byWords(it, b[j], share) < moved {
				continue
			}
			if sameForm(it, b[j]) {
				share += 1e-6 // it decides between others that are as much alike
			}
			if share > like || share == like && j < best {
				best, like = j, share
			}
		}
		if best >= 0 {
			m[i], taken[best] = best, true
		}
	}
}

// maxPairs is how many pairs of items are compared word by word in one gap
// between items that are the same.
const maxPairs = 1 << 18

// align matches a with b, in order: what is the same at both ends, then what is
// the same and there only once, and between those what makes the most words the
// same.
func align(a, b []*item, i0, j0 int, pair func(i, j int), like likeness) {
	same := func(x, y *item) bool { return x.id == y.id && like(x, y, 1) > 0 }
	for len(a) > 0 && len(b) > 0 && same(a[0], b[0]) {
		pair(i0, j0)
		a, b, i0, j0 = a[1:], b[1:], i0+1, j0+1
	}
	for len(a) > 0 && len(b) > 0 && same(a[len(a)-1], b[len(b)-1]) {
		pair(i0+len(a)-1, j0+len(b)-1)
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if len(a) == 0 || len(b) == 0 {
		return
	}
	if anchors := once(a, b); len(anchors) > 0 {
		i, j := 0, 0
		for _, at := range append(anchors, [2]int{len(a), len(b)}) {
			align(a[i:at[0]], b[j:at[1]], i0+i, j0+j, pair, like)
			if at[0] < len(a) {
				if like(a[at[0]], b[at[1]], 1) > 0 {
					pair(i0+at[0], j0+at[1])
				}
				i, j = at[0]+1, at[1]+1
			}
		}
		return
	}
	if len(a)*len(b) > maxPairs {
		// Too many to compare: halve them where they are.
		i, j := len(a)/2, len(b)/2
		align(a[:i], b[:j], i0, j0, pair, like)
		align(a[i:], b[j:], i0+i, j0+j, pair, like)
		return
	}
	best(a, b, i0, j0, pair, like)
}

// once returns the items that both texts have exactly once, in an order that both
// have.
func once(a, b []*item) [][2]int {
	pairs := onlyOnce(a, b)
	at, to := make([]int, len(pairs)), none(len(a))
	for k, p := range pairs {
		at[k] = p[0]
		to[p[0]] = p[1]
	}
	still := increasing(at, to)
	return slices.DeleteFunc(pairs, func(p [2]int) bool { return !still[p[0]] })
}

// onlyOnce returns the items that both texts have exactly once.
func onlyOnce(a, b []*item) [][2]int {
	type place struct{ inA, inB, b int } // how often, and where
	count := map[int]place{}
	for _, x := range a {
		p := count[x.id]
		p.inA++
		count[x.id] = p
	}
	for j, y := range b {
		if p, ok := count[y.id]; ok {
			p.inB++
			p.b = j
			count[y.id] = p
		}
	}
	var pairs [][2]int
	for i, x := range a {
		if p := count[x.id]; p.inA == 1 && p.inB == 1 && len(x.bag) > 0 {
			pairs = append(pairs, [2]int{i, p.b})
		}
	}
	return pairs
}

// increasing returns as many of the items as can be, so that what they are matched
// with increases from each to the next.
func increasing(items []int, to match) map[int]bool {
	var tails []int // the last item of the best row of each length
	before := none(len(to))
	for _, n := range items {
		k, _ := slices.BinarySearchFunc(tails, to[n], func(t, v int) int { return to[t] - v })
		if k > 0 {
			before[n] = tails[k-1]
		}
		if k == len(tails) {
			tails = append(tails, n)
		} else {
			tails[k] = n
		}
	}
	still := map[int]bool{}
	if len(tails) > 0 {
		for n := tails[len(tails)-1]; n >= 0; n = before[n] {
			still[n] = true
		}
	}
	return still
}

// best matches so that the matched items are as alike as can be, by dynamic
// programming.
func best(a, b []*item, i0, j0 int, pair func(i, j int), like likeness) {
	w := len(b) + 1
	score := make([]float64, (len(a)+1)*w)
	worth := make([]float64, len(a)*len(b))
	x := newIndex(b, func(int) bool { return true })
	for i := len(a) - 1; i >= 0; i-- {
		row := worth[i*len(b) : (i+1)*len(b)]
		for j, share := range x.shares(a[i]) {
			row[j] = share
		}
		for j := len(b) - 1; j >= 0; j-- {
			s := max(score[(i+1)*w+j], score[i*w+j+1])
			if row[j] = like(a[i], b[j], row[j]); row[j] >= alike {
				s = max(s, score[(i+1)*w+j+1]+row[j])
			}
			score[i*w+j] = s
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		s := score[i*w+j]
		switch l := worth[i*len(b)+j]; {
		case l >= alike && s == score[(i+1)*w+j+1]+l:
			pair(i0+i, j0+j)
			i++
			j++
		case s == score[(i+1)*w+j]:
			i++
		default:
			j++
		}
	}
}
