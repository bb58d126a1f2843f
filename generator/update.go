package generator

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/policygen/policygen/generator/document"
	"github.com/policygen/policygen/generator/docx"
	"github.com/policygen/policygen/generator/pack"
	"github.com/policygen/policygen/generator/receipt"
	"github.com/policygen/policygen/generator/review"
	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/slot"
)

// An Updater brings documents that schools have edited forward to what a generator
// makes now.
type Updater struct {
	Generator *Generator

	// Again are the setting's documents as earlier editions make them, as far as
	// its details of today allow: for a document of which nobody has kept what it
	// was made from.
	Again map[string]*Documents

	// Changes says what is otherwise since an edition, for the setting; nil if that
	// is not known.
	Changes func(from string) *Changes

	// Choices are decisions that have been taken, by document and by their ids.
	Choices map[string]map[string]review.Decision

	// Accept says that what others have tracked in Word files is to be accepted
	// first.
	Accept bool
}

// An Old is a file as the school has it.
type Old struct {
	Name    string // as people know it
	Data    []byte
	Receipt *receipt.Receipt // that stands beside it, or nil
}

// An Outcome is what bringing a document forward comes to.
type Outcome string

// The outcomes.
const (
	Unchanged Outcome = "unchanged"       // there is nothing to change
	Clean     Outcome = "clean"           // the school had changed nothing, the template has
	Merged    Outcome = "merged"          // both have, in different places
	Decide    Outcome = "needs decisions" // both have, in the same place
	Ended     Outcome = "ended"           // the setting gets no such document any longer
)

// Origins of what was made, as people are told them.
const (
	fromFile    = "kept in the file"
	fromReceipt = "kept in the receipt"
	fromEdition = "made again from its edition"
	FromWords   = "made again from the edition whose words it has"
	NoOrigin    = "not known"
)

// An Update is a document brought forward.
type Update struct {
	*review.Result
	Name     string
	Document string
	Title    string
	Format   Format
	From, To string // editions; From is "" if it is not known
	Origin   string // how it is known what was made
	Outcome  Outcome

	entry  receipt.File // what a receipt says of the document as it is made now
	base   string
	titles map[string]string // of sections, by their codes
}

// Section returns what a section is called, with its code.
func (u *Update) Section(code string) string {
	switch title := u.titles[code]; {
	case code == "":
		return "the first page"
	case title == "":
		return code
	default:
		return title + " (" + code + ")"
	}
}

// A NotOurs is why a file cannot be brought forward, and what to do about it.
type NotOurs struct{ Msg, Hint string }

func (e *NotOurs) Error() string { return e.Msg }

// EditionOf returns the edition that a file is of, or "" if it does not say, and
// whether it is known what was made.
func EditionOf(old Old) (edition string, known bool) {
	c := readClaim(old.Name, old.Data, old.Receipt)
	return c.Edition, c.Base != nil
}

// Whose returns what a file says of whose it is: the setting's name and URN.
func Whose(old Old) (name, urn string) {
	c := readClaim(old.Name, old.Data, old.Receipt)
	return c.Setting, c.URN
}

func formatOf(name string) Format {
	switch strings.ToLower(path.Ext(name)) {
	case ".docx":
		return Word
	case ".md":
		return Markdown
	}
	return ""
}

