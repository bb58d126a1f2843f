package review

import "slices"

// pilcrow is the word that stands between paragraphs that are read as one.
const pilcrow = "\u2029"

// contained is what part of the words of a piece must come from a paragraph for it
// to be a piece of that. Only words count that the paragraph has nowhere else now.
const contained = 0.4

// partings finds paragraphs that the school has split, and those that it has
// joined. They are merged as if it had not.
func (s *sides) partings() {
	s.pieces, s.joined = map[int][]int{}, map[int][]int{}
	for b, i := range s.toAdopted {
		if i < 0 {
			i = s.scattered(b)
		}
		if i < 0 || !prose(s.base[b]) || !prose(s.adopted[i]) || s.base[b].id == s.adopted[i].id {
			continue
		}
		if s.split(b, i); s.pieces[i] == nil {
			s.join(b, i)
		}
	}
}

// prose reports whether an item is a paragraph that can be split.
func prose(it *item) bool { return it.paragraph() && !it.titled() }

// scattered matches a paragraph with the first of those that stand in its place,
// if together they say much the same.
func (s *sides) scattered(b int) int {
	from, to := 0, len(s.adopted)
	if b > 0 {
		if from = s.toAdopted[b-1] + 1; from == 0 {
			return -1
		}
	}
	if b+1 < len(s.base) {
		to = s.toAdopted[b+1]
	}
	if to < from+2 || to > from+8 {
		return -1
	}
	var bag []uint32
	for i := from; i < to; i++ {
		if !s.own(i) || !prose(s.adopted[i]) {
			return -1
		}
		bag = append(bag, s.adopted[i].bag...)
	}
	slices.Sort(bag)
	if shared(s.base[b], &item{bag: bag}) < moved {
		return -1
	}
	s.toAdopted[b], s.fromAdopted[from] = from, b
	return from
}

// split finds the pieces of a paragraph beside the one that it is matched with.
func (s *sides) split(b, i int) {
	rest := less(s.base[b].bag, s.adopted[i].bag)
	lo, hi := i, i
	take := func(j int) bool {
		if j < 0 || j >= len(s.adopted) || !s.own(j) || !prose(s.adopted[j]) || !pieceOf(s.adopted[j].bag, rest) {
			return false
		}
		rest = less(rest, s.adopted[j].bag)
		return true
	}
	for take(hi + 1) {
		hi++
	}
	for take(lo - 1) {
		lo--
	}
	if lo == hi {
		return
	}
	for j := lo; j <= hi; j++ {
		s.pieces[i] = append(s.pieces[i], j)
		s.fromAdopted[j] = b
	}
}

// join finds the paragraphs beside b that the school has joined with it.
func (s *sides) join(b, i int) {
	rest := less(s.adopted[i].bag, s.base[b].bag)
	lo, hi := b, b
	take := func(c, next int) bool {
		if c < 0 || c >= len(s.base) || s.toAdopted[c] >= 0 || s.home[c] >= 0 || !prose(s.base[c]) || !pieceOf(s.base[c].bag, rest) {
			return false
		}
		// All of them are still there, and together.
		if l, m := s.toLatest[c], s.toLatest[next]; l < 0 || m < 0 || !prose(s.latest[l]) || !prose(s.latest[m]) || s.base[c].section != s.base[b].section {
			return false
		}
		rest = less(rest, s.base[c].bag)
		s.home[c] = i
		return true
	}
	for take(hi+1, hi) {
		hi++
	}
	for take(lo-1, lo) {
		lo--
	}
	if lo == hi {
		return
	}
	for c := lo; c <= hi; c++ {
		s.joined[i] = append(s.joined[i], c)
	}
}

// pieceOf reports whether most of the words of a bag are among the rest of
// another.
func pieceOf(bag, rest []uint32) bool {
	left := less(bag, rest)
	if len(bag) < moveWords {
		return len(bag) > 1 && len(left) == 0
	}
	return float64(len(bag)-len(left)) >= contained*float64(len(bag))
}

