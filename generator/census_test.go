package generator

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/policygen/policygen/generator/docx"
	"github.com/policygen/policygen/generator/receipt"
	"github.com/policygen/policygen/generator/review"
	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/toml"
)

// censusPolicy is a policy with all that a census has to tell apart.
const censusPolicy = `+++
title = "Online safety policy"
code = "OS"
audience = "everyone"
types = ["all"]
+++

{{.setting.name}} keeps pupils safe. Ask {{.people.dsl.name}}.

## Scope {#OS-1}

This policy covers phones and tablets. It is read by {{.people.dsl.name}} every year.

- Nobody is blamed for asking.
- Everybody tells the lead on the same day.

| Who | What they do |
| --- | --- |
| {{.people.dsl.name}} | leads |
| Parents | read this |
| Approved on | |

## Phones {#OS-2}

Phones stay at the gate.

### Exceptions {#OS-2.1}

Some pupils need a phone for their health.

## Reviews {#OS-3}

We look at this policy every year.
`

// A censusSchool is an edited document.
type censusSchool struct {
	name, dsl string
	edit      func(xml string) string
}

// paragraphs of a document's body.
var wordParagraph = regexp.MustCompile(`(?s)<w:p>.*?</w:p>`)

// without takes out the paragraphs that hold some words, and with puts a paragraph
// after the one that does.
func withoutParagraph(xml, words string) string {
	return editParagraph(xml, words, func(string) string { return "" })
}

func withParagraph(xml, words, own string) string {
	return editParagraph(xml, words, func(p string) string { return p + `<w:p><w:r><w:t>` + own + `</w:t></w:r></w:p>` })
}

func editParagraph(xml, words string, edit func(string) string) string {
	found := false
	xml = wordParagraph.ReplaceAllStringFunc(xml, func(p string) string {
		if found || !strings.Contains(p, words) {
			return p
		}
		found = true
		return edit(p)
	})
	if !found {
		panic("no paragraph says " + words)
	}
	return xml
}

func sayInstead(xml, was, is string) string {
	if !strings.Contains(xml, was) {
		panic("nothing says " + was)
	}
	return strings.Replace(xml, was, is, 1)
}

