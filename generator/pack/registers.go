package pack

import (
	"slices"
	"strings"

	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/source"
	"github.com/policygen/policygen/generator/toml"
)

// Guidance is an entry of guidance.toml: a publication or law that documents
// refer to. Its title, date and address are typed there and nowhere else.
type Guidance struct {
	ID        string
	Title     string
	Short     string   // what a sentence may call it once it has been named
	Also      []string // other names that people give it, such as KCSIE
	Publisher string
	Status    string // of Statuses
	Dated     string // as it is printed: "in force from 1 September 2026"
	URL       string
	Note      string   // what it asks for or says, in words of our own
	Families  []string // whose lists it stands in
	For       []string // groups and types it concerns; nil means all
	Stages    []string // key stages it concerns, such as eyfs; nil means all
	Mark      string   // how far it has been verified: V1, V2, K-hi, K-med, K-lo
	Replaces  []string
}

// Statuses are what guidance can be, in the order that lists have, each with
// the words that say so.
var Statuses = []struct{ ID, Label string }{
	{"statutory", "statutory guidance"},
	{"part_statutory", "statutory in part"},
	{"law", "law"},
	{"inspection", "inspection"},
	{"standard", "standard"},
	{"advice", "advice, not statutory"},
	{"local", "local"},
}

// Verified reports whether an entry with that mark may be printed: V1 was seen
// in a copy of the primary source, V2 in another that quotes it. What is only
// known, the marks that begin with K, stays out of documents.
func Verified(mark string) bool { return mark == "V1" || mark == "V2" }

// A Contact is an entry of contacts.toml: a national service.
type Contact struct {
	ID        string
	Name      string
	Text      string // what it is for
	How       string // if it is reached otherwise: "text 85258"
	Phone     string
	Email     string
	URL       string
	Hours     string
	Audiences []string // staff, learners, parents: whose lists it stands in
	Families  []string
	For       []string
	Mark      string
}

func concerns(who []string, t *setting.Type) bool {
	return who == nil || slices.ContainsFunc(who, t.Is)
}

// teaches reports whether a setting has children or young people of one of the
// key stages.
func teaches(stages []string, s *setting.Setting) bool {
	return stages == nil || slices.ContainsFunc(s.At("setting.key_stages").List, func(v setting.Value) bool { return slices.Contains(stages, v.Key) })
}

// stages reads the key stages that an entry concerns.
func (r *reader) stages(t *toml.Table) []string {
	stages := t.Texts("stages")
	for _, stage := range stages {
		if f := r.pack.Form.Field("setting.key_stages"); f == nil || !slices.Contains(f.Keys(), stage) {
			t.Problem(t.At("stages"), "", "no key stage is called %q", stage)
		}
	}
	return stages
}

// Contact returns the contact with that id, or nil.
func (p *Pack) Contact(id string) *Contact {
	i := slices.IndexFunc(p.Contacts, func(c *Contact) bool { return c.ID == id })
	if i < 0 {
		return nil
	}
	return p.Contacts[i]
}

func (p *Pack) contactIDs() []string {
	ids := make([]string, len(p.Contacts))
	for i, c := range p.Contacts {
		ids[i] = c.ID
	}
	return ids
}

// Guide returns the guidance with that id, or nil.
func (p *Pack) Guide(id string) *Guidance {
	i := slices.IndexFunc(p.Guidance, func(g *Guidance) bool { return g.ID == id })
	if i < 0 {
		return nil
	}
	return p.Guidance[i]
}

func (p *Pack) guidanceIDs() []string {
	ids := make([]string, len(p.Guidance))
	for i, g := range p.Guidance {
		ids[i] = g.ID
	}
	return ids
}

var audiences = []string{"staff", "learners", "parents"}

