package generator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/policygen/policygen/generator/document"
	"github.com/policygen/policygen/generator/pack"
)

// A voice is how a summary of changes speaks: to a meeting, or to somebody who
// works alone and is told of none.
type voice struct {
	policies   string // whose policies, in the first sentence
	todo       string // a heading
	decide     string // what to do with the decisions
	confirm    string // what to do with what has not been confirmed
	use        string // what to do with the new documents
	record     string // what the sentence to keep is for
	considered string // its beginning
	named      string // its end
	blank      string // the head of the column to write in
}

func (c *Changes) voice() voice {
	if c.docs != nil && c.docs.Setting.Type.Is("childminder") {
		return voice{
			policies:   "my policies",
			todo:       "What I do now",
			decide:     "Go through the decisions below, and write beside each what I do and by when.",
			confirm:    "Look up in its source, before I rely on it, what is still to be confirmed.",
			use:        "Read the new documents before I use them, and see that what they say is true of my work.",
			record:     "For my records",
			considered: "I have gone through",
			named:      "and have written beside each of the %s that it asks for what I do and by when",
			blank:      "What I do, and by when",
		}
	}
	v := voice{
		policies:   "the policies",
		todo:       "What is asked",
		decide:     "Go through the decisions below, and name for each who takes it and by when.",
		confirm:    "Name somebody who looks up in its source, before anybody relies on it, what is still to be confirmed.",
		use:        "Approve the new documents when those who know what is done have read them and found that what they say is true.",
		record:     "For the record",
		considered: "Those responsible for the setting considered",
		named:      "and named for each of the %s that it asks for who takes it and by when",
		blank:      "Who takes it, and by when",
	}
	if c.docs != nil {
		if body := c.docs.Setting.At("governance.body"); body.Given {
			v.considered = "The " + body.Text + " considered"
			if !slices.Contains([]string{"proprietor", "owner", "none"}, body.Key) { // who are one person, and keep no minutes
				v.todo, v.record = "What is asked of this meeting", "For the minutes"
			}
		}
	}
	return v
}

// ChangesReport makes a document of c: a first page that stands alone, the
// decisions to take, and then every change with its reason.
func (g *Generator) ChangesReport(c *Changes) (*Document, error) {
	meta := document.Meta{Title: "What changes in the policies, " + c.From.Title + " to " + c.To.Title, Lang: "en-GB", Document: "changes", Edition: c.To.ID, Setting: "For every type of setting"}
	if c.docs != nil {
		meta.Setting = c.docs.Setting.Name()
	}
	w := &changesWriter{c: c, voice: c.voice()}
	w.firstPage()
	w.decisions()
	w.changes()
	w.list("unchanged", "What stays as it was, on purpose")
	w.list("removed", "What has been taken out")
	w.unconfirmed()
	w.documents()
	return g.compose(c.docs, meta, w.sections)
}

// A changesWriter gathers the sections of a summary of changes.
type changesWriter struct {
	c        *Changes
	voice    voice
	sections []*document.Section
}

// section adds a section; one of level 0 has no heading.
func (w *changesWriter) section(level int, title string, blocks ...document.Block) {
	w.sections = append(w.sections, &document.Section{Code: "CH-" + strconv.Itoa(len(w.sections)), Level: level, Title: text(title), Blocks: blocks})
}

// firstPage says how much has changed, what is asked of whoever reads it, and
// what can be put on record.
func (w *changesWriter) firstPage() {
	c := w.c
	all, decisions := c.Count()
	between := fmt.Sprintf("from the edition of %s to that of %s", c.From.Title, c.To.Title)
	first := fmt.Sprintf("This summary says what changes in %s when they are brought %s.", w.voice.policies, between)
	if all == 0 {
		first += " Nothing changes in them."
	} else {
		first += fmt.Sprintf(" There %s: %s.", either(all, "is 1 change", "are %d changes"), w.reasons())
	}
	if decisions > 0 {
		first += " " + either(decisions, "1 of them asks", "%d of them ask") + " for a decision, which no text can take."
	}
	second := ""
	if kept, gone := c.of("unchanged"), c.of("removed"); kept+gone > 0 {
		second = fmt.Sprintf("Besides, %s on purpose, and %s taken out.", either(kept, "1 thing stays as it was", "%d things stay as they were"), either(gone, "1 has been", "%d have been"))
	}
	if n := len(c.Unconfirmed); n > 0 {
		second += fmt.Sprintf(" Not counted here %s that nobody has been able to confirm: see the end.", either(n, "is 1 point", "are %d points"))
	}
	blocks := []document.Block{paragraph(first)}
	if second != "" {
		blocks = append(blocks, paragraph(strings.TrimSpace(second)))
	}
	if all > 0 {
		blocks = append(blocks, w.numbers())
	}
	w.section(0, "", blocks...)

	todo := &document.List{Ordered: true, Start: 1}
	add := func(when bool, words string) {
		if when {
			todo.Items = append(todo.Items, &document.Item{Blocks: []document.Block{paragraph(words)}})
		}
	}
	add(decisions > 0, w.voice.decide)
	add(len(c.Unconfirmed) > 0, w.voice.confirm)
	add(true, w.voice.use)
	record := fmt.Sprintf("%s the summary of what changes in the safeguarding policies %s (%s)", w.voice.considered, between, either(all, "1 change", "%d changes"))
	if decisions > 0 {
		record += ", " + fmt.Sprintf(w.voice.named, either(decisions, "1 decision", "%d decisions"))
	}
	w.section(2, w.voice.todo, todo, &document.Callout{Blocks: []document.Block{&document.Paragraph{
		Text: []document.Inline{&document.Strong{Text: text(w.voice.record + ":")}, document.Text(" " + record + ".")},
	}}})
}

