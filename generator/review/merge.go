// Package review brings a setting's documents forward: what the school has made
// of what was made for it, what was made, and what the templates now make, into
// the school's document with the template's changes marked in it.
//
// [Merge] compares three texts and says what to do. It knows paragraphs, tables
// and words, and nothing of files.
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

// A Plan says how to bring a text forward.
type Plan struct {
	Steps     []Step
	Decisions []*Decision

	// Withheld are the codes of sections that the school has taken out, and that
	// stay out.
	Withheld []string

	// Pairs say which block of the adopted text is which of the latest one.
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
	Hunks   []Hunk      // of a paragraph that is edited
	Rows    []Step      // of a table that is edited
	Cells   []*Plan     // of a row that is edited; nil for a cell that is not
	Ask     []*Decision // what has to be decided about the block
}

// A Hunk puts words in the place of others: those From up to To of the adopted
// block make room for those LatestFrom up to LatestTo of the latest, or for
// Wording if that is given.
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

// The choices. Keep is what is done unless somebody has decided otherwise.
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
	Section  string
	Base     string
	Template string
	School   string
	Choice   Choice
	Wording  string // of the choice adapt
	Settled  bool   // somebody has chosen
}

// Options say how to merge.
type Options struct {
	// Choices are decisions that have been taken, by their ids. Only choice and
	// wording count.
	Choices map[string]Decision
}

// Merge compares what was made with what the school has made of it and with what
// the templates now make, and returns what to do to the school's text.
//
// What the template has changed and the school has not is done. What the school
// has changed stays as it is. Where both have changed the same words, the
// school's stand, and there is a decision to take. Nothing of the school's is
// ever taken out without one.
func Merge(base, adopted, latest []Block, opts Options) *Plan {
	m := &merger{opts: opts, plan: &Plan{}, sections: true}
	m.steps(blockItems(base), blockItems(adopted), blockItems(latest))
	return m.plan
}

type merger struct {
	opts     Options
	plan     *Plan
	sections bool // the text has sections, which can be taken out
}

// An item is a block or a row.
type item struct {
	text    string // what it says; the same for items that say the same
	look    string // the same, with how it looks
	bag     []uint32
	kind    string
	section string
	heading bool
	fixed   bool
	block   *Block
	row     *Row
	first   string // the first cell of a row
}

func blockItems(blocks []Block) []*item {
	items := make([]*item, len(blocks))
	for i := range blocks {
		b := &blocks[i]
		it := &item{kind: b.Kind, section: b.Section, heading: b.Heading, fixed: b.Fixed, block: b}
		it.read([][]Block{{*b}})
		items[i] = it
	}
	return items
}

func rowItems(rows []Row, section string) []*item {
	items := make([]*item, len(rows))
	for i := range rows {
		it := &item{kind: "row", section: section, row: &rows[i]}
		it.read(rows[i].Cells)
		if len(rows[i].Cells) > 0 {
			it.first = (&item{}).read(rows[i].Cells[:1])
		}
		items[i] = it
	}
	return items
}

// read notes what cells say.
func (it *item) read(cells [][]Block) string {
	var text, look strings.Builder
	var each func(cells [][]Block)
	each = func(cells [][]Block) {
		for i, c := range cells {
			if i > 0 {
				text.WriteString("\x01")
				look.WriteString("\x01")
			}
			for _, b := range c {
				if it.row != nil && b.Fixed {
					it.fixed = true
				}
				look.WriteString("\x03" + b.Kind + "\x03")
				for _, w := range trim(b.Words) {
					text.WriteString(w.Text)
					look.WriteString(w.Text)
					look.WriteString("\x04")
					look.WriteString(w.Look)
					if isWord(w.Text) {
						it.bag = append(it.bag, hash(w.Text))
					}
				}
				for _, row := range b.Rows {
					text.WriteString("\x02")
					look.WriteString("\x02")
					each(row.Cells)
				}
				text.WriteString("\x03")
			}
		}
	}
	each(cells)
	slices.Sort(it.bag)
	it.text, it.look = text.String(), look.String()
	return it.text
}

// trim leaves out the blanks at the end: editors add them and drop them.
func trim(words []Word) []Word {
	for len(words) > 0 && words[len(words)-1].Text == " " {
		words = words[:len(words)-1]
	}
	return words
}

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
		if w.Text == "\n" || w.Text == "\t" {
			b.WriteByte(' ')
		} else {
			b.WriteString(w.Text)
		}
	}
	return strings.TrimSpace(b.String())
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