// less returns what of a sorted bag is not in another.
func less(bag, other []uint32) []uint32 {
	var rest []uint32
	for j := 0; len(bag) > 0; bag = bag[1:] {
		for j < len(other) && other[j] < bag[0] {
			j++
		}
		if j < len(other) && other[j] == bag[0] {
			j++
			continue
		}
		rest = append(rest, bag[0])
	}
	return rest
}

// whole returns item i of the adopted text with the other pieces of its paragraph.
func (s *sides) whole(i int) *item {
	if s.pieces[i] == nil {
		return s.adopted[i]
	}
	return s.together(s.adopted, s.pieces[i])
}

// together reads paragraphs as one.
func (s *sides) together(items []*item, at []int) *item {
	one := *items[at[0]]
	one.block = &Block{Kind: one.kind, Section: one.section}
	var parts []Word
	for k, i := range at {
		words := trim(items[i].block.Words)
		if k > 0 {
			one.block.Words = append(one.block.Words, Word{Text: pilcrow})
			parts = append(parts, Word{Text: " "})
		}
		one.block.Words = append(one.block.Words, words...)
		parts = append(parts, words...)
		one.block.Fixed = one.block.Fixed || items[i].fixed
	}
	plain := Block{Kind: one.kind, Words: parts, Fixed: one.block.Fixed}
	s.read(&one, [][]Block{{plain}})
	return &one
}

// first and last return where the paragraph that item i is a piece of begins and
// ends.
func (s *sides) first(i int) int {
	if p := s.pieces[i]; p != nil {
		return p[0]
	}
	return i
}

func (s *sides) last(i int) int {
	if p := s.pieces[i]; p != nil {
		return p[len(p)-1]
	}
	return i
}

// share gives each piece of a paragraph its part of a step.
func (s *sides) share(i int, step Step, give func(j int, step Step)) {
	from := 0
	for _, j := range s.pieces[i] {
		part := Step{Do: step.Do, Adopted: j, Latest: step.Latest}
		to := from + len(trim(s.adopted[j].block.Words))
		for _, h := range step.Hunks {
			if from <= h.From && h.To <= to {
				h.From, h.To = h.From-from, h.To-from
				part.Hunks = append(part.Hunks, h)
			}
		}
		switch h := part.Hunks; {
		case part.Do == Edit && len(h) == 0:
			part.Do = Note
		case part.Do == Edit && len(h) == 1 && h[0].To-h[0].From == to-from && h[0].LatestFrom == h[0].LatestTo && len(h[0].Wording) == 0 && !s.adopted[j].fixed:
			part.Do, part.Hunks = Remove, nil
		}
		if j == i {
			part.Ask = step.Ask
		}
		if part.Do != Note || len(part.Ask) > 0 {
			give(j, part)
		}
		from = to + 1
	}
}

// mergeJoined merges the words of paragraphs that the school has joined. Those of
// all but the one that the step names are given as a wording.
func (s *sides) mergeJoined(i, l int) (hunks []Hunk, clash bool, base, latest *item) {
	group := s.joined[i]
	base = s.together(s.base, group)
	at := make([]int, len(group))
	for k, c := range group {
		at[k] = s.toLatest[c]
	}
	latest = s.together(s.latest, at)
	hunks, clash = mergeWords(base.block.Words, trim(s.adopted[i].block.Words), latest.block.Words)
	from := 0
	for _, m := range at {
		to := from + len(trim(s.latest[m].block.Words))
		for k := range hunks {
			h := &hunks[k]
			switch {
			case h.Wording != nil || h.LatestFrom < from || h.LatestFrom > to:
			case m == l && h.LatestTo <= to:
				h.LatestFrom, h.LatestTo, h.Wording = h.LatestFrom-from, h.LatestTo-from, nil
			default:
				h.Wording = unparted(latest.block.Words[h.LatestFrom:h.LatestTo])
			}
		}
		from = to + 1
	}
	return hunks, clash, base, latest
}

// unparted returns words with a blank for what parts paragraphs.
func unparted(words []Word) []Word {
	words = slices.Clone(words)
	for i := range words {
		if words[i].Text == pilcrow {
			words[i].Text = " "
		}
	}
	return words
}
