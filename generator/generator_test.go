package generator

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"html"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/policygen/policygen/generator/docx"
	"github.com/policygen/policygen/generator/pack"
	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/source"
	"github.com/policygen/policygen/generator/toml"
	"github.com/policygen/policygen/templates"
)

var update = flag.Bool("update", false, "rewrite the wanted output in testdata and examples")

const newest = "2026-09"

// builtin returns a generator of the newest edition.
func builtin(t testing.TB, layers ...pack.Layer) *Generator {
	p, err := pack.Read("templates", templates.FS, newest, layers...)
	if err != nil {
		t.Fatal(err)
	}
	return newGenerator(t, p)
}

func newGenerator(t testing.TB, p *pack.Pack) *Generator {
	g, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// edition returns a generator of a small edition: form, registers and look of
// the newest, and the given templates, by their names in its folder.
func edition(t testing.TB, files map[string]string) (*Generator, error) {
	m := fstest.MapFS{}
	for _, name := range []string{"edition.toml", "form.toml", "guidance.toml", "contacts.toml"} {
		data, err := fs.ReadFile(templates.FS, newest+"/"+name)
		if err != nil {
			t.Fatal(err)
		}
		m["e/"+name] = &fstest.MapFile{Data: data}
	}
	for name, data := range files {
		m["e/"+name] = &fstest.MapFile{Data: []byte(data)}
	}
	fs.WalkDir(templates.FS, "look", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			data, _ := fs.ReadFile(templates.FS, name)
			m[name] = &fstest.MapFile{Data: data}
		}
		return nil
	})
	p, err := pack.Read("", m, "e")
	if err != nil {
		return nil, err
	}
	return newGenerator(t, p), nil
}

// make1 makes the documents of a setting file.
func make1(g *Generator, file, data string, files fs.FS) (*Documents, error) {
	var problems source.Errors
	s, err := setting.Read(toml.Parse(file, []byte(data)), g.pack.Form)
	problems.Gather(err)
	if files == nil {
		files = fstest.MapFS{}
	}
	docs, err := g.Make(s, files)
	problems.Gather(err)
	return docs, problems.Err()
}

