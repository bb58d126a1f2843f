// Package generator makes a setting's documents. It is the whole pipeline, in
// the order in which data passes through it; each arrow is a package.
//
//	setting file ── toml.Parse ── setting.Read ──▶ Setting ┐
//	edition + layers ── pack.Read ───────────────▶ Pack ───┴─ Pack.Fill ─▶ Draft
//	Draft ── document.Parse ─▶ Section ── markdown.Write | html.Write | docx.Write ─▶ mould
//	moulds + details ── Bind ─▶ bytes ── Output ─▶ a folder, with a receipt
//	made + as the school has it + as it is made now ── review.Revise ─▶ the school's file, with changes
//
// A [Generator] holds a pack and the moulds that have been made of it: settings
// whose text of a section is the same share that section's moulds, and cost no
// more than binding their details. [Generator.Make] takes a setting to its
// [Documents]; [Documents.Save] writes them. What each was made from, its
// [Base], goes with it, so that it can be made again when the templates have
// changed: [Generator.FromBase].
//
// # Reading order
//
// Five minutes: [github.com/policygen/policygen/generator/slot] for the idea
// that carries the most weight, that details are never parsed;
// [github.com/policygen/policygen/generator/pack] for templates;
// [github.com/policygen/policygen/generator/document] for what a policy may
// contain; then this file. The writers read downwards.
//
// # Rules
//
//   - The same input gives the same bytes: no clock, no random numbers, no
//     order of a map below cmd.
//   - Problems in people's files are gathered and reported together, with
//     their places (package source); nothing is written if there are any.
//   - Nothing is written outside the output folder, and no file is ever half
//     written.
//   - A detail that nobody gave prints as a marked gap, is counted, and can be
//     listed.
package generator

import (
	"bytes"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/policygen/policygen/generator/document"
	"github.com/policygen/policygen/generator/docx"
	"github.com/policygen/policygen/generator/html"
	"github.com/policygen/policygen/generator/markdown"
	"github.com/policygen/policygen/generator/pack"
	"github.com/policygen/policygen/generator/proof"
	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/slot"
	"github.com/policygen/policygen/generator/source"
)

// A Format is a form in which a document can be written.
type Format string

// The formats. A fragment is a web page to be pasted into another.
const (
	Markdown Format = "md"
	HTML     Format = "html"
	Word     Format = "docx"
	Fragment Format = "fragment.html"
)

// Formats are what people choose from, in the order in which files are listed.
var Formats = []Format{Markdown, HTML, Word}

// A Generator makes documents from a pack. Goroutines may share it.
type Generator struct {
	pack *pack.Pack
	page *html.Look

	mu     sync.Mutex
	moulds map[key]*moulds
	size   int // of the moulds, in bytes, about
	looks  map[string]*docx.Look

	sources map[pack.Source]*pack.Source // of sections that bases have
}

// A key is what the moulds of a section hang on.
type key struct {
	source *pack.Source
	text   string
}

// moulds are what writers have made of one section text.
type moulds struct {
	parsed   sync.Once
	section  *document.Section
	problems []document.Problem

	count once[int] // of words
	proof once[*proof.Words]
	links once[[]*document.Link]
	base  once[[]byte] // the section's line of a base, compressed
	md    once[*slot.Mould]
	html  once[*html.Mould]
	docx  sync.Map // of *once[*docx.Mould], by the width of the page
}

// inner returns the links of the section to sections of the same document.
func (m *moulds) inner() []*document.Link {
	return m.links.get(func() (links []*document.Link) {
		m.section.Walk(func(text []document.Inline) {
			document.Links(text, func(l *document.Link) {
				if _, ok := l.Section(); ok {
					links = append(links, l)
				}
			})
		})
		return links
	})
}

// word returns the mould for Word files whose text is that wide.
func (m *moulds) word(width int) *docx.Mould {
	o, ok := m.docx.Load(width)
	if !ok {
		o, _ = m.docx.LoadOrStore(width, new(once[*docx.Mould]))
	}
	return o.(*once[*docx.Mould]).get(func() *docx.Mould { return docx.Write(m.section, width) })
}

