package generator

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/policygen/policygen/generator/document"
	"github.com/policygen/policygen/generator/docx"
	"github.com/policygen/policygen/generator/receipt"
	"github.com/policygen/policygen/generator/review"
	"github.com/policygen/policygen/generator/slot"
)

// An Updater brings documents that schools have edited forward to what a generator
// makes now.
type Updater struct {
	Generator *Generator

	// Again makes the setting's documents from an edition, as far as its details
	// of today allow: for a document of which nobody has kept what it was made
	// from. It returns nil if there is no such edition.
	Again func(edition string) *Documents

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

// A State is what bringing a document forward comes to.
type State string

// The states.
const (
	Unchanged State = "unchanged"       // there is nothing to change
	Clean     State = "clean"           // the school had changed nothing, the template has
	Merged    State = "merged"          // both have, in different places
	Decide    State = "needs decisions" // both have, in the same place
	Ended     State = "ended"           // the setting gets no such document any longer
)

// Origins of what was made, as people are told them.
const (
	fromFile    = "kept in the file"
	fromReceipt = "kept in the receipt"
	fromEdition = "made again from its edition"
	Unknown     = "not known"
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
	State    State

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

// EditionOf returns the edition that a file is of, or "" if it does not say.
func EditionOf(old Old) string {
	_, edition := Identify(old, nil)
	return edition
}

// Identify returns which document a file is: what it says of itself or, if it says
// nothing, what its name says. It returns "" if neither does.
func Identify(old Old, names []string) (document, edition string) {
	stem, _, _ := strings.Cut(path.Base(old.Name), ".")
	if slices.Contains(names, stem) {
		document = stem
	}
	if old.Receipt != nil {
		if f := old.Receipt.File(path.Base(old.Name)); f != nil {
			document, edition = f.Document, f.Edition
		}
	}
	switch formatOf(old.Name) {
	case Word:
		p := docx.Properties(old.Data)
		if d := p["policygen document"]; d != "" {
			document, edition = d, p["policygen edition"]
		}
		if b, err := ReadBase(docx.Base(old.Data)); err == nil {
			document, edition = b.Meta.Document, b.Meta.Edition
		}
	case Markdown:
		if s, ok := ReadSeal(old.Data); ok {
			document, edition = s.Document, s.Edition
		}
	}
	return document, edition
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
	name, edition := Identify(old, docs.names)
	up := &Update{Name: old.Name, Document: name, Format: format, From: edition, To: u.Generator.pack.Edition.ID, titles: map[string]string{}}
	if name == "" {
		return nil, &NotOurs{"it does not say which document it is", "give it the name of the document, such as online-safety-policy" + path.Ext(old.Name)}
	}
	i := slices.IndexFunc(docs.List, func(d *Document) bool { return d.Name == name })
	if i < 0 {
		up.Result, up.State, up.Title = &review.Result{Data: old.Data}, Ended, name
		return up, nil
	}
	latest := docs.List[i]
	up.Title = latest.Meta.Title
	base := u.base(up, old)
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
	given := u.given(up, base, latest)
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
		up.State = Decide
	case string(up.Data) == string(old.Data):
		up.State = Unchanged
	case up.Own:
		up.State = Merged
	default:
		up.State = Clean
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
func (u *Updater) base(up *Update, old Old) *Document {
	for _, from := range []struct{ text, origin string }{{docx.Base(old.Data), fromFile}, {kept(old.Receipt, up.Document), fromReceipt}} {
		if from.text == "" {
			continue
		}
		b, err := ReadBase(from.text)
		if err != nil || b.Meta.Document != up.Document {
			continue
		}
		if d, err := u.Generator.FromBase(b); err == nil {
			up.From, up.Origin = b.Meta.Edition, from.origin
			return d
		}
	}
	if up.From != "" && u.Again != nil {
		if docs := u.Again(up.From); docs != nil {
			if i := slices.IndexFunc(docs.List, func(d *Document) bool { return d.Name == up.Document }); i >= 0 {
				up.Origin = fromEdition
				return docs.List[i]
			}
		}
	}
	up.Origin = Unknown
	return nil
}

func kept(r *receipt.Receipt, document string) string {
	if r == nil {
		return ""
	}
	return r.Bases[document]
}

// given returns what a merge has to know.
func (u *Updater) given(up *Update, base, latest *Document) review.Given {
	edition := u.Generator.pack.Edition
	given := review.Given{
		Options: review.Options{Choices: u.Choices[up.Document]},
		By:      docx.Revision{Author: "policygen " + edition.ID, Initials: "pg", Date: edition.InForce.String() + "T00:00:00Z"},
	}
	if base != nil {
		given.Details = changedDetails(base, latest)
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
// otherwise.
func changedDetails(base, latest *Document) []review.Detail {
	was, is := base.shown(), latest.shown()
	var out []review.Detail
	for _, p := range is.paths {
		old, now := was.texts[p], is.texts[p]
		if len(old) != len(now) {
			continue
		}
		for i := range now {
			if old[i] == now[i] {
				continue
			}
			label := p
			if f := latest.generator.pack.Form.Field(p); f != nil {
				label = f.Label
			}
			out = append(out, review.Detail{Label: label, Old: old[i], New: now[i]})
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

// of returns the rows that name a section, or else those that name one around it.
func (c *Changes) about(section string, rows []Change) []Change {
	var exact, around []Change
	for _, row := range rows {
		if row.Class == "unchanged" {
			continue
		}
		for _, code := range row.Sections {
			if code == section {
				exact = append(exact, row)
				break
			}
			if section != "" && (strings.HasPrefix(section, code+".") || strings.HasPrefix(section, code+"-")) {
				around = append(around, row)
				break
			}
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
	if slices.Contains([]string{"K-hi", "K-med", "K-lo"}, c.Mark) {
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
	adopted, err := docx.Open(data)
	if err != nil {
		return &NotOurs{Msg: err.Error()}
	}
	fresh, err := latest.Write(Word)
	if err != nil {
		return err
	}
	is, err := docx.Open(fresh)
	if err != nil {
		return err
	}
	var was *docx.File
	if base != nil {
		made, err := base.Write(Word)
		if err != nil {
			return err
		}
		if was, err = docx.Open(made); err != nil {
			return err
		}
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

// Sentence says what became of a document, in a line.
func (u *Update) Sentence() string {
	var parts []string
	switch u.State {
	case Unchanged:
		return "unchanged"
	case Ended:
		return "ended: the edition " + u.To + " has no such document for this setting"
	}
	parts = append(parts, string(u.State))
	if u.Added+u.Removed > 0 {
		parts = append(parts, fmt.Sprintf("%d words in, %d out", u.Added, u.Removed))
	}
	if n := len(u.Details); n > 0 {
		parts = append(parts, fmt.Sprintf("%d details", n))
	}
	if n := u.Open(); n > 0 {
		parts = append(parts, fmt.Sprintf("%d to decide", n))
	}
	return strings.Join(parts, "; ")
}