func write(t testing.TB, d *Document, f Format) string {
	data, err := d.Write(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestCases makes the document of each case in testdata and compares every form
// of it. testdata/README.md says what a case looks like.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases:", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			given := map[string]string{}
			wanted := 0
			for i, f := range a.Files {
				if slices.Contains([]string{"md", "html", "docx", "problems", "gaps"}, f.Name) {
					break
				}
				given[f.Name] = string(f.Data)
				wanted = i + 1
			}
			got := forms(t, given)
			for i, f := range a.Files[wanted:] {
				have, ok := got[f.Name]
				if !ok && f.Name != "problems" {
					t.Fatalf("there is no %s of it:\n%s", f.Name, got["problems"])
				}
				if have != string(f.Data) {
					if *update {
						a.Files[wanted+i].Data = []byte(have)
					} else {
						t.Errorf("%s:\n%s\nwant:\n%s", f.Name, have, f.Data)
					}
				}
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(a), 0o666); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// forms returns every form of a case's document, and its problems and gaps.
func forms(t *testing.T, given map[string]string) map[string]string {
	settingFile := given["setting.toml"]
	delete(given, "setting.toml")
	g, err := edition(t, given)
	var docs *Documents
	if err == nil {
		docs, err = make1(g, "setting.toml", settingFile, nil)
	}
	if err != nil {
		if _, ok := errors.AsType[source.Errors](err); !ok {
			t.Fatal(err)
		}
		return map[string]string{"problems": err.Error() + "\n"}
	}
	out := map[string]string{"problems": "", "md": "", "html": "", "docx": "", "gaps": ""}
	for _, d := range docs.List {
		out["md"] += write(t, d, Markdown)
		out["html"] += write(t, d, Fragment)
		word := write(t, d, Word)
		for _, fault := range docx.Lint([]byte(word)) {
			t.Error(fault)
		}
		out["docx"] += paragraphs(t, word)
	}
	for _, gap := range docs.Gaps() {
		out["gaps"] += fmt.Sprintln(gap.Path, gap.Places)
	}
	return out
}

// paragraphs returns the body of word/document.xml, a paragraph, row or table
// on each line, so that a difference can be read.
func paragraphs(t *testing.T, word string) string {
	xml := documentXML(t, word)
	_, body, _ := strings.Cut(xml, "<w:body>")
	body, _, _ = strings.Cut(body, "<w:sectPr>")
	return regexp.MustCompile(`<w:(?:p|tbl|tr|sdt)>`).ReplaceAllString(body, "\n$0")[1:] + "\n"
}

// TestUnused checks that a detail counts as unused only if neither a document nor
// the program has a use for it.
func TestUnused(t *testing.T) {
	g, err := edition(t, map[string]string{"online-safety/policy.md": "+++\ntitle = \"Policy\"\ncode = \"OS\"\naudience = \"everyone\"\ntypes = [\"all\"]\n+++\n\n## One {#OS-1}\n\n{{.people.dsl.name}} {{evidence \"S-AP-01\"}}\n"})
	if err != nil {
		t.Fatal(err)
	}
	docs, err := make1(g, "s.toml", `[setting]
name = "N"
type = "academy_primary"
urn = "900001"
[people.dsl]
name = "A"
title = "B"
[contacts]
national_include = ["childline"]
[review]
version = "3"
approved_date = 2026-09-01
next_review = 2027-08-01
approved_by = "C"
[output]
formats = ["md"]
[evidence]
S-AP-01 = "D"
S-AP-02 = "E"
[[tailoring]]
section = "OS-1"
change = "add"
text = "More."
`, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(docs.Unused(), " "), "people.dsl.title review.approved_by evidence.S-AP-02"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestExamples makes the Markdown of every example afresh and compares it with
// what is kept beside it, so that the documentation cannot rot. What Word gets
// is linted.
func TestExamples(t *testing.T) {
	g := builtin(t)
	files, err := filepath.Glob("../examples/*.toml")
	if err != nil || len(files) < 8 {
		t.Fatal("the examples are not there:", files, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".toml")
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			docs, err := make1(g, file, string(data), os.DirFS("../examples"))
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range docs.List {
				for _, fault := range docx.Lint([]byte(write(t, d, Word))) {
					t.Errorf("%s: %s", d.Name, fault)
				}
			}
			if name == "minimal" {
				return // it shows how little is enough, and its documents are gaps
			}
			folder := filepath.Join("../examples", name)
			if *update {
				if err := os.RemoveAll(folder); err != nil {
					t.Fatal(err)
				}
				if err := os.MkdirAll(folder, 0o777); err != nil {
					t.Fatal(err)
				}
				for _, d := range docs.List {
					if err := os.WriteFile(filepath.Join(folder, d.Name+".md"), []byte(write(t, d, Markdown)), 0o666); err != nil {
						t.Fatal(err)
					}
				}
			}
			var want []string
			entries, err := os.ReadDir(folder)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				want = append(want, strings.TrimSuffix(e.Name(), ".md"))
			}
			var got []string
			for _, d := range docs.List {
				got = append(got, d.Name)
				kept, err := os.ReadFile(filepath.Join(folder, d.Name+".md"))
				if err != nil {
					t.Error(err)
					continue
				}
				if text := write(t, d, Markdown); text != string(kept) {
					t.Errorf("%s has changed: %s", d.Name, difference(text, string(kept)))
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("documents %q, kept are %q", got, want)
			}
		})
	}
}

// difference returns the first line in which two texts differ.
func difference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		var a, b string
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if a != b {
			return fmt.Sprintf("line %d:\ngot  %s\nwant %s", i+1, a, b)
		}
	}
	return "not at all"
}

// TestSharedMoulds checks that a document made from moulds that another
// setting's documents have used has the bytes that a fresh run gives.
func TestSharedMoulds(t *testing.T) {
	shared := builtin(t)
	files, _ := filepath.Glob("../examples/*.toml")
	for range 2 {
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			one, err := make1(shared, file, string(data), os.DirFS("../examples"))
			if err != nil {
				t.Fatal(err)
			}
			two, err := make1(builtin(t), file, string(data), os.DirFS("../examples"))
			if err != nil {
				t.Fatal(err)
			}
			for i := range one.List {
				for _, f := range append(slices.Clone(Formats), Fragment) {
					if write(t, one.List[i], f) != write(t, two.List[i], f) {
						t.Errorf("%s: %s as %s differs from that of a fresh run", file, one.List[i].Name, f)
					}
				}
			}
		}
	}
}