// A once is a value that is made when it is first asked for.
type once[T any] struct {
	sync.Once
	value T
}

func (o *once[T]) get(f func() T) T {
	o.Do(func() { o.value = f() })
	return o.value
}

// maxMoulds is how much memory moulds may take, in bytes. All sections of an
// edition take some megabytes, so only settings with clauses of their own can
// reach it; then the moulds are dropped and made anew.
const maxMoulds = 64 << 20

// New returns a generator of documents from p. What is wrong with how documents
// look is reported as source.Errors; the generator comes back all the same.
func New(p *pack.Pack) (*Generator, error) {
	var problems source.Errors
	page, err := html.ReadLook(p.Look())
	problems.Gather(err)
	problems.Gather(docx.CheckLook(p.Look()))
	for _, found := range problems {
		found.Pos.File = p.LookFile(found.Pos.File)
	}
	return &Generator{pack: p, page: page, moulds: map[key]*moulds{}, looks: map[string]*docx.Look{}}, problems.Err()
}

// Documents are a setting's documents, ready to be written.
type Documents struct {
	Setting *setting.Setting
	List    []*Document

	// Warnings are what was found odd, but can be printed.
	Warnings source.Errors

	// Gone are the sections that the setting has left out, or has written
	// itself.
	Gone []pack.Gone

	pack  *pack.Pack
	names []string // of all documents that the setting gets, whatever has been chosen of them
}

// A Document is one of a setting's documents.
type Document struct {
	Name   string // such as online-safety-policy
	Family string // such as online-safety
	Meta   document.Meta

	generator  *Generator
	template   *pack.Template
	title      *document.Section
	titleDraft string
	titleText  []slot.Detail
	sections   []section
	look       *docx.Look
	base       once[string]
}

// A section of a document: its moulds, and what goes into their slots.
type section struct {
	*pack.Section
	moulds *moulds
}

// Make makes the documents of s. The files that s names, such as a crest, are
// read from files. What is wrong with the setting or with the templates is
// reported as source.Errors, all of it. Documents come back all the same if the
// type of the setting is known, as far as they could be made: not to be written,
// but for what else there is to say of them.
func (g *Generator) Make(s *setting.Setting, files fs.FS) (*Documents, error) {
	var problems source.Errors
	problems.Gather(g.pack.Check(s))
	checked := slices.Clone(problems)
	docs := &Documents{Setting: s, Warnings: slices.Clone(s.Warnings), pack: g.pack}
	brand := readBrand(s, files, &problems, &docs.Warnings)
	if s.Type.ID == "" {
		return nil, problems.Err()
	}
	look, err := g.look(brand)
	if err != nil {
		problems.Add(s.At("brand.reference_docx").Pos, "", "brand.reference_docx, %q, cannot be used: %v", s.At("brand.reference_docx").Text, err)
	}
	drafts, err := g.pack.Fill(s)
	problems.Gather(err)
	g.parseAll(drafts)
	for _, d := range drafts {
		docs.Gone = append(docs.Gone, d.Gone...)
		if d.Empty() {
			continue
		}
		doc := g.document(s, d, checked, &problems)
		if err == nil { // or else it has been said that a section is not there
			doc.checkLinks(s, d, &problems)
		}
		doc.Meta.Brand = brand.Brand
		doc.look = look
		docs.List = append(docs.List, doc)
		docs.names = append(docs.names, doc.Name)
	}
	for _, v := range s.At("policies").List {
		if len(docs.Only([]string{v.Key}).List) == 0 {
			problems.Add(v.Pos, "take it out; policygen list policies shows what is for whom", "%s is not for a setting of the type %s", v.Key, s.Type.ID)
		}
	}
	return docs, problems.Err()
}

