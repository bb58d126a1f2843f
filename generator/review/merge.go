// Package review brings a setting's documents forward: what the school has made
// of what was made for it, what was made, and what the templates now make, into
// the school's document with the template's changes marked in it.
//
// [Merge] compares three texts and says what to do. It knows paragraphs, tables
// and words, and nothing of files. [Revise] does what it says to a Word file, and
// [Markdown] to a Markdown file; [Compare] says what a school has changed.
package review

import (
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"
)

// A Block is a paragraph or, if it has rows, a table: what a merge takes for one
// thing.
type Block struct {
	Kind    string // what it is, such as "heading 1" or "list bullet"
	Section string // the code of the section that it stands in; "" before the first
	Heading bool   // it begins the section
	Words   []Word
	Rows    []Row
	Fixed   bool // it holds something besides words: it is never taken out
}

// A Word is a word, a mark of punctuation or a blank.
type Word struct {
	Text string
	Look string // how it looks and where it leads
}

// A Row is a row of a table: its cells.
type Row struct{ Cells [][]Block }

// A Plan says how to bring a text forward. Its steps are in the order of the adopted
// text, with no more than one about each block besides insertions; insertions in
// the same place are in the order in which they come to stand.
type Plan struct {
	Steps     []Step
	Decisions []*Decision

	// Withheld are the codes of sections that the school has taken out, and that
	// stay out.
	Withheld []string

	// Pairs say which block of the adopted text is which of the latest one, of
	// those that the template has made nothing else of.
	Pairs map[int]int
}

// An Action is what a step does.
type Action int

// The actions.
const (
	Edit   Action = iota // words of a paragraph, or rows and cells of a table
	Remove               // a block of the adopted text
	Insert               // a block of the latest text
	Note                 // nothing but a decision to be taken
)

// A Step does one thing to one block, or to one row of a table.
type Step struct {
	Do      Action
	Adopted int         // the block; that which an insertion stands next to, -1 for none
	Latest  int         // the block that the template now has, or -1
	Before  bool        // an insertion stands before that block, not after it
	Hunks   []Hunk      // of a paragraph that is edited; one, of all words of the latest block, if an insertion says something else
	Rows    []Step      // of a table that is edited
	Cells   []*Plan     // of a row that is edited; nil for a cell that is not
	Ask     []*Decision // what has to be decided about the block
}

// A Hunk puts words in the place of others: those From up to To of the adopted
// block make room for those LatestFrom up to LatestTo of the latest, or for
// Wording if that is not nil. Wording may be empty: then they only go. Latest may
// be -1 where all hunks have a wording.
type Hunk struct {
	From, To             int
	LatestFrom, LatestTo int
	Wording              []Word
}

// A Kind is why somebody has to decide.
type Kind string

// The kinds of decisions.
const (
	Reworded  Kind = "reworded"  // the template and the school have both changed it
	Dropped   Kind = "dropped"   // the template no longer has it, and the school has changed it
	TakenOut  Kind = "taken out" // the school has taken it out, and the template has changed it
	Elsewhere Kind = "elsewhere" // the template has moved it, and the school has changed it
	Both      Kind = "both"      // both have it, and nobody knows which came first
)

// A Choice is what somebody has decided.
type Choice string

// The choices. Keep is what is done unless somebody has decided otherwise, or has
// decided what cannot be done: a table or a row cannot be adapted, nor several
// paragraphs, and what is fixed is not withdrawn.
const (
	Keep     Choice = "keep"     // the school's words
	Adopt    Choice = "adopt"    // the template's words
	Adapt    Choice = "adapt"    // words of somebody's own
	Withdraw Choice = "withdraw" // no words
)

// A Decision is something that a person has to decide.
type Decision struct {
	ID       string // the same whenever the same is asked
	Kind     Kind
	Section  string // where it stands; of a section taken out, the outermost
	Base     string // what was made; "" if nothing is known of it
	Template string // what the template says now; "" if it has dropped it
	School   string // what the school says; "" if it has taken it out
	Choice   Choice
	Wording  string // of the choice adapt
	Settled  bool   // somebody has chosen
}

// Options say how to merge.
type Options struct {
	// Choices are decisions that have been taken, by their ids. Only choice and
	// wording count. One that is none of the four, or adapts without a wording,
	// settles nothing.
	Choices map[string]Decision
}

