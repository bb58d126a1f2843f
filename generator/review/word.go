package review

import (
	"fmt"
	"slices"
	"strings"

	"github.com/policygen/policygen/generator/docx"
)

// A Detail is a detail of the setting that has changed.
type Detail struct{ Label, Old, New string }

// A Change is what a person is told of a step: where it is, and why.
type Change struct {
	Section string
	Reasons []string // of the edition
	Details []string // that have changed
}

// Given is what a merge of Word files is given besides the files.
type Given struct {
	Options
	By      docx.Revision
	Details []Detail

	// Reasons returns why a section has changed, in lines, the first of which is
	// a heading; nil if nothing more is known than that it has.
	Reasons func(section string) []string

	// Title returns what a section is called.
	Title func(section string) string
}

// A Result is what came of bringing a document forward.
type Result struct {
	// Data is the document with the changes marked in it; the same bytes as it
	// was if there is nothing to change.
	Data []byte

	Decisions []*Decision
	Withheld  []string // sections that the school has taken out, and that stay out
	Changed   []string // sections in which something has been changed
	Details   []string // details that have been changed
	Added     int      // words put in
	Removed   int      // words taken out
	Own       bool     // the school has changed something of its own
	Unmarked  []string // what there is that changes cannot be marked in
	Contents  bool     // the contents list has to be brought up to date by hand
}

// Revise brings a Word file forward: adopted is what the school has made of base,
// and the changes of latest since base are marked in it. base may be nil, if
// nobody knows what was made: then what the school has and the templates do not is
// the school's, and what the templates have and the school does not is put in.
//
// keep is the base of latest, and properties are what the file says of itself from
// now on.
func Revise(base, adopted, latest *docx.File, given Given, keep string, properties map[string]string) (*Result, error) {
	w := &word{given: given, adopted: adopted, latest: latest, res: &Result{Unmarked: adopted.Unmarked}}
	was := outline(nil, nil)
	if base != nil {
		was = outline(base.Blocks, nil)
	}
	is := outline(latest.Blocks, nil)
	has := outline(adopted.Blocks, append(was.titles(), is.titles()...))
	was, is = was.speaking(), is.speaking()
	w.r = docx.Revise(adopted, latest, given.By)
	w.plan(was, has, is)
	if base != nil {
		w.contents(base)
	} else {
		w.res.Contents = len(adopted.Contents) > 0
	}
	if !w.changed {
		data, err := adopted.Bytes(), error(nil)
		w.res.Data = data
		return w.res, err
	}
	w.explain()
	var err error
	w.res.Data, err = w.r.Save(keep, properties)
	return w.res, err
}

// An outlined is the blocks of a file, as a merge sees them and as the file has
// them.
type outlined struct {
	blocks []Block
	of     []*docx.Block
}

// A titled is what the heading of a section says.
type titled struct{ code, text string }

// outline reads the blocks of a file. Sections are known by the bookmarks of their
// headings or, where a program has dropped those, by what the headings say.
func outline(blocks []*docx.Block, titles []titled) outlined {
	o := outlined{of: blocks}
	section := ""
	for _, b := range blocks {
		heading := false
		if b.Level > 0 && b.Rows == nil {
			if code := sectionOf(b, titles); code != "" {
				section, heading = code, true
			}
		}
		o.blocks = append(o.blocks, convert(b, section, heading))
	}
	return o
}

// sectionOf returns the code of the section that a heading begins. Of several
// bookmarks it goes by that of the section whose title the heading bears, or else
// by the last: programs leave bookmarks of what is taken out at what comes next.
func sectionOf(b *docx.Block, titles []titled) string {
	text := b.Plain()
	marked, titled := "", ""
	for _, m := range b.Marks {
		code := Code(m)
		if titles == nil {
			return code
		}
		for _, t := range titles {
			if t.code == code {
				if marked = code; t.text == text {
					return code
				}
			}
		}
	}
	for _, t := range titles {
		if t.text == text {
			titled = t.code
			break
		}
	}
	if marked != "" {
		return marked
	}
	return titled
}