// steps merges lists of blocks or of rows into the plan.
func (m *merger) steps(base, adopted, latest []*item) {
	s := &sides{merger: m, base: base, adopted: adopted, latest: latest}
	s.toAdopted = alignFreely(base, adopted)
	s.toLatest = alignSections(base, latest)
	s.fromAdopted, s.fromLatest = s.toAdopted.reverse(len(adopted)), s.toLatest.reverse(len(latest))
	s.sameAdditions()
	s.sectionsTakenOut()
	s.moves()
	s.takenOut()
	inserts := s.insertions()
	steps := append([]Step{}, inserts[-1]...)
	for i := range adopted {
		for _, in := range inserts[i] {
			if in.Before {
				steps = append(steps, in)
			}
		}
		if step, ok := s.step(i); ok {
			steps = append(steps, step)
		}
		for _, in := range inserts[i] {
			if !in.Before {
				steps = append(steps, in)
			}
		}
	}
	m.plan.Steps = steps
	m.plan.Pairs = s.pairs()
}

func (s *sides) pairs() map[int]int {
	pairs := map[int]int{}
	for a := range s.adopted {
		if b := s.fromAdopted[a]; b >= 0 {
			if l := s.toLatest[b]; l >= 0 {
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
	restore                 map[int]bool    // items of latest that are put in again, as somebody has decided
	stays                   map[int]bool    // items of base that the template has moved, and that stay
	moved                   map[int]bool    // items of base that are taken out in one place and put in in another
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
		if j >= 0 {
			s.added[at[i]] = to[j]
		}
	}
	s.addedTo = s.added.reverse(len(s.adopted))
}

// sectionsTakenOut finds the sections of which the school has left nothing.
func (s *sides) sectionsTakenOut() {
	s.out = map[string]bool{}
	if !s.sections {
		return
	}
	for b, it := range s.base {
		if it.section == "" {
			continue
		}
		if _, known := s.out[it.section]; !known {
			s.out[it.section] = true
		}
		if s.toAdopted[b] >= 0 {
			s.out[it.section] = false
		}
	}
	for code, out := range s.out {
		if !out {
			delete(s.out, code)
		}
	}
	for _, it := range s.base {
		if s.out[it.section] && !slices.Contains(s.plan.Withheld, it.section) {
			s.plan.Withheld = append(s.plan.Withheld, it.section)
		}
	}
}

// withheld reports whether an item of the latest text belongs to a section that
// the school has taken out, or to one inside such a section.
func (s *sides) withheld(it *item) bool {
	if s.out[it.section] {
		return true
	}
	code := it.section
	for {
		i := strings.LastIndexAny(code, "._")
		if i < 0 {
			return false
		}
		if code = code[:i]; s.out[code] {
			return true
		}
	}
}

// moves finds what the template has moved. It moves for the school as well if the
// school has changed nothing of what has moved with it.
func (s *sides) moves() {
	s.moved, s.stays = map[int]bool{}, map[int]bool{}
	var order []int // items of base that are in the latest text
	for b, l := range s.toLatest {
		if l >= 0 {
			order = append(order, b)
		}
	}
	still := increasing(order, func(b int) int { return s.toLatest[b] })
	groups := map[string][]int{}
	var codes []string
	for _, b := range order {
		if still[b] || s.toAdopted[b] < 0 {
			continue
		}
		code := s.base[b].section
		if groups[code] == nil {
			codes = append(codes, code)
		}
		groups[code] = append(groups[code], b)
	}
	for _, code := range codes {
		group := groups[code]
		free := true
		lo, hi := len(s.adopted), -1
		for _, b := range group {
			a := s.toAdopted[b]
			lo, hi = min(lo, a), max(hi, a)
			if s.adopted[a].text != s.base[b].text || s.adopted[a].fixed && !s.base[b].fixed {
				free = false
			}
		}
		for a := lo; a <= hi && free; a++ {
			free = s.fromAdopted[a] >= 0
		}
		for _, b := range group {
			if free {
				s.moved[b] = true
			} else {
				s.stays[b] = true
			}
		}
	}
}

// step says what becomes of the school's item i, if anything.
func (s *sides) step(i int) (Step, bool) {
	a := s.adopted[i]
	b := s.fromAdopted[i]
	if b < 0 {
		l := s.addedTo[i]
		if l < 0 || s.latest[l].text == a.text {
			return Step{}, false
		}
		return s.conflict(i, l, s.decision(Both, a.section, nil, s.latest[l], a))
	}
	base, l := s.base[b], s.toLatest[b]
	changed := a.text != base.text
	switch {
	case l < 0 && changed || l < 0 && a.fixed && !base.fixed:
		return s.conflict(i, -1, s.decision(Dropped, a.section, base, nil, a))
	case l < 0 || s.moved[b]:
		return Step{Do: Remove, Adopted: i, Latest: -1}, true
	}
	latest := s.latest[l]
	step := Step{Do: Edit, Adopted: i, Latest: l}
	switch {
	case base.look == latest.look:
		if s.stays[b] && changed {
			d := s.decision(Elsewhere, a.section, base, latest, a)
			return Step{Do: Note, Adopted: i, Latest: l, Ask: []*Decision{d}}, true
		}
		return Step{}, false
	case a.text == latest.text && base.text != latest.text:
		return Step{}, false // the school has done it already
	case a.row != nil:
		return s.cells(step, base, a, latest)
	case a.block.Rows != nil || latest.block.Rows != nil || base.block.Rows != nil:
		return s.table(step, base, a, latest)
	}
	hunks, clash := mergeWords(trim(base.block.Words), trim(a.block.Words), trim(latest.block.Words))
	if clash {
		d := s.decision(Reworded, a.section, base, latest, a)
		if d.Choice != Keep {
			return s.conflict(i, l, d)
		}
		step.Ask = append(step.Ask, d)
	}
	if step.Hunks = hunks; len(hunks) == 0 {
		step.Do = Note
		return step, len(step.Ask) > 0
	}
	return step, true
}

// conflict says what becomes of an item that has to be decided about.
func (s *sides) conflict(i, l int, d *Decision) (Step, bool) {
	step := Step{Do: Note, Adopted: i, Latest: l, Ask: []*Decision{d}}
	a := s.adopted[i]
	paragraph := a.row == nil && a.block.Rows == nil
	switch {
	case d.Choice == Withdraw && !a.fixed, d.Choice == Adopt && l < 0 && !a.fixed:
		step.Do = Remove
	case d.Choice == Adopt && l >= 0 && paragraph && s.latest[l].block.Rows == nil:
		step.Do = Edit
		for _, h := range diffWords(trim(a.block.Words), trim(s.latest[l].block.Words), sameText) {
			step.Hunks = append(step.Hunks, Hunk{From: h.a0, To: h.a1, LatestFrom: h.b0, LatestTo: h.b1})
		}
	case d.Choice == Adapt && d.Wording != "" && paragraph:
		step.Do = Edit
		step.Hunks = []Hunk{{From: 0, To: len(a.block.Words), Wording: []Word{{Text: d.Wording}}}}
	}
	return step, true
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
	if c, ok := m.opts.Choices[d.ID]; ok && c.Choice != "" {
		d.Choice, d.Wording, d.Settled = c.Choice, c.Wording, true
	}
	m.plan.Decisions = append(m.plan.Decisions, d)
	return d
}

// table merges a table by rows and cells, if the school's has as many columns.
func (s *sides) table(step Step, base, a, latest *item) (Step, bool) {
	if columns(a.block) != columns(base.block) {
		return s.conflict(step.Adopted, step.Latest, s.decision(Reworded, a.section, base, latest, a))
	}
	inner := &merger{opts: s.opts, plan: &Plan{}}
	inner.steps(rowItems(base.block.Rows, a.section), rowItems(a.block.Rows, a.section), rowItems(latest.block.Rows, a.section))
	s.plan.Decisions = append(s.plan.Decisions, inner.plan.Decisions...)
	step.Rows = inner.plan.Steps
	return step, len(step.Rows) > 0
}

// columns returns how many cells the first row of a table has.
func columns(b *Block) int {
	if len(b.Rows) == 0 {
		return 0
	}
	return len(b.Rows[0].Cells)
}

// cells merges a row cell by cell.
func (s *sides) cells(step Step, base, a, latest *item) (Step, bool) {
	n := len(a.row.Cells)
	if len(base.row.Cells) != n || len(latest.row.Cells) != n {
		return s.conflict(step.Adopted, step.Latest, s.decision(Reworded, a.section, base, latest, a))
	}
	step.Cells = make([]*Plan, n)
	done := false
	for i := range n {
		inner := &merger{opts: s.opts, plan: &Plan{}}
		inner.cell(base.row.Cells[i], a.row.Cells[i], latest.row.Cells[i], a.section)
		s.plan.Decisions = append(s.plan.Decisions, inner.plan.Decisions...)
		if len(inner.plan.Steps) > 0 {
			step.Cells[i], done = inner.plan, true
		}
	}
	return step, done
}

// cell merges what stands in a cell. Where that is one paragraph, it is the same
// one, whatever it says.
func (m *merger) cell(base, adopted, latest []Block, section string) {
	b, a, l := blockItems(base), blockItems(adopted), blockItems(latest)
	for _, items := range [][]*item{b, a, l} {
		for _, it := range items {
			it.section = section
		}
	}
	if !single(base) || !single(adopted) || !single(latest) {
		m.steps(b, a, l)
		return
	}
	s := &sides{merger: m, base: b, adopted: a, latest: l, toAdopted: match{0}, toLatest: match{0}, fromAdopted: match{0}, fromLatest: match{0}}
	if step, ok := s.step(0); ok {
		m.plan.Steps = []Step{step}
	}
}

func single(blocks []Block) bool { return len(blocks) == 1 && blocks[0].Rows == nil }

// takenOut asks about what the school has taken out and the template has changed:
// once for a section of which nothing is left.
func (s *sides) takenOut() {
	s.restore = map[int]bool{}
	asked := map[string]bool{}
	for b, l := range s.toLatest {
		if s.toAdopted[b] >= 0 || l < 0 || s.base[b].look == s.latest[l].look {
			continue
		}
		if code := s.base[b].section; s.out[code] {
			if !asked[code] {
				asked[code] = true
				s.sectionTakenOut(code)
			}
			continue
		}
		if d := s.decision(TakenOut, s.base[b].section, s.base[b], s.latest[l], nil); d.Choice == Adopt {
			s.restore[l] = true
		}
	}
}

func (s *sides) sectionTakenOut(code string) {
	var was, is []string
	var all []int
	for _, it := range s.base {
		if it.section == code {
			was = append(was, it.plain())
		}
	}
	for l, it := range s.latest {
		if it.section == code {
			is = append(is, it.plain())
			all = append(all, l)
		}
	}
	d := s.ask(&Decision{Kind: TakenOut, Section: code, Base: strings.Join(was, "\n"), Template: strings.Join(is, "\n")})
	if d.Choice == Adopt {
		for _, l := range all {
			s.restore[l] = true
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
			at, bucket = a, nil
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
		steps[step.Adopted] = append(steps[step.Adopted], step)
	}
	return steps
}

// anchor returns the item of the adopted text that an item of the latest one is,
// and beside which others can be put in; or -1.
func (s *sides) anchor(l int) int {
	if b := s.fromLatest[l]; b >= 0 {
		if s.moved[b] || s.stays[b] {
			return -1
		}
		return s.toAdopted[b]
	}
	return s.added[l]
}

func (s *sides) inserted(l int) bool {
	if s.restore[l] {
		return true
	}
	if b := s.fromLatest[l]; b >= 0 {
		return s.moved[b]
	}
	return s.added[l] < 0 && !s.withheld(s.latest[l])
}

// place says where items of the latest text are put in, from l on, of which the
// last that the school has is at. A heading stands after all that the school has
// added to the section before.
func (s *sides) place(l, at int) *Step {
	if at >= 0 && !s.latest[l].heading {
		return &Step{Do: Insert, Adopted: at}
	}
	for _, next := range s.later(l) {
		if next > at {
			return &Step{Do: Insert, Adopted: next, Before: true}
		}
	}
	return &Step{Do: Insert, Adopted: len(s.adopted) - 1}
}

// later returns the items of the adopted text that come after l in the latest
// one.
func (s *sides) later(l int) []int {
	var out []int
	for j := l + 1; j < len(s.latest); j++ {
		if a := s.anchor(j); a >= 0 {
			out = append(out, a)
		}
	}
	return out
}
