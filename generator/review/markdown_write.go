package review

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// contain says in which containers the leaves of the result stand. What comes from
// the latest text stands in those of the school's that hold what the template has
// beside it.
func (f *file) contain(pairs map[int]int) {
	images := f.images(pairs)
	f.placed = slices.DeleteFunc(f.placed, func(p *placed) bool { return p.hidden })
	var open []*container
	var shown []*placed
	for _, p := range f.placed {
		path := p.leaf.path
		if !p.own {
			path = imagesOf(path, images)
		}
		p.path = p.within(path, open)
		p.moved = !slices.Equal(p.path, p.leaf.path)
		p.from = commonContainers(p.path, open)
		if p.leaf.label.text != "" && len(p.leaf.run.tokens) == 0 && p.from == len(p.path) {
			continue // no more than the mark of a call-out that is open
		}
		for _, c := range p.path {
			p.marks = append(p.marks, c.mark)
		}
		shown = append(shown, p)
		open = p.path
	}
	f.placed = shown
	f.unlike()
	f.count()
}

func commonContainers(a, b []*container) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// images returns which container of the adopted text is which of the latest: that
// which holds the most leaves that the other holds.
func (f *file) images(pairs map[int]int) map[*container]*container {
	images := map[*container]*container{}
	votes := map[[2]*container]int{}
	for i, l := range f.has.leaves {
		to, ok := pairs[i]
		if !ok {
			continue
		}
		for k, c := range f.is.leaves[to].path {
			if k == len(l.path) || !sameContainer(c, l.path[k]) {
				break
			}
			pair := [2]*container{c, l.path[k]}
			votes[pair]++
			if other := images[c]; other == nil || votes[pair] > votes[[2]*container{c, other}] {
				images[c] = l.path[k]
			}
		}
	}
	for c, own := range images {
		if c.kind == list && len(own.items) < 2 {
			own.loose = c.loose
		}
	}
	return images
}

func sameContainer(c, d *container) bool {
	return c.kind == d.kind && c.label == d.label && c.ordered() == d.ordered()
}

func imagesOf(path []*container, images map[*container]*container) []*container {
	out := slices.Clone(path)
	for i, c := range path {
		own := images[c]
		switch {
		case own == nil:
		case c.kind == listItem && own.list != out[i-1]:
		default:
			out[i] = own
		}
	}
	return out
}

// within returns the containers that a leaf can stand in, after one that stands in
// those that are open. An item or a list whose beginning has gone is begun again by
// what the school has in it; what the template has in it stands outside.
func (p *placed) within(path, open []*container) []*container {
	var in []*container
	begins := len(path) - p.leaf.opens
	for i := 0; i < len(path); i++ {
		c := path[i]
		isOpen := len(in) < len(open) && open[len(in)] == c && commonContainers(in, open) == len(in)
		if isOpen || i >= begins || c.kind == quote {
			in = append(in, c)
			continue
		}
		item := i
		if c.kind == list {
			if item++; item >= begins {
				in = append(in, c)
				continue
			}
		}
		inner := item+1 < len(path) && path[item+1].kind == list
		switch {
		case !inner && p.own:
			in = append(in, path[i:item+1]...)
		case c.kind == listItem:
			in = in[:len(in)-1] // its list
		}
		i = item
	}
	return in
}

// unlike gives lists of the latest text that have come to stand after another the
// other marks: they would become one.
func (f *file) unlike() {
	other := map[byte]byte{'-': '*', '*': '-', '+': '-', '.': ')', ')': '.'}
	done := map[*container]bool{}
	for i, p := range f.placed {
		if i == 0 || p.own || p.from >= len(p.path) {
			continue
		}
		c, before := p.path[p.from], f.placed[i-1].path
		if c.kind != list || done[c] || p.from >= len(before) || before[p.from].kind != list || before[p.from].sign != c.sign {
			continue
		}
		done[c] = true
		for _, item := range c.items {
			item.mark = strings.Replace(item.mark, string(c.sign), string(other[c.sign]), 1)
		}
		c.sign = other[c.sign]
	}
}

// An itemStart is where an item of a list begins.
type itemStart struct {
	at, deep int
	item     *container
}

// count numbers the items of those lists that have others now, and gives those that
// have come the marks of their list.
func (f *file) count() {
	var lists []*container
	items := map[*container][]itemStart{}
	for i, p := range f.placed {
		for k := p.from; k < len(p.path); k++ {
			p.marks[k] = p.path[k].mark
			if p.path[k].kind != listItem || k == 0 || p.path[k-1].kind != list {
				continue
			}
			l := p.path[k-1]
			if items[l] == nil {
				lists = append(lists, l)
			}
			items[l] = append(items[l], itemStart{i, k, p.path[k]})
		}
	}
	for _, l := range lists {
		if !slices.EqualFunc(items[l], l.items, func(o itemStart, c *container) bool { return o.item == c }) {
			f.countList(l, items[l])
		}
	}
}

var digits = regexp.MustCompile(`[0-9]+`)

func (f *file) countList(l *container, items []itemStart) {
	first := *l.items[0] // as it was
	same := len(l.items) > 1 && l.items[1].number == first.number
	for i, o := range items {
		mark := o.item.mark
		if o.item.list != l {
			mark = first.mark
			o.item.mark, o.item.width = first.mark, first.width
			o.item.rest = strings.Repeat(" ", first.width)
		}
		if l.ordered() {
			n := first.number
			if !same {
				n = min(n+i, 999_999_999)
			}
			mark = digits.ReplaceAllLiteralString(mark, strconv.Itoa(n))
		}
		o.item.shift(len(mark) - len(o.item.mark))
		o.item.mark = mark
		f.placed[o.at].marks[o.deep] = mark
	}
}

