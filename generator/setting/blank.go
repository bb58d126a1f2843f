package setting

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/policygen/policygen/generator/source"
	"github.com/policygen/policygen/generator/toml"
)

// A Blank is a setting file to be filled in.
type Blank struct {
	Type    *Type             // whose questions it asks
	Answers map[string]string // what is known already, by path
	Edition string
	Schema  string // the file or address of the JSON Schema, for editors
	File    string // what the file will be called, for its instructions
	All     bool   // every field that concerns the type, and not only the main ones
}

// Write returns a setting file with every question as a comment: what is asked
// for, what the choices are and what counts if nothing is said. It reads as a
// setting with the answers given, and nothing else.
func (form *Form) Write(b Blank) string {
	var w strings.Builder
	if b.Schema != "" {
		w.WriteString("#:schema " + b.Schema + "\n")
	}
	w.WriteString(wrapComment("Details for policygen. Type between the quotation marks. Where a line begins with # and has an =, " +
		"take the # away to say what stands there, or something else. What you leave has a default for your type of setting or, " +
		"if it has none, is printed as a gap marked in yellow, and counted."))
	fmt.Fprintf(&w, "#\n#   policygen check %s       lists what is wrong and what is still missing\n#   policygen generate %s    makes the documents\n", b.File, b.File)
	for _, p := range form.Pages {
		page := form.page(p, b)
		if page == "" {
			continue
		}
		fmt.Fprintf(&w, "\n# %s\n# %s\n", strings.Repeat("=", 75), p.Title)
		if p.Help != "" {
			w.WriteString(wrapComment(p.Help))
		}
		w.WriteString(page)
	}
	if !b.All {
		w.WriteString("\n" + wrapComment("There is more that you can say: policygen list fields shows everything, and policygen new --all asks for it."))
	}
	return w.String()
}

// Columns returns the headings of a spreadsheet with a row for each setting, and
// an example of a row: what the file of a single setting asks for, as far as it
// fits in cells. Of a list of people, there are columns for the first.
func (form *Form) Columns(b Blank) (headings, example []string) {
	add := func(path string, f *Field) {
		value := ""
		switch {
		case b.Answers[path] != "":
			value = b.Answers[path]
		case path == "setting.name":
			value = "Example: put a setting's own details in this row"
		case path == "setting.type":
			value = b.Type.ID
		case f.Kind == Date:
			value = "2026-09-01"
		case f.Kind != File && len(f.Example) <= 60 && f.Accept(f.Example) == nil:
			value = f.Example
		}
		headings, example = append(headings, path), append(example, value)
	}
	for _, p := range form.Pages {
		for _, f := range p.Fields {
			if !f.Concerns(b.Type) || !b.asks(f) || f.Path == "edition" {
				continue
			}
			if f.Kind != Record {
				if f.Kind != Rich {
					add(f.Path, f)
				}
				continue
			}
			in := f.Path
			if f.Many {
				in += ".1"
			}
			for _, c := range f.Fields {
				if b.asks(c) && c.Kind != Rich && c.Kind != Record {
					add(in+"."+c.Name, c)
				}
			}
		}
	}
	return headings, example
}

// page returns the questions of a page, a table at a time: TOML wants the lines
// of a table together.
func (form *Form) page(p *Page, b Blank) string {
	var order []string
	tables := map[string]*strings.Builder{}
	table := func(path, head string) *strings.Builder {
		if tables[path] == nil {
			tables[path] = &strings.Builder{}
			tables[path].WriteString("\n" + head)
			order = append(order, path)
		}
		return tables[path]
	}
	for _, f := range p.Fields {
		if !f.Concerns(b.Type) || !b.asks(f) {
			continue
		}
		if f.Kind != Record {
			in, _, ok := cutLast(f.Path)
			head := ""
			if ok {
				head = "[" + in + "]\n"
			}
			f.question(table(in, head), b, "")
			continue
		}
		mark, open := "", "["+f.Path+"]"
		if f.Many {
			open = "[[" + f.Path + "]]"
			if f.Need == Optional { // a row that stands there is a row
				mark = "# "
			}
			open = mark + open + "  # copy these lines for each further one"
		}
		w := table(f.Path, wrapComment(b.sentence(f))+open+"\n")
		for _, c := range f.Fields {
			if b.asks(c) {
				c.question(w, b, mark)
			}
		}
	}
	var w strings.Builder
	for _, path := range order {
		w.WriteString(tables[path].String())
	}
	return w.String()
}

// sentence says what f is and what it is for.
func (b *Blank) sentence(f *Field) string {
	words := capitalised(f.LabelFor(b.Type)) + "."
	if f.Help != "" {
		words += " " + f.Help
	}
	return words
}

// asks reports whether the file asks for f.
func (b *Blank) asks(f *Field) bool {
	answered := b.Answers[f.Path] != "" || slices.ContainsFunc(f.Fields, func(c *Field) bool { return b.Answers[c.Path] != "" })
	if f.fromFor != nil && f.From(b.Type) != "" {
		return b.All || answered // or else it is somebody whom the file has asked for already
	}
	return b.All || f.Ask != Later || answered || f.Path == "edition"
}

