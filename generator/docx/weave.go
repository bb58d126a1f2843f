package docx

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// A weaver writes a paragraph of a file anew with changes in it. Runs that no
// change touches are copied; others are cut where changes begin and end.
type weaver struct {
	r      *Reviser
	t      *tree
	n      int // the paragraph
	b      *Block
	edits  []edit
	next   int            // the edit whose words are put in next
	extent map[int][2]int // what part of the text elements hold, if any
	runs   map[int][]segment
	at     int // how far the text has been written
	whole  bool
	out    []byte
}

// measure finds which part of the text each element holds.
func (w *weaver) measure() {
	w.extent, w.runs = map[int][2]int{}, map[int][]segment{}
	for _, s := range w.b.segments {
		if s.run != 0 {
			w.runs[s.run] = append(w.runs[s.run], s)
		}
		for n := s.node; n != w.n && n != 0; n = w.t.nodes[n].parent {
			e, ok := w.extent[n]
			if !ok {
				e[0] = s.from
			}
			e[1] = s.to
			w.extent[n] = e
		}
	}
}

// mark returns the attributes of what is taken out.
func (w *weaver) mark() string {
	if w.whole {
		return w.r.markWhole()
	}
	return w.r.mark()
}

// due reports whether words are to be put in where the text has got to.
func (w *weaver) due() bool { return w.next < len(w.edits) && w.edits[w.next].to == w.at }

// children writes what stands in n, which is the paragraph or something in it.
func (w *weaver) children(n int) {
	t := w.t
	e := t.nodes[n]
	top := n == w.n
	last := w.extent[n][1]
	if top {
		last = len(w.b.text)
	}
	from := e.inner
	if t.empty(n) {
		return
	}
	if top {
		if p := t.child(n, "w:pPr"); p != 0 {
			from = t.nodes[p].after
		}
	}
	for k := range t.kids(n) {
		if t.nodes[k].start < from {
			continue
		}
		ext, holds := w.extent[k]
		if holds && top && w.at == 0 && ext[0] == 0 {
			w.out = append(w.out, t.data[from:t.nodes[k].start]...)
			from = t.nodes[k].start
			w.insert(n)
		}
		w.out = append(w.out, t.data[from:t.nodes[k].start]...)
		from = t.nodes[k].after
		switch {
		case !holds || !w.touched(ext):
			w.out = append(w.out, t.raw(k)...)
		case t.name(k) == "w:r":
			w.run(k)
		default:
			w.out = append(w.out, t.startTag(k)...)
			w.children(k)
			w.out = append(w.out, t.data[t.nodes[k].end:t.nodes[k].after]...)
		}
		if holds {
			w.at = ext[1]
			if top || ext[1] < last {
				w.insert(n)
			}
		}
	}
	if top { // an empty paragraph
		w.insert(n)
	}
	w.out = append(w.out, t.data[from:e.end]...)
}

// touched reports whether a change takes out some of that part of the text, or
// puts words into the midst of it.
func (w *weaver) touched(ext [2]int) bool {
	for _, e := range w.edits {
		if e.from < ext[1] && ext[0] < e.to || ext[0] < e.to && e.to < ext[1] {
			return true
		}
	}
	return false
}

// A piece is a part of a run that stays or goes, or a place where words come in.
type piece struct {
	gone   bool
	insert bool
	data   []byte
}