// Update brings a file forward to what docs, the setting's documents of today,
// have in its place.
func (u *Updater) Update(docs *Documents, old Old) (*Update, error) {
	format := formatOf(old.Name)
	is := readClaim(old.Name, old.Data, old.Receipt)
	name := is.Document
	if stem, _, _ := strings.Cut(path.Base(old.Name), "."); name == "" && slices.Contains(docs.names, stem) {
		name = stem
	}
	up := &Update{Name: old.Name, Document: name, Format: format, From: is.Edition, To: u.Generator.pack.Edition.ID, titles: map[string]string{}}
	if name == "" {
		return nil, &NotOurs{"it does not say which document it is", "give it the name of the document, such as online-safety-policy" + path.Ext(old.Name)}
	}
	i := slices.IndexFunc(docs.List, func(d *Document) bool { return d.Name == name })
	if i < 0 {
		up.Result, up.Outcome, up.Title = &review.Result{Data: old.Data}, Ended, name
		return up, nil
	}
	latest := docs.List[i]
	up.Title = latest.Meta.Title
	base := u.base(up, is, old.Data)
	up.base = latest.Base()
	for _, d := range []*Document{base, latest} {
		if d == nil {
			continue
		}
		for _, s := range d.sections {
			if s.Level > 0 {
				up.titles[s.Code] = strings.TrimSpace(s.Details[slot.Number].Text + " " + document.Plain(s.moulds.section.Title, s.Details))
			}
		}
	}
	given := u.given(up, docs, base, latest)
	var err error
	switch format {
	case Word:
		err = u.word(up, old, base, latest, given)
	case Markdown:
		err = u.markdown(up, old, base, latest, given)
	default:
		return nil, &NotOurs{"it is neither a Word file nor Markdown", "name files that end in .docx or .md; a web page is made anew by policygen generate"}
	}
	if err != nil {
		return nil, err
	}
	switch open := up.Open(); {
	case open > 0:
		up.Outcome = Decide
	case string(up.Data) == string(old.Data):
		up.Outcome = Unchanged
	case up.Own:
		up.Outcome = Merged
	default:
		up.Outcome = Clean
	}
	return up, nil
}

// Open returns how many decisions nobody has taken yet.
func (u *Update) Open() int {
	n := 0
	for _, d := range u.Decisions {
		if !d.Settled {
			n++
		}
	}
	return n
}

// base finds what was made: in the file, in the receipt, or by making it again.
func (u *Updater) base(up *Update, is *claim, data []byte) *Document {
	if is.Base != nil && is.Base.Meta.Document == up.Document {
		if d, err := u.Generator.FromBase(is.Base); err == nil {
			up.From, up.Origin = is.Base.Meta.Edition, is.origin
			return d
		}
	}
	if d := u.Again[up.From].named(up.Document); d != nil {
		up.Origin = fromEdition
		return d
	}
	if up.From == "" && up.Format == Word {
		if d := u.guess(up, data); d != nil {
			up.From, up.Origin = d.Meta.Edition, FromWords
			return d
		}
	}
	up.Origin = NoOrigin
	return nil
}

// named returns the document with that name, or nil.
func (d *Documents) named(name string) *Document {
	if d == nil {
		return nil
	}
	i := slices.IndexFunc(d.List, func(d *Document) bool { return d.Name == name })
	if i < 0 {
		return nil
	}
	return d.List[i]
}

// Besides returns the names of the documents that are not among those that have
// been brought forward.
func (d *Documents) Besides(updates []*Update) []string {
	var names []string
	for _, doc := range d.List {
		if !slices.ContainsFunc(updates, func(u *Update) bool { return u.Document == doc.Name }) {
			names = append(names, doc.Name)
		}
	}
	return names
}

// guess returns the document of the edition whose words a Word file has: of the
// one with which it shares the most paragraphs, if those are at least half of its
// own.
func (u *Updater) guess(up *Update, data []byte) *Document {
	words, err := docx.Words(data)
	if err != nil {
		return nil
	}
	lines := strings.Split(strings.TrimSpace(words), "\n")
	var best *Document
	most := len(lines)/2 - 1
	for _, id := range slices.Sorted(maps.Keys(u.Again)) {
		d := u.Again[id].named(up.Document)
		if d == nil {
			continue
		}
		made, err := d.Write(Word)
		if err != nil {
			continue
		}
		was, err := docx.Words(made)
		if err != nil {
			continue
		}
		has := map[string]bool{}
		for line := range strings.SplitSeq(was, "\n") {
			has[line] = true
		}
		shared := 0
		for _, line := range lines {
			if has[line] {
				shared++
			}
		}
		if shared > most {
			best, most = d, shared
		}
	}
	return best
}

