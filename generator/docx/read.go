package docx

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/klauspost/compress/flate"
)

// A File is a Word file as it has been read: its words, and where each of them
// stands in the bytes of the file, so that what is not touched can stay as it is.
//
// It reads what Word, LibreOffice and Google Docs write. What others have tracked
// counts as accepted: their insertions are part of the words, their deletions are
// not.
type File struct {
	// Blocks are the paragraphs and tables of the body, in order. Paragraphs with
	// nothing to see are not among them.
	Blocks []*Block

	// Contents are the entries of the contents list.
	Contents []*Block

	// Unmarked is what the file holds that changes cannot be marked in, such as
	// "pictures". Each is named once.
	Unmarked []string

	data   []byte
	zip    *zip.Reader
	parts  map[string]*zip.File
	main   string // the name of the part with the body
	tree   *tree  // of that part
	rels   []rel  // of that part
	styles map[string]*style
	sheet  *tree // styles.xml, or nil
	lists  *tree // numbering.xml, or nil
	counts map[counted]string

	lastComment int // the highest id of a comment
}

// A rel is a relationship of the main part.
type rel struct {
	id, kind, target string
	external         bool
}

// A style is what a paragraph has from its style.
type style struct {
	name         string // in lower case: programs do not agree about capitals
	numId, level string
}

// A Block is a paragraph or, if it has rows, a table.
type Block struct {
	Style string // the name of its style, in lower case; "" for plain text
	Level int    // of a heading, from 1; otherwise 0
	List  string // how the items of its list are counted, such as "bullet" or "decimal"; "" outside lists
	Depth int    // in a list, from 0
	Words []Word
	Rows  []*Row

	// Marks are the names of its bookmarks that may be ours: a heading's is the
	// code of its section.
	Marks []string

	// Objects is how much it holds that is not words: pictures, notes.
	Objects int

	text     string
	segments []segment
	node     int
	tails    []int  // paragraphs after it with nothing to see: they stand the next off from it
	num      string // the id of the list
	breaks   bool   // a section of pages ends with it
	said     bool   // its words are not those of its file
}

// A Row is a row of a table.
type Row struct {
	Cells []*Cell
	node  int
}

// A Cell is a cell of a row.
type Cell struct {
	Blocks []*Block
	node   int
	span   string // how many columns it takes, if more than one
	paras  []int  // all its paragraphs
}

// A Word is a word, a mark of punctuation, or the blank between two.
type Word struct {
	Text string // blanks are one space; soft hyphens are left out
	Face Face
	from int // where it begins in the text of its paragraph, in bytes
	to   int
}

// A Face is how a word looks and where it leads.
type Face struct {
	Bold, Italic, Marked bool
	Link                 string // an address, or # and the name of a bookmark
}

// object stands in the text of a paragraph for what is not words.
const object = '\uFFFC'

// A segment is a piece of a paragraph's text: what one element of a run says.
type segment struct {
	node, run int
	from, to  int // in the text
	face      Face
}

// maxPart is how large a part may be, unpacked, in bytes: a file that unpacks to
// more is no policy.
const maxPart = 64 << 20

// Open reads a Word file. An error says what is wrong with it, in words for
// whoever has sent it.
func Open(data []byte) (*File, error) {
	f, err := open(data)
	if err != nil {
		return nil, err
	}
	if err := f.readStyles(); err != nil {
		return nil, err
	}
	f.Blocks = f.story(f.tree.child(f.tree.root(), "w:body"))
	f.unmarked()
	return f, f.countComments()
}

// open opens a Word file and reads the part with its body, but not what it says.
func open(data []byte) (*File, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, errors.New("it is no Word file (.docx)")
	}
	z.RegisterDecompressor(zip.Deflate, flate.NewReader) // twice as fast as the one that package zip has
	f := &File{data: data, zip: z, parts: map[string]*zip.File{}, counts: map[counted]string{}}
	for _, p := range z.File {
		if _, twice := f.parts[p.Name]; twice {
			return nil, fmt.Errorf("it is damaged: two of its parts are called %s", p.Name)
		}
		f.parts[p.Name] = p
	}
	if f.main, err = f.mainPart(); err != nil {
		return nil, err
	}
	if f.tree, err = f.parse(f.main); err != nil {
		return nil, err
	}
	if f.rels, err = f.relationships(f.main); err != nil {
		return nil, err
	}
	root := f.tree.root()
	if ns, _ := f.tree.attr(root, "xmlns:w"); f.tree.name(root) != "w:document" || ns == "" {
		return nil, errors.New("its text is written in a way that is not known here: save it once with Word or LibreOffice")
	}
	if f.tree.child(root, "w:body") == 0 {
		return nil, errors.New("it has no text")
	}
	return f, nil
}

