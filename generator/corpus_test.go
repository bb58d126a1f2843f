package generator

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/policygen/policygen/generator/docx"
	"github.com/policygen/policygen/generator/receipt"
	"github.com/policygen/policygen/generator/review"
)

// corpusDir is where files stand as schools edit them. Its README says what they
// are, and what is expected of them.
const corpusDir = "review/testdata"

// An expectation is what has to be so of a file of the corpus once it has been
// brought forward.
type expectation struct {
	What    string
	Tracked bool
	Added   []string
	Deleted []string
	Lines   []string
	Order   [][]string
	Bold    []string
	Links   map[string]string
	Parts   map[string]json.RawMessage
}

// decisions are how many decisions files of the corpus have, if any: by the name
// of the edit, which is made with tracking as well.
var decisions = map[string]int{
	"reword-conflict": 1, "table-cell-conflict": 1, "delete-clause-changed": 1, "delete-section-changed": 1, "all": 4, // those of all four
}

// A corpusFile is a file of the corpus.
type corpusFile struct {
	name string
	data []byte
	want expectation
}

func corpus(t testing.TB) []corpusFile {
	t.Helper()
	data, err := os.ReadFile(corpusDir + "/expected.json")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]expectation{}
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	var files []corpusFile
	err = fs.WalkDir(os.DirFS(corpusDir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".docx" {
			return err
		}
		data, err := os.ReadFile(filepath.Join(corpusDir, filepath.FromSlash(name)))
		e, ok := want[name]
		if !ok {
			t.Errorf("nothing is said of %s in expected.json", name)
		}
		files = append(files, corpusFile{name, data, e})
		return err
	})
	if err != nil || len(files) != len(want) {
		t.Fatal(len(files), len(want), err)
	}
	return files
}

// made returns a receipt that says what the corpus was made from.
func (s *school) made() *receipt.Receipt {
	d := s.was.Only([]string{corpusDocument}).List[0]
	r := &receipt.Receipt{Setting: d.Meta.Setting, Edition: oldest}
	r.Put(receipt.File{Name: corpusDocument + ".docx", Document: d.Name, Edition: oldest})
	r.PutBase(d.Name, d.Base(), []string{corpusDocument + ".docx"})
	return r
}

// corpusSchool returns the school whose document the corpus is made of.
func corpusSchool(t testing.TB) *school {
	all := editions(t)
	return schoolOf(t, all[oldest], all[newest], corpusDir+"/school.toml")
}

const corpusDocument = "cameras-and-images-policy"

// ours reports whether a change is of the review.
func ours(author string) bool { return author == "policygen "+newest }

// TestCorpus brings every file of the corpus forward.
func TestCorpus(t *testing.T) {
	t.Parallel()
	s := corpusSchool(t)
	for i, c := range corpus(t) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			up := c.check(t, s)
			if i%3 == 0 || strings.HasPrefix(path.Base(c.name), "all") { // it takes long
				faults(t, up.Data, c.data)
			}
		})
	}
}

func (c *corpusFile) check(t *testing.T, s *school) *Update {
	up := s.update(t, c.old(s))
	after := accepted(t, up.Data)
	c.expected(t, after)
	c.decided(t, up)
	sameWord(t, "our changes undone", undone(t, up.Data), c.data)
	if got, want := changesOfOthers(t, up.Data), changesOfOthers(t, c.data); got != want {
		t.Errorf("changes of others: %s", difference(got, want))
	}
	c.untouched(t, up.Data)
	again := s.update(t, Old{Name: corpusDocument + ".docx", Data: up.Data})
	if !bytes.Equal(again.Data, up.Data) {
		t.Error("brought forward again, it is another file")
	}
	if same := s.same(t, c); !bytes.Equal(same, c.data) {
		t.Error("the template has not changed, but the file has")
	}
	c.acceptedFirst(t, s)
	return up
}

func (c *corpusFile) old(s *school) Old {
	return Old{Name: corpusDocument + ".docx", Data: c.data, Receipt: s.made()}
}