// document parses a draft and sees to its moulds. What has been found wrong with
// the setting's own Markdown when that was checked is not reported again.
func (g *Generator) document(s *setting.Setting, d *pack.Draft, checked source.Errors, problems *source.Errors) *Document {
	at := func(path string) string { return s.At(path).Text }
	t := d.Template
	doc := &Document{
		Name: t.Document, Family: t.Family.ID, generator: g, template: t, titleDraft: d.Title.Text, titleText: d.Title.Details,
		Meta: document.Meta{
			Title: d.PlainTitle(), Setting: s.Name(), Short: at("setting.short_name"), URN: at("setting.urn"), Lang: "en-GB", Document: t.Document, Edition: g.pack.Edition.ID,
			Version: at("review.version"), Approved: at("review.approved_date"), NextReview: at("review.next_review"),
			Cover: t.Layout == pack.Policy, Numbered: t.Layout == pack.Policy,
		},
	}
	if v := s.At("review.approved_date"); v.Given {
		doc.Meta.Created = v.Date.String() + "T00:00:00Z"
	}
	title, found := document.Parse(d.Title.Text)
	doc.title = title
	for _, p := range found {
		problems.Add(source.Pos{File: t.File}, p.Hint, "the title: %s", p.Msg)
	}
	for _, sec := range d.Sections {
		m := g.mould(sec)
		for _, p := range m.problems {
			pos := d.Locate(sec, p.Offset)
			if !slices.ContainsFunc(checked, func(c *source.Error) bool { return c.Pos == pos }) {
				problems.Add(pos, p.Hint, "%s", p.Msg)
			}
		}
		doc.sections = append(doc.sections, section{sec, m})
	}
	return doc
}

// checkLinks reports links to sections that the document does not have.
func (d *Document) checkLinks(s *setting.Setting, draft *pack.Draft, problems *source.Errors) {
	has := func(code string) bool {
		for i := range d.sections {
			if d.sections[i].Code == code && d.sections[i].Level > 0 {
				return true
			}
		}
		return false
	}
	for _, sec := range d.sections {
		for _, l := range sec.moulds.inner() {
			if code, _ := l.Section(); !has(code) {
				problems.Add(draft.Locate(sec.Section, l.At), "put the link into a condition", "a link to %s, which a setting of the type %s does not get", code, s.Type.ID)
			}
		}
	}
}

// mould returns the moulds of a section text; they are made when they are
// asked for.
func (g *Generator) mould(sec *pack.Section) *moulds {
	k := key{sec.Source, sec.Text}
	g.mu.Lock()
	m := g.moulds[k]
	if m == nil {
		m = &moulds{}
		if g.size += 20 * len(sec.Text); g.size > maxMoulds {
			clear(g.moulds)
			clear(g.sources)
			g.size = 0
		}
		g.moulds[k] = m
	}
	g.mu.Unlock()
	m.parsed.Do(func() { // without the lock: others have texts of their own to parse
		m.section, m.problems = document.Parse(sec.Text)
		if m.section.Code == "" {
			m.section.Code = sec.Code
		}
		m.section.Numbering, m.section.Index = sec.Numbering, sec.Index
	})
	return m
}

// parseAll parses the first setting's drafts side by side. Those of later ones
// have few texts that are new.
func (g *Generator) parseAll(drafts []*pack.Draft) {
	g.mu.Lock()
	first := len(g.moulds) == 0
	g.mu.Unlock()
	if !first {
		return
	}
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	var group sync.WaitGroup
	for _, d := range drafts {
		free <- struct{}{}
		group.Go(func() {
			for _, sec := range d.Sections {
				g.mould(sec)
			}
			<-free
		})
	}
	group.Wait()
}

// look returns how Word files of a brand look.
func (g *Generator) look(b *brand) (*docx.Look, error) {
	k := fmt.Sprintf("%s|%s|%s|%x", b.Colour, b.Font, b.Strapline, b.digest)
	g.mu.Lock()
	defer g.mu.Unlock()
	if l := g.looks[k]; l != nil {
		return l, nil
	}
	l, err := docx.NewLook(g.pack.Look(), b.Brand, b.reference)
	if err != nil {
		return nil, err
	}
	if len(g.looks) >= 64 { // a batch of settings that each have a crest
		clear(g.looks)
	}
	g.looks[k] = l
	return l, nil
}

