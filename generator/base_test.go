package generator

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"

	"github.com/policygen/policygen/generator/docx"
	"github.com/policygen/policygen/generator/pack"
	"github.com/policygen/policygen/generator/receipt"
	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/toml"
	"github.com/policygen/policygen/templates"
)

// editions returns a generator of every edition.
func editions(t testing.TB) map[string]*Generator {
	ids, err := pack.Editions(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*Generator{}
	for _, id := range ids {
		p, err := pack.Read("templates", templates.FS, id)
		if err != nil {
			t.Fatal(err)
		}
		all[id] = newGenerator(t, p)
	}
	return all
}

// exampleDocuments returns the documents of every example.
func exampleDocuments(t testing.TB, g *Generator) []*Document {
	files, err := filepath.Glob("../examples/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	var all []*Document
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s, err := setting.Read(toml.Parse(file, data), g.pack.Form)
		if err != nil {
			t.Fatal(err)
		}
		docs, err := g.Make(s, os.DirFS("../examples"))
		if err != nil && g.pack.Edition.ID == newest { // an example may ask for what an older edition has not got
			t.Fatal(err)
		}
		all = append(all, docs.List...)
	}
	return all
}

// TestBase makes every document of the examples again from its base, in another
// generator.
func TestBase(t *testing.T) {
	for id, g := range editions(t) {
		other := builtin(t) // of the newest edition, whichever the document is of
		for _, d := range exampleDocuments(t, g) {
			text := d.Base()
			b, err := ReadBase(text)
			if err != nil {
				t.Fatalf("%s of %s, %s: %v", d.Name, d.Meta.Setting, id, err)
			}
			again, err := other.FromBase(b)
			if err != nil {
				t.Fatalf("%s of %s, %s: %v", d.Name, d.Meta.Setting, id, err)
			}
			if again.Base() != text {
				t.Errorf("%s of %s, %s: the base of a document made from a base is another", d.Name, d.Meta.Setting, id)
			}
			for _, f := range []Format{Markdown, Word} {
				want, got := body(t, d, f), body(t, again, f)
				if want != got {
					t.Errorf("%s of %s, %s: made again, it is another: %s", d.Name, d.Meta.Setting, id, firstDiff(got, want))
				}
			}
		}
	}
}

// crestLine is the paragraph of a crest, and sectPr the page, which a reference
// file can lend.
var crestLine = regexp.MustCompile(`<w:p><w:pPr><w:keepNext/></w:pPr><w:r><w:drawing>.*?</w:drawing></w:r></w:p>`)

// body returns what does not hang on the brand in a document.
func body(t testing.TB, d *Document, f Format) string {
	data, err := d.Write(f)
	if err != nil {
		t.Fatal(err)
	}
	if f != Word {
		return string(data)
	}
	return crestLine.ReplaceAllString(wordPart(t, data, "word/document.xml"), "")
}

// wordPart returns a part of a Word file.
func wordPart(t testing.TB, data []byte, name string) string {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	part, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(part)
}

// firstDiff shows where two texts part.
func firstDiff(got, want string) string {
	i := 0
	for i < min(len(got), len(want)) && got[i] == want[i] {
		i++
	}
	cut := func(s string) string { return s[max(0, i-80):min(len(s), i+80)] }
	return "got …" + cut(got) + "… want …" + cut(want) + "…"
}

// TestBaseDetails keeps details as they are, whatever they hold.
func TestBaseDetails(t *testing.T) {
	g, err := edition(t, map[string]string{"online-safety/policy.md": small})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"St Mary's *Outstanding* | <b>& Co", "a\"b\\c\td", "\xff\xfe not UTF-8 \xc3", "\U000F0001 \u2028 \ufffd", strings.Repeat("é", 3000)} {
		docs, err := make1(g, "s.toml", "[setting]\nname = \"A\"\ntype = \"pru\"\n", nil)
		if err != nil {
			t.Fatal(err)
		}
		d := docs.List[0]
		d.Meta.Setting = name
		for i := range d.sections {
			for j := range d.sections[i].Details {
				if j > 0 {
					d.sections[i].Details[j].Text = name
				}
			}
		}
		b, err := ReadBase(d.Base())
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		if b.Meta.Setting != name {
			t.Errorf("the setting is called %q, want %q", b.Meta.Setting, name)
		}
		for i, s := range b.Sections {
			for j, detail := range s.Details {
				if detail != d.sections[i].Details[j] {
					t.Errorf("a detail is %+v, want %+v", detail, d.sections[i].Details[j])
				}
			}
		}
	}
}

