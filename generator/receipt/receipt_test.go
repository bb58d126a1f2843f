package receipt

import (
	"reflect"
	"strings"
	"testing"
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
	data := r.Write()
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
