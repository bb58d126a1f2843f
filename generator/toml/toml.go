// Package toml reads TOML 1.0 files so that everything in them has a place.
//
// A setting file is written by hand by somebody who is not a programmer, so
// each mistake in it is worth a line and a column, and one mistake must not
// hide the next. [Parse] therefore goes on after a line it cannot read, and a
// date that does not exist is a problem like any other. A [Table] is then read
// with methods such as [Table.Text], which note what they were asked for; what
// nobody asked for is reported by [Table.Rest], with the nearest known name.
//
// The grammar is that of github.com/pelletier/go-toml/v2/unstable. Decoding
// into structs was tried and left: neither that package nor BurntSushi/toml
// can then say where in an array of tables a value stands, and both stop at
// the first value of the wrong kind.
package toml

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/policygen/policygen/generator/source"
)

// MaxSize is the size of the largest file that is read, in bytes. A setting
// file has some kilobytes; whatever is larger is not one.
const MaxSize = 4 << 20

// maxSyntax is how many lines that cannot be read are reported for one file:
// one slip, such as a quotation mark left open, spoils lines after it.
const maxSyntax = 5

// A Table is a table of a TOML file, with the order and place of its entries.
type Table struct {
	Pos     source.Pos // of its header, or of the first key that made it
	Path    string     // its dotted name; "" for the file itself
	file    *file
	keys    []string
	entries map[string]*Value
	known   []string        // names that have been asked for
	asked   map[string]bool // the same
	header  bool            // it has had its own [header]
}

// A Value is the value of an entry.
type Value struct {
	Key source.Pos // where the entry's name stands
	Pos source.Pos // where the value stands

	// Lines is where the first line of a text stands whose lines are lines of the
	// file; its line is 0 for every other value.
	Lines source.Pos

	// V is the value: string, bool, int64, float64, Date, Other, []*Value or
	// *Table.
	V any
}

// A Date is a day without a time.
type Date struct {
	Year, Month, Day int
}

// Other is a TOML value that nothing here asks for: a time, or a day with one.
type Other string

// A file is what the tables of one file share.
type file struct {
	name     string
	data     string
	lines    []int // where each line but the first begins
	problems source.Errors
	broken   bool // some of it could not be read
}

