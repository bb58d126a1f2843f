// Package setting reads a setting's details and checks them against a form.
//
// A [Form] is the one list of the details that an edition asks for: what each
// is called, what may stand in it, what it is when nobody says, and how a gap
// is worded. It is itself read from a file, form.toml, and everything else
// comes from it: the checking and its messages here, the commented file that a
// bursar begins with ([Form.Blank]), the JSON Schema that editors complete from
// ([Form.Schema]), the list of fields, and what templates may name (package
// pack).
//
// A [Setting] is a form filled in. Only a name and a type are required of it.
// Whatever else is missing has the form's default for its type, or is a gap:
// a [Value] that has not been given, and that says what is to be put there.
package setting

import (
	"iter"
	"regexp"
	"slices"
	"strings"

	"github.com/policygen/policygen/generator/source"
	"github.com/policygen/policygen/generator/toml"
)

// A Form is the list of the details that an edition asks for.
type Form struct {
	Groups []*Group
	Types  []*Type
	Pages  []*Page

	// Elsewhere, if it is not nil, reports whether the form of another edition asks
	// for the detail with that path. A setting's file may hold the details of
	// several editions: what this one does not ask for is then left alone.
	Elsewhere func(path string) bool

	top    *Field // a record of everything
	values int    // how many values a setting has
	byPath map[string]*Field
	tables map[string]string // the table that a field stands in, by its name; "" if there are several of that name
}

// A Group is a set of types of setting that a template can ask about.
type Group struct {
	ID    string
	Label string // in the plural: "schools"
}

// A Type is a type of setting.
type Type struct {
	ID     string
	Label  string // in the singular: "maintained primary school"
	Groups []string
}

// Is reports whether t belongs to the group, or is the type, with that id.
func (t *Type) Is(id string) bool { return t.ID == id || slices.Contains(t.Groups, id) }

// A Page is fields that are asked together.
type Page struct {
	Title  string
	Help   string
	Fields []*Field
}

// A Kind says what may stand in a field.
type Kind string

// The kinds of field. A record has fields of its own.
const (
	Text   Kind = "text"   // words, on one line
	Note   Kind = "note"   // a sentence or a few, on one line when printed
	Rich   Kind = "rich"   // Markdown, in the dialect of package document
	Choice Kind = "choice" // one of a list
	YesNo  Kind = "yes_no"
	Date   Kind = "date"
	Number Kind = "number"
	URL    Kind = "url"
	Email  Kind = "email"
	Phone  Kind = "phone"
	File   Kind = "file" // the name of a file beside the setting file
	Record Kind = "record"
)

// A Need says how much a field matters.
type Need string

// The needs.
const (
	Start    Need = "start"    // nothing can be made without it
	Finish   Need = "finish"   // a finished document needs it
	Optional Need = "optional" // it has a default, or the text does without
)

// An Ask says when a person is asked for a field.
type Ask string

// When fields are asked for.
const (
	First Ask = "first" // by questions, when a file is begun
	Main  Ask = "main"  // in the file that is begun
	Later Ask = "later" // only if they ask for everything
)

// A Field is one detail that a form asks for, a list of them, or a record of
// several.
type Field struct {
	Path    string // such as people.dsl.name
	Name    string // the last part of Path
	Kind    Kind
	Many    bool   // it is a list
	Label   string // what it is, to follow "To complete: "
	Help    string
	Example string
	Need    Need
	Ask     Ask
	For     []string // the groups or types it concerns; nil means all
	Choices []Option // of a choice; of a text or note, keys that stand for words kept ready
	Fields  []*Field // of a record
	Shape   string   // the record's shape, such as person; "" for a table of the file

	Pattern *regexp.Regexp // that text must match, or nil
	Says    string         // what the pattern asks for, in words
	Min     int            // of a number
	Max     int

	labels   []label
	defaults []deflt
	from     string   // the path of the field it is taken from if it is not given
	fromFor  []string // the groups or types for which it is taken from there; nil means all
	derive   string   // how it is worked out if it is not given
	index    int      // of its value in a setting, or in a row of its list; -1 for a single record
	form     *Form
	pos      source.Pos
}

