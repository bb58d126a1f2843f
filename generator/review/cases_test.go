package review_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/policygen/policygen/generator/review"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite what the cases want")

// TestCases tries what schools do: testdata/merge/*.txtar.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/merge/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no cases in testdata/merge (%v)", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { tryCase(t, file) })
	}
}

func tryCase(t *testing.T, file string) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := map[string]string{}
	for _, f := range a.Files {
		text[f.Name] = string(f.Data)
	}
	base, adopted, latest := parse(text["base"]), parse(text["adopted"]), parse(text["latest"])
	opts := review.Options{Choices: choicesOf(t, text["choices"], review.Merge(base, adopted, latest, review.Options{}))}
	p, _ := merged(t, base, adopted, latest, opts)
	marked, err := apply(p, adopted, latest)
	if err != nil {
		t.Fatal(err)
	}
	got := printed(marked) + asked(p)
	if got == text["want"] {
		return
	}
	if !*update {
		t.Errorf("got:\n%s\nwant:\n%s", got, text["want"])
		return
	}
	a.Files = slices.DeleteFunc(a.Files, func(f txtar.File) bool { return f.Name == "want" })
	a.Files = append(a.Files, txtar.File{Name: "want", Data: []byte(got)})
	if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}

// choicesOf reads what has been chosen: a line for each decision, in order.
func choicesOf(t *testing.T, text string, p *review.Plan) map[string]review.Decision {
	t.Helper()
	choices := map[string]review.Decision{}
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if line == "" {
			continue
		}
		if i >= len(p.Decisions) {
			t.Fatalf("there are only %d decisions to choose in: take out %q", len(p.Decisions), line)
		}
		choice, wording, _ := strings.Cut(line, " ")
		choices[p.Decisions[i].ID] = review.Decision{Choice: review.Choice(choice), Wording: wording}
	}
	return choices
}

var wordPattern = regexp.MustCompile(`[\pL\pN]+(?:['’\-.@][\pL\pN]+)*| |[^\pL\pN ]`)

func wordsOf(text string) []review.Word {
	var words []review.Word
	look := ""
	for _, w := range wordPattern.FindAllString(text, -1) {
		if w == "*" {
			if look == "" {
				look = "bold"
			} else {
				look = ""
			}
			continue
		}
		words = append(words, review.Word{Text: w, Look: look})
	}
	return words
}

var codePattern = regexp.MustCompile(` \{(\w+(?:\.\w+)*)\}$`)

// parse reads a text: see testdata/merge/README.md.
func parse(text string) []review.Block {
	var out []review.Block
	table := false
	for _, line := range strings.Split(text, "\n") {
		b := review.Block{}
		switch kind, rest, _ := strings.Cut(line, " "); {
		case line == "":
			table = false
			continue
		case kind == "|":
			if !table {
				out = append(out, review.Block{Kind: "table"})
			}
			table = true
			last := &out[len(out)-1]
			last.Rows = append(last.Rows, rowOf(line))
			continue
		case kind == "#":
			b.Kind = "heading 2"
			if m := codePattern.FindStringSubmatch(rest); m != nil {
				b.Heading, b.Section = true, m[1]
				rest = strings.TrimSuffix(rest, m[0])
			}
			b.Words = wordsOf(rest)
		case kind == "-":
			b.Kind, b.Words = "list bullet", wordsOf(rest)
		default:
			b.Words = wordsOf(line)
		}
		b.Fixed = strings.Contains(line, "\uFFFC")
		table = false
		out = append(out, b)
	}
	return sectioned(out)
}

func rowOf(line string) review.Row {
	var r review.Row
	for _, cell := range strings.Split(strings.TrimSuffix(strings.TrimPrefix(line, "|"), "|"), "|") {
		var c []review.Block
		for _, p := range strings.Split(cell, "/") {
			if p = strings.TrimSpace(p); p != "" {
				c = append(c, review.Block{Words: wordsOf(p)})
			}
		}
		r.Cells = append(r.Cells, c)
	}
	return r
}

// printed prints a text with the changes in it.
func printed(text []redline) string {
	var b strings.Builder
	for _, r := range text {
		b.WriteString(margin(r.mark))
		b.WriteString(map[string]string{"heading 2": "# ", "list bullet": "- "}[r.kind])
		if r.rows == nil {
			b.WriteString(printedWords(r.words, r.mark))
		}
		b.WriteString("\n")
		for _, row := range r.rows {
			m := row.mark
			if m == kept {
				m = r.mark
			}
			b.WriteString(margin(m) + "|")
			for _, c := range row.cells {
				var parts []string
				for _, p := range c {
					text := printedWords(p.words, p.mark)
					if p.mark != m && p.mark != kept {
						text = bracket(p.mark, text)
					}
					parts = append(parts, text)
				}
				b.WriteString(" " + strings.Join(parts, " / ") + " |")
			}
			b.WriteString("\n")
		}
	}
	return strings.ReplaceAll(b.String(), "    \n", "")
}

func margin(m mark) string { return [...]string{"    ", "[-] ", "[+] "}[m] }

func bracket(m mark, text string) string {
	return [...]string{"", "[-", "[+"}[m] + text + "]"
}

func printedWords(words []markedWord, around mark) string {
	var b strings.Builder
	in := around
	for _, w := range words {
		if w.mark != in {
			if in != around {
				b.WriteString("]")
			}
			if w.mark != around {
				b.WriteString([...]string{"", "[-", "[+"}[w.mark])
			}
			in = w.mark
		}
		b.WriteString(w.Text)
	}
	if in != around {
		b.WriteString("]")
	}
	return b.String()
}

// asked prints what has to be decided, and what stays out.
func asked(p *review.Plan) string {
	var b strings.Builder
	for _, d := range p.Decisions {
		fmt.Fprintf(&b, "\n%s: %s %s\n", d.Section, d.Kind, d.Choice)
		for _, say := range [][2]string{{"template", d.Template}, {"school", d.School}} {
			if say[1] != "" {
				fmt.Fprintf(&b, "  %-9s %s\n", say[0], strings.ReplaceAll(say[1], "\n", "\n            "))
			}
		}
	}
	for _, code := range p.Withheld {
		fmt.Fprintf(&b, "\nwithheld: %s\n", code)
	}
	return b.String()
}
