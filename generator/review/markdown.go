package review

import (
	"regexp"
	"slices"
	"strings"
)

// Markdown brings a Markdown file forward: adopted is what the school has made of
// base, and the changes of latest since base are made in it. If base is not known,
// what the school has and the templates do not is the school's, and what the
// templates have and the school does not is put in.
//
// The result holds no marks of what has changed or has to be decided. What nobody
// has changed is byte for byte what it was; all of the file, if there is nothing to
// change. The digits before a heading's title are the generator's: they are those of
// latest, unless the school has changed them.
//
// The result carries the seal of latest, with the digest of that: it says which
// edition the file has been brought forward to, and that it has been edited if it
// says anything other than latest does. A file that carries that seal already has
// been brought forward before, and there is nothing to do, whatever base is.
func Markdown(base, adopted, latest string, known bool, given Given) *Result {
	base, latest = strings.ReplaceAll(base, "\r\n", "\n"), strings.ReplaceAll(latest, "\r\n", "\n")
	if !known {
		base = ""
	}
	is, seal := unseal(latest)
	has, sealed := unseal(adopted)
	if seal != "" && seal == sealed {
		base, known = latest, true // it has been brought forward, or made, already
	}
	was, _ := unseal(base)
	f := &file{given: given, res: &Result{}, was: readPage(was), has: readPage(has), is: readPage(is)}
	f.merge()
	end := f.has.end
	switch {
	case known && base == latest, adopted == latest:
		f.res.Data = []byte(adopted)
	case known && settled(was) == settled(has):
		f.res.Data = []byte(likeEnd(strings.ReplaceAll(latest, "\n", end), adopted))
		if strings.HasPrefix(adopted, "\ufeff") {
			f.res.Data = append([]byte("\ufeff"), f.res.Data...)
		}
	case !f.changed:
		f.res.Data = []byte(adopted)
	default:
		f.res.Data = []byte(likeEnd(resealed(f.write(), seal, end), adopted))
	}
	return f.res
}

// sealPattern matches the line that ends a file: see the generator's Seal.
var sealPattern = regexp.MustCompile(`(?m)^<!-- policygen: [^\n]*sha256 [0-9a-f]{64} -->[ \t\r]*$`)

// unseal takes the seal out of a file.
func unseal(text string) (rest, seal string) {
	all := sealPattern.FindAllStringIndex(text, -1)
	if all == nil {
		return text, ""
	}
	at := all[len(all)-1]
	after := text[at[1]:]
	if isBlank(strings.ReplaceAll(after, "\n", "")) {
		after = ""
	} else {
		after = strings.TrimPrefix(after, "\n")
	}
	return text[:at[0]] + after, strings.TrimRight(text[at[0]:at[1]], " \t\r")
}

// resealed puts a seal at the end of a file.
func resealed(text, seal, end string) string {
	if seal == "" {
		return text
	}
	body := strings.TrimRight(text, " \t\r\n")
	blanks := text[len(body):]
	for strings.Count(blanks, "\n") < 2 {
		blanks += end
	}
	return body + blanks + seal + end
}

// likeEnd returns text with the end of a line at its end if other has one.
func likeEnd(text, other string) string {
	if strings.HasSuffix(other, "\n") || other == "" {
		return text
	}
	return strings.TrimRight(text, "\r\n")
}

// settled returns a text without what programs change in it: blanks at the ends of
// lines and of the file, and how its lines end.
func settled(text string) string {
	lines := strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " \t\r")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// A file brings one Markdown file forward.
type file struct {
	given        Given
	res          *Result
	was, has, is *page
	adopted      []Block
	latest       []Block
	changed      bool
	sections     []string // in which something besides details has been changed

	placed  []*placed
	numbers map[*leaf]string // of headings that have another number now
}

// A placed is a leaf of the result.
type placed struct {
	*leaf
	at    int // its number in its own file
	own   bool
	run   *run
	table *table

	path   []*container
	from   int // the first container of the path that begins with it
	marks  []string
	moved  bool // it stands in other containers than it did
	hidden bool // it has come to say nothing
}