// Merge compares what was made with what the school has made of it and with what
// the templates now make, and returns what to do to the school's text.
//
// What the template has changed and the school has not is done. What the school
// has changed stays as it is. Where both have changed the same words, the
// school's stand, and there is a decision to take. Nothing of the school's is
// ever taken out without one.
//
// The rules in full:
//
//   - A paragraph is the least that is agreed upon. Where the school and the
//     template have changed the same words of one, or words side by side, or the
//     template most of those of a paragraph that the school has changed anywhere,
//     nothing of the template's is done to it ([Reworded]): half of what each says
//     may be what neither says.
//   - A paragraph or a row that the template has dropped goes, unless the school has
//     changed its words or it is fixed ([Dropped]).
//   - What the school has taken out stays out. Somebody is asked only if the
//     template has changed it ([TakenOut]), and once for a section of which nothing
//     is left, with the sections inside it; new sections inside it stay out as well.
//   - What the template has moved moves, together with what has moved with it,
//     unless the school has changed any of it or put something between
//     ([Elsewhere]). What the school has moved itself stays where it is.
//   - A paragraph that stands between the same neighbours as one of base is that
//     one, if the school has written it anew. What the school has split or joined
//     is merged as if it had not, and stays split or joined; then several steps may
//     be about one latest block, and words of other blocks come as a wording.
//   - What the template has made something else of (a list item of a paragraph, a
//     table with other columns) is taken out and put in again. If the school has
//     changed it, it stays what it is, and only words are merged.
//   - A table is merged row by row and cell by cell; if either has changed the
//     number of columns and the other anything, somebody is asked.
//   - What both have added is one thing if most of its words are the same
//     ([Both]). Without a base that is all that can be known: nothing is taken out
//     then, and nothing reworded.
//   - What the template adds stands after what it follows there; a heading stands
//     after all that the school has added to the section before.
//
// How words look is the template's business only where it has changed it, and
// never a reason to ask. If nothing is left of a cell, its plan still takes all its
// paragraphs out.
func Merge(base, adopted, latest []Block, opts Options) *Plan {
	m := &merger{opts: opts, plan: &Plan{}, sections: true, texts: map[string]int{}}
	m.steps(m.blocks(base), m.blocks(adopted), m.blocks(latest))
	return m.plan
}

type merger struct {
	opts     Options
	plan     *Plan
	sections bool           // the text has sections, which can be taken out
	texts    map[string]int // a number for each text
}

// within returns a merger for what is inside a table.
func (m *merger) within() *merger {
	return &merger{opts: m.opts, plan: &Plan{}, texts: m.texts}
}

// An item is a block or a row.
type item struct {
	id      int    // the same for items that say the same
	look    string // what it says, and how it looks
	bag     []uint32
	kind    string
	columns int // of a table, or cells of a row; -1 of a paragraph
	section string
	heading bool
	fixed   bool
	block   *Block
	row     *Row
	first   int // what the first cell of a row says; -1 for nothing
}

func (m *merger) blocks(blocks []Block) []*item {
	items := make([]*item, len(blocks))
	for i := range blocks {
		b := &blocks[i]
		it := &item{kind: b.Kind, columns: columns(b), section: b.Section, heading: b.Heading, block: b, first: -1}
		m.read(it, [][]Block{blocks[i : i+1]})
		items[i] = it
	}
	return items
}

func (m *merger) rows(rows []Row, section string) []*item {
	items := make([]*item, len(rows))
	for i := range rows {
		cells := rows[i].Cells
		it := &item{kind: "row", columns: len(cells), section: section, row: &rows[i], first: -1}
		m.read(it, cells)
		if len(cells) > 0 {
			var first item
			if m.read(&first, cells[:1]); len(first.bag) > 0 {
				it.first = first.id
			}
		}
		items[i] = it
	}
	return items
}

// read notes what cells say.
func (m *merger) read(it *item, cells [][]Block) {
	var r reading
	r.cells(cells)
	slices.Sort(r.bag)
	text := r.text.String()
	id, ok := m.texts[text]
	if !ok {
		id = len(m.texts)
		m.texts[text] = id
	}
	it.id, it.look, it.bag, it.fixed = id, r.look.String(), r.bag, r.fixed
}

// A reading is what has been read of an item. Control characters stand between
// its parts.
type reading struct {
	text, look strings.Builder
	bag        []uint32
	fixed      bool
}

func (r *reading) mark(c string) {
	r.text.WriteString(c)
	r.look.WriteString(c)
}

func (r *reading) cells(cells [][]Block) {
	for i, c := range cells {
		if i > 0 {
			r.mark("\x01")
		}
		for j := range c {
			r.block(&c[j])
		}
	}
}

func (r *reading) block(b *Block) {
	r.fixed = r.fixed || b.Fixed
	r.look.WriteString("\x05")
	r.look.WriteString(b.Kind)
	r.look.WriteString("\x05")
	words := trim(b.Words)
	r.text.Grow(6 * len(words))
	r.look.Grow(8 * len(words))
	r.bag = slices.Grow(r.bag, len(words)/2)
	for _, w := range words {
		r.text.WriteString(w.Text)
		r.look.WriteString(w.Text)
		r.look.WriteString("\x04")
		r.look.WriteString(w.Look)
		r.look.WriteString("\x04")
		if isWord(w.Text) {
			r.bag = append(r.bag, hash(w.Text))
		}
	}
	for _, row := range b.Rows {
		r.mark("\x02")
		r.cells(row.Cells)
	}
	r.mark("\x03")
}

