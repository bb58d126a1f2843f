package generator

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/klauspost/compress/flate"

	"github.com/policygen/policygen/generator/document"
	"github.com/policygen/policygen/generator/pack"
	"github.com/policygen/policygen/generator/slot"
)

// A Base is everything that a document was made from, but for how it looks: so
// much of it that writers make the same document again. It is kept inside the
// Word file and in the receipt, because next year's review has to tell what a
// school has changed from what the templates have, and the templates of the year
// before, with layers of an authority over them, are seldom at hand by then.
//
// As text, it is lines of JSON: one about the document, with the details that
// stand in its slots, and one for each section with its draft. They are deflated
// (RFC 1951) and then written in base64 (RFC 4648 §4). The stream is put together:
// a section's line is compressed and written by itself, once for all settings
// whose draft of it is the same.
type Base struct {
	Family   string
	Meta     document.Meta // of its brand, only the strapline, which is text
	Title    BaseSection   // without code or heading: the text is the title
	Sections []BaseSection
}

// A BaseSection is a section as it was drafted, and what stands in its slots.
type BaseSection struct {
	Code      string
	Level     int // of its heading; 0 if it has none
	Numbering document.Numbering
	Index     int // among the sections that its template can have
	Text      string
	Details   []slot.Detail // by the numbers of the slots; the first is the section's own number
}

// baseVersion is the form in which bases are written. Files keep them for years:
// whoever changes it has to go on reading the others.
const baseVersion = 1

// The largest base that is read: in bytes when it is unpacked, in sections, and
// the largest index of one. The longest document has a hundredth of it.
const (
	maxBase      = 16 << 20
	maxSections  = 4000
	maxIndex     = 30_000
	maxBaseSlots = 200_000
)

// Compression of a section is paid for once, that of the line before it by every
// document.
const (
	sectionLevel  = 6
	documentLevel = 1
)

// A block without anything in it (RFC 1951 §3.2.4), and in base64 one that is the
// last.
const (
	emptyBlock  = "\x00\x00\x00\xff\xff"
	endOfStream = "AQAA//8="
)

// A presser is the working memory of writing bases.
type presser struct {
	line   []byte
	packed bytes.Buffer
	base   []byte
	flate  *flate.Writer
	seen   map[slot.Detail]int
	order  []slot.Detail
}

var (
	documentPressers = sync.Pool{New: func() any { return newPresser(documentLevel) }}
	sectionPressers  = sync.Pool{New: func() any { return newPresser(sectionLevel) }}
)

func newPresser(level int) *presser {
	w, err := flate.NewWriter(nil, level)
	if err != nil {
		panic(err)
	}
	return &presser{flate: w, seen: map[slot.Detail]int{}}
}

// press appends the line to dst: compressed into whole bytes, which refer to
// nothing before them and do not end the stream, and in base64 that needs no
// padding, because more follows.
func (p *presser) press(dst []byte) []byte {
	p.packed.Reset()
	p.flate.Reset(&p.packed)
	p.flate.Write(p.line) // to a buffer, which never fails
	p.flate.Flush()
	for p.packed.Len()%3 > 0 {
		p.packed.WriteString(emptyBlock)
	}
	return base64.StdEncoding.AppendEncode(dst, p.packed.Bytes())
}

// Base returns what the document was made from as text: the same for the same
// document. [ReadBase] reads it. A document that no template has, such as a
// report, has none.
func (d *Document) Base() string {
	if d.template == nil {
		return ""
	}
	return d.base.get(func() string {
		p := documentPressers.Get().(*presser)
		defer documentPressers.Put(p)
		p.head(d)
		p.base = p.press(p.base[:0])
		for i := range d.sections {
			p.base = append(p.base, d.sections[i].moulds.pressed(d.sections[i].Section)...)
		}
		p.base = append(p.base, endOfStream...)
		return string(p.base)
	})
}