// part returns a part, or nil if there is none.
func (f *File) part(name string) ([]byte, error) {
	p := f.parts[name]
	if p == nil {
		return nil, nil
	}
	if p.UncompressedSize64 > maxPart {
		return nil, fmt.Errorf("its part %s is too large", name)
	}
	r, err := p.Open()
	if err != nil {
		return nil, fmt.Errorf("it is damaged: %s cannot be unpacked", name)
	}
	defer r.Close()
	var b bytes.Buffer
	b.Grow(int(p.UncompressedSize64) + bytes.MinRead)
	if _, err := io.Copy(&b, io.LimitReader(r, maxPart+1)); err != nil || b.Len() > maxPart {
		return nil, fmt.Errorf("it is damaged: %s cannot be unpacked", name)
	}
	return bytes.TrimPrefix(b.Bytes(), []byte("\uFEFF")), nil
}

// parse returns a part as a tree, or nil if there is no such part.
func (f *File) parse(name string) (*tree, error) {
	data, err := f.part(name)
	if data == nil {
		return nil, err
	}
	t, err := parseTree(data)
	if err != nil {
		return nil, fmt.Errorf("it is damaged: %s is %v", name, err)
	}
	return t, nil
}

func (f *File) relationships(name string) ([]rel, error) {
	t, err := f.parse(relsOf(name))
	if t == nil {
		return nil, err
	}
	var rels []rel
	for k := range t.kids(t.root()) {
		var r rel
		r.id, _ = t.attr(k, "Id")
		r.kind, _ = t.attr(k, "Type")
		r.target, _ = t.attr(k, "Target")
		mode, _ := t.attr(k, "TargetMode")
		r.external = mode == "External"
		rels = append(rels, r)
	}
	return rels, nil
}

// resolve returns the name of the part that a target is, seen from the part
// named.
func resolve(from, target string) string {
	if rest, ok := strings.CutPrefix(target, "/"); ok {
		return rest
	}
	return path.Join(path.Dir(from), target)
}

// mainPart finds the part with the body (ECMA-376 Part 1, 11.3.10).
func (f *File) mainPart() (string, error) {
	t, err := f.parse("_rels/.rels")
	if err != nil {
		return "", err
	}
	if t != nil {
		for k := range t.kids(t.root()) {
			kind, _ := t.attr(k, "Type")
			target, _ := t.attr(k, "Target")
			if strings.HasSuffix(kind, "/officeDocument") && f.parts[resolve("", target)] != nil {
				return resolve("", target), nil
			}
		}
	}
	return "", errors.New("it is no Word file: it has no text")
}

// related returns the name of the main part's part of that kind, or "".
func (f *File) related(kind string) string {
	for _, r := range f.rels {
		if strings.HasSuffix(r.kind, "/"+kind) && !r.external {
			return resolve(f.main, r.target)
		}
	}
	return ""
}

func (f *File) countComments() error {
	t, err := f.parse(f.related("comments"))
	if t == nil {
		return err
	}
	for k := range t.kids(t.root()) {
		id, _ := t.attr(k, "w:id")
		v, _ := strconv.Atoi(id)
		f.lastComment = max(f.lastComment, v)
	}
	return nil
}

func (f *File) readStyles() error {
	f.styles = map[string]*style{}
	t, err := f.parse(f.related("styles"))
	if err != nil {
		return err
	}
	f.sheet = t
	if t != nil {
		for k := range t.kids(t.root()) {
			if t.name(k) != "w:style" {
				continue
			}
			id, _ := t.attr(k, "w:styleId")
			s := &style{name: styleName(t, k)}
			if n := t.find(k, "w:pPr", "w:numPr"); n != 0 {
				s.numId, s.level = t.val(t.child(n, "w:numId")), t.val(t.child(n, "w:ilvl"))
			}
			f.styles[id] = s
		}
	}
	f.lists, err = f.parse(f.related("numbering"))
	return err
}

