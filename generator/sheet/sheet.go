// Package sheet reads many settings from a spreadsheet: a CSV or Excel file that
// an authority keeps, or the national register of schools.
//
// [Open] finds out what a file is and what its columns mean; [Sheet.Rows] then
// yields a [Row] for each setting, one at a time, so that a file of any length
// can be read. A row's details are a table like that of a setting file, with the
// place of each cell, and are read by package setting as any other.
//
// # Headings
//
// A column's heading is the path of a field (people.dsl.name, or
// people.deputy_dsl.2.name for the second of a list), or the field's label as the
// form has it, or the name of a column of the register (see gias.go), or whatever
// a map of columns says. Headings that mean nothing here are told once, and their
// columns left alone.
//
// # Cells
//
// Nothing is guessed at. A cell is read as the field's kind asks: yes and no in
// the usual words, days as 2026-09-01 or 1/9/2026, lists with semicolons, a choice
// by its key or its label. What cannot be read is a problem with row and column.
// Text is kept as it is, with its leading zeros.
package sheet

import (
	"cmp"
	"fmt"
	"io"
	"iter"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/source"
	"github.com/policygen/policygen/generator/toml"
)

// A File is what a spreadsheet is read from.
type File interface {
	io.ReadSeeker
	io.ReaderAt
}

// Options say how a spreadsheet is to be read.
type Options struct {
	Sheet   string            // of an Excel file; "" for the first
	Columns map[string]string // what headings mean: paths of fields, by heading; "" leaves a column alone
	Where   []Where           // which rows count
}

// A Where is a condition on a column: its cell is one of the values. Capitals do
// not count.
type Where struct {
	Column string
	Values []string
}

// ParseWhere reads conditions written as column=value. Those on one column are
// alternatives; those on different columns must all hold.
func ParseWhere(args []string) ([]Where, error) {
	var list []Where
	for _, a := range args {
		i := strings.LastIndex(a, "=")
		if i <= 0 {
			return nil, fmt.Errorf("%q is not column=value", a)
		}
		column, value := strings.TrimSpace(a[:i]), strings.TrimSpace(a[i+1:])
		at := slices.IndexFunc(list, func(w Where) bool { return strings.EqualFold(w.Column, column) })
		if at < 0 {
			at = len(list)
			list = append(list, Where{Column: column})
		}
		list[at].Values = append(list[at].Values, value)
	}
	return list, nil
}

// A Sheet is a spreadsheet whose headings have been read.
type Sheet struct {
	Name     string
	Headings []string // as they stand
	Unknown  []string // those that mean nothing here
	Register bool     // it is the national register of schools

	form    *setting.Form
	columns []column
	where   []condition
	rows    rows
	left    map[string]int // rows of the register that are no settings of ours, by the reason
}

// A column is what a heading means.
type column struct {
	heading string
	field   *setting.Field // nil if it means nothing, or something of the register's
	path    string         // of the field, with the place in a list
	id      bool           // it names the setting's folder
}

type condition struct {
	column int
	values []string
}

// A Row is one setting of a spreadsheet.
type Row struct {
	Table    *toml.Table
	ID       string     // if the sheet has a column for it
	Pos      source.Pos // of the row
	Name     string     // of the setting, as far as it can be told
	Problems source.Errors
}

// rows yields the cells of rows with their places.
type rows interface {
	// each calls f for every row, headings first, until f returns false.
	each(f func(cells []cell, pos source.Pos) bool) error
}

// A cell is the text of a cell and where it stands.
type cell struct {
	text   string
	pos    source.Pos
	number bool // a spreadsheet's number, as days are kept
	fault  string
}