// An Option is a value that a choice can have.
type Option struct {
	Key   string
	Label string // as it is printed in a sentence
	Alone bool   // it contradicts every other, so it cannot stand in a list with them
}

// A label is what a field is called for some settings.
type label struct{ who, words string }

// LabelFor returns what f is called for settings of type t: "name of the
// principal", say, where Label has the words for all.
func (f *Field) LabelFor(t *Type) string {
	words := f.Label
	for _, l := range f.labels {
		if l.who == t.ID {
			return l.words
		}
		if t.Is(l.who) {
			words = l.words
		}
	}
	return words
}

// A deflt is what a field is for some settings when they do not say.
type deflt struct {
	who   string // group or type; "" for all
	value Value
}

// Concerns reports whether f is for settings of type t.
func (f *Field) Concerns(t *Type) bool {
	return f.For == nil || slices.ContainsFunc(f.For, t.Is)
}

// Option returns the option with that key.
func (f *Field) Option(key string) (Option, bool) {
	i := slices.IndexFunc(f.Choices, func(o Option) bool { return o.Key == key })
	if i < 0 {
		return Option{}, false
	}
	return f.Choices[i], true
}

// Keys returns the keys of f's options.
func (f *Field) Keys() []string {
	keys := make([]string, len(f.Choices))
	for i, o := range f.Choices {
		keys[i] = o.Key
	}
	return keys
}

// Field returns the field of a record with that name, or nil.
func (f *Field) Field(name string) *Field {
	i := slices.IndexFunc(f.Fields, func(c *Field) bool { return c.Name == name })
	if i < 0 {
		return nil
	}
	return f.Fields[i]
}

// Names returns the names of a record's fields.
func (f *Field) Names() []string {
	names := make([]string, len(f.Fields))
	for i, c := range f.Fields {
		names[i] = c.Name
	}
	return names
}

// Default returns what f is for settings of type t that do not say, and
// whether the form says so: the default of its type, or else of the last group
// it belongs to, or else of all. A default that is taken from another field, or
// worked out, is not among them.
func (f *Field) Default(t *Type) (Value, bool) {
	best := -1
	for i, d := range f.defaults {
		switch {
		case d.who == t.ID:
			return d.value, true
		case d.who == "" && best < 0, d.who != "" && t.Is(d.who):
			best = i
		}
	}
	if best < 0 {
		return Value{}, false
	}
	return f.defaults[best].value, true
}

// From returns the path of the field that f is taken from if a setting of type t
// does not give it, or "".
func (f *Field) From(t *Type) string {
	if f.fromFor != nil && !slices.ContainsFunc(f.fromFor, t.Is) {
		return ""
	}
	return f.from
}

// Top returns the record that all fields are in.
func (form *Form) Top() *Field { return form.top }

// Field returns the field with that path, or nil. The fields of a list's rows
// have paths, too: people.deputy_dsl.name.
func (form *Form) Field(path string) *Field { return form.byPath[path] }

// Type returns the type with that id, or nil.
func (form *Form) Type(id string) *Type {
	i := slices.IndexFunc(form.Types, func(t *Type) bool { return t.ID == id })
	if i < 0 {
		return nil
	}
	return form.Types[i]
}

// Who returns the ids of all groups and types.
func (form *Form) Who() []string {
	var ids []string
	for _, g := range form.Groups {
		ids = append(ids, g.ID)
	}
	for _, t := range form.Types {
		ids = append(ids, t.ID)
	}
	return ids
}

// Label returns the words for the group or type with that id; the id if there is
// none.
func (form *Form) Label(id string) string {
	for _, g := range form.Groups {
		if g.ID == id {
			return g.Label
		}
	}
	if t := form.Type(id); t != nil {
		return t.Label
	}
	return id
}

// All yields every field that has a value of its own, in the order of the
// form: not single records, but their fields; lists of records, but not the
// fields of their rows.
func (form *Form) All() iter.Seq[*Field] {
	return func(yield func(*Field) bool) {
		var each func(f *Field) bool
		each = func(f *Field) bool {
			if f.Kind == Record && !f.Many {
				for _, c := range f.Fields {
					if !each(c) {
						return false
					}
				}
				return true
			}
			return yield(f)
		}
		for _, p := range form.Pages {
			for _, f := range p.Fields {
				if !each(f) {
					return
				}
			}
		}
	}
}