// TestSchemaOfExamples keeps the schema that the examples name up to date.
func TestSchemaOfExamples(t *testing.T) {
	editions, err := pack.Editions(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	want, err := builtin(t).pack.Schema(editions)
	if err != nil {
		t.Fatal(err)
	}
	const file = "../examples/policygen.schema.json"
	if *update {
		if err := os.WriteFile(file, want, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what policygen schema prints: run make update", file)
	}
}

// TestLayout compares which of our packages import which with
// testdata/layout.txt. A new arrow is a decision: make it there, with -update,
// and say why in the commit.
func TestLayout(t *testing.T) {
	const module = "github.com/policygen/policygen/"
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}} ->{{range .Imports}} {{.}}{{end}}", module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for line := range strings.Lines(string(out)) {
		pkg, imports, _ := strings.Cut(line, " -> ")
		var ours []string
		for _, i := range strings.Fields(imports) {
			if i, ok := strings.CutPrefix(i, module); ok {
				ours = append(ours, i)
			}
		}
		if len(ours) > 0 {
			got.WriteString(strings.TrimPrefix(pkg, module) + ": " + strings.Join(ours, " ") + "\n")
		}
	}
	const file = "testdata/layout.txt"
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("imports are\n%s\nwant\n%s", got.String(), want)
	}
}

// quote returns s as a TOML basic string. JSON's escapes are among TOML's.
func quote(s string) string {
	data, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return strings.ReplaceAll(string(data), "\x7f", `\u007f`)
}

// places is a template with a detail in every place that a detail can stand in.
const places = `+++
title = "About {{.setting.name}}"
code = "OS"
audience = "everyone"
types = ["all"]
+++

{{.setting.name}} at the start, {{.setting.name}}, and at the end {{.setting.name}}

## {{.setting.name}} {#OS-1}

**{{.setting.name}}** *{{.setting.name}}* ({{.setting.name}}) "{{.setting.name}}" 3{{.setting.name}}. A\
{{.setting.name}}\
{{.setting.name}}. x

### In a heading {{.setting.name}}: and more {#OS-1.1}

- {{.setting.name}}
- {{.setting.name}}{{.setting.name}}
  1. {{.setting.name}}! [link](https://a.example)
  2. x {{.setting.name}}

{{.setting.name}}

> [!NOTE]
> {{.setting.name}}
> **{{.setting.name}}**

| {{.setting.name}} | b |
|---|---|
| {{.setting.name}} | **{{.setting.name}}** |
| x {{.setting.name}} y | [{{.setting.name}}](https://a.example/b) |

- [ ] {{.setting.name}}

[{{.setting.name}}](#OS-1) and [a {{.setting.name}}, b](mailto:a@b.example)

` + "```signatures\n{{.setting.name}}\nThe {{.setting.name}}\n```\n\n```flow\ntitle: {{.setting.name}}\nA start: {{.setting.name}}\nB decide: Is it {{.setting.name}}?\nC act side: x {{.setting.name}}\nD stop: {{.setting.name}}.\nA -> B\nB -> C: {{.setting.name}}\nB -> D: not {{.setting.name}}\nC -> D\nnote: {{.setting.name}}\n```\n"