// Write returns the document in a format. The same document gives the same
// bytes.
func (d *Document) Write(f Format) ([]byte, error) { return d.Append(nil, f) }

// Append appends the document in a format to dst, and returns it longer.
func (d *Document) Append(dst []byte, f Format) ([]byte, error) {
	switch f {
	case Markdown:
		moulds := make([]*slot.Mould, len(d.sections))
		room := 1 << 10
		for i, s := range d.sections {
			moulds[i] = s.moulds.md.get(func() *slot.Mould { return markdown.Write(s.moulds.section) })
			room += moulds[i].Size()
		}
		dst = slices.Grow(dst, room)
		from := len(dst)
		dst = markdown.Bind(dst, markdown.Title(d.titleInlines()), d.titleText)
		dst = append(dst, markdown.Line(d.Meta.Setting)...)
		for i, s := range d.sections {
			dst = markdown.Bind(dst, moulds[i], s.Details)
		}
		dst = append(dst[:from+len(bytes.TrimRight(dst[from:], "\n"))], '\n')
		if d.template != nil { // or else there is no edition that it is a document of
			dst = appendSeal(append(dst, '\n'), from, &d.Meta)
		}
		return dst, nil
	case HTML, Fragment:
		sections := make([]html.Section, len(d.sections))
		for i, s := range d.sections {
			m := s.moulds.html.get(func() *html.Mould { return html.Write(s.moulds.section) })
			sections[i] = html.Section{Mould: m, Details: s.Details}
		}
		from := len(dst)
		if f == Fragment {
			dst = d.generator.page.Fragment(dst, &d.Meta, sections)
		} else {
			dst = d.generator.page.Page(dst, &d.Meta, sections)
		}
		if d.template != nil {
			dst = appendSeal(dst, from, &d.Meta)
		}
		return dst, nil
	case Word:
		sections := make([]docx.Section, len(d.sections))
		width := d.look.Width()
		for i, s := range d.sections {
			sections[i] = docx.Section{Mould: s.moulds.word(width), Details: s.Details}
		}
		return d.look.File(dst, &d.Meta, sections, d.Base())
	}
	panic(fmt.Sprintf("generator: no format is called %q", f))
}

func (d *Document) titleInlines() []document.Inline {
	if len(d.title.Blocks) == 1 {
		if p, ok := d.title.Blocks[0].(*document.Paragraph); ok {
			return p.Text
		}
	}
	return []document.Inline{document.Text(d.Meta.Title)}
}

// Words returns how many words the document has, details and headings among
// them.
func (d *Document) Words() int {
	n := 0
	for i := range d.sections {
		s := &d.sections[i]
		n += s.moulds.words()
		for i := range s.Details {
			if i != slot.Number && !s.Details[i].Gap {
				n += countWords(s.Details[i].Text)
			}
		}
	}
	return n
}

// ownWords returns what a proof-reader finds in the section besides its details.
func (m *moulds) ownWords() *proof.Words {
	return m.proof.get(func() *proof.Words { return proof.ReadWords(m.section) })
}

// words returns how many words the section has besides its details.
func (m *moulds) words() int {
	return m.count.get(func() int {
		n := 0
		m.section.Walk(func(text []document.Inline) { n += staticWords(text) })
		return n
	})
}

func staticWords(text []document.Inline) int {
	n := 0
	for _, t := range text {
		switch t := t.(type) {
		case document.Text:
			n += countWords(string(t))
		case *document.Strong:
			n += staticWords(t.Text)
		case *document.Emphasis:
			n += staticWords(t.Text)
		case *document.Link:
			n += staticWords(t.Text)
		}
	}
	return n
}

