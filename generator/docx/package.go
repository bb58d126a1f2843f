package docx

import (
	"archive/zip"
	"bytes"
	"fmt"
	"hash/crc32"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/klauspost/compress/flate"

	"github.com/policygen/policygen/generator/document"
)

// A Look is what is the same in all Word files of a brand: the parts that do
// not change, compressed once.
type Look struct {
	brand    document.Brand
	head     []part     // parts that are the same in every file, and come first
	constant []part     // the others
	types    []override // what else [Content_Types].xml has to say
	defaults map[string]string
	rels     []relationship // of the document, to parts of the reference file
	headers  []reference    // of the reference file, or nil
	page     string         // size and margins of the reference file, or ""
	width    int            // of the text, in twentieths of a point
	kept     keeping

	mu        sync.Mutex
	numbering map[string]part // by where the document's lists begin to count
}

// Width returns the width of the text of a page, which [Write] needs for
// tables, in twentieths of a point.
func (l *Look) Width() int { return l.width }

// A part is a part of a package, packed.
type part struct {
	name   string
	method uint16
	data   []byte
	size   int // unpacked
	crc    uint32
}

// An override is the type of one part (ECMA-376 Part 2, 10.1.2).
type override struct{ name, contentType string }

// A relationship is one of a part to another.
type relationship struct{ id, kind, target string }

// A reference is a header or footer of the last section.
type reference struct{ element, kind, id string }

const (
	officeRel  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	packageRel = "http://schemas.openxmlformats.org/package/2006/relationships"
	wordType   = "application/vnd.openxmlformats-officedocument.wordprocessingml."
	xmlHead    = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	space      = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
)

// level is how hard parts are compressed: at 1, a file is a sixth larger than at
// 6 and takes two thirds of the time.
const level = 1

// stored is the size, in bytes, up to which a part is not compressed: it would
// save next to nothing.
const stored = 1500

// A bench is the working memory of making Word files, which is kept from one
// file to the next: a compressor alone has a megabyte.
type bench struct {
	xml, rels, kept []byte
	packed          bytes.Buffer
	deflate         *flate.Writer
}

var benches = sync.Pool{New: func() any {
	w, err := flate.NewWriter(nil, level)
	if err != nil {
		panic(err)
	}
	return &bench{deflate: w}
}}

// pack makes a part of data. It is good until the bench is used for another
// file.
func (b *bench) pack(name string, data []byte) part {
	p := part{name: name, method: zip.Store, data: data, size: len(data), crc: crc32.ChecksumIEEE(data)}
	if len(data) > stored {
		from := b.packed.Len()
		b.deflate.Reset(&b.packed)
		b.deflate.Write(data) // to a buffer, which never fails
		b.deflate.Close()
		p.method, p.data = zip.Deflate, b.packed.Bytes()[from:]
	}
	return p
}

// pack makes a part of data that is kept.
func pack(name string, data []byte) part {
	b := benches.Get().(*bench)
	defer benches.Put(b)
	b.packed.Reset()
	p := b.pack(name, data)
	p.data = slices.Clone(p.data)
	return p
}