// trim leaves out the blanks at the end: editors add them and drop them.
func trim(words []Word) []Word {
	for len(words) > 0 && words[len(words)-1].Text == " " {
		words = words[:len(words)-1]
	}
	return words
}

// columns returns how many cells the first row of a table has, and -1 for a
// paragraph.
func columns(b *Block) int {
	switch {
	case b.Rows == nil:
		return -1
	case len(b.Rows) == 0:
		return 0
	}
	return len(b.Rows[0].Cells)
}

// sameForm reports whether two items differ by no more than words.
func sameForm(x, y *item) bool { return x.kind == y.kind && x.columns == y.columns }

// paragraph reports whether an item is neither a table nor a row.
func (it *item) paragraph() bool { return it.row == nil && it.block.Rows == nil }

// titled reports whether an item is a heading, of a section of ours or another.
func (it *item) titled() bool { return it.heading || strings.HasPrefix(it.kind, "heading") }

// plain returns what an item says, for people.
func (it *item) plain() string {
	if it == nil {
		return ""
	}
	if it.row != nil {
		return plainRow(*it.row)
	}
	return it.block.Plain()
}

// Plain returns what b says: the rows of a table on lines of their own, with bars
// between cells.
func (b *Block) Plain() string {
	if b.Rows == nil {
		return plainWords(b.Words)
	}
	var rows []string
	for _, r := range b.Rows {
		rows = append(rows, plainRow(r))
	}
	return strings.Join(rows, "\n")
}

func plainRow(r Row) string {
	var cells []string
	for _, c := range r.Cells {
		var parts []string
		for _, b := range c {
			parts = append(parts, b.Plain())
		}
		cells = append(cells, strings.Join(parts, " "))
	}
	return strings.Join(cells, " | ")
}

func plainWords(words []Word) string {
	var b strings.Builder
	for _, w := range words {
		switch w.Text {
		case "\n", "\t":
			b.WriteByte(' ')
		case pilcrow:
			b.WriteByte('\n')
		case object:
		default:
			b.WriteString(w.Text)
		}
	}
	return strings.TrimSpace(b.String())
}

// plainItems returns what items say, on lines of their own.
func plainItems(items []*item) string {
	lines := make([]string, len(items))
	for i, it := range items {
		lines[i] = it.plain()
	}
	return strings.Join(lines, "\n")
}

// A match says which item of one text is which of another: -1 for none.
type match []int

// reverse returns the match seen from the other side, which has n items.
func (m match) reverse(n int) match {
	r := none(n)
	for i, j := range m {
		if j >= 0 {
			r[j] = i
		}
	}
	return r
}

func none(n int) match {
	m := make(match, n)
	for i := range m {
		m[i] = -1
	}
	return m
}

func (s *sides) pairs() map[int]int {
	pairs := map[int]int{}
	for a := range s.adopted {
		if b := s.fromAdopted[a]; b >= 0 {
			if l := s.toLatest[b]; l >= 0 && sameForm(s.base[b], s.latest[l]) { // or what it is now is no more than like it
				pairs[a] = l
			}
		} else if l := s.addedTo[a]; l >= 0 {
			pairs[a] = l
		}
	}
	return pairs
}

// sides are the three texts, and what is what in them.
type sides struct {
	*merger
	base, adopted, latest   []*item
	toAdopted, toLatest     match           // of base
	fromAdopted, fromLatest match           // to base
	added                   match           // of latest: what the school has that is the same, without a base
	addedTo                 match           // the reverse
	out                     map[string]bool // sections that the school has taken out
	pieces                  map[int][]int   // items of adopted, by the one that is matched, that are one paragraph of base
	joined                  map[int][]int   // items of base that are one paragraph of adopted
	home                    match           // of base: the paragraph of adopted that it has been joined to

	moved     map[int]bool        // items of base that are taken out in one place and put in in another
	stays     map[int]bool        // items of base that the template has moved, and that stay
	withdrawn map[int]bool        // items of base that go, as somebody has decided
	adapted   map[int]*Decision   // items of base that say what somebody has decided
	asked     map[int][]*Decision // about items of adopted
	restored  map[int]*Decision   // items of latest that are put in again, as somebody has decided
	goes      []bool              // items of adopted that are taken out, and nothing put in their place
	replaces  map[int]int         // items of latest to those of adopted in whose place they are put
}

// steps merges lists of blocks or of rows into the plan.
func (m *merger) steps(base, adopted, latest []*item) {
	if sameTexts(adopted, latest) && !sameTexts(base, latest) {
		return // the school has done it all
	}
	s := m.sides(base, adopted, latest)
	s.toAdopted, s.toLatest = alignFreely(base, adopted), alignSections(base, latest)
	s.reverse()
	s.headings()
	s.agreements()
	s.replacements()
	s.sameAdditions()
	s.partings()
	s.merge()
}

func sameTexts(x, y []*item) bool {
	return slices.EqualFunc(x, y, func(x, y *item) bool { return x.id == y.id })
}

