package docx

import (
	"archive/zip"
	"bytes"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
)

// This file puts blocks of the latest file into another: with the styles, lists
// and links of that file where it has them.

// insertions writes what is put in at one spot.
func (r *Reviser) insertions(list []pending) []byte {
	var out []byte
	for _, p := range list {
		if p.row != nil {
			out = append(out, r.row(p.row, p.like)...)
			continue
		}
		if p.apart {
			out = append(out, `<w:p><w:pPr><w:rPr><w:ins`+r.markWhole()+`/></w:rPr></w:pPr></w:p>`...)
		}
		out = append(out, r.block(p.block)...)
	}
	return out
}

func (r *Reviser) block(b *Block) []byte {
	var out []byte
	if b.Rows != nil {
		out = r.table(b)
	} else {
		out = r.newParagraph(b)
	}
	for _, n := range b.tails {
		out = append(out, r.newParagraph(&Block{node: n})...)
	}
	return out
}

// newParagraph writes a paragraph of the latest file, marked as put in.
func (r *Reviser) newParagraph(b *Block) []byte {
	t := r.latest.tree
	end := r.comment(r.news[b])
	out := []byte(`<w:p>`)
	out = append(out, r.properties(b, `<w:ins`+r.markWhole()+`/>`)...)
	out = append(out, end.begin...)
	if b.said {
		out = append(out, r.words(b.Words, 0, "", r.markWhole)...)
	} else {
		out = r.inside(out, t, b.node, "")
	}
	if end.end != "" {
		at := strings.Index(end.end, `<w:r>`)
		out = append(out, end.end[:at]+`<w:ins`+r.markWhole()+`>`+end.end[at:]+`</w:ins>`...)
	}
	return append(out, `</w:p>`...)
}

// properties returns those of a paragraph that is put in.
func (r *Reviser) properties(b *Block, mark string) string {
	if like := r.models[b.kind()]; like != nil {
		// The file has such paragraphs in a style of its own: this one looks as
		// they do.
		t := r.file.tree
		var own strings.Builder
		if p := t.child(like.node, "w:pPr"); p != 0 {
			for k := range t.kids(p) {
				switch t.name(k) {
				case "w:rPr", "w:sectPr", "w:pPrChange", "w:pageBreakBefore":
				default:
					own.Write(t.raw(k))
				}
			}
		}
		return `<w:pPr>` + own.String() + `<w:rPr>` + mark + `</w:rPr></w:pPr>`
	}
	t := r.latest.tree
	var own strings.Builder
	if p := t.child(b.node, "w:pPr"); p != 0 {
		for k := range t.kids(p) {
			switch t.name(k) {
			case "w:rPr", "w:sectPr", "w:pPrChange":
			case "w:pStyle":
				if id := r.styleID(t.val(k)); id != "" {
					own.WriteString(`<w:pStyle w:val="` + text(id) + `"/>`)
				}
			case "w:numPr":
				level, id := t.child(k, "w:ilvl"), t.child(k, "w:numId")
				own.WriteString(`<w:numPr>`)
				if level != 0 {
					own.Write(t.raw(level))
				}
				own.WriteString(`<w:numId w:val="` + r.listID(t.val(id)) + `"/></w:numPr>`)
			default:
				own.Write(t.raw(k))
			}
		}
	}
	return `<w:pPr>` + own.String() + `<w:rPr>` + mark + `</w:rPr></w:pPr>`
}

