package generator

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/policygen/policygen/generator/document"
	"github.com/policygen/policygen/generator/receipt"
	"github.com/policygen/policygen/generator/review"
	"github.com/policygen/policygen/generator/source"
)

// A Kept is what became of documents that have been brought forward.
type Kept struct {
	Wrote []string // files that have been written
	Same  []string // files that were there already
	Left  []string // files that somebody has edited since a review wrote them: left as they are
}

// SaveUpdates writes documents that have been brought forward to a folder of o,
// "" for the folder itself, with a receipt beside them. Each has the name that its
// file had. A file that somebody has edited since a review wrote it is left alone,
// unless overwrite says otherwise.
func (o *Output) SaveUpdates(folder string, docs *Documents, updates []*Update, overwrite bool) (*Kept, error) {
	done := &Kept{}
	name := path.Join(folder, receipt.Name)
	old, err := o.Read(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Name(name), cause(err))
	}
	r := &receipt.Receipt{}
	if old != nil {
		if r, err = receipt.Read(o.Name(name), old); err != nil {
			return nil, err
		}
		if r.Setting != "" && r.Setting != docs.Setting.Name() && !overwrite {
			return nil, another(docs, o.Name(folder), r.Setting)
		}
	}
	r.Setting, r.Edition, r.Layers, r.Details, r.Gaps = docs.Setting.Name(), docs.pack.Edition.ID, docs.pack.Layers(), receipt.Details(docs.Setting), len(docs.Gaps())
	for _, u := range updates {
		file := path.Join(folder, path.Base(u.Name))
		there, err := o.Read(file)
		if err != nil {
			return done, fmt.Errorf("%s: %w", o.Name(file), cause(err))
		}
		was := r.File(path.Base(u.Name))
		switch {
		case bytes.Equal(there, u.Data) && there != nil:
			done.Same = append(done.Same, o.Name(file))
		case there != nil && !overwrite && (was == nil || was.Review != receipt.Digest(there)):
			done.Left = append(done.Left, o.Name(file))
			continue
		default:
			if err := o.Put(file, u.Data); err != nil {
				return done, fmt.Errorf("%s: %w", o.Name(file), cause(err))
			}
			done.Wrote = append(done.Wrote, o.Name(file))
		}
		if u.Outcome != Ended {
			entry := u.entry
			entry.Name, entry.Review = path.Base(u.Name), receipt.Digest(u.Data)
			r.Put(entry)
			r.PutBase(u.Document, u.base, []string{entry.Name})
		}
		if list := u.List(); list != "" && u.Format == Markdown {
			if err := o.put(strings.TrimSuffix(file, path.Ext(file))+".decisions.md", []byte(list), done); err != nil {
				return done, err
			}
		}
	}
	if len(r.Files) > 0 {
		err = o.put(name, r.Write(), nil)
	}
	return done, err
}

// put writes a file unless it is right already.
func (o *Output) put(name string, data []byte, done *Kept) error {
	there, err := o.Read(name)
	if err == nil && !bytes.Equal(there, data) {
		err = o.Put(name, data)
		if done != nil && err == nil {
			done.Wrote = append(done.Wrote, o.Name(name))
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", o.Name(name), cause(err))
	}
	return nil
}

func another(d *Documents, folder, setting string) error {
	var problems source.Errors
	problems.Add(d.Setting.At("setting.name").Pos, "write to another folder with -o; if the setting has a new name, say --overwrite",
		"the folder %s holds the documents of another setting, %q", folder, setting)
	return problems.Err()
}

// List returns the decisions to take about a document as Markdown, or "" if there
// are none.
func (u *Update) List() string {
	return review.DecisionsList(u.Title, u.Decisions, u.Section)
}

// DecisionHeadings are the headings of a list of decisions as a spreadsheet.
var DecisionHeadings = []string{"setting", "document", "section", "question", "template says", "school says", "default", "decision", "wording", "id"}

// A DecisionRow is a decision about a document of a setting.
type DecisionRow struct {
	Setting  string // the folder of its documents
	Document string
	Section  string // what the section is called
	Filled   bool   // somebody has decided, but it has not been done yet
	review.Decision
}

// DecisionRows returns the decisions about documents of a setting.
func DecisionRows(setting string, updates []*Update) []DecisionRow {
	var rows []DecisionRow
	for _, u := range updates {
		for _, d := range u.Decisions {
			rows = append(rows, DecisionRow{Setting: setting, Document: u.Document, Section: u.Section(d.Section), Decision: *d})
		}
	}
	return rows
}

// WriteDecisions returns decisions as CSV, to be filled in with a spreadsheet and
// read back by [ReadDecisions].
func WriteDecisions(rows []DecisionRow) []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff") // or Excel takes it for Windows-1252
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	w.Write(DecisionHeadings)
	for _, r := range rows {
		choice := ""
		if r.Settled || r.Filled {
			choice = string(r.Choice)
		}
		w.Write([]string{cell(r.Setting), r.Document, cell(r.Section), cell(r.Kind.Question()), cell(r.Template), cell(r.School), string(review.Keep), choice, cell(r.Wording), r.ID})
	}
	w.Flush()
	return b.Bytes()
}