// Order returns the place of each path in the order of the form.
func (form *Form) Order() map[string]int {
	order := map[string]int{}
	for f := range form.All() {
		order[f.Path] = len(order)
		for _, c := range f.Fields {
			order[c.Path] = len(order)
		}
	}
	return order
}

// ReadForm reads a form from files, each of which may add to those before it,
// or say anew what one of their fields is: so a layer changes a form. It
// returns the form as far as it could be read, and source.Errors.
func ReadForm(files ...*toml.Table) (*Form, error) {
	r := &formReader{
		form:   &Form{top: &Field{Kind: Record, index: -1}, byPath: map[string]*Field{}},
		shapes: map[string]*toml.Table{},
	}
	var problems source.Errors
	for _, t := range files {
		r.read(t)
		problems = append(problems, t.Problems()...)
	}
	r.file = nil
	for _, f := range r.form.byPath {
		if f.from != "" && r.form.byPath[f.from] == nil {
			problems.Add(f.pos, source.DidYouMean(f.from, r.form.paths()), "%s is to be taken from %q, which is no field", f.Path, f.from)
		}
	}
	r.form.number()
	return r.form, problems.Err()
}

// A formReader reads form files.
type formReader struct {
	form   *Form
	file   *toml.Table
	shapes map[string]*toml.Table
}

