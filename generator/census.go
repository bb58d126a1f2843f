package generator

import (
	"cmp"
	"errors"
	"hash/fnv"
	"iter"
	"maps"
	"path"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/policygen/policygen/generator/docx"
	"github.com/policygen/policygen/generator/receipt"
	"github.com/policygen/policygen/generator/review"
	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/slot"
	"github.com/policygen/policygen/generator/source"
)

// A Census counts what schools have made of what was made for them: which clauses
// they have rewritten or taken out, and what they have put in. It holds numbers
// and a few wordings, not documents.
//
// A clause is counted in every document of an edition that has it, whatever
// details stand in it; these are left out of what it reports.
type Census struct {
	g     *Generator
	names bool

	clauses sync.Map // the keys of a section's clauses, by its draft
	drafts  map[draft]int
	seen    map[uint64]bool // documents of settings
	docs    map[docKey]*docCount
}

// NewCensus returns a census of documents of any edition. If named, it keeps the
// names of some of the settings that have each wording.
func NewCensus(g *Generator, named bool) *Census {
	return &Census{g: g, names: named, drafts: map[draft]int{}, seen: map[uint64]bool{}, docs: map[docKey]*docCount{}}
}

// A draft is a section of a document as it was drafted: the digest of its text.
type draft struct {
	docKey
	text uint64
}

type docKey struct{ document, edition string }

// A surveyed is what a census notes of one file.
type surveyed struct {
	docKey
	title   string
	setting string
	same    uint64 // the same for the same document of the same setting
	drafts  []draft
	order   map[string]int // of sections in their template, by their codes
	survey  *review.Survey // nil of a file that is as it was made
}

// ErrNoBase says that nobody knows what a file was made from, so that it cannot be
// counted.
var ErrNoBase = errors.New("it is not known what was made: neither the file nor a receipt beside it has kept it")

// ErrTwice says that a file is another copy of a document that has been counted.
var ErrTwice = errors.New("it is another copy of a document that has been counted")

// A CensusFile is a file to be counted.
type CensusFile struct {
	Name string
	Open func() (Old, error)
}

// Run counts files, several at a time. What came of each is reported in the order
// of the files: nil if it has been counted.
func (c *Census) Run(files iter.Seq[CensusFile], report func(CensusFile, error)) {
	type outcome struct {
		s   *surveyed
		err error
	}
	type job struct {
		file CensusFile
		done chan outcome // has room for one
	}
	jobs := make(chan job)
	order := make(chan job, window)
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for j := range jobs {
				s, err := c.open(j.file)
				j.done <- outcome{s, err}
			}
		})
	}
	group.Go(func() {
		for j := range order {
			o := <-j.done
			if o.err == nil {
				o.err = c.add(o.s)
			}
			report(j.file, o.err)
		}
	})
	for f := range files {
		j := job{f, make(chan outcome, 1)}
		order <- j
		jobs <- j
	}
	close(jobs)
	close(order)
	group.Wait()
}

func (c *Census) open(f CensusFile) (*surveyed, error) {
	old, err := f.Open()
	if err != nil {
		return nil, err
	}
	return c.survey(old)
}

// survey compares a file with what was made. What is wrong with the file is
// reported as source.Errors.
func (c *Census) survey(old Old) (*surveyed, error) {
	base := c.base(old)
	if base == nil {
		if _, err := docx.Open(old.Data); err != nil {
			return nil, damagedFile(old.Name, err)
		}
		return nil, ErrNoBase
	}
	s := &surveyed{docKey: docKey{base.Meta.Document, base.Meta.Edition}, title: base.Meta.Title, setting: base.Meta.Setting, order: map[string]int{}}
	s.same = digest64(s.document, s.edition, cmp.Or(base.Meta.URN, "in "+path.Dir(old.Name)), base.Meta.Setting)
	known := true
	for i, b := range base.all() {
		d := draft{s.docKey, digest64(b.Code, b.Text)}
		s.drafts = append(s.drafts, d)
		_, ok := c.clauses.Load(d)
		known = known && ok
		s.order[b.Code] = i
	}
	if known && asMade(old) {
		return s, nil
	}
	compared, err := c.compare(base, old)
	if err != nil {
		return nil, err
	}
	c.learn(s, compared, base)
	s.survey = compared
	return s, nil
}