func (f *file) merge() {
	titles := []titled{}
	was, is := f.was.blocks(nil), f.is.blocks(nil)
	for _, b := range slices.Concat(was, is) {
		if b.Heading {
			titles = append(titles, titled{b.Section, b.Plain()})
		}
	}
	f.has.owned()
	addresses(f.has, f.was, f.is)
	f.latest, f.adopted = is, f.has.blocks(titles)
	p := Merge(was, f.adopted, is, f.given.Options)
	f.res.Decisions, f.res.Withheld = p.Decisions, p.Withheld
	f.res.Own = differs(was, f.adopted)
	f.changed = len(p.Steps) > 0
	f.renumber(was, p.Pairs)
	f.place(p)
	for _, code := range f.sections {
		if !slices.Contains(f.res.Changed, code) {
			f.res.Changed = append(f.res.Changed, code)
		}
	}
	f.contain(p.Pairs)
}

// addresses lets those links say where they lead that lead where no link of the
// templates with the same words does: that is something that the school has written.
func addresses(has *page, templates ...*page) {
	known := map[[2]string]bool{}
	for _, p := range templates {
		p.tokens(func(t *token) { known[[2]string{t.Text, t.address}] = true })
	}
	has.tokens(func(t *token) {
		if t.address != "" && !known[[2]string{t.Text, t.address}] {
			t.Text += " (" + t.address + ")"
		}
	})
}

// owned notes that rows of tables are the school's.
func (p *page) owned() {
	for _, l := range p.leaves {
		if l.table != nil {
			for _, r := range l.table.rows {
				r.own = true
			}
		}
	}
}

// tokens calls do for each token of a page.
func (p *page) tokens(do func(t *token)) {
	each := func(r *run) {
		for i := range r.tokens {
			do(&r.tokens[i])
		}
	}
	for _, l := range p.leaves {
		if l.table == nil {
			each(l.run)
			continue
		}
		for _, row := range l.table.rows {
			for _, c := range row.cells {
				each(c.run)
			}
		}
	}
}

// renumber gives headings the numbers that the template now gives them, unless the
// school has changed those.
func (f *file) renumber(was []Block, pairs map[int]int) {
	f.numbers = map[*leaf]string{}
	before := map[string]string{}
	for i, l := range f.was.leaves {
		if _, twice := before[was[i].Section]; was[i].Heading && !twice {
			before[was[i].Section] = l.number
		}
	}
	for i, l := range f.has.leaves {
		to, ok := pairs[i]
		if !ok || l.kind != heading || l.lead == "" {
			continue
		}
		is := f.is.leaves[to]
		number, known := before[f.latest[to].Section]
		if known && is.kind == heading && f.latest[to].Heading && number == l.number && is.number != l.number {
			f.numbers[l] = is.number
			f.changed = true
		}
	}
}

// place puts the leaves of the result one after the other.
func (f *file) place(p *Plan) {
	before, after := map[int][]Step{}, map[int][]Step{}
	about := map[int]*Step{}
	for i, s := range p.Steps {
		switch {
		case s.Do != Insert:
			about[s.Adopted] = &p.Steps[i]
		case s.Before:
			before[s.Adopted] = append(before[s.Adopted], s)
		default:
			after[s.Adopted] = append(after[s.Adopted], s)
		}
	}
	f.insert(after[-1])
	for i, l := range f.has.leaves {
		f.insert(before[i])
		pl := &placed{leaf: l, at: i, own: true, run: l.run, table: l.table}
		s := about[i]
		switch {
		case s == nil || s.Do == Note:
			f.placed = append(f.placed, pl)
		case s.Do == Remove:
			f.res.Removed += count(f.adopted[i])
			f.touch(f.adopted[i].Section)
		default:
			f.edit(pl, s)
			f.placed = append(f.placed, pl)
		}
		f.insert(after[i])
	}
}

func (f *file) touch(section string) { f.sections = append(f.sections, section) }

