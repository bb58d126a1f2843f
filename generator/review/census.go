package review

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/policygen/policygen/generator/docx"
)

// A Survey is what a school has made of what was made for it, clause by clause.
type Survey struct {
	Clauses []Clause // of what was made, in order
	Added   []Addition

	// Out are the codes of the sections that the school has taken out whole; of
	// those inside another that is out, only the other.
	Out []string

	// Titles are the headings of sections, by their codes.
	Titles map[string]string
}

// A Clause is a heading, a paragraph, an item or a row of what was made.
type Clause struct {
	// Key is the same in all documents of an edition that have the clause,
	// whatever details stand in it.
	Key     string
	Section string // the code of the heading that it stands under; "" before the first
	Own     string // the code of its section, if its bookmark has another
	Fate    Fate

	// Says is the clause as it was made, with labels in the place of details; ""
	// if it stands.
	Says    string
	Wording Wording // the school's, if it has rewritten the clause
}

// A Fate is what has become of a clause.
type Fate int

// The fates. A clause stands as well if only the school's details have changed, or
// what has been left open in it has been filled in; or punctuation, capitals, or
// how it looks.
const (
	Stands       Fate = iota
	Rewritten         // in other words
	Deleted           // and something else of its section is still there
	DeletedWhole      // with all of its section
)

// An Addition is something that the school has put in.
type Addition struct {
	Section string // the code of the heading that it stands under
	Wording
}

// A Wording is what a school says, with labels in the place of its details.
type Wording struct {
	Text   string
	Change []uint32 // what makes it different from what was made, in order
}

// fewWords is how many words a change must have to be nearly the same as another:
// "every term" and "every half term" are not.
const fewWords = 8

// Likeness returns how much two changes of the same clause, or two additions, come
// to the same, from 0 to 1.
func (w *Wording) Likeness(o *Wording) float64 {
	switch {
	case w.Text == o.Text, slices.Equal(w.Change, o.Change):
		return 1
	case min(len(w.Change), len(o.Change)) < fewWords:
		return 0
	}
	return shared(&item{bag: w.Change}, &item{bag: o.Change})
}

// A Named is a detail of a setting: what it is, and what it says.
type Named struct{ Label, Text string }

// Details stand between marks in a base that is surveyed: a character that says
// which, and one at the end. Both are of plane 16, which Unicode gives to private
// use, so that they come through a Word file.
const (
	firstMark = 0x100000
	endMark   = 0x10FFFD
)

// Mark returns a detail with marks around it, by which [Compare] knows it again: n
// is its number.
func Mark(n int, text string) string {
	if n < 0 || firstMark+n >= endMark || text == "" {
		return text
	}
	clean := strings.Map(func(r rune) rune {
		if isMark(r) {
			return -1
		}
		return r
	}, text)
	return string(rune(firstMark+n)) + clean + string(rune(endMark))
}

func isMark(r rune) bool { return firstMark <= r && r <= endMark }

// Compare says what a school has made of base. In base, details stand between
// marks; labels say what they are, by their numbers. What stands in names is left
// out of wordings wherever it is said.
func Compare(base, adopted *docx.File, labels []string, names []Named) *Survey {
	c := &comparer{merger: &merger{sections: true, texts: map[string]int{}}, survey: &Survey{Titles: map[string]string{}}, keys: map[string]int{}}
	for _, n := range names {
		c.name(n)
	}
	was := unmarked(outline(base.Blocks, nil).speaking(), labels)
	var titles []titled
	for i := range was.blocks {
		if b := &was.blocks[i]; b.Heading {
			titles = append(titles, titled{b.Section, b.Plain()})
			c.survey.Titles[b.Section] = c.veiled(b.Words, nil)
		}
	}
	has := unmarked(outline(adopted.Blocks, titles).speaking(), nil)
	c.blocks(was, has)
	return c.survey
}

// unmarked takes the marks out of texts: words of details look like their labels,
// and no other word looks like anything.
func unmarked(o outlined, labels []string) outlined {
	var within func(blocks []Block)
	within = func(blocks []Block) {
		for i := range blocks {
			b := &blocks[i]
			b.Words = unmark(b.Words, labels)
			for _, row := range b.Rows {
				for _, c := range row.Cells {
					within(c)
				}
			}
		}
	}
	within(o.blocks)
	return o
}

// quotes are written as programs like: they say the same.
var quotes = strings.NewReplacer("’", "'", "‘", "'", "“", `"`, "”", `"`, "\u00AD", "", "\u2011", "-")

