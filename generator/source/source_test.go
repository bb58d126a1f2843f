package source

import (
	"strings"
	"testing"
)

func TestErrors(t *testing.T) {
	var e Errors
	if e.Err() != nil {
		t.Error("no problems are an error")
	}
	e.Add(Pos{"b.toml", 2, 1}, `did you mean "name"?`, "no detail is called %q", "nmae")
	e.Add(Pos{"t.md", 14, 9}, "", "no detail is called %q", "x")
	e.Add(Pos{"b.toml", 1, 8}, "", "want a date")
	e.Add(Pos{"t.md", 14, 9}, "", "no detail is called %q", "x")
	e.Add(Pos{File: "b.toml"}, "", "no name")
	want := `b.toml: no name
b.toml:1:8: want a date
b.toml:2:1: no detail is called "nmae"
	did you mean "name"?
t.md:14:9: no detail is called "x"`
	if got := e.Err().Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestManyErrors(t *testing.T) {
	var e Errors
	e.Add(Pos{"a.toml", 1, 1}, "", "first")
	for i := range maxPrinted + 2 {
		e.Add(Pos{"b.toml", i + 1, 1}, "", "x")
	}
	e.Add(Pos{"c.toml", 1, 1}, "", "last")
	got := strings.Split(e.Error(), "\n")
	if len(got) != maxPrinted+3 || got[0] != "a.toml:1:1: first" || got[maxPrinted] != "b.toml:100:1: x" || got[maxPrinted+1] != "b.toml: and 2 more" || got[maxPrinted+2] != "c.toml:1:1: last" {
		t.Errorf("got\n%s", e)
	}
}

func TestPosition(t *testing.T) {
	const text = "ab\nédc\n"
	for _, test := range []struct {
		offset, line, col int
	}{{0, 1, 1}, {2, 1, 3}, {3, 2, 1}, {5, 2, 3}, {7, 2, 5}, {8, 3, 1}, {99, 3, 1}, {-1, 1, 1}} {
		want := Pos{"f", test.line, test.col}
		if got := Position("f", text, test.offset); got != want {
			t.Errorf("offset %d: got %v, want %v", test.offset, got, want)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"name", "short_name", "learner_phones", "staff_phones", "type"}
	for word, want := range map[string]string{
		"nmae": "name", "Name": "name", "learner_phone": "learner_phones", "staffphones": "staff_phones",
		"tpye": "type", "colour": "", "": "", "x": "",
	} {
		if got := Nearest(word, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestQuoted(t *testing.T) {
	for want, words := range map[string][]string{
		``: nil, `"a"`: {"a"}, `"a" or "b"`: {"a", "b"}, `"a", "b" or "c"`: {"a", "b", "c"},
	} {
		if got := Quoted(words, "or"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
