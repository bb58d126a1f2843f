package slot

import (
	"strings"
	"testing"
	"unicode"
)

func TestMark(t *testing.T) {
	for _, n := range []int{0, 1, 500, Max - 1} {
		if got, ok := Of(Mark(n)); got != n || !ok {
			t.Errorf("Of(Mark(%d)) = %d, %v", n, got, ok)
		}
		if !unicode.Is(unicode.Co, Mark(n)) {
			t.Errorf("the mark of slot %d is not a private-use character", n)
		}
	}
	for _, r := range "aé\ue000\U000EFFFF\U00100000" {
		if _, ok := Of(r); ok {
			t.Errorf("%U is taken for a slot", r)
		}
	}
}

func TestBind(t *testing.T) {
	upper := func(dst []byte, c *Cut, details []Detail) []byte {
		d := details[c.Slot]
		if d.Gap {
			return append(dst, c.Context+GapLabel+d.Text...)
		}
		return append(dst, strings.ToUpper(d.Text)...)
	}
	var w Writer
	w.Slot(1, 0, "!")
	w.WriteString(" and ")
	w.Slot(2, 0, "!")
	w.Slot(1, 0, "!")
	w.Late(func(dst []byte, details []Detail) []byte { return append(dst, " late "+details[1].Text...) })
	m := w.Mould()
	for i, test := range []struct {
		details []Detail
		want    string
	}{
		{[]Detail{{}, {Text: "a"}, {Text: "b"}}, "A and BA late a"},
		{[]Detail{{}, {Text: ""}, {Text: "b", Gap: true}}, " and !To complete: b late "},
	} {
		if got := string(m.Bind(nil, test.details, upper)); got != test.want {
			t.Errorf("%d: got %q, want %q", i, got, test.want)
		}
	}
	if w.Len() != 0 || len(w.Mould().cuts) != 0 {
		t.Error("the writer has kept something of the mould it made")
	}
}

func TestAppendURL(t *testing.T) {
	gap := Detail{Text: "website", Gap: true}
	for _, test := range []struct {
		name, got, want string
	}{
		{"begins", string(AppendURL(nil, Detail{Text: "HTTPS://n.example/a?b=c&d=%20#e"})), "HTTPS://n.example/a?b=c&d=%20#e"},
		{"begins with another scheme", string(AppendURL(nil, Detail{Text: "javascript:x"})), "#"},
		{"begins with a gap", string(AppendURL(nil, gap)), "#"},
		{"further on", string(AppendInURL(nil, Detail{Text: "o'neill+x_y-z@n.example"})), "o%27neill+x_y-z@n.example"},
		{"further on, with other fields", string(AppendInURL(nil, Detail{Text: "a@b.example,x?bcc=c@d.example&body=%20#e"})), "a@b.example%2Cx%3Fbcc=c@d.example%26body=%2520%23e"},
		{"a gap further on", string(AppendInURL(nil, gap)), ""},
		{"of a template", string(AppendAddress(nil, "mailto:a@b.example?subject=x y\")")), "mailto:a@b.example?subject=x%20y%22%29"},
	} {
		if test.got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, test.got, test.want)
		}
	}
}