func unmark(words []Word, labels []string) []Word {
	var text strings.Builder
	for _, w := range words {
		text.WriteString(w.Text)
	}
	var out []Word
	label, from, all := "", 0, quotes.Replace(text.String())
	piece := func(s string) {
		for _, w := range cut(s) {
			w.Look = label
			out = append(out, w)
		}
	}
	// Blanks at the ends of a piece are lost when it is cut.
	blank := func() {
		if len(out) > 0 && out[len(out)-1].Text != " " {
			out = append(out, Word{Text: " ", Look: label})
		}
	}
	add := func(s string) {
		if s == "" {
			return
		}
		if strings.TrimLeft(s, " \n\t\u00A0") != s {
			blank()
		}
		piece(s)
		if strings.TrimSpace(s) != "" && strings.TrimRight(s, " \n\t\u00A0") != s {
			blank()
		}
	}
	for i, r := range all {
		if !isMark(r) {
			continue
		}
		add(all[from:i])
		from = i + utf8.RuneLen(r)
		label = ""
		if n := int(r - firstMark); r != endMark && n < len(labels) {
			label = labels[n]
		}
	}
	add(all[from:])
	return trim(joined(out))
}

// joined makes one word of pieces that only a mark has kept apart, such as a name
// and the s of its genitive: that is how the school's text is cut.
func joined(words []Word) []Word {
	out := words[:0]
	for _, w := range words {
		if n := len(out); n > 0 && out[n-1].Look != w.Look && out[n-1].Text != " " && w.Text != " " {
			if both := cut(out[n-1].Text + w.Text); len(both) == 1 {
				out[n-1].Text = both[0].Text
				if out[n-1].Look == "" {
					out[n-1].Look = w.Look
				}
				continue
			}
		}
		out = append(out, w)
	}
	return out
}

// A comparer makes a survey.
type comparer struct {
	*merger
	survey *Survey
	keys   map[string]int // so far
	named  map[string][]veil
}

// A veil is a detail as words, and what is said in its place.
type veil struct {
	words []Word
	label string
}

// leastName is how many letters a detail must have to be known wherever it is said:
// "Year 6" or "no" are said by many.
const leastName = 5

func (c *comparer) name(n Named) {
	words := cut(quotes.Replace(n.Text))
	if len(words) == 0 || utf8.RuneCountInString(n.Text) < leastName {
		return
	}
	if c.named == nil {
		c.named = map[string][]veil{}
	}
	first := words[0].Text
	c.named[first] = append(c.named[first], veil{words, n.Label})
	slices.SortStableFunc(c.named[first], func(a, b veil) int { return len(b.words) - len(a.words) }) // the longest is meant
}

// match finds what in the school's text is what of base: as a merge does, for which
// the template has not changed.
func (c *comparer) match(base, adopted []*item) *sides {
	s := c.sides(base, adopted, base)
	s.toAdopted, s.toLatest = alignFreely(base, adopted), none(len(base))
	for i := range base {
		s.toLatest[i] = i
	}
	s.reverse()
	s.headings()
	s.replacements()
	return s
}

// blocks compares bodies.
func (c *comparer) blocks(was, has outlined) {
	base, adopted := c.merger.blocks(was.blocks), c.merger.blocks(has.blocks)
	s := c.match(base, adopted)
	s.sectionsTakenOut()
	for i, it := range base {
		clause := Clause{Key: c.key(it, was.of[i]), Section: it.section}
		if len(was.of[i].Marks) > 0 && !it.heading {
			clause.Own = owner(was.of[i].Marks[0])
		}
		out := s.withheld(it)
		if out != "" && !slices.Contains(c.survey.Out, out) {
			c.survey.Out = append(c.survey.Out, out)
		}
		to := s.toAdopted[i]
		switch {
		case !it.paragraph() && to >= 0 && !adopted[to].paragraph():
			c.rows(it, it.block.Rows, adopted[to].block.Rows)
			continue
		case !it.paragraph():
			c.gone(it, out)
			continue
		case out != "":
			clause.Fate = DeletedWhole
		case to < 0:
			clause.Fate = Deleted
		case it.id != adopted[to].id:
			if w, changed := c.wording([][]Block{was.blocks[i : i+1]}, [][]Block{has.blocks[to : to+1]}); changed {
				clause.Fate, clause.Wording = Rewritten, w
			}
		}
		if clause.Fate != Stands {
			clause.Says = c.veiled(it.block.Words, nil)
		}
		c.survey.Clauses = append(c.survey.Clauses, clause)
	}
	for i, from := range s.fromAdopted {
		if from < 0 {
			c.added(adopted[i].section, has.blocks[i:i+1])
		}
	}
}