// styleName returns the name of a style by which programs agree, in lower case.
func styleName(t *tree, n int) string {
	name := t.child(n, "w:name")
	if name == 0 {
		return ""
	}
	return strings.ToLower(t.val(name))
}

// story reads the paragraphs and tables of a body or a cell.
func (f *File) story(n int) []*Block {
	var blocks []*Block
	f.gather(n, &blocks)
	return blocks
}

func (f *File) gather(n int, blocks *[]*Block) {
	t := f.tree
	for k := range t.kids(n) {
		switch t.name(k) {
		case "w:p":
			b := f.paragraph(k)
			switch {
			case b.seen() && contentsStyle.MatchString(b.Style):
				f.Contents = append(f.Contents, b)
			case b.seen():
				*blocks = append(*blocks, b)
			case len(*blocks) > 0 && !b.breaks:
				last := (*blocks)[len(*blocks)-1]
				last.tails = append(last.tails, k)
			}
		case "w:tbl":
			*blocks = append(*blocks, f.table(k))
		case "w:sdt":
			content := t.child(k, "w:sdtContent")
			if content == 0 {
				continue
			}
			if gallery := t.find(k, "w:sdtPr", "w:docPartObj", "w:docPartGallery"); gallery != 0 && t.val(gallery) == "Table of Contents" {
				var entries []*Block
				f.gather(content, &entries) // those of another style
				f.Contents = append(f.Contents, entries...)
				continue
			}
			f.gather(content, blocks)
		case "w:ins", "w:moveTo", "w:customXml", "w:smartTag":
			f.gather(k, blocks)
		}
	}
}

// contentsStyle matches the names of the styles of a contents list: LibreOffice
// drops the control around it, and gives styles names of its own.
var contentsStyle = regexp.MustCompile(`^(?:toc|contents) (?:heading|[0-9])$`)

// seen reports whether there is anything to see in b.
func (b *Block) seen() bool {
	return b.Rows != nil || b.Objects > 0 || strings.TrimSpace(b.text) != ""
}

func (f *File) table(n int) *Block {
	b := &Block{node: n, Rows: []*Row{}}
	if s := f.tree.find(n, "w:tblPr", "w:tblStyle"); s != 0 {
		b.Style = f.style(f.tree.val(s)).name
	}
	f.rows(n, b)
	return b
}

func (f *File) rows(n int, b *Block) {
	t := f.tree
	for k := range t.kids(n) {
		switch t.name(k) {
		case "w:tr":
			if t.find(k, "w:trPr", "w:del") != 0 {
				continue
			}
			row := &Row{node: k}
			f.cells(k, row)
			b.Rows = append(b.Rows, row)
		case "w:sdt":
			if content := t.child(k, "w:sdtContent"); content != 0 {
				f.rows(content, b)
			}
		case "w:customXml", "w:ins":
			f.rows(k, b)
		}
	}
}

func (f *File) cells(n int, row *Row) {
	t := f.tree
	for k := range t.kids(n) {
		switch t.name(k) {
		case "w:tc":
			c := &Cell{node: k, Blocks: f.story(k)}
			if s := t.find(k, "w:tcPr", "w:gridSpan"); s != 0 {
				c.span = t.val(s)
			}
			for p := range t.kids(k) {
				if t.name(p) == "w:p" {
					c.paras = append(c.paras, p)
				}
			}
			row.Cells = append(row.Cells, c)
		case "w:sdt":
			if content := t.child(k, "w:sdtContent"); content != 0 {
				f.cells(content, row)
			}
		case "w:customXml":
			f.cells(k, row)
		}
	}
}

func (f *File) style(id string) style {
	if s := f.styles[id]; s != nil {
		return *s
	}
	return style{name: strings.ToLower(id)}
}

// A pen gathers the text of a paragraph.
type pen struct {
	f     *File
	b     *Block
	text  strings.Builder
	link  string   // of the hyperlink around
	field []string // of the fields that are open: the instruction, then "" once its result has begun
	links []string // where the results of open fields lead
}