func (form *Form) paths() []string {
	var paths []string
	for p := range form.byPath {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	return paths
}

func (r *formReader) read(t *toml.Table) {
	r.file = t
	for _, g := range t.Tables("group") {
		group := &Group{ID: g.Text("id"), Label: g.Text("label")}
		g.Rest("key")
		r.form.Groups = append(slices.DeleteFunc(r.form.Groups, func(o *Group) bool { return o.ID == group.ID }), group)
	}
	for _, s := range t.Tables("type") {
		typ := &Type{ID: s.Text("id"), Label: s.Text("label"), Groups: s.Texts("groups")}
		s.Rest("key")
		for _, g := range typ.Groups {
			if !slices.ContainsFunc(r.form.Groups, func(o *Group) bool { return o.ID == g }) {
				t.Problem(s.At("groups"), "", "no group is called %q", g)
			}
		}
		r.form.Types = append(slices.DeleteFunc(r.form.Types, func(o *Type) bool { return o.ID == typ.ID }), typ)
	}
	for _, s := range t.Tables("shape") {
		r.shapes[s.Text("id")] = s
	}
	for _, p := range t.Tables("page") {
		page := &Page{Title: p.Text("title"), Help: p.Text("help")}
		at := slices.IndexFunc(r.form.Pages, func(o *Page) bool { return o.Title == page.Title })
		if at < 0 {
			r.form.Pages = append(r.form.Pages, page)
		} else {
			page = r.form.Pages[at]
		}
		for _, ft := range p.Tables("field") {
			f := r.field(ft, ft.Text("path"), nil)
			ft.Rest("key")
			r.place(page, f)
		}
		p.Rest("key")
	}
	t.Rest("key")
}

// place puts f into the form, in the record that its path says, which is made
// if need be, and on the page. A field of that path gives way to it.
func (r *formReader) place(page *Page, f *Field) {
	if f.Path == "" {
		r.file.Problem(f.pos, "", "a field without a path")
		return
	}
	parent := r.form.top
	parts := strings.Split(f.Path, ".")
	for i, name := range parts[:len(parts)-1] {
		sub := parent.Field(name)
		if sub == nil {
			sub = &Field{Path: strings.Join(parts[:i+1], "."), Name: name, Kind: Record, index: -1, form: r.form, pos: f.pos}
			parent.Fields = append(parent.Fields, sub)
			r.form.byPath[sub.Path] = sub
		}
		if sub.Kind != Record || sub.Many {
			r.file.Problem(f.pos, "", "%s is a field already, and cannot hold %s", sub.Path, f.Path)
			return
		}
		parent = sub
	}
	if i := slices.Index(parent.Fields, parent.Field(f.Name)); i >= 0 {
		old := parent.Fields[i]
		parent.Fields[i] = f
		for _, p := range r.form.Pages {
			if j := slices.Index(p.Fields, old); j >= 0 {
				p.Fields[j] = f
			}
		}
	} else {
		parent.Fields = append(parent.Fields, f)
		page.Fields = append(page.Fields, f)
	}
	r.register(f)
}

func (r *formReader) register(f *Field) {
	r.form.byPath[f.Path] = f
	for _, c := range f.Fields {
		r.register(c)
	}
}

var fieldName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

// optionKey is what the key of a choice looks like: most are words joined by _,
// but a typeface has the name it has.
var optionKey = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9 _-]*$`)

// field reads a field. One that is part of a record, or nil, of a shape says
// in its label whose it is: in "name of %", the percent sign is the record.
func (r *formReader) field(t *toml.Table, path string, record *Field) *Field {
	f := &Field{
		Path: path, Label: t.Text("label"), Help: t.Text("help"), Example: t.Text("example"),
		Kind: Kind(t.Text("kind")), Many: t.Bool("many"), Need: Need(t.Text("need")), Ask: Ask(t.Text("ask")), For: t.Texts("for"),
		Says: t.Text("says"), Min: t.Int("min"), Max: t.Int("max"), from: t.Text("default_from"), fromFor: t.Texts("default_from_for"), derive: t.Text("derive"),
		form: r.form, pos: t.Pos,
	}
	f.Name = f.Path[strings.LastIndexByte(f.Path, '.')+1:]
	problem := func(name, hint, format string, args ...any) { t.Problem(t.At(name), hint, format, args...) }
	for name := range strings.SplitSeq(f.Path, ".") {
		if !fieldName.MatchString(name) {
			problem("path", "use letters, digits and _", "%q cannot be the name of a field", name)
		}
	}
	if f.Label == "" {
		problem("label", "", "the field %s has no label", f.Path)
	}
	if by := t.Table("labels"); by != nil {
		for _, who := range by.Keys() {
			r.who(by, who, who)
			f.labels = append(f.labels, label{who, by.Text(who)})
		}
	}
	if record != nil {
		for _, l := range record.labels {
			f.labels = append(f.labels, label{l.who, strings.ReplaceAll(f.Label, "%", l.words)})
		}
		f.Label = strings.ReplaceAll(f.Label, "%", record.Label)
		f.For = record.For
		if record.Need == Optional { // what the whole is not needed for, no part is
			f.Need = Optional
		}
	}
	if f.Need == "" {
		f.Need = Optional
	}
	if !slices.Contains([]Need{Start, Finish, Optional}, f.Need) {
		problem("need", `it can be "start", "finish" or "optional"`, "no need is called %q", f.Need)
	}
	if f.Ask == "" {
		f.Ask = Later
		if f.Need != Optional {
			f.Ask = Main
		}
	}
	asks := []Ask{First, Main, Later}
	if !slices.Contains(asks, f.Ask) {
		problem("ask", `it can be "first", "main" or "later"`, "%q is not when a field can be asked", f.Ask)
	} else if record != nil { // no part is asked for before the whole is
		f.Ask = asks[max(slices.Index(asks, f.Ask), slices.Index(asks, record.Ask))]
	}
	for _, who := range f.For {
		r.who(t, "for", who)
	}
	for _, who := range f.fromFor {
		r.who(t, "default_from_for", who)
	}
	if p := t.Text("pattern"); p != "" {
		var err error
		if f.Pattern, err = regexp.Compile(`^(?:` + p + `)$`); err != nil {
			problem("pattern", "", "%v", err)
		}
		if f.Says == "" {
			problem("pattern", `add says = "six digits" or the like`, "a pattern without words for it")
		}
	}
	if options := t.Value("choices"); options != nil {
		for _, o := range list(options) {
			pair := list(o)
			if len(pair) != 2 {
				t.Problem(o.Pos, "", `want a key and a label: ["key", "label"]`)
				continue
			}
			key, _ := pair[0].V.(string)
			words, _ := pair[1].V.(string)
			if !optionKey.MatchString(key) {
				t.Problem(o.Pos, "use letters, digits and _", "%q cannot be the key of a choice", key)
			}
			f.Choices = append(f.Choices, Option{Key: key, Label: words})
		}
	}
	for _, key := range t.Texts("alone") {
		i := slices.IndexFunc(f.Choices, func(o Option) bool { return o.Key == key })
		if i < 0 || !f.Many {
			problem("alone", "name choices of a list", "%q is no choice that could stand beside others", key)
			continue
		}
		f.Choices[i].Alone = true
	}
	if f.Path == "setting.type" {
		for _, typ := range r.form.Types {
			f.Choices = append(f.Choices, Option{Key: typ.ID, Label: typ.Label})
		}
	}
	if f.Kind == Choice && len(f.Choices) == 0 {
		problem("choices", "", "the choice %s has no choices", f.Path)
	}
	if shape := r.shapes[string(f.Kind)]; shape != nil {
		f.Shape, f.Kind = string(f.Kind), Record
		preset := t.Table("preset")
		for _, c := range shape.Tables("field") {
			sub := r.field(c, f.Path+"."+c.Text("name"), f)
			if preset != nil {
				if v := preset.Value(sub.Name); v != nil {
					sub.defaults = append(sub.defaults, deflt{value: r.defaultValue(sub, v, t)})
				}
			}
			f.Fields = append(f.Fields, sub)
		}
	}
	if preset := t.Table("preset"); preset != nil {
		preset.Rest("field of the record")
	}
	switch f.Kind {
	case Text, Note, Rich, Choice, YesNo, Date, Number, URL, Email, Phone, File:
	case Record:
		if f.Shape == "" {
			problem("kind", "", "no shape is called %q", t.Text("kind"))
		}
	default:
		problem("kind", "", "no kind of field is called %q", f.Kind)
		f.Kind = Text
	}
	if f.derive != "" && derivations[f.derive] == nil {
		problem("derive", "", "nothing is worked out by %q", f.derive)
	}
	r.defaults(f, t)
	return f
}

// defaults reads what a field is for settings that do not say.
func (r *formReader) defaults(f *Field, t *toml.Table) {
	if v := t.Value("default"); v != nil {
		f.defaults = append(f.defaults, deflt{value: r.defaultValue(f, v, t)})
	}
	if by := t.Table("defaults"); by != nil {
		for _, who := range by.Keys() {
			r.who(by, who, who)
			f.defaults = append(f.defaults, deflt{who, r.defaultValue(f, by.Value(who), t)})
		}
	}
}

func (r *formReader) defaultValue(f *Field, v *toml.Value, t *toml.Table) Value {
	var problems source.Errors
	value := f.convert(v, &problems)
	for _, p := range problems {
		t.Problem(p.Pos, p.Hint, "%s", p.Msg)
	}
	value.Assumed = true
	return value
}

// who reports an id that is neither a group's nor a type's.
func (r *formReader) who(t *toml.Table, key, id string) {
	if ids := r.form.Who(); !slices.Contains(ids, id) {
		t.Problem(t.At(key), source.DidYouMean(id, ids), "no group and no type of setting is called %q", id)
	}
}

// number gives every field the place of its value.
func (form *Form) number() {
	var each func(f *Field)
	each = func(f *Field) {
		if f.Kind == Record && !f.Many {
			f.index = -1
			for _, c := range f.Fields {
				each(c)
			}
			return
		}
		f.index = form.values
		form.values++
		for i, c := range f.Fields { // of a row
			c.index = i
		}
	}
	each(form.top)
	form.tables = map[string]string{}
	for path, f := range form.byPath {
		table, name, _ := cutLast(path)
		if f.Kind == Record && !f.Many {
			continue
		}
		if _, another := form.tables[name]; another {
			table = ""
		}
		form.tables[name] = table
	}
}

func list(v *toml.Value) []*toml.Value {
	l, _ := v.V.([]*toml.Value)
	return l
}