// reasons counts the changes by class, in words.
func (w *changesWriter) reasons() string {
	var parts []string
	for _, of := range []struct{ class, words string }{
		{"law", "because of law and statutory duties"}, {"guidance", "because of guidance and standards"}, {"practice", "in practice"}, {"terms", "in the words that are used"},
	} {
		if n := w.c.of(of.class); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, of.words))
		}
	}
	if n := len(parts); n > 1 {
		return strings.Join(parts[:n-1], ", ") + " and " + parts[n-1]
	}
	return strings.Join(parts, "")
}

// numbers is a table of the changes and decisions of each family.
func (w *changesWriter) numbers() document.Block {
	table := &document.Table{
		Align: []document.Align{document.AlignNone, document.AlignRight, document.AlignRight, document.AlignRight, document.AlignRight, document.AlignRight},
		Head:  [][]document.Inline{text("Policies"), text("Law and duties"), text("Guidance"), text("Practice"), text("Words"), text("Decisions")},
	}
	for _, f := range w.c.families() {
		row := [][]document.Inline{text(f.Title)}
		for _, class := range []string{"law", "guidance", "practice", "terms"} {
			n, _ := w.c.count(func(r *Change) bool { return r.Class == class && r.Family.ID == f.ID })
			row = append(row, text(strconv.Itoa(n)))
		}
		_, decisions := w.c.count(func(r *Change) bool { return changed(r.Class) && r.Family.ID == f.ID })
		table.Rows = append(table.Rows, append(row, text(strconv.Itoa(decisions))))
	}
	return table
}

// decisions lists what a person has to decide, the weightiest reasons first,
// with room to write.
func (w *changesWriter) decisions() {
	if _, n := w.c.count(func(*Change) bool { return true }); n == 0 {
		return
	}
	w.pageBreak() // the first page stands alone
	w.section(2, "The decisions to take", paragraph("The numbers are those of the changes below, where the reasons are."))
	for _, class := range pack.Classes {
		table := &document.Table{
			Align: make([]document.Align, 4),
			Head:  [][]document.Inline{text("No."), text("About"), text("Decision"), text(w.voice.blank)},
		}
		for _, r := range w.c.Rows {
			if r.Class == class.ID && r.Decide != "" {
				table.Rows = append(table.Rows, [][]document.Inline{text(strconv.Itoa(r.Number)), text(r.about()), w.decision(&r), {document.Blank(20)}})
			}
		}
		if len(table.Rows) > 0 {
			w.section(3, class.Label, table)
		}
	}
}

// about says in a few words what a change is about: the heading of the section
// that it is in, or the family.
func (r *Change) about() string {
	if r.heading != "" {
		return r.heading
	}
	return r.Family.Title
}

// decision returns what is to be decided.
func (w *changesWriter) decision(r *Change) []document.Inline {
	var out []document.Inline
	if r.Watch {
		out = append(out, &document.Strong{Text: text("Not in force yet.")}, document.Text(" "))
	}
	out = append(out, document.Text(r.Decide))
	if r.For != "" {
		out = append(out, document.Break{}, &document.Emphasis{Text: text("For: " + r.For)})
	}
	return out
}

// changes lists every change by family and class.
func (w *changesWriter) changes() {
	w.pageBreak()
	for _, f := range w.c.families() {
		if n, _ := w.c.count(func(r *Change) bool { return changed(r.Class) && r.Family.ID == f.ID }); n == 0 {
			continue
		}
		w.section(2, f.Title)
		for _, class := range pack.Classes {
			table := w.table(w.c.Rows, func(r *Change) bool { return changed(r.Class) && r.Class == class.ID && r.Family.ID == f.ID })
			if len(table.Rows) > 0 {
				w.section(3, class.Label, table)
			}
		}
	}
}

// pageBreak ends the page after what has been written.
func (w *changesWriter) pageBreak() {
	last := w.sections[len(w.sections)-1]
	last.Blocks = append(last.Blocks, &document.PageBreak{})
}

// list lists the rows of a class that stands apart.
func (w *changesWriter) list(class, title string) {
	table := w.table(w.c.Rows, func(r *Change) bool { return r.Class == class })
	if len(table.Rows) > 0 {
		w.section(2, title, table)
	}
}