func (f *File) paragraph(n int) *Block {
	t := f.tree
	b := &Block{node: n}
	if p := t.child(n, "w:pPr"); p != 0 {
		f.properties(p, b)
	}
	w := &pen{f: f, b: b}
	w.gather(n, 0)
	b.text = w.text.String()
	b.Words = words(b.text, b.segments)
	return b
}

// properties reads what a paragraph is.
func (f *File) properties(p int, b *Block) {
	t := f.tree
	s := style{}
	for k := range t.kids(p) {
		switch t.name(k) {
		case "w:pStyle":
			s = f.style(t.val(k))
			if b.Style = s.name; b.Style == "normal" || b.Style == "default style" || b.Style == "standard" {
				b.Style = ""
			}
		case "w:numPr":
			if id := t.child(k, "w:numId"); id != 0 {
				s.numId = t.val(id)
			}
			if l := t.child(k, "w:ilvl"); l != 0 {
				s.level = t.val(l)
			}
		case "w:sectPr":
			b.breaks = true
		}
	}
	if level, ok := strings.CutPrefix(b.Style, "heading "); ok {
		b.Level, _ = strconv.Atoi(level)
		return // a heading's number is none of a list
	}
	if s.numId != "" && s.numId != "0" {
		b.num = s.numId
		b.Depth, _ = strconv.Atoi(s.level)
		b.List = f.format(s.numId, b.Depth)
	}
}

// A counted is a level of a list.
type counted struct {
	numId string
	level int
}

// format returns how a list counts on a level (ECMA-376 Part 1, 17.9.17).
func (f *File) format(numId string, level int) string {
	k := counted{numId, level}
	format, known := f.counts[k]
	if !known {
		format = f.readFormat(numId, level)
		f.counts[k] = format
	}
	return format
}

func (f *File) readFormat(numId string, level int) string {
	abstract := f.abstract(numId)
	if abstract == 0 {
		return "bullet"
	}
	for k := range f.lists.kids(abstract) {
		if f.lists.name(k) != "w:lvl" {
			continue
		}
		if l, _ := f.lists.attr(k, "w:ilvl"); l == strconv.Itoa(level) {
			if n := f.lists.child(k, "w:numFmt"); n != 0 {
				return f.lists.val(n)
			}
		}
	}
	return "decimal"
}

// numbering returns the definition of the list with that id, and abstract what it
// is made of, or 0.
func (f *File) numbering(numId string) int {
	if f.lists == nil {
		return 0
	}
	for k := range f.lists.kids(f.lists.root()) {
		if f.lists.name(k) == "w:num" {
			if id, _ := f.lists.attr(k, "w:numId"); id == numId {
				return k
			}
		}
	}
	return 0
}

func (f *File) abstract(numId string) int {
	num := f.numbering(numId)
	if num == 0 {
		return 0
	}
	want := f.lists.val(f.lists.child(num, "w:abstractNumId"))
	for k := range f.lists.kids(f.lists.root()) {
		if f.lists.name(k) == "w:abstractNum" {
			if id, _ := f.lists.attr(k, "w:abstractNumId"); id == want {
				return k
			}
		}
	}
	return 0
}

// gather reads what stands in a paragraph, or in something in it. run is the run
// around, or 0.
func (w *pen) gather(n, run int) {
	t := w.f.tree
	for k := range t.kids(n) {
		switch t.name(k) {
		case "w:r":
			w.gather(k, k)
		case "w:hyperlink":
			around := w.link
			w.link = w.f.target(k)
			w.gather(k, 0)
			w.link = around
		case "w:ins", "w:moveTo", "w:smartTag", "w:sdtContent", "w:fldSimple", "w:customXml", "w:dir", "w:bdo":
			w.gather(k, 0)
		case "w:sdt":
			if c := t.child(k, "w:sdtContent"); c != 0 {
				w.gather(c, 0)
			}
		case "w:bookmarkStart":
			if name, _ := t.attr(k, "w:name"); len(name) > 1 && name[0] == '_' && 'A' <= name[1] && name[1] <= 'Z' {
				w.b.Marks = append(w.b.Marks, name)
			}
		case "m:oMath", "m:oMathPara":
			w.object(k, run)
		default:
			if run != 0 {
				w.inRun(k, run)
			}
		}
	}
}