// FuzzDetails checks the law that slots are for: whatever a detail says, and
// wherever in a policy it stands, a reader of each format reads the detail and
// no mark-up. It needs no list of wanted outputs: the document with the detail
// must be the document with a plain word, but for the word.
func FuzzDetails(f *testing.F) {
	for _, s := range []string{
		"St Mary's *Outstanding* | <b>& Co", "{{.x}} {{end}} [[x]]", "1) x", "1. x", "12", "- x", "+", "+44 1632", "a & b &amp; c", "#x #", "a|b", "==", "---", "`", `\`, "!x[y](z)", "!",
		"{#id}", "1986. A year", "~~x~~", ">x", "&#35;", "]]>", "<!-- x -->", "<script>alert(1)</script>", "\u200f\u05d0", "\u00ad", "_x_", "a_b", "__", "%s%d", "[To complete: x]", "||", ":-", ": x", "|-|",
		"<![CDATA[", "&", "\"quoted\" 'single'", "é’—“x”", "www.example.org", "javascript:alert(1)", "*", "**", "(x", "x)", "# x", "```", "$x", "{", "}", "0", "æ", "😀", "=", "\\*", "~", "~~~", "]", "[", "http://x.example/*a*",
	} {
		f.Add(s)
	}
	g, err := edition(f, map[string]string{"online-safety/policy.md": places})
	if err != nil {
		f.Fatal(err)
	}
	const word = "Zz9Plain"
	docs, err := make1(g, "setting.toml", "[setting]\nname = \""+word+"\"\ntype = \"childminder\"\n", nil)
	if err != nil {
		f.Fatal(err)
	}
	plain := docs.List[0]
	plainMarkdown := reread(f, write(f, plain, Markdown))
	plainHTML := withoutDiagrams(unsealed(write(f, plain, HTML)))
	plainWord := documentXML(f, write(f, plain, Word))
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "\uFFFD") // a file with anything else is refused whole
		docs, err := make1(g, "setting.toml", "[setting]\nname = "+quote(s)+"\ntype = \"childminder\"\n", nil)
		if err != nil {
			if _, ok := errors.AsType[source.Errors](err); !ok || !strings.Contains(err.Error(), "setting.name") {
				t.Errorf("%q is not refused by its name: %v", s, err)
			}
			return
		}
		words := docs.Setting.Name() // less what nobody sees at its ends
		if all := strings.Join(strings.Fields(s), " "); !strings.Contains(all, words) {
			t.Errorf("%q is read as %q", all, words)
		}
		d := docs.List[0]
		escaped := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;").Replace(words)
		if got, want := withoutDiagrams(unsealed(write(t, d, HTML))), strings.ReplaceAll(plainHTML, word, escaped); got != want {
			t.Errorf("HTML of %q: %s", words, difference(got, want))
		}
		escaped = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(words)
		if got, want := documentXML(t, write(t, d, Word)), strings.ReplaceAll(plainWord, word, escaped); got != want {
			t.Errorf("Word of %q: %s", words, difference(strings.ReplaceAll(got, "<w:p>", "\n<w:p>"), strings.ReplaceAll(want, "<w:p>", "\n<w:p>")))
		}
		md := write(t, d, Markdown)
		if got, want := reread(t, md), strings.ReplaceAll(plainMarkdown, word, html.EscapeString(words)); got != want {
			t.Errorf("Markdown of %q: %s\nin\n%s", words, difference(got, want), md)
		}
	})
}

var svg = regexp.MustCompile(`(?s)<svg.*?</svg>`)

// withoutDiagrams takes diagrams away, in which words wrap by their length. The
// list after each holds the same details.
func withoutDiagrams(page string) string { return svg.ReplaceAllString(page, "") }

func documentXML(t testing.TB, word string) string {
	data, err := docx.Part([]byte(word), "word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestHostileNames checks that names which are paths, devices or nothing make a
// folder of their own inside the output folder.
func TestHostileNames(t *testing.T) {
	g := builtin(t)
	for _, test := range []struct{ file, name, urn, want string }{
		{"a.toml", "X", "", "a"},
		{"dir/St Mary's & Co.toml", "X", "", "st-marys-co"},
		{"..toml", "X", "", "setting"},
		{"con.toml", "X", "", "setting-con"},
		{"CON.TOML", "X", "", "con-toml"},
		{"é.toml", "X", "", "e"},
		{"x.toml", "../../etc/passwd", "900001", "900001-etc-passwd"},
		{"x.toml", `..\..\windows`, "900001", "900001-windows"},
		{"x.toml", "/", "900001", "900001"},
		{"x.toml", "École Saint-Rémi: the “best”", "900001", "900001-ecole-saint-remi-the-best"},
		{"x.toml", strings.Repeat("long ", 50), "900001", "900001-" + strings.TrimSuffix(strings.Repeat("long-", 12), "-")},
		{"x.toml", "学校", "900001", "900001"},
	} {
		data := "[setting]\nname = " + quote(test.name) + "\ntype = \"pru\"\n"
		if test.urn != "" {
			data += "urn = \"" + test.urn + "\"\n"
		}
		s, err := setting.Read(toml.Parse(test.file, []byte(data)), g.pack.Form)
		if err != nil {
			t.Fatal(err)
		}
		got := Folder(s)
		if got != test.want {
			t.Errorf("%s, %q: the folder is called %q, want %q", test.file, test.name, got, test.want)
		}
		if !fs.ValidPath(got) || path.Base(got) != got {
			t.Errorf("%q is not the name of a folder", got)
		}
	}
}