// question writes the lines of one field. mark stands before a line that is
// not to count until somebody takes it away.
func (f *Field) question(w *strings.Builder, b Blank, mark string) {
	unless, known := f.Default(b.Type)
	if !f.isPart() {
		words := b.sentence(f)
		if known && len(f.Choices) == 0 && !f.Many {
			words += " Unless you say otherwise: " + unless.Text + "."
		}
		switch {
		case f.Many:
			words += ` Write what applies between the brackets, with commas: ["…", "…"].`
		case f.Kind == Date:
			words += " Write it as 2026-09-01, without quotation marks."
		case f.Kind == YesNo:
			words += " Write true or false."
		}
		w.WriteString(wrapComment(words))
	}
	if len(f.Choices) > 0 && f.Path != "setting.type" {
		width := 0
		for _, o := range f.Choices {
			width = max(width, len(o.Key)+2)
		}
		for _, o := range f.Choices {
			taken := ""
			if known && (unless.Key == o.Key || slices.ContainsFunc(unless.List, func(v Value) bool { return v.Key == o.Key })) {
				taken = " (unless you say otherwise)"
			}
			lines := strings.Split(strings.TrimSpace(wrapComment(o.Label+taken)), "\n#")
			fmt.Fprintf(w, "#   %-*s  %s\n", width, strconv.Quote(o.Key), strings.TrimPrefix(lines[0], "# "))
			for _, l := range lines[1:] {
				fmt.Fprintf(w, "#   %-*s %s\n", width, "", l)
			}
		}
	}
	answer := b.Answers[f.Path]
	if f.Path == "edition" {
		answer = b.Edition
	}
	switch {
	case answer != "":
		fmt.Fprintf(w, "%s%s = %s\n", mark, f.Name, f.literal(answer))
	case f.textual() && mark == "" || f.Path == "setting.type":
		fmt.Fprintf(w, "%s = \"\"%s\n", f.Name, f.suchAs())
	case f.textual():
		fmt.Fprintf(w, "%s%s = \"\"%s\n", mark, f.Name, f.suchAs())
	default:
		fmt.Fprintf(w, "# %s = %s%s\n", f.Name, f.shown(b.Type), f.suchAs())
	}
}

// suchAs returns an example as a comment. It is not where an answer would be:
// what is left standing there would be printed.
func (f *Field) suchAs() string {
	if f.Example == "" || len(f.Example) > 60 {
		return ""
	}
	return "  # such as " + f.Example
}

// isPart reports whether f is part of a record, such as a person.
func (f *Field) isPart() bool {
	in, _, ok := cutLast(f.Path)
	if !ok {
		return false
	}
	parent := f.form.Field(in)
	return parent != nil && parent.Shape != ""
}

// textual reports whether f is written between quotation marks by its author.
func (f *Field) textual() bool {
	switch f.Kind {
	case Text, Note, Rich, URL, Email, Phone, File:
		return !f.Many
	}
	return false
}

// shown returns the value that a line shows behind its mark: the default or,
// if there is none, one that is refused should somebody take the mark away and
// leave it.
func (f *Field) shown(t *Type) string {
	if d, ok := f.Default(t); ok {
		if !f.Many {
			return f.literal(d.Plain())
		}
		words := make([]string, len(d.List))
		for i, v := range d.List {
			words[i] = strconv.Quote(v.Plain())
		}
		return "[" + strings.Join(words, ", ") + "]"
	}
	switch {
	case f.Many:
		return "[]"
	case f.Kind == Date:
		return "2026-00-00"
	case f.Kind == YesNo:
		return "false"
	case f.Kind == Number:
		return strconv.Itoa(f.Min)
	}
	return `""`
}

// literal returns a value as a file has it.
func (f *Field) literal(s string) string {
	switch f.Kind {
	case YesNo, Date, Number:
		return s
	}
	return strconv.Quote(s)
}

// Accept returns what is wrong with text as the answer to the question that f
// asks, or nil.
func (f *Field) Accept(text string) error {
	if trim(text, f.Kind) == "" {
		if f.Need == Start {
			return fmt.Errorf("nothing can be made without it")
		}
		return nil
	}
	var problems source.Errors
	f.convertOne(&toml.Value{V: text}, &problems)
	if len(problems) == 0 {
		return nil
	}
	msg := strings.TrimPrefix(problems[0].Msg, f.Path+" ")
	if problems[0].Hint != "" {
		msg += ": " + problems[0].Hint
	}
	return fmt.Errorf("%s", msg)
}

func capitalised(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// wrapComment returns words as comment lines of at most 79 characters.
func wrapComment(words string) string {
	var w strings.Builder
	line := "#"
	for word := range strings.FieldsSeq(words) {
		if len(line)+1+len(word) > 79 {
			w.WriteString(line + "\n")
			line = "#"
		}
		line += " " + word
	}
	w.WriteString(line + "\n")
	return w.String()
}
