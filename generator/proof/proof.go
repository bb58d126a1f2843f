// Package proof reads finished documents as a proof-reader does who knows what
// schools publish by mistake: a bracket left in, another school's name, last
// year's guidance, a row with a role and nobody in it.
//
// It reads what readers will read, with the details in place. What the setting
// has written itself (its details, its own clauses) is read more closely than
// the templates' words, which tests read. Everything it finds is a warning with
// a place: nothing here can be sure, and [Read] is built to be silent about
// documents that nobody has spoilt.
package proof

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/policygen/policygen/generator/document"
	"github.com/policygen/policygen/generator/pack"
	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/slot"
	"github.com/policygen/policygen/generator/source"
)

// A Document is a finished document.
type Document struct {
	Name     string
	Title    string
	File     string // the template
	Audience string
	Sections []Section
}

// A Section is a section of a document, with what goes into its slots.
type Section struct {
	*document.Section
	Words   *Words // if they have been read already
	Details []slot.Detail
	Own     []pack.Own
}

// Words are what there is to say of a section's own words: the same for every
// setting whose document has it.
type Words struct {
	left   []string          // that has been left in it
	tables []*document.Table // of who holds which post
}

// ReadWords reads the words of a section, without its details.
func ReadWords(sec *document.Section) *Words {
	w := &Words{}
	sec.Walk(func(text []document.Inline) {
		if m := left(document.Plain(text, nil)); m != "" {
			w.left = append(w.left, m)
		}
	})
	for _, b := range sec.Blocks {
		t, ok := b.(*document.Table)
		if ok && len(t.Head) >= 2 && document.Plain(t.Head[0], nil) == "Role" && document.Plain(t.Head[1], nil) == "Name" {
			w.tables = append(w.tables, t)
		}
	}
	return w
}

// Read returns what is odd about a setting's documents, sorted.
func Read(s *setting.Setting, guidance []*pack.Guidance, documents []Document) source.Errors {
	r := &reader{s: s, works: works(guidance), roles: roles(s), posts: map[string]map[string]bool{}, read: map[slot.Detail]bool{}}
	for i := range documents {
		r.document(&documents[i])
	}
	r.samePost()
	return r.found.Sorted()
}

type reader struct {
	s     *setting.Setting
	works []work
	roles []role
	posts map[string]map[string]bool // names by role, from the tables of people
	read  map[slot.Detail]bool       // details that have been: each stands in many places
	found source.Errors
}

// leftover matches what authors of templates write for those who fill them in.
var leftover = regexp.MustCompile(`(?i)\[[^\][]{2,}\]|\bdelete (?:as|where|if) (?:appropriate|applicable|necessary|not\b)|<no value>|<(?:insert|name|school|setting|date)[^>]*>|\blorem ipsum\b|\bTBC\b|\bTODO\b|\bx{3,}\b|\bif different\b|\bto be (?:confirmed|inserted|added here)\b|\binsert (?:name|your|school|here)\b|_{3,}\s*\((?:name|insert)`)

// marks are what there is in whatever leftover matches: most text has none of
// them, and need not be searched closely.
var marks = []string{"[", "<", "delete ", "lorem", "tbc", "todo", "xxx", "if different", "to be ", "insert", "___"}

// left returns what is left in words of what authors write.
func left(words string) string {
	low := strings.ToLower(words)
	if !slices.ContainsFunc(marks, func(m string) bool { return strings.Contains(low, m) }) {
		return ""
	}
	return leftover.FindString(words)
}

// forAuthors matches advice that is meant for whoever adapts a template.
var forAuthors = regexp.MustCompile(`(?i)\b(?:schools|settings|colleges|nurseries|providers) (?:should|must|may wish to|might|need to|are advised|could)\b|\byour (?:school|setting|college|nursery|policy)(?:'s|\b)|\bconsider (?:whether|adding|including)\b|\bthis (?:template|model policy)\b|\bamend (?:this|as)\b|\byou (?:should|may wish to|could|might) (?:include|add|amend|adapt|insert|involve|state|describe|delete)\b`)

var template = regexp.MustCompile(`\btemplate\b|\bmodel policy\b|\bsample policy\b`)

// called returns the words of a title that a finished document does not have.
func called(title string) string {
	low := strings.ToLower(title)
	if !strings.Contains(low, "template") && !strings.Contains(low, "policy") {
		return ""
	}
	return template.FindString(low)
}