func digest64(parts ...string) uint64 {
	h := fnv.New64a()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return h.Sum64()
}

// base returns what a file was made from: as the file says, or else the receipt.
func (c *Census) base(old Old) *Base {
	if b, err := ReadBase(docx.Base(old.Data)); err == nil {
		return b
	}
	r := old.Receipt
	if r == nil {
		return nil
	}
	name := path.Base(old.Name)
	document, text := docx.Properties(old.Data)["policygen document"], r.Base(name)
	switch f := r.File(name); {
	case document == "" && f != nil:
		document = f.Document
	case text == "":
		text = r.Bases[document] // it has been given another name
	}
	if b, err := ReadBase(text); err == nil && b.Meta.Document == document {
		return b
	}
	return nil
}

// damagedFile reports what is wrong with a file.
func damagedFile(name string, err error) error {
	var problems source.Errors
	problems.Add(source.Pos{File: name}, "", "%v", err)
	return problems
}

// asMade reports whether nobody has edited a file since it was made.
func asMade(old Old) bool {
	if old.Receipt == nil {
		return false
	}
	f := old.Receipt.File(path.Base(old.Name))
	return f != nil && f.Size == len(old.Data) && f.SHA256 == receipt.Digest(old.Data)
}

// compare makes the document again, with marks around its details, and compares
// the file with it.
func (c *Census) compare(base *Base, old Old) (*review.Survey, error) {
	adopted, err := docx.Open(old.Data)
	if err != nil {
		return nil, damagedFile(old.Name, err)
	}
	marked, labels := c.marked(base)
	doc, err := c.g.FromBase(marked)
	if err != nil {
		return nil, damagedFile(old.Name, err)
	}
	made, err := doc.Write(Word)
	if err != nil {
		return nil, err
	}
	was, err := docx.Open(made)
	if err != nil {
		return nil, err
	}
	return review.Compare(was, adopted, labels, c.named(base, old.Receipt)), nil
}

// marked returns a base with marks around its details, and what they are.
func (c *Census) marked(base *Base) (*Base, []string) {
	var labels []string
	number := map[string]int{}
	mark := func(label, text string) string {
		n, ok := number[label]
		if !ok {
			n = len(labels)
			number[label] = n
			labels = append(labels, label)
		}
		return review.Mark(n, text)
	}
	details := func(list []slot.Detail) []slot.Detail {
		list = slices.Clone(list)
		for i := range list {
			if d := &list[i]; i != slot.Number {
				if d.Gap {
					d.Text, d.Gap = slot.GapLabel+d.Text, false
				}
				d.Text = mark(c.label(d.Path), d.Text)
			}
		}
		return list
	}
	b := *base
	b.Meta.Setting = mark(c.label("setting.name"), b.Meta.Setting)
	b.Meta.Brand.Strapline = mark(c.label("brand.strapline"), b.Meta.Brand.Strapline)
	b.Title.Details = details(b.Title.Details)
	b.Sections = slices.Clone(b.Sections)
	for i := range b.Sections {
		b.Sections[i].Details = details(b.Sections[i].Details)
	}
	return &b, labels
}

// label returns what a detail is; of a word that settings choose, what the word is
// for.
func (c *Census) label(path string) string {
	f := c.g.pack.Form.Field(path)
	if f == nil {
		return cmp.Or(path, "…")
	}
	if isTerm(path) {
		if _, what, ok := strings.Cut(f.Label, " for "); ok {
			return what
		}
	}
	return f.Label
}

func isTerm(path string) bool { return strings.HasPrefix(path, "terms.") }