// choices are what can be decided.
var choices = []string{string(review.Adopt), string(review.Adapt), string(review.Keep), string(review.Withdraw)}

// ReadDecisions reads a list of decisions that somebody has filled in, by setting,
// document and id. Rows without a decision are left out. What is wrong with the
// list is reported as source.Errors.
func ReadDecisions(name string, data []byte) (map[string]map[string]map[string]review.Decision, error) {
	var problems source.Errors
	pos := func(line int) source.Pos { return source.Pos{File: name, Line: line, Col: 1} }
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	first, _, _ := bytes.Cut(data, []byte("\n"))
	for _, comma := range []rune{';', '\t'} { // as Excel writes it in some countries
		if bytes.Count(first, []byte(string(comma))) > bytes.Count(first, []byte(string(r.Comma))) {
			r.Comma = comma
		}
	}
	records, err := r.ReadAll()
	if err != nil {
		problems.Add(pos(1), "save it again as CSV (UTF-8)", "it cannot be read as CSV: %v", err)
		return nil, problems
	}
	column := map[string]int{}
	if len(records) > 0 {
		for i, h := range records[0] {
			column[strings.ToLower(strings.TrimSpace(h))] = i
		}
	}
	for _, h := range []string{"setting", "document", "decision", "id"} {
		if _, ok := column[h]; !ok {
			problems.Add(pos(1), "leave the headings as review update wrote them", "it has no column %q", h)
		}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	out := map[string]map[string]map[string]review.Decision{}
	for i, rec := range records[1:] {
		at := func(h string) string {
			if c, ok := column[h]; ok && c < len(rec) {
				return strings.TrimPrefix(strings.TrimSpace(rec[c]), "'")
			}
			return ""
		}
		choice := strings.ToLower(at("decision"))
		line := pos(i + 2)
		switch {
		case choice == "":
			continue
		case !slices.Contains(choices, choice):
			problems.Add(line, "it can be "+source.Quoted(choices, "or")+"; leave it empty to keep the school's words and be asked again", "%q is no decision", at("decision"))
			continue
		case at("id") == "":
			problems.Add(line, "leave the column id as review update wrote it", "a decision without its id")
			continue
		case choice == string(review.Adapt) && at("wording") == "":
			problems.Add(line, "write the words that are to stand there into the column wording", "adapt says nothing without words")
			continue
		}
		docs := out[at("setting")]
		if docs == nil {
			docs = map[string]map[string]review.Decision{}
			out[at("setting")] = docs
		}
		if docs[at("document")] == nil {
			docs[at("document")] = map[string]review.Decision{}
		}
		docs[at("document")][at("id")] = review.Decision{Choice: review.Choice(choice), Wording: at("wording")}
	}
	return out, problems.Err()
}

// UpdatesReport returns one document that says what has become of a setting's
// documents: what has been changed in each, what is to decide, and what could not
// be marked.
func (g *Generator) UpdatesReport(docs *Documents, updates []*Update) (*Document, error) {
	meta := document.Meta{Title: "Review of the policies: what has been brought up to date", Setting: docs.Setting.Name(), Lang: "en-GB", Document: "review-summary", Edition: g.pack.Edition.ID}
	w := &updatesWriter{g: g, updates: updates}
	w.summary()
	w.decisions()
	w.documents()
	return g.compose(docs, meta, w.sections)
}

type updatesWriter struct {
	g        *Generator
	updates  []*Update
	sections []*document.Section
}

func (w *updatesWriter) section(level int, title string, blocks ...document.Block) {
	w.sections = append(w.sections, &document.Section{Code: fmt.Sprintf("RV-%d", len(w.sections)), Level: level, Title: text(title), Blocks: blocks})
}

// summary tells it on one page.
func (w *updatesWriter) summary() {
	count := map[Outcome]int{}
	decisions, added, removed := 0, 0, 0
	for _, u := range w.updates {
		count[u.Outcome]++
		decisions += u.Open()
		added += u.Added
		removed += u.Removed
	}
	changed := count[Clean] + count[Merged] + count[Decide]
	words := fmt.Sprintf("%s been looked at, and %s brought up to date with the edition of %s: %d words put in and %d taken out.",
		plural(len(w.updates), "document has", "documents have"), plural(changed, "has been", "have been"), w.g.pack.Edition.Title, added, removed)
	if slices.ContainsFunc(w.updates, func(u *Update) bool { return u.Format == Word }) {
		words += " In Word files every change is marked as a tracked change, and none is made until somebody accepts it."
	}
	if slices.ContainsFunc(w.updates, func(u *Update) bool { return u.Format == Markdown }) {
		words += " In Markdown files the changes have been made."
	}
	ask := "Nothing has to be decided."
	if decisions > 0 {
		ask = plural(decisions, "point has", "points have") + " to be decided, because both the setting and the template have changed the same words. Until then the setting's own words stand."
	}
	table := &document.Table{Align: make([]document.Align, 5), Head: [][]document.Inline{text("Document"), text("What has come of it"), text("Words in"), text("Words out"), text("To decide")}}
	for _, u := range w.updates {
		table.Rows = append(table.Rows, [][]document.Inline{text(u.Title), text(u.Sentences()), text(fmt.Sprint(u.Added)), text(fmt.Sprint(u.Removed)), text(fmt.Sprint(u.Open()))})
	}
	w.sections = append(w.sections, &document.Section{Code: "RV-0", Blocks: []document.Block{paragraph(words), paragraph(ask), table}})
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Sentences says what became of a document, for people who have not seen it.
func (u *Update) Sentences() string {
	switch u.Outcome {
	case Unchanged:
		return "Nothing to change."
	case Clean:
		return "Brought up to date. The setting had changed nothing in it."
	case Merged:
		return "Brought up to date. What the setting had changed has been kept."
	case Decide:
		return "Brought up to date, but for what has to be decided."
	}
	return "No such document belongs to this edition for this setting. It has been left as it is."
}

// decisions lists what has to be decided.
func (w *updatesWriter) decisions() {
	var rows [][][]document.Inline
	for _, u := range w.updates {
		for _, d := range u.Decisions {
			if d.Settled {
				continue
			}
			rows = append(rows, [][]document.Inline{
				append(text(u.Title+": "+u.Section(d.Section)), document.Break{}, &document.Emphasis{Text: text(capital(d.Kind.Question()))}),
				text(short(d.Template)), text(short(d.School)), nil,
			})
		}
	}
	if len(rows) == 0 {
		return
	}
	w.section(2, "To decide",
		paragraph("Adopt the template's words, adapt them, keep your own, or withdraw the clause. Write your decision beside each."),
		&document.Table{Align: make([]document.Align, 4), Head: [][]document.Inline{text("Where"), text("The template says"), text("You say"), text("Decision")}, Rows: rows})
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// maxCell is how much of a text a summary shows, in characters.
const maxCell = 600

func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if s == "" {
		return "(nothing)"
	}
	if r := []rune(s); len(r) > maxCell {
		return string(r[:maxCell]) + " …"
	}
	return s
}

// documents tells of each document what has been done in it, and what has not.
func (w *updatesWriter) documents() {
	for _, u := range w.updates {
		var blocks []document.Block
		list := func(lead string, items []string) {
			if len(items) == 0 {
				return
			}
			l := &document.List{}
			for _, item := range items {
				l.Items = append(l.Items, &document.Item{Blocks: []document.Block{paragraph(item)}})
			}
			blocks = append(blocks, paragraph(lead), l)
		}
		var changed, withheld []string
		for _, code := range u.Changed {
			changed = append(changed, u.Section(code))
		}
		if n := len(changed); n > 0 {
			lead := "Changed, in " + plural(n, "section", "sections")
			if u.Format == Word {
				lead += ", each with the reason in a comment"
			}
			blocks = append(blocks, paragraph(lead+": "+strings.Join(changed, "; ")+"."))
		}
		for _, code := range u.Withheld {
			withheld = append(withheld, u.Section(code))
		}
		list("Details that have changed:", u.Details)
		list("Sections that you have taken out, and that stay out:", withheld)
		if u.Outcome == Unchanged || u.Outcome == Ended {
			continue
		}
		if u.Contents {
			blocks = append(blocks, paragraph("The contents list has not been touched, because it has been brought up to date since the document was made: in Word, click into it and press F9."))
		}
		if len(u.Unmarked) > 0 {
			blocks = append(blocks, paragraph("Not looked at, because changes cannot be marked there: "+strings.Join(u.Unmarked, ", ")+". Look at them yourself: a footer may still name the edition and the date of approval from before."))
		}
		switch u.Origin {
		case fromEdition:
			blocks = append(blocks, paragraph("What the document was made from was kept nowhere. It was made again from its edition, with the details of today: where a detail has changed since, it may be taken for a change of your own."))
		case FromWords:
			blocks = append(blocks, paragraph("The document does not say what it was made from. Its words are those of the edition "+u.From+", so it was compared with what that edition makes of the details of today."))
		case NoOrigin:
			blocks = append(blocks, paragraph("What the document was made from is not known. It was compared with the new text alone: what you have and the template has not is taken for your own, and has been kept."))
		}
		if len(blocks) > 0 {
			w.section(3, u.Title, blocks...)
		}
	}
	// A heading of the second level stands over those of documents.
	for i, s := range w.sections {
		if s.Level == 3 {
			head := &document.Section{Code: "RV-D", Level: 2, Title: text("Document by document")}
			w.sections = slices.Insert(w.sections, i, head)
			return
		}
	}
}
