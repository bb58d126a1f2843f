package docx

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Revision is in whose name changes are marked, and of what moment: RFC 3339 in
// UTC, given and not read from a clock, so that the same changes give the same
// bytes.
type Revision struct{ Author, Initials, Date string }

// A Reviser marks changes in a Word file, as Word does when it tracks them
// (ECMA-376 Part 1, 17.13.5). What is put in comes from another file, the latest:
// its styles and lists are those of the same names in the file that is changed,
// and come along if that has none.
//
// Nothing is changed before [Reviser.Save]. A paragraph that no change touches
// stays as it is, byte for byte.
type Reviser struct {
	by           Revision
	moments      [2]string // of changes of words, in every other paragraph
	turn         int       // which of them it is
	whole        string    // the moment of changes of whole paragraphs
	file, latest *File

	changes map[int]*revised    // of paragraphs of the file, by their nodes
	rows    map[int]bool        // of the file, that are taken out
	added   map[spot][]pending  // what is put in
	cells   map[int][]*Block    // what is put into cells that are empty
	notes   map[int][]string    // comments to paragraphs of the file, by their nodes
	news    map[*Block][]string // comments to paragraphs that are put in

	patches   []patch
	comments  []remark
	id        int               // of the last change
	names     map[string]bool   // of bookmarks
	coming    map[string]bool   // of bookmarks that are put in
	styleIDs  map[string]string // of the latest file, in the file
	listIDs   map[string]string
	models    map[string]*Block // blocks of the file of a kind that latest has under another style
	links     map[string]string // ids of relationships to targets
	newRels   []rel
	styles    []byte // definitions that have come along
	abstracts []byte
	nums      []byte
	lastNum   int
	lastAbs   int
	control   int  // the id of the last content control
	boxes     bool // check boxes can be written
	noRels    bool // the file does not say what r: stands for
}

// A revised is what happens to a paragraph of the file.
type revised struct {
	block  *Block
	edits  []edit
	remove bool // all of its words
	mark   bool // and the paragraph itself
}

// An edit takes out the text from one place up to another, and puts words in.
type edit struct {
	from, to int // in bytes of the text
	words    []Word
}

// A spot is a place between elements of the file: before or after one.
type spot struct {
	node   int
	before bool
}

// A pending is something to be put in at a spot.
type pending struct {
	block *Block // or a row
	row   *Row
	like  *Row // a row of the same table in the file
	apart bool // an empty paragraph stands before it
}

// A patch puts bytes in the place of others.
type patch struct {
	from, to int
	data     []byte
}

// A remark is a comment.
type remark struct {
	id    int
	lines []string
}

// Revise begins to mark changes in f that come from latest.
func Revise(f, latest *File, by Revision) *Reviser {
	r := &Reviser{
		by: by, file: f, latest: latest, changes: map[int]*revised{}, rows: map[int]bool{}, added: map[spot][]pending{}, cells: map[int][]*Block{}, notes: map[int][]string{}, news: map[*Block][]string{},
		names: map[string]bool{}, coming: map[string]bool{}, styleIDs: map[string]string{}, listIDs: map[string]string{}, models: map[string]*Block{}, links: map[string]string{},
	}
	r.moments, r.whole = [2]string{by.Date, by.Date}, by.Date
	if at, err := time.Parse(time.RFC3339, by.Date); err == nil {
		r.moments[1] = at.Add(2 * time.Minute).Format(time.RFC3339)
		r.whole = at.Add(time.Hour).Format(time.RFC3339)
	}
	t := f.tree
	for n := 1; n < len(t.nodes); n++ {
		switch t.nodes[n].name {
		case "w:bookmarkStart":
			name, _ := t.attr(n, "w:name")
			r.names[name] = true
		case "w:sdt":
			if id := t.find(n, "w:sdtPr", "w:id"); id != 0 {
				v, _ := strconv.Atoi(t.val(id))
				r.control = max(r.control, v)
			}
			continue
		}
		if id, ok := t.attr(n, "w:id"); ok {
			v, _ := strconv.Atoi(id)
			r.id = max(r.id, v)
		}
	}
	ignorable, _ := t.attr(t.root(), "mc:Ignorable")
	_, w14 := t.attr(t.root(), "xmlns:w14")
	r.boxes = w14 && slices.Contains(strings.Fields(ignorable), "w14")
	_, rels := t.attr(t.root(), "xmlns:r")
	r.noRels = !rels
	r.lastNum, r.lastAbs = f.lastLists()
	return r
}