// pressed returns the line of a section as it stands in bases.
func (m *moulds) pressed(s *pack.Section) []byte {
	return m.base.get(func() []byte {
		p := sectionPressers.Get().(*presser)
		defer sectionPressers.Put(p)
		p.line = appendField(p.line[:0], `{"code":`, s.Code)
		p.line = strconv.AppendInt(append(p.line, `,"level":`...), int64(s.Level), 10)
		p.line = strconv.AppendInt(append(p.line, `,"numbering":`...), int64(s.Numbering), 10)
		p.line = strconv.AppendInt(append(p.line, `,"index":`...), int64(s.Index), 10)
		p.line = append(appendField(p.line, `,"text":`, s.Text), "}\n"...)
		return p.press(nil)
	})
}

// head writes the line about the document. Details that stand in several slots
// are there once, and slots name them by number.
func (p *presser) head(d *Document) {
	m := &d.Meta
	p.line = strconv.AppendInt(append(p.line[:0], `{"base":`...), baseVersion, 10)
	for _, f := range []struct{ key, value string }{
		{`,"document":`, m.Document}, {`,"family":`, d.Family}, {`,"edition":`, m.Edition}, {`,"lang":`, m.Lang}, {`,"title":`, m.Title},
		{`,"setting":`, m.Setting}, {`,"short":`, m.Short}, {`,"urn":`, m.URN}, {`,"strapline":`, m.Brand.Strapline},
		{`,"version":`, m.Version}, {`,"approved":`, m.Approved}, {`,"next_review":`, m.NextReview}, {`,"created":`, m.Created},
		{`,"heading":`, d.titleDraft},
	} {
		if f.value != "" {
			p.line = appendField(p.line, f.key, f.value)
		}
	}
	p.line = strconv.AppendBool(append(p.line, `,"cover":`...), m.Cover)
	p.line = strconv.AppendBool(append(p.line, `,"numbered":`...), m.Numbered)
	clear(p.seen)
	p.order = p.order[:0]
	p.line = p.slots(append(p.line, `,"slots":[`...), d.titleText)
	for i := range d.sections {
		p.line = p.slots(append(p.line, ','), d.sections[i].Details)
	}
	p.line = append(p.line, `],"details":[`...)
	for i := range p.order {
		if i > 0 {
			p.line = append(p.line, ',')
		}
		p.line = appendDetail(p.line, &p.order[i])
	}
	p.line = append(p.line, "]}\n"...)
	clear(p.order) // they hold on to a setting
}

// slots appends what stands in a section's slots: its own number, as text, and
// then the numbers of details.
func (p *presser) slots(dst []byte, details []slot.Detail) []byte {
	dst = appendField(dst, `[`, details[slot.Number].Text)
	for _, d := range details[slot.Number+1:] {
		n, ok := p.seen[d]
		if !ok {
			n = len(p.order)
			p.seen[d] = n
			p.order = append(p.order, d)
		}
		dst = strconv.AppendInt(append(dst, ','), int64(n), 10)
	}
	return append(dst, ']')
}

func appendDetail(dst []byte, d *slot.Detail) []byte {
	dst = appendField(dst, `{"text":`, d.Text)
	if d.Path != "" {
		dst = appendField(dst, `,"path":`, d.Path)
	}
	if d.Gap {
		dst = append(dst, `,"gap":true`...)
	}
	return append(dst, '}')
}

// appendField appends a key and a text as JSON (RFC 8259 §7). A text that is not
// UTF-8 is an array with its bytes in base64, so that none is changed.
func appendField(dst []byte, key, s string) []byte {
	dst = append(dst, key...)
	if !utf8.ValidString(s) {
		dst = base64.StdEncoding.AppendEncode(append(dst, `["`...), []byte(s))
		return append(dst, `"]`...)
	}
	dst = append(dst, '"')
	from := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		default:
			const hex = "0123456789abcdef"
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(append(dst, s[from:]...), '"')
}

// A baseText is a text as appendField writes it.
type baseText string

func (t *baseText) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] != '[' {
		return json.Unmarshal(data, (*string)(t))
	}
	var bytes [1][]byte
	err := json.Unmarshal(data, &bytes)
	*t = baseText(bytes[0])
	return err
}

// A baseHead is the first line of a base.
type baseHead struct {
	Base                                   int
	Document, Family, Edition, Lang, Title baseText
	Setting, Short, URN, Strapline         baseText
	Version, Approved                      baseText
	NextReview                             baseText `json:"next_review"`
	Created, Heading                       baseText
	Cover, Numbered                        bool
	Slots                                  [][]json.RawMessage
	Details                                []struct {
		Text, Path baseText
		Gap        bool
	}
}