// countWords counts runs of letters and digits, as word processors do: what
// stands between blanks, if any of it is a letter or a digit.
func countWords(s string) int {
	n, in := 0, false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			in = false
		case !in && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			n++
			in = true
		}
	}
	return n
}

// gaps returns how many details are still to complete in the document.
func (d *Document) gaps() int {
	var paths []string
	for _, s := range d.sections {
		for i := range s.Details {
			if s.Details[i].Gap && !slices.Contains(paths, s.Details[i].Path) {
				paths = append(paths, s.Details[i].Path)
			}
		}
	}
	return len(paths)
}

// A Gap is a detail that nobody has given yet, and where it would stand.
type Gap struct {
	Path   string // such as people.dsl.name
	Label  string // such as "name of the designated safeguarding lead"
	Places []Place
}

// A Place is a section of a document.
type Place struct {
	Document string
	Section  string // its code
}

// Gaps returns the details that are still to complete in those documents, in
// the order of the form.
func (d *Documents) Gaps() []Gap {
	found := map[string]*Gap{}
	var order []string
	for _, doc := range d.List {
		for _, s := range doc.sections {
			for _, detail := range s.Details {
				if !detail.Gap || detail.Path == "" { // or it is given, and cannot be used
					continue
				}
				g := found[detail.Path]
				if g == nil {
					g = &Gap{Path: detail.Path, Label: detail.Text}
					found[detail.Path] = g
					order = append(order, detail.Path)
				}
				if p := (Place{doc.Name, s.Code}); !slices.Contains(g.Places, p) {
					g.Places = append(g.Places, p)
				}
			}
		}
	}
	index := d.Setting.Form.Order()
	slices.SortStableFunc(order, func(a, b string) int { return index[a] - index[b] })
	gaps := make([]Gap, len(order))
	for i, path := range order {
		gaps[i] = *found[path]
	}
	return gaps
}

// An Assumption is a detail that the setting does not give, and that the form
// has given a value which documents print or act on.
type Assumption struct {
	Path  string
	Label string
	Value string // as it would be printed
}

// Assumptions returns the details that the documents rest on without the
// setting's having said so, in the order of the form.
func (d *Documents) Assumptions() []Assumption {
	var out []Assumption
	for f := range d.Setting.Form.All() {
		v := d.Setting.Value(f)
		if !v.Given || !v.Assumed || v.Refused || f.From(d.Setting.Type) != "" || !f.Concerns(d.Setting.Type) {
			continue
		}
		if slices.ContainsFunc(d.List, func(doc *Document) bool { return doc.template.Uses(f) }) {
			out = append(out, Assumption{f.Path, f.LabelFor(d.Setting.Type), v.String()})
		}
	}
	return out
}

// Unused returns the details that the setting gives and none of its documents
// uses, in the order of the form.
func (d *Documents) Unused() []string {
	var out []string
	for f := range d.Setting.Form.All() {
		v := d.Setting.Value(f)
		table, _, _ := strings.Cut(f.Path, ".")
		if !v.Given || v.Assumed || apart[table] || apart[f.Path] {
			continue
		}
		if !slices.ContainsFunc(d.List, func(doc *Document) bool { return doc.template.Uses(f) }) {
			out = append(out, f.Path)
		}
	}
	return out
}

// apart are the tables and details of a setting file that the program reads
// itself, whether or not a template prints them.
var apart = map[string]bool{
	"schema_version": true, "edition": true, "nation": true, "policies": true, "language": true, "brand": true, "output": true, "setting": true, "tailoring": true,
	"contacts.national_include": true, "review.version": true, "review.approved_date": true, "review.next_review": true,
}

// Only returns the documents whose names or families are among those.
func (d *Documents) Only(names []string) *Documents {
	only := *d
	only.List = nil
	for _, doc := range d.List {
		if slices.Contains(names, doc.Name) || slices.Contains(names, doc.Family) {
			only.List = append(only.List, doc)
		}
	}
	return &only
}
