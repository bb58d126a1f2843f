package docx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// This file takes styles, header, footer and page from a school's own Word
// file. Styles are matched by name, because a German Word calls heading 1
// berschrift1, and then carry our ids, so that moulds need not know whose
// styles they will meet. Everything is copied byte for byte but for ids.

// The largest reference file that is read, unpacked, and its largest number of
// parts: a letterhead has some hundred kilobytes.
const (
	maxReference = 50 << 20
	maxParts     = 2000
)

// A letterhead is a Word file that lends its look.
type letterhead struct {
	parts    map[string][]byte
	types    map[string]string // content types by part
	byExt    map[string]string
	document string // the name of the main part
	rels     map[string]foreign
	sheet    []byte // styles.xml
	renamed  map[string]string
	last     sectPr
}

// A foreign relationship is one in a file that we did not write.
type foreign struct {
	ID         string `xml:"Id,attr"`
	Type       string `xml:"Type,attr"`
	Target     string `xml:"Target,attr"`
	TargetMode string `xml:"TargetMode,attr"`
}

// A sectPr is what is used of the properties of the last section.
type sectPr struct {
	References []struct {
		XMLName xml.Name
		Type    string `xml:"type,attr"`
		ID      string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
	} `xml:",any"`
	Size   *pgSz  `xml:"pgSz"`
	Margin *pgMar `xml:"pgMar"`
}

type pgSz struct {
	W      int    `xml:"w,attr"`
	H      int    `xml:"h,attr"`
	Orient string `xml:"orient,attr"`
}

type pgMar struct {
	Top    int `xml:"top,attr"`
	Right  int `xml:"right,attr"`
	Bottom int `xml:"bottom,attr"`
	Left   int `xml:"left,attr"`
	Header int `xml:"header,attr"`
	Footer int `xml:"footer,attr"`
	Gutter int `xml:"gutter,attr"`
}

// again is what to do about a file that is broken.
const again = ": open it in Word, save it again as a Word document (.docx), and name that"

var errNotWord = errors.New("it is not a Word file (.docx)" + again)

func readReference(data []byte) (*letterhead, error) {
	if bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")) {
		return nil, errors.New("it is protected by a password, or saved as .doc: save it as .docx without a password")
	}
	if len(data) == 0 {
		return nil, errors.New("it is empty" + again)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(z.File) > maxParts {
		return nil, errNotWord
	}
	h := &letterhead{parts: map[string][]byte{}, types: map[string]string{}, byExt: map[string]string{}}
	left := int64(maxReference)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return nil, errNotWord
		}
		part, err := io.ReadAll(io.LimitReader(r, left+1))
		r.Close()
		if err != nil {
			return nil, errors.New("it is damaged" + again)
		}
		if left -= int64(len(part)); left < 0 {
			return nil, fmt.Errorf("it has more than %d MB unpacked", maxReference>>20)
		}
		h.parts[strings.TrimPrefix(f.Name, "/")] = part
	}

	var types struct {
		Default []struct {
			Extension   string `xml:",attr"`
			ContentType string `xml:",attr"`
		}
		Override []struct {
			PartName    string `xml:",attr"`
			ContentType string `xml:",attr"`
		}
	}
	if xml.Unmarshal(h.parts["[Content_Types].xml"], &types) != nil {
		return nil, errNotWord
	}
	for _, d := range types.Default {
		h.byExt[strings.ToLower(d.Extension)] = d.ContentType
	}
	for _, o := range types.Override {
		h.types[strings.TrimPrefix(o.PartName, "/")] = o.ContentType
	}
	for _, r := range h.relationships("") {
		if strings.HasSuffix(r.Type, "/officeDocument") {
			h.document = strings.TrimPrefix(r.Target, "/")
		}
	}
	if !strings.Contains(h.contentType(h.document), "wordprocessingml") {
		return nil, errNotWord
	}
	h.rels = map[string]foreign{}
	for _, r := range h.relationships(h.document) {
		h.rels[r.ID] = r
		if strings.HasSuffix(r.Type, "/styles") {
			h.sheet = h.parts[h.resolve(h.document, r.Target)]
		}
	}
	if h.sheet == nil {
		return nil, errors.New("it has no styles" + again)
	}
	for _, p := range []struct {
		root string
		data []byte
	}{{"document", h.parts[h.document]}, {"styles", h.sheet}} {
		root, _, err := checkXML(p.data)
		switch open, _, _ := children(p.data); {
		case err != nil:
			return nil, fmt.Errorf("its part %s cannot be read (%w)"+again, p.root, err)
		case root != (xml.Name{Space: wordSpace, Local: p.root}), !bytes.HasPrefix(open, []byte("<w:"+p.root)):
			return nil, fmt.Errorf("its part %s is not as Word writes it"+again, p.root)
		}
	}
	return h, h.readSection()
}