// run writes a run, cut where changes begin and end.
func (w *weaver) run(n int) {
	t := w.t
	var pieces []piece
	add := func(gone bool, data []byte) {
		if k := len(pieces); k > 0 && !pieces[k-1].insert && pieces[k-1].gone == gone {
			pieces[k-1].data = append(pieces[k-1].data, data...)
			return
		}
		pieces = append(pieces, piece{gone: gone, data: slices.Clone(data)})
	}
	segments := w.runs[n]
	end := w.extent[n][1]
	next := w.next
	properties := t.child(n, "w:rPr")
	for k := range t.kids(n) {
		if k == properties {
			continue
		}
		if len(segments) == 0 || segments[0].node != k {
			add(false, t.raw(k))
			continue
		}
		s := segments[0]
		segments = segments[1:]
		for at := s.from; at < s.to; {
			gone, to := w.gone(at, s.to)
			switch {
			case t.name(k) == "w:t":
				tag := "w:t"
				if gone {
					tag = "w:delText"
				}
				data := append([]byte("<"+tag+` xml:space="preserve">`), escape(nil, w.b.text[at:to])...)
				add(gone, append(data, "</"+tag+">"...))
			case strings.ContainsRune(w.b.text[s.from:s.to], object):
				add(false, t.raw(k))
				to = s.to
			default:
				add(gone, t.raw(k))
				to = s.to
			}
			at = to
			for next < len(w.edits) && w.edits[next].to == at && at < end {
				pieces = append(pieces, piece{insert: true})
				next++
			}
		}
	}
	start := t.startTag(n)
	props := []byte(nil)
	if properties != 0 {
		props = styleFirst(t, properties)
	}
	for _, p := range pieces {
		if p.insert {
			w.at = w.edits[w.next].to
			w.insert(t.nodes[n].parent)
			continue
		}
		if p.gone {
			w.out = append(w.out, `<w:del`+w.mark()+`>`...)
		}
		w.out = append(append(append(append(w.out, start...), props...), p.data...), `</w:r>`...)
		if p.gone {
			w.out = append(w.out, `</w:del>`...)
		}
	}
}

// styleFirst returns the properties of a run with its style before all others, as
// it has to be (ECMA-376 Part 1, 17.3.2.28). LibreOffice writes it elsewhere, and
// what is wrong once is not to be wrong in every piece of the run.
func styleFirst(t *tree, p int) []byte {
	s := t.child(p, "w:rStyle")
	if s == 0 || t.nodes[p].first == s {
		return t.raw(p)
	}
	e := t.nodes[p]
	return slices.Concat(t.data[e.start:e.inner], t.raw(s), t.data[e.inner:t.nodes[s].start], t.data[t.nodes[s].after:e.after])
}

// gone reports whether the text at a place is taken out, and up to where, at the
// most up to end, that holds. It stops where words are put in.
func (w *weaver) gone(at, end int) (bool, int) {
	for _, e := range w.edits {
		switch {
		case e.to == e.from && at < e.from && e.from < end:
			return false, e.from
		case e.to <= at:
			continue
		case e.from <= at:
			return true, min(e.to, end)
		case e.from < end:
			return false, e.from
		}
	}
	return false, end
}

// insert puts in the words that are due. n is the element around.
func (w *weaver) insert(n int) {
	for w.due() {
		words := w.edits[w.next].words
		at := w.edits[w.next].from
		w.next++
		if len(words) == 0 {
			continue
		}
		closed := w.leave(n)
		inLink := ""
		for k := n; k != w.n; k = w.t.nodes[k].parent {
			if w.t.name(k) == "w:hyperlink" {
				inLink = w.r.file.target(k)
				if inLink == "" {
					inLink = "#"
				}
			}
		}
		w.out = append(w.out, w.r.words(words, w.neighbour(at), inLink, w.r.mark)...)
		w.enter(closed)
	}
}

// leave ends the elements around that what we put in may not stand in: other
// people's insertions. It returns them, for enter to begin again.
func (w *weaver) leave(n int) []int {
	var around []int
	out := 0
	for k := n; k != w.n && k != 0; k = w.t.nodes[k].parent {
		around = append(around, k)
		if name := w.t.name(k); name == "w:ins" || name == "w:moveTo" {
			out = len(around)
		}
	}
	for _, k := range around[:out] {
		w.out = append(w.out, "</"+w.t.name(k)+">"...)
	}
	return around[:out]
}

func (w *weaver) enter(closed []int) {
	for _, k := range slices.Backward(closed) {
		tag := slices.Clone(w.t.startTag(k))
		if from, to := attrAt(tag, "w:id"); from >= 0 {
			w.r.id++
			tag = slices.Concat(tag[:from], []byte(strconv.Itoa(w.r.id)), tag[to:])
		}
		w.out = append(w.out, tag...)
	}
}

