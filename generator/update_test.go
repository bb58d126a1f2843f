package generator

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/policygen/policygen/generator/docx"
	"github.com/policygen/policygen/generator/receipt"
	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/toml"
)

// oldest is the edition that documents are brought forward from.
const oldest = "2016-09"

// A school is a setting's documents as they were made once, and as they are made now.
type school struct {
	name        string
	was, is     *Documents
	then, today *Generator
}

// schoolOf returns the documents of a setting file.
func schoolOf(t testing.TB, then, today *Generator, file string) *school {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := &school{name: strings.TrimSuffix(filepath.Base(file), ".toml"), then: then, today: today}
	documents := func(g *Generator) *Documents {
		read, err := setting.Read(toml.Parse(file, data), g.pack.Form)
		if err != nil {
			t.Fatal(err)
		}
		docs, err := g.Make(read, os.DirFS(filepath.Dir(file)))
		if err != nil && g.pack.Edition.ID == newest { // it may ask for what an older edition has not got
			t.Fatal(err)
		}
		return docs
	}
	s.was, s.is = documents(then), documents(today)
	return s
}

// updater returns what brings documents of the school forward.
func (s *school) updater() *Updater {
	return &Updater{Generator: s.today, Again: map[string]*Documents{oldest: s.was}}
}

// latest returns a document as it is made now, or nil if there is none.
func (s *school) latest(name string) *Document {
	for _, d := range s.is.List {
		if d.Name == name {
			return d
		}
	}
	return nil
}

// TestUpdateUntouched brings every document of the examples from the oldest
// edition to the newest, as it was made.
func TestUpdateUntouched(t *testing.T) {
	t.Parallel()
	all := editions(t)
	files, err := filepath.Glob("../examples/*.toml")
	if err != nil || len(files) < 8 {
		t.Fatal("the examples are not there:", files, err)
	}
	for _, file := range files {
		s := schoolOf(t, all[oldest], all[newest], file)
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			for i, d := range s.was.List {
				if latest := s.latest(d.Name); latest != nil {
					up := s.untouched(t, d, latest)
					if i%4 == 0 { // what takes long
						s.sound(t, d, latest, up)
					}
				}
			}
		})
	}
}

// untouched checks the laws of a document that the school has not changed.
func (s *school) untouched(t *testing.T, was, latest *Document) *Update {
	base, fresh := write(t, was, Word), write(t, latest, Word)
	up := s.update(t, Old{Name: was.Name + ".docx", Data: []byte(base)})
	if len(up.Decisions) > 0 || len(up.Withheld) > 0 || up.Own {
		t.Errorf("%s: %d decisions and %d sections withheld, though the school has changed nothing", was.Name, len(up.Decisions), len(up.Withheld))
	}
	if up.Outcome != Clean && up.Outcome != Unchanged {
		t.Errorf("%s: the outcome is %q", was.Name, up.Outcome)
	}
	if up.Outcome == Unchanged && string(up.Data) != base {
		t.Errorf("%s: nothing has changed, but the file has", was.Name)
	}
	sameWord(t, was.Name+", all changes accepted", accepted(t, up.Data), []byte(fresh))
	sameWord(t, was.Name+", all changes rejected", rejected(t, up.Data), []byte(base))
	return up
}

// sound checks that a document that has been brought forward is one that can be
// brought forward.
func (s *school) sound(t *testing.T, was, latest *Document, up *Update) {
	for _, fault := range docx.Lint(up.Data) {
		t.Errorf("%s: %s", was.Name, fault)
	}
	if up.Outcome != Unchanged && docx.Base(up.Data) != latest.Base() {
		t.Errorf("%s: the file does not keep what it is made from now", was.Name)
	}
	again := s.update(t, Old{Name: was.Name + ".docx", Data: up.Data})
	if !bytes.Equal(again.Data, up.Data) {
		t.Errorf("%s: brought forward again, it is another file", was.Name)
	}
}

func (s *school) update(t *testing.T, old Old) *Update {
	t.Helper()
	up, err := s.updater().Update(s.is, old)
	if err != nil {
		t.Fatalf("%s: %v", old.Name, err)
	}
	return up
}

