package setting

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/policygen/policygen/generator/source"
	"github.com/policygen/policygen/generator/toml"
)

// A Setting is a form filled in for one school, college, nursery or
// childminder. It is not changed once it has been read.
type Setting struct {
	File string // that its details come from
	ID   string // that its row of a spreadsheet gives it; "" for most
	Form *Form
	Type *Type

	// Warnings are what was found odd, but can be printed: documents are made
	// all the same.
	Warnings source.Errors

	values []Value
}

// Read reads a setting's details from a file and checks them against the form.
// It reports every problem it finds, as source.Errors, and returns the setting
// as far as it could be read.
func Read(file *toml.Table, form *Form) (*Setting, error) {
	s := &Setting{File: file.File(), Form: form, values: make([]Value, form.values)}
	r := &reader{s: s}
	r.table(form.top, file)
	for f := range form.All() {
		if s.values[f.index].Field == nil {
			s.values[f.index].Field = f
		}
	}
	r.problems = append(r.problems, file.Problems()...)

	if t := form.Type(s.key("setting.type")); t != nil {
		s.Type = t
	} else {
		s.Type = &Type{}
	}
	for f := range form.All() {
		v := s.values[f.index]
		if f.Need != Start || v.Given || r.tried[f] {
			continue
		}
		p := &source.Error{Pos: v.Pos, Field: f.Path, Msg: f.Path + " is missing, and nothing can be made without it"}
		switch {
		case v.Pos.Line > 0:
			p.Msg = f.Path + " is empty, and nothing can be made without it"
			p.Hint = "write between the quotation marks " + f.asked()
		case file.Pos.Line > 0: // a row of a sheet
			p.Pos = file.Pos
			p.Hint = "give it in a column with the heading " + f.Path + ": " + f.asked()
		case len(file.Problems()) > 0:
			continue // a line that could not be read may have been the one that is missed
		default:
			p.Pos = source.Pos{File: file.File()}
			p.Hint = "add " + f.Name + ` = "…" under [` + strings.TrimSuffix(f.Path, "."+f.Name) + "], with " + f.asked()
		}
		r.problems = append(r.problems, p)
	}
	if s.Type.ID != "" {
		s.complete()
		r.problems = append(r.problems, s.check()...)
	}
	return s, r.problems.Err()
}

// CheckLayer reports what is wrong with a file of details that is to lie under
// those of settings, such as an authority's contacts. It need not have a name and
// a type.
func CheckLayer(file *toml.Table, form *Form) error {
	r := &reader{s: &Setting{File: file.File(), Form: form, Type: &Type{}, values: make([]Value, form.values)}}
	r.table(form.top, file)
	return append(r.problems, file.Problems()...).Err()
}

// asked says what is to be written in a field that nothing can be made without.
func (f *Field) asked() string {
	if f.Path == "setting.type" {
		return "one of the types: policygen list types shows them"
	}
	return "the " + f.Label
}

// A reader fills a setting in from a file.
type reader struct {
	s        *Setting
	problems source.Errors
	tried    map[*Field]bool // fields for which the file has something, good or not
}

// table reads the fields of record from t.
func (r *reader) table(record *Field, t *toml.Table) {
	for _, f := range record.Fields {
		v := t.Value(f.Name)
		if v == nil {
			continue
		}
		if f.Kind == Record && !f.Many {
			sub, ok := v.V.(*toml.Table)
			if !ok {
				r.problems.Add(v.Pos, "write its parts under ["+f.Path+"]: "+strings.Join(f.Names(), ", "), "want a table; %s has %s", f.Path, toml.Kind(v.V))
				r.refuse(f)
				continue
			}
			r.table(f, sub)
			continue
		}
		if r.tried == nil {
			r.tried = map[*Field]bool{}
		}
		n := len(r.problems)
		value := f.convert(v, &r.problems)
		r.tried[f] = value.Given || len(r.problems) > n
		r.s.values[f.index] = value
	}
	for _, k := range record.unknown(t, &r.problems) {
		name := strings.TrimPrefix(record.Path+"."+k, ".")
		r.s.Warnings.Add(t.Key(k), "", "this edition does not ask for %s: it is left alone", name)
	}
}

