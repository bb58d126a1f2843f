package toml

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/policygen/policygen/generator/source"
)

func TestRead(t *testing.T) {
	root := Parse("f.toml", []byte("\ufeff# a comment\n"+`title = "Oakfield"
count = 1_000
open = true
day = 2026-09-01
at.town = "X"
names = ["a", 'b', """
c"""]
inline = { x = 1, y.z = "deep" }

[people.dsl]
name = "A"
[[people.deputy]]
name = "B"
[people.deputy.more]
x = "under B"
[[people.deputy]]
name = "C"
`))
	if err := root.Problems().Err(); err != nil {
		t.Fatal(err)
	}
	if got := root.Text("title"); got != "Oakfield" {
		t.Errorf("title: %q", got)
	}
	if got := root.Int("count"); got != 1000 {
		t.Errorf("count: %d", got)
	}
	if !root.Bool("open") {
		t.Error("open")
	}
	if got := root.Date("day"); got != (Date{2026, 9, 1}) {
		t.Errorf("day: %v", got)
	}
	if got := root.Table("at").Text("town"); got != "X" {
		t.Errorf("at.town: %q", got)
	}
	if got := strings.Join(root.Texts("names"), ","); got != "a,b,c" {
		t.Errorf("names: %q", got)
	}
	if got := root.Table("inline").Table("y").Text("z"); got != "deep" {
		t.Errorf("inline.y.z: %q", got)
	}
	deputies := root.Table("people").Tables("deputy")
	if len(deputies) != 2 || deputies[0].Text("name") != "B" || deputies[1].Text("name") != "C" {
		t.Errorf("deputies: %v", deputies)
	}
	if got, want := deputies[1].At("name"), (source.Pos{File: "f.toml", Line: 18, Col: 8}); got != want {
		t.Errorf("second deputy's name stands at %v, want %v", got, want)
	}
	if got := root.Table("people").Table("dsl").Keys(); len(got) != 1 || got[0] != "name" {
		t.Errorf("keys: %q", got)
	}
}