// unconfirmed lists what must not be told as a fact.
func (w *changesWriter) unconfirmed() {
	if len(w.c.Unconfirmed) == 0 {
		return
	}
	w.section(2, "To be confirmed before it is relied on",
		&document.Callout{Important: true, Blocks: []document.Block{paragraph("Nobody has been able to compare these points with their sources. They may be wrong or out of date. Each has to be looked up before anybody relies on it.")}})
	for _, class := range pack.Classes {
		table := w.table(w.c.Unconfirmed, func(r *Change) bool { return r.Class == class.ID })
		if len(table.Rows) > 0 {
			w.section(3, class.Label, table)
		}
	}
}

// table lists changes with their reasons.
func (w *changesWriter) table(rows []Change, is func(*Change) bool) *document.Table {
	table := &document.Table{
		Align: make([]document.Align, 3),
		Head:  [][]document.Inline{text("No."), text("What"), text("Why, and where it stands")},
	}
	for i := range rows {
		if r := &rows[i]; is(r) {
			table.Rows = append(table.Rows, [][]document.Inline{text(strconv.Itoa(r.Number)), w.what(r), w.why(r)})
		}
	}
	return table
}

// what tells a change.
func (w *changesWriter) what(r *Change) []document.Inline {
	var out []document.Inline
	if r.Watch {
		out = append(out, &document.Strong{Text: text("Not in force yet.")}, document.Text(" "))
	}
	if !pack.Verified(r.Mark) {
		out = append(out, &document.Strong{Text: text("To be confirmed.")}, document.Text(" "))
	}
	out = append(out, document.Text(r.Text))
	if r.Decide != "" {
		out = append(out, document.Break{}, &document.Strong{Text: text("Decision:")}, document.Text(" "+r.Decide))
	}
	if r.For != "" {
		out = append(out, document.Break{}, &document.Emphasis{Text: text("For: " + r.For)})
	}
	return out
}

// why tells the reason of a change, its sources and where documents have it.
func (w *changesWriter) why(r *Change) []document.Inline {
	out := text(r.Why)
	if w.c.steps > 1 {
		out = append(text("Since the edition of "+r.Edition.Title+"."), append(text(" "), out...)...)
	}
	for i, g := range r.Cites {
		lead := " Source: "
		if i > 0 {
			lead = "; "
		}
		out = append(out, document.Text(lead))
		out = append(out, citation(g)...)
	}
	if len(r.Cites) > 0 {
		out = append(out, document.Text("."))
	}
	if len(r.Where) > 0 {
		lead := "In: "
		if r.Class == "removed" {
			lead = "It was in: "
		}
		out = append(append(out, document.Break{}, document.Text(lead)), printed(r.Where)...)
	} else if r.For != "" {
		out = append(out, document.Break{}, document.Text("In: "+strings.Join(r.Sections, ", ")))
	}
	return out
}

// citation returns the title of guidance with a link. What is not verified is
// said not to be.
func citation(g *pack.Guidance) []document.Inline {
	title := text(g.Title)
	if g.Status != "law" {
		title = []document.Inline{&document.Emphasis{Text: title}}
	}
	if g.URL != "" {
		title = []document.Inline{&document.Link{URL: text(g.URL), Text: title}}
	}
	if !pack.Verified(g.Mark) {
		title = append(title, document.Text(" (to be confirmed)"))
	}
	return title
}

// documents lists those that only one of the editions has for the setting.
func (w *changesWriter) documents() {
	c := w.c
	if c.Unread != "" {
		w.section(2, "Documents that are new or gone", paragraph(c.Unread))
		return
	}
	var blocks []document.Block
	for _, of := range []struct {
		words  string
		titles []string
	}{
		{"The edition of " + c.To.Title + " has these documents, which that of " + c.From.Title + " had not:", c.New},
		{"These were in the edition of " + c.From.Title + " and are there no longer; what they said may stand in another document:", c.Gone},
	} {
		if len(of.titles) == 0 {
			continue
		}
		list := &document.List{}
		for _, t := range of.titles {
			list.Items = append(list.Items, &document.Item{Blocks: []document.Block{paragraph(t)}})
		}
		blocks = append(blocks, paragraph(of.words), list)
	}
	if len(blocks) > 0 {
		w.section(2, "Documents that are new or gone", blocks...)
	}
}

// families returns the families that any row is told under, in order.
func (c *Changes) families() []*pack.Family {
	var out []*pack.Family
	for i := range c.Rows {
		if f := c.Rows[i].Family; changed(c.Rows[i].Class) && (len(out) == 0 || out[len(out)-1].ID != f.ID) {
			out = append(out, f)
		}
	}
	return out
}

// of returns how many changes are of a class.
func (c *Changes) of(class string) int {
	n, _ := c.count(func(r *Change) bool { return r.Class == class })
	return n
}

// either returns one if n is 1, or else many with n for its %d.
func either(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return fmt.Sprintf(many, n)
}