// inRun reads an element of a run (ECMA-376 Part 1, 17.3.3).
func (w *pen) inRun(k, run int) {
	t := w.f.tree
	if w.instructing() && t.name(k) != "w:fldChar" && t.name(k) != "w:instrText" {
		return
	}
	switch t.name(k) {
	case "w:t":
		w.add(k, run, blanks.Replace(t.text(k)))
	case "w:tab", "w:ptab":
		w.add(k, run, "\t")
	case "w:br":
		if kind, _ := t.attr(k, "w:type"); kind == "page" || kind == "column" {
			w.object(k, run)
			return
		}
		w.add(k, run, "\n")
	case "w:cr":
		w.add(k, run, "\n")
	case "w:noBreakHyphen":
		w.add(k, run, "\u2011")
	case "w:softHyphen":
		w.add(k, run, "\u00AD")
	case "w:sym":
		char, _ := t.attr(k, "w:char")
		if c, err := strconv.ParseUint(char, 16, 32); err == nil && c <= utf8.MaxRune && c >= ' ' {
			w.add(k, run, string(rune(c)))
		}
	case "w:drawing", "w:pict", "w:object", "mc:AlternateContent", "w:footnoteReference", "w:endnoteReference", "w:ruby", "w:pgNum":
		w.object(k, run)
	case "w:fldChar":
		switch kind, _ := t.attr(k, "w:fldCharType"); kind {
		case "begin":
			w.field = append(w.field, " ")
			w.links = append(w.links, w.link)
		case "separate":
			if n := len(w.field); n > 0 {
				if to := hyperlink(w.field[n-1]); to != "" {
					w.link = to
				}
				w.field[n-1] = ""
			}
		case "end":
			if n := len(w.field); n > 0 {
				w.link = w.links[n-1]
				w.field, w.links = w.field[:n-1], w.links[:n-1]
			}
		}
	case "w:instrText":
		if n := len(w.field); n > 0 && w.field[n-1] != "" {
			w.field[n-1] += t.text(k)
		}
	}
}

// instructing reports whether the instruction of a field is being read.
func (w *pen) instructing() bool { return len(w.field) > 0 && w.field[len(w.field)-1] != "" }

// hyperlink returns where the instruction of a field leads (ECMA-376 Part 1,
// 17.16.5.25), or "".
func hyperlink(instruction string) string {
	rest, ok := strings.CutPrefix(strings.TrimSpace(instruction), "HYPERLINK")
	if !ok {
		return ""
	}
	quoted := func(s string) string {
		_, s, _ = strings.Cut(s, `"`)
		s, _, _ = strings.Cut(s, `"`)
		return s
	}
	if before, after, ok := strings.Cut(rest, `\l`); ok { // a place in the document, or in the page
		return quoted(before) + "#" + quoted(after)
	}
	return quoted(rest)
}

// target returns where a hyperlink leads.
func (f *File) target(n int) string {
	if a, ok := f.tree.attr(n, "w:anchor"); ok {
		return "#" + a
	}
	id, _ := f.tree.attr(n, "r:id")
	for _, r := range f.rels {
		if r.id == id {
			return r.target
		}
	}
	return ""
}

// blanks makes the ends of lines in text, which say no more than a blank, blanks.
var blanks = strings.NewReplacer("\n", " ", "\t", " ")

func (w *pen) object(k, run int) {
	w.b.Objects++
	w.add(k, run, string(object))
}

func (w *pen) add(k, run int, text string) {
	if text == "" {
		return
	}
	s := segment{node: k, run: run, from: w.text.Len(), face: w.face(run)}
	w.text.WriteString(text)
	s.to = w.text.Len()
	w.b.segments = append(w.b.segments, s)
}