func (r *reader) guidance(t *toml.Table) {
	for _, g := range t.Tables("guidance") {
		e := &Guidance{
			ID: g.Text("id"), Title: g.Text("title"), Short: g.Text("short"), Also: g.Texts("also"), Publisher: g.Text("publisher"), Status: g.Text("status"),
			Dated: g.Text("dated"), URL: g.Text("url"), Note: g.Text("note"), Families: g.Texts("families"), For: g.Texts("for"),
			Stages: r.stages(g), Mark: g.Text("mark"), Replaces: g.Texts("replaces"),
		}
		r.entry(g, e.ID, e.Mark, e.For, e.Families)
		check(g, "url", setting.URL, e.URL)
		if e.Title == "" {
			g.Problem(g.Pos, "", "guidance without a title")
		}
		statuses := make([]string, len(Statuses))
		for i, s := range Statuses {
			statuses[i] = s.ID
		}
		if !slices.Contains(statuses, e.Status) {
			g.Problem(g.At("status"), "it can be "+source.Quoted(statuses, "or"), "no status is called %q", e.Status)
		}
		r.pack.Guidance = replace(r.pack.Guidance, e, func(o *Guidance) bool { return o.ID == e.ID })
	}
	t.Rest("key")
	r.problems = append(r.problems, t.Problems()...)
}

func (r *reader) contacts(t *toml.Table) {
	for _, c := range t.Tables("contact") {
		e := &Contact{
			ID: c.Text("id"), Name: c.Text("name"), Text: c.Text("text"), How: c.Text("how"), Phone: c.Text("phone"), Email: c.Text("email"), URL: c.Text("url"),
			Hours: c.Text("hours"), Audiences: c.Texts("audiences"), Families: c.Texts("families"), For: c.Texts("for"), Mark: c.Text("mark"),
		}
		r.entry(c, e.ID, e.Mark, e.For, e.Families)
		check(c, "url", setting.URL, e.URL)
		check(c, "email", setting.Email, e.Email)
		check(c, "phone", setting.Phone, e.Phone)
		for _, a := range e.Audiences {
			if !slices.Contains(audiences, a) {
				c.Problem(c.At("audiences"), "it can be "+source.Quoted(audiences, "or"), "no audience is called %q", a)
			}
		}
		r.pack.Contacts = replace(r.pack.Contacts, e, func(o *Contact) bool { return o.ID == e.ID })
	}
	t.Rest("key")
	r.problems = append(r.problems, t.Problems()...)
}

// entry checks what the entries of both registers have.
func (r *reader) entry(t *toml.Table, id, mark string, who, families []string) {
	t.Rest("key")
	if id == "" {
		t.Problem(t.Pos, "", "an entry without an id")
	}
	if !slices.Contains([]string{"V1", "V2", "K-hi", "K-med", "K-lo"}, mark) {
		t.Problem(t.At("mark"), "V1: seen in the primary source; V2: in another; K-hi, K-med, K-lo: from knowledge, and not printed", "no mark is called %q", mark)
	}
	for _, w := range who {
		r.checkWho(t, "for", w)
	}
	for _, f := range families {
		if r.pack.Edition.Family(f) == nil {
			t.Problem(t.At("families"), "", "no policy family is called %q", f)
		}
	}
}

// check reports an address that is none: documents print it as a link.
func check(t *toml.Table, key string, k setting.Kind, text string) {
	if msg, hint := setting.Check(k, text); msg != "" {
		t.Problem(t.At(key), hint, "%s %s", key, msg)
	}
}

// replace puts e in the place of the entry that is it, or at the end.
func replace[T any](list []T, e T, is func(T) bool) []T {
	if i := slices.IndexFunc(list, is); i >= 0 {
		list[i] = e
		return list
	}
	return append(list, e)
}