func TestProblems(t *testing.T) {
	for _, test := range []struct{ name, data, want string }{
		{"slips", `name = "Oakfield"
nmae = 1
type = maintained
day = 2026-02-30
half = "open
[people.dsl
phone = "1"
[people]
count = "two"
name = “curly”
name = "x"
name = "y"
[people]
`, `f.toml:2:1: no key is called "nmae"
	did you mean "name"?
f.toml:3:8: text without quotation marks
	put it in quotation marks: "maintained"
f.toml:4:7: 2026-02-30 is not a date there is
	write year-month-day, such as 2026-09-01
f.toml:5:13: the line ends too soon
	is a quotation mark or a bracket missing?
f.toml:6:12: the line ends too soon
	is a quotation mark or a bracket missing?
f.toml:9:9: want a whole number, without quotation marks; "people.count" has text
f.toml:10:8: curly quotation marks
	use straight ones: "
f.toml:12:1: "people.name" is given twice
	it stands in line 11, too: keep one of them
f.toml:13:2: [people] stands in the file twice
	put its lines together`},
		{"days", "a = 22/09/2026\nb = 2026-9-22\nc = 22nd Sept 2026 # today\n", `f.toml:1:5: 22/09/2026 is not how a date is written
	write the day as 2026-09-22
f.toml:2:5: 2026-9-22 is not how a date is written
	write the day as 2026-09-22
f.toml:3:5: 22nd Sept 2026 is not how a date is written
	write the day as 2026-09-22`},
		{"telephone numbers", "a = 01632 960100\nb = +44 1632 960100 # \"office\"\nc = (01632) 960100\n", `f.toml:1:5: a number cannot begin with 0
	put a telephone number or a code in quotation marks: "01632 960100"
f.toml:2:5: text without quotation marks
	put it in quotation marks: "+44 1632 960100"
f.toml:3:5: text without quotation marks
	put it in quotation marks: "(01632) 960100"`},
		{"yes and no, numbers, nothing", "a = Yes\nb = FALSE\nc = 1,500\nd =\n", `f.toml:1:5: Yes is not how yes and no are written
	write true
f.toml:2:5: FALSE is not how yes and no are written
	write false
f.toml:3:5: 1,500 is not how a number is written
	write 1500
f.toml:4:4: nothing stands after the =
	write text between quotation marks, "…", or put # before the line`},
		{"quotation marks", "a = Oakfield Primary\nb = \"the \"old\" school\"\n", `f.toml:1:5: text without quotation marks
	put it in quotation marks: "Oakfield Primary"
f.toml:2:11: more on the line than one detail
	begin a new line; or, if it is a quotation mark inside text, put a backslash before it: \"`},
		{"two ways", "a = 1\na.b = 2\n[a.c]\n[[a]]\n[[b]]\n[b.c]\n[b]\n", `f.toml:2:1: "a" is given in two ways
f.toml:3:2: "a" is given in two ways
f.toml:4:3: "a" is given in two ways
f.toml:7:2: [b] stands in the file twice
	put its lines together`},
		{"not UTF-8", "name = \"caf\xe9\"\n", "f.toml:1:12: a character that is not UTF-8\n\tsave the file as UTF-8"},
		{"UTF-16", "\xff\xfen\x00", "f.toml: the file is saved as UTF-16\n\tsave it again as UTF-8"},
		{"zero", "a = 1\n\x00", "f.toml:2:1: a zero byte: this is not a text file"},
		{"a Word file", "PK\x03\x04", "f.toml: the file is a Word or Excel file or an archive\n\tdetails are kept in a text file that ends in .toml"},
		{"large", strings.Repeat("#\n", MaxSize), "f.toml: the file is larger than 4 MB, and so cannot be a file of details"},
		{"numbers", "a = 99999999999999999999\nb = inf\n", `f.toml:1:5: the number 99999999999999999999 is too large, or begins with 0
f.toml:2:5: inf is not a number that can be used here`},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := Parse("f.toml", []byte(test.data))
			if test.name == "slips" {
				root.Text("name")
				root.Value("type")
				root.Date("day")
				root.Text("half")
				root.Table("people").Int("count")
				root.Rest("key")
			}
			err := root.Problems().Err()
			if err == nil {
				t.Fatal("no problem found")
			}
			if got := err.Error(); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// TestLarge checks that a file of the size of a mistake is read in the time that
// its size takes, and not its square: each of these took minutes.
func TestLarge(t *testing.T) {
	begun := time.Now()
	root := Parse("f.toml", []byte("a = 1\n"+strings.Repeat("a.", 100_000)+"a = 1\n["+strings.Repeat("b.", 20)+"b]\nc = { "+strings.Repeat("d.", 20)+"d = 1 }\n"))
	const want = `f.toml:2:1: a name of 100001 parts, where none has more than 16
f.toml:3:2: a name of 21 parts, where none has more than 16
f.toml:4:7: a name of 21 parts, where none has more than 16`
	if got := root.Problems().Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	var b strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&b, "key%d = 1\n", i)
	}
	root = Parse("f.toml", []byte(b.String()))
	for _, k := range root.Keys() {
		root.Value(k)
	}
	if got, want := root.Value("key99999").Pos, (source.Pos{File: "f.toml", Line: 100_000, Col: 12}); got != want {
		t.Errorf("the last value stands at %v, want %v", got, want)
	}
	if spent := time.Since(begun); spent > 30*time.Second {
		t.Errorf("it took %v", spent)
	}
}