// owner returns the code of the section that a clause's bookmark names: its name
// ends with a digest and, if there are several, a number.
func owner(bookmark string) string {
	parts := strings.Split(bookmark, "_")
	if n := len(parts); n > 3 && len(parts[n-1]) < digestLength && len(parts[n-2]) == digestLength {
		parts = parts[:n-1]
	}
	return Code(strings.Join(parts[:len(parts)-1], "_"))
}

// digestLength is how long the digest in the name of a clause's bookmark is.
const digestLength = 7

// key returns by what a paragraph or a table is known in all documents: by its
// bookmark, which stays the same whatever details stand in it.
func (c *comparer) key(it *item, b *docx.Block) string {
	switch {
	case it.heading:
		return it.section
	case len(b.Marks) > 0:
		return b.Marks[0]
	}
	return c.unlike(it.section + " " + it.kind)
}

// unlike returns the key with a number, if it is not the first.
func (c *comparer) unlike(key string) string {
	c.keys[key]++
	if n := c.keys[key]; n > 1 {
		return fmt.Sprintf("%s %d", key, n)
	}
	return key
}

// rowKey returns by what a row is known in all documents: by what its first cell
// says that says anything.
func (c *comparer) rowKey(it *item) string {
	for _, cell := range it.row.Cells {
		if text := c.cell(cell); text != "" {
			return c.unlike(it.section + " row: " + text)
		}
	}
	return c.unlike(it.section + " row")
}

// rows compares the rows of a table that both have.
func (c *comparer) rows(table *item, was, has []Row) {
	base, adopted := c.merger.rows(was, table.section), c.merger.rows(has, table.section)
	s := c.match(base, adopted)
	for i, it := range base {
		clause := Clause{Key: c.rowKey(it), Section: it.section}
		switch to := s.toAdopted[i]; {
		case to < 0:
			clause.Fate = Deleted
		case it.id != adopted[to].id:
			if w, changed := c.wording(was[i].Cells, has[to].Cells); changed {
				clause.Fate, clause.Wording = Rewritten, w
			}
		}
		if clause.Fate != Stands {
			clause.Says = c.row(was[i])
		}
		c.survey.Clauses = append(c.survey.Clauses, clause)
	}
	for i, from := range s.fromAdopted {
		if from < 0 {
			c.addition(table.section, c.row(has[i]))
		}
	}
}

// gone says of a table that nothing of it is left.
func (c *comparer) gone(table *item, out string) {
	for _, it := range c.merger.rows(table.block.Rows, table.section) {
		clause := Clause{Key: c.rowKey(it), Section: it.section, Fate: Deleted, Says: c.row(*it.row)}
		if out != "" {
			clause.Fate = DeletedWhole
		}
		c.survey.Clauses = append(c.survey.Clauses, clause)
	}
}

// added notes what the school has put in.
func (c *comparer) added(section string, blocks []Block) {
	for i := range blocks {
		if blocks[i].Rows == nil {
			c.addition(section, c.veiled(blocks[i].Words, nil))
			continue
		}
		for _, row := range blocks[i].Rows {
			c.addition(section, c.row(row))
		}
	}
}

func (c *comparer) addition(section, text string) {
	if w := (Wording{Text: text, Change: bagOf(cut(text))}); len(w.Change) > 0 {
		c.survey.Added = append(c.survey.Added, Addition{section, w})
	}
}

func bagOf(words []Word) []uint32 {
	var bag []uint32
	for _, w := range words {
		if isWord(w.Text) {
			bag = append(bag, hash(w.Text))
		}
	}
	slices.Sort(bag)
	return bag
}

// wording returns what the school says, cell by cell, and whether it says something
// else than what was made.
func (c *comparer) wording(was, has [][]Block) (Wording, bool) {
	if len(was) != len(has) {
		was, has = [][]Block{slices.Concat(was...)}, [][]Block{slices.Concat(has...)}
	}
	var texts []string
	var change []uint32
	for i := range has {
		a, b := flat(was[i]), flat(has[i])
		looks, bag := c.change(a, b)
		if len(trim(a)) > 0 { // or it has been left open, to be filled in
			change = append(change, bag...)
		}
		texts = append(texts, c.veiled(b, looks))
	}
	slices.Sort(change)
	return Wording{strings.Join(texts, " | "), change}, len(change) > 0
}

// flat returns the words of a cell.
func flat(blocks []Block) []Word {
	var words []Word
	for _, b := range blocks {
		if len(words) > 0 {
			words = append(words, Word{Text: " "})
		}
		words = append(words, b.Words...)
		for _, r := range b.Rows {
			for _, cell := range r.Cells {
				words = append(append(words, Word{Text: " "}), flat(cell)...)
			}
		}
	}
	return words
}

