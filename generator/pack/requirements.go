package pack

import (
	"slices"
	"strings"

	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/source"
	"github.com/policygen/policygen/generator/toml"
)

// An Origin is who asks for things, as requirements.toml names it: what an
// inspector looks for is told apart from what a council advises.
type Origin struct {
	ID    string
	Label string // as it is printed; % stands for the requirement's place in it
	Basis Basis
	Guide string // the id of the guidance that it is, if it is in the register
}

// A Basis says what weight an origin has.
type Basis string

// The bases, from the weightiest. A section that answers what law or statutory
// guidance requires can be left out only with a reason.
const (
	ByLaw        Basis = "law"
	ByStatutory  Basis = "statutory"
	ByInspection Basis = "inspection"
	ByStandard   Basis = "standard"
	ByAdvice     Basis = "advice"
	ByLocal      Basis = "local"
)

var bases = []string{string(ByLaw), string(ByStatutory), string(ByInspection), string(ByStandard), string(ByAdvice), string(ByLocal)}

// Strengths are how much a requirement asks of the documents, with the words
// for it.
var Strengths = []struct{ ID, Label string }{
	{"M", "the documents must say it"},
	{"S", "the documents should say it"},
	{"E", "evidence, rather than words of a policy"},
}

// A Requirement is an entry of requirements.toml: a point that guidance makes
// and that the documents answer.
type Requirement struct {
	ID       string
	Text     string // what is asked, in words of our own
	Strength string // M, S or E
	Origin   *Origin
	Place    string   // in the origin, such as "paragraph 13"
	Explicit bool     // the origin names it for online safety, or the document's subject, itself; it has not been read across
	For      []string // groups and types it concerns; nil means all
	Stages   []string // key stages it concerns, such as eyfs; nil means all
	Reason   string   // why no document answers it, if none does
}

// From returns who asks for it, as it is printed.
func (r *Requirement) From() string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(r.Origin.Label, ", %", map[bool]string{true: ", " + r.Place, false: ""}[r.Place != ""]), "%", r.Place))
}

// Concerns reports whether s is asked for it.
func (r *Requirement) Concerns(s *setting.Setting) bool {
	return concerns(r.For, s.Type) && teaches(r.Stages, s)
}

// Duty reports whether law or statutory guidance requires the documents to
// say it.
func (r *Requirement) Duty() bool {
	return r.Strength == "M" && (r.Origin.Basis == ByLaw || r.Origin.Basis == ByStatutory)
}

// Requirement returns the requirement with that id, or nil.
func (p *Pack) Requirement(id string) *Requirement {
	i := slices.IndexFunc(p.Requirements, func(r *Requirement) bool { return r.ID == id })
	if i < 0 {
		return nil
	}
	return p.Requirements[i]
}

func (p *Pack) requirementIDs() []string {
	ids := make([]string, len(p.Requirements))
	for i, r := range p.Requirements {
		ids[i] = r.ID
	}
	return ids
}

func (r *reader) requirements(t *toml.Table) {
	for _, o := range t.Tables("origin") {
		e := &Origin{ID: o.Text("id"), Label: o.Text("label"), Basis: Basis(o.Text("basis")), Guide: o.Text("guidance")}
		o.Rest("key")
		if e.ID == "" || e.Label == "" {
			o.Problem(o.Pos, "", "an origin without an id or a label")
		}
		if !slices.Contains(bases, string(e.Basis)) {
			o.Problem(o.At("basis"), "it can be "+source.Quoted(bases, "or"), "no basis is called %q", e.Basis)
		}
		if e.Guide != "" && r.pack.Guide(e.Guide) == nil {
			o.Problem(o.At("guidance"), source.DidYouMean(e.Guide, r.pack.guidanceIDs()), "no guidance is called %q", e.Guide)
		}
		r.pack.Origins = replace(r.pack.Origins, e, func(old *Origin) bool { return old.ID == e.ID })
	}
	for _, q := range t.Tables("requirement") {
		e := &Requirement{
			ID: q.Text("id"), Text: q.Text("text"), Strength: q.Text("strength"), Place: q.Text("place"),
			Explicit: q.Bool("explicit"), For: q.Texts("for"), Stages: r.stages(q), Reason: q.Text("reason"),
		}
		origin := q.Text("origin")
		q.Rest("key")
		if e.ID == "" || e.Text == "" {
			q.Problem(q.Pos, "", "a requirement without an id or a text")
		}
		if !slices.ContainsFunc(Strengths, func(s struct{ ID, Label string }) bool { return s.ID == e.Strength }) {
			q.Problem(q.At("strength"), `it can be "M" (must), "S" (should) or "E" (evidence)`, "no strength is called %q", e.Strength)
		}
		if i := slices.IndexFunc(r.pack.Origins, func(o *Origin) bool { return o.ID == origin }); i >= 0 {
			e.Origin = r.pack.Origins[i]
		} else {
			q.Problem(q.At("origin"), "", "no origin is called %q", origin)
			e.Origin = &Origin{}
		}
		for _, w := range e.For {
			r.checkWho(q, "for", w)
		}
		if i := slices.IndexFunc(r.pack.Requirements, func(o *Requirement) bool { return o.ID == e.ID }); i >= 0 && slices.Contains(r.fresh, e.ID) {
			q.Problem(q.At("id"), "", "two requirements are called %q", e.ID)
		}
		r.fresh = append(r.fresh, e.ID)
		r.pack.Requirements = replace(r.pack.Requirements, e, func(o *Requirement) bool { return o.ID == e.ID })
	}
	r.fresh = nil
	t.Rest("key")
	r.problems = append(r.problems, t.Problems()...)
}