// NewLook makes the look of a brand from the files of the folder look. A
// reference file, if there is one, lends its styles, header, footer and page;
// what cannot be used of it is an error that says so.
func NewLook(files map[string][]byte, brand document.Brand, referenceFile []byte) (*Look, error) {
	l := &Look{brand: brand, width: textWidth, defaults: map[string]string{"rels": "application/vnd.openxmlformats-package.relationships+xml", "xml": "application/xml"}}
	styles := files["docx/styles.xml"]
	if styles == nil || files["docx/settings.xml"] == nil {
		return nil, fmt.Errorf("look/docx/styles.xml or settings.xml is missing")
	}
	var ref *letterhead
	colour := brand.Colour
	if referenceFile != nil {
		var err error
		if ref, err = readReference(referenceFile); err != nil {
			return nil, err
		}
		if c := ref.colour(); c != "" {
			colour = document.Darken(c) // what is ours goes with what is theirs
		}
	}
	styles = []byte(strings.NewReplacer("{{font}}", text(brand.Font), "{{colour}}", colour).Replace(string(styles)))
	if ref != nil {
		var err error
		if styles, err = ref.styles(styles); err != nil {
			return nil, err
		}
		if err := ref.lend(l); err != nil {
			return nil, err
		}
	}
	l.add("word/styles.xml", wordType+"styles+xml", styles)
	l.add("word/settings.xml", wordType+"settings+xml", files["docx/settings.xml"])
	l.rels = append(l.rels,
		relationship{"rId1", officeRel + "styles", "styles.xml"},
		relationship{"rId2", officeRel + "settings", "settings.xml"},
		relationship{"rId3", officeRel + "numbering", "numbering.xml"},
	)
	if c := brand.Crest; c != nil {
		ext := map[string]string{"image/png": "png", "image/jpeg": "jpeg"}[c.Type]
		l.defaults[ext] = c.Type
		l.constant = append(l.constant, pack("word/media/policygen-crest."+ext, c.Data))
		l.rels = append(l.rels, relationship{"rId4", officeRel + "image", "media/policygen-crest." + ext})
	}
	l.types = append(l.types,
		override{"/word/document.xml", wordType + "document.main+xml"},
		override{"/word/numbering.xml", wordType + "numbering+xml"},
		override{"/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"},
		override{"/docProps/app.xml", "application/vnd.openxmlformats-officedocument.extended-properties+xml"},
		override{"/docProps/custom.xml", "application/vnd.openxmlformats-officedocument.custom-properties+xml"},
	)
	if l.headers == nil {
		l.rels = append(l.rels,
			relationship{"rId5", officeRel + "header", "header1.xml"},
			relationship{"rId6", officeRel + "footer", "footer1.xml"},
			relationship{"rId7", officeRel + "header", "header2.xml"},
		)
		l.types = append(l.types,
			override{"/word/header1.xml", wordType + "header+xml"},
			override{"/word/footer1.xml", wordType + "footer+xml"},
		)
		l.add("word/header2.xml", wordType+"header+xml", emptyHeader())
	}
	l.keep()
	l.numbering = map[string]part{}
	l.head = []part{pack("[Content_Types].xml", contentTypes(l.defaults, l.types)), pack("_rels/.rels", packageRels())}
	return l, nil
}

