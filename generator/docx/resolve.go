package docx

import (
	"path"
	"slices"
	"strings"
)

// Accept returns a Word file with the tracked changes of some authors made: what
// they have put in is text like any other, what they have taken out is gone. Who
// is asked with the name of each author; nil means all of them.
func Accept(data []byte, who func(author string) bool) ([]byte, error) {
	return resolveChanges(data, true, who)
}

// Reject returns a Word file with the tracked changes of some authors undone.
func Reject(data []byte, who func(author string) bool) ([]byte, error) {
	return resolveChanges(data, false, who)
}

func resolveChanges(data []byte, accept bool, who func(string) bool) ([]byte, error) {
	f, err := open(data)
	if err != nil {
		return nil, err
	}
	p := &parcel{file: f, parts: map[string][]byte{}, types: map[string]string{}}
	for _, part := range f.zip.File {
		t := f.tree
		switch base := path.Base(part.Name); {
		case part.Name == f.main:
		case path.Dir(part.Name) == path.Dir(f.main) && strings.HasSuffix(base, ".xml") && (strings.HasPrefix(base, "header") || strings.HasPrefix(base, "footer") || base == "footnotes.xml" || base == "endnotes.xml"):
			if t, err = f.parse(part.Name); err != nil {
				return nil, err
			}
		default:
			continue
		}
		r := &resolver{t: t, accept: accept, who: who}
		if r.any() {
			p.parts[part.Name] = r.part()
		}
	}
	if len(p.parts) == 0 {
		return data, nil
	}
	return p.pack()
}

// Tracked reports whether a file has tracked changes that are neither accepted
// nor rejected.
func (f *File) Tracked() bool { return (&resolver{t: f.tree}).any() }

// A resolver writes a part without tracked changes.
type resolver struct {
	t      *tree
	accept bool
	who    func(author string) bool
	out    []byte
	held   []byte // what a paragraph whose end is gone has left for the next
	bare   bool   // the paragraph being written has nothing to see so far
}

// resolved says what becomes of an element.
type resolved int

const (
	stays  resolved = iota
	opens           // what stands in it stays
	leaves          // it goes, with all that stands in it
)

// changeMarks are the elements that mark changes, and others' names for the same
// thing.
func (r *resolver) fate(n int) resolved {
	name := r.t.name(n)
	in := false
	switch name {
	case "w:ins", "w:moveTo", "w:cellIns":
		in = true
	case "w:del", "w:moveFrom", "w:cellDel":
	case "w:moveFromRangeStart", "w:moveFromRangeEnd", "w:moveToRangeStart", "w:moveToRangeEnd",
		"w:customXmlInsRangeStart", "w:customXmlInsRangeEnd", "w:customXmlDelRangeStart", "w:customXmlDelRangeEnd":
		if r.who != nil { // their ends have no author
			return stays
		}
		return leaves
	default:
		return stays
	}
	if !r.mine(n) {
		return stays
	}
	if in == r.accept {
		return opens
	}
	return leaves
}

func (r *resolver) mine(n int) bool {
	author, _ := r.t.attr(n, "w:author")
	return r.who == nil || r.who(author)
}

// any reports whether there is anything to do.
func (r *resolver) any() bool {
	for n := 1; n < len(r.t.nodes); n++ {
		if r.fate(n) != stays || strings.HasSuffix(r.t.name(n), "Change") && strings.HasPrefix(r.t.name(n), "w:") && r.mine(n) {
			return true
		}
	}
	return false
}

func (r *resolver) part() []byte {
	root := r.t.root()
	r.out = append(r.out, r.t.data[:r.t.nodes[root].start]...)
	r.element(root, false)
	return append(r.out, r.t.data[r.t.nodes[root].after:]...)
}