// inside writes what stands in a paragraph of the latest file, or in a part of
// it: runs marked as put in.
func (r *Reviser) inside(out []byte, t *tree, n int, link string) []byte {
	ended := map[string]string{} // bookmarks that are coming, by their ids there
	for k := range t.kids(n) {
		switch t.name(k) {
		case "w:r":
			if bytes.Contains(t.raw(k), []byte("<w:drawing")) || bytes.Contains(t.raw(k), []byte("<w:fldChar")) || bytes.Contains(t.raw(k), []byte("<w:instrText")) {
				continue
			}
			out = append(out, `<w:ins`+r.markWhole()+`>`...)
			out = append(r.newRun(out, t, k, link), `</w:ins>`...)
		case "w:hyperlink":
			attrs := r.link(r.latest.target(k))
			if attrs == "" {
				out = r.inside(out, t, k, "none")
				continue
			}
			out = append(out, `<w:hyperlink `+attrs+`>`...)
			out = append(r.inside(out, t, k, "some"), `</w:hyperlink>`...)
		case "w:sdt":
			out = r.box(out, t, k)
		case "w:bookmarkStart":
			name, _ := t.attr(k, "w:name")
			if r.names[name] || !r.coming[name] {
				continue
			}
			r.names[name] = true
			r.id++
			id, _ := t.attr(k, "w:id")
			ended[id] = strconv.Itoa(r.id)
			out = append(out, `<w:bookmarkStart w:id="`+ended[id]+`" w:name="`+text(name)+`"/>`...)
		case "w:bookmarkEnd":
			id, _ := t.attr(k, "w:id")
			if now := ended[id]; now != "" {
				out = append(out, `<w:bookmarkEnd w:id="`+now+`"/>`...)
			}
		}
	}
	return out
}

// newRun writes a run of the latest file. Where its link leads nowhere it is no
// link.
func (r *Reviser) newRun(out []byte, t *tree, n int, link string) []byte {
	out = append(out, `<w:r>`...)
	for k := range t.kids(n) {
		if t.name(k) != "w:rPr" {
			out = append(out, t.raw(k)...)
			continue
		}
		var own strings.Builder
		for p := range t.kids(k) {
			if t.name(p) != "w:rStyle" {
				own.Write(t.raw(p))
				continue
			}
			if id := r.styleID(t.val(p)); id != "" && link != "none" {
				own.WriteString(`<w:rStyle w:val="` + text(id) + `"/>`)
			}
		}
		if own.Len() > 0 {
			out = append(out, `<w:rPr>`+own.String()+`</w:rPr>`...)
		}
	}
	return append(out, `</w:r>`...)
}

// box writes a check box of the latest file or, where the file has no room for
// such controls, its sign.
func (r *Reviser) box(out []byte, t *tree, n int) []byte {
	content := t.child(n, "w:sdtContent")
	p := t.child(n, "w:sdtPr")
	if content == 0 {
		return out
	}
	if !r.boxes || p == 0 {
		return r.inside(out, t, content, "")
	}
	out = append(out, `<w:ins`+r.markWhole()+`><w:sdt><w:sdtPr>`...)
	for k := range t.kids(p) {
		if t.name(k) == "w:id" {
			r.control++
			out = append(out, `<w:id w:val="`+strconv.Itoa(r.control)+`"/>`...)
			continue
		}
		out = append(out, t.raw(k)...)
	}
	out = append(out, `</w:sdtPr><w:sdtContent>`...)
	for k := range t.kids(content) {
		if t.name(k) == "w:r" {
			out = r.newRun(out, t, k, "")
		}
	}
	return append(out, `</w:sdtContent></w:sdt></w:ins>`...)
}

// table writes a table of the latest file, every row marked as put in.
func (r *Reviser) table(b *Block) []byte {
	t := r.latest.tree
	out := []byte(`<w:tbl>`)
	for k := range t.kids(b.node) {
		switch t.name(k) {
		case "w:tblPr":
			out = append(out, `<w:tblPr>`...)
			for p := range t.kids(k) {
				if t.name(p) == "w:tblStyle" {
					if id := r.styleID(t.val(p)); id != "" {
						out = append(out, `<w:tblStyle w:val="`+text(id)+`"/>`...)
					}
					continue
				}
				out = append(out, t.raw(p)...)
			}
			out = append(out, `</w:tblPr>`...)
		case "w:tblGrid":
			out = append(out, t.raw(k)...)
		}
	}
	for _, row := range b.Rows {
		out = append(out, r.row(row, nil)...)
	}
	return append(out, `</w:tbl>`...)
}