func (m *merger) sides(base, adopted, latest []*item) *sides {
	return &sides{
		merger: m, base: base, adopted: adopted, latest: latest, home: none(len(base)),
		out: map[string]bool{}, moved: map[int]bool{}, stays: map[int]bool{}, withdrawn: map[int]bool{}, adapted: map[int]*Decision{},
		asked: map[int][]*Decision{}, restored: map[int]*Decision{}, replaces: map[int]int{},
	}
}

func (s *sides) reverse() {
	s.fromAdopted, s.fromLatest = s.toAdopted.reverse(len(s.adopted)), s.toLatest.reverse(len(s.latest))
}

// merge makes the plan, once it is known what is what.
func (s *sides) merge() {
	s.sectionsTakenOut()
	s.moves()
	s.reshaped()
	s.takenOut()
	steps := make([]Step, len(s.adopted))
	does := make([]bool, len(s.adopted))
	s.goes = make([]bool, len(s.adopted))
	for i := range s.adopted {
		step, some := s.step(i)
		switch {
		case !some:
		case s.pieces[i] == nil:
			steps[i], does[i] = step, true
		default:
			s.share(i, step, func(j int, part Step) { steps[j], does[j] = part, true })
		}
	}
	for i := range s.adopted {
		s.goes[i] = does[i] && steps[i].Do == Remove
	}
	for _, i := range s.replaces {
		s.goes[i] = false
	}
	inserts := s.insertions() // last: decisions about the others may put something in
	s.plan.Steps = append(s.plan.Steps, inserts[-1]...)
	for i := range s.adopted {
		for _, in := range inserts[i] {
			if in.Before {
				s.plan.Steps = append(s.plan.Steps, in)
			}
		}
		if does[i] {
			s.plan.Steps = append(s.plan.Steps, steps[i])
		}
		for _, in := range inserts[i] {
			if !in.Before {
				s.plan.Steps = append(s.plan.Steps, in)
			}
		}
	}
	s.plan.Pairs = s.pairs()
}

// headings matches headings that say something else now by the codes of their
// sections, which editors keep.
func (s *sides) headings() {
	if !s.sections {
		return
	}
	at := map[string]int{}
	for i, it := range s.adopted {
		if it.heading && s.fromAdopted[i] < 0 {
			if _, twice := at[it.section]; !twice {
				at[it.section] = i
			}
		}
	}
	for b, it := range s.base {
		if i, ok := at[it.section]; ok && it.heading && s.toAdopted[b] < 0 && s.fromAdopted[i] < 0 {
			s.toAdopted[b], s.fromAdopted[i] = i, b
		}
	}
}

// agreements matches what the school's text and the latest say alike with the
// same item of base, if one of them is known to come from it, or if the school's
// has been taken for a change of something else.
func (s *sides) agreements() {
	align(s.adopted, s.latest, 0, 0, func(i, l int) {
		a, b := s.fromAdopted[i], s.fromLatest[l]
		switch {
		case a == b, a >= 0 && s.base[a].id == s.adopted[i].id:
		case a >= 0 && b < 0 && s.toLatest[a] < 0:
			s.toLatest[a], s.fromLatest[l] = l, a
		case b < 0:
			s.toAdopted[a], s.fromAdopted[i] = -1, -1
		case s.toAdopted[b] < 0 || s.base[b].id != s.adopted[s.toAdopted[b]].id:
			if a >= 0 {
				s.toAdopted[a] = -1
			}
			if other := s.toAdopted[b]; other >= 0 {
				s.fromAdopted[other] = -1
			}
			s.toAdopted[b], s.fromAdopted[i] = i, b
		}
	}, byText)
}

// replacements matches a single item with what stands between the same neighbours
// in its place, whatever it says: a school that has written a paragraph anew has
// not taken it out. What the template has written anew is the same item if the
// school has changed it, or if some of its words are still the same.
func (s *sides) replacements() {
	for b, it := range s.base {
		if i := inPlace(b, s.toAdopted, s.fromAdopted); i >= 0 && sameForm(it, s.adopted[i]) {
			s.toAdopted[b], s.fromAdopted[i] = i, b
		}
	}
	for b, it := range s.base {
		i, l := s.toAdopted[b], inPlace(b, s.toLatest, s.fromLatest)
		if l < 0 || !sameForm(it, s.latest[l]) || it.section != s.latest[l].section {
			continue
		}
		if i >= 0 && it.id != s.adopted[i].id || shared(it, s.latest[l]) >= reworded {
			s.toLatest[b], s.fromLatest[l] = l, b
		}
	}
}

// inPlace returns the item that stands between the neighbours of b, or -1.
func inPlace(b int, to, from match) int {
	if to[b] >= 0 {
		return -1
	}
	i := 0
	if b > 0 {
		if to[b-1] < 0 {
			return -1
		}
		i = to[b-1] + 1
	}
	next := len(from)
	if b+1 < len(to) {
		next = to[b+1]
	}
	if next != i+1 || from[i] >= 0 {
		return -1
	}
	return i
}