// lists returns the part that defines a document's lists. Documents with as many
// lists share it.
func (l *Look) lists(sections []Section) part {
	var key []byte
	for _, s := range sections {
		for _, start := range s.lists {
			key = strconv.AppendInt(append(key, ' '), int64(start), 10)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	p, ok := l.numbering[string(key)]
	if !ok {
		p = pack("word/numbering.xml", numbering(nil, sections))
		l.numbering[string(key)] = p
	}
	return p
}

// add adds a part that is the same in every file.
func (l *Look) add(name, contentType string, data []byte) {
	l.constant = append(l.constant, pack(name, data))
	if contentType != "" {
		l.types = append(l.types, override{"/" + name, contentType})
	}
}

// An appender is a slice that can be written to.
type appender []byte

func (a *appender) Write(p []byte) (int, error) {
	*a = append(*a, p...)
	return len(p), nil
}

// File appends to dst the Word file of a document with that meta and those
// sections. The first section may be one without a heading: it stands on the
// cover. If base is not "", the file keeps it, and [Base] finds it there.
func (l *Look) File(dst []byte, meta *document.Meta, sections []Section, base string) ([]byte, error) {
	b := benches.Get().(*bench)
	defer benches.Put(b)
	b.packed.Reset()
	b.xml = l.document(b.xml[:0], meta, sections)
	head, rels := l.kept.bare, l.rels
	if base != "" {
		head, rels = l.head, append(slices.Clip(rels), relationship{"rIdBase", officeRel + "customXml", "/" + l.kept.name})
	}
	b.rels = relationships(b.rels[:0], rels, sections)
	parts := []part{b.pack("word/document.xml", b.xml), b.pack("word/_rels/document.xml.rels", b.rels), l.lists(sections)}
	if l.headers == nil {
		parts = append(parts, b.pack("word/header1.xml", header(meta, l.width)), b.pack("word/footer1.xml", footer(meta, l.width)))
	}
	parts = append(parts, b.pack("docProps/core.xml", core(meta)), b.pack("docProps/app.xml", app(meta)), b.pack("docProps/custom.xml", custom(meta)))
	if base != "" {
		parts = append(append(parts, b.base(l.kept.name, base)), l.kept.parts...)
	}
	all := slices.Concat(head, parts, l.constant)

	room := 1 << 10
	for _, p := range all {
		room += len(p.data) + 2*len(p.name) + 100 // two headers
	}
	out := appender(slices.Grow(dst, room))
	z := zip.NewWriter(&out)
	for _, p := range all {
		if err := raw(z, p); err != nil {
			return dst, err
		}
	}
	err := z.Close()
	return out, err
}

// raw writes a part to a package. With the sizes known and a fixed date there is no
// data descriptor, and the same parts make the same bytes.
func raw(z *zip.Writer, p part) error {
	w, err := z.CreateRaw(&zip.FileHeader{
		Name: p.name, Method: p.method, CRC32: p.crc,
		//lint:ignore SA1019 CreateRaw writes this field
		ModifiedDate:     0x21, // 1 January 1980, the first day there is
		CompressedSize64: uint64(len(p.data)), UncompressedSize64: uint64(p.size),
	})
	if err != nil {
		return err
	}
	_, err = w.Write(p.data)
	return err
}

func contentTypes(defaults map[string]string, types []override) []byte {
	var b bytes.Buffer
	b.WriteString(xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">`)
	var extensions []string
	for e := range defaults {
		extensions = append(extensions, e)
	}
	slices.Sort(extensions)
	for _, e := range extensions {
		fmt.Fprintf(&b, `<Default Extension="%s" ContentType="%s"/>`, e, defaults[e])
	}
	for _, t := range types {
		fmt.Fprintf(&b, `<Override PartName="%s" ContentType="%s"/>`, text(t.name), t.contentType)
	}
	b.WriteString(`</Types>`)
	return b.Bytes()
}

func packageRels() []byte {
	return []byte(xmlHead + `<Relationships xmlns="` + packageRel + `">` +
		`<Relationship Id="rId1" Type="` + officeRel + `officeDocument" Target="word/document.xml"/>` +
		`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>` +
		`<Relationship Id="rId3" Type="` + officeRel + `extended-properties" Target="docProps/app.xml"/>` +
		`<Relationship Id="rId4" Type="` + officeRel + `custom-properties" Target="docProps/custom.xml"/>` +
		`</Relationships>`)
}

// relationships appends the relationships of the document: to its parts, and
// to the targets of links.
func relationships(dst []byte, own []relationship, sections []Section) []byte {
	dst = append(dst, xmlHead+`<Relationships xmlns="`+packageRel+`">`...)
	for _, r := range own {
		dst = fmt.Appendf(dst, `<Relationship Id="%s" Type="%s" Target="%s"/>`, r.id, r.kind, text(r.target))
	}
	var b binder
	for _, s := range sections {
		for _, l := range s.links {
			dst = append(append(append(dst, `<Relationship Id="`...), l.id...), `" Type="`+officeRel+`hyperlink" Target="`...)
			dst = l.target.Bind(dst, s.Details, b.bind)
			dst = append(dst, `" TargetMode="External"/>`...)
		}
	}
	return append(dst, `</Relationships>`...)
}

// document appends word/document.xml.
func (l *Look) document(dst []byte, meta *document.Meta, sections []Section) []byte {
	dst = append(dst, xmlHead+`<w:document `+space+` xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" mc:Ignorable="w14"><w:body>`...)
	dst = l.cover(dst, meta)
	listed := !meta.Cover
	var b binder
	for i := range sections {
		s := &sections[i]
		if !listed && s.entry != nil {
			dst = contents(dst, sections)
			listed = true
		}
		dst = s.body.Bind(dst, s.Details, b.bind)
		b.lists += len(s.lists)
		b.breaks = s.breaks
	}
	return append(append(dst, l.sectionProperties(meta)...), `</w:body></w:document>`...)
}

// sectionProperties returns page, headers and footers (ECMA-376 17.6.17).
func (l *Look) sectionProperties(meta *document.Meta) string {
	s := `<w:sectPr>`
	if l.headers == nil {
		s += `<w:headerReference w:type="default" r:id="rId5"/><w:headerReference w:type="first" r:id="rId7"/><w:footerReference w:type="default" r:id="rId6"/><w:footerReference w:type="first" r:id="rId6"/>`
	}
	title := l.headers == nil
	for _, r := range l.headers {
		s += fmt.Sprintf(`<w:%s w:type="%s" r:id="%s"/>`, r.element, r.kind, r.id)
		title = title || r.kind == "first"
	}
	if l.page != "" {
		s += l.page
	} else {
		s += `<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1304" w:right="1134" w:bottom="1134" w:left="1134" w:header="624" w:footer="567" w:gutter="0"/>`
	}
	if title {
		s += `<w:titlePg/>`
	}
	return s + `</w:sectPr>`
}

// cover appends what a document begins with: crest, setting, title.
func (l *Look) cover(dst []byte, meta *document.Meta) []byte {
	if c := l.brand.Crest; c != nil {
		dst = append(dst, `<w:p><w:pPr><w:keepNext/></w:pPr><w:r>`...)
		dst = append(dst, drawing(c, meta.Cover)...)
		dst = append(dst, `</w:r></w:p>`...)
	}
	styled := func(style, words string) {
		if words != "" {
			dst = append(dst, `<w:p><w:pPr><w:pStyle w:val="`+style+`"/></w:pPr><w:r><w:t>`...)
			dst = append(escape(dst, words), `</w:t></w:r></w:p>`...)
		}
	}
	styled("Subtitle", meta.Setting)
	styled("Strapline", l.brand.Strapline)
	styled("Title", meta.Title)
	return dst
}

// emu is how many English Metric Units a millimetre has.
const emu = 36000

// drawing returns the crest, in a line of text, at most 28 mm high and 70 mm
// wide; on a page without a cover, 18 mm and 50 mm.
func drawing(c *document.Picture, large bool) string {
	high, wide := 18.0, 50.0
	if large {
		high, wide = 28, 70
	}
	scale := min(high/float64(c.Height), wide/float64(c.Width))
	cx, cy := int(float64(c.Width)*scale*emu), int(float64(c.Height)*scale*emu)
	alt := text(c.Alt)
	return fmt.Sprintf(`<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="%d" cy="%d"/><wp:docPr id="1" name="Crest" descr="%s"/>`+
		`<wp:cNvGraphicFramePr><a:graphicFrameLocks xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" noChangeAspect="1"/></wp:cNvGraphicFramePr>`+
		`<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">`+
		`<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:nvPicPr><pic:cNvPr id="1" name="Crest" descr="%s"/><pic:cNvPicPr/></pic:nvPicPr>`+
		`<pic:blipFill><a:blip r:embed="rId4"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>`+
		`<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%d" cy="%d"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>`,
		cx, cy, alt, alt, cx, cy)
}

// contents appends the contents list: a field that people can update, filled in
// already. It has no page numbers, because nothing here knows them, and wrong
// ones would be worse.
func contents(dst []byte, sections []Section) []byte {
	dst = append(dst, `<w:sdt><w:sdtPr><w:id w:val="100"/><w:docPartObj><w:docPartGallery w:val="Table of Contents"/><w:docPartUnique/></w:docPartObj></w:sdtPr><w:sdtContent><w:p><w:pPr><w:pStyle w:val="TOCHeading"/></w:pPr><w:r><w:t>Contents</w:t></w:r></w:p>`...)
	const begin = `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> TOC \o "1-2" \n \h \z \u </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>`
	const properties = `</w:pPr>`
	var b binder
	first := true
	for i := range sections {
		s := &sections[i]
		if s.entry == nil {
			continue
		}
		from := len(dst)
		dst = s.entry.Bind(dst, s.Details, b.bind)
		if first { // the field begins inside the first entry
			at := from + bytes.Index(dst[from:], []byte(properties)) + len(properties)
			dst = slices.Insert(dst, at, []byte(begin)...)
			first = false
		}
	}
	return append(dst, `<w:p><w:pPr><w:pStyle w:val="AfterTable"/></w:pPr><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:sdtContent></w:sdt>`...)
}

// numbering appends word/numbering.xml. Each numbered list has a definition of
// its own: one that restarts another's is taken apart by LibreOffice.
func numbering(dst []byte, sections []Section) []byte {
	dst = append(dst, xmlHead+`<w:numbering `+space+`>`...)
	bullets := func(level int) string {
		sign := []string{"•", "–", "▪"}[level%3]
		return fmt.Sprintf(`<w:lvl w:ilvl="%d"><w:start w:val="1"/><w:numFmt w:val="bullet"/>%s<w:lvlText w:val="%s"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="%d" w:hanging="%d"/></w:pPr><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial" w:hint="default"/></w:rPr></w:lvl>`,
			level, []string{`<w:pStyle w:val="ListBullet"/>`, `<w:pStyle w:val="ListBullet2"/>`, `<w:pStyle w:val="ListBullet3"/>`, "", "", "", "", "", ""}[level], sign, (level+1)*indent, indent)
	}
	heads := func(level int) string {
		style, words, left := "", "%1", 680
		switch level {
		case 0:
			style = `<w:pStyle w:val="Heading1"/>`
		case 1:
			style, words, left = `<w:pStyle w:val="Heading2"/>`, "%1.%2", 850
		default:
			words, left = "", 0
		}
		return headLevel(level, style, "decimal", words, left)
	}
	appendices := func(level int) string {
		switch level {
		case 0:
			return headLevel(level, "", "upperLetter", "Appendix %1", 1814)
		case 1:
			return headLevel(level, "", "decimal", "%1.%2", 850)
		}
		return headLevel(level, "", "decimal", "", 0)
	}
	// A list of check boxes is a list, though its items have no sign: readers who
	// hear the document are told how many there are.
	checks := func(level int) string {
		return fmt.Sprintf(`<w:lvl w:ilvl="%d"><w:start w:val="1"/><w:numFmt w:val="none"/><w:suff w:val="nothing"/><w:lvlText w:val=""/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="%d" w:hanging="%d"/></w:pPr></w:lvl>`, level, (level+1)*indent, indent)
	}
	dst = abstract(dst, 1, "multilevel", bullets)
	dst = abstract(dst, 2, "multilevel", heads)
	dst = abstract(dst, 3, "multilevel", appendices)
	dst = abstract(dst, 4, "multilevel", checks)
	id := firstList
	for _, s := range sections {
		for _, start := range s.lists {
			dst = abstract(dst, id, "multilevel", func(level int) string { return numbers(level, start) })
			id++
		}
	}
	for i := 1; i < id; i++ {
		if i <= 4 || i >= firstList {
			dst = fmt.Appendf(dst, `<w:num w:numId="%d"><w:abstractNumId w:val="%d"/></w:num>`, i, i)
		}
	}
	return append(dst, `</w:numbering>`...)
}

func headLevel(level int, style, format, words string, left int) string {
	suffix := ""
	if words == "" {
		suffix = `<w:suff w:val="nothing"/>`
	}
	return fmt.Sprintf(`<w:lvl w:ilvl="%d"><w:start w:val="1"/><w:numFmt w:val="%s"/>%s%s<w:lvlText w:val="%s"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="%d" w:hanging="%d"/></w:pPr></w:lvl>`,
		level, format, style, suffix, words, left, left)
}

func abstract(dst []byte, id int, kind string, level func(int) string) []byte {
	dst = fmt.Appendf(dst, `<w:abstractNum w:abstractNumId="%d"><w:nsid w:val="%08X"/><w:multiLevelType w:val="%s"/><w:tmpl w:val="%08X"/>`, id, 0x10000000+id*0x11, kind, 0x20000000+id*0x11)
	for l := range 9 {
		dst = append(dst, level(l)...)
	}
	return append(dst, `</w:abstractNum>`...)
}

// numbers returns a level of a numbered list: 1., a., i. and so on. A list has
// the number start at whatever level it stands on.
func numbers(level, start int) string {
	format := []string{"decimal", "lowerLetter", "lowerRoman"}[level%3]
	return fmt.Sprintf(`<w:lvl w:ilvl="%d"><w:start w:val="%d"/><w:numFmt w:val="%s"/><w:lvlText w:val="%%%d."/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="%d" w:hanging="%d"/></w:pPr></w:lvl>`,
		level, start, format, level+1, (level+1)*indent, indent)
}

// rightTab returns a tab stop at the right margin.
func rightTab(width int) string {
	return `<w:tabs><w:tab w:val="right" w:pos="` + strconv.Itoa(width) + `"/></w:tabs>`
}

// inHeader is how many characters a header's line holds besides the room
// between setting and title.
const inHeader = 88

// header returns the header of all pages but the first: setting and title, on
// two lines if they are too long for one.
func header(meta *document.Meta, width int) []byte {
	name, between := meta.Setting, `<w:r><w:tab/></w:r>`
	if meta.Short != "" {
		name = meta.Short
	}
	if utf8.RuneCountInString(name)+utf8.RuneCountInString(meta.Title) > inHeader {
		between = `<w:r><w:br/></w:r>`
	}
	return []byte(xmlHead + `<w:hdr ` + space + `><w:p><w:pPr><w:pStyle w:val="Header"/>` + rightTab(width) + `</w:pPr><w:r><w:t>` + text(name) +
		`</w:t></w:r>` + between + `<w:r><w:t>` + text(meta.Title) + `</w:t></w:r></w:p></w:hdr>`)
}

// emptyHeader returns the header of the first page, which says it all in full.
func emptyHeader() []byte {
	return []byte(xmlHead + `<w:hdr ` + space + `><w:p><w:pPr><w:pStyle w:val="Header"/><w:pBdr><w:bottom w:val="nil"/></w:pBdr></w:pPr></w:p></w:hdr>`)
}

// footer returns the footer of all pages: version, and "Page 1 of 9".
func footer(meta *document.Meta, width int) []byte {
	var about []string
	if meta.Version != "" {
		about = append(about, "Version "+meta.Version)
	}
	if meta.Approved != "" {
		about = append(about, "approved "+meta.Approved)
	}
	about = append(about, "edition "+meta.Edition)
	field := func(name string) string {
		return `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> ` + name + ` </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>`
	}
	return []byte(xmlHead + `<w:ftr ` + space + `><w:p><w:pPr><w:pStyle w:val="Footer"/>` + rightTab(width) + `</w:pPr><w:r><w:t>` + text(strings.Join(about, ", ")) + `</w:t></w:r><w:r><w:tab/></w:r><w:r><w:t xml:space="preserve">Page </w:t></w:r>` +
		field("PAGE") + `<w:r><w:t xml:space="preserve"> of </w:t></w:r>` + field("NUMPAGES") + `</w:p></w:ftr>`)
}

// core returns the properties that every kind of document has (ECMA-376 Part
// 2, 11).
func core(meta *document.Meta) []byte {
	dates := ""
	if meta.Created != "" {
		dates = `<dcterms:created xsi:type="dcterms:W3CDTF">` + meta.Created + `</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">` + meta.Created + `</dcterms:modified>`
	}
	return []byte(xmlHead + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
		`<dc:title>` + text(meta.Title) + `</dc:title><dc:subject>` + text(meta.Setting) + `</dc:subject><dc:creator>` + text(meta.Setting) + `</dc:creator>` +
		`<dc:language>` + text(meta.Lang) + `</dc:language>` + dates + `<cp:version>` + text(meta.Version) + `</cp:version></cp:coreProperties>`)
}

func app(meta *document.Meta) []byte {
	return []byte(xmlHead + `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>` + application + `</Application><Company>` + text(meta.Setting) + `</Company></Properties>`)
}

// custom returns properties of our own: what the document was made from, so
// that it can be made again.
func custom(meta *document.Meta) []byte {
	s := xmlHead + `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">`
	pid := 2 // the first that there may be
	for _, p := range [][2]string{{"edition", meta.Edition}, {"document", meta.Document}, {"setting", meta.Setting}, {"urn", meta.URN}} {
		if p[1] == "" {
			continue
		}
		s += property(pid, "policygen "+p[0], p[1])
		pid++
	}
	return []byte(s + `</Properties>`)
}

// property returns a property of people's own, with the number pid.
func property(pid int, name, value string) string {
	return fmt.Sprintf(`<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="%d" name="%s"><vt:lpwstr>%s</vt:lpwstr></property>`, pid, text(name), text(value))
}