// errBase is what is wrong with a base that is none.
var errBase = errors.New("what it was made from is damaged")

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{errBase}, args...)...)
}

// ReadBase reads what [Document.Base] has written. A base that comes back is
// sound: every slot in its texts has a detail.
func ReadBase(s string) (*Base, error) {
	if base64.StdEncoding.DecodedLen(len(s)) > maxBase {
		return nil, damaged("it is larger than %d MB", maxBase>>20)
	}
	packed, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return nil, damaged("it is not base64")
	}
	data, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), maxBase+1))
	if err != nil {
		return nil, damaged("it cannot be unpacked")
	}
	if len(data) > maxBase {
		return nil, damaged("it is larger than %d MB", maxBase>>20)
	}
	first, rest, _ := bytes.Cut(data, []byte("\n"))
	var head baseHead
	if err := json.Unmarshal(first, &head); err != nil {
		return nil, damaged("its first line cannot be read")
	}
	if head.Base > baseVersion {
		return nil, errors.New("what it was made from is written in a form that this version of policygen does not know: use a newer one")
	}
	if head.Base < 1 {
		return nil, damaged("its first line has no version")
	}
	return head.read(rest)
}

// read reads the sections, one in each line.
func (h *baseHead) read(lines []byte) (*Base, error) {
	b := &Base{Family: string(h.Family), Meta: document.Meta{
		Title: string(h.Title), Setting: string(h.Setting), Short: string(h.Short), URN: string(h.URN), Lang: string(h.Lang), Document: string(h.Document),
		Edition: string(h.Edition), Version: string(h.Version), Approved: string(h.Approved), NextReview: string(h.NextReview), Created: string(h.Created),
		Cover: h.Cover, Numbered: h.Numbered, Brand: document.Brand{Strapline: string(h.Strapline)},
	}}
	n := bytes.Count(lines, []byte("\n"))
	if n > maxSections || len(lines) > 0 && lines[len(lines)-1] != '\n' || len(h.Slots) != n+1 {
		return nil, damaged("it breaks off, or has lines that belong to nothing")
	}
	details := make([]slot.Detail, len(h.Details))
	for i, d := range h.Details {
		details[i] = slot.Detail{Text: string(d.Text), Path: string(d.Path), Gap: d.Gap}
	}
	b.Title.Text = string(h.Heading)
	b.Sections = make([]BaseSection, n)
	left := maxBaseSlots
	for i, slots := range h.Slots {
		s := &b.Title
		if i > 0 {
			s = &b.Sections[i-1]
			var line []byte
			line, lines, _ = bytes.Cut(lines, []byte("\n"))
			if err := s.read(line); err != nil {
				return nil, err
			}
		}
		if left -= len(slots); left < 0 {
			return nil, damaged("it has more than %d slots", maxBaseSlots)
		}
		if err := s.fill(slots, details); err != nil {
			return nil, err
		}
		if err := s.check(); err != nil {
			return nil, err
		}
	}
	codes := map[string]bool{}
	for _, s := range b.Sections {
		if codes[s.Code] {
			return nil, damaged("it has the section %s twice", s.Code)
		}
		codes[s.Code] = true
	}
	return b, nil
}

// read reads a section without its details.
func (s *BaseSection) read(line []byte) error {
	var x struct {
		Code, Text              baseText
		Level, Numbering, Index int
	}
	if err := json.Unmarshal(line, &x); err != nil {
		return damaged("a section cannot be read")
	}
	*s = BaseSection{Code: string(x.Code), Level: x.Level, Numbering: document.Numbering(x.Numbering), Index: x.Index, Text: string(x.Text)}
	return nil
}

// fill gives the section its number and its details.
func (s *BaseSection) fill(slots []json.RawMessage, details []slot.Detail) error {
	if len(slots) == 0 {
		return damaged("the section %s has no number, not even none", s.Code)
	}
	s.Details = make([]slot.Detail, len(slots))
	var number baseText
	if err := json.Unmarshal(slots[slot.Number], &number); err != nil {
		return damaged("the number of the section %s cannot be read", s.Code)
	}
	s.Details[slot.Number].Text = string(number)
	for i, text := range slots[slot.Number+1:] {
		n, err := strconv.Atoi(string(text))
		if err != nil || n < 0 || n >= len(details) {
			return damaged("the section %s has a slot without a detail", s.Code)
		}
		s.Details[slot.Number+1+i] = details[n]
	}
	return nil
}

