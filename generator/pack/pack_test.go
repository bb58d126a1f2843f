package pack

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/policygen/policygen/generator/document"
	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/slot"
	"github.com/policygen/policygen/generator/source"
	"github.com/policygen/policygen/generator/toml"
)

// edition returns a small edition: the form of the newest one, and the given
// files.
func testEdition(t testing.TB, files map[string]string) fstest.MapFS {
	form, err := os.ReadFile("../../templates/2026-09/form.toml")
	if err != nil {
		t.Fatal(err)
	}
	m := fstest.MapFS{
		"e/form.toml": {Data: form},
		"e/edition.toml": {Data: []byte(`id = "2026-09"
title = "September 2026"
in_force = 2026-09-01
nations = ["england"]
[[family]]
id = "online-safety"
title = "Online safety"
code = "OS"
[[family]]
id = "anti-bullying"
title = "Anti-bullying"
code = "AB"
`)},
		"e/guidance.toml": {Data: []byte(`[[guidance]]
id = "data"
title = "Data Act 2018"
status = "law"
families = ["online-safety"]
mark = "V2"
[[guidance]]
id = "kcsie"
title = "Keeping children safe"
publisher = "Department for Education"
status = "statutory"
dated = "from 1 September 2026"
url = "https://www.gov.uk/x"
note = "what schools must do."
families = ["online-safety"]
for = ["school"]
mark = "V1"
[[guidance]]
id = "guess"
title = "Not seen"
status = "advice"
families = ["online-safety"]
mark = "K-hi"
`)},
		"e/contacts.toml": {Data: []byte(`[[contact]]
id = "childline"
name = "Childline"
text = "Someone to talk to"
phone = "0800 1111"
url = "https://www.childline.org.uk"
audiences = ["learners"]
mark = "V1"
`)},
		"e/requirements.toml": {Data: []byte(`[[origin]]
id = "k"
label = "Keeping children safe, %"
basis = "statutory"
[[requirement]]
id = "R-1"
text = "Who leads is named"
strength = "M"
origin = "k"
place = "paragraph 3"
`)},
	}
	for name, data := range files {
		m["e/"+name] = &fstest.MapFile{Data: []byte(data)}
	}
	return m
}

const front = "+++\ntitle = \"Online safety policy\"\ncode = \"OS\"\naudience = \"everyone\"\ntypes = [\"all\"]\n+++\n"