// refuse notes that what the file has for a record cannot be used.
func (r *reader) refuse(record *Field) {
	for _, f := range record.Fields {
		if f.Kind == Record && !f.Many {
			r.refuse(f)
			continue
		}
		r.s.values[f.index] = Value{Field: f, Refused: true}
	}
}

// Value returns what s has in f, a field that has a value of its own.
func (s *Setting) Value(f *Field) *Value { return &s.values[f.index] }

// An Origin says how a setting has come by a value.
type Origin string

// The origins.
const (
	Nowhere Origin = ""        // it has none
	Given   Origin = "given"   // Pos says where
	Default Origin = "default" // the form's, for its type
	Derived Origin = "derived" // worked out from other details
	Taken   Origin = "taken"   // from another field, which is returned with it
)

// Origin returns how s has come by what it has in f, a field that has a value of
// its own.
func (s *Setting) Origin(f *Field) (Origin, *Field) {
	v := &s.values[f.index]
	switch {
	case v.lender != nil:
		return Taken, v.lender
	case !v.Given:
		return Nowhere, nil
	case !v.Assumed:
		return Given, nil
	case f.derive != "":
		return Derived, nil
	}
	return Default, nil
}

// Row returns what a row of a list has in f, a field of the list's records.
func Row(row []Value, f *Field) *Value { return &row[f.index] }

// At returns what s has in the field with that path; a value that is not given
// if the form has no such field.
func (s *Setting) At(path string) *Value {
	f := s.Form.Field(path)
	if f == nil || f.index < 0 {
		return &Value{}
	}
	return &s.values[f.index]
}

func (s *Setting) key(path string) string { return s.At(path).Key }

// Name returns the setting's name.
func (s *Setting) Name() string { return s.At("setting.name").Text }

// Digest writes to h all that documents can print of s or hang on.
func (s *Setting) Digest(h io.Writer) {
	b := make([]byte, 0, 8<<10)
	var add func(v *Value)
	add = func(v *Value) {
		b = append(append(append(append(b, v.Key...), 0), v.Text...), 1)
		if v.Yes {
			b = append(b, 2)
		}
		for i := range v.List {
			add(&v.List[i])
		}
		for _, row := range v.Rows {
			for i := range row {
				add(&row[i])
			}
			b = append(b, 3)
		}
	}
	for i := range s.values {
		if v := &s.values[i]; v.Given {
			b = strconv.AppendInt(append(b, 4), int64(i), 10)
			b = strconv.AppendBool(b, v.Assumed)
			add(v)
		}
	}
	h.Write(b)
}

// Has reports whether a record has been given: whether its first field, such
// as a person's name, has.
func (s *Setting) Has(record *Field) bool {
	return len(record.Fields) > 0 && s.values[record.Fields[0].index].Given
}

// complete puts in what the setting does not say but the form does. What is
// worked out comes before what is taken from elsewhere, so that it can be.
func (s *Setting) complete() {
	for f := range s.Form.All() {
		v := &s.values[f.index]
		if v.Given {
			continue
		}
		if d, ok := f.Default(s.Type); ok {
			d.Field, d.Assumed, d.Refused = f, true, v.Refused
			*v = d
		}
	}
	for f := range s.Form.All() {
		if f.derive != "" && (!s.values[f.index].Given || s.values[f.index].Assumed) {
			v := derivations[f.derive](s, f)
			v.Field, v.Assumed, v.Refused = f, true, s.values[f.index].Refused
			s.values[f.index] = v
		}
	}
	s.vacancies(s.Form.top)
	s.borrow(s.Form.top)
}