func (h *letterhead) contentType(part string) string {
	if t := h.types[part]; t != "" {
		return t
	}
	return h.byExt[strings.ToLower(strings.TrimPrefix(path.Ext(part), "."))]
}

// relationships returns those of a part, or of the package.
func (h *letterhead) relationships(part string) []foreign {
	var rels struct{ Relationship []foreign }
	if xml.Unmarshal(h.parts[relsOf(part)], &rels) != nil {
		return nil
	}
	return rels.Relationship
}

func relsOf(part string) string {
	return path.Join(path.Dir(part), "_rels", strings.TrimPrefix(path.Base(part), ".")+".rels")
}

// resolve returns the part that a target of a part's relationship is.
func (h *letterhead) resolve(part, target string) string {
	if strings.HasPrefix(target, "/") {
		return strings.TrimPrefix(path.Clean(target), "/")
	}
	return path.Join(path.Dir(part), target)
}

// readSection finds the properties of the document's last section.
func (h *letterhead) readSection() error {
	main := h.parts[h.document]
	at := bytes.LastIndex(main, []byte("<w:sectPr"))
	end := bytes.LastIndex(main, []byte("</w:sectPr>"))
	if at < 0 || end < at {
		return nil
	}
	// The prefixes are declared at the beginning of the document.
	inner := `<x ` + space + `>` + string(main[at:end]) + `</w:sectPr></x>`
	d := xml.NewDecoder(strings.NewReader(inner))
	d.Strict = false // other prefixes, such as w14, are not declared here
	var x struct {
		Section sectPr `xml:"sectPr"`
	}
	if err := d.Decode(&x); err != nil {
		return errors.New("the properties of its last section cannot be read" + again)
	}
	h.last = x.Section
	return nil
}

// lend gives the header, footer and page to l.
func (h *letterhead) lend(l *Look) error {
	s := h.last
	if s.Size != nil && s.Margin != nil {
		width := s.Size.W - s.Margin.Left - s.Margin.Right - s.Margin.Gutter
		if width < 4000 || s.Size.H < 4000 {
			return errors.New("its page leaves no room for text")
		}
		orient := ""
		if s.Size.Orient == "landscape" {
			orient = ` w:orient="landscape"`
		}
		l.width = width
		l.page = fmt.Sprintf(`<w:pgSz w:w="%d" w:h="%d"%s/><w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="%d" w:footer="%d" w:gutter="%d"/>`,
			s.Size.W, s.Size.H, orient, s.Margin.Top, s.Margin.Right, s.Margin.Bottom, s.Margin.Left, s.Margin.Header, s.Margin.Footer, s.Margin.Gutter)
	}
	copied := map[string]bool{}
	for i, r := range s.References {
		element := r.XMLName.Local
		if element != "headerReference" && element != "footerReference" {
			continue
		}
		rel, ok := h.rels[r.ID]
		part := h.resolve(h.document, rel.Target)
		if !ok || h.parts[part] == nil {
			return errors.New("a header or footer that it names is not in it" + again)
		}
		if err := h.copy(l, part, copied, 0); err != nil {
			return err
		}
		id := "rId" + strconv.Itoa(8+i)
		l.rels = append(l.rels, relationship{id, rel.Type, "/" + part})
		l.headers = append(l.headers, reference{element, r.Type, id})
	}
	for _, r := range h.relationships(h.document) {
		part := h.resolve(h.document, r.Target)
		if strings.HasSuffix(r.Type, "/theme") && h.parts[part] != nil {
			if err := h.copy(l, part, copied, 0); err != nil {
				return err
			}
			l.rels = append(l.rels, relationship{"rId19", r.Type, "/" + part})
		}
	}
	return nil
}