func readSetting(t testing.TB, p *Pack, data string) *setting.Setting {
	s, err := setting.Read(toml.Parse("s.toml", []byte(data)), p.Form)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// words binds a section as people would read it.
func words(s *Section) string { return bound(s.Text, s.Details) }

// TestRequirements checks that a section says what it answers only where the
// clause is printed, and that slips in the register and in its use are found.
func TestRequirements(t *testing.T) {
	body := front + "## One {#OS-1}\n\n{{if is \"school\"}}\n{{answers \"R-1\"}}\nThe DSL leads.\n{{else}}\nI lead.\n{{end}}\n"
	p, err := Read("t", testEdition(t, map[string]string{"online-safety/policy.md": body}), "e")
	if err != nil {
		t.Fatal(err)
	}
	for typ, want := range map[string]int{"maintained_primary": 1, "childminder": 0} {
		drafts, err := p.Fill(readSetting(t, p, "[setting]\nname = \"N\"\ntype = \""+typ+"\"\n"))
		if err != nil {
			t.Fatal(err)
		}
		if got := drafts[0].Sections[0].Answers; len(got) != want {
			t.Errorf("%s: answers %q", typ, got)
		}
	}
	if got, want := p.Requirement("R-1").From(), "Keeping children safe, paragraph 3"; got != want {
		t.Errorf("from %q, want %q", got, want)
	}
	_, err = Read("t", testEdition(t, map[string]string{
		"online-safety/policy.md": front + "## One {#OS-1}\n\n{{answers \"R-2\"}}\nWords.\n",
		"requirements.toml":       "[[origin]]\nid = \"k\"\nlabel = \"K\"\nbasis = \"rumour\"\n[[requirement]]\nid = \"R-1\"\ntext = \"T\"\nstrength = \"X\"\norigin = \"o\"\nfor = [\"scool\"]\n",
	}), "e")
	want := `t/e/online-safety/policy.md:9:11: no requirement is called "R-2"
	did you mean "R-1"?
t/e/requirements.toml:4:9: no basis is called "rumour"
	it can be "law", "statutory", "inspection", "standard", "advice" or "local"
t/e/requirements.toml:8:12: no strength is called "X"
	it can be "M" (must), "S" (should) or "E" (evidence)
t/e/requirements.toml:9:10: no origin is called "o"
t/e/requirements.toml:10:1: no group and no type of setting is called "scool"
	did you mean "school"?`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// TestFunctions runs the example of each function.
func TestFunctions(t *testing.T) {
	data, err := os.ReadFile("testdata/functions.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range Functions() {
		t.Run(f.Name, func(t *testing.T) {
			fsys := testEdition(t, map[string]string{"online-safety/policy.md": front + "## One {#OS-1}\n\n" + f.Example + "\n"})
			p, err := Read("t", fsys, "e")
			if err != nil {
				t.Fatal(err)
			}
			drafts, err := p.Fill(readSetting(t, p, string(data)))
			if err != nil {
				t.Fatal(err)
			}
			_, got, _ := strings.Cut(words(drafts[0].Sections[0]), "\n")
			if got = strings.TrimSpace(got); got != f.Prints {
				t.Errorf("got  %q\nwant %q", got, f.Prints)
			}
			if f.Doc == "" || !strings.HasPrefix(f.Usage, f.Name) {
				t.Error("it is not documented")
			}
		})
	}
}

func TestProblems(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"details", `## One {#OS-1}

{{.setting.nmae}} {{.peple.dsl.name}} {{.people.dsl}} {{.people.deputy_dsl}} {{.technology.devices_provided}} {{.cctv.enabled}}
{{range .people.deputy_dsl}}{{.setting.name}}{{.titel}}{{end}}
{{if eq .setting.boarding "ful"}}x{{end}} {{if has .setting.key_stages "ks9"}}x{{end}} {{if is "scool"}}x{{end}} {{if eq .setting.name "x"}}x{{end}}
`, `e/online-safety/policy.md:9:11: no detail is called "setting.nmae"
	did you mean "name"?
e/online-safety/policy.md:9:27: no detail is called "peple"
	did you mean "people"?
e/online-safety/policy.md:9:41: .people.dsl is a record
	print one of its parts, such as name
e/online-safety/policy.md:9:57: .people.deputy_dsl is a list of records
	use {{range}}
e/online-safety/policy.md:9:80: .technology.devices_provided is a list
	write {{join .technology.devices_provided}}, or use {{range}}
e/online-safety/policy.md:9:113: .cctv.enabled is a yes or no
	use it in an {{if}}
e/online-safety/policy.md:10:39: no detail is called "setting.name"
	begin with $ for a detail of the setting: $.setting.name
e/online-safety/policy.md:10:48: no detail is called "people.deputy_dsl.titel"
	did you mean "title"?
e/online-safety/policy.md:11:27: setting.boarding is never "ful"
	did you mean "full"?
e/online-safety/policy.md:11:72: setting.key_stages is never "ks9"
	did you mean "ks1"?
e/online-safety/policy.md:11:96: no group and no type of setting is called "scool"
	did you mean "school"?
e/online-safety/policy.md:11:119: setting.name is not a choice
	compare choices and numbers only: what people write has no end of spellings`},
		{"functions", `## One {#OS-1}

{{printf "x"}} {{guidance "kcsi"}} {{guidance "guess"}} {{section "OS-9"}} {{$x := 1}} {{cap .cctv.enabled}} {{template "x" .}} {{.setting.name | cap "a"}}
`, `e/online-safety/policy.md:9:3: no function is called "printf"
e/online-safety/policy.md:9:27: no guidance is called "kcsi"
	did you mean "kcsie"?
e/online-safety/policy.md:9:47: "guess" is marked K-hi: it is not verified, and cannot be printed
e/online-safety/policy.md:9:59: no section has the code "OS-9"
	did you mean "OS-1"?
e/online-safety/policy.md:9:78: a template has no variables
e/online-safety/policy.md:9:90: cctv.enabled is not words
e/online-safety/policy.md:9:121: no partial is called "x"
e/online-safety/policy.md:9:147: cap has 2 arguments
	write {{cap .detail}}`},
		{"sections", `## One
## Two {#XX-2}
# Three {#OS-3}
#### Four {#OS-4}
{{if .cctv.enabled}}
text
## Five {#OS-5}
{{end}}
more text
{{range .people.deputy_dsl}}
## Six {#OS-6}
{{end}}
`, `e/online-safety/policy.md:7:1: a heading without a code
	end the line with a code such as {#OS-1}
e/online-safety/policy.md:8:1: "XX-2" cannot be the code of a section of online-safety
	write OS- and a number, or for an appendix A and a number, with .1 or so for a subsection
e/online-safety/policy.md:9:1: a heading of level 1
	the title stands in the front matter; sections begin with ##, ### or ####
e/online-safety/policy.md:10:1: a heading of level 4 after one of level 1
e/online-safety/policy.md:12:1: a condition that holds sections begins with text
	let the condition hold whole sections, or none
e/online-safety/policy.md:15:1: text after a condition that holds sections
	let the condition hold whole sections, or none
e/online-safety/policy.md:17:1: a section begins inside a {{range}}, {{with}}, {{block}} or partial
	use {{if}} around whole sections`},
		{"syntax", "## One {#OS-1}\n\ntext {{if .cctv.enabled}}\n", `e/online-safety/policy.md:10:1: unexpected EOF
	an {{if}}, {{range}}, {{with}} or {{block}} has no {{end}}`},
		{"links", "## {{.setting.website}} {#OS-1}\n\n[x]({{.setting.name}}) [y]({{.setting.website}}) {{guidance \"kcsie\"}}\n\n## {{guidance \"kcsie\"}} {#OS-2}\n", `e/online-safety/policy.md:9:7: .setting.name is no address
	a link goes to a detail of the kind url or email
e/online-safety/policy.md:11:6: {{guidance "kcsie"}} cannot stand in a heading, a link or a diagram
	put it into running text`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Read("", testEdition(t, map[string]string{"online-safety/policy.md": front + test.body}), "e")
			if _, ok := errors.AsType[source.Errors](err); !ok {
				t.Fatalf("got %v, want problems", err)
			}
			if got := err.Error(); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestFill(t *testing.T) {
	fsys := testEdition(t, map[string]string{
		"online-safety/policy.md": front + `
{{template "control" .}}

## One {#OS-1}

{{if is "school"}}
A school.
{{else}}
Not a school.
{{end}}
- a
{{if .cctv.enabled}}
- CCTV
{{end}}
- b

| x | y |
|---|---|
{{range .people.deputy_dsl}}
| {{.name}} | {{.email}} |
{{else}}
| none | none |
{{end}}

## Two {#OS-0}

{{section "OS-3.1"}} and {{section "AB-1"}} and {{section "OS-0"}}

## Three {#OS-3}
### Sub {#OS-3.1}

{{if .cctv.enabled}}
## Four {#OS-4}
four
{{end}}

## App {#OS-A3}
{{section "OS-A3"}}
`,
		"anti-bullying/policy.md": strings.ReplaceAll(strings.ReplaceAll(front, "OS", "AB"), "Online safety policy", "{{cap .terms.learners}}") + "## {{cap .terms.parents}} {#AB-1}\nx\n",
		"partials/control.md":     "{{.setting.name}}, {{.people.dsl.name}}\n",
	})
	p, err := Read("t", fsys, "e")
	if err != nil {
		t.Fatal(err)
	}
	s := readSetting(t, p, `[setting]
name = "A {{.x}} & *b*"
type = "maintained_primary"
[[people.deputy_dsl]]
name = "B"
[[people.deputy_dsl]]
email = "c@c.example"
`)
	drafts, err := p.Fill(s)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, d := range drafts {
		b.WriteString("= " + d.PlainTitle() + "\n")
		for _, s := range d.Sections {
			b.WriteString("(" + s.Code + " " + s.Number() + ")\n" + words(s))
		}
	}
	const want = `= Online safety policy
(OS-0 )

A {{.x}} & *b*, To complete: name of the designated safeguarding lead

(OS-1 1)
## One {#OS-1}

A school.
- a
- b

| x | y |
|---|---|
| B | To complete: e-mail address of a deputy safeguarding lead |
| To complete: name of a deputy safeguarding lead | [c@c.example](mailto:c@c.example) |

(OS-0 )
## Two {#OS-0}

[section 2.1](#OS-3.1) and section 1 of our *Pupils* and [Two](#OS-0)

(OS-3 2)
## Three {#OS-3}
(OS-3.1 2.1)
### Sub {#OS-3.1}


(OS-A3 Appendix A)
## App {#OS-A3}
[appendix A](#OS-A3)
= Pupils
(AB-1 1)
## Parents and carers {#AB-1}
x
`
	if got := b.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	// A place in a draft leads back to the line of the template that made it.
	sec := drafts[0].Sections[1]
	for _, test := range []struct {
		text string
		want source.Pos
	}{
		{"A school", source.Pos{File: "t/e/online-safety/policy.md", Line: 13, Col: 1}},
		{"- b", source.Pos{File: "t/e/online-safety/policy.md", Line: 21, Col: 1}},
	} {
		if got := drafts[0].Locate(sec, strings.Index(sec.Text, test.text)); got != test.want {
			t.Errorf("%q comes from %v, want %v", test.text, got, test.want)
		}
	}
	if got, want := drafts[0].Locate(drafts[0].Sections[0], 2).File, "t/e/partials/control.md"; got != want {
		t.Errorf("the partial's text comes from %s, want %s", got, want)
	}
	// Slots keep details out of the text.
	if strings.Contains(sec.Text, "c@c") || sec.Details[slot.Number].Text != "1" {
		t.Errorf("a detail stands in the draft: %q", sec.Text)
	}
	for _, s := range drafts[0].Sections {
		if _, problems := document.Parse(s.Text); len(problems) > 0 {
			t.Errorf("%s: %v", s.Code, problems)
		}
	}
}

func TestLayers(t *testing.T) {
	fsys := testEdition(t, map[string]string{
		"online-safety/policy.md": front + "## One {#OS-1}\none\n### Sub {#OS-1.1}\nsub\n{{if is \"school\"}}\n## Two {#OS-2}\ntwo\n{{end}}\n## Three {#OS-3}\n{{block \"b\" .}}block{{end}} {{template \"p\" .}}\n",
		"online-safety/other.md":  strings.Replace(front, "title", "document = \"other\"\ntitle", 1) + "## One {#OS-1}\nother\n",
		"partials/p.md":           "p",
	})
	layer := Layer{"ours", fstest.MapFS{
		"online-safety/OS-1.md":   {Data: []byte("## Our one {#OS-1}\nours {{.setting.name}}\n")},
		"online-safety/OS-2.md":   {Data: []byte("## Our two {#OS-2}\nours\n### And more {#OS-2.5}\nmore\n")},
		"online-safety/other.md":  {Data: []byte(strings.Replace(front, "title", "document = \"other\"\ntitle", 1) + "## One {#OS-1}\nhidden\n## Own {#OS-9}\nown\n")},
		"partials/b.md":           {Data: []byte("our block")},
		"guidance.toml":           {Data: []byte("[[guidance]]\nid = \"ours\"\ntitle = \"Ours\"\nstatus = \"local\"\nmark = \"V1\"\n")},
		"online-safety/README.md": {Data: []byte(front + "text\n")},
	}}
	delete(layer.FS.(fstest.MapFS), "online-safety/README.md")
	p, err := Read("t", fsys, "e", layer)
	if err != nil {
		t.Fatal(err)
	}
	drafts, err := p.Fill(readSetting(t, p, "[setting]\nname = \"N\"\ntype = \"pru\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, d := range drafts {
		b.WriteString("= " + d.Template.Document + "\n")
		for _, s := range d.Sections {
			b.WriteString(words(s))
		}
	}
	const want = `= online-safety-other
## Our one {#OS-1}
ours N
## Own {#OS-9}
own
= online-safety-policy
## Our one {#OS-1}
ours N
## Our two {#OS-2}
ours
### And more {#OS-2.5}
more
## Three {#OS-3}
our block p
`
	if got := b.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if p.Guide("ours") == nil || p.Guide("kcsie") == nil {
		t.Error("the registers of the layers are not joined")
	}

	layer.FS.(fstest.MapFS)["online-safety/OS-7.md"] = &fstest.MapFile{Data: []byte("## X {#OS-7}\n")}
	layer.FS.(fstest.MapFS)["online-safety/OS-3.md"] = &fstest.MapFile{Data: []byte("text\n")}
	_, err = Read("t", fsys, "e", layer)
	const problems = `ours/online-safety/OS-3.md:1:1: the file does not begin with the section that it is named after
	begin the file with a heading that ends with {#OS-3}
ours/online-safety/OS-7.md: no template of online-safety has the section OS-7
	name the file after the code of a section that there is`
	if err == nil || err.Error() != problems {
		t.Errorf("got\n%v\nwant\n%s", err, problems)
	}
}

// TestUnusedFiles checks that a file of a layer that changes nothing is a
// problem, and that the hint says what was meant.
func TestUnusedFiles(t *testing.T) {
	fsys := testEdition(t, map[string]string{
		"online-safety/policy.md": front + "## One {#OS-1}\n{{template \"reach\" .}}\n",
		"partials/reach.md":       "built in",
	})
	fsys["look/page.css"] = &fstest.MapFile{Data: []byte("built in")}
	layer := fstest.MapFS{}
	for _, name := range []string{
		"README.md", "online-safety/README.txt", ".git/config", "online-safety/~$notes.docx", "partials/reach.md~", "Thumbs.db", "look/page.css", "contacts.toml", "partials/reach.md",
		"edition.toml", "OS-1.md", "onlinesafety/OS-1.md", "2026-09/online-safety/OS-1.md", "online-safety/os-1.MD", "online-safety/OS-1.txt", "online-safty/notes.txt", "policy.docx",
		"2026-09/form.toml", "contact.toml", "partials/reech.md", "look/pages.css", "look/own/logo.svg", "online-safety/more/deep.md",
	} {
		layer[name] = &fstest.MapFile{Data: []byte("")}
	}
	_, err := Read("t", fsys, "e", Layer{"lay", layer}, Layer{"empty", fstest.MapFS{"README": {}}})
	const want = `empty: the folder changes nothing
	put files into it that are called as those of policygen templates export, or by the code of a section
lay/2026-09/form.toml: nothing uses this file
	did you mean lay/form.toml?
lay/2026-09/online-safety/OS-1.md: nothing uses this file
	did you mean lay/online-safety/OS-1.md?
lay/OS-1.md: nothing uses this file
	did you mean lay/online-safety/OS-1.md?
lay/contact.toml: nothing uses this file
	did you mean lay/contacts.toml?
lay/edition.toml: nothing uses this file
	take it out: a layer changes templates, and not what edition they are of
lay/look/own/logo.svg: nothing uses this file
	take it out of the folder, or give it a name that policygen templates export has
lay/look/pages.css: nothing uses this file
	did you mean lay/look/page.css?
lay/online-safety/OS-1.txt: nothing uses this file
	did you mean lay/online-safety/OS-1.md?
lay/online-safety/more/deep.md: nothing uses this file
	take it out of the folder, or give it a name that policygen templates export has
lay/online-safety/os-1.MD: nothing uses this file
	did you mean lay/online-safety/OS-1.md?
lay/online-safty/notes.txt: nothing uses this file
	did you mean lay/online-safety/notes.md?
lay/onlinesafety/OS-1.md: nothing uses this file
	did you mean lay/online-safety/OS-1.md?
lay/partials/reech.md: no template calls the partial "reech"
	did you mean "reach"?
lay/policy.docx: nothing uses this file
	take it out of the folder, or give it a name that policygen templates export has`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}

	many := fstest.MapFS{}
	for i := range 23 {
		many[fmt.Sprintf("%02d.txt", i)] = &fstest.MapFile{}
	}
	_, err = Read("t", fsys, "e", Layer{"many", many})
	if problems, _ := errors.AsType[source.Errors](err); len(problems) != maxUnused+1 || problems[0].Error() != "many: nothing uses 3 more files in this folder" {
		t.Errorf("got\n%v", err)
	}
}

// TestLayerProblems checks that what is wrong with a layer is reported in its own
// files, and not in those built in that meet it.
func TestLayerProblems(t *testing.T) {
	fsys := testEdition(t, map[string]string{
		"online-safety/policy.md": front + "## One {#OS-1}\none\n### Sub {#OS-1.1}\nsub\n## Two {#OS-2}\n{{section \"OS-1.1\"}}\n{{template \"p\" .}}\n",
		"anti-bullying/policy.md": strings.ReplaceAll(front, "OS", "AB") + "## One {#AB-1}\n{{section \"OS-2\"}} {{section \"OS-2\"}} {{document \"online-safety-policy\"}}\n\n{{section \"OS-2\"}}\n",
		"partials/p.md":           "p",
	})
	for _, test := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"a template without what others refer to", map[string]string{"online-safety/policy.md": strings.Replace(front, "title", "document = \"rules\"\ntitle", 1) + "## One {#OS-1}\none\n"}, `ours/online-safety/policy.md: the file takes the document online-safety-policy away, to which t/e/anti-bullying/policy.md:8:41 refers
	keep its name in the front matter
ours/online-safety/policy.md: the file takes the section OS-2 away, to which t/e/anti-bullying/policy.md:8:3 and 2 other places refer
	keep its heading, with the code`},
		{"a section without what others refer to", map[string]string{"online-safety/OS-1.md": "## Ours {#OS-1}\nours\n"}, `ours/online-safety/OS-1.md: the file takes the section OS-1.1 away, to which t/e/online-safety/policy.md:12:3 refers
	keep its heading, with the code`},
		{"a section with another", map[string]string{"online-safety/OS-1.md": "## Ours {#OS-1}\nours\n### Sub {#OS-1.1}\nsub\n\n## More {#OS-9}\nmore\n"}, `ours/online-safety/OS-1.md:6:1: the file of the section OS-1 holds another
	put it into a file of its own, or make it a subsection with one # more`},
		{"front matter", map[string]string{"online-safety/OS-2.md": "+++\ntitle = \"Two\"\n+++\n## Two {#OS-2}\nours\n", "partials/p.md": "+++\n\n+++\np"}, `ours/online-safety/OS-2.md:1:1: front matter in the file of a section
	take it out: a section goes by that of its template
ours/partials/p.md:1:1: front matter in a partial
	take it out: only a template has it`},
		{"no sections", map[string]string{"anti-bullying/more.md": strings.ReplaceAll(front, "OS", "AB") + "words\n"}, `ours/anti-bullying/more.md:1:1: a template without sections
	begin a section with ## and end the line with a code such as {#AB-1}`},
		{"addresses", map[string]string{
			"contacts.toml": "[[contact]]\nid = \"x\"\nname = \"X\"\nphone = \"ask\"\nemail = \"a@b?cc=c\"\nurl = \"javascript:alert(1)\"\nmark = \"V1\"\n",
			"guidance.toml": "[[guidance]]\nid = \"x\"\ntitle = \"X\"\nstatus = \"law\"\nurl = \"www.x.example\"\nmark = \"V1\"\n",
		}, `ours/contacts.toml:4:9: phone is not a telephone number of the United Kingdom: "ask"
	write it as 01632 960000 or 020 7946 0000, with ext 12 if need be
ours/contacts.toml:5:9: email is not an e-mail address: "a@b?cc=c"
	write it as office@oakfield.example
ours/contacts.toml:6:7: url is not a web address: "javascript:alert(1)"
	begin it with https://
ours/guidance.toml:5:7: url is not a web address: "www.x.example"
	begin it with https://: "https://www.x.example"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			layer := fstest.MapFS{}
			for name, data := range test.files {
				layer[name] = &fstest.MapFile{Data: []byte(data)}
			}
			_, err := Read("t", fsys, "e", Layer{"ours", layer})
			if err == nil || err.Error() != test.want {
				t.Errorf("got\n%v\nwant\n%s", err, test.want)
			}
		})
	}

	// A section that comes twice is the layer's that brings it.
	layer := fstest.MapFS{"online-safety/OS-2.md": {Data: []byte("## Ours {#OS-2}\nours\n### Sub {#OS-1.1}\nsub\n")}}
	p, err := Read("t", fsys, "e", Layer{"ours", layer})
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Fill(readSetting(t, p, "[setting]\nname = \"N\"\ntype = \"pru\"\n"))
	if got, want := fmt.Sprint(err), "ours/online-safety/OS-2.md:3:1: a setting of the type pru gets the section OS-1.1 twice"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