// lastLists returns the highest ids of lists and of their definitions.
func (f *File) lastLists() (num, abstract int) {
	if f.lists == nil {
		return 0, 0
	}
	t := f.lists
	for k := range t.kids(t.root()) {
		id := func(name string) int { s, _ := t.attr(k, name); v, _ := strconv.Atoi(s); return v }
		switch t.name(k) {
		case "w:num":
			num = max(num, id("w:numId"))
		case "w:abstractNum":
			abstract = max(abstract, id("w:abstractNumId"))
		}
	}
	return num, abstract
}

// Pair says that a block of the file is a block of the latest one: lists that go
// on stay the same lists, and what is new looks as its like does in the file.
func (r *Reviser) Pair(b, latest *Block) {
	if b.num != "" && latest.num != "" && r.listIDs[latest.num] == "" && b.List == latest.List {
		r.listIDs[latest.num] = b.num
	}
	if b.Rows == nil && b.Style != latest.Style && r.models[latest.kind()] == nil {
		r.models[latest.kind()] = b
	}
}

// kind returns what b is.
func (b *Block) kind() string {
	return fmt.Sprintf("%s/%s/%d", b.Style, b.List, b.Depth)
}

func (r *Reviser) change(b *Block) *revised {
	c := r.changes[b.node]
	if c == nil {
		c = &revised{block: b}
		r.changes[b.node] = c
	}
	return c
}

// Replace takes out the words of b from one up to another, and puts words in.
// Calls for one block come in the order of its words.
func (r *Reviser) Replace(b *Block, from, to int, words []Word) {
	c := r.change(b)
	c.edits = append(c.edits, edit{b.at(from), b.at(to), words})
}

// at returns where the word with that number begins in the text of b.
func (b *Block) at(word int) int {
	if word < len(b.Words) {
		return b.Words[word].from
	}
	if n := len(b.Words); n > 0 {
		return b.Words[n-1].to
	}
	return 0
}

// Remove takes out a paragraph or a table.
func (r *Reviser) Remove(b *Block) {
	if b.Rows != nil {
		for _, row := range b.Rows {
			r.RemoveRow(row)
		}
	} else {
		c := r.change(b)
		c.remove, c.mark = true, !r.file.ends(b)
	}
	for _, n := range b.tails {
		r.changes[n] = &revised{block: &Block{node: n}, remove: true, mark: true}
	}
}

// ends reports whether the mark of a paragraph cannot be taken out: because a
// cell, or a section of pages, ends with it, or because a field does not begin
// and end in it.
func (f *File) ends(b *Block) bool {
	t := f.tree
	if b.breaks {
		return true
	}
	if t.name(t.nodes[b.node].parent) == "w:tc" {
		last := true
		for k := t.nodes[b.node].next; k != 0; k = t.nodes[k].next {
			last = last && t.name(k) != "w:p"
		}
		if last {
			return true
		}
	}
	open := 0
	t.walk(b.node, func(n int) bool {
		if t.name(n) == "w:fldChar" {
			switch kind, _ := t.attr(n, "w:fldCharType"); kind {
			case "begin":
				open++
			case "end":
				open--
			}
		}
		return true
	})
	return open != 0
}

// RemoveRow takes out a row of a table.
func (r *Reviser) RemoveRow(row *Row) { r.rows[row.node] = true }

// Insert puts a block of the latest file in next to one of the file.
func (r *Reviser) Insert(near *Block, before bool, latest *Block) {
	at := spot{near.node, before}
	if n := len(near.tails); n > 0 && !before {
		at.node = near.tails[n-1]
	}
	// Tables that touch become one.
	apart := latest.Rows != nil && near.Rows != nil && len(near.tails) == 0 && !before
	r.added[at] = append(r.added[at], pending{block: latest, apart: apart})
}

// InsertFirst puts a block of the latest file in at the beginning of one that has
// none.
func (r *Reviser) InsertFirst(latest *Block) {
	body := r.file.tree.child(r.file.tree.root(), "w:body")
	if first := r.file.tree.nodes[body].first; first != 0 {
		at := spot{first, true}
		r.added[at] = append(r.added[at], pending{block: latest})
	}
}

