package html

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/policygen/policygen/generator/document"
	"github.com/policygen/policygen/generator/slot"
)

func readLook(t testing.TB) *Look {
	files := map[string][]byte{}
	for _, name := range []string{"page.html", "page.css", "print.css"} {
		data, err := os.ReadFile(filepath.Join("../../templates/look", name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = data
	}
	l, err := ReadLook(files)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func everything(t testing.TB) []Section {
	data, err := os.ReadFile("../document/testdata/everything.md")
	if err != nil {
		t.Fatal(err)
	}
	var sections []Section
	for _, draft := range []string{"Before the first heading.\n", string(data), "### Sub {#OS-6.1}\n\nx\n", "#### Deep {#OS-6.1.1}\n\nx\n", "## Next " + string(slot.Mark(1)) + " {#OS-7}\n\n" + string(slot.Mark(1)) + "\n"} {
		s, problems := document.Parse(draft)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		sections = append(sections, Section{Write(s), []slot.Detail{{Text: fmt.Sprint(len(sections))}, {Text: "a <detail>", Gap: true}}})
	}
	return sections
}

var meta = &document.Meta{
	Title: "A <title>", Setting: "N & Co", Lang: "en-GB", Version: "1", Edition: "2026-09", Approved: "1 September 2026", Cover: true,
	Brand: document.Brand{Colour: "1F3864", Font: "Trebuchet MS", Strapline: "A \"motto\"", Crest: &document.Picture{Data: []byte("x"), Type: "image/png", Width: 30, Height: 40, Alt: `Crest "x"`}},
}

// An element of a page that has been read.
type element struct {
	name  string
	attrs map[string]string
}

// void matches the elements that have no end tag.
var void = regexp.MustCompile(`(<(?:meta|br|hr|img|input)\b[^>]*)>`)

// parse reads a page as strictly as XML and returns its elements in order, and
// its words. What is not closed, or closed twice, is an error.
func parse(t testing.TB, page []byte) ([]element, string) {
	d := xml.NewDecoder(bytes.NewReader(void.ReplaceAll(page, []byte("$1/>"))))
	d.Entity = xml.HTMLEntity
	var list []element
	var words strings.Builder
	for {
		token, err := d.Token()
		if err == io.EOF {
			return list, words.String()
		}
		if err != nil {
			t.Fatalf("the page is not well formed: %v", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := element{token.Name.Local, map[string]string{}}
			for _, a := range token.Attr {
				if _, twice := e.attrs[a.Name.Local]; twice {
					t.Errorf("<%s> has %s twice", e.name, a.Name.Local)
				}
				e.attrs[a.Name.Local] = a.Value
			}
			list = append(list, e)
		case xml.CharData:
			words.Write(token)
		}
	}
}

// TestPage checks what WCAG 2.2 and a page that stands alone ask of every page.
func TestPage(t *testing.T) {
	page := readLook(t).Page(nil, meta, everything(t))
	list, words := parse(t, page)
	count := map[string]int{}
	ids := map[string]bool{}
	labels := map[string]bool{}
	level := 1
	for _, e := range list {
		count[e.name]++
		if id := e.attrs["id"]; id != "" {
			if ids[id] {
				t.Errorf("two elements have the id %s", id)
			}
			ids[id] = true
		}
		if len(e.name) == 2 && e.name[0] == 'h' && e.name != "hr" {
			n := int(e.name[1] - '0')
			if n > level+1 && e.attrs["id"] != "contents" {
				t.Errorf("a heading of level %d follows one of level %d", n, level)
			}
			level = n
		}
		switch e.name {
		case "html":
			if e.attrs["lang"] != "en-GB" {
				t.Errorf("the language is %q", e.attrs["lang"])
			}
		case "th":
			if e.attrs["scope"] == "" {
				t.Error("a header cell without scope")
			}
		case "img":
			if e.attrs["alt"] != `Crest "x"` || !strings.HasPrefix(e.attrs["src"], "data:image/png;base64,") {
				t.Errorf("the crest: %v", e.attrs)
			}
		case "svg":
			if e.attrs["role"] != "img" || e.attrs["aria-label"] == "" {
				t.Errorf("a diagram without a name: %v", e.attrs)
			}
		case "link", "script", "iframe", "object", "base":
			t.Errorf("<%s> fetches something or runs something", e.name)
		}
		if e.attrs["role"] == "region" {
			if e.attrs["tabindex"] != "0" || e.attrs["aria-label"] == "" || labels[e.attrs["aria-label"]] {
				t.Errorf("a region that cannot be reached or told apart: %v", e.attrs)
			}
			labels[e.attrs["aria-label"]] = true
		}
		for name := range e.attrs {
			if strings.HasPrefix(name, "on") || name == "style" {
				t.Errorf("<%s> has the attribute %s", e.name, name)
			}
		}
	}
	for name, want := range map[string]int{"h1": 1, "main": 1, "header": 1, "footer": 1, "nav": 1, "title": 1, "svg": 1} {
		if count[name] != want {
			t.Errorf("%d <%s>, want %d", count[name], name, want)
		}
	}
	for _, e := range list {
		if target, ok := strings.CutPrefix(e.attrs["href"], "#"); ok && !ids[target] {
			t.Errorf("a link to #%s, which is not there", target)
		}
	}
	for _, want := range []string{"A <title>", "N & Co", `A "motto"`, "To complete: a <detail>", "*escaped* marks & an entity é", "version 1, approved 1 September 2026"} {
		if !strings.Contains(words, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if m := regexp.MustCompile(`(?i)@import|url\(|https?://[^"]*\.(?:css|js|png)`).Find(page); m != nil {
		t.Errorf("the page fetches %s", m)
	}
}

func TestFragment(t *testing.T) {
	fragment := (&Look{}).Fragment(nil, meta, everything(t))
	list, _ := parse(t, fragment)
	for _, e := range list {
		switch e.name {
		case "html", "head", "body", "h1", "main", "img":
			t.Errorf("a fragment with <%s>", e.name)
		}
	}
	if list[0].name != "div" || list[0].attrs["lang"] != "en-GB" {
		t.Errorf("the fragment begins with %v", list[0])
	}
}

func TestLook(t *testing.T) {
	for _, test := range []struct {
		files map[string]string
		want  string
	}{
		{map[string]string{}, "page.html: a page without {{body}} says nothing\n\twrite {{body}} where the document is to stand"},
		{map[string]string{"page.html": "x\n {{titel}}{{.lang}}{{ style }}\n{{body}}{{x}}"}, `page.html:2:2: there is no {{titel}} in a page
	write {{title}}
page.html:2:11: there is no {{.lang}} in a page
	write {{lang}}
page.html:2:20: there is no {{ style }} in a page
	write {{style}}
page.html:3:9: there is no {{x}} in a page
	it can be "lang", "title", "setting", "colour", "font", "style", "crest", "strapline", "layout", "contents", "heading", "body" or "footer"`},
		{map[string]string{"page.html": "{{body}}", "page.css": "a\n</STYLE><script>", "print.css": "caf\xe9"}, `page.css:2:1: styles cannot hold </style
	take it out: the styles stand in the page itself
print.css:1:4: a character that is not UTF-8
	save the file as UTF-8`},
	} {
		files := map[string][]byte{}
		for n, s := range test.files {
			files[n] = []byte(s)
		}
		if _, err := ReadLook(files); err == nil || err.Error() != test.want {
			t.Errorf("got\n%v\nwant\n%s", err, test.want)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, s := range []string{"", "one", "a few words that wrap", strings.Repeat("x", 500), "a " + strings.Repeat("Ǣ", 99) + " b"} {
		lines := wrap(s, 200)
		if got := strings.Join(strings.Fields(strings.Join(lines, "")), ""); got != strings.Join(strings.Fields(s), "") {
			t.Errorf("%q wraps as %q", s, lines)
		}
		for _, l := range lines {
			if measure(l) > 200 {
				t.Errorf("the line %q is %d wide", l, measure(l))
			}
		}
	}
}