// Parse reads the content of the named file. It returns the file's outermost
// table as far as it could be read; what could not is in [Table.Problems].
func Parse(name string, data []byte) *Table {
	f := &file{name: name}
	root := &Table{Pos: source.Pos{File: name}, file: f, entries: map[string]*Value{}}
	if f.broken = !f.readable(data); f.broken {
		return root
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	f.data = string(data)
	for i, c := range data {
		if c == '\n' {
			f.lines = append(f.lines, i+1)
		}
	}

	b := builder{file: f, root: root, current: root}
	failed := 0
	for start := 0; start < len(data); {
		var p unstable.Parser
		p.Reset(data[start:])
		b.parser, b.start = &p, start
		for p.NextExpression() {
			b.expression(p.Expression())
		}
		err := p.Error()
		if err == nil {
			break
		}
		f.broken = true
		at := start
		if pe, ok := errors.AsType[*unstable.ParserError](err); ok && pe.Highlight != nil {
			if len(pe.Highlight) > 0 {
				at += int(p.Range(pe.Highlight).Offset)
			} else {
				at = len(data)
			}
		}
		if failed++; failed == maxSyntax {
			f.problems.Add(f.at(at), "put right the problems above first", "more lines that cannot be read")
			break
		}
		b.syntax(at, err)
		// The line cannot be read; the next one can. Lines under a header that
		// cannot be read would count as those of the table before it.
		line := bytes.LastIndexByte(data[:at], '\n') + 1
		if strings.HasPrefix(strings.TrimSpace(f.line(line)), "[") {
			b.current = &Table{file: f, entries: map[string]*Value{}}
		}
		next := bytes.IndexByte(data[at:], '\n')
		if next < 0 {
			break
		}
		start = at + next + 1
	}
	return root
}

// readable reports whether data is text, and says so if it is not.
func (f *file) readable(data []byte) bool {
	pos := source.Pos{File: f.name}
	switch {
	case len(data) > MaxSize:
		f.problems.Add(pos, "", "the file is larger than %d MB, and so cannot be a file of details", MaxSize>>20)
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		f.problems.Add(pos, "save it again as UTF-8", "the file is saved as UTF-16")
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		f.problems.Add(pos, "details are kept in a text file that ends in .toml", "the file is a Word or Excel file or an archive")
	case !utf8.Valid(data):
		i := 0
		for i < len(data) {
			r, n := utf8.DecodeRune(data[i:])
			if r == utf8.RuneError && n == 1 {
				break
			}
			i += n
		}
		f.problems.Add(source.Position(f.name, string(data[:i]), i), "save the file as UTF-8", "a character that is not UTF-8")
	case bytes.IndexByte(data, 0) >= 0:
		i := bytes.IndexByte(data, 0)
		f.problems.Add(source.Position(f.name, string(data), i), "", "a zero byte: this is not a text file")
	default:
		return true
	}
	return false
}

// at returns the place of the byte at offset. It is asked for every name and value
// of the file, so it does not count from the beginning.
func (f *file) at(offset int) source.Pos {
	offset = max(0, min(offset, len(f.data)))
	line := sort.SearchInts(f.lines, offset+1) // how many lines begin at or before it, besides the first
	start := 0
	if line > 0 {
		start = f.lines[line-1]
	}
	return source.Pos{File: f.name, Line: line + 1, Col: offset - start + 1}
}

// line returns the line that begins at offset.
func (f *file) line(offset int) string {
	line, _, _ := strings.Cut(f.data[offset:], "\n")
	return line
}

// A builder makes tables from the expressions of a file.
type builder struct {
	file    *file
	parser  *unstable.Parser
	start   int // of what the parser is reading, in the file
	root    *Table
	current *Table // whose lines are being read
}

func (b *builder) pos(n *unstable.Node) source.Pos { return b.file.at(b.start + int(n.Raw.Offset)) }

// maxParts is how many parts a name may have. Nothing that is asked for has half
// as many, and each part makes a table.
const maxParts = 16

// parts reports a name with more parts than any can have, and whether it has.
func (b *builder) parts(e *unstable.Node) (tooMany bool) {
	n := 0
	var first source.Pos
	for it := e.Key(); it.Next(); n++ {
		if n == 0 {
			first = b.pos(it.Node())
		}
	}
	if n > maxParts {
		b.file.problems.Add(first, "", "a name of %d parts, where none has more than %d", n, maxParts)
	}
	return n > maxParts
}

func (b *builder) expression(e *unstable.Node) {
	if e.Kind != unstable.Comment && b.parts(e) {
		if e.Kind != unstable.KeyValue { // what stands under it belongs nowhere
			b.current = &Table{file: b.file, entries: map[string]*Value{}}
		}
		return
	}
	switch e.Kind {
	case unstable.Table:
		it := e.Key()
		t := b.root
		var pos source.Pos
		for it.Next() {
			k := it.Node()
			pos = b.pos(k)
			if t = b.below(t, string(k.Data), pos); t == nil {
				b.current = &Table{file: b.file, entries: map[string]*Value{}}
				return
			}
		}
		if t.header {
			b.file.problems.Add(pos, "put its lines together", "[%s] stands in the file twice", t.Path)
		}
		t.header, t.Pos = true, pos
		b.current = t
	case unstable.ArrayTable:
		it := e.Key()
		t := b.root
		b.current = &Table{file: b.file, entries: map[string]*Value{}}
		for it.Next() {
			k, last := it.Node(), it.IsLast()
			if !last {
				if t = b.below(t, string(k.Data), b.pos(k)); t == nil {
					return
				}
				continue
			}
			name, pos := string(k.Data), b.pos(k)
			v := t.entries[name]
			if v == nil {
				v = &Value{Key: pos, Pos: pos, V: []*Value{}}
				t.set(name, v)
			}
			list, ok := v.V.([]*Value)
			if !ok {
				b.file.problems.Add(pos, "", "%q is given in two ways", t.name(name))
				return
			}
			row := &Table{Pos: pos, Path: t.name(name), file: b.file, entries: map[string]*Value{}, header: true}
			v.V = append(list, &Value{Key: pos, Pos: pos, V: row})
			b.current = row
		}
	case unstable.KeyValue:
		b.keyValue(b.current, e)
	}
}

func (b *builder) keyValue(t *Table, e *unstable.Node) {
	it := e.Key()
	for it.Next() {
		k, last := it.Node(), it.IsLast()
		name, pos := string(k.Data), b.pos(k)
		if !last {
			if t = b.below(t, name, pos); t == nil {
				return
			}
			continue
		}
		if first := t.entries[name]; first != nil {
			b.file.problems.Add(pos, fmt.Sprintf("it stands in line %d, too: keep one of them", first.Key.Line), "%q is given twice", t.name(name))
			return
		}
		t.set(name, b.value(e.Value(), pos, t.name(name)))
	}
}

// below returns the table that is called name in t, which is made if need be,
// or nil if the name is taken by something else. Of an array of tables it is
// the last.
func (b *builder) below(t *Table, name string, pos source.Pos) *Table {
	v := t.entries[name]
	if v == nil {
		sub := &Table{Pos: pos, Path: t.name(name), file: b.file, entries: map[string]*Value{}}
		t.set(name, &Value{Key: pos, Pos: pos, V: sub})
		return sub
	}
	if list, ok := v.V.([]*Value); ok && len(list) > 0 {
		v = list[len(list)-1]
	}
	sub, ok := v.V.(*Table)
	if !ok {
		b.file.problems.Add(pos, "", "%q is given in two ways", t.name(name))
		return nil
	}
	return sub
}

func (b *builder) value(n *unstable.Node, key source.Pos, path string) *Value {
	v := &Value{Key: key, Pos: key}
	if n.Raw.Length > 0 {
		v.Pos = b.pos(n)
	}
	text := string(n.Data)
	switch n.Kind {
	case unstable.String:
		v.V = text
		if n.Raw.Length > 0 {
			v.Lines = b.file.linesFrom(b.start + int(n.Raw.Offset))
		}
	case unstable.Bool:
		v.V = text == "true"
	case unstable.Integer:
		i, err := strconv.ParseInt(strings.TrimPrefix(strings.ReplaceAll(text, "_", ""), "+"), 0, 64)
		if err != nil {
			b.file.problems.Add(v.Pos, "", "the number %s is too large, or begins with 0", text)
		}
		v.V = i
	case unstable.Float:
		f, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			b.file.problems.Add(v.Pos, "", "%s is not a number that can be used here", text)
			f = 0
		}
		v.V = f
	case unstable.LocalDate:
		d, err := ParseDate(text)
		if meant, ok := ReadDate(text); err != nil && ok {
			b.file.problems.Add(v.Pos, "write the day as "+meant.String(), "%s is not how a date is written", text)
		} else if err != nil {
			b.file.problems.Add(v.Pos, "write year-month-day, such as 2026-09-01", "%s", err)
		}
		v.V = d
	case unstable.Array:
		list := []*Value{}
		for it := n.Children(); it.Next(); {
			list = append(list, b.value(it.Node(), key, path))
		}
		v.V = list
	case unstable.InlineTable:
		t := &Table{Pos: v.Pos, Path: path, file: b.file, entries: map[string]*Value{}, header: true}
		for it := n.Children(); it.Next(); {
			if !b.parts(it.Node()) {
				b.keyValue(t, it.Node())
			}
		}
		v.V = t
	default:
		v.V = Other(text)
	}
	return v
}