// plain escapes every character of s that Markdown could take for mark-up
// (CommonMark 0.31.2 §2.4), for words of the registers that stand in a draft.
func plain(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if strings.IndexByte("\\`*_[]<>|~#{}&!", s[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// link returns Markdown that links words to a web address.
func link(words, url string) string {
	if url == "" {
		return words
	}
	return "[" + words + "](" + url + ")"
}

// bare returns a web address as people say it.
func bare(url string) string {
	_, s, _ := strings.Cut(url, "://")
	return strings.TrimSuffix(strings.TrimPrefix(s, "www."), "/")
}

// longAddress is from how many characters on nobody types an address.
const longAddress = 40

// site returns the link to the page of a service: its address as people say it
// or, of a page that is deep in a site, the site alone, since a column of a
// table would break the rest in the middle of words.
func site(url string) string {
	words := bare(url)
	if host, _, deep := strings.Cut(words, "/"); deep && len(words) > longAddress {
		words = host
	}
	return link(plain(words), url)
}

// markdown returns the title of g with a link. Laws have no italics.
func (g *Guidance) markdown() string {
	title := plain(g.Title)
	if g.Status != "law" {
		title = "*" + title + "*"
	}
	return link(title, g.URL)
}

// list returns the guidance of a family that concerns s as items of a list.
func (p *Pack) list(family string, s *setting.Setting) string {
	var b strings.Builder
	for _, g := range p.Cited(family, s) {
		b.WriteString("- " + g.markdown())
		var about []string
		for _, s := range []string{g.Publisher, g.Dated} {
			if s != "" {
				about = append(about, plain(s))
			}
		}
		if g.Status != "law" {
			about = append(about, g.status())
		}
		if len(about) > 0 {
			b.WriteString(" (" + strings.Join(about, "; ") + ")")
		}
		if g.Note != "" {
			b.WriteString(": " + plain(g.Note))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// Cited returns the guidance and law that documents of a family name to a
// setting: what is verified and concerns it, by status and then in the order of
// the register.
func (p *Pack) Cited(family string, s *setting.Setting) []*Guidance {
	var cited []*Guidance
	for _, status := range Statuses {
		for _, g := range p.Guidance {
			if g.Status == status.ID && Verified(g.Mark) && slices.Contains(g.Families, family) && g.Concerns(s) {
				cited = append(cited, g)
			}
		}
	}
	return cited
}

// Concerns reports whether g is about settings such as s.
func (g *Guidance) Concerns(s *setting.Setting) bool {
	return concerns(g.For, s.Type) && teaches(g.Stages, s)
}

// status returns the words for what the guidance is.
func (g *Guidance) status() string {
	for _, s := range Statuses {
		if s.ID == g.Status {
			return s.Label
		}
	}
	return ""
}

// A listKey is what a list of a register hangs on.
type listKey struct{ what, family, typ string }

// keptList returns what list returns, which is the same for every setting of a
// type with the same key stages.
func (p *Pack) keptList(family string, s *setting.Setting) string {
	k := listKey{"guidance " + s.At("setting.key_stages").String(), family, s.Type.ID}
	if list, ok := p.lists.Load(k); ok {
		return list.(string)
	}
	list := p.list(family, s)
	p.lists.Store(k, list)
	return list
}

// keptRows returns what rows returns, kept for settings that have made no choice
// of their own.
func (p *Pack) keptRows(audience, family string, s *setting.Setting) string {
	if v := s.At("contacts.national_include"); v.Given && !v.Assumed {
		return p.rows(audience, family, s)
	}
	k := listKey{audience, family, s.Type.ID}
	if rows, ok := p.lists.Load(k); ok {
		return rows.(string)
	}
	rows := p.rows(audience, family, s)
	p.lists.Store(k, rows)
	return rows
}

// inline returns c as it stands in a sentence.
func (c *Contact) inline() string {
	var how []string
	if c.How != "" {
		how = append(how, plain(c.How))
	}
	if c.Phone != "" {
		how = append(how, plain(setting.Unbroken(c.Phone)))
	}
	if c.URL != "" {
		how = append(how, site(c.URL))
	}
	if len(how) == 0 {
		return plain(c.Name)
	}
	return plain(c.Name) + " (" + strings.Join(how, ", ") + ")"
}

// rows returns the national contacts for an audience as rows of a table of
// three columns: who, what for, how.
func (p *Pack) rows(audience, family string, s *setting.Setting) string {
	var b strings.Builder
	include := s.At("contacts.national_include")
	for _, c := range p.Contacts {
		if !Verified(c.Mark) || !concerns(c.For, s.Type) {
			continue
		}
		if include.Given && !include.Assumed {
			if !slices.ContainsFunc(include.List, func(v setting.Value) bool { return v.Text == c.ID }) {
				continue
			}
		} else if !slices.Contains(c.Audiences, audience) || c.Families != nil && !slices.Contains(c.Families, family) {
			continue
		}
		var how []string
		if c.How != "" {
			how = append(how, plain(c.How))
		}
		if c.Phone != "" {
			how = append(how, plain(setting.Unbroken(c.Phone)))
		}
		if c.Email != "" {
			how = append(how, link(plain(c.Email), "mailto:"+c.Email))
		}
		if c.URL != "" {
			how = append(how, site(c.URL))
		}
		if c.Hours != "" {
			how = append(how, plain(c.Hours))
		}
		b.WriteString("| " + plain(c.Name) + " | " + plain(c.Text) + " | " + strings.Join(how, "; ") + " |\n")
	}
	return b.String()
}
