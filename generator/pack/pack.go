// Package pack reads an edition and the layers over it, and fills its
// templates in.
//
// A [Pack] is an edition as read: the form that says what details there are,
// the registers of guidance and contacts, and a [Template] for each document.
// [Pack.Fill] makes a [Draft] of every document that a setting needs: Markdown
// in which every detail is still a slot, and the list of details.
//
// # Templates
//
// A template is Markdown (package document says which) with actions between
// double braces, in the syntax of text/template:
//
//	{{.setting.name}}                          prints a detail
//	{{if eq .setting.boarding "none"}}…{{else}}…{{end}}
//	{{range .people.deputy_dsl}}{{.name}}{{end}}
//	{{with .people.senco}}{{.name}}{{end}}
//	{{template "contacts" .}}                  a partial, from partials/contacts.md
//	{{block "values" .}}…{{end}}               a partial with what it is if no layer has one
//
// and the functions listed in [Functions]; there is nothing else, no variable
// and no other loop, so that a solicitor can read what a condition does. An
// action that stands alone on its line takes the line with it, as in Mustache.
// An e-mail or web address prints as a link.
//
// Everything is checked when the pack is read, not when a setting meets it:
// that each detail is in the form, that a choice is compared with a key it can
// have, that a condition begins and ends inside one section or holds whole
// ones, that each section has a code of its own. For that, the package does not
// run the parsed template with text/template but compiles it: types are known
// then, details can be kept out of the text, and a condition costs nanoseconds.
//
// # Layers
//
// A layer is a folder with the names of an edition's. A template, partial or
// file of styles in it hides the one below; an entry of guidance.toml,
// contacts.toml or form.toml hides the entry with the same id; and a file named
// by a section's code, such as online-safety/OS-8.md, stands for that section,
// with its subsections, in every template of the family. A file that does none
// of this is a problem, unless it is hidden or called README.
package pack

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/source"
	"github.com/policygen/policygen/generator/toml"
)

// A Layer is a folder of files that make up a pack or change one.
type Layer struct {
	Name string // of the folder, as messages give it
	FS   fs.FS
}

// A Pack is an edition with the layers over it. It does not change once it has
// been read.
type Pack struct {
	Edition   *Edition
	Form      *setting.Form
	Guidance  []*Guidance
	Contacts  []*Contact
	Templates []*Template // in the order of families, and by name within one

	Origins      []*Origin
	Requirements []*Requirement
	Changes      []*Change // from the edition before

	layers   []Layer
	partials map[string]*partial
	look     map[string][]byte
	lookFile map[string]string // where the files of look stand
	digest   string
	lists    sync.Map // of texts, by listKey
}

// Digest returns the digest of every file that the pack has been read from.
func (p *Pack) Digest() string { return p.digest }

// An Edition is a dated set of templates.
type Edition struct {
	ID       string    // such as 2026-09
	Title    string    // such as September 2026
	InForce  toml.Date // from when on the guidance it was written against applies
	Nations  []string  // keys of the field nation that it has text for
	From     string    // the edition before, which Changes compares it with; "" if there is none
	Families []*Family

	// LeftOut is what stands in the place of a section that a setting leaves
	// out with a reason; LeftOutAlone is that of somebody who works alone.
	LeftOut, LeftOutAlone string
}

// A Family is one of the subjects that policies are about.
type Family struct {
	ID    string // such as online-safety: the name of its folder
	Title string
	Code  string // that the codes of its sections begin with, such as OS
}

// Family returns the family with that id, or nil.
func (e *Edition) Family(id string) *Family {
	i := slices.IndexFunc(e.Families, func(f *Family) bool { return f.ID == id })
	if i < 0 {
		return nil
	}
	return e.Families[i]
}

// Editions returns the ids of the editions in the folder of templates, oldest
// first.
func Editions(templates fs.FS) ([]string, error) {
	entries, err := fs.ReadDir(templates, ".")
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, e := range entries {
		if _, err := fs.Stat(templates, e.Name()+"/edition.toml"); err == nil {
			ids = append(ids, e.Name())
		}
	}
	return ids, nil
}

// otherForms returns the forms of all editions. What is wrong with them is not
// the business of whoever reads one.
func otherForms(templates fs.FS) []*setting.Form {
	ids, err := Editions(templates)
	if err != nil {
		return nil
	}
	var forms []*setting.Form
	for _, id := range ids {
		name := id + "/form.toml"
		data, err := fs.ReadFile(templates, name)
		if err != nil {
			continue
		}
		if f, _ := setting.ReadForm(toml.Parse(name, data)); f != nil {
			forms = append(forms, f)
		}
	}
	return forms
}