// Open reads the headings of the named file.
func Open(name string, f File, size int64, form *setting.Form, opts Options) (*Sheet, error) {
	s := &Sheet{Name: name, form: form, left: map[string]int{}}
	var err error
	switch strings.ToLower(path.Ext(name)) {
	case ".xlsx", ".xlsm":
		s.rows, err = openExcel(name, f, size, opts.Sheet)
	default:
		s.rows, err = openCSV(name, f)
	}
	if err != nil {
		return nil, err
	}
	found := false
	err = s.rows.each(func(cells []cell, _ source.Pos) bool {
		found = true
		for _, c := range cells {
			s.Headings = append(s.Headings, strings.Join(strings.Fields(c.text), " "))
		}
		return false
	})
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, problem(source.Pos{File: name}, "its first line has to hold the headings of columns, such as setting.name", "the file is empty")
	}
	s.Register = isRegister(s.Headings)
	var problems source.Errors
	s.findColumns(opts, &problems)
	for _, w := range opts.Where {
		i := slices.IndexFunc(s.Headings, func(h string) bool { return strings.EqualFold(h, w.Column) })
		if i < 0 {
			problems.Add(source.Pos{File: name, Line: 1}, source.DidYouMean(w.Column, s.Headings), "no column is called %q", w.Column)
			continue
		}
		s.where = append(s.where, condition{i, w.Values})
	}
	return s, problems.Err()
}

func problem(pos source.Pos, hint, format string, args ...any) error {
	var e source.Errors
	e.Add(pos, hint, format, args...)
	return e
}

// findColumns finds out what the headings mean.
func (s *Sheet) findColumns(opts Options, problems *source.Errors) {
	labels := map[string]*setting.Field{}
	for f := range s.form.All() {
		labels[key(f.Label)] = f
		for _, c := range f.Fields {
			labels[key(c.Label)] = c
		}
	}
	taken := map[string]string{}
	for i, h := range s.Headings {
		c := column{heading: h}
		mapped, isMapped := lookup(opts.Columns, h)
		words := h
		if isMapped {
			words = mapped
		}
		switch f, p := s.fieldAt(words); {
		case h == "" || isMapped && mapped == "":
		case key(words) == "id":
			c.id = true
		case f != nil:
			c.field, c.path = f, p
		case s.Register && registerColumn(h):
		case labels[key(words)] != nil && !isMapped:
			c.field = labels[key(words)]
			c.path = c.field.Path
		case isMapped:
			problems.Add(source.Pos{File: s.Name, Line: 1, Col: i + 1}, source.DidYouMean(mapped, s.paths()), "no detail is called %q, which the map of columns gives for %q", mapped, h)
		default:
			s.Unknown = append(s.Unknown, h)
		}
		if c.path != "" {
			if other := taken[c.path]; other != "" {
				problems.Add(source.Pos{File: s.Name, Line: 1, Col: i + 1}, "keep one of them", "the columns %q and %q are both %s", other, h, c.path)
			}
			taken[c.path] = h
		}
		s.columns = append(s.columns, c)
	}
}

func lookup(columns map[string]string, heading string) (string, bool) {
	for h, to := range columns {
		if strings.EqualFold(strings.Join(strings.Fields(h), " "), heading) {
			return to, true
		}
	}
	return "", false
}