// change returns which words of b stand in the place of which details of a, and
// what else has changed.
func (c *comparer) change(a, b []Word) (looks []string, bag []uint32) {
	looks = make([]string, len(b))
	hunks := diffWords(a, b, sameText)
	i, j := 0, 0
	for _, h := range append(hunks, hunk{len(a), len(a), len(b), len(b)}) {
		for ; i < h.a0; i, j = i+1, j+1 {
			looks[j] = a[i].Look
		}
		if label, ok := filled(a, h, b); ok {
			for ; j < h.b1; j++ {
				looks[j] = label
			}
		} else if out, in := spoken(a[h.a0:h.a1]), spoken(b[h.b0:h.b1]); !slices.Equal(out, in) {
			bag = append(bag, signed('-', out)...)
			bag = append(bag, signed('+', in)...)
		}
		i, j = h.a1, h.b1
	}
	return looks, bag
}

// spoken returns words without marks and capitals.
func spoken(words []Word) []string {
	var out []string
	for _, w := range words {
		if isWord(w.Text) {
			out = append(out, strings.ToLower(w.Text))
		}
	}
	return out
}

func signed(sign byte, words []string) []uint32 {
	bag := make([]uint32, len(words))
	for i, w := range words {
		h := fnv.New32a()
		h.Write(append([]byte{sign}, w...))
		bag[i] = h.Sum32()
	}
	return bag
}

// filled reports whether a hunk changes nothing but a detail, or fills in what has
// been left open, and returns the label of the detail.
func filled(a []Word, h hunk, b []Word) (label string, ok bool) {
	// Words put in are of a detail if they stand within it.
	if h.a0 == h.a1 {
		if h.a0 > 0 && h.a1 < len(a) && a[h.a0-1].Look == a[h.a1].Look {
			label = a[h.a1].Look
		}
		return label, label != "" && h.b1-h.b0 <= roomFor(1)
	}
	open := true
	for _, w := range a[h.a0:h.a1] {
		switch {
		case w.Look != "" && (label == "" || label == w.Look):
			label = w.Look
		case w.Text == " ":
		default:
			label = "\x00"
		}
		open = open && (w.Text == " " || w.Text == "_" || w.Text == "." || w.Text == "…")
	}
	if open {
		return "", true
	}
	if h.b0 == h.b1 && !(h.a0 > 0 && a[h.a0-1].Look == label || h.a1 < len(a) && a[h.a1].Look == label) {
		return "", false // all of the detail has been taken out
	}
	return label, label != "\x00" && label != "" && h.b1-h.b0 <= roomFor(h.a1-h.a0)
}

// roomFor returns how many words, marks and blanks may stand in the place of so many
// of a detail: more are something else that the school says.
func roomFor(n int) int { return 2*n + 12 }

// veiled returns what words say, with labels in the place of details: those that
// looks or the words themselves say, and those that are known by name.
func (c *comparer) veiled(words []Word, looks []string) string {
	var b strings.Builder
	before := "" // the label before
	for i := 0; i < len(words); {
		look := words[i].Look
		if looks != nil {
			look = looks[i]
		}
		n := 1
		if look == "" {
			if v, ok := c.known(words[i:], looks, i); ok {
				look, n = v.label, len(v.words)
				before = ""
			}
		}
		switch {
		case look == "":
			if words[i].Text != object {
				b.WriteString(words[i].Text)
			}
		case look != before:
			b.WriteString("[" + look + "]")
		}
		before = look
		i += n
	}
	return strings.TrimSpace(b.String())
}

// known returns the name that words begin with.
func (c *comparer) known(words []Word, looks []string, at int) (veil, bool) {
	for _, v := range c.named[words[0].Text] {
		if len(v.words) > len(words) || !slices.EqualFunc(v.words, words[:len(v.words)], sameText) {
			continue
		}
		plain := true
		for i := range v.words {
			plain = plain && words[i].Look == "" && (looks == nil || looks[at+i] == "")
		}
		if plain {
			return v, true
		}
	}
	return veil{}, false
}

// cell returns what a cell says.
func (c *comparer) cell(blocks []Block) string { return c.veiled(flat(blocks), nil) }

// row returns what a row says, with bars between cells.
func (c *comparer) row(r Row) string {
	var cells []string
	for _, cell := range r.Cells {
		cells = append(cells, c.cell(cell))
	}
	return strings.Join(cells, " | ")
}
