package docx

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/policygen/policygen/generator/document"
	"github.com/policygen/policygen/generator/slot"
)

// look returns the files of the folder look.
func lookFiles(t testing.TB) map[string][]byte {
	files := map[string][]byte{}
	for _, name := range []string{"docx/styles.xml", "docx/settings.xml"} {
		data, err := os.ReadFile(filepath.Join("../../templates/look", name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = data
	}
	return files
}

var brand = document.Brand{Colour: "1F3864", Font: "Calibri", Strapline: "A motto"}

func meta() *document.Meta {
	return &document.Meta{
		Title: "A title & more", Setting: "St <b>'s", Lang: "en-GB", Version: "1.0", Edition: "2026-09", Document: "online-safety-policy",
		Approved: "1 September 2026", Created: "2026-09-01T00:00:00Z", Cover: true, Numbered: true, Brand: brand,
	}
}

// everything returns sections that have every construct of the dialect, one of
// them twice, as two documents' sections may be alike.
func everything(t testing.TB) []Section {
	data, err := os.ReadFile("../document/testdata/everything.md")
	if err != nil {
		t.Fatal(err)
	}
	x := string(slot.Mark(1))
	var sections []Section
	for _, draft := range []string{
		"Cover, " + x + "\n\n| a | b |\n|---|---|\n| " + x + " | [l](" + x + ") |\n",
		string(data),
		strings.ReplaceAll(string(data), "OS-6", "OS-7"),
		"## App " + x + " {#OS-A1}\n\n**" + x + "** *" + x + "* [" + x + "](https://a.example/" + x + ")\n",
	} {
		s, problems := document.Parse(draft)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		s.Numbering = document.Numbered
		if strings.HasPrefix(s.Code, "OS-A") {
			s.Numbering = document.Appendix
		}
		number := fmt.Sprint(len(sections))
		s.Index = len(sections)
		sections = append(sections, Section{Write(s, textWidth), []slot.Detail{{Text: number}, {Text: "https://x.example/?a&b", Gap: len(sections) == 3}}})
	}
	return sections
}

func file(t testing.TB, l *Look, sections []Section) []byte {
	data, err := l.File(nil, meta(), sections, "")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func newLook(t testing.TB, b document.Brand, reference []byte) *Look {
	l, err := NewLook(lookFiles(t), b, reference)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestFile(t *testing.T) {
	l := newLook(t, brand, nil)
	one := file(t, l, everything(t))
	if faults := Lint(one); len(faults) > 0 {
		t.Error(strings.Join(faults, "\n"))
	}
	if two := file(t, newLook(t, brand, nil), everything(t)); !bytes.Equal(one, two) {
		t.Error("the same document gave other bytes")
	}
	words, err := Text(one)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"St <b>'s\n", "A title & more\n", "Cover, https://x.example/?a&b\n", "Contents\n", "1 Everything: all of it\n", "*escaped* marks & an entity é. A break here, and a blank: ______ with more after it.",
		"App To complete: https://x.example/?a&b\n", "☐ open", "☒ ticked", "Headteacher\n", "2. Decide: Yes or no?", "Note\n", "Never look.\n",
	} {
		if !strings.Contains(words, want) {
			t.Errorf("the file does not say %q:\n%s", want, words)
		}
	}
	xml := string(partOf(t, one, "word/document.xml"))
	for _, want := range []string{
		`<w:bookmarkStart w:id="0" w:name="_`, `<w:pStyle w:val="Heading1"/>`, `w:anchor="_OS_6"`, `<w:tblHeader/>`, `<w14:checkbox>`, `TOC \o "1-2" \n \h`,
		`<w:highlight w:val="yellow"/>`, `<w:pageBreakBefore/>`, `w:leader="underscore"`,
	} {
		if !strings.Contains(xml, want) {
			t.Errorf("word/document.xml has no %s", want)
		}
	}
	for name, want := range map[string]string{
		"docProps/core.xml": "<dc:title>A title &amp; more</dc:title>", "word/header1.xml": "St &lt;b&gt;'s", "word/footer1.xml": "NUMPAGES",
		"word/styles.xml": `w:lang w:val="en-GB"`, "docProps/custom.xml": "2026-09",
	} {
		if !strings.Contains(string(partOf(t, one, name)), want) {
			t.Errorf("%s has no %s", name, want)
		}
	}
}

// partOf returns a part of a Word file.
func partOf(t testing.TB, data []byte, name string) []byte {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// change returns a Word file with a part changed; a part that becomes nil is
// left out, one that was not there is added.
func change(t testing.TB, data []byte, name string, f func(string) string) []byte {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	put := func(name, content string) {
		p, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(p, content)
	}
	found := false
	for _, p := range z.File {
		content := string(partOf(t, data, p.Name))
		if p.Name == name {
			found = true
			before := content
			if content = f(content); content == before {
				t.Fatalf("%s was not changed", name)
			}
		}
		if content != "" {
			put(p.Name, content)
		}
	}
	if !found {
		put(name, f(""))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestLint breaks a good file in each of the ways that Lint knows, and wants to
// be told.
func TestLint(t *testing.T) {
	good := file(t, newLook(t, brand, nil), everything(t))
	once := func(old, new string) func(string) string {
		return func(s string) string { return strings.Replace(s, old, new, 1) }
	}
	const doc = "word/document.xml"
	inBody := func(xml string) func(string) string { return once(`<w:body>`, `<w:body>`+xml) }
	for _, test := range []struct {
		name, part, want string
		change           func(string) string
	}{
		{"bookmark name twice", doc, "two bookmarks are called x", inBody(`<w:p><w:bookmarkStart w:id="9001" w:name="x"/><w:bookmarkEnd w:id="9001"/><w:bookmarkStart w:id="9002" w:name="x"/><w:bookmarkEnd w:id="9002"/></w:p>`)},
		{"bookmark without end", doc, "the bookmark x (9001) does not end", inBody(`<w:p><w:bookmarkStart w:id="9001" w:name="x"/></w:p>`)},
		{"bookmark end alone", doc, "the end of a bookmark 9001", inBody(`<w:p><w:bookmarkEnd w:id="9001"/></w:p>`)},
		{"cell without paragraph", doc, "a cell without a paragraph", inBody(`<w:tbl><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc/></w:tr></w:tbl>`)},
		{"cell ends with table", doc, "a cell ends with a table", inBody(`<w:tbl><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc><w:p/><w:tbl><w:tblGrid/></w:tbl></w:tc></w:tr></w:tbl>`)},
		{"number without list", doc, "no list has the number 4711", inBody(`<w:p><w:pPr><w:numPr><w:numId w:val="4711"/></w:numPr></w:pPr></w:p>`)},
		{"style", doc, `no style has the id "Nonesuch"`, inBody(`<w:p><w:pPr><w:pStyle w:val="Nonesuch"/></w:pPr></w:p>`)},
		{"paraId twice", doc, "two paragraphs have the id 00000001", inBody(`<w:p w14:paraId="00000001"/><w:p w14:paraId="00000001"/>`)},
		{"text in a deletion", doc, `deleted text that stands as text: "gone"`, inBody(`<w:p><w:del><w:r><w:t>gone</w:t></w:r></w:del></w:p>`)},
		{"anchor", doc, "a link to _nowhere", inBody(`<w:p><w:hyperlink w:anchor="_nowhere"/></w:p>`)},
		{"two titles", "docProps/core.xml", "two elements title", once(`<dc:title>`, `<dc:title/><dc:title>`)},
		{"date", "docProps/core.xml", `"yesterday" is no date`, once("2026-09-01T00:00:00Z", "yesterday")},
		{"control id twice", doc, "two content controls have the id 7", inBody(`<w:sdt><w:sdtPr><w:id w:val="7"/></w:sdtPr></w:sdt><w:sdt><w:sdtPr><w:id w:val="7"/></w:sdtPr></w:sdt>`)},
		{"short row", doc, "a row of 1 cells in a table of 2 columns", inBody(`<w:tbl><w:tblGrid><w:gridCol/><w:gridCol/></w:tblGrid><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl><w:p/>`)},
		{"link in a link", doc, "a link inside a link", inBody(`<w:p><w:hyperlink><w:hyperlink/></w:hyperlink></w:p>`)},
		{"field without end", doc, "a field that begins and does not end", inBody(`<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r></w:p>`)},
		{"body ends with table", doc, "the body ends with a table", func(s string) string {
			return strings.Replace(s, `<w:sectPr>`, `<w:tbl><w:tblGrid/></w:tbl><w:sectPr>`, 1)
		}},
		{"w14 not ignorable", doc, "elements of w14", once(` mc:Ignorable="w14"`, "")},
		{"drawing id twice", doc, "two drawings have the id 3", inBody(`<w:p><docPr id="3"/><docPr id="3"/></w:p>`)},
		{"relationship", doc, "no relationship is called rId999", inBody(`<w:p><w:hyperlink r:id="rId999"/></w:p>`)},
		{"part without type", "[Content_Types].xml", "word/styles.xml has no content type", func(s string) string {
			return strings.NewReplacer(`<Default Extension="xml" ContentType="application/xml"/>`, "", `PartName="/word/styles.xml"`, `PartName="/word/header1.xml"`).Replace(s)
		}},
		{"missing part", "word/settings.xml", "rId2 goes to word/settings.xml, which is not there", func(string) string { return "" }},
		{"style based on nothing", "word/styles.xml", `no style has the id "Nonesuch"`, once(`<w:basedOn w:val="Normal"/>`, `<w:basedOn w:val="Nonesuch"/>`)},
		{"not XML", "word/footer1.xml", "word/footer1.xml is not XML", once("</w:ftr>", "")},
	} {
		t.Run(test.name, func(t *testing.T) {
			faults := Lint(change(t, good, test.part, test.change))
			if !slices.ContainsFunc(faults, func(f string) bool { return strings.Contains(f, test.want) }) {
				t.Errorf("got %q, want %q", faults, test.want)
			}
		})
	}
}

// letterheadFile returns a Word file as a school might have it: made by a Word
// in another language, with a header that has a picture.
func letterheadFile(t testing.TB) []byte {
	data := file(t, newLook(t, brand, nil), everything(t))
	data = change(t, data, "word/styles.xml", func(s string) string {
		s = strings.ReplaceAll(s, `"Heading1"`, `"berschrift1"`)
		s = strings.ReplaceAll(s, `"ListBullet"`, `"Aufzhlung"`)
		s = strings.ReplaceAll(s, `"1F3864"`, `"AA1122"`)
		s = strings.Replace(s, `w:styleId="Strapline"`, `w:styleId="CalloutNote"`, 1) // another style with an id of ours
		s = strings.Replace(s, `w:val="Strapline"`, `w:val="Motto"`, 1)
		start := strings.Index(s, `<w:style w:type="paragraph" w:customStyle="1" w:styleId="CalloutNote"><w:name w:val="Callout Note"`)
		end := strings.Index(s[start:], "</w:style>") + start + len("</w:style>")
		return s[:start] + s[end:]
	})
	data = change(t, data, "word/document.xml", func(s string) string {
		return strings.NewReplacer(`w:val="Heading1"`, `w:val="berschrift1"`, `w:right="1134"`, `w:right="2134"`).Replace(s)
	})
	data = change(t, data, "word/header1.xml", func(s string) string {
		return strings.Replace(s, "St &lt;b&gt;'s", `Our letterhead</w:t></w:r><w:r><w:t r:embed="rId1">`, 1)
	})
	data = change(t, data, "word/_rels/header1.xml.rels", func(string) string {
		return xmlHead + `<Relationships xmlns="` + packageRel + `"><Relationship Id="rId1" Type="` + officeRel + `image" Target="media/logo.png"/></Relationships>`
	})
	data = change(t, data, "[Content_Types].xml", func(s string) string {
		return strings.Replace(s, "<Default", `<Default Extension="png" ContentType="image/png"/><Default`, 1)
	})
	return change(t, data, "word/media/logo.png", func(string) string { return "a picture" })
}

// TestCheckLook checks that the list of styles is that of the file built in, and
// that what is wrong with a file of a layer is found.
func TestCheckLook(t *testing.T) {
	if err := CheckLook(lookFiles(t)); err != nil {
		t.Fatal(err)
	}
	_, list, err := children(lookFiles(t)["docx/styles.xml"])
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		if c.name == "style" && !slices.Contains(styleIDs, c.attrs["styleId"]) {
			t.Errorf("the list has no style %s", c.attrs["styleId"])
		}
	}
	settings := string(lookFiles(t)["docx/settings.xml"])
	styles := string(lookFiles(t)["docx/styles.xml"])
	for _, test := range []struct{ name, styles, settings, want string }{
		{"broken", strings.Replace(styles, "</w:docDefaults>", "</w:docDefault>", 1), "", `docx/settings.xml:1:1: this is not XML that Word can read: there is nothing in it
docx/styles.xml:6:16: this is not XML that Word can read: element <docDefaults> closed by </docDefault>`},
		{"cut off", styles[:strings.Index(styles, "</w:docDefaults>")], settings, `docx/styles.xml:6:1: this is not XML that Word can read: unexpected EOF`},
		{"a prefix", styles, strings.Replace(settings, "</w:settings>", "\n<x:a/></w:settings>", 1), "docx/settings.xml:3:1: this is not XML that Word can read: the prefix x: is not declared"},
		{"another part", settings, styles, `docx/settings.xml: the file does not hold the settings of a Word file
	begin with the file that policygen templates export writes
docx/styles.xml: the file does not hold the styles of a Word file
	begin with the file that policygen templates export writes`},
		{"a style is missing", strings.Replace(styles, `w:styleId="Heading3"`, `w:styleId="Heading4"`, 1), settings, `docx/styles.xml: the style Heading3 is missing
	keep every style of the file that policygen templates export writes, and change what is in it`},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := CheckLook(map[string][]byte{"docx/styles.xml": []byte(test.styles), "docx/settings.xml": []byte(test.settings)})
			if err == nil || err.Error() != test.want {
				t.Errorf("got\n%v\nwant\n%s", err, test.want)
			}
		})
	}
}

func TestReference(t *testing.T) {
	l := newLook(t, brand, letterheadFile(t))
	if want := textWidth - 1000; l.Width() != want {
		t.Errorf("the text is %d wide, want %d", l.Width(), want)
	}
	got := file(t, l, everything(t))
	if faults := Lint(got); len(faults) > 0 {
		t.Error(strings.Join(faults, "\n"))
	}
	styles := string(partOf(t, got, "word/styles.xml"))
	heading := styles[strings.Index(styles, `w:styleId="Heading1"`):]
	heading = heading[:strings.Index(heading, "</w:style>")]
	if !strings.Contains(heading, "AA1122") || !strings.Contains(heading, `<w:numId w:val="2"/>`) {
		t.Errorf("heading 1 is not theirs with our numbering: %s", heading)
	}
	for _, want := range []string{`w:styleId="CalloutNote0"`, `<w:name w:val="Motto"/>`, `<w:name w:val="Callout Note"/>`, `w:styleId="ListBullet"`} {
		if strings.Count(styles, want) != 1 {
			t.Errorf("%s stands %d times in the styles", want, strings.Count(styles, want))
		}
	}
	if strings.Contains(styles, "berschrift1") || strings.Contains(styles, "Aufzhlung") {
		t.Error("a style has kept its id")
	}
	if !strings.Contains(string(partOf(t, got, "word/header1.xml")), "Our letterhead") {
		t.Error("the header is not theirs")
	}
	if string(partOf(t, got, "word/media/logo.png")) != "a picture" {
		t.Error("the picture of the header is not there")
	}
}

func TestReferenceProblems(t *testing.T) {
	good := letterheadFile(t)
	for _, test := range []struct {
		name, want string
		data       []byte
	}{
		{"nothing", "it is empty" + again, []byte{}},
		{"not a file", "it is not a Word file (.docx)" + again, []byte("hello")},
		{"old", "it is protected by a password, or saved as .doc: save it as .docx without a password", []byte("\xd0\xcf\x11\xe0 and so on")},
		{"a spreadsheet", "it is not a Word file (.docx)" + again, change(t, good, "[Content_Types].xml", func(s string) string {
			return strings.ReplaceAll(s, "wordprocessingml", "spreadsheetml")
		})},
		{"no styles", "it has no styles" + again, change(t, good, "word/styles.xml", func(string) string { return "" })},
		{"broken styles", "its part styles cannot be read (unexpected EOF)" + again, change(t, good, "word/styles.xml", func(s string) string { return s[:len(s)/2] })},
		{"no document", "its part document cannot be read (there is nothing in it)" + again, change(t, good, "word/document.xml", func(string) string { return "" })},
		{"broken document", "its part document cannot be read (unexpected EOF)" + again, change(t, good, "word/document.xml", func(s string) string { return s[:len(s)/2] })},
		{"strict", "its part document is not as Word writes it" + again, change(t, good, "word/document.xml", func(s string) string {
			return strings.ReplaceAll(s, "http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main")
		})},
		{"missing header", "a header or footer that it names is not in it" + again, change(t, good, "word/header1.xml", func(string) string { return "" })},
		{"broken header", "its part header1.xml cannot be read (unexpected EOF)" + again, change(t, good, "word/header1.xml", func(s string) string { return s[:len(s)/2] })},
		{"broken relationships", "its part header1.xml.rels cannot be read (unexpected EOF)" + again, change(t, good, "word/_rels/header1.xml.rels", func(s string) string { return s[:len(s)/2] })},
		{"a picture that is not there", "its part header1.xml names a picture or link (rId1) that is not in it: put it in again, or take it out", change(t, good, "word/_rels/header1.xml.rels", func(s string) string {
			return strings.Replace(s, `Id="rId1"`, `Id="rId9"`, 1)
		})},
		{"fetched", "its header or footer holds something that would be fetched from elsewhere: put the picture itself into it", change(t, good, "word/_rels/header1.xml.rels", func(s string) string {
			return strings.Replace(s, `Target="media/logo.png"`, `Target="https://tracker.example/x.png" TargetMode="External"`, 1)
		})},
		{"narrow", "its page leaves no room for text", change(t, good, "word/document.xml", func(s string) string {
			return strings.Replace(s, `w:left="1134"`, `w:left="9134"`, 1)
		})},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := NewLook(lookFiles(t), brand, test.data)
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestClauses(t *testing.T) {
	names := func(draft string) []string {
		s, _ := document.Parse(draft)
		l := newLook(t, brand, nil)
		xml := string(partOf(t, file(t, l, []Section{{Write(s, textWidth), make([]slot.Detail, 9)}}), "word/document.xml"))
		var names []string
		for _, p := range strings.Split(xml, `w:name="`)[1:] {
			names = append(names, p[:strings.IndexByte(p, '"')])
		}
		return names
	}
	a := names("## T {#OS-10.13}\n\nFirst " + string(slot.Mark(1)) + ".\n\nSecond.\n\n- Second.\n")
	b := names("## T {#OS-10.13}\n\nNew one.\n\nFirst " + string(slot.Mark(2)) + ".\n\nSecond.\n")
	if a[0] != "_OS_10_13" || a[1] != b[2] || a[2] != b[3] {
		t.Errorf("clauses have not kept their names: %q, %q", a, b)
	}
	if a[3] != a[2]+"_2" {
		t.Errorf("clauses that are alike share a name: %q", a)
	}
	for _, n := range a {
		if len(n) > 40 {
			t.Errorf("the name %s is too long for Word", n)
		}
	}
}
