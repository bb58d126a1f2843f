package setting

import (
	"cmp"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/policygen/policygen/generator/slot"
	"github.com/policygen/policygen/generator/source"
	"github.com/policygen/policygen/generator/toml"
)

// A Value is what a setting has in a field.
type Value struct {
	Field   *Field
	Given   bool // there is one: the setting gives it, or the form has a default
	Assumed bool // it is a default, or taken from elsewhere
	Refused bool // the setting gives something that cannot be used; that is a problem, and no gap

	Text string    // as it is printed: 1 September 2026, or the label of a choice
	Key  string    // of a choice
	Yes  bool      // of a yes or no
	Int  int       // of a number
	Date toml.Date // of a date
	List []Value   // of a list that is not of records
	Rows [][]Value // of a list of records: a value for each field of the record

	Pos   source.Pos  // where the setting gives it
	Lines *source.Pos // where the first line of a text stands that has its lines in the file; or else nil

	lender *Field // that it is taken from, or nil
}

// String returns v as a list of settings' details shows it.
func (v Value) String() string {
	switch {
	case len(v.Rows) > 0:
		return fmt.Sprintf("%d entries", len(v.Rows))
	case len(v.List) > 0:
		words := make([]string, len(v.List))
		for i := range v.List {
			words[i] = v.List[i].Text
		}
		return strings.Join(words, ", ")
	}
	return v.Text
}

// maxLength is how long what stands in a field may be, in characters. Longer
// text is a mistake, or mischief; no document would be readable with it.
var maxLength = map[Kind]int{
	Text: 300, Note: 2_000, Rich: 20_000, URL: 1_000, Email: 254, Phone: 60, File: 250, Choice: 100,
}

// maxItems is how long a list may be.
const maxItems = 100

// convert turns what a file has into the value of f, and reports what f cannot
// have. A value that is refused is not given.
func (f *Field) convert(v *toml.Value, problems *source.Errors) Value {
	n := len(*problems)
	defer func() {
		for _, p := range (*problems)[n:] {
			if p.Field == "" {
				p.Field = f.Path
			}
		}
	}()
	if !f.Many {
		return f.convertOne(v, problems)
	}
	items, ok := v.V.([]*toml.Value)
	if !ok {
		if f.Kind == Record {
			problems.Add(v.Pos, fmt.Sprintf("begin each with [[%s]]", f.Path), "%s is a list", f.Path)
		} else {
			problems.Add(v.Pos, fmt.Sprintf("write %s = [%s]", f.Name, f.sample()), "want a list; %s has %s", f.Path, toml.Kind(v.V))
		}
		return Value{Field: f, Refused: true}
	}
	if len(items) > maxItems {
		problems.Add(v.Pos, "", "%s has %d entries; at most %d are printed", f.Path, len(items), maxItems)
		return Value{Field: f, Refused: true}
	}
	value := Value{Field: f, Pos: v.Pos}
	before := len(*problems)
	for _, item := range items {
		if f.Kind != Record {
			one := f.convertOne(item, problems)
			if !one.Given {
				continue
			}
			if slices.ContainsFunc(value.List, func(v Value) bool { return v.Text == one.Text }) {
				problems.Add(item.Pos, "take one of them out", "%s has %q twice", f.Path, cmp.Or(one.Key, one.Text))
				continue
			}
			value.List = append(value.List, one)
			continue
		}
		t, ok := item.V.(*toml.Table)
		if !ok {
			problems.Add(item.Pos, fmt.Sprintf("begin each with [[%s]]", f.Path), "want a table; %s has %s", f.Path, toml.Kind(item.V))
			continue
		}
		row := make([]Value, len(f.Fields))
		for i, c := range f.Fields {
			row[i] = Value{Field: c}
			if entry := t.Value(c.Name); entry != nil {
				row[i] = c.convert(entry, problems)
			}
			if !row[i].Given {
				if d, ok := c.Default(&Type{}); ok {
					row[i] = d
				}
			}
		}
		f.unknown(t, problems)
		vacancy(f, row)
		if slices.ContainsFunc(row, func(v Value) bool { return v.Given && !v.Assumed }) { // or it is not filled in yet
			value.Rows = append(value.Rows, row)
		}
	}
	for _, one := range value.List {
		if o, _ := f.Option(one.Key); o.Alone && len(value.List) > 1 {
			problems.Add(one.Pos, fmt.Sprintf("leave out %q, or the others", o.Key), "%s cannot have %q beside others: it means that %s", f.Path, o.Key, o.Label)
			break
		}
	}
	value.Given = len(value.List)+len(value.Rows) > 0 // an empty list is no answer
	value.Refused = !value.Given && len(*problems) > before
	return value
}