func (r *reader) document(d *Document) {
	if m := called(d.Title); m != "" {
		r.found.Add(source.Pos{File: d.File}, "change the title", "the title of %s, %q, says %q", d.Name, d.Title, m)
	}
	for i := range d.Sections {
		sec := &d.Sections[i]
		if m := called(document.Plain(sec.Title, sec.Details)); m != "" {
			r.found.Add(source.Pos{File: d.File}, "change the heading", "the heading of %s in %s says %q", sec.Code, d.Name, m)
		}
		for _, detail := range sec.Details {
			if !detail.Gap && detail.Path != "" && !r.read[detail] {
				r.read[detail] = true
				r.own(d, sec, detail.Text, r.place(detail))
			}
		}
		own := ""
		for _, o := range sec.Own {
			r.own(d, sec, o.Text, o.Pos)
			own += o.Text
		}
		words := sec.Words
		if words == nil {
			words = ReadWords(sec.Section)
		}
		for _, m := range words.left {
			if !strings.Contains(own, m) {
				r.found.Add(source.Pos{File: d.File}, "put it right in the template, or in a layer over it", "%s in %s has %q left in it", sec.Code, d.Name, m)
			}
		}
		r.tables(d, sec, words.tables)
	}
}

// place returns where the setting gives a detail; no line if it does not.
func (r *reader) place(d slot.Detail) source.Pos {
	none := source.Pos{File: r.s.File}
	f := r.s.Form.Field(d.Path)
	if f == nil {
		return none
	}
	if v := r.s.At(d.Path); v.Given && v.Text == d.Text {
		if v.Assumed {
			return none
		}
		return v.Pos
	}
	for _, item := range r.s.At(d.Path).List {
		if item.Text == d.Text {
			return item.Pos
		}
	}
	for path := d.Path; ; { // a part of a record in a list
		i := strings.LastIndexByte(path, '.')
		if i < 0 {
			return none
		}
		path = path[:i]
		for _, row := range r.s.At(path).Rows {
			for i := range row {
				if row[i].Field != nil && row[i].Field.Path == d.Path && row[i].Text == d.Text {
					return row[i].Pos
				}
			}
		}
	}
}

// own reads words that the setting has written.
func (r *reader) own(d *Document, sec *Section, words string, pos source.Pos) {
	if pos.Line == 0 { // a default, which tests read
		return
	}
	where := fmt.Sprintf("%s in %s", sec.Code, d.Name)
	if m := left(words); m != "" {
		r.found.Add(pos, "put what belongs there in its place, or take it out", "%q is left in words that are printed", m)
	}
	if m := forAuthors.FindString(words); m != "" {
		r.found.Add(pos, "say what is done here, and by whom", "%q is advice to the author, and would be printed (%s)", m, where)
	}
	for _, w := range r.works {
		if year := w.older(words); year != 0 {
			r.found.Add(pos, "name the current one, or leave the year out", "%q of %d is named; this edition was written against that of %d", w.name, year, w.year)
		}
	}
	if name := r.otherSetting(words); name != "" {
		r.found.Add(pos, "is it the name of another setting?", "%q is named in words of %s", name, r.s.Name())
	}
	for _, role := range r.roles {
		if name := role.other(words); name != "" {
			r.found.Add(pos, "name the person once, in "+role.path+", and leave the name out here", "%s is called %q here, and %q in %s", role.words, name, role.name, role.path)
		}
	}
}

// A work is guidance that has a year.
type work struct {
	name string
	year int
}

var yearPattern = regexp.MustCompile(`\b20[0-9][0-9]\b`)

// works returns the guidance that is issued anew, with the year of the one that
// the edition was written against.
func works(guidance []*pack.Guidance) []work {
	var list []work
	for _, g := range guidance {
		if g.Status == "law" {
			continue // the year is part of its name
		}
		year := 0
		for _, y := range yearPattern.FindAllString(g.Title+" "+g.Dated, -1) {
			n, _ := strconv.Atoi(y)
			year = max(year, n)
		}
		if year == 0 {
			continue
		}
		names := append([]string{strings.TrimSpace(yearPattern.ReplaceAllString(g.Title, "")), g.Short}, g.Also...)
		for _, name := range names {
			if len(name) < 4 {
				continue
			}
			list = append(list, work{name, year})
		}
	}
	return list
}

// older returns the year that words give the work, if it is an earlier one.
func (w work) older(words string) int {
	if !strings.Contains(words, "20") || !strings.Contains(strings.ToLower(words), strings.ToLower(w.name)) {
		return 0
	}
	m := regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(w.name) + `\b[*_]*[^.;:\n]{0,24}?\b(20[0-9][0-9])\b`).FindStringSubmatch(words)
	if m == nil {
		return 0
	}
	if year, _ := strconv.Atoi(m[1]); year < w.year {
		return year
	}
	return 0
}

// settingName matches what looks like the name of a school, college or nursery.
var settingName = regexp.MustCompile(`\b(?:[A-Z][\pL'’.]+(?:'s|’s)?,? (?:of |the |and |& |in )*){1,7}(?:School|Academy|College|Nursery|Pre-?[Ss]chool|Playgroup|Childcare|Kindergarten)\b`)

