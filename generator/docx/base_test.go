package docx

import (
	"archive/zip"
	"bytes"
	"io"
	"maps"
	"strings"
	"testing"

	"github.com/policygen/policygen/generator/document"
)

func TestBase(t *testing.T) {
	base := strings.Repeat("policygenAB12+/", 200) + "AQAA//8="
	about := &document.Meta{Title: "A title", Setting: "St <b>'s", URN: "900001", Document: "online-safety-policy", Edition: "2026-09", Lang: "en-GB"}
	lends := change(t, letterheadFile(t), "word/_rels/header1.xml.rels", func(s string) string {
		return strings.Replace(s, `</Relationships>`, `<Relationship Id="rId7" Type="`+officeRel+`customXml" Target="/customXml/Item1.xml"/></Relationships>`, 1)
	})
	lends = with(t, lends, "customXml/Item1.xml", "<theirs/>")
	for name, reference := range map[string][]byte{"plain": nil, "a letterhead with a part of that name": lends} {
		l := newLook(t, brand, reference)
		data, err := l.File(nil, about, everything(t), base)
		if err != nil {
			t.Fatal(err)
		}
		if faults := Lint(data); len(faults) > 0 {
			t.Errorf("%s: %s", name, strings.Join(faults, "\n"))
		}
		if got := Base(data); got != base {
			t.Errorf("%s: the base is %.40q", name, got)
		}
		want := map[string]string{"policygen edition": "2026-09", "policygen document": "online-safety-policy", "policygen setting": "St <b>'s", "policygen urn": "900001"}
		if got := Properties(data); !maps.Equal(got, want) {
			t.Errorf("%s: the properties are %q", name, got)
		}
		// Other programs rename parts, compress them and break lines.
		other := renamed(t, data, func(name, part string) (string, string) {
			if strings.HasPrefix(name, "customXml/item") && !strings.Contains(name, "Props") {
				return "customXml/item7.xml", strings.Replace(part, "+/", "+\r\n/", 1)
			}
			return name, part
		})
		if got := Base(other); got != base {
			t.Errorf("%s: after another program, the base is %.40q", name, got)
		}
		without, err := l.File(nil, about, everything(t), "")
		if err != nil {
			t.Fatal(err)
		}
		if faults := Lint(without); len(faults) > 0 {
			t.Errorf("%s, without a base: %s", name, strings.Join(faults, "\n"))
		}
		if got := Base(without); got != "" {
			t.Errorf("%s: a base out of nothing: %.40q", name, got)
		}
	}
	if got := Base([]byte("no package")); got != "" {
		t.Errorf("a base out of nothing: %.40q", got)
	}
	if got := Properties([]byte("no package")); len(got) > 0 {
		t.Errorf("properties out of nothing: %q", got)
	}
}

// with returns a package with one part more.
func with(t testing.TB, data []byte, name, part string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.File {
		if err := z.Copy(f); err != nil {
			t.Fatal(err)
		}
	}
	w, err := z.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, part)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// renamed returns a package with parts that f has changed.
func renamed(t testing.TB, data []byte, f func(name, part string) (string, string)) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range r.File {
		name, text := f(part.Name, string(partOf(t, data, part.Name)))
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, text)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