// InsertRow puts a row of the latest file in next to one of the file.
func (r *Reviser) InsertRow(near *Row, before bool, latest *Row) {
	at := spot{near.node, before}
	r.added[at] = append(r.added[at], pending{row: latest, like: near})
}

// Fill puts blocks of the latest file into a cell with nothing in it.
func (r *Reviser) Fill(c *Cell, latest *Block) { r.cells[c.node] = append(r.cells[c.node], latest) }

// Comment puts a comment to a block of the file. Each line is a paragraph.
func (r *Reviser) Comment(b *Block, lines []string) {
	b = b.words()
	r.notes[b.node] = append(r.notes[b.node], lines...)
}

// CommentRow puts a comment to a row of the file.
func (r *Reviser) CommentRow(row *Row, lines []string) {
	if b := row.words(); b != nil {
		r.notes[b.node] = append(r.notes[b.node], lines...)
	}
}

// CommentNew puts a comment to a block of the latest file, which is put in.
func (r *Reviser) CommentNew(latest *Block, lines []string) {
	latest = latest.words()
	r.news[latest] = append(r.news[latest], lines...)
}

// words returns the first paragraph of b, which a comment can stand at.
func (b *Block) words() *Block {
	for _, row := range b.Rows {
		if w := row.words(); w != nil {
			return w
		}
	}
	return b
}

func (r *Row) words() *Block {
	for _, c := range r.Cells {
		for _, b := range c.Blocks {
			return b.words()
		}
	}
	return nil
}

// mark returns the attributes of a change of words. LibreOffice takes changes of
// about one moment that touch for one, and would undo the end of a paragraph
// together with what is put in on both sides of it: so neighbours are of other
// moments.
func (r *Reviser) mark() string { return r.marked(r.moments[r.turn]) }

// markWhole returns the attributes of a change of a whole paragraph or row. It is
// of an hour later, for the same reason: LibreOffice would undo the end of a
// paragraph together with what its last words and the paragraph after it have in
// common.
func (r *Reviser) markWhole() string { return r.marked(r.whole) }

func (r *Reviser) marked(date string) string {
	r.id++
	return ` w:id="` + strconv.Itoa(r.id) + `" w:author="` + text(r.by.Author) + `" w:date="` + text(date) + `"`
}

// body returns the main part with the changes in it.
func (r *Reviser) body() []byte {
	t := r.file.tree
	r.patches = nil
	for _, list := range r.added {
		for _, p := range list {
			r.reserve(p)
		}
	}
	// In the order of the file, so that ids follow from it.
	for n := 1; n < len(t.nodes); n++ {
		if list := r.added[spot{n, true}]; list != nil {
			r.patch(t.nodes[n].start, t.nodes[n].start, r.insertions(list))
		}
		switch {
		case r.rows[n]:
			r.removeRow(n)
		case r.cells[n] != nil:
			r.fill(n)
		default:
			c := r.changes[n]
			if c == nil && r.notes[n] != nil {
				c = &revised{block: &Block{node: n}}
			}
			if c != nil {
				r.patch(t.nodes[n].start, t.nodes[n].after, r.paragraph(n, c))
			}
		}
		if list := r.added[spot{n, false}]; list != nil {
			r.patch(t.nodes[n].after, t.nodes[n].after, r.insertions(list))
		}
	}
	// Changes of an element come before what is put in after it, though that has
	// been written first; before it, after.
	slices.SortStableFunc(r.patches, func(a, b patch) int {
		if a.from != b.from {
			return a.from - b.from
		}
		return a.to - b.to
	})
	var out []byte
	at := 0
	for _, p := range r.patches {
		out = append(append(out, t.data[at:p.from]...), p.data...)
		at = p.to
	}
	return append(out, t.data[at:]...)
}

func (r *Reviser) patch(from, to int, data []byte) {
	r.patches = append(r.patches, patch{from, to, data})
}

// reserve notes the names of bookmarks that come with what is put in: links may
// lead to them.
func (r *Reviser) reserve(p pending) {
	note := func(b *Block) {
		for _, name := range b.Marks {
			if !r.names[name] {
				r.coming[name] = true
			}
		}
	}
	var each func(b *Block)
	row := func(row *Row) {
		for _, c := range row.Cells {
			for _, b := range c.Blocks {
				each(b)
			}
		}
	}
	each = func(b *Block) {
		note(b)
		for _, inner := range b.Rows {
			row(inner)
		}
	}
	if p.block != nil {
		each(p.block)
	} else {
		row(p.row)
	}
}