// sameAdditions finds what the template and the school have both added, or what
// both have and nothing is known of where it came from.
func (s *sides) sameAdditions() {
	var left, right []*item
	var at, to []int
	for j, b := range s.fromLatest {
		if b < 0 {
			left, at = append(left, s.latest[j]), append(at, j)
		}
	}
	for i, b := range s.fromAdopted {
		if b < 0 {
			right, to = append(right, s.adopted[i]), append(to, i)
		}
	}
	s.added = none(len(s.latest))
	for i, j := range alignFreely(left, right) {
		if j >= 0 && !(len(s.base) > 0 && byChance(left[i], right[j])) {
			s.added[at[i]] = to[j]
		}
	}
	s.addedTo = s.added.reverse(len(s.adopted))
}

// byChance reports whether two short additions are alike by no more than the
// words that all sentences have: "if a pupil is absent" and "of a pupil who is
// asleep" are not the same thing twice.
func byChance(a, b *item) bool {
	return a.id != b.id && min(len(a.bag), len(b.bag)) < 8 && shared(a, b) < 0.75
}

// sectionsTakenOut finds the sections of which the school has left nothing.
func (s *sides) sectionsTakenOut() {
	if !s.sections {
		return
	}
	left := map[string]bool{"": true}
	for _, it := range s.adopted {
		if it.heading {
			left[it.section] = true
		}
	}
	for b, it := range s.base {
		if s.toAdopted[b] >= 0 || s.home[b] >= 0 {
			left[it.section] = true
		}
	}
	for _, it := range s.base {
		if !left[it.section] {
			s.out[it.section] = true
		}
	}
}

// withheld returns the outermost section that the school has taken out, of those
// that an item of the latest text belongs to; "" if there is none.
func (s *sides) withheld(it *item) string {
	outermost := ""
	for code := it.section; code != ""; {
		if s.out[code] {
			outermost = code
		}
		i := strings.LastIndexAny(code, "._")
		code = code[:max(i, 0)]
	}
	return outermost
}

// moves finds what the template has moved. It moves for the school as well if the
// school has changed nothing of what has moved with it.
func (s *sides) moves() {
	var order []int // items of base that are in the latest text
	for b, l := range s.toLatest {
		if l >= 0 {
			order = append(order, b)
		}
	}
	still := increasing(order, s.toLatest)
	if len(still) == len(order) {
		return
	}
	var kept []int
	for b, i := range s.toAdopted {
		if i >= 0 {
			kept = append(kept, b)
		}
	}
	settled := increasing(kept, s.toAdopted)
	for k := 0; k < len(order); k++ {
		if still[order[k]] {
			continue
		}
		run := order[k : k+1]
		for k+1 < len(order) && !still[order[k+1]] && s.follows(order[k], order[k+1]) {
			k++
			run = order[k-len(run) : k+1]
		}
		s.move(run, settled)
	}
}

// follows reports whether item c of base comes next after b in the latest text, of
// those that come from base.
func (s *sides) follows(b, c int) bool {
	if s.toLatest[c] <= s.toLatest[b] {
		return false
	}
	for l := s.toLatest[b] + 1; l < s.toLatest[c]; l++ {
		if s.fromLatest[l] >= 0 {
			return false
		}
	}
	return true
}

// move decides about items of base that the template has moved together. Settled
// are those that the school has not moved.
func (s *sides) move(run []int, settled map[int]bool) {
	var here []int
	for _, b := range run {
		if s.toAdopted[b] >= 0 {
			here = append(here, b)
		}
	}
	if len(here) == 0 {
		return
	}
	lo, hi := len(s.adopted), -1
	free, changed, titled := true, false, false
	for _, b := range here {
		i := s.toAdopted[b]
		a := s.whole(i)
		lo, hi = min(lo, s.first(i)), max(hi, s.last(i))
		changed = changed || a.id != s.base[b].id || s.pieces[i] != nil
		free = free && settled[b] && !a.fixed && s.withheld(s.latest[s.toLatest[b]]) == ""
		titled = titled || a.titled()
	}
	if free {
		for titled && hi+1 < len(s.adopted) && s.own(hi+1) && !s.adopted[hi+1].titled() {
			hi++ // what the school has added to the section would be left behind
		}
		for i := lo; i <= hi; i++ {
			changed = changed || s.own(i)
		}
	}
	if free && !changed {
		s.moveAll(here)
		return
	}
	for _, b := range here {
		s.stays[b] = true
	}
	if free {
		s.elsewhere(run, here, s.adopted[lo:hi+1])
	}
}

// own reports whether the school has added item i of its text, and the template
// has not.
func (s *sides) own(i int) bool { return s.fromAdopted[i] < 0 && s.addedTo[i] < 0 }

func (s *sides) moveAll(items []int) {
	for _, b := range items {
		s.moved[b] = true
		delete(s.stays, b)
	}
}