// Code returns the code of a section from the name of its bookmark, which has
// underscores in the place of its other marks.
func Code(bookmark string) string {
	family, rest, _ := strings.Cut(strings.TrimPrefix(bookmark, "_"), "_")
	if rest == "" {
		return family
	}
	return family + "-" + strings.ReplaceAll(rest, "_", ".")
}

func (o outlined) titles() []titled {
	var out []titled
	for i, b := range o.blocks {
		if b.Heading {
			out = append(out, titled{b.Section, o.of[i].Plain()})
		}
	}
	return out
}

// speaking leaves out what has no words, such as a crest: no change of it can be
// marked.
func (o outlined) speaking() outlined {
	var out outlined
	for i, b := range o.of {
		if b.Rows != nil || b.Objects == 0 || b.Plain() != "" {
			out.blocks, out.of = append(out.blocks, o.blocks[i]), append(out.of, b)
		}
	}
	return out
}

func convert(b *docx.Block, section string, heading bool) Block {
	kind := b.Style
	if b.List != "" {
		kind += fmt.Sprintf(" %s %d", b.List, b.Depth)
	}
	out := Block{Kind: kind, Section: section, Heading: heading, Fixed: b.Fixed()}
	out.Words = make([]Word, len(b.Words))
	for i, w := range b.Words {
		out.Words[i] = Word{Text: w.Text, Look: look(w.Face)}
	}
	if b.Rows == nil {
		return out
	}
	out.Rows = make([]Row, len(b.Rows))
	for i, row := range b.Rows {
		out.Rows[i].Cells = make([][]Block, len(row.Cells))
		for j, c := range row.Cells {
			for _, inner := range c.Blocks {
				out.Rows[i].Cells[j] = append(out.Rows[i].Cells[j], convert(inner, section, false))
			}
		}
	}
	return out
}

func look(f docx.Face) string {
	if f == (docx.Face{}) {
		return ""
	}
	s := f.Link
	for _, is := range []struct {
		on   bool
		mark string
	}{{f.Bold, "\x01b"}, {f.Italic, "\x01i"}, {f.Marked, "\x01m"}} {
		if is.on {
			s += is.mark
		}
	}
	return s
}

// A word brings one file forward.
type word struct {
	given           Given
	adopted, latest *docx.File
	r               *docx.Reviser
	res             *Result
	changed         bool
	touched         []*touch
	headings        map[string]*docx.Block // of sections, in the adopted file
}

// A touch is something that has been done in a section.
type touch struct {
	section string
	details []string
	other   bool // something besides details has changed
	comment func(lines []string)
	gone    bool // where it was done, something is taken out, and nothing else
}

// plan merges the bodies.
func (w *word) plan(was, has, is outlined) {
	p := Merge(was.blocks, has.blocks, is.blocks, w.given.Options)
	w.res.Decisions, w.res.Withheld = p.Decisions, p.Withheld
	w.res.Own = differs(was.blocks, has.blocks)
	w.headings = map[string]*docx.Block{}
	for i, b := range has.blocks {
		if b.Heading && w.headings[b.Section] == nil {
			w.headings[b.Section] = has.of[i]
		}
	}
	w.pairs(has, is, p)
	w.apply(p, has.blocks, is.blocks, has.of, is.of, nil)
}

// differs reports whether two texts say different things.
func differs(a, b []Block) bool {
	says := func(blocks []Block) (out []string) {
		for i := range blocks {
			if s := blocks[i].Plain(); s != "" && s != objectMark {
				out = append(out, s)
			}
		}
		return out
	}
	return !slices.Equal(says(a), says(b))
}

// objectMark stands in the words of a paragraph for what is not words.
const objectMark = "\uFFFC"

// pairs tells the reviser which blocks are which.
func (w *word) pairs(has, is outlined, p *Plan) {
	for a, l := range p.Pairs {
		w.r.Pair(has.of[a], is.of[l])
	}
}

// apply does what a plan says to the blocks of a body or a cell.
func (w *word) apply(p *Plan, adopted, latest []Block, has, is []*docx.Block, cell *docx.Cell) {
	for _, s := range p.Steps {
		w.step(s, adopted, latest, has, is, cell)
	}
}