// element writes n. back says that it stood in what had been taken out, and comes
// back.
func (r *resolver) element(n int, back bool) {
	t := r.t
	e := t.nodes[n]
	switch r.fate(n) {
	case leaves:
		r.out = append(r.out, r.halves(n)...)
		return
	case opens:
		if t.name(e.parent) == "w:rPr" || t.name(e.parent) == "w:trPr" || t.name(e.parent) == "w:tcPr" {
			return // a mark, with nothing in it
		}
		r.inside(n, t.name(n) == "w:del" || t.name(n) == "w:moveFrom" || back)
		return
	}
	switch e.name {
	case "w:p":
		r.paragraph(n, back)
		return
	case "w:tr":
		if r.rowLeaves(n) {
			r.out = append(r.out, r.halves(n)...)
			return
		}
	case "w:tbl":
		rows, gone := 0, 0
		for k := range t.kids(n) {
			if t.name(k) == "w:tr" {
				if rows++; r.rowLeaves(k) {
					gone++
				}
			}
		}
		if rows > 0 && rows == gone { // a table without rows is none
			return
		}
	case "w:pPr", "w:rPr", "w:tblPr", "w:trPr", "w:tcPr", "w:sectPr", "w:tblPrEx":
		r.properties(n)
		return
	case "w:delText", "w:delInstrText":
		if back {
			name := map[string]string{"w:delText": "w:t", "w:delInstrText": "w:instrText"}[e.name]
			tag := strings.Replace(string(t.startTag(n)), e.name, name, 1)
			r.out = append(r.out, tag...)
			if !t.empty(n) {
				r.out = append(append(r.out, t.data[e.inner:e.end]...), "</"+name+">"...)
			}
			r.bare = false
			return
		}
	}
	if visible(e.name) {
		r.bare = false
	}
	if e.first == 0 {
		r.out = append(r.out, t.raw(n)...)
		return
	}
	r.out = append(r.out, t.startTag(n)...)
	r.inside(n, back)
	r.out = append(r.out, t.data[e.end:e.after]...)
}

// halves returns the beginnings of bookmarks in n that end outside, and the ends of
// those that begin outside: LibreOffice has them begin in what has been taken out.
func (r *resolver) halves(n int) []byte {
	t := r.t
	starts, ends := map[string]int{}, map[string]int{}
	t.walk(n, func(k int) bool {
		switch t.name(k) {
		case "w:bookmarkStart":
			id, _ := t.attr(k, "w:id")
			starts[id] = k
		case "w:bookmarkEnd":
			id, _ := t.attr(k, "w:id")
			ends[id] = k
		}
		return true
	})
	var out []byte
	t.walk(n, func(k int) bool {
		id, _ := t.attr(k, "w:id")
		if starts[id] == k && ends[id] == 0 || ends[id] == k && starts[id] == 0 {
			out = append(out, t.raw(k)...)
		}
		return true
	})
	return out
}

// rowLeaves reports whether a row goes.
func (r *resolver) rowLeaves(n int) bool {
	p := r.t.child(n, "w:trPr")
	if p == 0 {
		return false
	}
	for k := range r.t.kids(p) {
		if r.fate(k) == leaves {
			return true
		}
	}
	return false
}

func (r *resolver) inside(n int, back bool) {
	from := r.t.nodes[n].inner
	for k := range r.t.kids(n) {
		r.out = append(r.out, r.t.data[from:r.t.nodes[k].start]...)
		r.element(k, back)
		from = r.t.nodes[k].after
	}
	if !r.t.empty(n) {
		r.out = append(r.out, r.t.data[from:r.t.nodes[n].end]...)
	}
}

// properties writes properties: as they are now or, if their change is undone, as
// they were.
func (r *resolver) properties(n int) {
	t := r.t
	e := t.nodes[n]
	changed := 0
	for k := range t.kids(n) {
		if name := t.name(k); strings.HasSuffix(name, "Change") && r.mine(k) {
			changed = k
		}
	}
	if changed != 0 && !r.accept {
		old := t.nodes[changed].first
		r.out = append(r.out, "<"+e.name+">"...)
		if old != 0 {
			r.out = append(r.out, t.data[t.nodes[old].inner:max(t.nodes[old].inner, t.nodes[old].end)]...)
		}
		for k := range t.kids(n) {
			// What marks the end of a paragraph, and ends a section of pages, is no
			// part of what has changed.
			if name := t.name(k); e.name == "w:pPr" && (name == "w:rPr" || name == "w:sectPr") {
				r.element(k, false)
			}
		}
		r.out = append(r.out, "</"+e.name+">"...)
		return
	}
	if e.first == 0 {
		r.out = append(r.out, t.raw(n)...)
		return
	}
	r.out = append(r.out, t.startTag(n)...)
	from := e.inner
	for k := range t.kids(n) {
		r.out = append(r.out, t.data[from:t.nodes[k].start]...)
		if from = t.nodes[k].after; k != changed {
			r.element(k, false)
		}
	}
	r.out = append(r.out, t.data[from:e.after]...)
}