// unknown reports the entries of t that are no fields of f, and returns those
// that another edition asks for.
func (f *Field) unknown(t *toml.Table, problems *source.Errors) (elsewhere []string) {
	for _, k := range t.Keys() {
		if f.Field(k) != nil {
			continue
		}
		name := k
		if f.Path != "" {
			name = f.Path + "." + k
		}
		if f.form != nil && f.form.Elsewhere != nil && f.form.Elsewhere(name) {
			elsewhere = append(elsewhere, k)
			continue
		}
		known := f.Names()
		hint := source.DidYouMean(k, known)
		if hint == "" && f.form != nil {
			hint = f.form.elsewhere(k)
		}
		if hint == "" && len(known) <= 12 {
			hint = "it can be " + source.Quoted(known, "or")
		}
		problems.Add(t.Key(k), hint, "no detail is called %q", name)
	}
	return elsewhere
}

// elsewhere says where a field called name stands, if it stands in one table.
func (form *Form) elsewhere(name string) string {
	if form.top.Field(name) != nil {
		return "it belongs at the beginning of the file, before the first line in square brackets"
	}
	if table := form.tables[name]; table != "" {
		return fmt.Sprintf("it belongs under [%s]", table)
	}
	return ""
}

func cutLast(path string) (table, last string, ok bool) {
	i := strings.LastIndexByte(path, '.')
	if i < 0 {
		return "", path, false
	}
	return path[:i], path[i+1:], true
}

// sample returns a value that f could have, as it is written in a file.
func (f *Field) sample() string {
	switch f.Kind {
	case YesNo:
		return "true"
	case Date:
		return "2026-09-01"
	case Number:
		if f.Example != "" {
			return f.Example
		}
		return strconv.Itoa(f.Min)
	case Choice:
		return strconv.Quote(f.Choices[0].Key)
	}
	if f.Example != "" {
		return strconv.Quote(f.Example)
	}
	return `"…"`
}

// wants says what kind of value f takes, and shows one.
func (f *Field) wants() string {
	switch f.Kind {
	case YesNo:
		return "true or false, without quotation marks"
	case Date:
		return "a date without quotation marks, such as 2026-09-01"
	case Number:
		return "a whole number without quotation marks"
	case Choice:
		return "one of the choices in quotation marks, such as " + f.sample()
	}
	return "text in quotation marks, such as " + f.sample()
}