// proper reports whether a text may be a name, an address or a number. Others are
// words that any school may use.
func proper(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsUpper(r) || unicode.IsDigit(r) || r == '@' })
}

// named returns the details by which people could know whose words they read.
func (c *Census) named(base *Base, r *receipt.Receipt) []review.Named {
	var out []review.Named
	add := func(path, text string) {
		if isTerm(path) || !proper(text) {
			return
		}
		kind := setting.Text
		if f := c.g.pack.Form.Field(path); f != nil {
			kind = f.Kind
		}
		switch kind {
		case setting.Text, setting.URL, setting.Email, setting.Phone, setting.Record:
		default:
			return
		}
		if n := (review.Named{Label: c.label(path), Text: text}); !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	add("setting.name", base.Meta.Setting)
	add("setting.short_name", base.Meta.Short)
	for _, s := range base.all() {
		for _, d := range s.Details {
			if d.Path != "" && !d.Gap {
				add(d.Path, d.Text)
			}
		}
	}
	if r != nil {
		for _, p := range slices.Sorted(maps.Keys(r.Details)) {
			if c.g.pack.Form.Field(p) != nil {
				add(p, r.Details[p])
			}
		}
	}
	return out
}

// learn notes which clauses the sections of a document have.
func (c *Census) learn(s *surveyed, survey *review.Survey, base *Base) {
	of := map[string][]string{}
	code := ""
	for i := range survey.Clauses {
		cl := &survey.Clauses[i]
		switch _, ok := s.order[cl.Own]; {
		case cl.Own != "" && ok:
			code = cl.Own
		case cl.Key == cl.Section:
			code = cl.Section
		}
		of[code] = append(of[code], cl.Key)
	}
	for i, b := range base.all() {
		if _, ok := c.clauses.Load(s.drafts[i]); !ok {
			c.clauses.Store(s.drafts[i], of[b.Code])
		}
	}
}

// A docCount is what has been counted of a document of an edition.
type docCount struct {
	title   string
	files   int
	edited  int
	clauses map[string]*clauseCount
	added   map[string]*clauseCount // by section
	out     map[string]*clauseCount // sections, by their codes
	titles  map[string]string
	order   map[string]int
}

// A clauseCount is what schools have made of a clause.
type clauseCount struct {
	section         string
	says            string
	place           int // among all that have been changed of the document, as they came
	rewritten, gone int
	whole           int // with all of its section
	wordings        wordings
}

// add counts a file.
func (c *Census) add(s *surveyed) error {
	if c.seen[s.same] {
		return ErrTwice
	}
	c.seen[s.same] = true
	d := c.docs[s.docKey]
	if d == nil {
		d = &docCount{title: s.title, clauses: map[string]*clauseCount{}, added: map[string]*clauseCount{}, out: map[string]*clauseCount{}, titles: map[string]string{}, order: map[string]int{}}
		c.docs[s.docKey] = d
	}
	d.files++
	for _, f := range s.drafts {
		c.drafts[f]++
	}
	if s.survey == nil {
		return nil
	}
	name := ""
	if c.names {
		name = s.setting
	}
	if d.add(s, name) {
		d.edited++
	}
	return nil
}

// add counts what has been changed in a document, and reports whether anything
// has.
func (d *docCount) add(s *surveyed, name string) bool {
	edited := len(s.survey.Out)+len(s.survey.Added) > 0
	note := func(all map[string]*clauseCount, key, section, says string) *clauseCount {
		edited = true
		n := all[key]
		if n == nil {
			n = &clauseCount{section: section, says: says, place: len(all)}
			all[key] = n
		}
		if _, ok := d.order[section]; !ok {
			d.titles[section] = s.survey.Titles[section]
			d.order[section] = s.order[section]
		}
		return n
	}
	for i := range s.survey.Clauses {
		switch cl := &s.survey.Clauses[i]; cl.Fate {
		case review.Rewritten:
			n := note(d.clauses, cl.Key, cl.Section, cl.Says)
			n.rewritten++
			n.wordings.add(&cl.Wording, name)
		case review.Deleted:
			n := note(d.clauses, cl.Key, cl.Section, cl.Says)
			n.gone++
		case review.DeletedWhole:
			if n := d.clauses[cl.Key]; n != nil {
				n.whole++
			} else {
				note(d.clauses, cl.Key, cl.Section, cl.Says).whole++
			}
		}
	}
	for _, code := range s.survey.Out {
		note(d.out, code, code, s.survey.Titles[code]).gone++
	}
	sections := map[string]bool{}
	for i := range s.survey.Added {
		a := &s.survey.Added[i]
		n := note(d.added, a.Section, a.Section, "")
		n.wordings.add(&a.Wording, name)
		if !sections[a.Section] {
			sections[a.Section] = true
			n.rewritten++ // schools that have added something
		}
	}
	return edited
}

// wordings are what schools say in the place of a clause, those that come to the
// same together.
type wordings struct {
	groups []*wording
	more   int // that have been forgotten
}

// A wording is what some schools say.
type wording struct {
	first   review.Wording
	texts   []textCount // exactly
	schools int
	names   []string
}

type textCount struct {
	text string
	n    int
}

// So many wordings of a clause are kept, texts of a wording, and names.
const (
	maxWordings = 48
	maxTexts    = 8
	maxNames    = 5
)

// same is how much two wordings must come to the same to be taken for one.
const same = 0.8

// add counts a wording.
func (w *wordings) add(x *review.Wording, name string) {
	var best *wording
	like := same
	for _, g := range w.groups {
		if l := g.first.Likeness(x); l > like || l == like && best == nil {
			best, like = g, l
		}
	}
	if best == nil {
		if len(w.groups) == maxWordings {
			w.forget()
		}
		best = &wording{first: *x}
		w.groups = append(w.groups, best)
	}
	best.add(x.Text, name)
}

// forget drops the wording that fewest schools have, the first of several: one that
// many have comes back.
func (w *wordings) forget() {
	least := 0
	for i, g := range w.groups {
		if g.schools < w.groups[least].schools {
			least = i
		}
	}
	w.more += w.groups[least].schools
	w.groups = slices.Delete(w.groups, least, least+1)
}

func (g *wording) add(text, name string) {
	g.schools++
	if name != "" && len(g.names) < maxNames && !slices.Contains(g.names, name) {
		g.names = append(g.names, name)
	}
	for i := range g.texts {
		if g.texts[i].text == text {
			g.texts[i].n++
			return
		}
	}
	if len(g.texts) < maxTexts {
		g.texts = append(g.texts, textCount{text, 1})
	}
}

// A DocumentCensus is what schools have made of a document of an edition.
type DocumentCensus struct {
	Document string
	Title    string
	Edition  string
	Files    int // that have been counted
	Edited   int // in which something has been changed
	Clauses  []ClauseCensus
	Added    []AddedCensus
}

// A ClauseCensus is what schools have made of a clause, or of a section that some
// of them have taken out whole.
type ClauseCensus struct {
	Section  string // the code of the heading that it stands under; "" before the first
	Heading  string // what that says
	Whole    bool   // it is about the section
	Clause   string // what was made, with labels in the place of details; the heading of a section
	Reworded int    // schools that say it in other words
	Removed  int    // schools that have taken it out
	With     int    // schools that have taken it out with the section around it, which are not in Removed
	Of       int    // schools that it was made for
	Wordings []WordingCensus
}

// Changed returns how many schools have changed the clause by itself.
func (c *ClauseCensus) Changed() int { return c.Reworded + c.Removed }

// An AddedCensus is what schools have added under a heading.
type AddedCensus struct {
	Section  string
	Heading  string
	Schools  int
	Of       int
	Wordings []WordingCensus
}

// A WordingCensus is what several schools say in nearly the same words; Text is the
// commonest of them.
type WordingCensus struct {
	Text    string
	Schools int
	Names   []string // of some of them, if the census keeps names
}

// Documents returns what has been counted, by the names of documents and then the
// editions; of each, what most schools have changed first.
func (c *Census) Documents() []DocumentCensus {
	made := c.made()
	out := make([]DocumentCensus, 0, len(c.docs))
	for k, d := range c.docs {
		out = append(out, d.census(k, made[k]))
	}
	slices.SortFunc(out, func(a, b DocumentCensus) int {
		return cmp.Or(cmp.Compare(a.Document, b.Document), cmp.Compare(a.Edition, b.Edition))
	})
	return out
}

// made returns how many documents were made with each clause.
func (c *Census) made() map[docKey]map[string]int {
	made := map[docKey]map[string]int{}
	for d, n := range c.drafts {
		if made[d.docKey] == nil {
			made[d.docKey] = map[string]int{}
		}
		keys, _ := c.clauses.Load(d)
		if keys == nil {
			continue
		}
		for _, key := range keys.([]string) {
			made[d.docKey][key] += n
		}
	}
	return made
}

// census sorts what has been counted of a document.
func (d *docCount) census(k docKey, made map[string]int) DocumentCensus {
	out := DocumentCensus{Document: k.document, Title: d.title, Edition: k.edition, Files: d.files, Edited: d.edited}
	clauses := func(all map[string]*clauseCount, whole bool) {
		for _, key := range d.sorted(all) {
			if n := all[key]; n.rewritten+n.gone > 0 {
				out.Clauses = append(out.Clauses, ClauseCensus{
					Section: n.section, Heading: d.titles[n.section], Whole: whole, Clause: n.says,
					Reworded: n.rewritten, Removed: n.gone, With: n.whole, Of: max(made[key], n.rewritten+n.gone+n.whole), Wordings: n.wordings.census(),
				})
			}
		}
	}
	clauses(d.out, true)
	clauses(d.clauses, false)
	slices.SortStableFunc(out.Clauses, func(a, b ClauseCensus) int { return cmp.Compare(b.Changed(), a.Changed()) })
	for _, code := range d.sorted(d.added) {
		n := d.added[code]
		of := made[code]
		if code == "" {
			of = d.files
		}
		out.Added = append(out.Added, AddedCensus{Section: code, Heading: d.titles[code], Schools: n.rewritten, Of: max(of, n.rewritten), Wordings: n.wordings.census()})
	}
	slices.SortStableFunc(out.Added, func(a, b AddedCensus) int { return cmp.Compare(b.Schools, a.Schools) })
	return out
}

// sorted returns keys in the order of the template's sections, and within those as
// they came.
func (d *docCount) sorted(all map[string]*clauseCount) []string {
	keys := slices.Collect(maps.Keys(all))
	slices.SortFunc(keys, func(a, b string) int {
		x, y := all[a], all[b]
		return cmp.Or(cmp.Compare(d.order[x.section], d.order[y.section]), cmp.Compare(x.section, y.section), cmp.Compare(x.place, y.place))
	})
	return keys
}

// census returns wordings, those that most schools have first.
func (w *wordings) census() []WordingCensus {
	var out []WordingCensus
	for _, g := range w.groups {
		best := g.texts[0]
		for _, t := range g.texts {
			if t.n > best.n {
				best = t
			}
		}
		out = append(out, WordingCensus{best.text, g.schools, g.names})
	}
	slices.SortStableFunc(out, func(a, b WordingCensus) int { return cmp.Compare(b.Schools, a.Schools) })
	return out
}

// Title returns what a clause stands under, for people.
func (c *ClauseCensus) Title() string { return headed(c.Heading, c.Section) }

// Title returns what an addition stands under, for people.
func (a *AddedCensus) Title() string { return headed(a.Heading, a.Section) }

func headed(heading, code string) string {
	switch {
	case code == "":
		return "the first page"
	case heading == "":
		return code
	}
	return heading + " (" + code + ")"
}

// percent returns n of all as people say it.
func percent(n, all int) string { return strconv.Itoa((200*n+all)/(2*all)) + "%" }