// key returns a heading as it is compared.
func key(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

func (s *Sheet) paths() []string {
	var paths []string
	for f := range s.form.All() {
		paths = append(paths, f.Path)
	}
	return paths
}

// fieldAt returns the field that a path names, which may hold the place of a
// record in a list, and the path.
func (s *Sheet) fieldAt(p string) (*setting.Field, string) {
	parts := strings.Split(strings.TrimSpace(p), ".")
	bare := slices.DeleteFunc(slices.Clone(parts), func(part string) bool { _, err := strconv.Atoi(part); return err == nil })
	f := s.form.Field(strings.Join(bare, "."))
	if f == nil || f.Kind == setting.Record {
		return nil, ""
	}
	if len(bare) > 1 {
		if list := s.form.Field(strings.Join(bare[:len(bare)-1], ".")); list != nil && list.Many && len(bare) == len(parts) {
			return f, list.Path + ".1." + f.Name // the first of the list
		}
	}
	return f, strings.Join(parts, ".")
}

// Left returns how many rows of the register have been left out, and why.
func (s *Sheet) Left() map[string]int { return s.left }

// Rows yields the settings of the sheet. An error, which ends it, is one of the
// file as a whole.
func (s *Sheet) Rows() iter.Seq2[*Row, error] {
	return func(yield func(*Row, error) bool) {
		first := true
		stopped := false
		err := s.rows.each(func(cells []cell, pos source.Pos) bool {
			if first {
				first = false
				return true
			}
			row := s.row(cells, pos)
			if row == nil {
				return true
			}
			stopped = !yield(row, nil)
			return !stopped
		})
		if err != nil && !stopped {
			yield(nil, err)
		}
	}
}

// row reads one row, or returns nil if it is empty or does not count.
func (s *Sheet) row(cells []cell, pos source.Pos) *Row {
	text := func(i int) string {
		if i < len(cells) {
			return strings.TrimSpace(cells[i].text)
		}
		return ""
	}
	empty := true
	for i := range cells {
		empty = empty && text(i) == "" && cells[i].fault == ""
	}
	if empty {
		return nil
	}
	for _, w := range s.where {
		if !slices.ContainsFunc(w.values, func(v string) bool { return strings.EqualFold(v, text(w.column)) }) {
			return nil
		}
	}
	r := &Row{Table: toml.New(s.Name), Pos: pos}
	r.Table.Pos = pos
	if s.Register {
		get := func(heading string) cell {
			for i, h := range s.Headings {
				if strings.EqualFold(h, heading) && i < len(cells) {
					c := cells[i]
					c.text = strings.TrimSpace(c.text)
					return c
				}
			}
			return cell{pos: pos}
		}
		if why := registerRow(r, get); why != "" {
			s.left[why]++
			return nil
		}
	}
	for i := len(s.columns); i < len(cells); i++ {
		if text(i) != "" {
			r.Problems.Add(cells[i].pos, "is there a comma in a cell without quotation marks?", "the row has %d cells, and the headings are %d", len(cells), len(s.columns))
			break
		}
	}
	for i, c := range s.columns {
		switch {
		case i >= len(cells):
		case cells[i].fault != "" && (c.field != nil || c.id):
			r.Problems.Add(cells[i].pos, "put the value itself into the cell", "%s", cells[i].fault)
		case text(i) == "":
		case c.id:
			r.ID = text(i)
		case c.field != nil:
			if v, ok := convert(c.field, cells[i], &r.Problems); ok && !r.Table.Put(c.path, v) {
				r.Problems.Add(cells[i].pos, "fill the columns of a list from the first on", "%s cannot be given here", c.path)
			}
		}
	}
	if t := r.Table.Table("setting"); t != nil {
		if v := t.Value("name"); v != nil {
			r.Name, _ = v.V.(string)
		}
	}
	return r
}

// convert turns a cell into a value for a field. It reports what cannot be read.
func convert(f *setting.Field, c cell, problems *source.Errors) (*toml.Value, bool) {
	v := &toml.Value{Key: c.pos, Pos: c.pos}
	if !f.Many {
		one, ok := convertOne(f, c, problems)
		v.V = one
		return v, ok
	}
	var items []*toml.Value
	for _, item := range strings.FieldsFunc(c.text, func(r rune) bool { return r == ';' || r == '\n' || r == '|' }) {
		if strings.TrimSpace(item) == "" {
			continue
		}
		one, ok := convertOne(f, cell{text: item, pos: c.pos, number: c.number}, problems)
		if !ok {
			return nil, false
		}
		items = append(items, &toml.Value{Key: c.pos, Pos: c.pos, V: one})
	}
	v.V = items
	return v, len(items) > 0
}

func convertOne(f *setting.Field, c cell, problems *source.Errors) (any, bool) {
	s := strings.TrimSpace(c.text)
	wrong := func(hint, format string, args ...any) (any, bool) {
		problems.Add(c.pos, hint, format, args...)
		return nil, false
	}
	switch f.Kind {
	case setting.YesNo:
		switch strings.ToLower(s) {
		case "yes", "y", "true", "1", "x":
			return true, true
		case "no", "n", "false", "0":
			return false, true
		}
		return wrong("write yes or no", "%s cannot be %q", f.Path, s)
	case setting.Number:
		n, err := strconv.ParseInt(strings.TrimSuffix(s, ".0"), 10, 64)
		if err != nil {
			return wrong("", "%s is a number; the cell has %q", f.Path, s)
		}
		return n, true
	case setting.Date:
		return convertDate(f, c, problems)
	case setting.Choice:
		for _, o := range f.Choices {
			if strings.EqualFold(s, o.Key) || strings.EqualFold(s, o.Label) || strings.EqualFold(strings.ReplaceAll(s, " ", "_"), o.Key) {
				return o.Key, true
			}
		}
		return s, true // setting.Read says what it can be
	case setting.Phone:
		return phone(s), true
	}
	if c.number {
		s = strings.TrimSuffix(s, ".0")
	}
	return s, true
}

// phone gives a telephone number back the zero that a spreadsheet takes from
// what it holds for a number.
func phone(s string) string {
	digits := strings.Trim(s, "0123456789") == ""
	if digits && (len(s) == 9 || len(s) == 10) && s[0] != '0' {
		s = "0" + s
	}
	return s
}

// days are the ways of writing a day that are read. The month never comes
// first: such a day is another day here.
var days = []string{"2006-01-02", "2/1/2006", "2-1-2006", "2.1.2006", "2 January 2006", "2 Jan 2006", "2-Jan-2006", "2/1/06", "2-Jan-06", "2006-01-02T15:04:05Z", "2006-01-02 15:04:05", "2/1/2006 15:04"}

// convertDate reads a day.
func convertDate(f *setting.Field, c cell, problems *source.Errors) (any, bool) {
	s := strings.TrimSpace(c.text)
	if n, err := strconv.ParseFloat(s, 64); err == nil && !strings.ContainsAny(s, "/-") {
		day := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(n))
		if c.number && day.Year() >= 1990 && day.Year() <= 2100 {
			return toml.Date{Year: day.Year(), Month: int(day.Month()), Day: day.Day()}, true
		}
		hint := "write it as 2026-09-01 or 1/9/2026"
		if day.Year() >= 1990 && day.Year() <= 2100 {
			hint = fmt.Sprintf("it is a spreadsheet's number for %s: write it as %s", setting.PrintDate(toml.Date{Year: day.Year(), Month: int(day.Month()), Day: day.Day()}), day.Format(time.DateOnly))
		}
		problems.Add(c.pos, hint, "%s is a date; the cell has the number %s", f.Path, s)
		return nil, false
	}
	for _, layout := range days {
		if t, err := time.Parse(layout, s); err == nil {
			return toml.Date{Year: t.Year(), Month: int(t.Month()), Day: t.Day()}, true
		}
	}
	problems.Add(c.pos, "write it as 2026-09-01 or 1/9/2026", "%s is a date; the cell has %q", f.Path, s)
	return nil, false
}

// order is only for messages: the names of what has been left out, most first.
func (s *Sheet) order() []string {
	var names []string
	for n := range s.left {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(s.left[b], s.left[a]), cmp.Compare(a, b)) })
	return names
}

// LeftOut says in words what has been left out of the register, or "".
func (s *Sheet) LeftOut() string {
	var parts []string
	for _, n := range s.order() {
		parts = append(parts, fmt.Sprintf("%d %s", s.left[n], n))
	}
	return strings.Join(parts, ", ")
}