// row writes a row of the latest file, marked as put in. Its cells are as wide as
// those of like, a row of the table that it comes into, if there are as many.
func (r *Reviser) row(row, like *Row) []byte {
	t := r.latest.tree
	out := []byte(`<w:tr><w:trPr>`)
	if p := t.child(row.node, "w:trPr"); p != 0 {
		for k := range t.kids(p) {
			if name := t.name(k); name != "w:ins" && name != "w:del" && name != "w:trPrChange" {
				out = append(out, t.raw(k)...)
			}
		}
	}
	out = append(out, `<w:ins`+r.markWhole()+`/></w:trPr>`...)
	for i, c := range row.Cells {
		out = append(out, `<w:tc>`...)
		if p := t.child(c.node, "w:tcPr"); p != 0 {
			out = append(out, `<w:tcPr>`...)
			for k := range t.kids(p) {
				if t.name(k) == "w:tcW" && like != nil && len(like.Cells) == len(row.Cells) {
					if wide := r.file.tree.find(like.Cells[i].node, "w:tcPr", "w:tcW"); wide != 0 {
						out = append(out, r.file.tree.raw(wide)...)
						continue
					}
				}
				out = append(out, t.raw(k)...)
			}
			out = append(out, `</w:tcPr>`...)
		}
		out = append(out, r.cell(c)...)
		out = append(out, `</w:tc>`...)
	}
	return append(out, `</w:tr>`...)
}

// cell writes what stands in a cell of a row that is put in. The mark of its last
// paragraph is none that can be put in.
func (r *Reviser) cell(c *Cell) []byte {
	var out []byte
	for _, b := range c.Blocks {
		if b.Rows != nil {
			out = append(out, r.table(b)...)
			continue
		}
		out = append(out, r.newParagraph(b)...)
		for _, n := range b.tails {
			out = append(out, r.newParagraph(&Block{node: n})...)
		}
	}
	if n := len(c.Blocks); n == 0 || c.Blocks[n-1].Rows != nil && len(c.Blocks[n-1].tails) == 0 {
		for _, p := range c.paras {
			return append(out, r.newParagraph(&Block{node: p})...)
		}
		out = append(out, `<w:p/>`...)
	}
	return out
}

// fill puts blocks into a cell that is empty: the last of them into its last
// paragraph, the others before it.
func (r *Reviser) fill(n int) {
	t := r.file.tree
	blocks := r.cells[n]
	last := 0
	for k := range t.kids(n) {
		if t.name(k) == "w:p" {
			last = k
		}
	}
	if last == 0 {
		return
	}
	var before []byte
	for _, b := range blocks[:len(blocks)-1] {
		before = append(before, r.block(b)...)
	}
	b := blocks[len(blocks)-1]
	r.patch(t.nodes[last].start, t.nodes[last].start, before)
	if b.Rows != nil {
		r.patch(t.nodes[last].start, t.nodes[last].start, r.table(b))
		return
	}
	own := r.changes[last]
	if own == nil {
		own = &revised{block: r.file.paragraph(last)}
		r.changes[last] = own
	}
	own.edits = append(own.edits, edit{len(own.block.text), len(own.block.text), b.Words})
	if lines := r.news[b]; lines != nil {
		r.notes[last] = append(r.notes[last], lines...)
	}
}

// link returns the attributes of a hyperlink to a target, or "" if there is no
// such place in the file.
func (r *Reviser) link(target string) string {
	if anchor, ok := strings.CutPrefix(target, "#"); ok {
		if !r.names[anchor] && !r.coming[anchor] {
			return ""
		}
		return `w:anchor="` + text(anchor) + `" w:history="1"`
	}
	if target == "" || r.noRels {
		return ""
	}
	id := r.links[target]
	if id == "" {
		id = r.relate(officeRel+"hyperlink", target, true)
		r.links[target] = id
	}
	return `r:id="` + id + `" w:history="1"`
}

// relate makes a relationship of the main part and returns its id.
func (r *Reviser) relate(kind, target string, external bool) string {
	for n := len(r.newRels) + 1; ; n++ {
		id := "rIdReview" + strconv.Itoa(n)
		if !slices.ContainsFunc(r.file.rels, func(o rel) bool { return o.id == id }) {
			r.newRels = append(r.newRels, rel{id, kind, target, external})
			return id
		}
	}
}

// styleNamed returns the id of a style in the file, by its name; the latest file
// lends it if there is none.
func (r *Reviser) styleNamed(name string) string {
	for _, id := range slices.Sorted(maps.Keys(r.latest.styles)) {
		if r.latest.styles[id].name == name {
			return r.styleID(id)
		}
	}
	return ""
}