// general are words that many such names have, and that tell none apart.
var general = strings.Fields("The Our Your This Each Every A An All Any Another Other Their Its In At Of And For To From When If Where Staff School Schools Academy College Nursery Preschool Pre-school Playgroup Childcare Kindergarten " +
	"Primary Infant Infants Junior Secondary High Grammar Special Community Church England Catholic Roman RC CE CofE Voluntary Aided Controlled Foundation Free Independent Preparatory Prep Senior Middle First Lower Upper Sixth Form Boarding Day Mobile Department Education")

// before are words that stand before a name and are no part of it.
var before = strings.Fields("Our Your This Each Every All Any Another Other Their At Of And For To From In When If Where Staff")

// otherSetting returns the name of a setting in words that is not this one's.
func (r *reader) otherSetting(words string) string {
	ours := ""
	for _, path := range []string{"setting.name", "setting.short_name", "trust.name", "setting.type_label"} {
		ours += " " + strings.ToLower(r.s.At(path).Text)
	}
	for _, name := range settingName.FindAllString(words, -1) {
		telling := ""
		for _, w := range strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == ',' }) {
			if w[0] >= 'A' && w[0] <= 'Z' && !slices.Contains(general, w) {
				telling = w
				if strings.Contains(ours, strings.ToLower(w)) {
					telling = ""
					break
				}
			}
		}
		if telling != "" {
			for { // "At Elm Park School" begins a sentence
				first, rest, _ := strings.Cut(name, " ")
				if !slices.Contains(before, first) {
					return name
				}
				name = rest
			}
		}
	}
	return ""
}

// A role is a post that the setting file names somebody for.
type role struct {
	words string // such as "designated safeguarding lead"
	path  string
	name  string
	says  string // a pattern of what it may be called
}

// roles returns the posts of the setting file that one person holds.
func roles(s *setting.Setting) []role {
	people := s.Form.Field("people")
	if people == nil {
		return nil
	}
	var list []role
	for _, f := range people.Fields {
		name := f.Field("name")
		if f.Many || name == nil || !s.Value(name).Given {
			continue
		}
		words := strings.TrimPrefix(f.LabelFor(s.Type), "the ")
		says := regexp.QuoteMeta(words)
		if f.Name == "dsl" {
			says += "|DSL"
		}
		list = append(list, role{words, name.Path, s.Value(name).Text, says})
	}
	return list
}

// anybody matches words that name somebody by a title.
var anybody = regexp.MustCompile(`\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Revd|Sir|Dame)\b`)

// other returns a name that words give the role, if it is not the one that the
// setting file gives.
func (r role) other(words string) string {
	if !strings.Contains(strings.ToLower(words), strings.ToLower(r.words)) && !strings.Contains(words, "DSL") || !anybody.MatchString(words) {
		return "" // the pattern is dear to make
	}
	m := regexp.MustCompile(`(?:(?i:\b(?:` + r.says + `)))\b(?:\s*\([A-Z]+\))?,?(?: is| at present is|:)? ((?:Mr|Mrs|Ms|Miss|Mx|Dr|Revd|Sir|Dame)\.? (?:[A-Z]\. ?)*[A-Z][\pL'’-]+)`).FindStringSubmatch(words)
	if m == nil {
		return ""
	}
	last := func(s string) string { f := strings.Fields(s); return strings.ToLower(f[len(f)-1]) }
	if last(m[1]) == last(r.name) {
		return ""
	}
	return m[1]
}

// tables reads the tables that say who holds which post.
func (r *reader) tables(d *Document, sec *Section, tables []*document.Table) {
	for _, t := range tables {
		names := map[string][]string{}
		for _, row := range t.Rows {
			post := document.Plain(row[0], sec.Details)
			name := strings.TrimSpace(document.Plain(row[1], sec.Details))
			if name == "" {
				r.found.Add(source.Pos{File: d.File}, "name somebody, or take the row out", "%s in %s has a row for %q with nobody in it", sec.Code, d.Name, post)
				continue
			}
			names[post] = append(names[post], name)
		}
		for post, who := range names {
			if len(who) > 1 { // a post that several people hold
				continue
			}
			if r.posts[post] == nil {
				r.posts[post] = map[string]bool{}
			}
			r.posts[post][who[0]] = true
		}
	}
}

// samePost reports posts that one document gives to one person and another to
// somebody else.
func (r *reader) samePost() {
	for post, names := range r.posts {
		if len(names) < 2 {
			continue
		}
		var list []string
		for n := range names {
			list = append(list, n)
		}
		slices.Sort(list)
		r.found.Add(source.Pos{File: r.s.File}, "give the post to one of them", "%q is %s in these documents", post, source.Quoted(list, "and"))
	}
}