// copy copies a part and what it needs.
func (h *letterhead) copy(l *Look, part string, copied map[string]bool, depth int) error {
	if copied[part] {
		return nil
	}
	if depth > 3 || !partName.MatchString(part) || strings.Contains(part, "..") {
		return errors.New("its header or footer is too intricate")
	}
	copied[part] = true
	data := h.parts[part]
	if strings.HasSuffix(part, ".xml") {
		if err := h.checkPart(part); err != nil {
			return err
		}
		data = h.renameIn(data)
	}
	l.add(part, h.contentType(part), data)
	rels := h.parts[relsOf(part)]
	if rels == nil {
		return nil
	}
	for _, r := range h.relationships(part) {
		if r.TargetMode == "External" {
			if !strings.HasSuffix(r.Type, "/hyperlink") {
				return errors.New("its header or footer holds something that would be fetched from elsewhere: put the picture itself into it")
			}
			continue
		}
		target := h.resolve(part, r.Target)
		if h.parts[target] == nil {
			return errors.New("its header or footer names a part that is not in it: put the picture into it again")
		}
		if err := h.copy(l, target, copied, depth+1); err != nil {
			return err
		}
	}
	l.add(relsOf(part), "", rels)
	return nil
}

// checkPart reports a part that Word could not read, or that names what its
// relationships do not have: Word would refuse every file that it is put into.
func (h *letterhead) checkPart(part string) error {
	for _, name := range []string{part, relsOf(part)} {
		if h.parts[name] == nil && name != part {
			continue
		}
		if _, _, err := checkXML(h.parts[name]); err != nil {
			return fmt.Errorf("its part %s cannot be read (%w)"+again, path.Base(name), err)
		}
	}
	ids := map[string]bool{"": true}
	for _, r := range h.relationships(part) {
		ids[r.ID] = true
	}
	d := xml.NewDecoder(bytes.NewReader(h.parts[part]))
	for {
		t, err := d.Token()
		if err != nil { // the end: the part has been read before
			return nil
		}
		start, _ := t.(xml.StartElement)
		for _, a := range start.Attr {
			refers := a.Name.Space == strings.TrimSuffix(officeRel, "/") || a.Name.Space == "urn:schemas-microsoft-com:office:office" && a.Name.Local == "relid"
			if refers && !ids[a.Value] {
				return fmt.Errorf("its part %s names a picture or link (%s) that is not in it: put it in again, or take it out", path.Base(part), a.Value)
			}
		}
	}
}

// An element is a child of an element, as it stands in the file.
type element struct {
	name  string // without prefix
	attrs map[string]string
	raw   []byte
	inner []byte // what is between its tags
}

// children returns the children of the outermost element of data, and its
// opening tag.
func children(data []byte) (open []byte, list []element, err error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	depth := 0
	var start, inner int64
	var e element
	for {
		before := d.InputOffset()
		t, err := d.RawToken()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, nil, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			depth++
			switch depth {
			case 1:
				open = data[before:d.InputOffset()]
			case 2:
				start, inner = before, d.InputOffset()
				e = element{name: t.Name.Local, attrs: map[string]string{}}
				for _, a := range t.Attr {
					e.attrs[a.Name.Local] = a.Value
				}
			}
		case xml.EndElement:
			if depth == 2 {
				e.raw = data[start:d.InputOffset()]
				if inner < before {
					e.inner = data[inner:before]
				}
				list = append(list, e)
			}
			depth--
		}
	}
	if depth != 0 || open == nil {
		return nil, nil, io.ErrUnexpectedEOF
	}
	return open, list, nil
}

// key is what a style is known by in every language: its type and name.
func (e *element) key() string {
	_, list, _ := children(e.raw)
	for _, c := range list {
		if c.name == "name" {
			return e.attrs["type"] + " " + strings.ToLower(c.attrs["val"])
		}
	}
	return ""
}

// colour returns the colour of the reference file's headings, RRGGBB, or "" if
// they have none of their own.
func (h *letterhead) colour() string {
	_, list, err := children(h.sheet)
	if err != nil {
		return ""
	}
	for _, s := range list {
		if s.name != "style" || s.key() != "paragraph heading 1" {
			continue
		}
		if m := hexColour.FindSubmatch(s.raw); m != nil {
			return strings.ToUpper(string(m[1]))
		}
	}
	return ""
}