// Read reads the edition with that id from the folder of templates, which is
// called name in messages, with the layers over it, the last on top. It reports
// every problem it finds, as source.Errors.
func Read(name string, templates fs.FS, edition string, layers ...Layer) (*Pack, error) {
	sub, err := fs.Sub(templates, edition)
	if err != nil {
		return nil, err
	}
	p := &Pack{
		layers:   append([]Layer{{path.Join(name, edition), sub}}, layers...),
		partials: map[string]*partial{},
		look:     map[string][]byte{},
		lookFile: map[string]string{},
	}
	r := &reader{pack: p, functions: functions(), called: map[string]bool{}, lost: map[string]string{}}
	if err := r.read(name, templates); err != nil {
		return nil, err
	}
	if p.digest, err = p.sum(); err != nil {
		return nil, err
	}
	return p, r.problems.Err()
}

// sum works out the digest of the pack: names and contents of its files, layer by
// layer.
func (p *Pack) sum() (string, error) {
	h := sha256.New()
	for _, l := range p.layers {
		err := fs.WalkDir(l.FS, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := fs.ReadFile(l.FS, name)
			fmt.Fprintf(h, "%q %d\n", name, len(data))
			h.Write(data)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.look)) {
		fmt.Fprintf(h, "%q %d\n", name, len(p.look[name]))
		h.Write(p.look[name])
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// A reader reads a pack.
type reader struct {
	pack       *Pack
	problems   source.Errors
	functions  []Function
	references []reference                              // of all templates, to be checked when all are read
	fresh      []string                                 // ids of the requirements of the file that is being read
	lost       map[string]string                        // codes of sections and names of documents that a layer has taken away, with its file
	called     map[string]bool                          // the partials that templates call
	ahead      map[string]func() parsed                 // templates and partials by their files
	early      map[string]func() ([]*toml.Table, error) // registers by their names
	unread     bool                                     // a template cannot be read, and nobody knows what it calls
}

// files returns the content of the named file in each layer that has it.
func (r *reader) files(name string) ([]*toml.Table, error) {
	var tables []*toml.Table
	for _, l := range r.pack.layers {
		data, err := fs.ReadFile(l.FS, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		tables = append(tables, toml.Parse(path.Join(l.Name, name), data))
	}
	return tables, nil
}

func (r *reader) read(name string, templates fs.FS) error {
	r.early = map[string]func() ([]*toml.Table, error){}
	for _, f := range append([]string{"edition.toml"}, registers...) {
		read := sync.OnceValues(func() ([]*toml.Table, error) { return r.files(f) })
		r.early[f] = read
		go read()
	}
	if err := r.readLook(name, templates); err != nil {
		return err
	}
	editions, err := r.early["edition.toml"]()
	if err != nil {
		return err
	}
	if len(editions) == 0 {
		return errors.New("the edition has no file edition.toml")
	}
	r.edition(editions[0]) // a layer changes templates, not what edition they are of
	folders := []string{"partials"}
	for _, f := range r.pack.Edition.Families {
		folders = append(folders, f.ID)
	}
	r.readAhead(folders...)

	forms, err := r.early["form.toml"]()
	if err != nil {
		return err
	}
	form, err := setting.ReadForm(forms...)
	if problems, ok := errors.AsType[source.Errors](err); ok {
		r.problems = append(r.problems, problems...)
	}
	r.pack.Form = form
	others := sync.OnceValue(func() []*setting.Form { return otherForms(templates) })
	form.Elsewhere = func(path string) bool {
		return slices.ContainsFunc(others(), func(f *setting.Form) bool { return f.Field(path) != nil })
	}

	guidance, err := r.early["guidance.toml"]()
	if err != nil {
		return err
	}
	for _, t := range guidance {
		r.guidance(t)
	}
	contacts, err := r.early["contacts.toml"]()
	if err != nil {
		return err
	}
	for _, t := range contacts {
		r.contacts(t)
	}
	requirements, err := r.early["requirements.toml"]()
	if err != nil {
		return err
	}
	for _, t := range requirements {
		r.requirements(t)
	}
	changes, err := r.early["changes.toml"]()
	if err != nil {
		return err
	}
	for _, t := range changes {
		r.changes(t)
	}
	if err := r.templates(); err != nil {
		return err
	}
	builtin, err := r.builtinFiles(templates)
	if err != nil {
		return err
	}
	return r.checkLayers(builtin)
}

func (r *reader) edition(t *toml.Table) {
	e := &Edition{ID: t.Text("id"), Title: t.Text("title"), InForce: t.Date("in_force"), Nations: t.Texts("nations"),
		LeftOut: t.Text("left_out"), LeftOutAlone: t.Text("left_out_alone")}
	for _, f := range t.Tables("family") {
		e.Families = append(e.Families, &Family{ID: f.Text("id"), Title: f.Text("title"), Code: f.Text("code")})
		f.Rest("key")
	}
	t.Rest("key")
	r.problems = append(r.problems, t.Problems()...)
	r.pack.Edition = e
}

// readLook reads the files that say how documents look, those of layers over
// those built in.
func (r *reader) readLook(name string, templates fs.FS) error {
	layers := append([]Layer{{name, templates}}, r.pack.layers[1:]...)
	for _, l := range layers {
		err := fs.WalkDir(l.FS, "look", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			of := strings.TrimPrefix(name, "look/")
			r.pack.look[of], err = fs.ReadFile(l.FS, name)
			r.pack.lookFile[of] = path.Join(l.Name, name)
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Look returns the files that say how documents look, by their names below the
// folder look.
func (p *Pack) Look() map[string][]byte { return p.look }

// Schema returns the JSON Schema of a setting file: what the form says, less what
// [Pack.Check] would refuse. editions are those that a file can name.
func (p *Pack) Schema(editions []string) ([]byte, error) {
	return p.Form.Schema(p.Edition.ID, map[string][]string{"edition": editions, "nation": p.Edition.Nations, "language": {english}})
}

// english is the key of the language that editions are written in.
const english = "en-GB"

// LookFile returns where the file of the folder look with that name stands, as
// messages give it.
func (p *Pack) LookFile(name string) string {
	if file := p.lookFile[name]; file != "" {
		return file
	}
	return path.Join("look", name)
}

// Layers returns the names of the layers over the edition.
func (p *Pack) Layers() []string {
	var names []string
	for _, l := range p.layers[1:] {
		names = append(names, l.Name)
	}
	return names
}

// For returns the templates of the documents that a setting gets, in order.
func (p *Pack) For(s *setting.Setting) []*Template {
	var out []*Template
	for _, t := range p.Templates {
		if t.concerns(s) {
			out = append(out, t)
		}
	}
	return out
}

// Check returns what is wrong with a setting's details that only the pack
// knows: ids of its registers, and what it has no text for.
func (p *Pack) Check(s *setting.Setting) error {
	var problems source.Errors
	if nation := s.At("nation"); nation.Given && !slices.Contains(p.Edition.Nations, nation.Key) {
		problems.Add(nation.Pos, "guidance and law differ between nations; this edition has text for "+strings.Join(p.nations(), " and ")+" only",
			"edition %s has no text for %s", p.Edition.ID, nation.Text)
	}
	if lang := s.At("language"); lang.Given && lang.Key != english {
		problems.Add(lang.Pos, "leave the line out for English", "edition %s has no text in %s", p.Edition.ID, lang.Text)
	}
	for _, v := range s.At("contacts.national_include").List {
		if p.Contact(v.Text) == nil {
			problems.Add(v.Pos, source.DidYouMean(v.Text, p.contactIDs()), "no national contact is called %q", v.Text)
		}
	}
	for f := range p.Form.All() {
		if v := s.Value(f); f.Kind == setting.Rich && v.Given {
			checkRich(v, &problems)
		}
	}
	p.checkOwn(s, &problems)
	p.checkAppendices(s, &problems)
	return problems.Err()
}

func (p *Pack) nations() []string {
	var names []string
	for _, n := range p.Edition.Nations {
		if f := p.Form.Field("nation"); f != nil {
			if o, ok := f.Option(n); ok {
				names = append(names, o.Label)
			}
		}
	}
	return names
}

// templates reads every template and partial, and puts together what the
// layers have of each.
func (r *reader) templates() error {
	if err := r.readPartials(); err != nil {
		return err
	}
	for _, family := range r.pack.Edition.Families {
		files := map[string]*text{} // templates by their names
		var sections []*text        // of layers, the topmost last
		for _, l := range r.pack.layers {
			entries, err := fs.ReadDir(l.FS, family.ID)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return err
			}
			for _, e := range entries {
				base, isTemplate := strings.CutSuffix(e.Name(), ".md")
				if !isTemplate || e.IsDir() {
					continue
				}
				t, err := r.text(path.Join(l.Name, family.ID, e.Name()))
				if err != nil {
					return err
				}
				if t == nil {
					continue
				}
				if strings.HasPrefix(base, family.Code+"-") {
					if t.front != nil {
						r.problems.Add(source.Pos{File: t.file, Line: 1, Col: 1}, "take it out: a section goes by that of its template", "front matter in the file of a section")
					}
					sections = append(sections, t)
					continue
				}
				if hidden := files[base]; hidden != nil {
					r.hide(family, hidden, t)
				}
				files[base] = t
			}
		}
		var names []string
		for name := range files {
			names = append(names, name)
		}
		slices.Sort(names)
		replaced := map[*text]bool{}
		for _, name := range names {
			if t := r.template(family, files[name], sections, replaced); t != nil {
				r.pack.Templates = append(r.pack.Templates, t)
			}
		}
		for _, s := range sections {
			if !replaced[s] {
				r.unread = true
				r.problems.Add(source.Pos{File: s.file}, "name the file after the code of a section that there is", "no template of %s has the section %s", family.ID, s.name)
			}
		}
	}
	order := map[*Family]int{}
	for i, f := range r.pack.Edition.Families {
		order[f] = i
	}
	slices.SortStableFunc(r.pack.Templates, func(a, b *Template) int {
		return cmp.Or(cmp.Compare(order[a.Family], order[b.Family]), cmp.Compare(a.Order, b.Order), cmp.Compare(a.Document, b.Document), cmp.Compare(a.File, b.File))
	})
	r.overlaps()
	r.checkReferences()
	return nil
}

// hide notes which sections and documents a file takes away because it stands in
// the place of another.
func (r *reader) hide(family *Family, hidden, by *text) {
	has := by.codes()
	for _, code := range hidden.codes() {
		if !slices.Contains(has, code) {
			r.lost[code] = by.file
		}
	}
	if hidden.document(family) != by.document(family) {
		r.lost[hidden.document(family)] = by.file
	}
}

// codes returns the codes of the headings of the text.
func (t *text) codes() []string {
	var codes []string
	for line := range strings.Lines(t.rest) {
		if m := headingCode.FindStringSubmatch(strings.TrimSuffix(line, "\n")); m != nil && strings.HasPrefix(line, "#") {
			codes = append(codes, m[1])
		}
	}
	return codes
}

// document returns the name of the document that the text is a template of.
func (t *text) document(family *Family) string {
	name := t.name
	if t.front != nil {
		name = cmp.Or(t.front.Text("document"), name)
	}
	return family.ID + "-" + name
}

// checkReferences reports references to what no template has. If a layer has
// taken it away, the problem is the layer's.
func (r *reader) checkReferences() {
	codes, documents := map[string]bool{}, map[string]bool{}
	for _, t := range r.pack.Templates {
		documents[t.Document] = true
		for _, s := range t.Sections {
			if s.Level > 0 {
				codes[s.Code] = true
			}
		}
	}
	places := map[string]source.Errors{} // that refer to what a layer has taken away
	for _, ref := range r.references {
		to, msg, known := ref.code, "no section has the code %q", codes
		if ref.document != "" {
			to, msg, known = ref.document, "no document is called %q", documents
		}
		switch {
		case known[to]:
		case r.lost[to] != "":
			places[to] = append(places[to], &source.Error{Pos: ref.pos})
		default:
			r.problems.Add(ref.pos, source.DidYouMean(to, sortedKeys(known)), msg, to)
		}
	}
	for _, to := range slices.Sorted(maps.Keys(places)) {
		from := places[to].Sorted()
		who := from[0].Pos.String() + " refers"
		if n := len(from) - 1; n == 1 {
			who = from[0].Pos.String() + " and one other place refer"
		} else if n > 1 {
			who = fmt.Sprintf("%s and %d other places refer", from[0].Pos, n)
		}
		what, hint := "the section "+to, "keep its heading, with the code"
		if documents := slices.ContainsFunc(r.references, func(ref reference) bool { return ref.document == to }); documents {
			what, hint = "the document "+to, "keep its name in the front matter"
		}
		r.problems.Add(source.Pos{File: r.lost[to]}, hint, "the file takes %s away, to which %s", what, who)
	}
}

func sortedKeys(m map[string]bool) []string { return slices.Sorted(maps.Keys(m)) }

// overlaps reports two templates that make the same document for one type of
// setting.
func (r *reader) overlaps() {
	for i, a := range r.pack.Templates {
		for _, b := range r.pack.Templates[:i] {
			if a.Document != b.Document {
				continue
			}
			for _, t := range r.pack.Form.Types {
				if a.forType(t) && b.forType(t) {
					r.problems.Add(source.Pos{File: a.File}, "change types in the front matter of one of them", "%s makes the document %s for the type %s, too", b.File, a.Document, t.ID)
					break
				}
			}
		}
	}
}
