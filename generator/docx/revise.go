package docx

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
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
	file, latest *File

	changes map[int]*change    // of paragraphs of the file, by their nodes
	rows    map[int]bool       // of the file, that are taken out
	added   map[spot][]pending // what is put in
	cells   map[int][]*Block   // what is put into cells that are empty
	notes   map[*Block][]string

	patches  []patch
	comments []remark
	id       int // of the last change
	names    map[string]bool
	styleIDs map[string]string // of the latest file, in the file
	listIDs  map[string]string
	models   map[string]*Block // blocks of the file of a kind that latest has under another style
	links    map[string]string // ids of relationships to targets
	newRels  []rel
	styles   []byte // definitions that have come along
	abstract []byte
	nums     []byte
	lastNum  int
	lastAbs  int
	control  int  // the id of the last content control
	boxes    bool // check boxes can be written
}

// A change is what happens to a paragraph of the file.
type change struct {
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
		by: by, file: f, latest: latest, changes: map[int]*change{}, rows: map[int]bool{}, added: map[spot][]pending{}, cells: map[int][]*Block{}, notes: map[*Block][]string{},
		names: map[string]bool{}, styleIDs: map[string]string{}, listIDs: map[string]string{}, models: map[string]*Block{}, links: map[string]string{},
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

func (r *Reviser) change(b *Block) *change {
	c := r.changes[b.node]
	if c == nil {
		c = &change{block: b}
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
		r.changes[n] = &change{block: &Block{node: n}, remove: true, mark: true}
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
	r.added[at] = append(r.added[at], pending{block: latest})
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

// Comment puts a comment to b, which is a block of either file: of the latest if
// it is put in. Each line is a paragraph.
func (r *Reviser) Comment(b *Block, lines []string) {
	b = b.words()
	r.notes[b] = append(r.notes[b], lines...)
}

// words returns the first paragraph of b, which a comment can stand at.
func (b *Block) words() *Block {
	for _, row := range b.Rows {
		for _, c := range row.Cells {
			for _, inner := range c.Blocks {
				return inner.words()
			}
		}
	}
	return b
}

// mark returns the attributes of a change.
func (r *Reviser) mark() string {
	r.id++
	return ` w:id="` + strconv.Itoa(r.id) + `" w:author="` + text(r.by.Author) + `" w:date="` + text(r.by.Date) + `"`
}

// body returns the main part with the changes in it.
func (r *Reviser) body() []byte {
	t := r.file.tree
	r.patches = nil
	for spot, list := range r.added {
		for _, p := range list {
			if p.block != nil {
				r.reserve(p.block)
			}
		}
		_ = spot
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
			b := r.noted(n)
			if c == nil && b != nil {
				c = &change{block: b}
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

// noted returns the block of the file at a node that has a comment, or nil.
func (r *Reviser) noted(n int) *Block {
	for b := range r.notes {
		if b.node == n && r.owns(b) {
			return b
		}
	}
	return nil
}