// styleID returns the id in the file of a style of the latest one. A style that
// the file does not have comes along, and with it those it is based on.
func (r *Reviser) styleID(latest string) string {
	if id, ok := r.styleIDs[latest]; ok {
		return id
	}
	s := r.latest.styles[latest]
	if s == nil {
		return ""
	}
	for _, id := range slices.Sorted(maps.Keys(r.file.styles)) {
		if r.file.styles[id].name == s.name {
			r.styleIDs[latest] = id
			return id
		}
	}
	if r.latest.sheet == nil || r.file.sheet == nil {
		return ""
	}
	id := latest
	for r.file.styles[id] != nil {
		id += "Policygen"
	}
	r.styleIDs[latest] = id
	r.styles = append(r.styles, r.definition(latest, id)...)
	return id
}

// definition returns the definition of a style of the latest file, as the file
// can have it.
func (r *Reviser) definition(latest, id string) []byte {
	t := r.latest.sheet
	for k := range t.kids(t.root()) {
		if was, _ := t.attr(k, "w:styleId"); t.name(k) != "w:style" || was != latest {
			continue
		}
		out := slices.Clone(t.startTag(k))
		if from, to := attrAt(out, "w:styleId"); from >= 0 {
			out = slices.Concat(out[:from], []byte(text(id)), out[to:])
		}
		for c := range t.kids(k) {
			switch t.name(c) {
			case "w:basedOn", "w:next", "w:link":
				if to := r.styleID(t.val(c)); to != "" {
					out = append(out, `<`+t.name(c)+` w:val="`+text(to)+`"/>`...)
				}
			case "w:pPr":
				out = append(out, r.renumbered(t, c)...)
			default:
				out = append(out, t.raw(c)...)
			}
		}
		return append(out, `</w:style>`...)
	}
	return nil
}

// renumbered returns the properties of a paragraph, its list being one of the
// file.
func (r *Reviser) renumbered(t *tree, p int) []byte {
	n := t.find(p, "w:numPr", "w:numId")
	if n == 0 {
		return t.raw(p)
	}
	e := t.nodes[n]
	return slices.Concat(t.data[t.nodes[p].start:e.start], []byte(`<w:numId w:val="`+r.listID(t.val(n))+`"/>`), t.data[e.after:t.nodes[p].after])
}

// listID returns the id in the file of a list of the latest one. A list of which
// nothing stands in the file comes along.
func (r *Reviser) listID(latest string) string {
	if latest == "" || latest == "0" {
		return "0"
	}
	if id := r.listIDs[latest]; id != "" {
		return id
	}
	abstract := r.latest.abstract(latest)
	if abstract == 0 {
		return "0"
	}
	r.lastNum++
	r.lastAbs++
	id := strconv.Itoa(r.lastNum)
	r.listIDs[latest] = id
	t := r.latest.lists
	out := slices.Clone(t.startTag(abstract))
	if from, to := attrAt(out, "w:abstractNumId"); from >= 0 {
		out = slices.Concat(out[:from], []byte(strconv.Itoa(r.lastAbs)), out[to:])
	}
	for k := range t.kids(abstract) {
		switch t.name(k) {
		case "w:nsid", "w:tmpl":
			// By these Word knows lists that are the same.
			out = append(out, fmt.Sprintf(`<%s w:val="%08X"/>`, t.name(k), 0x30000000+r.lastAbs*0x11)...)
		case "w:lvl":
			if s := t.child(k, "w:pStyle"); s != 0 { // no two lists may be those of one style
				out = append(append(out, t.data[t.nodes[k].start:t.nodes[s].start]...), t.data[t.nodes[s].after:t.nodes[k].after]...)
				continue
			}
			out = append(out, t.raw(k)...)
		default:
			out = append(out, t.raw(k)...)
		}
	}
	r.abstracts = append(append(r.abstracts, out...), `</w:abstractNum>`...)
	r.nums = append(r.nums, `<w:num w:numId="`+id+`"><w:abstractNumId w:val="`+strconv.Itoa(r.lastAbs)+`"/></w:num>`...)
	return id
}