// given returns what a merge has to know.
func (u *Updater) given(up *Update, docs *Documents, base, latest *Document) review.Given {
	edition := u.Generator.pack.Edition
	given := review.Given{
		Options: review.Options{Choices: u.Choices[up.Document]},
		By:      docx.Revision{Author: "policygen " + edition.ID, Initials: "pg", Date: edition.InForce.String() + "T00:00:00Z"},
	}
	if base != nil {
		given.Details = changedDetails(base, latest, docs.Setting)
	}
	var changes *Changes
	if u.Changes != nil && up.From != "" && up.From != edition.ID {
		changes = u.Changes(up.From)
	}
	given.Reasons = func(section string) []string {
		if up.From == edition.ID {
			return []string{"Brought up to date", "The details of the setting, or the templates of the same edition, have changed."}
		}
		return reasons(changes, edition.Title, section)
	}
	return given
}

// changedDetails returns the details that both documents print, and print
// otherwise. What an edition says unless a setting says something else is a
// template's.
func changedDetails(base, latest *Document, s *setting.Setting) []review.Detail {
	was, is := base.shown(), latest.shown()
	var out []review.Detail
	for _, p := range is.paths {
		old, now := was.texts[p], is.texts[p]
		f := latest.generator.pack.Form.Field(p)
		if f == nil || len(old) != len(now) {
			continue
		}
		if v := s.At(p); base.Meta.Edition != latest.Meta.Edition && f.Kind != setting.Record && (!v.Given || v.Assumed) {
			continue
		}
		for i := range now {
			if old[i] == now[i] {
				continue
			}
			out = append(out, review.Detail{Label: f.Label, Old: old[i], New: now[i]})
		}
	}
	return out
}

// A shownDetails is what a document prints of details, by their paths.
type shownDetails struct {
	paths []string
	texts map[string][]string
}

func (d *Document) shown() shownDetails {
	p := shownDetails{texts: map[string][]string{}}
	add := func(path, text string, gap bool) {
		if path == "" {
			return
		}
		if gap {
			text = "To complete: " + text
		}
		if p.texts[path] == nil {
			p.paths = append(p.paths, path)
		}
		if !slices.Contains(p.texts[path], text) {
			p.texts[path] = append(p.texts[path], text)
		}
	}
	for _, d := range d.titleText {
		add(d.Path, d.Text, d.Gap)
	}
	for _, s := range d.sections {
		for _, d := range s.Details {
			add(d.Path, d.Text, d.Gap)
		}
	}
	return p
}

// maxReasons is how many reasons a comment gives: nobody reads more at the edge of
// a page. The summary of changes has them all.
const maxReasons = 4

// reasons returns why a section has changed, as the edition's list of changes has
// it: what it says of the section itself or, if that is nothing, of what stands
// around it.
func reasons(changes *Changes, edition, section string) []string {
	lines := []string{"Edition " + edition + ": why this has changed"}
	if changes != nil {
		for _, rows := range [][]Change{changes.about(section, changes.Rows), changes.about(section, changes.Unconfirmed)} {
			for _, row := range rows {
				if len(lines) > maxReasons {
					break
				}
				lines = append(lines, row.reason())
			}
		}
	}
	if len(lines) == 1 {
		return []string{"Edition " + edition, "The words of this section have been brought up to date with the edition of " + edition + "."}
	}
	return lines
}