// shift sets an item in by n more.
func (c *container) shift(n int) {
	if n != 0 {
		c.width = max(1, c.width+n)
		c.rest = strings.Repeat(" ", c.width)
		c.shifted = true
	}
}

// write returns the result.
func (f *file) write() string {
	var b strings.Builder
	b.WriteString(f.has.head)
	for i, p := range f.placed {
		if i > 0 {
			f.gap(&b, f.placed[i-1], p)
		}
		f.leaf(&b, p)
	}
	switch n := len(f.has.leaves); {
	case len(f.placed) == 0:
	case n > 0:
		b.WriteString(f.has.leaves[n-1].gap)
	default:
		b.WriteString(f.has.end)
	}
	return b.String()
}

// gap writes what stands between two leaves.
func (f *file) gap(b *strings.Builder, p, next *placed) {
	if p.own && next.own && next.at == p.at+1 {
		b.WriteString(p.leaf.gap)
		return
	}
	b.WriteString(f.has.end)
	if !next.roomAfter(p) {
		return
	}
	b.WriteString(strings.TrimRight(rests(next.path[:next.from]), " ") + f.has.end)
}

// roomAfter reports whether a blank line stands between a leaf and the one before.
func (p *placed) roomAfter(before *placed) bool {
	if p.from < len(p.path) && p.from > 0 {
		switch c, outer := p.path[p.from], p.path[p.from-1]; {
		case c.kind == listItem:
			return outer.loose
		case c.kind == list && outer.kind == listItem:
			return outer.list.loose
		}
	}
	if p.from == len(p.path) && len(before.path) == p.from && before.leaf.label.text != "" && len(before.leaf.run.tokens) == 0 {
		return false
	}
	if !p.own && !before.own && p.at == before.at+1 {
		return strings.Count(before.leaf.gap, "\n") > 1
	}
	return true
}

func rests(path []*container) string {
	var b strings.Builder
	for _, c := range path {
		b.WriteString(c.rest)
	}
	return b.String()
}

// first returns what the first line of a leaf begins with.
func (f *file) first(p *placed) string {
	var b strings.Builder
	b.WriteString(rests(p.path[:p.from]))
	for k := p.from; k < len(p.path); k++ {
		c := p.path[k]
		b.WriteString(p.marks[k])
		last := k+1 == len(p.path)
		if c.label != "" && !(last && p.leaf.label.text != "") {
			b.WriteString("[!" + strings.ToUpper(c.label) + "]" + f.has.end + rests(p.path[:k+1]))
		}
	}
	return b.String()
}

// leaf writes a leaf.
func (f *file) leaf(b *strings.Builder, p *placed) {
	l := p.leaf
	lay := layout{keep: p.own && !p.moved, before: rests(p.path), end: f.has.end}
	first := l.before
	for _, c := range p.path {
		lay.keep = lay.keep && !c.shifted
	}
	begun := p.from == len(p.path)-l.opens
	for k := p.from; k < len(p.path); k++ {
		begun = begun && p.own && p.marks[k] == p.path[k].was
	}
	if !lay.keep || !begun {
		first = f.first(p)
	}
	b.WriteString(first)
	if l.table != nil {
		lay.table(b, p.table)
		return
	}
	if p.from < len(p.path) {
		lay.write(b, l.label)
	}
	b.WriteString(l.lead)
	number := l.number
	if n, ok := f.numbers[l]; ok && p.own {
		number = n
	}
	b.WriteString(number)
	lay.single = l.kind == heading && l.lead != ""
	lay.start = l.kind == paragraph
	lay.text(b, p.run, l.run)
	lay.write(b, l.tail)
}

// text writes the words of a leaf or cell, which were home when it was read.
func (l layout) text(b *strings.Builder, r, home *run) {
	if r == home {
		for i := range r.tokens {
			b.WriteString(r.tokens[i].open)
			l.write(b, r.tokens[i].raw)
		}
		b.WriteString(r.end)
		return
	}
	var text strings.Builder
	l.writeRun(&text, r, home)
	b.WriteString(text.String())
}

// table writes a table, of which what the first line begins with stands already.
func (l layout) table(b *strings.Builder, t *table) {
	single := l
	single.single = true
	for i, r := range t.rows {
		own := l
		own.keep = l.keep && r.own
		if i > 0 {
			b.WriteString(own.begins(r.before))
		}
		for _, c := range r.cells {
			b.WriteString(c.lead)
			single.text(b, c.run, c.home)
			b.WriteString(c.tail)
		}
		b.WriteString(r.tail)
		if i == 0 {
			b.WriteString(own.ends(r.end) + l.begins(t.rule.before) + t.rule.text)
			if len(t.rows) > 1 {
				b.WriteString(l.ends(t.rule.end))
			}
		} else if i+1 < len(t.rows) {
			b.WriteString(own.ends(r.end))
		}
	}
}

func (l layout) begins(before string) string {
	if l.keep {
		return before
	}
	return l.before
}

func (l layout) ends(end string) string {
	if l.keep && end != "" {
		return end
	}
	return l.end
}