// face returns how a run looks, as far as the run says it itself.
func (w *pen) face(run int) Face {
	face := Face{Link: w.link}
	if run == 0 {
		return face
	}
	t := w.f.tree
	p := t.child(run, "w:rPr")
	if p == 0 {
		return face
	}
	on := func(k int) bool { v := t.val(k); return v != "0" && v != "false" && v != "off" }
	for k := range t.kids(p) {
		switch t.name(k) {
		case "w:b":
			face.Bold = on(k)
		case "w:i":
			face.Italic = on(k)
		case "w:highlight":
			face.Marked = t.val(k) != "none"
		}
	}
	return face
}

// words cuts text into words, marks and blanks.
func words(text string, segments []segment) []Word {
	out := make([]Word, 0, len(text)/3+1)
	s := 0
	for i := 0; i < len(text); {
		for s < len(segments)-1 && segments[s].to <= i {
			s++
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		word := Word{from: i}
		if s < len(segments) {
			word.Face = segments[s].face
		}
		switch {
		case r == '\n', r == '\t':
			i += n
			word.Text = string(r)
		case unicode.IsSpace(r) && r != '\u00A0':
			for i < len(text) {
				r, n = utf8.DecodeRuneInString(text[i:])
				if !unicode.IsSpace(r) || r == '\n' || r == '\t' || r == '\u00A0' {
					break
				}
				i += n
			}
			word.Text = " "
		case inWordRune(r):
			from := i
			for i < len(text) {
				r, n = utf8.DecodeRuneInString(text[i:])
				if !inWordRune(r) && !(strings.ContainsRune("'’-.@", r) && i > from && nextInWord(text[i+n:])) {
					break
				}
				i += n
			}
			word.Text = strings.ReplaceAll(text[from:i], "\u00AD", "")
		default:
			i += n
			word.Text = string(r)
		}
		word.to = i
		out = append(out, word)
	}
	return out
}

func inWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '\u00AD' || r == '\u2011'
}

func nextInWord(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// Plain returns what b says, as a reader would read it; the rows of a table on
// lines of their own.
func (b *Block) Plain() string {
	if b.Rows == nil {
		return strings.TrimSpace(plainWords(b.Words))
	}
	var rows []string
	for _, row := range b.Rows {
		rows = append(rows, row.Plain())
	}
	return strings.Join(rows, "\n")
}

// Plain returns the cells of a row, with a bar between each two.
func (r *Row) Plain() string {
	var cells []string
	for _, c := range r.Cells {
		var parts []string
		for _, b := range c.Blocks {
			parts = append(parts, b.Plain())
		}
		cells = append(cells, strings.Join(parts, " "))
	}
	return strings.Join(cells, " | ")
}

func plainWords(words []Word) string {
	var b strings.Builder
	for _, w := range words {
		switch w.Text {
		case "\n", "\t":
			b.WriteByte(' ')
		case string(object):
		default:
			b.WriteString(w.Text)
		}
	}
	return b.String()
}

// unmarked notes what is in the file that changes cannot be marked in.
func (f *File) unmarked() {
	has := map[string]bool{}
	for name := range f.parts {
		switch base := path.Base(name); {
		case strings.HasPrefix(base, "header") && strings.HasSuffix(base, ".xml"), strings.HasPrefix(base, "footer") && strings.HasSuffix(base, ".xml"):
			has["headers and footers"] = true
		}
	}
	t := f.tree
	for i := 1; i < len(t.nodes); i++ {
		switch t.nodes[i].name {
		case "w:footnoteReference":
			has["footnotes"] = true
		case "w:endnoteReference":
			has["endnotes"] = true
		case "w:drawing", "w:pict":
			has["pictures"] = true
		case "w:txbxContent":
			has["text boxes"] = true
		case "w:object":
			has["embedded objects"] = true
		case "m:oMath":
			has["formulas"] = true
		}
	}
	for name := range has {
		f.Unmarked = append(f.Unmarked, name)
	}
	slices.Sort(f.Unmarked)
}

// With returns a block like b that says something else. It can be put into a file.
func (b *Block) With(words []Word) *Block {
	other := *b
	other.Words, other.said, other.Marks, other.text, other.segments = words, true, nil, "", nil
	return &other
}

// Bytes returns the file as it was read.
func (f *File) Bytes() []byte { return f.data }

// Fixed reports whether b has to stay: it holds something besides words, or a
// section of pages ends with it.
func (b *Block) Fixed() bool { return b.Objects > 0 || b.breaks }