// elsewhere asks about items that the template has moved and the school has
// changed.
func (s *sides) elsewhere(run, here []int, school []*item) {
	var was, is []*item
	for _, b := range run {
		was, is = append(was, s.base[b]), append(is, s.latest[s.toLatest[b]])
	}
	first := here[0]
	d := s.ask(&Decision{Kind: Elsewhere, Section: s.base[first].section, Base: plainItems(was), Template: plainItems(is), School: plainItems(school)})
	i := s.toAdopted[first]
	s.asked[i] = append(s.asked[i], d)
	switch {
	case d.Choice == Adopt:
		s.moveAll(here)
		for _, b := range run { // with what the school has taken out, or joined with them
			if h := s.home[b]; s.toAdopted[b] < 0 && (h < 0 || s.moved[s.fromAdopted[h]]) {
				s.home[b] = -1
				s.restored[s.toLatest[b]] = d
			}
		}
	case d.Choice == Withdraw:
		for _, b := range here {
			s.withdrawn[b] = true
		}
	case d.Choice == Adapt && len(school) == 1 && school[0].paragraph():
		s.adapted[first] = d
	}
}

// reshaped finds what the template has made something else of: the new is put in
// the place of the old, unless the school has changed that.
func (s *sides) reshaped() {
	for b, l := range s.toLatest {
		i := s.toAdopted[b]
		if l < 0 || i < 0 || s.moved[b] || sameForm(s.base[b], s.latest[l]) {
			continue
		}
		a := s.adopted[i]
		same := sameForm(a, s.base[b]) || a.columns >= 0 && a.columns == s.base[b].columns // programs call styles of tables what they like
		if a.id == s.base[b].id && same && !a.fixed && !s.withdrawn[b] {
			s.moved[b] = true
			s.replaces[l] = i
		}
	}
}

// step says what becomes of the school's item i, if anything.
func (s *sides) step(i int) (Step, bool) {
	step, does := s.unasked(i)
	if asked := s.asked[i]; len(asked) > 0 {
		if !does {
			step = Step{Do: Note, Adopted: i, Latest: -1}
			if b := s.fromAdopted[i]; b >= 0 {
				step.Latest = s.toLatest[b]
			}
		}
		step.Ask = append(slices.Clip(asked), step.Ask...)
		return step, true
	}
	return step, does
}

func (s *sides) unasked(i int) (Step, bool) {
	a := s.whole(i)
	b := s.fromAdopted[i]
	if b >= 0 && s.toAdopted[b] != i {
		return Step{}, false // a piece of another
	}
	if b < 0 {
		l := s.addedTo[i]
		if l < 0 || s.latest[l].id == a.id {
			return Step{}, false
		}
		return s.conflict(i, l, s.decision(Both, a.section, nil, s.latest[l], a)), true
	}
	base, l := s.base[b], s.toLatest[b]
	changed := a.id != base.id
	switch {
	case l < 0 && (changed || a.fixed):
		return s.conflict(i, -1, s.decision(Dropped, base.section, base, nil, a)), true
	case l < 0, s.moved[b] && !a.fixed, s.withdrawn[b] && !a.fixed:
		return Step{Do: Remove, Adopted: i, Latest: -1}, true
	case s.adapted[b] != nil:
		return s.settle(i, l, s.adapted[b]), true
	case base.look == s.latest[l].look && s.joined[i] == nil:
		return Step{}, false
	case a.look == s.latest[l].look, a.id == s.latest[l].id && changed:
		return Step{}, false // the school has done it already
	}
	return s.edit(i, l, base, a, s.latest[l])
}

// edit merges the words, rows or cells of an item.
func (s *sides) edit(i, l int, base, a, latest *item) (Step, bool) {
	step := Step{Do: Edit, Adopted: i, Latest: l}
	switch {
	case base.columns != a.columns || base.columns != latest.columns:
		return s.conflict(i, l, s.decision(Reworded, base.section, base, latest, a)), true
	case a.row != nil:
		step.Cells = s.cells(base, a, latest)
		return step, slices.ContainsFunc(step.Cells, func(p *Plan) bool { return p != nil })
	case a.block.Rows != nil:
		inner := s.within()
		inner.steps(inner.rows(base.block.Rows, base.section), inner.rows(a.block.Rows, base.section), inner.rows(latest.block.Rows, base.section))
		s.plan.Decisions = append(s.plan.Decisions, inner.plan.Decisions...)
		step.Rows = inner.plan.Steps
		return step, len(step.Rows) > 0
	}
	var hunks []Hunk
	var clash bool
	if s.joined[i] != nil {
		hunks, clash, base, latest = s.mergeJoined(i, l)
	} else {
		hunks, clash = mergeWords(trim(base.block.Words), trim(a.block.Words), trim(latest.block.Words))
	}
	if clash {
		d := s.decision(Reworded, base.section, base, latest, a)
		if d.Choice != Keep {
			return s.conflict(i, l, d), true
		}
		step.Ask = append(step.Ask, d)
	}
	if step.Hunks = hunks; len(hunks) == 0 {
		step.Do = Note
	}
	return step, len(hunks) > 0 || clash
}

