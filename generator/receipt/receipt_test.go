package receipt

import (
	"bytes"
	"maps"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

func TestReceipt(t *testing.T) {
	r := &Receipt{
		Setting: "St Mary's \"R\" \\ C\t\x01", Edition: "2026-09", Layers: []string{"ours", "a\\b"}, Input: "abc", Gaps: 7,
		Details: map[string]string{"setting.name": "N\nM", "people.deputy_dsl.1.name": "D"},
		Files: []File{
			{Name: "b.md", Document: "b", Format: "md", Edition: "2026-09", SHA256: "ff", Size: 3, Words: 2, Gaps: 1},
			{Name: "a.docx", Document: "a", Format: "docx", Edition: "2026-09", SHA256: "00", Size: 4},
		},
	}
	without := r.Write()
	r.Bases = map[string]string{"a": "AQAA//8=", "b": "bbbb", "b.md": ""}
	data := r.Write()
	if !strings.HasPrefix(string(data), string(without)) {
		t.Error("the bases do not stand at the end")
	}
	got, err := Read("receipt.toml", data)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	if !reflect.DeepEqual(got, r) {
		t.Errorf("got  %+v\nwant %+v", got, r)
	}
	if string(got.Write()) != string(data) {
		t.Error("it is not written as it was read")
	}
	if files, gaps := Scan(data, "abc"); !reflect.DeepEqual(files, r.Files) || gaps != 7 {
		t.Errorf("scanned %+v", files)
	}
	head, err := Head(iotest.OneByteReader(bytes.NewReader(data)))
	if err != nil || string(head) != string(without) {
		t.Errorf("%v: the head is\n%s", err, head)
	}
	if head, err := Head(bytes.NewReader(without)); err != nil || string(head) != string(without) {
		t.Errorf("%v: the head of a receipt without bases is\n%s", err, head)
	}
	if files, gaps := Scan(head, "abc"); !reflect.DeepEqual(files, r.Files) || gaps != 7 {
		t.Errorf("scanned %+v", files)
	}
	spaced := strings.Replace(string(data), `"bbbb"`, `'bbbb' # mine`, 1)
	if again, err := Read("receipt.toml", []byte(spaced)); err != nil || !reflect.DeepEqual(again.Bases, r.Bases) {
		t.Errorf("%v: in another shape, the bases are %q", err, again.Bases)
	}
	data = without
	for name, changed := range map[string]string{
		"another input":      strings.Replace(string(data), `"abc"`, `"abd"`, 1),
		"a line more":        strings.Replace(string(data), "words = 2\n", "words = 2\nmore = 1\n", 1),
		"a line less":        strings.Replace(string(data), "words = 2\n", "", 1),
		"text for a number":  strings.Replace(string(data), "words = 2", "words = \"2\"", 1),
		"something after it": string(data) + "x = 1\n",
		"cut short":          string(data[:len(data)-5]),
	} {
		if changed == string(data) {
			t.Fatal(name)
		}
		if files, _ := Scan([]byte(changed), "abc"); files != nil {
			t.Errorf("%s: scanned %+v", name, files)
		}
	}
	if _, err := Read("receipt.toml", []byte("file = 3\n")); err == nil || !strings.Contains(err.Error(), "receipt.toml:1:8: want tables: [[file]]") {
		t.Errorf("a broken receipt: %v", err)
	}
}

func TestPutBase(t *testing.T) {
	r := &Receipt{Files: []File{{Name: "a.md", Document: "a"}, {Name: "a.docx", Document: "a"}, {Name: "b.md", Document: "b"}}, Bases: map[string]string{"a": "1", "b": "2"}}
	check := func(what string, want map[string]string) {
		t.Helper()
		if !maps.Equal(r.Bases, want) {
			t.Errorf("%s: %q, want %q", what, r.Bases, want)
		}
	}
	r.PutBase("a", "3", nil)
	check("nothing made", map[string]string{"a": "1", "b": "2"})
	r.PutBase("a", "3", []string{"a.md"})
	check("one of two made", map[string]string{"a": "3", "a.docx": "1", "b": "2"})
	if md, docx := r.Base("a.md"), r.Base("a.docx"); md != "3" || docx != "1" {
		t.Errorf("the bases are %q and %q", md, docx)
	}
	r.PutBase("a", "4", []string{"a.md"})
	check("again", map[string]string{"a": "4", "a.docx": "1", "b": "2"})
	r.PutBase("a", "5", []string{"a.md", "a.docx"})
	check("both", map[string]string{"a": "5", "b": "2"})
	delete(r.Bases, "b") // of a receipt of before there were bases
	r.Files = append(r.Files, File{Name: "b.docx", Document: "b"})
	r.PutBase("b", "6", []string{"b.docx"})
	if got := r.Base("b.md"); got != "" {
		t.Errorf("a base that nobody knows is %q", got)
	}
	r.Drop("b.md")
	check("dropped", map[string]string{"a": "5", "b": "6"})
}