// FuzzBase reads anything as a base, and writes what can be read.
func FuzzBase(f *testing.F) {
	g, err := edition(f, map[string]string{"online-safety/policy.md": small}) // short ones are soon tried
	if err != nil {
		f.Fatal(err)
	}
	docs, err := make1(g, "s.toml", "[setting]\nname = \"A\"\ntype = \"pru\"\n", nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(unpacked(f, docs.List[0].Base()))
	f.Add("")
	f.Add(`{"base":1,"heading":"T","slots":[[""],["1",0]],"details":[{"text":["/w=="]}]}` + "\n" + `{"code":"OS-1","level":2,"numbering":1,"index":1,"text":"## A {#OS-1}\n\nb\n"}` + "\n")
	f.Fuzz(func(t *testing.T, data string) {
		ReadBase(data)
		b, err := ReadBase(packed(t, data))
		if err != nil {
			return
		}
		d, err := g.FromBase(b)
		if err != nil {
			return
		}
		for _, f := range append(Formats, Fragment) {
			if _, err := d.Write(f); err != nil {
				t.Fatal(err)
			}
		}
		again, err := ReadBase(d.Base())
		if err != nil {
			t.Fatal(err)
		}
		if len(again.Sections) != len(b.Sections) {
			t.Error("sections are lost")
		}
	})
}

func unpacked(t testing.TB, base string) string {
	data, err := base64.StdEncoding.DecodeString(base)
	if err != nil {
		t.Fatal(err)
	}
	if data, err = io.ReadAll(flate.NewReader(bytes.NewReader(data))); err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func packed(t testing.TB, text string) string {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, 1)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, text)
	w.Close()
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

// BenchmarkBase writes the bases of one setting's documents from warm moulds.
func BenchmarkBase(b *testing.B) {
	g := builtin(b)
	docs, err := g.Make(example(b, g, "harbour-academy"), os.DirFS("../examples"))
	if err != nil {
		b.Fatal(err)
	}
	count, size := words(docs), 0
	start := cpuTime()
	for b.Loop() {
		size = 0
		for _, d := range docs.List {
			d.base = once[string]{}
			size += len(d.Base())
		}
	}
	reportCPU(b, start, count)
	b.ReportMetric(float64(size)/float64(count)*5000/1000, "kB/5000words")
}

// TestBaseKept checks that a receipt keeps what each file was made from, also of
// one that has been left alone because somebody has edited it.
func TestBaseKept(t *testing.T) {
	g, err := edition(t, map[string]string{"online-safety/policy.md": small})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	out, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	save := func(name string, opts Options) (*Document, *Saved) {
		docs, err := make1(g, "n.toml", "[setting]\nname = \""+name+"\"\nshort_name = \"N\"\nurn = \"900001\"\ntype = \"pru\"\n", nil)
		if err != nil {
			t.Fatal(err)
		}
		saved, err := docs.Save(out, opts)
		if err != nil {
			t.Fatal(err)
		}
		return docs.List[0], saved
	}
	read := func(name string) *receipt.Receipt {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		r, err := receipt.Read(name, data)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	const md, word, folder = "online-safety-policy.md", "online-safety-policy.docx", "900001-n"
	opts := Options{Formats: []Format{Markdown, Word}}

	first, _ := save("One", opts)
	r := read(folder + "/receipt.toml")
	if len(r.Bases) != 1 || r.Base(md) != first.Base() {
		t.Errorf("the receipt has %d bases", len(r.Bases))
	}
	data, err := os.ReadFile(filepath.Join(dir, folder, word))
	if err != nil {
		t.Fatal(err)
	}
	if docx.Base(data) != first.Base() {
		t.Error("the Word file has another base")
	}
	was := *r.File(word)

	if err := os.WriteFile(filepath.Join(dir, folder, word), append(data, 0), 0o666); err != nil {
		t.Fatal(err)
	}
	second, saved := save("Two", opts)
	if len(saved.Edited) != 1 || second.Base() == first.Base() {
		t.Errorf("edited: %q", saved.Edited)
	}
	r = read(folder + "/receipt.toml")
	if r.Base(word) != first.Base() || r.Base(md) != second.Base() {
		t.Error("the file that was left alone has lost what it was made from")
	}
	if got := *r.File(word); got != was {
		t.Errorf("the receipt says %+v of what was made, want %+v", got, was)
	}
	if _, saved := save("Two", opts); len(saved.Edited) != 1 || read(folder+"/receipt.toml").Base(word) != first.Base() {
		t.Error("made again, the file that was left alone has lost what it was made from")
	}
	opts.Overwrite = true
	third, _ := save("Three", opts)
	if r = read(folder + "/receipt.toml"); len(r.Bases) != 1 || r.Base(word) != third.Base() {
		t.Errorf("written over, there are %d bases", len(r.Bases))
	}
	opts.Zip = true
	save("Three", opts)
	if r = read(folder + ".receipt.toml"); len(r.Bases) != 1 || r.Base(md) != third.Base() {
		t.Errorf("of an archive, there are %d bases", len(r.Bases))
	}
}
