package generator

import (
	"cmp"
	"slices"
	"strings"

	"github.com/policygen/policygen/generator/document"
	"github.com/policygen/policygen/generator/pack"
)

// Changes are what is otherwise between two editions, for one setting or for
// every type of setting.
type Changes struct {
	From, To *pack.Edition

	// Rows are what has changed, what has been taken out and what stays on
	// purpose, in the order in which the summary tells it. Unconfirmed are those
	// that nobody has verified: they are not told as facts.
	Rows        []Change
	Unconfirmed []Change

	// New and Gone are the titles of documents that the setting gets in only one
	// of the editions; Unread says why that is not known, if it is not.
	New, Gone []string
	Unread    string

	docs  *Documents // of To; nil if there is no setting
	last  *pack.Pack
	steps int // how many editions lie between, To among them
}

// A Change is a row of a summary.
type Change struct {
	*pack.Change
	Number  int              // by which the summary refers to it
	Family  *pack.Family     // that it is told under
	Edition *pack.Edition    // that brought it
	Where   []Answer         // the sections that it is in, if there is a setting
	For     string           // whom it concerns, if there is no setting
	Cites   []*pack.Guidance // that it follows from

	heading string // of the first section that it is in
}

// Compare says what is otherwise between the first edition of a chain and the
// last, in which each has been made from the one before. docs are a setting's
// documents of the last, and old those of the first; both are nil if there is no
// setting, and old if it is not known what they were.
func Compare(chain []*pack.Pack, docs, old *Documents) *Changes {
	c := &Changes{From: chain[0].Edition, To: chain[len(chain)-1].Edition, docs: docs, last: chain[len(chain)-1], steps: len(chain) - 1}
	for _, p := range chain[1:] {
		for _, change := range p.Changes {
			row := Change{Change: change, Edition: p.Edition}
			if !c.concerns(&row, old) {
				continue
			}
			row.Cites = c.cites(change, p)
			if pack.Verified(change.Mark) {
				c.Rows = append(c.Rows, row)
			} else {
				c.Unconfirmed = append(c.Unconfirmed, row)
			}
		}
	}
	for i, rows := range [][]Change{c.Rows, c.Unconfirmed} {
		slices.SortStableFunc(rows, c.order)
		for j := range rows {
			rows[j].Number = i*len(c.Rows) + j + 1
		}
	}
	if docs != nil && old != nil {
		c.New, c.Gone = missing(docs, old), missing(old, docs)
	}
	return c
}

// cites returns the guidance that a change of p follows from: what concerns the
// setting, if any of it does.
func (c *Changes) cites(change *pack.Change, p *pack.Pack) []*pack.Guidance {
	var all, own []*pack.Guidance
	for _, id := range change.Sources {
		g := c.last.Guide(id)
		if g == nil { // a later edition has dropped it
			g = p.Guide(id)
		}
		if g == nil { // the register says that there is none
			continue
		}
		all = append(all, g)
		if c.docs != nil && g.Concerns(c.docs.Setting) {
			own = append(own, g)
		}
	}
	if len(own) > 0 {
		return own
	}
	return all
}

// missing returns the titles of the documents that a has and b has not.
func missing(a, b *Documents) (titles []string) {
	for _, d := range a.List {
		if !slices.Contains(b.names, d.Name) {
			titles = append(titles, d.Meta.Title)
		}
	}
	return titles
}

// concerns reports whether the setting is concerned by a change and has a
// document that it is in, and fills in the family and where it is.
func (c *Changes) concerns(row *Change, old *Documents) bool {
	if c.docs == nil {
		row.Family, row.For = c.family(row.Sections[0]), c.whom(row.Change)
		return true
	}
	if !row.Concerns(c.docs.Setting.Type) {
		return false
	}
	for _, code := range row.Sections {
		where, heading := c.docs.find(code)
		if where == nil && row.Class == "removed" && old != nil {
			where, heading = old.find(code)
		}
		if where == nil {
			continue
		}
		row.Where = append(row.Where, *where)
		if row.Family == nil {
			row.Family, row.heading = c.family(code), heading
		}
	}
	return row.Family != nil
}

func (c *Changes) family(code string) *pack.Family {
	code, _, _ = strings.Cut(code, "-")
	for _, f := range c.To.Families {
		if f.Code == code {
			return f
		}
	}
	return &pack.Family{ID: code, Title: code, Code: code} // that the last edition has no longer
}

// whom returns whom a change concerns, in words.
func (c *Changes) whom(change *pack.Change) string {
	if len(change.For) == 0 {
		return "every setting"
	}
	var labels []string
	for _, id := range change.For {
		labels = append(labels, c.last.Form.Label(id))
	}
	return strings.Join(labels, "; ")
}

// find returns where the documents have a code: a family's stands for all its
// documents, a document's for the whole of it, a section's also for those below
// it. heading is the words over it. found is nil if they have it nowhere.
func (d *Documents) find(code string) (found *Answer, heading string) {
	for _, doc := range d.List {
		t := doc.template
		switch code {
		case t.Family.Code:
			return &Answer{doc.Family, t.Family.Title, code, "throughout"}, t.Family.Title
		case t.Code:
			return &Answer{doc.Name, doc.Meta.Title, code, "throughout"}, doc.Meta.Title
		}
	}
	for _, is := range []func(own string) bool{
		func(own string) bool { return own == code },
		func(own string) bool { return strings.HasPrefix(own, code+".") },
	} {
		for _, doc := range d.List {
			for _, s := range doc.sections {
				if is(s.Code) {
					return &Answer{doc.Name, doc.Meta.Title, s.Code, s.number()}, document.Plain(s.moulds.section.Title, s.Details)
				}
			}
		}
	}
	return nil, ""
}

// order puts changes by family and class. What stays as it was and what is gone
// come after everything that has changed.
func (c *Changes) order(a, b Change) int {
	part := func(row Change) int { return slices.Index([]string{"unchanged", "removed"}, row.Class) }
	family := func(row Change) int {
		return slices.IndexFunc(c.To.Families, func(f *pack.Family) bool { return f.ID == row.Family.ID })
	}
	return cmp.Or(cmp.Compare(part(a), part(b)), cmp.Compare(family(a), family(b)), cmp.Compare(class(a.Class), class(b.Class)))
}

// class returns where a class stands among the classes.
func class(id string) int {
	return slices.IndexFunc(pack.Classes, func(c struct{ ID, Label string }) bool { return c.ID == id })
}

// changed reports whether what is of that class is otherwise than it was.
func changed(class string) bool { return class != "unchanged" && class != "removed" }

// Count returns how many changes there are, and how many of all rows ask for a
// decision.
func (c *Changes) Count() (all, decisions int) {
	all, _ = c.count(func(r *Change) bool { return changed(r.Class) })
	_, decisions = c.count(func(*Change) bool { return true })
	return all, decisions
}

// count returns how many verified rows are so, and how many of them ask for a
// decision.
func (c *Changes) count(is func(*Change) bool) (all, decisions int) {
	for i := range c.Rows {
		if is(&c.Rows[i]) {
			all++
			if c.Rows[i].Decide != "" {
				decisions++
			}
		}
	}
	return all, decisions
}