// check reports what writers could not make a document of.
func (s *BaseSection) check() error {
	switch {
	case s.Level != 0 && (s.Level < 2 || s.Level > 4):
		return damaged("the section %s has a heading of level %d", s.Code, s.Level)
	case s.Numbering < document.Unnumbered || s.Numbering > document.Appendix:
		return damaged("the section %s is numbered in no way there is", s.Code)
	case s.Index < 0 || s.Index > maxIndex:
		return damaged("the section %s stands nowhere in its template", s.Code)
	}
	for _, r := range s.Text {
		if n, ok := slot.Of(r); ok && n >= len(s.Details) { // or writers would look for it in vain
			return damaged("the section %s has a slot without a detail", s.Code)
		}
	}
	return nil
}

// Details returns the details that are printed in the document, by their paths;
// gaps are not among them. What several have the same path, as the rows of a list
// do, stands together, with semicolons between.
func (b *Base) Details() map[string]string {
	all := map[string][]string{}
	for _, s := range b.all() {
		for _, d := range s.Details {
			if d.Path != "" && !d.Gap && !slices.Contains(all[d.Path], d.Text) {
				all[d.Path] = append(all[d.Path], d.Text)
			}
		}
	}
	details := make(map[string]string, len(all))
	for path, texts := range all {
		details[path] = strings.Join(texts, "; ")
	}
	return details
}

// Gaps returns the paths of the details that were still to complete, in the order
// in which they stand in the document.
func (b *Base) Gaps() []string {
	var paths []string
	for _, s := range b.all() {
		for _, d := range s.Details {
			if d.Gap && d.Path != "" && !slices.Contains(paths, d.Path) {
				paths = append(paths, d.Path)
			}
		}
	}
	return paths
}

func (b *Base) all() []*BaseSection {
	all := []*BaseSection{&b.Title}
	for i := range b.Sections {
		all = append(all, &b.Sections[i])
	}
	return all
}

// FromBase makes a document again. It looks as documents of g do that have no
// brand, but its words are those that it was made with. A base whose texts are not
// in the dialect of package document is an error.
func (g *Generator) FromBase(b *Base) (*Document, error) {
	brand := &brand{Brand: document.Brand{Font: defaultFont, Colour: defaultColour, Strapline: b.Meta.Brand.Strapline}}
	look, err := g.look(brand)
	if err != nil {
		return nil, err
	}
	doc := &Document{
		Name: b.Meta.Document, Family: b.Family, Meta: b.Meta, generator: g, template: &pack.Template{Document: b.Meta.Document, Family: &pack.Family{ID: b.Family}},
		titleDraft: b.Title.Text, titleText: b.Title.Details, look: look,
	}
	doc.Meta.Brand = brand.Brand
	title, problems := document.Parse(b.Title.Text)
	if len(problems) > 0 {
		return nil, damaged("its title has %s", problems[0].Msg)
	}
	doc.title = title
	for i := range b.Sections {
		s := &b.Sections[i]
		sec := &pack.Section{Source: g.source(s), Text: s.Text, Details: s.Details}
		m := g.mould(sec)
		if len(m.problems) > 0 {
			return nil, damaged("the section %s has %s", s.Code, m.problems[0].Msg)
		}
		if m.section.Level != s.Level || m.section.Code != s.Code {
			return nil, damaged("the heading of the section %s is another's", s.Code)
		}
		doc.sections = append(doc.sections, section{sec, m})
	}
	return doc, nil
}

// source returns the one source of sections like s, so that bases share moulds.
func (g *Generator) source(s *BaseSection) *pack.Source {
	k := pack.Source{Code: s.Code, Level: s.Level, Index: s.Index, Numbering: s.Numbering}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.sources[k] == nil {
		if g.sources == nil {
			g.sources = map[pack.Source]*pack.Source{}
		}
		g.sources[k] = &k
	}
	return g.sources[k]
}