// TestUpdateOrigins brings a document forward of which it is known in different
// ways what it was made from.
func TestUpdateOrigins(t *testing.T) {
	all := editions(t)
	s := schoolOf(t, all[oldest], all[newest], "../examples/harbour-academy.toml")
	const name = "online-safety-policy"
	was, latest := s.was.Only([]string{name}).List[0], s.latest(name)
	base, fresh := write(t, was, Word), write(t, latest, Word)
	bare := withoutBase(t, []byte(base))
	unnamed := rezip(t, bare, func(name, part string) (string, bool) {
		return properties.ReplaceAllString(part, ""), true
	})
	r := &receipt.Receipt{Setting: was.Meta.Setting, Edition: oldest}
	r.Put(was.entry(Word, bare))
	r.PutBase(name, was.Base(), []string{name + ".docx"})
	for _, c := range []struct {
		origin  string
		data    []byte
		receipt *receipt.Receipt
	}{
		{fromFile, []byte(base), nil},
		{fromReceipt, bare, r},
		{fromEdition, bare, nil},
	} {
		up := s.update(t, Old{Name: name + ".docx", Data: c.data, Receipt: c.receipt})
		if up.Origin != c.origin || len(up.Decisions) > 0 || up.Outcome != Clean {
			t.Errorf("%s: what was made is %s, the outcome is %q, %d decisions", c.origin, up.Origin, up.Outcome, len(up.Decisions))
		}
		sameWord(t, c.origin+", accepted", accepted(t, up.Data), []byte(fresh))
		sameWord(t, c.origin+", rejected", rejected(t, up.Data), []byte(base))
		if docx.Base(up.Data) != latest.Base() {
			t.Errorf("%s: the file does not keep what it is made from now", c.origin)
		}
		for _, fault := range docx.Lint(up.Data) {
			t.Errorf("%s: %s", c.origin, fault)
		}
	}
	// It says nothing, but has the words of an edition.
	up := s.update(t, Old{Name: name + ".docx", Data: unnamed})
	if up.Origin != FromWords || up.From != oldest || up.Outcome != Clean {
		t.Errorf("what was made is %s, of the edition %q; the outcome is %q", up.Origin, up.From, up.Outcome)
	}
	sameWord(t, "known by its words, accepted", accepted(t, up.Data), []byte(fresh))
	// Nothing is known: nothing is lost, and nothing but additions is made.
	up, err := (&Updater{Generator: s.today}).Update(s.is, Old{Name: name + ".docx", Data: unnamed})
	if err != nil {
		t.Fatal(err)
	}
	if up.Origin != NoOrigin {
		t.Errorf("what was made is %s, though nothing says so", up.Origin)
	}
	sameWord(t, "nothing known, rejected", rejected(t, up.Data), []byte(base))
	if up.Removed > 0 {
		t.Errorf("nothing known: %d words are taken out", up.Removed)
	}
	after := shown(t, accepted(t, up.Data))
	for _, line := range strings.Split(strings.TrimSpace(shown(t, []byte(base))), "\n") {
		if !strings.Contains(after, line) {
			t.Errorf("nothing known: lost is %s", line)
		}
	}
	again := s.update(t, Old{Name: name + ".docx", Data: up.Data})
	if !bytes.Equal(again.Data, up.Data) {
		t.Error("nothing known: brought forward again, it is another file")
	}
}

var (
	baseOverride = regexp.MustCompile(`<Override PartName="/customXml/[^>]*/>`)
	baseRelation = regexp.MustCompile(`<Relationship Id="[^"]*" Type="[^"]*/customXml" [^>]*/>`)
	properties   = regexp.MustCompile(`<property [^>]*name="policygen .*?</property>`)
)

// withoutBase returns a Word file as programs leave it that drop parts which are
// not theirs.
func withoutBase(t testing.TB, data []byte) []byte {
	return rezip(t, data, func(name, part string) (string, bool) {
		part = baseOverride.ReplaceAllString(part, "")
		if strings.HasSuffix(name, ".rels") {
			part = baseRelation.ReplaceAllString(part, "")
		}
		return part, !strings.HasPrefix(name, "customXml/")
	})
}

// rezip returns a package whose parts f has changed, without those that it does
// not want.
func rezip(t testing.TB, data []byte, f func(name, part string) (string, bool)) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range r.File {
		was := wordPart(t, data, p.Name)
		part, keep := f(p.Name, was)
		switch {
		case !keep:
			continue
		case part == was:
			err = z.Copy(p)
		default:
			var w io.Writer
			if w, err = z.Create(p.Name); err == nil {
				_, err = io.WriteString(w, part)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func accepted(t testing.TB, data []byte) []byte {
	t.Helper()
	out, err := docx.Accept(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func rejected(t testing.TB, data []byte) []byte {
	t.Helper()
	out, err := docx.Reject(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// sameWord reports where two Word files do not say the same in the same way.
func sameWord(t testing.TB, what string, got, want []byte) {
	t.Helper()
	if got, want := shown(t, got), shown(t, want); got != want {
		t.Errorf("%s: %s", what, difference(got, want))
	}
}

// shown returns what a Word file shows: each paragraph on a line, with its style,
// its list, and how its words look; tables cell by cell; the contents list first.
func shown(t testing.TB, data []byte) string {
	t.Helper()
	f, err := docx.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, c := range f.Contents {
		b.WriteString("contents ")
		showBlock(&b, c)
	}
	for _, block := range f.Blocks {
		showBlock(&b, block)
	}
	return b.String()
}

// codeMark matches the bookmark of a section.
var codeMark = regexp.MustCompile(`^_[A-Z]+(_[A-Z]?[0-9]{1,3})*$`)

func showBlock(b *strings.Builder, block *docx.Block) {
	if block.Rows != nil {
		fmt.Fprintf(b, "table %s\n", block.Style)
		for _, row := range block.Rows {
			b.WriteString("row\n")
			for _, c := range row.Cells {
				b.WriteString("cell\n")
				for _, inner := range c.Blocks {
					showBlock(b, inner)
				}
			}
		}
		b.WriteString("end of table\n")
		return
	}
	fmt.Fprintf(b, "%s %s %d", block.Style, block.List, block.Depth)
	for _, mark := range block.Marks { // those of other paragraphs go with words, and come with them
		if block.Level > 0 && codeMark.MatchString(mark) {
			b.WriteString(" " + mark)
		}
	}
	b.WriteString(": ")
	face := docx.Face{}
	words := block.Words
	for len(words) > 0 && words[len(words)-1].Text == " " {
		words = words[:len(words)-1]
	}
	for _, w := range words {
		if w.Face != face && w.Text != " " {
			fmt.Fprintf(b, "%+v", w.Face)
			face = w.Face
		}
		b.WriteString(w.Text)
	}
	b.WriteString("\n")
}
