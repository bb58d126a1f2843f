package review_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"html"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/policygen/policygen/generator/docx"
	"github.com/policygen/policygen/generator/review"
)

// A wordFile is a Word file that can be edited as a school does it, or as a
// template changes: the elements of its body, as they are written.
type wordFile struct{ blocks []string }

// parts of the base of the corpus, to which each body is put.
var corpusBase = sync.OnceValues(func() ([]byte, error) { return os.ReadFile("testdata/base.docx") })

const mainPart = "word/document.xml"

// partText returns what a part of a package holds.
func partText(t testing.TB, data []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// small returns some of the base of the corpus: something of everything that
// stands in it.
func small(t testing.TB) wordFile {
	data, err := corpusBase()
	if err != nil {
		t.Fatal(err)
	}
	var w wordFile
	for i, b := range bodyOf(partText(t, data, mainPart)) {
		for _, r := range [][2]int{{0, 2}, {7, 11}, {20, 22}, {23, 32}, {88, 96}, {132, 136}, {192, 207}} {
			if r[0] <= i && i < r[1] {
				w.blocks = append(w.blocks, b)
			}
		}
	}
	return w
}

var blockTag = regexp.MustCompile(`<(/?)w:(p|tbl|sdt|sectPr)([ >]|/>)`)

// bodyOf returns the elements of a body.
func bodyOf(document string) []string {
	from := strings.Index(document, "<w:body>") + len("<w:body>")
	body := document[from:strings.LastIndex(document, "</w:body>")]
	var out []string
	depth, start := 0, 0
	for _, m := range blockTag.FindAllStringSubmatchIndex(body, -1) {
		end := strings.IndexByte(body[m[0]:], '>') + m[0] + 1
		switch {
		case body[end-2] == '/':
		case body[m[2]:m[3]] == "/":
			depth--
		default:
			depth++
		}
		if depth == 0 {
			out = append(out, body[start:end])
			start = end
		}
	}
	return out
}

// file returns the whole file.
func (w wordFile) file(t testing.TB) []byte {
	t.Helper()
	base, err := corpusBase()
	if err != nil {
		t.Fatal(err)
	}
	document := partText(t, base, mainPart)
	from, to := strings.Index(document, "<w:body>")+len("<w:body>"), strings.LastIndex(document, "<w:sectPr")
	return withPart(t, base, mainPart, document[:from]+strings.Join(w.blocks, "")+document[to:])
}

// withPart returns a package with a part of which the text is another.
func withPart(t testing.TB, data []byte, name, text string) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range r.File {
		if p.Name != name {
			err = z.Copy(p)
		} else {
			var w io.Writer
			if w, err = z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store}); err == nil {
				_, err = io.WriteString(w, text)
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

func (w wordFile) clone() wordFile { return wordFile{slices.Clone(w.blocks)} }

// edited returns w after edits by an author, whose words nobody else writes. Only
// a school does what programs do of themselves, and tracks changes.
func (d *dice) edited(w wordFile, n int, author string) wordFile {
	w = w.clone()
	for range n {
		d.editFile(&w, author)
	}
	return w
}

var (
	textElement  = regexp.MustCompile(`<w:t(?: xml:space="preserve")?>([^<]+)</w:t>`)
	plainRun     = regexp.MustCompile(`<w:r>(<w:rPr>(?:[^r]|r[^P]|rP[^r])*?</w:rPr>)?<w:t(?: xml:space="preserve")?>([^<]+)</w:t></w:r>`)
	bookmarkTags = regexp.MustCompile(`<w:bookmark(?:Start|End) [^>]*/>`)
	rowElement   = regexp.MustCompile(`(?s)<w:tr[ >].*?</w:tr>`)
)

func (d *dice) editFile(w *wordFile, author string) {
	if len(w.blocks) == 0 {
		w.blocks = []string{d.newParagraph("<w:p><w:r><w:t>x</w:t></w:r></w:p>", author)}
		return
	}
	at := d.n(len(w.blocks))
	b := &w.blocks[at]
	table := strings.HasPrefix(*b, "<w:tbl")
	kinds := 11
	if author == "s" {
		kinds = 22
	}
	switch kind := d.n(kinds); {
	case kind == 0:
		w.blocks = slices.Delete(w.blocks, at, at+1)
	case kind == 1 && !table:
		w.blocks = slices.Insert(w.blocks, at, d.newParagraph(*b, author))
	case kind == 2: // move it
		moved := *b
		w.blocks = slices.Delete(w.blocks, at, at+1)
		w.blocks = slices.Insert(w.blocks, d.n(len(w.blocks)+1), moved)
	case kind == 3 && !table: // press Enter
		if first, second, ok := d.cutParagraph(*b); ok {
			w.blocks[at] = first
			w.blocks = slices.Insert(w.blocks, at+1, second)
		}
	case kind == 4 && !table && at+1 < len(w.blocks) && strings.HasPrefix(w.blocks[at+1], "<w:p>"): // take the end of a paragraph out
		*b = strings.TrimSuffix(*b, "</w:p>") + `<w:r><w:t xml:space="preserve"> </w:t></w:r>` + insideParagraph(w.blocks[at+1])
		w.blocks = slices.Delete(w.blocks, at+1, at+2)
	case kind == 5 && table:
		*b = d.editRows(*b, author)
	case kind == 6: // bold
		*b = d.inRun(*b, func(props, text string) string { return run(withBold(props), text) })
	case kind == 11: // Word's own noise
		*b = strings.ReplaceAll(strings.ReplaceAll(*b, "<w:p>", `<w:p w:rsidR="00A41B2C" w:rsidRDefault="00A41B2C">`), "<w:r>", `<w:r w:rsidRPr="00C13D20">`)
	case kind == 12: // a run in two
		*b = d.inRun(*b, func(props, text string) string {
			i := d.within(text)
			return run(props, text[:i]) + run(props, text[i:])
		})
	case kind == 13:
		*b = d.inRun(*b, func(props, text string) string {
			return `<w:proofErr w:type="spellStart"/>` + run(props, text) + `<w:proofErr w:type="spellEnd"/>`
		})
	case kind == 14: // others' changes
		*b = d.inRun(*b, func(props, text string) string {
			i := d.within(text)
			return run(props, text[:i]) + `<w:ins ` + d.head() + `>` + run(props, " "+d.name(author)+" ") + `</w:ins>` + run(props, text[i:])
		})
	case kind == 15:
		*b = d.inRun(*b, func(props, text string) string {
			return `<w:del ` + d.head() + `>` + strings.ReplaceAll(strings.ReplaceAll(run(props, text), "<w:t ", "<w:delText "), "</w:t>", "</w:delText>") + `</w:del>`
		})
	case kind == 16 && !table: // a paragraph that others have put in
		p := d.newParagraph("<w:p><w:r><w:t>x</w:t></w:r></w:p>", author)
		p = strings.Replace(p, "<w:p>", `<w:p><w:pPr><w:rPr><w:ins `+d.head()+`/></w:rPr></w:pPr><w:ins `+d.head()+`>`, 1)
		w.blocks = slices.Insert(w.blocks, at, strings.Replace(p, "</w:p>", "</w:ins></w:p>", 1))
	case kind == 17:
		w.blocks = slices.Insert(w.blocks, at, `<w:p/>`)
	case kind == 18:
		*b = bookmarkTags.ReplaceAllString(*b, "")
	case kind == 19: // a line break, a tab
		*b = d.inRun(*b, func(props, text string) string {
			i := d.within(text)
			return `<w:r>` + props + text1(text[:i]) + []string{"<w:br/>", "<w:tab/>", "<w:noBreakHyphen/>"}[d.n(3)] + text1(text[i:]) + `</w:r>`
		})
	case kind == 20: // a content control
		*b = d.inRun(*b, func(props, text string) string {
			return `<w:sdt><w:sdtPr/><w:sdtContent>` + run(props, text) + `</w:sdtContent></w:sdt>`
		})
	case kind == 21: // a field
		*b = d.inRun(*b, func(props, text string) string {
			return `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> DOCPROPERTY x </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>` + run(props, text) + `<w:r><w:fldChar w:fldCharType="end"/></w:r>`
		})
	default:
		*b = d.reword(*b, author)
	}
}

// head returns the attributes of a change of the head teacher's.
func (d *dice) head() string {
	d.unique++
	return fmt.Sprintf(`w:id="%d" w:author="Head" w:date="2026-01-02T03:04:05Z"`, 70000+d.unique)
}

func run(props, text string) string { return `<w:r>` + props + text1(text) + `</w:r>` }

func text1(text string) string { return `<w:t xml:space="preserve">` + text + `</w:t>` }

func withBold(props string) string {
	if props == "" {
		return `<w:rPr><w:b/></w:rPr>`
	}
	if strings.Contains(props, "<w:b/>") {
		return strings.ReplaceAll(props, "<w:b/>", "")
	}
	return props
}

// within returns a place inside text: not in the midst of a letter or a reference.
func (d *dice) within(text string) int {
	i := d.n(len(text) + 1)
	if blank := strings.LastIndexByte(text[:i], ' '); blank >= 0 || strings.ContainsAny(text, "&") {
		return max(blank, 0)
	}
	for i > 0 && i < len(text) && text[i]&0xC0 == 0x80 {
		i--
	}
	return i
}

// inRun does something to a run of a block.
func (d *dice) inRun(block string, f func(props, text string) string) string {
	all := plainRun.FindAllStringSubmatchIndex(block, -1)
	if len(all) == 0 {
		return block
	}
	m := all[d.n(len(all))]
	props := ""
	if m[2] >= 0 {
		props = block[m[2]:m[3]]
	}
	return block[:m[0]] + f(props, block[m[4]:m[5]]) + block[m[1]:]
}

// reword changes words of a block.
func (d *dice) reword(block, author string) string {
	all := textElement.FindAllStringSubmatchIndex(block, -1)
	if len(all) == 0 {
		return block
	}
	m := all[d.n(len(all))]
	words := strings.Split(block[m[2]:m[3]], " ")
	for range 1 + d.n(3) {
		i := d.n(len(words))
		switch d.n(3) {
		case 0:
			words[i] = d.name(author)
		case 1:
			words = slices.Insert(words, i, d.name(author))
		case 2:
			if len(words) > 1 {
				words = slices.Delete(words, i, i+1)
			}
		}
	}
	text := strings.Join(words, " ")
	if text == "" {
		text = d.name(author)
	}
	return block[:m[0]] + text1(text) + block[m[1]:]
}

var paragraphProperties = regexp.MustCompile(`(?s)^<w:p(?: [^>]*)?>(<w:pPr>.*?</w:pPr>)?`)

// newParagraph returns a paragraph that looks as another does.
func (d *dice) newParagraph(like, author string) string {
	props := ""
	if m := paragraphProperties.FindStringSubmatch(like); m != nil && !strings.Contains(m[1], "w:author") {
		props = m[1]
	}
	var words []string
	for range 1 + d.n(6) {
		words = append(words, d.name(author), vocabulary[d.n(len(vocabulary))])
	}
	return `<w:p>` + props + run("", strings.Join(words, " ")+".") + `</w:p>`
}

func insideParagraph(p string) string {
	return bookmarkTags.ReplaceAllString(p[len(paragraphProperties.FindString(p)):], "")
}

// cutParagraph cuts a paragraph in two.
func (d *dice) cutParagraph(p string) (first, second string, ok bool) {
	p = bookmarkTags.ReplaceAllString(p, "")
	all := plainRun.FindAllStringSubmatchIndex(p, -1)
	if len(all) == 0 || strings.Contains(p, "<w:hyperlink") || strings.Contains(p, "<w:sdt>") || strings.Contains(p, "<w:fldChar") || strings.Contains(p, "w:author") {
		return "", "", false
	}
	m := all[d.n(len(all))]
	props := ""
	if m[2] >= 0 {
		props = p[m[2]:m[3]]
	}
	i := d.within(p[m[4]:m[5]]) + m[4]
	head := paragraphProperties.FindString(p)
	return p[:m[0]] + run(props, p[m[4]:i]) + `</w:p>`, head + run(props, p[i:m[5]]) + p[m[1]:], true
}

// editRows takes a row out, or puts one in.
func (d *dice) editRows(table, author string) string {
	rows := rowElement.FindAllStringIndex(table, -1)
	if len(rows) < 2 {
		return table
	}
	r := rows[d.n(len(rows))]
	if d.n(2) == 0 {
		return table[:r[0]] + table[r[1]:]
	}
	row := bookmarkTags.ReplaceAllString(table[r[0]:r[1]], "")
	row = textElement.ReplaceAllStringFunc(row, func(string) string { return text1(d.name(author)) })
	return table[:r[1]] + row + table[r[1]:]
}

var given = review.Given{
	By:      docx.Revision{Author: "policygen 2026-09", Initials: "pg", Date: "2026-09-01T00:00:00Z"},
	Reasons: func(section string) []string { return []string{"Why " + section} },
}

// bring brings a file forward.
func bring(t testing.TB, base, adopted, latest []byte) *review.Result {
	t.Helper()
	var files []*docx.File
	for _, data := range [][]byte{base, adopted, latest} {
		f, err := docx.Open(data)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	res, err := review.Revise(files[0], files[1], files[2], given, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func oursOnly(author string) bool { return author == given.By.Author }

func resolved(t testing.TB, resolve func([]byte, func(string) bool) ([]byte, error), data []byte) []byte {
	t.Helper()
	out, err := resolve(data, oursOnly)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// lookOf returns what a Word file shows, a paragraph on each line.
func lookOf(t testing.TB, data []byte) string {
	t.Helper()
	f, err := docx.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	showFile(&b, f.Blocks)
	return b.String()
}

func showFile(b *strings.Builder, blocks []*docx.Block) {
	for _, block := range blocks {
		if block.Rows != nil {
			b.WriteString("table\n")
			for _, row := range block.Rows {
				b.WriteString("row\n")
				for _, c := range row.Cells {
					b.WriteString("cell\n")
					showFile(b, c.Blocks)
				}
			}
			b.WriteString("end of table\n")
			continue
		}
		fmt.Fprintf(b, "%s %s %d: ", block.Style, block.List, block.Depth)
		words := block.Words
		for len(words) > 0 && words[len(words)-1].Text == " " {
			words = words[:len(words)-1]
		}
		for _, w := range words {
			face := w.Face
			if strings.HasPrefix(face.Link, "#") { // what it leads to may have gone
				face.Link = ""
			}
			if face != (docx.Face{}) && w.Text != " " {
				fmt.Fprintf(b, "%v", face)
			}
			b.WriteString(w.Text)
		}
		b.WriteString("\n")
	}
}

// lint reports faults of a file that none of those before had.
func lint(t testing.TB, data []byte, before ...[]byte) {
	t.Helper()
	var had []string
	for _, b := range before {
		had = append(had, docx.Lint(b)...)
	}
	for _, fault := range docx.Lint(data) {
		if !slices.Contains(had, fault) {
			t.Error(fault)
		}
	}
}

var schoolWord = regexp.MustCompile(`\bs[0-9]+\b`)

// FuzzRevise checks the laws on Word files: a school edits one in Word, and the
// templates change.
func FuzzRevise(f *testing.F) {
	for seed := range uint64(30) {
		f.Add(seeded(seed, 200).bytes, seeded(seed+1000, 200).bytes, uint8(seed%7), uint8(seed%5))
	}
	// The school joins two paragraphs, and the template the second and a third.
	f.Add(seeded(235, 400).bytes, seeded(235+1<<32, 400).bytes, uint8(3), uint8(5))
	l := newWordLaws(f)
	f.Fuzz(func(t *testing.T, school, template []byte, edits, changes uint8) {
		l.check(t, school, template, int(edits%12), int(changes%12))
	})
}

// wordLaws are the laws on Word files that come from one base.
type wordLaws struct {
	base     wordFile
	baseFile []byte
	baseLook string
}

func newWordLaws(t testing.TB) *wordLaws {
	l := &wordLaws{base: small(t)}
	l.baseFile = l.base.file(t)
	l.baseLook = lookOf(t, l.baseFile)
	return l
}

// check checks the laws for so many edits of a school's and changes of templates,
// which are chosen by bytes.
func (l *wordLaws) check(t *testing.T, school, template []byte, edits, changes int) {
	d := &dice{bytes: school}
	adopted := d.edited(l.base, edits, "s").file(t)
	latest := (&dice{bytes: template, unique: 5000}).edited(l.base, changes, "t").file(t)
	res := bring(t, l.baseFile, adopted, latest)
	accepted, rejected := resolved(t, docx.Accept, res.Data), resolved(t, docx.Reject, res.Data)
	same(t, "all our changes rejected", lookOf(t, rejected), lookOf(t, adopted))
	lint(t, res.Data, adopted, latest)
	if edits == 0 {
		same(t, "nothing edited, accepted", lookOf(t, accepted), lookOf(t, latest))
		same(t, "nothing edited, rejected", lookOf(t, rejected), l.baseLook)
		if len(res.Decisions) > 0 {
			t.Errorf("%d decisions about what nobody has edited", len(res.Decisions))
		}
	}
	nothingLost(t, adopted, accepted, res.Decisions)
	if again := bring(t, latest, res.Data, latest); !bytes.Equal(again.Data, res.Data) {
		t.Errorf("brought forward again, it is another file: %s", differenceOf(lookOf(t, again.Data), lookOf(t, res.Data)))
	}
	if unchanged := bring(t, l.baseFile, adopted, l.baseFile); !bytes.Equal(unchanged.Data, adopted) {
		t.Error("the template has not changed, but the file has")
	}
}

// nothingLost checks that every word of the school's is still there, or in what
// there is to decide.
func nothingLost(t *testing.T, adopted, accepted []byte, decisions []*review.Decision) {
	t.Helper()
	had, err := docx.Words(adopted)
	if err != nil {
		t.Fatal(err)
	}
	has, err := docx.Words(accepted)
	if err != nil {
		t.Fatal(err)
	}
	now := map[string]bool{}
	for _, d := range decisions {
		has += "\n" + d.School
	}
	for _, w := range schoolWord.FindAllString(has, -1) {
		now[w] = true
	}
	for _, w := range schoolWord.FindAllString(had, -1) {
		if !now[w] {
			t.Errorf("the school's word %s is lost", w)
		}
	}
}

func same(t testing.TB, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %s", what, differenceOf(got, want))
	}
}

// differenceOf returns the first line in which two texts differ.
func differenceOf(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d:\ngot  %s\nwant %s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d:\n%s", len(g), len(w), html.EscapeString(got))
}

// FuzzOpen checks that no main part, and no file at all, makes a review panic.
func FuzzOpen(f *testing.F) {
	base := small(f).file(f)
	files, err := filepath.Glob("testdata/*/*.docx")
	if err != nil || len(files) == 0 {
		f.Fatal(err)
	}
	f.Add([]byte("no file"))
	f.Add(base)
	for _, w := range small(f).blocks {
		f.Add([]byte(w))
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, b := range bodyOf(partText(f, data, mainPart)) {
			if strings.Contains(b, "w:author=") || strings.Contains(b, "w:pict") || strings.Contains(b, "w:fldSimple") || strings.Contains(b, "w:smartTag") || strings.Contains(b, "w:sdt>") {
				f.Add([]byte(b))
			}
		}
	}
	latest := wordFile{small(f).blocks[:12]}.file(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		document := partText(t, base, mainPart)
		from, to := strings.Index(document, "<w:body>")+len("<w:body>"), strings.LastIndex(document, "<w:sectPr")
		for _, file := range [][]byte{data, withPart(t, base, mainPart, document[:from]+string(data)+document[to:])} {
			adopted, err := docx.Open(file)
			if err != nil {
				continue
			}
			docx.Base(file)
			docx.Lint(file)
			was, err := docx.Open(latest)
			if err != nil {
				t.Fatal(err)
			}
			is, err := docx.Open(base)
			if err != nil {
				t.Fatal(err)
			}
			res, err := review.Revise(was, adopted, is, given, "eA==", map[string]string{"policygen edition": "2026-09"})
			if err != nil {
				continue
			}
			for _, resolve := range []func([]byte, func(string) bool) ([]byte, error){docx.Accept, docx.Reject} {
				if out, err := resolve(res.Data, nil); err == nil { // a footer may be damaged
					if _, err := docx.Open(out); err != nil {
						t.Errorf("what came of it cannot be opened: %v", err)
					}
				}
			}
			rejected, err := docx.Reject(res.Data, oursOnly)
			if err != nil {
				continue
			}
			before, err := docx.Words(file)
			if err != nil {
				t.Fatal(err)
			}
			after, err := docx.Words(rejected)
			if err != nil {
				t.Fatal(err)
			}
			same(t, "all our changes rejected", after, before)
		}
	})
}