// linesFrom returns where the first line stands of a text that begins, with its
// quotation marks, at offset; nowhere if its marks do not let it have lines.
func (f *file) linesFrom(offset int) source.Pos {
	rest := f.data[offset:]
	if !strings.HasPrefix(rest, `"""`) && !strings.HasPrefix(rest, "'''") {
		return source.Pos{}
	}
	inner := strings.TrimPrefix(strings.TrimPrefix(rest[3:], "\r"), "\n") // the end of the first line does not count
	return f.at(len(f.data) - len(inner))
}

// ParseDate reads a day written year-month-day (RFC 3339 full-date).
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("%s is not a date there is", s)
	}
	return Date{t.Year(), int(t.Month()), t.Day()}, nil
}

// IsZero reports whether d is no day at all.
func (d Date) IsZero() bool { return d == Date{} }

// Time returns the first moment of d in UTC.
func (d Date) Time() time.Time {
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC)
}

// String returns d as it is written in a file: 2026-09-01.
func (d Date) String() string { return d.Time().Format(time.DateOnly) }

// Before reports whether d is an earlier day than e.
func (d Date) Before(e Date) bool { return d.Time().Before(e.Time()) }

// AddMonths returns the day that many months later; the last of the month if
// that month is too short.
func (d Date) AddMonths(n int) Date {
	first := time.Date(d.Year, time.Month(d.Month+n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Date{first.Year(), int(first.Month()), min(d.Day, last)}
}

func (t *Table) set(name string, v *Value) {
	t.keys = append(t.keys, name)
	t.entries[name] = v
}

func (t *Table) name(key string) string {
	if t.Path == "" {
		return key
	}
	return t.Path + "." + key
}

// Problems returns what is wrong with the whole file that t is part of, as far
// as it has been read.
func (t *Table) Problems() source.Errors { return t.file.problems }

// Whole reports whether every line of t's file could be read: what is not in the
// table is not in the file either.
func (t *Table) Whole() bool { return !t.file.broken }

// Problem reports that something is wrong at pos.
func (t *Table) Problem(pos source.Pos, hint, format string, args ...any) {
	t.file.problems.Add(pos, hint, format, args...)
}

// File returns the name of the file that t is part of.
func (t *Table) File() string { return t.file.name }

// Keys returns the names of t's entries, in the order of the file.
func (t *Table) Keys() []string { return slices.Clone(t.keys) }

// Value returns the entry called name, whatever its kind, or nil.
func (t *Table) Value(name string) *Value {
	if !t.asked[name] {
		if t.asked == nil {
			t.asked = map[string]bool{}
		}
		t.asked[name] = true
		t.known = append(t.known, name)
	}
	return t.entries[name]
}

// Key returns the place of the name of the entry called name.
func (t *Table) Key(name string) source.Pos { return t.entries[name].Key }

// At returns the place of the entry called name; of t if there is none.
func (t *Table) At(name string) source.Pos {
	if v := t.entries[name]; v != nil {
		return v.Pos
	}
	return t.Pos
}

// Text returns the text called name, or "".
func (t *Table) Text(name string) string {
	s, _ := as[string](t, name, `text in quotation marks: "…"`)
	return s
}

// Bool returns the yes or no called name; no if there is none.
func (t *Table) Bool(name string) bool {
	b, _ := as[bool](t, name, "true or false, without quotation marks")
	return b
}

// Int returns the number called name, or 0.
func (t *Table) Int(name string) int {
	i, _ := as[int64](t, name, "a whole number, without quotation marks")
	return int(i)
}

// Date returns the day called name, or the zero Date.
func (t *Table) Date(name string) Date {
	d, _ := as[Date](t, name, "a date such as 2026-09-01, without quotation marks")
	return d
}

// Texts returns the list of texts called name.
func (t *Table) Texts(name string) []string {
	list, _ := as[[]*Value](t, name, `a list of texts: ["…", "…"]`)
	var texts []string
	for _, v := range list {
		s, ok := v.V.(string)
		if !ok {
			t.Problem(v.Pos, "", `want text in quotation marks, not %s`, Kind(v.V))
			continue
		}
		texts = append(texts, s)
	}
	return texts
}

// Table returns the table called name, or nil.
func (t *Table) Table(name string) *Table {
	sub, _ := as[*Table](t, name, "a table: ["+t.name(name)+"]")
	return sub
}

// Tables returns the tables of the array called name.
func (t *Table) Tables(name string) []*Table {
	list, _ := as[[]*Value](t, name, "tables: [["+t.name(name)+"]]")
	var tables []*Table
	for _, v := range list {
		sub, ok := v.V.(*Table)
		if !ok {
			t.Problem(v.Pos, "", "want a table: [[%s]], not %s", t.name(name), Kind(v.V))
			continue
		}
		tables = append(tables, sub)
	}
	return tables
}

// as returns the entry called name as a T, reporting one that is not.
func as[T any](t *Table, name, want string) (T, bool) {
	var none T
	v := t.Value(name)
	if v == nil {
		return none, false
	}
	x, ok := v.V.(T)
	if !ok {
		t.Problem(v.Pos, "", "want %s; %q has %s", want, t.name(name), Kind(v.V))
	}
	return x, ok
}

// Rest reports every entry of t that has not been asked for. What an entry is
// called in messages is noun: "detail", "key".
func (t *Table) Rest(noun string) {
	for _, k := range t.keys {
		if t.asked[k] {
			continue
		}
		hint := source.DidYouMean(k, t.known)
		if hint == "" && len(t.known) > 0 && len(t.known) <= 12 {
			hint = "it can be " + source.Quoted(t.known, "or")
		}
		t.Problem(t.entries[k].Key, hint, "no %s is called %q", noun, t.name(k))
	}
}

// Kind says in words what kind of value v is.
func Kind(v any) string {
	switch v := v.(type) {
	case string:
		return "text"
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return "a number"
	case float64:
		return "a decimal number"
	case Date:
		return "a date"
	case []*Value:
		return "a list"
	case *Table:
		return "a table"
	case Other:
		return "the time " + string(v)
	}
	panic(fmt.Sprintf("toml: a value of type %T", v))
}