// borrow takes what is not given from the field that the form names. A record
// is taken whole or not at all: nobody has one person's name and another's
// telephone number.
func (s *Setting) borrow(record *Field) {
	for _, f := range record.Fields {
		if f.Kind == Record && !f.Many {
			from := s.Form.Field(f.From(s.Type))
			if from != nil && !slices.ContainsFunc(f.Fields, func(c *Field) bool { v := s.values[c.index]; return v.Given && !v.Assumed }) {
				for _, c := range f.Fields {
					if lender := from.Field(c.Name); lender != nil {
						s.take(c, lender)
					}
				}
			} else {
				s.borrow(f)
			}
			continue
		}
		if from := s.Form.Field(f.From(s.Type)); from != nil && !s.values[f.index].Given {
			s.take(f, from)
		}
	}
}

func (s *Setting) take(f, from *Field) {
	v := s.values[from.index]
	v.Field, v.Assumed, v.lender, v.Refused = f, true, from, v.Refused || s.values[f.index].Refused
	if !v.Given {
		v.Field = from // the gap is the lender's: it is filled in there
	}
	s.values[f.index] = v
}

// vacancies names the posts that nobody holds.
func (s *Setting) vacancies(record *Field) {
	for _, f := range record.Fields {
		if f.Kind != Record || f.Many {
			continue
		}
		s.vacancies(f)
		if f.Field("vacant") != nil {
			row := make([]Value, len(f.Fields))
			for i, c := range f.Fields {
				row[i] = s.values[c.index]
			}
			vacancy(f, row)
			for i, c := range f.Fields {
				s.values[c.index] = row[i]
			}
		}
	}
}

// vacancy gives a post that is vacant that word for a name, which would
// otherwise be a gap.
func vacancy(record *Field, row []Value) {
	name, vacant := record.Field("name"), record.Field("vacant")
	if name == nil || vacant == nil {
		return
	}
	n, v := slices.Index(record.Fields, name), slices.Index(record.Fields, vacant)
	if row[v].Yes && !row[n].Given {
		row[n] = Value{Field: name, Given: true, Text: "vacant", Pos: row[v].Pos}
	}
}

// derivations work out what a setting does not say from what it does. They may
// return a value that is not given.
var derivations = map[string]func(*Setting, *Field) Value{
	"key_stages": func(s *Setting, f *Field) Value {
		low, high := s.At("setting.age_low"), s.At("setting.age_high")
		v := Value{Given: low.Given && high.Given}
		if !v.Given {
			return v
		}
		for _, o := range f.Choices {
			ages, ok := keyStages[o.Key]
			if ok && low.Int < ages[1] && high.Int > ages[0] {
				v.List = append(v.List, Value{Field: f, Given: true, Key: o.Key, Text: o.Label})
			}
		}
		return v
	},
	"sixth_form": func(s *Setting, f *Field) Value {
		return yesNo(s.Type.Is("school") && s.At("setting.age_high").Int >= 18 && s.At("setting.age_low").Int < 16)
	},
	"nursery_classes": func(s *Setting, f *Field) Value {
		low := s.At("setting.age_low")
		return yesNo(s.Type.Is("school") && low.Given && low.Int < 4)
	},
	"type_label": func(s *Setting, f *Field) Value {
		return Value{Given: true, Text: s.Type.Label}
	},
}

func yesNo(yes bool) Value {
	return Value{Given: true, Yes: yes, Text: map[bool]string{true: "yes", false: "no"}[yes]}
}

// keyStages are the ages, in years, at which each stage begins and ends. The
// key stages are those of section 82 of the Education Act 2002, the early
// years foundation stage runs from birth, and post-16 to 19.
var keyStages = map[string][2]int{
	"eyfs": {0, 5}, "ks1": {5, 7}, "ks2": {7, 11}, "ks3": {11, 14}, "ks4": {14, 16}, "ks5": {16, 19},
}