func (w *word) step(s Step, adopted, latest []Block, has, is []*docx.Block, cell *docx.Cell) {
	w.changed = true
	switch s.Do {
	case Insert:
		b := is[s.Latest]
		if len(s.Hunks) > 0 {
			w.r.Say(b, plain(s.Hunks[0].Wording))
		}
		switch {
		case s.Adopted >= 0:
			w.r.Insert(has[s.Adopted], s.Before, b)
		case cell != nil:
			w.r.Fill(cell, b)
		default:
			w.r.InsertFirst(b)
		}
		w.res.Added += count(latest[s.Latest])
		w.touch(latest[s.Latest].Section, nil, func(lines []string) { w.r.CommentNew(b, lines) }, false)
	case Remove:
		b := has[s.Adopted]
		w.r.Remove(b)
		w.res.Removed += count(adopted[s.Adopted])
		w.touch(adopted[s.Adopted].Section, nil, func(lines []string) { w.r.Comment(b, lines) }, true)
	case Edit:
		b := has[s.Adopted]
		section := latest[s.Latest].Section
		if len(s.Rows) > 0 {
			w.rows(s.Rows, adopted[s.Adopted].Rows, latest[s.Latest].Rows, b, is[s.Latest], section)
			break
		}
		w.hunks(s.Hunks, b, is[s.Latest], section)
	}
	for _, d := range s.Ask {
		b := has[s.Adopted]
		w.ask(d, func(lines []string) { w.r.Comment(b, lines) })
	}
}

// hunks changes words of a paragraph.
func (w *word) hunks(hunks []Hunk, b, latest *docx.Block, section string) {
	var details []string
	other := false
	for _, h := range hunks {
		words := plain(h.Wording)
		if h.Wording == nil {
			words = latest.Words[h.LatestFrom:h.LatestTo]
		}
		out, in := say(b.Words[h.From:h.To]), say(words)
		w.r.Replace(b, h.From, h.To, words)
		w.res.Removed += countWords(out)
		w.res.Added += countWords(in)
		if d := w.detail(out, in); d != "" && h.Wording == nil {
			if !slices.Contains(details, d) {
				details = append(details, d)
			}
			continue
		}
		other = true
	}
	t := w.touch(section, details, func(lines []string) { w.r.Comment(b, lines) }, false)
	t.other = other
}

// plain returns words of a wording, which look like nothing in particular.
func plain(wording []Word) []docx.Word {
	var words []docx.Word
	for _, x := range wording {
		words = append(words, docx.Word{Text: x.Text})
	}
	return words
}

func say(words []docx.Word) string {
	var b strings.Builder
	for _, x := range words {
		b.WriteString(x.Text)
	}
	return strings.TrimSpace(b.String())
}

// detail returns what has changed if the words in and out are those of a detail,
// or "".
func (w *word) detail(out, in string) string {
	if out == "" && in == "" {
		return ""
	}
	for _, d := range w.given.Details {
		if strings.Contains(d.Old, out) && strings.Contains(d.New, in) && (len(out) > 1 || len(in) > 1) {
			return fmt.Sprintf("%s: %s → %s", d.Label, d.Old, d.New)
		}
	}
	return ""
}

// rows changes the rows of a table.
func (w *word) rows(steps []Step, adopted, latest []Row, b, is *docx.Block, section string) {
	for _, s := range steps {
		switch s.Do {
		case Insert:
			row := is.Rows[s.Latest]
			w.r.InsertRow(b.Rows[s.Adopted], s.Before, row)
			w.res.Added += countWords(row.Plain())
			w.touch(section, nil, func(lines []string) { w.r.CommentNewRow(row, lines) }, false)
		case Remove:
			row := b.Rows[s.Adopted]
			w.r.RemoveRow(row)
			w.res.Removed += countWords(row.Plain())
			w.touch(section, nil, func(lines []string) { w.r.CommentRow(row, lines) }, true)
		case Edit:
			for i, p := range s.Cells {
				if p == nil {
					continue
				}
				cell := b.Rows[s.Adopted].Cells[i]
				var from []*docx.Block
				if s.Latest >= 0 {
					from = is.Rows[s.Latest].Cells[i].Blocks
				}
				w.apply(p, adopted[s.Adopted].Cells[i], latest[s.Latest].Cells[i], cell.Blocks, from, cell)
			}
		}
		for _, d := range s.Ask {
			row := b.Rows[s.Adopted]
			w.ask(d, func(lines []string) { w.r.CommentRow(row, lines) })
		}
	}
}

