package setting

import (
	"fmt"
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
	w.WriteString(wrapComment("Details for policygen. Type between the quotation marks; where a line begins with #, take the # away to fill it in. " +
		"What you leave empty has a default for your type of setting or, if it has none, is printed as a gap marked in yellow, and counted."))
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

// page returns the questions of a page, a table at a time.
func (form *Form) page(p *Page, b Blank) string {
	var order []string
	tables := map[string]*strings.Builder{}
	heads := map[string]string{}
	table := func(path, head string) *strings.Builder {
		if tables[path] == nil {
			tables[path] = &strings.Builder{}
			heads[path] = head
			order = append(order, path)
		}
		return tables[path]
	}
	for _, f := range p.Fields {
		if !f.Concerns(b.Type) || !b.asks(f) {
			continue
		}
		if f.Kind != Record {
			in, _, _ := cutLast(f.Path)
			f.question(table(in, "["+in+"]"), b, "")
			continue
		}
		mark := ""
		if f.Many {
			mark = "# "
		}
		head := "\n# " + capitalised(f.Label) + "."
		if f.Help != "" {
			head += " " + f.Help
		}
		open := "[" + f.Path + "]"
		if f.Many {
			open = "# [[" + f.Path + "]]   repeat for each"
		}
		w := table(f.Path, head+"\n"+open)
		for _, c := range f.Fields {
			if b.asks(c) {
				c.question(w, b, mark)
			}
		}
	}
	var w strings.Builder
	for _, path := range order {
		if path != "" {
			head := heads[path]
			if !strings.HasPrefix(head, "\n") {
				head = "\n" + head
			}
			w.WriteString(head + "\n")
		} else {
			w.WriteString("\n")
		}
		w.WriteString(tables[path].String())
	}
	return w.String()
}

// asks reports whether the file asks for f.
func (b *Blank) asks(f *Field) bool {
	return b.All || f.Ask != Later || b.Answers[f.Path] != "" || f.Path == "edition"
}

// question writes the lines of one field. mark stands before a line that is
// not to count until somebody takes it away.
func (f *Field) question(w *strings.Builder, b Blank, mark string) {
	part := f.isPart()
	if !part {
		words := capitalised(f.Label) + "."
		if f.Help != "" {
			words += " " + f.Help
		}
		w.WriteString(wrapComment(words))
	}
	if len(f.Choices) > 0 && f.Path != "setting.type" {
		width := 0
		for _, o := range f.Choices {
			width = max(width, len(o.Key)+2)
		}
		for _, o := range f.Choices {
			fmt.Fprintf(w, "#   %-*s  %s\n", width, strconv.Quote(o.Key), o.Label)
		}
	}
	answer := b.Answers[f.Path]
	if f.Path == "edition" {
		answer = b.Edition
	}
	switch {
	case answer != "":
		fmt.Fprintf(w, "%s%s = %s\n", mark, f.Name, f.literal(answer))
		return
	case f.textual() && f.Need != Optional && mark == "":
		fmt.Fprintf(w, "%s = \"\"", f.Name)
	default:
		value := f.shown(b.Type)
		if mark == "" {
			mark = "# "
		}
		fmt.Fprintf(w, "%s%s = %s", mark, f.Name, value)
	}
	if part && f.Need == Finish && f.textual() {
		w.WriteString("  # " + strings.SplitN(f.Label, " of ", 2)[0])
	}
	w.WriteString("\n")
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

// shown returns the value that a line shows: the default, or an example.
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
	s := f.sample()
	if f.textual() && f.Example == "" {
		s = `""`
	}
	if f.Many {
		return "[" + s + "]"
	}
	return s
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
	if strings.TrimSpace(text) == "" {
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