// conflict says what becomes of item i, about which d has to be decided.
func (s *sides) conflict(i, l int, d *Decision) Step {
	step := s.settle(i, l, d)
	step.Ask = append(step.Ask, d)
	return step
}

// settle does what has been decided.
func (s *sides) settle(i, l int, d *Decision) Step {
	note := Step{Do: Note, Adopted: i, Latest: l}
	a := s.whole(i)
	switch {
	case d.Choice == Withdraw && !a.fixed, d.Choice == Adopt && l < 0 && !a.fixed:
		return Step{Do: Remove, Adopted: i, Latest: -1}
	case d.Choice == Adopt && l >= 0 && a.paragraph():
		if s.joined[i] != nil {
			_, _, _, latest := s.mergeJoined(i, l)
			return rewrite(note, a, unparted(latest.block.Words), true)
		}
		return rewrite(note, a, trim(s.latest[l].block.Words), false)
	case d.Choice == Adopt && l >= 0 && !a.fixed:
		s.replaces[l] = i
		return Step{Do: Remove, Adopted: i, Latest: -1}
	case d.Choice == Adapt && a.paragraph():
		return rewrite(note, a, cut(d.Wording), true)
	}
	return note
}

// rewrite makes an edit of a step that only notes, by which a says what words say.
// Objects stay where they are.
func rewrite(step Step, a *item, words []Word, own bool) Step {
	was := trim(a.block.Words)
	for _, h := range gather(diffWords(was, words, sameText), was, words, nil) {
		for _, h := range around(h, was) {
			if h.a0 == h.a1 && blank(words[h.b0:h.b1]) && h.a0 < len(was) && was[h.a0].Text == pilcrow {
				continue // a blank at the end of a paragraph
			}
			hunk := Hunk{From: h.a0, To: h.a1, LatestFrom: h.b0, LatestTo: h.b1}
			if own {
				hunk = Hunk{From: h.a0, To: h.a1, Wording: append([]Word{}, words[h.b0:h.b1]...)}
			}
			step.Hunks = append(step.Hunks, hunk)
		}
	}
	if len(step.Hunks) > 0 {
		step.Do = Edit
	}
	return step
}

// decision asks.
func (m *merger) decision(kind Kind, section string, base, latest, adopted *item) *Decision {
	return m.ask(&Decision{Kind: kind, Section: section, Base: base.plain(), Template: latest.plain(), School: adopted.plain()})
}

// ask puts a decision on the list, with what somebody has chosen.
func (m *merger) ask(d *Decision) *Decision {
	d.Choice = Keep
	sum := sha256.Sum256([]byte(strings.Join([]string{string(d.Kind), d.Section, d.Template, d.School}, "\x00")))
	d.ID = strings.ToLower(base32.HexEncoding.EncodeToString(sum[:5]))
	c := m.opts.Choices[d.ID]
	wording := strings.TrimSpace(c.Wording)
	switch {
	case c.Choice == Keep, c.Choice == Adopt, c.Choice == Withdraw, c.Choice == Adapt && wording != "":
		d.Choice, d.Wording, d.Settled = c.Choice, wording, true
	}
	m.plan.Decisions = append(m.plan.Decisions, d)
	return d
}

// cells merges a row cell by cell.
func (s *sides) cells(base, a, latest *item) []*Plan {
	plans := make([]*Plan, base.columns)
	for i := range plans {
		inner := s.within()
		inner.cell(base.row.Cells[i], a.row.Cells[i], latest.row.Cells[i], base.section)
		s.plan.Decisions = append(s.plan.Decisions, inner.plan.Decisions...)
		if len(inner.plan.Steps) > 0 {
			plans[i] = inner.plan
		}
	}
	return plans
}

// cell merges what stands in a cell. Where that is one paragraph, it is the same
// one, whatever it says.
func (m *merger) cell(base, adopted, latest []Block, section string) {
	b, a, l := m.blocks(base), m.blocks(adopted), m.blocks(latest)
	for _, items := range [][]*item{b, a, l} {
		for _, it := range items {
			it.section, it.heading = section, false
		}
	}
	if len(base) > 1 || !single(adopted) || !single(latest) || len(base) == 1 && !single(base) {
		m.steps(b, a, l)
		return
	}
	s := m.sides(b, a, l)
	if len(base) == 0 {
		s.toAdopted, s.toLatest, s.added = match{}, match{}, match{0}
	} else {
		s.toAdopted, s.toLatest, s.added = match{0}, match{0}, match{-1}
	}
	s.reverse()
	s.addedTo = s.added.reverse(1)
	s.merge()
}

func single(blocks []Block) bool { return len(blocks) == 1 && blocks[0].Rows == nil }