func (f *Field) convertOne(v *toml.Value, problems *source.Errors) Value {
	value := Value{Field: f, Pos: v.Pos}
	if v.Lines.Line > 0 {
		value.Lines = &v.Lines
	}
	problem := func(hint, format string, args ...any) Value {
		problems.Add(v.Pos, hint, format, args...)
		return Value{Field: f, Refused: true}
	}
	wrong := func() Value { return problem("", "want %s; %s has %s", f.wants(), f.Path, toml.Kind(v.V)) }
	written, isText := v.V.(string)
	switch f.Kind {
	case YesNo:
		yes, ok := v.V.(bool)
		if meant := toml.Truth(written); !ok && meant != "" {
			return problem("write "+meant+", without quotation marks", "want true or false; %s has text", f.Path)
		}
		if !ok {
			return wrong()
		}
		value.Given, value.Yes, value.Text = true, yes, map[bool]string{true: "yes", false: "no"}[yes]
		return value
	case Date:
		d, ok := v.V.(toml.Date)
		if !ok {
			if _, err := toml.ParseDate(written); err == nil {
				return problem("take the quotation marks away", "want a date; %s has text", f.Path)
			}
			if d, ok := toml.ReadDate(written); ok {
				return problem("write the day as "+d.String()+", without quotation marks", "want a date; %s has text", f.Path)
			}
			return wrong()
		}
		if d.IsZero() {
			value.Refused = true // a date that does not exist, reported where it was read
			return value
		}
		if d.Year < 1900 || d.Year > 2100 {
			return problem("", "%s is in the year %d", f.Path, d.Year)
		}
		value.Given, value.Date, value.Text = true, d, PrintDate(d)
		return value
	case Number:
		n, ok := v.V.(int64)
		if _, err := strconv.Atoi(written); err == nil && isText {
			return problem("take the quotation marks away", "want a number; %s has text", f.Path)
		}
		if !ok {
			return wrong()
		}
		if f.Max > 0 && (int(n) < f.Min || int(n) > f.Max) {
			return problem("", "%s is %d; it can be %d to %d", f.Path, n, f.Min, f.Max)
		}
		value.Given, value.Int, value.Text = true, int(n), strconv.FormatInt(n, 10)
		return value
	}

	s := written
	if !isText {
		return wrong()
	}
	if n := utf8.RuneCountInString(s); n > maxLength[f.Kind] {
		return problem("", "%s is %d characters long; at most %d are printed", f.Path, n, maxLength[f.Kind])
	}
	if r, ok := unprintable(s); ok {
		return problem("take it out; it may not be visible", "%s holds %s, which cannot be printed", f.Path, r)
	}
	if f.Kind != Rich {
		s = strings.Join(strings.Fields(s), " ")
	}
	if s = trim(s, f.Kind); s == "" {
		return value // a line not filled in yet
	}
	value.Given, value.Text, value.Key = true, s, s
	switch f.Kind {
	case Text, Note:
		if o, ok := f.Option(s); ok { // words that are kept ready
			value.Text = o.Label
		}
	case Choice:
		o, ok := f.Option(s)
		if !ok {
			hint := source.DidYouMean(s, f.Keys())
			if hint == "" {
				hint = "it can be " + source.Quoted(f.Keys(), "or")
			}
			return problem(hint, "%s cannot be %q", f.Path, s)
		}
		value.Text = o.Label
	case URL:
		if hint := checkURL(s); hint != "" {
			return problem(hint, "%s is not a web address: %q", f.Path, s)
		}
	case Email:
		if !emailShape.MatchString(s) {
			return problem("write it as office@oakfield.example", "%s is not an e-mail address: %q", f.Path, s)
		}
	case Phone:
		if !phoneShape.MatchString(s) {
			return problem("write it as 01632 960000 or 020 7946 0000, with ext 12 if need be", "%s is not a telephone number of the United Kingdom: %q", f.Path, s)
		}
		value.Text = Unbroken(s)
	case File:
		clean := path.Clean(strings.ReplaceAll(s, `\`, "/"))
		if path.IsAbs(clean) || clean == ".." || strings.HasPrefix(clean, "../") || strings.Contains(clean, ":") {
			return problem("put the file into the folder of the setting file, or one below it, and write its name", "%s is outside the folder of the setting file: %q", f.Path, s)
		}
		value.Text = clean
	}
	if f.Pattern != nil && !f.Pattern.MatchString(s) {
		return problem("it should be "+f.Says, "%s cannot be %q", f.Path, s)
	}
	return value
}

// trim returns s without what nobody sees at its ends, and nothing of a text in
// which nobody sees anything: it comes of copying, and is no answer. Of Markdown
// it leaves the blanks that set its first line in.
func trim(s string, k Kind) string {
	if strings.IndexFunc(s, visible) < 0 {
		return ""
	}
	s = strings.TrimRightFunc(s, atEnd)
	return strings.TrimLeftFunc(s, func(r rune) bool { return atEnd(r) && (k != Rich || !unicode.IsSpace(r)) })
}

// visible reports whether a reader sees r, or its mark on what stands around it.
func visible(r rune) bool {
	switch {
	case unicode.IsSpace(r), unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r), unicode.Is(unicode.Variation_Selector, r):
		return false
	case unicode.Is(unicode.Cf, r):
		return unicode.Is(unicode.Prepended_Concatenation_Mark, r)
	}
	return r != '\u2800' // a pattern of braille without dots
}

// atEnd reports whether r can be left out where a text begins or ends: it is not
// seen, and does not change how what stands beside it looks.
func atEnd(r rune) bool {
	tag := '\U000E0020' <= r && r <= '\U000E007F'                // of a flag
	direction := r == '\u200e' || r == '\u200f' || r == '\u061c' // of what stands beside it
	return !visible(r) && !tag && !direction && !unicode.Is(unicode.Variation_Selector, r)
}

// Check returns what is wrong with text that has the form of a kind, such as a web
// address, and what to do about it; "" if nothing is. Nothing is a text, too.
func Check(k Kind, text string) (msg, hint string) {
	f := &Field{Kind: k, Path: "it"}
	var problems source.Errors
	f.convertOne(&toml.Value{V: text}, &problems)
	if len(problems) == 0 {
		return "", ""
	}
	return strings.TrimPrefix(problems[0].Msg, "it "), problems[0].Hint
}

// unprintable returns the first character of s that no document can show or
// that would change how the text around it reads.
func unprintable(s string) (string, bool) {
	for i, r := range s {
		_, isSlot := slot.Of(r)
		switch {
		case r == utf8.RuneError:
			if _, n := utf8.DecodeRuneInString(s[i:]); n == 1 {
				return "a byte that is not UTF-8", true
			}
		case r == '\n' || r == '\r' || r == '\t':
		case unicode.IsControl(r):
			return fmt.Sprintf("the control character %U", r), true
		case '\u202a' <= r && r <= '\u202e', '\u2066' <= r && r <= '\u2069':
			return fmt.Sprintf("the character %U, which turns the direction of writing round", r), true
		case isSlot, unicode.Is(unicode.Co, r), unicode.Is(unicode.Noncharacter_Code_Point, r):
			return fmt.Sprintf("the character %U, which has no meaning", r), true
		}
	}
	return "", false
}

var months = [...]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}

// PrintDate returns d as documents print it: 1 September 2026.
func PrintDate(d toml.Date) string {
	return fmt.Sprintf("%d %s %d", d.Day, months[d.Month-1], d.Year)
}

// urlPattern matches an address of the web: a name of two labels or more, a port
// if need be, and a path.
const urlPattern = `[Hh][Tt][Tt][Pp][Ss]?://(?:` + urlLabel + `\.)+` + urlLabel + urlPort + `(?:[/?#][^ "<>\\^` + "`" + `{|}]*)?`

const (
	urlLabel = `[^ "<>\\^` + "`" + `{|}/:?#@.\[\]]+`
	urlPort  = `(?::(?:6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}))?`
)

var urlShape = regexp.MustCompile(`^` + urlPattern + `$`)

// checkURL returns what to do about s if it is not an address of the web.
func checkURL(s string) string {
	u, err := url.Parse(s)
	switch {
	case err == nil && urlShape.MatchString(s):
		return ""
	case err != nil || strings.ContainsAny(s, " \"<>\\^`{|}"):
		return "copy it from the address line of the browser"
	case u.Scheme == "" && strings.Contains(s, "."):
		return fmt.Sprintf("begin it with https://: %q", "https://"+s)
	case !strings.EqualFold(u.Scheme, "http") && !strings.EqualFold(u.Scheme, "https"):
		return "begin it with https://"
	}
	return "write it as https://www.oakfield.example"
}

// emailPattern matches a plain e-mail address. RFC 5322 allows more in it, marks
// of its own among them with which a link would have other recipients; no
// mailbox of a setting needs that.
const emailPattern = `[A-Za-z0-9_+'-]+(?:\.[A-Za-z0-9_+'-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+(?:[A-Za-z]{2,63}|[Xx][Nn]--[A-Za-z0-9-]+)`

var emailShape = regexp.MustCompile(`^` + emailPattern + `$`)

// phonePattern matches a telephone number of the United Kingdom: nine or ten
// digits after the 0, or after 44; the national numbers for young people and
// short codes are shorter (Ofcom, National Telephone Numbering Plan).
const phonePattern = `(?:(?:\+|00)44\s?(?:\(0\))?|\(?0)(?:[\s()-]*[0-9]){9,10}\)?(?:\s?(?:[Ee][Xx][Tt]\.?|[Xx])\s?[0-9]{1,6})?` +
	`|999|112|101|111|105|119|116\s?[0-9]{3}|0800\s?1111|18000`

var phoneShape = regexp.MustCompile(`^(?:` + phonePattern + `)$`)

// Unbroken returns a telephone number with blanks at which no line ends: half a
// number is easily misread.
func Unbroken(phone string) string { return strings.ReplaceAll(phone, " ", "\u00a0") }

// Plain returns v as a setting file would have it, without quotation marks.
func (v Value) Plain() string {
	switch {
	case v.Field != nil && v.Field.Kind == Date:
		return v.Date.String()
	case v.Field != nil && v.Field.Kind == YesNo:
		return strconv.FormatBool(v.Yes)
	case len(v.List) > 0:
		words := make([]string, len(v.List))
		for i := range v.List {
			words[i] = v.List[i].Plain()
		}
		return strings.Join(words, "; ")
	case v.Key != "":
		return v.Key
	}
	return v.Text
}