// same brings the file forward to the edition it was made in.
func (s *school) same(t *testing.T, c *corpusFile) []byte {
	u := &Updater{Generator: s.then, Again: map[string]*Documents{oldest: s.was}}
	up, err := u.Update(s.was, c.old(s))
	if err != nil {
		t.Fatal(err)
	}
	return up.Data
}

// undone returns a file with the changes of the review undone.
func undone(t testing.TB, data []byte) []byte {
	t.Helper()
	out, err := docx.Reject(data, ours)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// acceptedFirst checks the way of accepting others' changes first.
func (c *corpusFile) acceptedFirst(t *testing.T, s *school) {
	if !c.want.Tracked {
		return
	}
	u := s.updater()
	u.Accept = true
	up, err := u.Update(s.is, c.old(s))
	if err != nil {
		t.Fatal(err)
	}
	if others := changesOfOthers(t, up.Data); others != "" {
		t.Errorf("accepted first, there are changes of others:\n%s", others)
	}
	c.expected(t, accepted(t, up.Data))
	first := accepted(t, c.data)
	sameWord(t, "accepted first, our changes undone", undone(t, up.Data), first)
	if strings.HasPrefix(path.Base(c.name), "all") {
		faults(t, up.Data, first)
	}
}

// faults reports what is wrong with a file that was not wrong before.
func faults(t *testing.T, data, before []byte) {
	t.Helper()
	had := docx.Lint(before)
	for _, fault := range docx.Lint(data) {
		if !slices.Contains(had, fault) {
			t.Error(fault)
		}
	}
}

// decided checks what there is to decide.
func (c *corpusFile) decided(t *testing.T, up *Update) {
	edit := strings.TrimSuffix(strings.TrimSuffix(path.Base(c.name), ".docx"), "-tracked")
	if want := decisions[edit]; path.Dir(c.name) == "libreoffice" && up.Open() != want || want == 0 && up.Open() > 0 {
		t.Errorf("%d decisions, want %d: %s", up.Open(), want, listed(up.Decisions))
	}
}

func listed(decisions []*review.Decision) string {
	var b strings.Builder
	for _, d := range decisions {
		fmt.Fprintf(&b, "\n%s %s\n\twas      %s\n\ttemplate %s\n\tschool   %s", d.Kind, d.Section, d.Base, d.Template, d.School)
	}
	return b.String()
}

// expected checks what has to be so of a document whose changes are accepted.
func (c *corpusFile) expected(t *testing.T, data []byte) {
	t.Helper()
	text, err := docx.Words(data)
	if err != nil {
		t.Fatal(err)
	}
	text = strings.ReplaceAll(text, "\u200d", "")
	lines := strings.Split(text, "\n")
	for _, s := range c.want.Added {
		if !strings.Contains(text, s) {
			t.Errorf("it lacks %q", s)
		}
	}
	for _, s := range c.want.Deleted {
		if strings.Contains(text, s) {
			t.Errorf("it has %q again", s)
		}
	}
	for _, s := range c.want.Lines {
		if !slices.Contains(lines, s) {
			t.Errorf("it has no line %q", s)
		}
	}
	for _, order := range c.want.Order {
		at := 0
		for _, s := range order {
			i := strings.Index(text[at:], s)
			if i < 0 {
				t.Errorf("%q is not there, or not in its place", s)
				break
			}
			at += i
		}
	}
	faces(t, data, c.want)
	c.parts(t, data)
}

// faces checks what is bold, and where links lead.
func faces(t *testing.T, data []byte, want expectation) {
	t.Helper()
	var bold, linked strings.Builder
	links := map[string]string{}
	f, err := docx.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	var each func(blocks []*docx.Block)
	each = func(blocks []*docx.Block) {
		for _, b := range blocks {
			link := ""
			for _, w := range b.Words {
				if w.Face.Bold {
					bold.WriteString(w.Text)
				}
				if w.Face.Link != link && linked.Len() > 0 {
					links[linked.String()] = link
					linked.Reset()
				}
				if link = w.Face.Link; link != "" {
					linked.WriteString(w.Text)
				}
			}
			if linked.Len() > 0 {
				links[linked.String()] = link
				linked.Reset()
			}
			for _, row := range b.Rows {
				for _, c := range row.Cells {
					each(c.Blocks)
				}
			}
		}
	}
	each(f.Blocks)
	for _, s := range want.Bold {
		if !strings.Contains(bold.String(), s) {
			t.Errorf("%q is not bold", s)
		}
	}
	for text, to := range want.Links {
		if strings.TrimSuffix(links[text], "/") != to {
			t.Errorf("the link %q leads to %q", text, links[text])
		}
	}
}

// parts checks what has to be in other parts.
func (c *corpusFile) parts(t *testing.T, data []byte) {
	t.Helper()
	for part, raw := range c.want.Parts {
		media := 0
		var text strings.Builder
		for _, name := range partNames(t, data) {
			base := path.Base(name)
			switch {
			case strings.HasPrefix(name, "word/media/"):
				media++
			case part == "text box" && name == "word/document.xml", part != "text box" && strings.HasPrefix(base, part) && strings.HasSuffix(base, ".xml"):
				text.WriteString(tag.ReplaceAllString(paragraphEnd.ReplaceAllString(wordPart(t, data, name), "\n"), ""))
			}
		}
		if part == "media" {
			var n int
			if json.Unmarshal(raw, &n); media < n {
				t.Errorf("%d pictures, want %d", media, n)
			}
			continue
		}
		var words []string
		if err := json.Unmarshal(raw, &words); err != nil {
			t.Fatal(err)
		}
		for _, s := range words {
			if !strings.Contains(text.String(), s) {
				t.Errorf("%s lacks %q", part, s)
			}
		}
	}
}

var paragraphEnd = regexp.MustCompile(`</w:p>`)

func partNames(t testing.TB, data []byte) []string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	return names
}