func TestReadDate(t *testing.T) {
	for _, s := range []string{"22/09/2026", "22-9-2026", "22.09.26", "22 09 2026", "2026/09/22", "2026-9-22", "22 September 2026", "22nd sept 2026", "22-Sep-26", "September 22nd, 2026", " 22  Sep  2026 "} {
		if got, ok := ReadDate(s); !ok || got != (Date{2026, 9, 22}) {
			t.Errorf("%q is %v, %v", s, got, ok)
		}
	}
	for _, s := range []string{"", "22", "22/09", "31/02/2026", "9/22/2026", "autumn 2026", "01632 960100", "2026"} {
		if got, ok := ReadDate(s); ok {
			t.Errorf("%q is %v", s, got)
		}
	}
}

func TestAddMonths(t *testing.T) {
	for _, test := range []struct {
		from   Date
		months int
		want   string
	}{
		{Date{2026, 9, 1}, 12, "2027-09-01"}, {Date{2026, 1, 31}, 1, "2026-02-28"}, {Date{2024, 2, 29}, 12, "2025-02-28"},
		{Date{2026, 11, 30}, 3, "2027-02-28"},
	} {
		if got := test.from.AddMonths(test.months).String(); got != test.want {
			t.Errorf("%v + %d months = %s, want %s", test.from, test.months, got, test.want)
		}
	}
}

// FuzzParse checks that no file makes Parse panic or run without end, and that
// every problem has a place that is in the file.
func FuzzParse(f *testing.F) {
	f.Add([]byte("a = 1\n[b]\nc = [\"d\", { e = 2026-01-01 }]\n[[f]]\ng.h = '''x'''\n"))
	f.Add([]byte("a = \n[b\n\"\"\" \n= 3\r\n a.b.c = [[[[{"))
	f.Fuzz(func(t *testing.T, data []byte) {
		root := Parse("f", data)
		lines := strings.Count(string(data), "\n") + 1
		for _, e := range root.Problems() {
			if e.Pos.File != "f" || e.Pos.Line < 0 || e.Pos.Line > lines || e.Pos.Line > 0 && e.Pos.Col < 1 {
				t.Errorf("an impossible place: %v", e)
			}
		}
	})
}

func TestMerge(t *testing.T) {
	base := Parse("base.toml", []byte("a = 1\nb = \"base\"\nd = \"base\"\n[t]\nx = \"base\"\ny = \"base\"\n[[l]]\nn = \"base\"\n"))
	over := Parse("over.toml", []byte("b = \"over\"\nd = \"\"\n[t]\ny = \"over\"\n[u]\nz = \"over\"\n[[l]]\nn = \"over\"\n[[l]]\nn = \"two\"\n"))
	m := Merge(base, over)
	if m.File() != "over.toml" {
		t.Errorf("it is %s", m.File())
	}
	for _, test := range []struct{ got, want string }{
		{m.Text("b"), "over"}, {m.Text("d"), "base"}, {m.Table("t").Text("x"), "base"}, {m.Table("t").Text("y"), "over"}, {m.Table("u").Text("z"), "over"},
		{m.Table("t").At("x").File, "base.toml"}, {m.Table("t").At("y").File, "over.toml"}, {m.Tables("l")[0].Text("n"), "over"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
	if m.Int("a") != 1 || len(m.Tables("l")) != 2 || base.Text("b") != "base" || len(base.Tables("l")) != 1 {
		t.Error("a list is not hidden whole, or a table has been changed")
	}
}

func TestPut(t *testing.T) {
	m := New("x.csv")
	put := func(path string) bool {
		return m.Put(path, &Value{Pos: source.Pos{File: "x.csv", Line: 2, Col: 1}, V: path})
	}
	if !put("setting.name") || put("setting.name.x") || !put("edition") || put("l.2.n") {
		t.Error("paths")
	}
	if put("l.3.n") || !put("l.1.n") || !put("l.1.m") || put("l.1.n") || !put("l.2.n") || put("l.1") {
		t.Error("places in lists")
	}
	if got := m.Tables("l"); len(got) != 2 || got[0].Text("m") != "l.1.m" || m.Table("setting").Text("name") != "setting.name" {
		t.Errorf("%d tables", len(got))
	}
}