func (f *file) insert(steps []Step) {
	for _, s := range steps {
		l := f.is.leaves[s.Latest]
		pl := &placed{leaf: l, at: s.Latest, run: l.run, table: l.table}
		f.res.Added += count(f.latest[s.Latest])
		if len(s.Hunks) > 0 {
			pl.run = l.run.changed(s.Hunks, nil)
		}
		f.placed = append(f.placed, pl)
		f.touch(f.latest[s.Latest].Section)
	}
}

// edit changes a paragraph or a table.
func (f *file) edit(pl *placed, s *Step) {
	section := f.adopted[s.Adopted].Section
	if s.Latest >= 0 {
		section = f.latest[s.Latest].Section
	}
	if pl.table != nil {
		pl.table = f.rows(pl.leaf.table, f.is.leaves[s.Latest].table, s.Rows, section)
		pl.hidden = len(pl.table.rows) == 0
		return
	}
	var latest *run
	if s.Latest >= 0 {
		latest = f.is.leaves[s.Latest].run
	}
	pl.run = f.hunks(pl.run, latest, s.Hunks, section)
}

// hunks changes words.
func (f *file) hunks(r, latest *run, hunks []Hunk, section string) *run {
	other := false
	for _, h := range hunks {
		in := plainWords(h.Wording)
		if h.Wording == nil && latest != nil {
			in = plainWords(latest.words()[h.LatestFrom:h.LatestTo])
		}
		out := plainWords(r.words()[h.From:h.To])
		f.res.Removed += countWords(out)
		f.res.Added += countWords(in)
		if d := f.given.detail(out, in); d != "" && h.Wording == nil {
			if !slices.Contains(f.res.Details, d) {
				f.res.Details = append(f.res.Details, d)
			}
			continue
		}
		other = true
	}
	if other {
		f.touch(section)
	}
	return r.changed(hunks, latest)
}

// rows changes the rows of a table.
func (f *file) rows(t, latest *table, steps []Step, section string) *table {
	out := &table{rule: t.rule}
	before, after := map[int][]*tableRow{}, map[int][]*tableRow{}
	about := map[int]*Step{}
	for i, s := range steps {
		if s.Do != Insert {
			about[s.Adopted] = &steps[i]
			continue
		}
		row := latest.rows[s.Latest]
		f.res.Added += countWords(row.plain())
		f.touch(section)
		if s.Before {
			before[s.Adopted] = append(before[s.Adopted], row)
		} else {
			after[s.Adopted] = append(after[s.Adopted], row)
		}
	}
	out.rows = append(out.rows, after[-1]...)
	for i, row := range t.rows {
		out.rows = append(out.rows, before[i]...)
		s := about[i]
		switch {
		case s == nil || s.Do == Note:
			out.rows = append(out.rows, row)
		case s.Do == Remove:
			f.res.Removed += countWords(row.plain())
			f.touch(section)
		default:
			var from *tableRow
			if s.Latest >= 0 {
				from = latest.rows[s.Latest]
			}
			out.rows = append(out.rows, f.cells(row, from, s.Cells, section))
		}
		out.rows = append(out.rows, after[i]...)
	}
	return out
}

func (f *file) cells(row, latest *tableRow, plans []*Plan, section string) *tableRow {
	out := *row
	out.cells = slices.Clone(row.cells)
	for i, p := range plans {
		if p == nil {
			continue
		}
		c := &out.cells[i]
		for _, s := range p.Steps {
			switch s.Do {
			case Remove:
				c.run = c.run.changed([]Hunk{{To: len(c.run.tokens)}}, nil)
			case Edit:
				var from *run
				if latest != nil {
					from = latest.cells[i].run
				}
				c.run = f.hunks(c.run, from, s.Hunks, section)
			}
		}
	}
	return &out
}

func (r *tableRow) plain() string {
	var cells []string
	for _, c := range r.cells {
		cells = append(cells, plainWords(c.run.words()))
	}
	return strings.Join(cells, " | ")
}