var (
	changeMark = regexp.MustCompile(`^w:(?:ins|del|moveFrom|moveTo|rPrChange|pPrChange) .*w:author="([^"]*)"`)
	changeID   = regexp.MustCompile(` w:id="[^"]*"`)
)

// changesOfOthers returns the marks of tracked changes of others, each once: what
// we put into the midst of one cuts it in two.
func changesOfOthers(t testing.TB, data []byte) string {
	t.Helper()
	var b strings.Builder
	seen := map[string]bool{}
	for tag := range strings.SplitSeq(wordPart(t, data, "word/document.xml"), "<") {
		tag, _, _ := strings.Cut(tag, ">")
		if m := changeMark.FindStringSubmatch(tag); m != nil && !ours(m[1]) {
			mark := changeID.ReplaceAllString(tag, "")
			if !seen[mark] {
				b.WriteString(mark + "\n")
			}
			seen[mark] = true
		}
	}
	return b.String()
}

// untouched checks that what has not changed has not changed by a byte: parts of
// the package, and paragraphs.
func (c *corpusFile) untouched(t *testing.T, data []byte) {
	may := []string{"word/document.xml", "word/comments.xml", "word/_rels/document.xml.rels", "[Content_Types].xml", "docProps/custom.xml", "_rels/.rels", "word/numbering.xml", "word/styles.xml"}
	was, is := packed1(t, c.data), packed1(t, data)
	for name, raw := range was {
		switch now, ok := is[name]; {
		case !ok:
			t.Errorf("%s is gone", name)
		case !bytes.Equal(raw, now) && !slices.Contains(may, name) && !strings.HasPrefix(name, "customXml/"):
			t.Errorf("%s has changed", name)
		}
	}
	for name := range is {
		if was[name] == nil && !slices.Contains(may, name) && !strings.HasPrefix(name, "customXml/") {
			t.Errorf("%s has come", name)
		}
	}
	now := map[string]int{}
	for _, p := range rawParagraphs(t, data) {
		now[p]++
	}
	changed := 0
	for _, p := range rawParagraphs(t, c.data) {
		if now[p]--; now[p] < 0 {
			changed++
		}
	}
	marked := 0
	for _, p := range rawParagraphs(t, data) {
		if strings.Contains(p, `w:author="policygen `) || strings.Contains(p, "<w:commentReference ") {
			marked++
		}
	}
	if changed > marked {
		t.Errorf("%d paragraphs are no longer the bytes that they were, but only %d are marked", changed, marked)
	}
}