// paragraph writes a paragraph. If its end is gone, what is left of it stands at
// the beginning of the next; if there is none, it stays.
func (r *resolver) paragraph(n int, back bool) {
	t := r.t
	held := r.held
	r.held = nil
	start := len(r.out)
	bare := r.bare
	r.bare = true
	p := t.child(n, "w:pPr")
	if t.empty(n) {
		r.out = append(append(r.out, openTag(t, n)...), held...)
		r.out = append(r.out, "</w:p>"...)
	} else {
		r.out = append(r.out, t.startTag(n)...)
		from := t.nodes[n].inner
		if p != 0 {
			r.out = append(r.out, t.data[from:t.nodes[p].start]...)
			r.element(p, false)
			from = t.nodes[p].after
		}
		content := len(r.out)
		r.out = append(r.out, held...)
		for k := range t.kids(n) {
			if k == p {
				continue
			}
			r.out = append(r.out, t.data[from:t.nodes[k].start]...)
			r.element(k, back)
			from = t.nodes[k].after
		}
		r.out = append(r.out, t.data[from:t.nodes[n].end]...)
		if r.endless(n, p) {
			left := withoutBookmarks(r.out[content:])
			switch next := r.nextParagraph(n); {
			case next:
				r.out, r.held = r.out[:start], left
				r.bare = bare
				return
			case r.bare && len(held) == 0 && t.name(t.nodes[n].parent) == "w:body" && t.nodes[n].next != 0:
				r.out = append(r.out[:start], markers(left)...)
				r.bare = bare
				return
			}
		}
		r.out = append(r.out, t.data[t.nodes[n].end:t.nodes[n].after]...)
	}
	r.bare = bare
}

// markers keeps what of a paragraph may stand between paragraphs: nothing but the
// beginnings and ends of bookmarks.
func markers(left []byte) []byte {
	t, err := parseTree(slices.Concat([]byte("<x>"), left, []byte("</x>")))
	if err != nil {
		return nil
	}
	var out []byte
	for n := 1; n < len(t.nodes); n++ {
		if name := t.nodes[n].name; name == "w:bookmarkStart" || name == "w:bookmarkEnd" {
			out = append(out, t.raw(n)...)
		}
	}
	return out
}

// withoutBookmarks returns a copy of what is left of a paragraph. If there is
// nothing to see in it, the bookmarks that stand around nothing are gone: they
// were those of what has gone, and would name what comes next.
func withoutBookmarks(left []byte) []byte {
	t, err := parseTree(slices.Concat([]byte("<x>"), left, []byte("</x>")))
	if err != nil {
		return slices.Clone(left)
	}
	starts := map[string]int{}
	var out []byte
	at := len("<x>")
	drop := map[int]bool{}
	for n := 2; n < len(t.nodes); n++ {
		if visible(t.name(n)) {
			return slices.Clone(left)
		}
		id, _ := t.attr(n, "w:id")
		switch t.name(n) {
		case "w:bookmarkStart":
			starts[id] = n
		case "w:bookmarkEnd":
			if s := starts[id]; s != 0 {
				drop[s], drop[n] = true, true
			}
		}
	}
	for n := 2; n < len(t.nodes); n++ {
		if drop[n] && t.nodes[n].start >= at {
			out = append(out, t.data[at:t.nodes[n].start]...)
			at = t.nodes[n].after
		}
	}
	return append(out, t.data[at:len(t.data)-len("</x>")]...)
}

// visible reports whether there is something to see of an element of a run.
func visible(name string) bool {
	switch name {
	case "w:t", "w:tab", "w:br", "w:drawing", "w:pict", "w:object", "w:sym", "w:fldChar", "w:footnoteReference", "w:endnoteReference", "mc:AlternateContent", "w:delText", "m:oMath", "w:noBreakHyphen":
		return true
	}
	return false
}

// endless reports whether the end of a paragraph is gone.
func (r *resolver) endless(n, p int) bool {
	if p == 0 {
		return false
	}
	rp := r.t.child(p, "w:rPr")
	if rp == 0 {
		return false
	}
	for k := range r.t.kids(rp) {
		if r.fate(k) == leaves {
			return true
		}
	}
	return false
}

// nextParagraph reports whether a paragraph comes right after n.
func (r *resolver) nextParagraph(n int) bool {
	for k := r.t.nodes[n].next; k != 0; k = r.t.nodes[k].next {
		switch r.t.name(k) {
		case "w:p":
			return true
		case "w:tbl", "w:sdt", "w:sectPr", "w:customXml":
			return false
		}
	}
	return false
}