// checkWho reports an id that is neither a group's nor a type's.
func (r *reader) checkWho(t *toml.Table, key, id string) {
	if ids := r.pack.Form.Who(); !slices.Contains(ids, id) {
		t.Problem(t.At(key), source.DidYouMean(id, ids), "no group and no type of setting is called %q", id)
	}
}

// A Change is an entry of changes.toml: something that is otherwise than in the
// edition before, told so that a governor can be told it in a sentence.
type Change struct {
	ID       string
	Sections []string // codes of the sections that it is in; a family's code stands for the whole
	Text     string   // what has changed
	Class    string   // law, guidance, practice, terms, removed or unchanged
	For      []string
	Why      string   // the reason
	Sources  []string // ids of the guidance that it follows from
	Decide   string   // what a person must decide; "" if nothing
	Watch    bool     // it is not in force yet
	Mark     string   // how far it has been verified
}

// Concerns reports whether settings of type t are concerned.
func (c *Change) Concerns(t *setting.Type) bool { return concerns(c.For, t) }

// Classes are what a change can be, in the order in which summaries tell them.
var Classes = []struct{ ID, Label string }{
	{"law", "New law and statutory duties"},
	{"guidance", "New guidance and standards"},
	{"practice", "Changes of practice"},
	{"terms", "Changes of words"},
	{"removed", "What has been taken out"},
	{"unchanged", "What stays as it was, on purpose"},
}

func (r *reader) changes(t *toml.Table) {
	var classes []string
	for _, c := range Classes {
		classes = append(classes, c.ID)
	}
	if from := t.Text("from"); from != "" {
		r.pack.Edition.From = from
	}
	for _, c := range t.Tables("change") {
		e := &Change{
			ID: c.Text("id"), Sections: c.Texts("sections"), Text: c.Text("text"), Class: c.Text("class"), For: c.Texts("for"),
			Why: c.Text("why"), Sources: c.Texts("sources"), Decide: c.Text("decide"), Watch: c.Bool("watch"), Mark: c.Text("mark"),
		}
		r.entry(c, e.ID, e.Mark, e.For, nil)
		if e.Text == "" {
			c.Problem(c.Pos, "", "a change without a text")
		}
		if len(e.Sections) == 0 {
			c.Problem(c.Pos, "", "a change without sections")
		}
		if !slices.Contains(classes, e.Class) {
			c.Problem(c.At("class"), "it can be "+source.Quoted(classes, "or"), "no class is called %q", e.Class)
		}
		for _, s := range e.Sources {
			if r.pack.Guide(s) == nil {
				c.Problem(c.At("sources"), source.DidYouMean(s, r.pack.guidanceIDs()), "no guidance is called %q", s)
			}
		}
		for _, s := range e.Sections {
			family, _, _ := strings.Cut(s, "-")
			if !slices.ContainsFunc(r.pack.Edition.Families, func(f *Family) bool { return f.Code == family }) {
				c.Problem(c.At("sections"), "", "%q is the code of no section", s)
			}
		}
		r.pack.Changes = replace(r.pack.Changes, e, func(o *Change) bool { return o.ID == e.ID })
	}
	t.Rest("key")
	r.problems = append(r.problems, t.Problems()...)
}