// neighbour returns the run that stands at a place of the text, or before it, or 0.
func (w *weaver) neighbour(at int) int {
	run := 0
	for _, s := range w.b.segments {
		if s.run == 0 {
			continue
		}
		if run == 0 || s.from <= at {
			run = s.run
		}
	}
	return run
}

// words returns words marked as put in, looking as the run like does where the
// words do not say otherwise. inLink is where the hyperlink around leads.
func (r *Reviser) words(words []Word, like int, inLink string, mark func() string) []byte {
	var out []byte
	for len(words) > 0 {
		face := words[0].Face
		n := 1
		for n < len(words) && words[n].Face == face {
			n++
		}
		open, shut := "", ""
		if face.Link != "" && inLink == "" {
			if attrs := r.link(face.Link); attrs != "" {
				open, shut = `<w:hyperlink `+attrs+`>`, `</w:hyperlink>`
			} else {
				face.Link = ""
			}
		}
		if face.Link != "" && inLink != "" && inLink != face.Link {
			face.Link = ""
		}
		out = append(out, open+`<w:ins`+mark()+`><w:r>`+r.runProperties(r.file.tree, like, face)...)
		out = append(appendText(out, words[:n]), `</w:r></w:ins>`+shut...)
		words = words[n:]
	}
	return out
}

// appendText appends words as what a run holds.
func appendText(dst []byte, words []Word) []byte {
	open := false
	shut := func() {
		if open {
			dst = append(dst, `</w:t>`...)
		}
		open = false
	}
	for _, word := range words {
		switch word.Text {
		case "\n":
			shut()
			dst = append(dst, `<w:br/>`...)
		case "\t":
			shut()
			dst = append(dst, `<w:tab/>`...)
		case string(object):
		default:
			if !open {
				dst = append(dst, openSpace...)
				open = true
			}
			dst = escape(dst, word.Text)
		}
	}
	shut()
	return dst
}

// runOrder is the order of the properties of a run (ECMA-376 Part 1, 17.3.2.28).
var runOrder = []string{"w:rStyle", "w:rFonts", "w:b", "w:bCs", "w:i", "w:iCs", "w:caps", "w:smallCaps", "w:noProof", "w:color", "w:spacing", "w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:highlight", "w:u", "w:rtl", "w:cs", "w:lang"}

// inherited are the properties that what is put in has from the run beside it.
var inherited = []string{"w:rFonts", "w:caps", "w:smallCaps", "w:noProof", "w:color", "w:spacing", "w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:rtl", "w:cs", "w:lang"}

// runProperties returns the properties of a run that is put in beside another, 0
// for none.
func (r *Reviser) runProperties(t *tree, like int, face Face) string {
	has := map[string]string{}
	if like != 0 {
		linked := false
		if p := t.child(like, "w:rPr"); p != 0 {
			linked = t.child(p, "w:rStyle") != 0 || t.child(p, "w:u") != 0
			for k := range t.kids(p) {
				if name := t.name(k); slices.Contains(inherited, name) {
					has[name] = string(t.raw(k))
				}
			}
		}
		if linked {
			delete(has, "w:color")
		}
		if bytes.Contains([]byte(has["w:rFonts"]), []byte("Gothic")) || strings.Contains(has["w:rFonts"], "Symbol") { // of a check box
			delete(has, "w:rFonts")
		}
	}
	if face.Link != "" {
		if id := r.styleNamed("hyperlink"); id != "" {
			has["w:rStyle"] = `<w:rStyle w:val="` + text(id) + `"/>`
			delete(has, "w:color")
		}
	}
	if face.Bold {
		has["w:b"], has["w:bCs"] = `<w:b/>`, `<w:bCs/>`
	}
	if face.Italic {
		has["w:i"], has["w:iCs"] = `<w:i/>`, `<w:iCs/>`
	}
	if face.Marked {
		has["w:highlight"] = `<w:highlight w:val="yellow"/>`
	}
	if len(has) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(`<w:rPr>`)
	for _, name := range runOrder {
		b.WriteString(has[name])
	}
	b.WriteString(`</w:rPr>`)
	return b.String()
}