// removeRow marks a row as taken out, and all that stands in it.
func (r *Reviser) removeRow(n int) {
	t := r.file.tree
	mark := `<w:del` + r.markWhole() + `/>`
	if p := t.child(n, "w:trPr"); p != 0 {
		at := t.nodes[p].end
		if old := t.child(p, "w:trPrChange"); old != 0 {
			at = t.nodes[old].start
		}
		if t.empty(p) {
			r.patch(t.nodes[p].start, t.nodes[p].after, []byte(`<w:trPr>`+mark+`</w:trPr>`))
		} else {
			r.patch(at, at, []byte(mark))
		}
	} else {
		at := t.nodes[n].inner
		if ex := t.child(n, "w:tblPrEx"); ex != 0 {
			at = t.nodes[ex].after
		}
		r.patch(at, at, []byte(`<w:trPr>`+mark+`</w:trPr>`))
	}
	t.walk(n, func(k int) bool {
		if t.name(k) == "w:p" {
			r.changes[k] = &revised{block: r.file.paragraph(k), remove: true}
			return false
		}
		return true
	})
}

// properties returns the properties of a paragraph of t, 0 for none, with what
// marks its end put in. Those that only the end of a section of pages has are
// kept; others' changes of properties too.
func withMark(t *tree, p int, mark string) string {
	if p == 0 || t.empty(p) {
		return `<w:pPr><w:rPr>` + mark + `</w:rPr></w:pPr>`
	}
	e := t.nodes[p]
	if rp := t.child(p, "w:rPr"); rp != 0 {
		in := t.nodes[rp]
		if t.empty(rp) {
			return string(t.data[e.start:in.start]) + `<w:rPr>` + mark + `</w:rPr>` + string(t.data[in.after:e.after])
		}
		return string(t.data[e.start:in.inner]) + mark + string(t.data[in.inner:e.after])
	}
	at := e.end
	for k := range t.kids(p) {
		if name := t.name(k); name == "w:sectPr" || name == "w:pPrChange" {
			at = min(at, t.nodes[k].start)
		}
	}
	return string(t.data[e.start:at]) + `<w:rPr>` + mark + `</w:rPr>` + string(t.data[at:e.after])
}

// paragraph returns a paragraph of the file with its changes.
func (r *Reviser) paragraph(n int, c *revised) []byte {
	t := r.file.tree
	r.turn = 1 - r.turn
	w := &weaver{r: r, t: t, n: n, b: c.block, whole: c.remove}
	if c.remove {
		w.edits = []edit{{from: 0, to: len(c.block.text)}}
	} else {
		w.edits = c.edits
	}
	start := t.startTag(n)
	if t.empty(n) {
		start = append(bytes.TrimSuffix(slices.Clone(start), []byte("/>")), '>')
	}
	w.out = append(w.out, start...)
	p := t.child(n, "w:pPr")
	switch {
	case c.mark:
		w.out = append(w.out, withMark(t, p, `<w:del`+r.markWhole()+`/>`)...)
	case p != 0:
		w.out = append(w.out, t.raw(p)...)
	}
	end := r.comment(r.notes[n])
	w.out = append(w.out, end.begin...)
	w.measure()
	w.children(n)
	w.out = append(w.out, end.end...)
	w.out = append(w.out, `</w:p>`...)
	return w.out
}

// A bracket is what a comment stands between.
type bracket struct{ begin, end string }

// comment makes a comment.
func (r *Reviser) comment(lines []string) bracket {
	if lines == nil {
		return bracket{}
	}
	id := r.file.lastComment + 1 + len(r.comments)
	r.comments = append(r.comments, remark{id, lines})
	at := ` w:id="` + strconv.Itoa(id) + `"/>`
	return bracket{`<w:commentRangeStart` + at, `<w:commentRangeEnd` + at + `<w:r><w:commentReference` + at + `</w:r>`}
}

// CommentNewRow puts a comment to a row of the latest file, which is put in.
func (r *Reviser) CommentNewRow(latest *Row, lines []string) {
	if b := latest.words(); b != nil {
		r.news[b] = append(r.news[b], lines...)
	}
}