// styles returns the reference file's styles, with those of ours that it has
// not got.
func (h *letterhead) styles(ours []byte) ([]byte, error) {
	_, own, err := children(ours)
	if err != nil {
		return nil, fmt.Errorf("look/docx/styles.xml: %w", err)
	}
	open, theirs, err := children(h.sheet)
	if err != nil || !bytes.HasPrefix(open, []byte("<w:styles")) {
		return nil, errors.New("its styles cannot be read" + again)
	}
	ids := map[string]string{} // ours, by key
	numbered := map[string][]byte{}
	taken := map[string]bool{}
	for _, s := range own {
		if s.name == "style" {
			ids[s.key()] = s.attrs["styleId"]
			taken[s.attrs["styleId"]] = true
			if n := numPr.Find(s.raw); n != nil {
				numbered[s.key()] = n
			}
		}
	}
	h.renamed = map[string]string{}
	has := map[string]bool{}
	for _, s := range theirs {
		if s.name != "style" {
			continue
		}
		id := s.attrs["styleId"]
		if mine := ids[s.key()]; mine != "" {
			h.renamed[id] = mine
			has[s.key()] = true
		} else if taken[id] {
			h.renamed[id] = id + "0"
		}
	}
	var b bytes.Buffer
	b.WriteString(xmlHead)
	b.Write(open)
	for _, s := range theirs {
		if s.name != "style" {
			b.Write(s.raw)
			continue
		}
		raw := numPr.ReplaceAll(s.raw, nil) // their lists are not ours
		if n := numbered[s.key()]; n != nil {
			if raw, err = withNumbering(raw, n); err != nil {
				return nil, errors.New("its styles cannot be read" + again)
			}
		}
		b.Write(h.renameIn(raw))
	}
	for _, s := range own {
		if s.name == "style" && !has[s.key()] {
			b.Write(s.raw)
		}
	}
	b.WriteString(`</w:styles>`)
	return b.Bytes(), nil
}

var (
	hexColour = regexp.MustCompile(`<w:color\b[^>]*?w:val="([0-9A-Fa-f]{6})"`)
	partName  = regexp.MustCompile(`^[A-Za-z0-9_./-]+$`)
	numPr     = regexp.MustCompile(`(?s)<w:numPr>.*?</w:numPr>|<w:numPr/>`)
	styleRef  = regexp.MustCompile(`(<w:(?:style|basedOn|next|link|pStyle|rStyle|tblStyle)\b[^>]*?w:(?:styleId|val)=")([^"]*)(")`)
)

// renameIn gives styles their new ids wherever data names them.
func (h *letterhead) renameIn(data []byte) []byte {
	return styleRef.ReplaceAllFunc(data, func(m []byte) []byte {
		parts := styleRef.FindSubmatch(m)
		if id, ok := h.renamed[string(parts[2])]; ok {
			return slices.Concat(parts[1], []byte(id), parts[3])
		}
		return m
	})
}

// beforeNumbering are the properties of a paragraph that come before its
// numbering (ECMA-376 17.3.1.26).
var beforeNumbering = []string{"pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl"}

// withNumbering puts the numbering of our style into theirs, at the place that
// the schema gives it.
func withNumbering(style, numbering []byte) ([]byte, error) {
	_, list, err := children(style)
	if err != nil {
		return nil, err
	}
	before := func(data, mark, what []byte) []byte {
		at := bytes.Index(data, mark)
		return slices.Concat(data[:at], what, data[at:])
	}
	own := slices.Concat([]byte("<w:pPr>"), numbering, []byte("</w:pPr>"))
	for _, c := range list {
		switch c.name {
		case "pPr":
			_, properties, err := children(c.raw)
			if err != nil {
				return nil, err
			}
			if len(properties) == 0 {
				return bytes.Replace(style, c.raw, own, 1), nil
			}
			for _, p := range properties {
				if !slices.Contains(beforeNumbering, p.name) {
					return bytes.Replace(style, c.raw, before(c.raw, p.raw, numbering), 1), nil
				}
			}
			return bytes.Replace(style, c.raw, before(c.raw, []byte("</w:pPr>"), numbering), 1), nil
		case "rPr", "tblPr", "trPr", "tcPr", "tblStylePr":
			return before(style, c.raw, own), nil
		}
	}
	return before(style, []byte("</w:style>"), own), nil
}