func (w *word) touch(section string, details []string, comment func([]string), gone bool) *touch {
	t := &touch{section: section, details: details, other: len(details) == 0, comment: comment, gone: gone}
	w.touched = append(w.touched, t)
	return t
}

// ask puts a decision where it has to be taken.
func (w *word) ask(d *Decision, comment func([]string)) {
	if d.Settled && d.Choice == Keep {
		return
	}
	lines := []string{"A decision to take: " + d.Kind.Question()}
	switch {
	case d.Settled && d.Choice == Adapt && d.Wording == "":
		lines[0] = "To be adapted: you have decided to change these words."
	case d.Settled:
		return
	}
	if d.Template != "" {
		lines = append(lines, "The template now says: "+d.Template)
	}
	if d.Base != "" && d.Kind == Reworded {
		lines = append(lines, "It said before: "+d.Base)
	}
	comment(lines)
}

// Question returns what has to be decided, in a sentence.
func (k Kind) Question() string {
	switch k {
	case Reworded:
		return "you and the template have both changed this. Your words stand."
	case Dropped:
		return "the template no longer has this, and you have changed it. It stays as you have it."
	case TakenOut:
		return "you have taken this out, and the template has changed it since. It stays out."
	case Elsewhere:
		return "the template now has this in another place, and you have changed it. It stays where you have it."
	case Both:
		return "what you have differs from the template, and it is not known which is newer. Your words stand."
	}
	return string(k)
}

// explain puts the reasons to the sections that have been changed, once to each,
// and what has changed of details to where it has.
func (w *word) explain() {
	var order []string
	in := map[string][]*touch{}
	for _, t := range w.touched {
		for _, d := range t.details {
			if !slices.Contains(w.res.Details, d) {
				w.res.Details = append(w.res.Details, d)
			}
		}
		if len(t.details) > 0 {
			t.comment(append([]string{"A detail has changed"}, t.details...))
		}
		if !t.other {
			continue
		}
		if in[t.section] == nil {
			order = append(order, t.section)
		}
		in[t.section] = append(in[t.section], t)
	}
	for _, code := range order {
		w.res.Changed = append(w.res.Changed, code)
		w.place(code, in[code])(w.given.Reasons(code))
	}
}

// place returns what puts a comment to a section: to the first thing that has been
// put in or changed, or else to its heading, so that the comment is still there
// when what is taken out has gone.
func (w *word) place(code string, touches []*touch) func([]string) {
	for _, t := range touches {
		if !t.gone {
			return t.comment
		}
	}
	if h := w.headings[code]; h != nil {
		return func(lines []string) { w.r.Comment(h, lines) }
	}
	return touches[0].comment
}

// contents brings the contents list forward, if it is as it was made. One that has
// been brought up to date since, by Word, is left for Word to bring up to date
// again.
func (w *word) contents(base *docx.File) {
	was, has, is := outline(base.Contents, nil), outline(w.adopted.Contents, nil), outline(w.latest.Contents, nil)
	for _, o := range []outlined{was, has, is} {
		for i := range o.blocks {
			o.blocks[i].Section, o.blocks[i].Heading = "", false
		}
	}
	if len(has.blocks) == 0 || len(is.blocks) == 0 {
		return
	}
	if differs(was.blocks, has.blocks) {
		w.res.Contents = differs(was.blocks, is.blocks)
		return
	}
	p := Merge(was.blocks, has.blocks, is.blocks, Options{})
	touched := w.touched
	added, removed := w.res.Added, w.res.Removed
	w.pairs(has, is, p)
	w.apply(p, has.blocks, is.blocks, has.of, is.of, nil)
	w.touched, w.res.Added, w.res.Removed = touched, added, removed
}

// count returns how many words b has.
func count(b Block) int { return countWords(b.Plain()) }

func countWords(s string) int {
	n := 0
	for _, f := range strings.Fields(s) {
		if isWord(f) {
			n++
		}
	}
	return n
}