// Save returns the file with the changes in it. It keeps base, if that is not "",
// in the place of the base that it had, and the properties, whose names begin with
// "policygen ", in the place of those it had.
func (r *Reviser) Save(base string, properties map[string]string) ([]byte, error) {
	p := &parcel{file: r.file, parts: map[string][]byte{}, types: map[string]string{}}
	body := r.body()
	p.parts[r.file.main] = body
	if len(r.comments) > 0 {
		if err := r.saveComments(p); err != nil {
			return nil, err
		}
	}
	if len(r.styles) > 0 {
		t := r.file.sheet
		at := t.nodes[t.root()].end
		p.parts[r.file.related("styles")] = slices.Concat(t.data[:at], r.styles, t.data[at:])
	}
	if len(r.nums) > 0 {
		r.saveLists(p)
	}
	if base != "" {
		r.saveBase(p, base)
	}
	if len(properties) > 0 {
		if err := p.setProperties(properties); err != nil {
			return nil, err
		}
	}
	if len(r.newRels) > 0 {
		if err := p.addRels(r.file.main, r.newRels); err != nil {
			return nil, err
		}
	}
	return p.pack()
}

// saveLists puts the definitions of lists that have come along where they have to
// stand: those of all lists first (ECMA-376 Part 1, 17.9.16).
func (r *Reviser) saveLists(p *parcel) {
	t := r.file.lists
	if t == nil {
		name := path.Join(path.Dir(r.file.main), "numbering.xml")
		p.add(name, wordType+"numbering+xml", []byte(xmlHead+`<w:numbering `+space+`>`+string(r.abstracts)+string(r.nums)+`</w:numbering>`))
		r.relate(officeRel+"numbering", "/"+name, false)
		return
	}
	root := t.root()
	first, last := t.nodes[root].end, t.nodes[root].end
	for k := range t.kids(root) {
		switch t.name(k) {
		case "w:num":
			first = min(first, t.nodes[k].start)
		case "w:numIdMacAtCleanup":
			last = t.nodes[k].start
			first = min(first, last)
		}
	}
	p.parts[r.file.related("numbering")] = slices.Concat(t.data[:first], r.abstracts, t.data[first:last], r.nums, t.data[last:])
}

func (r *Reviser) saveComments(p *parcel) error {
	var out []byte
	for _, c := range r.comments {
		out = append(out, `<w:comment w:id="`+strconv.Itoa(c.id)+`" w:author="`+text(r.by.Author)+`" w:date="`+text(r.by.Date)+`" w:initials="`+text(r.by.Initials)+`">`...)
		for i, line := range c.lines {
			bold := ""
			if i == 0 {
				bold = `<w:rPr><w:b/><w:bCs/></w:rPr>`
			}
			out = append(out, `<w:p><w:r>`+bold+openSpace+text(line)+`</w:t></w:r></w:p>`...)
		}
		out = append(out, `</w:comment>`...)
	}
	name := r.file.related("comments")
	t, err := r.file.parse(name)
	if err != nil {
		return err
	}
	if t == nil {
		name = path.Join(path.Dir(r.file.main), "comments.xml")
		for r.file.parts[name] != nil {
			name = strings.TrimSuffix(name, ".xml") + "Review.xml"
		}
		p.add(name, wordType+"comments+xml", []byte(xmlHead+`<w:comments `+space+`>`+string(out)+`</w:comments>`))
		r.relate(officeRel+"comments", "/"+name, false)
		return nil
	}
	p.parts[name], err = p.insert(name, out)
	return err
}

// saveBase puts a base into the part that has one, or into a new part.
func (r *Reviser) saveBase(p *parcel, base string) {
	data := []byte(baseHead + base + baseFoot)
	n := 1
	for {
		name := fmt.Sprintf("customXml/item%d.xml", n)
		part, err := r.file.part(name)
		if part == nil && err == nil {
			break
		}
		if err == nil && baseIn(part) != "" {
			p.parts[name] = data
			return
		}
		n++
	}
	name, props := fmt.Sprintf("customXml/item%d.xml", n), fmt.Sprintf("customXml/itemProps%d.xml", n)
	p.add(name, "", data)
	p.add(relsOf(name), "", baseRels(path.Base(props)))
	p.add(props, basePropsType, baseProps())
	r.relate(officeRel+"customXml", "/"+name, false)
}

// A parcel is a package with some parts changed and some added.
type parcel struct {
	file  *File
	parts map[string][]byte
	added []string
	types map[string]string // of what is added
}