// about returns the rows that name a section, or else those that name the one
// around it. What stays as it was, and what concerns a whole family, is no reason
// for a change of one section; what has been taken out is one where it was.
func (c *Changes) about(section string, rows []Change) []Change {
	var exact, around []Change
	for _, row := range rows {
		switch {
		case row.Class == "unchanged":
		case slices.Contains(row.Sections, section):
			exact = append(exact, row)
		case row.Class != "removed" && pack.Verified(row.Mark) && slices.ContainsFunc(row.Sections, func(code string) bool { return strings.HasPrefix(section, code+".") }):
			around = append(around, row)
		}
	}
	if len(exact) > 0 {
		return exact
	}
	return around
}

// reason returns a row as a comment tells it.
func (c *Change) reason() string {
	s := c.Text
	if c.Why != "" {
		s += " Why: " + c.Why
	}
	var titles []string
	for _, g := range c.Cites {
		titles = append(titles, g.Title)
	}
	if len(titles) > 0 {
		s += " Source: " + strings.Join(titles, "; ") + "."
	}
	if c.Decide != "" {
		s += " To decide: " + c.Decide
	}
	if !pack.Verified(c.Mark) {
		s = "To be confirmed before anybody relies on it: " + s
	}
	return s
}

// word brings a Word file forward.
func (u *Updater) word(up *Update, old Old, base, latest *Document, given review.Given) error {
	data := old.Data
	if u.Accept {
		accepted, err := docx.Accept(data, nil)
		if err != nil {
			return &NotOurs{Msg: err.Error()}
		}
		data = accepted
	}
	// The three files are read side by side: that is half of the work.
	var adopted, is, was *docx.File
	var fresh []byte
	var notWord, err, baseErr error
	var group sync.WaitGroup
	group.Go(func() { adopted, notWord = docx.Open(data) })
	group.Go(func() {
		if fresh, err = latest.Write(Word); err == nil {
			is, err = docx.Open(fresh)
		}
	})
	if base != nil {
		made, writeErr := base.Write(Word)
		if baseErr = writeErr; baseErr == nil {
			was, baseErr = docx.Open(made)
		}
	}
	group.Wait()
	switch {
	case notWord != nil:
		return &NotOurs{Msg: notWord.Error()}
	case err != nil:
		return err
	case baseErr != nil:
		return baseErr
	}
	up.entry = latest.entry(Word, fresh)
	up.Result, err = review.Revise(was, adopted, is, given, up.base, map[string]string{
		"policygen edition": up.To, "policygen document": up.Document, "policygen setting": latest.Meta.Setting, "policygen urn": latest.Meta.URN,
	})
	return err
}

// markdown brings a Markdown file forward.
func (u *Updater) markdown(up *Update, old Old, base, latest *Document, given review.Given) error {
	fresh, err := latest.Write(Markdown)
	if err != nil {
		return err
	}
	var was []byte
	if base != nil {
		if was, err = base.Write(Markdown); err != nil {
			return err
		}
	}
	up.entry = latest.entry(Markdown, fresh)
	up.Result = review.Markdown(string(was), string(old.Data), string(fresh), base != nil, given)
	return nil
}

// DetailsOnly reports whether nothing but details has changed.
func (u *Update) DetailsOnly() bool {
	return len(u.Details) > 0 && len(u.Changed) == 0 && len(u.Decisions) == 0
}

// Sentence says what became of a document, in a line.
func (u *Update) Sentence() string {
	var parts []string
	switch u.Outcome {
	case Unchanged:
		return "unchanged"
	case Ended:
		return "ended: the edition " + u.To + " has no such document for this setting"
	}
	parts = append(parts, string(u.Outcome))
	if u.DetailsOnly() {
		parts[0] += ": nothing but details"
	}
	if u.Added+u.Removed > 0 {
		parts = append(parts, fmt.Sprintf("%d words in, %d out", u.Added, u.Removed))
	}
	if n := len(u.Details); n > 0 {
		parts = append(parts, plural(n, "detail", "details"))
	}
	if n := u.Open(); n > 0 {
		parts = append(parts, fmt.Sprintf("%d to decide", n))
	}
	return strings.Join(parts, "; ")
}