// editedWord returns a Word file whose body has been edited.
func editedWord(t testing.TB, data []byte, edit func(xml string) string) []byte {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range r.File {
		w, err := z.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		part := wordPart(t, data, f.Name)
		if f.Name == "word/document.xml" {
			part = edit(part)
		}
		io.WriteString(w, part)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// schoolFiles returns the documents of schools as they have them.
func schoolFiles(t testing.TB, g *Generator, schools []censusSchool) []CensusFile {
	var files []CensusFile
	for i, s := range schools {
		text := fmt.Sprintf("[setting]\nname = %q\ntype = \"maintained_primary\"\nurn = \"9000%02d\"\n", s.name, i+1)
		if s.dsl != "" {
			text += fmt.Sprintf("[people.dsl]\nname = %q\n", s.dsl)
		}
		set, err := setting.Read(toml.Parse("", []byte(text)), g.pack.Form)
		if err != nil {
			t.Fatal(err)
		}
		docs, err := g.Make(set, nil)
		if err != nil {
			t.Fatal(err)
		}
		d := docs.List[slices.IndexFunc(docs.List, func(d *Document) bool { return d.Name == "online-safety-policy" })]
		data, err := d.Write(Word)
		if err != nil {
			t.Fatal(err)
		}
		if s.edit != nil {
			data = editedWord(t, data, s.edit)
		}
		files = append(files, censusFile(fmt.Sprintf("schools/9000%02d/online-safety-policy.docx", i+1), data, nil))
	}
	return files
}

func censusFile(name string, data []byte, r *receipt.Receipt) CensusFile {
	return CensusFile{Name: name, Open: func() (Old, error) { return Old{Name: name, Data: data, Receipt: r}, nil }}
}

// countedFiles returns a census of files, of which all can be counted.
func countedFiles(t testing.TB, g *Generator, named bool, files []CensusFile) []DocumentCensus {
	c := NewCensus(g, named)
	c.Run(slices.Values(files), func(f CensusFile, err error) {
		if err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
	})
	return c.Documents()
}

// censusLines returns a census in lines.
func censusLines(docs []DocumentCensus) string {
	var b strings.Builder
	wordings := func(all []WordingCensus) {
		for _, w := range all {
			fmt.Fprintf(&b, "    %d say %s\n", w.Schools, w.Text)
		}
	}
	for _, d := range docs {
		fmt.Fprintf(&b, "%s: %d of %d\n", d.Edition, d.Edited, d.Files)
		for _, c := range d.Clauses {
			fmt.Fprintf(&b, "  %s %s: reworded %d, removed %d, with its section %d, of %d\n", cmp.Or(c.Section, "-"), cmp.Or(map[bool]string{true: "(section)"}[c.Whole], c.Clause), c.Reworded, c.Removed, c.With, c.Of)
			wordings(c.Wordings)
		}
		for _, a := range d.Added {
			fmt.Fprintf(&b, "  %s added: %d of %d\n", cmp.Or(a.Section, "-"), a.Schools, a.Of)
			wordings(a.Wordings)
		}
	}
	return b.String()
}

func censusGenerator(t testing.TB) *Generator {
	g, err := edition(t, map[string]string{"online-safety/policy.md": censusPolicy})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestCensus(t *testing.T) {
	g := censusGenerator(t)
	two := func(edits ...func(string) string) func(string) string {
		return func(xml string) string {
			for _, e := range edits {
				xml = e(xml)
			}
			return xml
		}
	}
	change := func(was, is string) func(string) string {
		return func(xml string) string { return sayInstead(xml, was, is) }
	}
	remove := func(words string) func(string) string {
		return func(xml string) string { return withoutParagraph(xml, words) }
	}
	add := func(after, own string) func(string) string {
		return func(xml string) string { return withParagraph(xml, after, own) }
	}
	for _, test := range []struct {
		name    string
		schools []censusSchool
		want    string
	}{
		{"as made", []censusSchool{{"Oak School", "Mrs Patel", nil}, {"Ash School", "", nil}}, `
2026-09: 0 of 2
`},
		{"details and gaps are filled in, and looks, marks and capitals are changed", []censusSchool{
			{"Oak School", "Mrs Patel", change("Mrs Patel", "Mr Brian de la Quill-Smith")},
			{"Ash School", "", func(xml string) string {
				gap := regexp.MustCompile(`<w:t xml:space="preserve">To complete: [^<]*</w:t>`)
				if !gap.MatchString(xml) {
					panic("no gap")
				}
				return gap.ReplaceAllString(xml, `<w:t>Ms Ivy Jones</w:t>`)
			}},
			{"Elm School", "Mrs Patel", change("Nobody is blamed for asking.", `Nobody</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve"> is Blamed, for asking!`)},
			{"Fir School", "Mrs Patel", func(xml string) string {
				return regexp.MustCompile(`(Approved on</w:t></w:r></w:p></w:tc><w:tc>.*?<w:p><w:pPr>.*?</w:pPr>)(</w:p>)`).ReplaceAllString(xml, `$1<w:r><w:t>1 May</w:t></w:r>$2`)
			}},
		}, `
2026-09: 0 of 4
`},
		{"the same in several schools, whatever their details", []censusSchool{
			{"Oak School", "Mrs Patel", change("is read by", "is put before")},
			{"Ash School", "Mr Adeyemi", change("is read by", "is put before")},
			{"Elm School", "", change("is read by", "is set before")},
			{"Fir School", "Ms Jones", change("phones and tablets", "whatever connects")},
		}, `
2026-09: 4 of 4
  OS-1 This policy covers phones and tablets. It is read by [name of the designated safeguarding lead] every year.: reworded 4, removed 0, with its section 0, of 4
    2 say This policy covers phones and tablets. It is put before [name of the designated safeguarding lead] every year.
    1 say This policy covers phones and tablets. It is set before [name of the designated safeguarding lead] every year.
    1 say This policy covers whatever connects. It is read by [name of the designated safeguarding lead] every year.
`},
		{"nearly the same is one wording, the commonest of it", []censusSchool{
			{"Oak School", "", change("Phones stay at the gate.", "Pupils hand in phones and watches at reception when they come in.")},
			{"Ash School", "", change("Phones stay at the gate.", "Pupils hand in their phones and watches at reception when they come in.")},
			{"Elm School", "", change("Phones stay at the gate.", "Pupils hand in their phones and watches at reception when they come in.")},
		}, `
2026-09: 3 of 3
  OS-2 Phones stay at the gate.: reworded 3, removed 0, with its section 0, of 3
    3 say Pupils hand in their phones and watches at reception when they come in.
`},
		{"what is taken out, and moved", []censusSchool{
			{"Oak School", "", remove("Everybody tells")},
			{"Ash School", "", two(remove("Everybody tells"), remove("Nobody is blamed"))},
			{"Elm School", "", func(xml string) string {
				p := wordParagraph.FindAllString(xml, -1)
				moved := p[slices.IndexFunc(p, func(p string) bool { return strings.Contains(p, "Phones stay at") })]
				return editParagraph(strings.Replace(xml, moved, "", 1), "Some pupils need", func(p string) string { return p + moved })
			}},
		}, `
2026-09: 2 of 3
  OS-1 Everybody tells the lead on the same day.: reworded 0, removed 2, with its section 0, of 3
  OS-1 Nobody is blamed for asking.: reworded 0, removed 1, with its section 0, of 3
`},
		{"whole sections", []censusSchool{
			{"Oak School", "", two(remove(`w:name="_OS_2"`), remove("Phones stay"), remove(`w:name="_OS_2_1"`), remove("Some pupils need"))},
			{"Ash School", "", two(remove(`w:name="_OS_2_1"`), remove("Some pupils need"))},
			{"Elm School", "", remove("Some pupils need")},
		}, `
2026-09: 3 of 3
  OS-2 (section): reworded 0, removed 1, with its section 0, of 3
  OS-2.1 (section): reworded 0, removed 1, with its section 0, of 3
  OS-2.1 Some pupils need a phone for their health.: reworded 0, removed 1, with its section 2, of 3
`},
		{"rows of tables", []censusSchool{
			{"Oak School", "Mrs Patel", change("read this", "sign this")},
			{"Ash School", "Mr Adeyemi", change(">leads<", ">leads, with a deputy<")},
			{"Elm School", "Ms Jones", change(">leads<", ">leads, with a deputy<")},
		}, `
2026-09: 3 of 3
  OS-1 [name of the designated safeguarding lead] | leads: reworded 2, removed 0, with its section 0, of 3
    2 say [name of the designated safeguarding lead] | leads, with a deputy
  OS-1 Parents | read this: reworded 1, removed 0, with its section 0, of 3
    1 say Parents | sign this
`},
		{"what is added, by section, without its names", []censusSchool{
			{"Oak School", "Mrs Patel", two(add("Nobody is blamed", "Oak School asks its council each term."), add("Nobody is blamed", "Mrs Patel has a box for worries."))},
			{"Ash School", "Mr Adeyemi", add("Everybody tells", "Ash School asks its council each term.")},
			{"Elm School", "Ms Jones", add("We look at", "Governors are told.")},
		}, `
2026-09: 3 of 3
  OS-1 added: 2 of 3
    2 say [name of the setting] asks its council each term.
    1 say [name of the designated safeguarding lead] has a box for worries.
  OS-3 added: 1 of 3
    1 say Governors are told.
`},
	} {
		files := schoolFiles(t, g, test.schools)
		docs := countedFiles(t, g, false, files)
		if got := "\n" + censusLines(docs); got != test.want {
			t.Errorf("%s:\ngot%s\nwant%s", test.name, got, test.want)
		}
		slices.Reverse(files)
		if again := countedFiles(t, g, false, files); len(docs[0].Clauses) != len(again[0].Clauses) || docs[0].Edited != again[0].Edited {
			t.Errorf("%s: backwards\n%s", test.name, censusLines(again))
		}
	}
}

// TestCensusUnedited counts the documents of all examples, of both editions: they
// are as they were made, whichever templates they have come from.
func TestCensusUnedited(t *testing.T) {
	other := builtin(t)
	for id, g := range editions(t) {
		var files []CensusFile
		for i, d := range exampleDocuments(t, g) {
			if i%4 > 0 && d.Name != "online-safety-policy" { // each takes its time, and they are much alike
				continue
			}
			data, err := d.Write(Word)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, censusFile(fmt.Sprintf("%d/%s.docx", i, d.Name), data, nil))
		}
		for _, d := range countedFiles(t, other, false, files) {
			if d.Edited > 0 || d.Edition != id {
				t.Errorf("%s, %s: %s", d.Document, id, censusLines([]DocumentCensus{d}))
			}
		}
	}
}

// FuzzCensus checks that a document is as it was made whatever its details say.
func FuzzCensus(f *testing.F) {
	for _, s := range []string{
		"Mrs Patel", "St Mary's *Outstanding* | <b>& Co", "O\u2019Neill \u201cof\u201d x", "  two  blanks ", "x\u00A0y", "\U00100000 \U0010FFFD", "soft\u00ADhyphen",
		"\u2026", "a.b@c.example", "-", "e\u0301", "___", "\uFFFC", "s", "'s", "every year", "1 2 3", "\t",
	} {
		f.Add(s)
	}
	g := censusGenerator(f)
	f.Fuzz(func(t *testing.T, lead string) {
		with := func(lead string) *Document {
			docs, err := make1(g, "n.toml", "[setting]\nname = \"Oak School\"\ntype = \"pru\"\n", nil)
			if err != nil {
				t.Fatal(err)
			}
			d := docs.List[0]
			for _, s := range d.sections {
				for i := range s.Details {
					if s.Details[i].Path == "people.dsl.name" {
						s.Details[i].Text, s.Details[i].Gap = lead, false
					}
				}
			}
			return d
		}
		d := with(lead)
		data, err := d.Write(Word)
		if err != nil {
			t.Fatal(err)
		}
		r := &receipt.Receipt{Files: []receipt.File{{Name: "n.docx", Document: d.Name}}, Bases: map[string]string{d.Name: d.Base()}}
		if docs := countedFiles(t, g, false, []CensusFile{censusFile("n.docx", data, r)}); docs[0].Edited > 0 {
			t.Errorf("as it was made with %q:\n%s", lead, censusLines(docs))
		}
	})
}

// TestCensusNames checks that no school is named unless it is asked for, and that
// the same is counted every time.
func TestCensusNames(t *testing.T) {
	g := censusGenerator(t)
	edit := func(name, lead string) func(string) string {
		return func(xml string) string {
			return sayInstead(withParagraph(xml, "Nobody is blamed", name+", led by "+lead+", has rules."), "stay at", "stay beyond")
		}
	}
	files := schoolFiles(t, g, []censusSchool{{"Oak School", "Mrs Patel", edit("Oak School", "Mrs Patel")}, {"Ash School", "Mr Adeyemi", edit("Ash School", "Mr Adeyemi")}})
	report := func(named bool) string {
		docs := countedFiles(t, g, named, files)
		report, err := g.CensusReport(docs, 20)
		if err != nil {
			t.Fatal(err)
		}
		md, err := report.Write(Markdown)
		if err != nil {
			t.Fatal(err)
		}
		var csv bytes.Buffer
		if err := WriteCensus(&csv, docs); err != nil {
			t.Fatal(err)
		}
		for range 5 {
			if again := countedFiles(t, g, named, files); !reflect.DeepEqual(docs, again) {
				t.Fatalf("counted again:\n%s\nwant\n%s", censusLines(again), censusLines(docs))
			}
		}
		return string(md) + csv.String()
	}
	if plain := report(false); regexp.MustCompile(`Oak|Ash|Patel|Adeyemi`).MatchString(plain) || strings.Contains(plain, "This report names") {
		t.Errorf("schools are named:\n%s", plain)
	}
	if named := report(true); !strings.Contains(named, "2 schools: Oak School; Ash School") || !strings.Contains(named, "This report names schools.") {
		t.Errorf("schools are not named:\n%s", named)
	}
}

// TestCensusBase finds what was made in the file or the receipt, and counts nothing
// else.
func TestCensusBase(t *testing.T) {
	g := censusGenerator(t)
	made := schoolFiles(t, g, []censusSchool{{"Oak School", "Mrs Patel", nil}})[0]
	old, _ := made.Open()
	bare := editedWord(t, old.Data, func(xml string) string { return sayInstead(xml, "stay at", "stay beyond") })
	bare = withoutParts(t, bare, "customXml/")
	if docx.Base(bare) != "" {
		t.Fatal("the file still keeps its base")
	}
	base := docx.Base(old.Data)
	for name, test := range map[string]struct {
		file CensusFile
		want error
	}{
		"in the receipt":             {censusFile("a/online-safety-policy.docx", bare, &receipt.Receipt{Bases: map[string]string{"online-safety-policy": base}}), nil},
		"in the receipt, of a file":  {censusFile("a/mine.docx", bare, &receipt.Receipt{Bases: map[string]string{"online-safety-policy": "", "mine.docx": base}}), nil},
		"of another document":        {censusFile("a/online-safety-policy.docx", bare, &receipt.Receipt{Bases: map[string]string{"anti-bullying-policy": base}}), ErrNoBase},
		"nowhere":                    {censusFile("a/online-safety-policy.docx", bare, nil), ErrNoBase},
		"damaged":                    {censusFile("a/online-safety-policy.docx", bare, &receipt.Receipt{Bases: map[string]string{"online-safety-policy": base[:40]}}), ErrNoBase},
		"in a file that is not Word": {censusFile("a/online-safety-policy.docx", []byte("text"), nil), errors.New("a/online-safety-policy.docx: it is no Word file (.docx)")},
	} {
		c := NewCensus(g, false)
		c.Run(slices.Values([]CensusFile{test.file}), func(_ CensusFile, err error) {
			if fmt.Sprint(err) != fmt.Sprint(test.want) {
				t.Errorf("%s: %v, want %v", name, err, test.want)
			}
		})
		if docs := c.Documents(); test.want == nil && (len(docs) != 1 || docs[0].Edited != 1) {
			t.Errorf("%s:\n%s", name, censusLines(docs))
		}
	}
	// A receipt that tells that nobody has edited the file spares looking into it.
	name := "a/online-safety-policy.docx"
	r := &receipt.Receipt{Files: []receipt.File{{Name: "online-safety-policy.docx", Document: "online-safety-policy", SHA256: receipt.Digest(old.Data), Size: len(old.Data)}}}
	c := NewCensus(g, false)
	var errs []error
	c.Run(slices.Values([]CensusFile{made, censusFile(name, old.Data, r)}), func(_ CensusFile, err error) { errs = append(errs, err) })
	if len(errs) != 2 || errs[0] != nil || errs[1] != ErrTwice {
		t.Errorf("a second copy: %v", errs)
	}
	if docs := c.Documents(); len(docs) != 1 || docs[0].Files != 1 || docs[0].Edited != 0 {
		t.Errorf("a second copy is counted:\n%s", censusLines(docs))
	}
}

func withoutParts(t testing.TB, data []byte, prefix string) []byte {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range r.File {
		if !strings.HasPrefix(f.Name, prefix) {
			if err := z.Copy(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestCensusMany checks that a census of many wordings keeps few of them, and those
// that many schools have among them.
func TestCensusMany(t *testing.T) {
	var w wordings
	for i := range 500 {
		own := changeOf(fmt.Sprintf("words%d of%d our%d own%d", i, i, i, i))
		w.add(&own, "")
		if i%2 == 0 {
			theirs := changeOf("what many schools say")
			w.add(&theirs, "")
		}
	}
	all := w.census()
	if len(w.groups) != maxWordings || all[0].Text != "what many schools say" || all[0].Schools != 250 {
		t.Errorf("%d wordings, the first of %d schools: %s", len(w.groups), all[0].Schools, all[0].Text)
	}
	n := w.more
	for _, x := range all {
		n += x.Schools
	}
	if n != 750 {
		t.Errorf("%d wordings are accounted for, want 750", n)
	}
}

// BenchmarkCensus counts one document: the longest of the examples, which its
// school has edited, and one that is as it was made.
func BenchmarkCensus(b *testing.B) {
	g := builtin(b)
	docs, err := g.Make(example(b, g, "harbour-academy"), os.DirFS("../examples"))
	if err != nil {
		b.Fatal(err)
	}
	d := slices.MaxFunc(docs.List, func(x, y *Document) int { return x.Words() - y.Words() })
	data, err := d.Write(Word)
	if err != nil {
		b.Fatal(err)
	}
	name := filepath.ToSlash(filepath.Join("a", d.Name+".docx"))
	mine := editedWord(b, data, func(xml string) string {
		xml = strings.ReplaceAll(xml, " every ", " each ")
		return strings.ReplaceAll(xml, " not ", " never ")
	})
	r := &receipt.Receipt{Files: []receipt.File{{Name: d.Name + ".docx", Document: d.Name, SHA256: receipt.Digest(data), Size: len(data)}}, Bases: map[string]string{d.Name: d.Base()}}
	for _, test := range []struct {
		name string
		old  Old
	}{{"edited", Old{Name: name, Data: mine, Receipt: r}}, {"as-made", Old{Name: name, Data: data, Receipt: r}}} {
		b.Run(test.name, func(b *testing.B) {
			c := NewCensus(g, false)
			if _, err := c.survey(test.old); err != nil { // it learns the clauses
				b.Fatal(err)
			}
			b.ReportAllocs()
			start := cpuTime()
			for b.Loop() {
				if _, err := c.survey(test.old); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(cpuTime()-start)/float64(time.Millisecond)/float64(b.N), "cpu-ms/op")
			b.ReportMetric(float64(d.Words()), "words")
		})
	}
}

func changeOf(text string) review.Wording {
	w := review.Wording{Text: text}
	for _, word := range strings.Fields(text) {
		h := fnv.New32a()
		io.WriteString(h, word)
		w.Change = append(w.Change, h.Sum32())
	}
	slices.Sort(w.Change)
	return w
}