// takenOut asks about what the school has taken out and the template has changed:
// once for a section of which nothing is left.
func (s *sides) takenOut() {
	changed := map[string]bool{} // outermost sections taken out
	for l, it := range s.latest {
		if b := s.fromLatest[l]; b < 0 && s.added[l] < 0 || b >= 0 && s.base[b].look != it.look {
			changed[s.withheld(it)] = true
		}
	}
	asked := map[string]bool{}
	for b, it := range s.base {
		if s.toAdopted[b] >= 0 || s.home[b] >= 0 {
			continue
		}
		l := s.toLatest[b]
		code := s.withheld(it)
		switch {
		case code != "" && (l < 0 || s.withheld(s.latest[l]) != ""):
			if changed[code] && !asked[code] {
				asked[code] = true
				s.sectionTakenOut(code)
			}
		case l >= 0 && (code != "" || it.look != s.latest[l].look):
			d := s.decision(TakenOut, it.section, it, s.latest[l], nil)
			if d.Choice == Adopt || d.Choice == Adapt && s.latest[l].paragraph() {
				s.restored[l] = d
			}
		}
	}
	s.listWithheld()
}

// listWithheld lists the sections that stay out.
func (s *sides) listWithheld() {
	restored := map[string]bool{}
	has := map[string]bool{}
	for l, it := range s.latest {
		has[it.section] = true
		restored[it.section] = restored[it.section] || s.restored[l] != nil
	}
	for _, it := range s.base {
		if s.out[it.section] && has[it.section] && !restored[it.section] && !slices.Contains(s.plan.Withheld, it.section) {
			s.plan.Withheld = append(s.plan.Withheld, it.section)
		}
	}
}

// sectionTakenOut asks about a section, with those inside it.
func (s *sides) sectionTakenOut(code string) {
	var was, is []*item
	var all []int
	for _, it := range s.base {
		if s.withheld(it) == code {
			was = append(was, it)
		}
	}
	for l, it := range s.latest {
		b := s.fromLatest[l]
		if s.withheld(it) == code && (b < 0 && s.added[l] < 0 || b >= 0 && s.toAdopted[b] < 0 && s.home[b] < 0) {
			is, all = append(is, it), append(all, l)
		}
	}
	if len(is) == 0 {
		return
	}
	d := s.ask(&Decision{Kind: TakenOut, Section: code, Base: plainItems(was), Template: plainItems(is)})
	if d.Choice == Adopt {
		for _, l := range all {
			s.restored[l] = d
		}
	}
}

// insertions returns what is put in, by the item of the adopted text that it
// stands next to; -1 where there is none.
func (s *sides) insertions() map[int][]Step {
	steps := map[int][]Step{}
	at := -1 // the item after which the latest text has got
	var bucket *Step
	for l, it := range s.latest {
		if a := s.anchor(l); a >= 0 {
			at, bucket = s.last(a), nil
		}
		if i, ok := s.replaces[l]; ok {
			steps[i] = append([]Step{{Do: Insert, Adopted: i, Latest: l}}, steps[i]...)
			continue
		}
		if !s.inserted(l) {
			continue
		}
		if bucket == nil || it.heading && !bucket.Before {
			bucket = s.place(l, at)
		}
		step := *bucket
		step.Latest = l
		if d := s.restored[l]; d != nil {
			step.Ask = []*Decision{d}
			if d.Choice == Adapt && it.paragraph() {
				step.Hunks = []Hunk{{To: len(it.block.Words), Wording: cut(d.Wording)}}
			}
		}
		steps[step.Adopted] = append(steps[step.Adopted], step)
	}
	return steps
}

// anchor returns the item of the adopted text that an item of the latest one is,
// and beside which others can be put in; or -1.
func (s *sides) anchor(l int) int {
	if i, ok := s.replaces[l]; ok {
		return i
	}
	if b := s.fromLatest[l]; b >= 0 {
		if s.moved[b] || s.stays[b] {
			return -1
		}
		return max(s.toAdopted[b], s.home[b])
	}
	return s.added[l]
}

func (s *sides) inserted(l int) bool {
	if s.restored[l] != nil {
		return true
	}
	if b := s.fromLatest[l]; b >= 0 {
		return s.moved[b]
	}
	return s.added[l] < 0 && s.withheld(s.latest[l]) == ""
}

// after returns the last of the items after item i of the adopted text that go: what
// comes in their place stands after them.
func (s *sides) after(i int) int {
	for i+1 < len(s.adopted) && s.goes[i+1] {
		i++
	}
	return i
}

// place says where items of the latest text are put in, from l on, of which the
// last that the school has is at. A heading stands after all that the school has
// added to the section before.
func (s *sides) place(l, at int) *Step {
	if at >= 0 && !s.latest[l].heading {
		return &Step{Do: Insert, Adopted: s.after(at)}
	}
	for j := l + 1; j < len(s.latest); j++ {
		if next := s.anchor(j); next > at {
			return &Step{Do: Insert, Adopted: s.first(next), Before: true}
		}
	}
	return &Step{Do: Insert, Adopted: len(s.adopted) - 1}
}