func (p *parcel) add(name, contentType string, data []byte) {
	p.parts[name] = data
	p.added = append(p.added, name)
	if contentType != "" {
		p.types[name] = contentType
	}
}

// addRels adds relationships to those of a part.
func (p *parcel) addRels(part string, rels []rel) error {
	name := relsOf(part)
	var out []byte
	for _, r := range rels {
		mode := ""
		if r.external {
			mode = ` TargetMode="External"`
		}
		out = append(out, `<Relationship Id="`+text(r.id)+`" Type="`+text(r.kind)+`" Target="`+text(r.target)+`"`+mode+`/>`...)
	}
	data, err := p.insert(name, out)
	if err != nil {
		return err
	}
	if data == nil {
		p.add(name, "", []byte(xmlHead+`<Relationships xmlns="`+packageRel+`">`+string(out)+`</Relationships>`))
		return nil
	}
	p.parts[name] = data
	return nil
}

// insert returns a part with elements put in at the end of its outermost one, or
// nil if there is no such part.
func (p *parcel) insert(name string, elements []byte) ([]byte, error) {
	t, err := p.file.parse(name)
	if t == nil || err != nil {
		return nil, err
	}
	root := t.root()
	if e := t.nodes[root]; t.empty(root) {
		return slices.Concat(t.data[:e.start], openTag(t, root), elements, []byte("</"+e.name+">")), nil
	}
	at := t.nodes[root].end
	return slices.Concat(t.data[:at], elements, t.data[at:]), nil
}

// propertiesName is what the part with properties of people's own is called.
const propertiesName = "docProps/custom.xml"

// setProperties sets properties of our own.
func (p *parcel) setProperties(properties map[string]string) error {
	t, err := p.file.parse(propertiesName)
	if err != nil {
		return err
	}
	const head = `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">`
	pid := 1
	var kept []byte
	if t != nil {
		for k := range t.kids(t.root()) {
			name, _ := t.attr(k, "name")
			if _, ours := properties[name]; ours {
				continue
			}
			id, _ := t.attr(k, "pid")
			v, _ := strconv.Atoi(id)
			pid = max(pid, v)
			kept = append(kept, t.raw(k)...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		pid++
		kept = append(kept, property(pid, name, properties[name])...)
	}
	if t != nil {
		root := t.root()
		p.parts[propertiesName] = slices.Concat(t.data[:t.nodes[root].start], openTag(t, root), kept, []byte("</"+t.name(root)+">"))
		return nil
	}
	p.add(propertiesName, "application/vnd.openxmlformats-officedocument.custom-properties+xml", []byte(xmlHead+head+string(kept)+`</Properties>`))
	data, err := p.insert("_rels/.rels", []byte(`<Relationship Id="rIdPolicygen" Type="`+officeRel+`custom-properties" Target="`+propertiesName+`"/>`))
	if data != nil {
		p.parts["_rels/.rels"] = data
	}
	return err
}

// openTag returns the start tag of n, as one that an end tag follows.
func openTag(t *tree, n int) []byte {
	if t.empty(n) {
		return append(bytes.TrimSuffix(slices.Clone(t.startTag(n)), []byte("/>")), '>')
	}
	return t.startTag(n)
}

// pack returns the package: what has not changed as it was, in the same order.
func (p *parcel) pack() ([]byte, error) {
	if len(p.types) > 0 {
		const types = "[Content_Types].xml"
		var out []byte
		for _, name := range slices.Sorted(maps.Keys(p.types)) {
			out = append(out, `<Override PartName="/`+text(name)+`" ContentType="`+p.types[name]+`"/>`...)
		}
		data, err := p.insert(types, out)
		if err != nil {
			return nil, err
		}
		p.parts[types] = data
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	b := benches.Get().(*bench)
	defer benches.Put(b)
	b.packed.Reset()
	write := func(name string, data []byte) error { return raw(z, b.pack(name, data)) }
	for _, f := range p.file.zip.File {
		var err error
		if data, changed := p.parts[f.Name]; changed {
			err = write(f.Name, data)
		} else {
			err = z.Copy(f)
		}
		if err != nil {
			return nil, fmt.Errorf("it is damaged: %s cannot be copied", f.Name)
		}
	}
	for _, name := range p.added {
		if err := write(name, p.parts[name]); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