// packed1 returns the parts of a package, as they are packed.
func packed1(t testing.TB, data []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.OpenRaw()
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := b.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = b.Bytes()
	}
	return parts
}

// rawParagraphs returns the bytes of the paragraphs of a body.
func rawParagraphs(t testing.TB, data []byte) []string {
	var out []string
	for piece := range strings.SplitAfterSeq(wordPart(t, data, "word/document.xml"), "</w:p>") {
		i := max(strings.LastIndex(piece, "<w:p>"), strings.LastIndex(piece, "<w:p "))
		if i >= 0 {
			out = append(out, piece[i:])
		}
	}
	return out
}

// TestCorpusDecided does what somebody has decided about files of the corpus.
func TestCorpusDecided(t *testing.T) {
	t.Parallel()
	s := corpusSchool(t)
	for _, c := range corpus(t) {
		edit := strings.TrimSuffix(path.Base(c.name), ".docx")
		if path.Dir(c.name) != "libreoffice" || decisions[edit] != 1 {
			continue
		}
		open := s.update(t, c.old(s)).Decisions[0]
		for _, choice := range []review.Choice{review.Adopt, review.Adapt, review.Keep, review.Withdraw} {
			t.Run(edit+"/"+string(choice), func(t *testing.T) {
				t.Parallel()
				c.settled(t, s, open, choice)
			})
		}
	}
}

func (c *corpusFile) settled(t *testing.T, s *school, open *review.Decision, choice review.Choice) {
	const wording = "What we have agreed with the governors stands here."
	u := s.updater()
	u.Choices = map[string]map[string]review.Decision{corpusDocument: {open.ID: {Choice: choice, Wording: wording}}}
	up, err := u.Update(s.is, c.old(s))
	if err != nil {
		t.Fatal(err)
	}
	if up.Open() > 0 {
		t.Errorf("there is still something to decide: %s", listed(up.Decisions))
	}
	sameWord(t, "our changes undone", undone(t, up.Data), c.data)
	faults(t, up.Data, c.data)
	text, err := docx.Words(accepted(t, up.Data))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.ReplaceAll(text, "\u200d", ""), "\n")
	has := func(words string) bool { // each of its paragraphs and cells
		for line := range strings.SplitSeq(words, "\n") {
			for cell := range strings.SplitSeq(line, " | ") {
				if cell = strings.TrimSpace(cell); cell != "" && !slices.Contains(lines, cell) {
					return false
				}
			}
		}
		return true
	}
	adaptable := !strings.ContainsAny(open.School+open.Template, "|\n") // one paragraph
	switch {
	case choice == review.Adopt && !has(open.Template):
		t.Errorf("it does not say what the template says: %s", open.Template)
	case choice == review.Adapt && adaptable && !has(wording):
		t.Errorf("it does not say what has been decided")
	case choice == review.Keep && !has(open.School):
		t.Errorf("it no longer says what the school says: %s", open.School)
	case choice == review.Withdraw && open.School != "" && has(open.School):
		t.Errorf("it still says what the school says: %s", open.School)
	}
	if choice == review.Keep || choice == review.Withdraw && strings.Contains(c.name, "delete-") {
		c.expected(t, accepted(t, up.Data))
	}
	u = s.updater()
	again, err := u.Update(s.is, Old{Name: corpusDocument + ".docx", Data: up.Data})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again.Data, up.Data) {
		t.Error("brought forward again, it is another file")
	}
}
