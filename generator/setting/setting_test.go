package setting

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/policygen/policygen/generator/source"
	"github.com/policygen/policygen/generator/toml"
)

func readForm(t testing.TB) *Form {
	data, err := os.ReadFile("../../templates/2026-09/form.toml")
	if err != nil {
		t.Fatal(err)
	}
	f, err := ReadForm(toml.Parse("form.toml", data))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func read(t testing.TB, form *Form, data string) *Setting {
	s, err := Read(toml.Parse("s.toml", []byte(data)), form)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const start = "[setting]\nname = \"N\"\ntype = \"maintained_primary\"\n"

// TestForm checks what every field of the form must have.
func TestForm(t *testing.T) {
	form := readForm(t)
	n := 0
	for f := range form.All() {
		n++
		if f.Label == "" || strings.HasSuffix(f.Label, ".") || strings.ToLower(f.Label[:1]) != f.Label[:1] && !regexp.MustCompile("^(UK|Ofsted|Word) ").MatchString(f.Label) {
			t.Errorf("%s: the label %q cannot follow \"To complete: \"", f.Path, f.Label)
		}
		if f.Example != "" && len(f.Fields) == 0 && f.Accept(f.Example) != nil {
			t.Errorf("%s: its own example: %v", f.Path, f.Accept(f.Example))
		}
		for _, o := range f.Choices {
			if o.Label == "" || strings.HasSuffix(o.Label, ".") {
				t.Errorf("%s: the label %q of %s", f.Path, o.Label, o.Key)
			}
		}
	}
	if n < 500 || len(form.Types) != 22 {
		t.Errorf("%d fields, %d types", n, len(form.Types))
	}
}

func TestFormProblems(t *testing.T) {
	_, err := ReadForm(toml.Parse("form.toml", []byte(`
[[group]]
id = "school"
label = "schools"
[[type]]
id = "pru"
label = "unit"
groups = ["scool"]
[[page]]
title = "P"
[[page.field]]
path = "a.b"
kind = "tekst"
label = "x"
[[page.field]]
path = "a.b.c"
kind = "choice"
label = "x"
need = "maybe"
ask = "soon"
for = ["schol"]
derive = "magic"
default_from = "a.x"
[[page.field]]
path = "a.d"
kind = "text"
pattern = "["
default = 3
colour = "blue"
`)))
	if err == nil {
		t.Fatal("no problem found")
	}
	for _, part := range []string{
		`form.toml:8:1: no group is called "scool"`, `no kind of field is called "tekst"`, `the choice a.b.c has no choices`, `no need is called "maybe"`,
		`"soon" is not when a field can be asked`, `no group and no type of setting is called "schol"`, "did you mean \"school\"?", `nothing is worked out by "magic"`,
		`a.b is a field already, and cannot hold a.b.c`, `a pattern without words for it`, `want text in quotation marks`, `no key is called "page.field.colour"`, "the field a.d has no label",
	} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("no problem says %s:\n%v", part, err)
		}
	}
}

// values are what fields can have, and what not.
var values = []struct {
	field string
	ok    []string
	not   []string
}{
	{"setting.phone", []string{"01632 960100", "0044 1632 960100", "01632  960100 EXT. 12", "(01632) 960 100", "020 7946 0000", "+44 1632 960100", "+44 (0)20 7946 0000", "07700 900123", "0808 157 0000", "01632 960100 ext 12", "116 123", "0800 1111", "999", "01632960100"},
		[]string{"12345", "01632 9601", "+33 1 23 45 67 89", "phone", "01632 960100 or 960101", "1632 960100", "01632 960100 x", "(020) 7946 00001", "079 46", "00 1632 960100", "+44 01632 960100"}},
	{"setting.address.postcode", []string{"ZZ1 1AA", "SW1A 1AA", "M1 1AE", "ZZ11AA", "CR2 6XH", "DN55 1PT"}, []string{"zz1 1aa", "ZZ1", "1AA ZZ1", "ZZ1 1AAA", "ZZ1  1A"}},
	{"setting.website", []string{"https://www.n.example", "http://n.example/a?b=c&d#e", "https://n.example:8080/ä", "HTTPS://N.example", " https://n.example:65535?x ", "http://192.0.2.1/", "https://bücher.example#a"}, []string{"www.n.example", "n.example", "ftp://n.example", "https://", "https://localhost", "javascript:alert(1)", "https://a b.example", "https://u:p@n.example", "https://n.example/<b>", "mailto:a@b.example", "https://.", "https://a.", "https://n..example", "https://n.example:99999", "https://n.example:0", "https://n.example:", "//n.example"}},
	{"setting.email", []string{"office@n.example", "head.teacher+x@n.example", "o'neill@n.example", "a_b-c.d@ks1.n-m.sch.example", "a@xn--schl-5qa.example"},
		[]string{"office", "office@n", "a@b.example, c@d.example", "Name <a@b.example>", "a b@c.example", "@n.example", "office?bcc=x@evil.example", "x@b.example?cc=y", "a#b@c.example", "a&b@c.example", "a%40b@c.example",
			"a@b@c.example", "\"a b\"@c.example", "a..b@c.example", ".a@c.example", "a@-c.example", "a@c..example", "a@c.example.", "a@c.1", "a\u200b@c.example"}},
	{"setting.urn", []string{"900001"}, []string{"90000", "9000011", "090001", "EY90000"}},
	{"setting.ofsted_ey_urn", []string{"EY900006", "900006", "2500001"}, []string{"EY1", "XY900006"}},
	{"setting.laestab", []string{"999/3001"}, []string{"9993001", "99/3001"}},
	{"setting.ukprn", []string{"19000001"}, []string{"29000001", "1900001"}},
	{"brand.primary_colour", []string{"#1F3864", "#abcdef"}, []string{"1F3864", "#FFF", "blue"}},
	{"brand.crest", []string{"crest.png", "images/crest.png"}, []string{"../crest.png", "/etc/passwd", `C:\crest.png`, `..\crest.png`, "a/../../b.png"}},
	{"setting.name", []string{"St Mary's", strings.Repeat("x", 300), "“x” – é"}, []string{strings.Repeat("x", 301), "a\x07", "a\u202eb", "a\ue000b", "a\U000F0000b", "a\uffffb"}},
}

func TestValues(t *testing.T) {
	form := readForm(t)
	for _, test := range values {
		f := form.Field(test.field)
		for _, s := range test.ok {
			if err := f.Accept(s); err != nil {
				t.Errorf("%s refuses %q: %v", test.field, s, err)
			}
		}
		for _, s := range test.not {
			if f.Accept(s) == nil {
				t.Errorf("%s accepts %q", test.field, s)
			}
		}
	}
}

func TestLists(t *testing.T) {
	form := readForm(t)
	for line, want := range map[string]string{
		`internet_access = ["none"]`:                    "",
		`internet_access = ["managed_devices", "byod"]`: "",
		`internet_access = ["byod", "none"]`:            `cannot have "none" beside others`,
		`devices_provided = ["vr", "tablets", "vr"]`:    `technology.devices_provided has "vr" twice`,
		`devices_provided = ["vr", ""]`:                 "",
		`devices_provided = "vr"`:                       "want a list",
		`devices_provided = [3]`:                        "want one of the choices in quotation marks",
	} {
		_, err := Read(toml.Parse("s.toml", []byte(start+"[technology]\n"+line+"\n")), form)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %v, want %q", line, err, want)
		}
	}
}

func TestPrinted(t *testing.T) {
	s := read(t, readForm(t), start+`
age_low = 3
website = "https://www.n.example"
[review]
approved_date = 2026-09-01
[cctv]
enabled = true
areas = ["  the\n gate ", "", "the yard"]
[devices]
staff_phones = "discreet_non_contact"
`)
	for path, want := range map[string]string{
		"review.approved_date": "1 September 2026", "setting.age_low": "3", "cctv.enabled": "yes", "devices.staff_phones": "used only out of contact time, and not in front of learners",
	} {
		if got := s.At(path).Text; got != want {
			t.Errorf("%s prints %q, want %q", path, got, want)
		}
	}
	if got := s.At("cctv.areas").String(); got != "the gate, the yard" {
		t.Errorf("cctv.areas: %q", got)
	}
}

// TestInvisible checks that what nobody sees is no answer, and does not cling to
// one.
func TestInvisible(t *testing.T) {
	form := readForm(t)
	for _, s := range []string{"\u200b", "\u00ad", "\ufeff", "\u2060", "\u2800", "\u3164", "\ufe0f", " \u200b \u200d\t", "\u00a0"} {
		for _, path := range []string{"setting.address.street", "setting.values", "setting.phone", "setting.email"} {
			f := form.Field(path)
			var problems source.Errors
			if v := f.convert(&toml.Value{V: s}, &problems); v.Given || len(problems) > 0 {
				t.Errorf("%s = %+q is taken for an answer: %+v %v", path, s, v, problems)
			}
		}
		if form.Field("setting.name").Accept(s) == nil {
			t.Errorf("%+q is taken for a name", s)
		}
	}
	for _, test := range []struct{ path, given, want string }{
		{"setting.name", "\ufeff\u200b St\u00a0Mary’s \u2060\u00ad", "St Mary’s"},
		{"setting.name", "We \u2764\ufe0f", "We \u2764\ufe0f"},
		{"setting.name", "\u200f\u05d0\u200b", "\u200f\u05d0"},
		{"setting.email", "\u200boffice@n.example\u200b", "office@n.example"},
		{"setting.values", "\u200b  - one\n\u2060- two \u200b\n\u00ad", "  - one\n\u2060- two"},
	} {
		var problems source.Errors
		if got := form.Field(test.path).convert(&toml.Value{V: test.given}, &problems); got.Text != test.want {
			t.Errorf("%s = %+q is %+q, want %+q (%v)", test.path, test.given, got.Text, test.want, problems)
		}
	}
}

func TestDefaults(t *testing.T) {
	form := readForm(t)
	for _, test := range []struct{ typ, path, want string }{
		{"maintained_primary", "terms.learners", "pupils"}, {"maintained_nursery", "terms.learners", "children"}, {"sixth_form_college", "terms.learners", "students"},
		{"childminder", "terms.leader", "childminder"}, {"early_years_group", "terms.leader", "manager"}, {"independent", "terms.leader", "head"},
		{"academy_special", "governance.body", "board of trustees"}, {"pru", "governance.body", "management committee"}, {"independent_special", "governance.body", "proprietor"},
		{"maintained_primary", "setting.key_stages", "early years, Key Stage 1, Key Stage 2"}, {"academy_secondary", "setting.key_stages", "Key Stage 3, Key Stage 4"},
		{"sixth_form_college", "setting.key_stages", "post-16"}, {"early_years_group", "setting.key_stages", "early years"}, {"special_post16", "setting.age_high", "25"},
		{"academy_primary", "devices.learner_phones", "not brought on to the site"}, {"academy_secondary", "devices.learner_wearables", "locked away for the day"},
		{"maintained_primary", "setting.type_label", "maintained primary school"}, {"maintained_primary", "setting.short_name", "N"},
		{"maintained_secondary", "setting.sixth_form", "no"}, {"maintained_primary", "setting.nursery_classes", "no"},
		{"independent", "images.basis.identity", "legitimate interests"}, {"academy_secondary", "images.basis.identity", "public task"},
	} {
		s := read(t, form, "[setting]\nname = \"N\"\ntype = \""+test.typ+"\"\n")
		v := s.At(test.path)
		if got := v.String(); got != test.want || !v.Assumed {
			t.Errorf("%s: %s is %q, want %q", test.typ, test.path, got, test.want)
		}
	}
}

func TestBorrowing(t *testing.T) {
	form := readForm(t)
	s := read(t, form, start+`
[people.dsl]
name = "Mrs A"
phone = "01632 960001"
[people.online_safety_lead]
email = "os@n.example"
[people.senco]
vacant = true
[[people.deputy_dsl]]
vacant = true
[[people.deputy_dsl]]
`)
	if got := s.At("people.prevent_lead.name"); got.Text != "Mrs A" || !got.Assumed || got.Field.Path != "people.prevent_lead.name" {
		t.Errorf("the Prevent lead is not the safeguarding lead: %+v", got)
	}
	// Nobody has one person's name and another's telephone number.
	if got := s.At("people.online_safety_lead.name"); got.Given {
		t.Errorf("the online safety lead has a mailbox of his own and %q for a name", got.Text)
	}
	// A gap that is another's is filled in there.
	if got := s.At("people.anti_bullying_lead.name"); got.Given || got.Field.Path != "people.leader.name" {
		t.Errorf("the gap is %s", got.Field.Path)
	}
	if got := s.At("people.senco.name").Text; got != "vacant" {
		t.Errorf("a vacant post has the name %q", got)
	}
	deputies := s.At("people.deputy_dsl").Rows
	if len(deputies) != 1 || Row(deputies[0], form.Field("people.deputy_dsl").Field("name")).Text != "vacant" {
		t.Errorf("deputies: %v", deputies)
	}
}

func TestWarnings(t *testing.T) {
	form := readForm(t)
	for _, test := range []struct{ data, problem, warning string }{
		{start + "age_low = 11\n", "s.toml:4:11: ages from 11 to 11", ""},
		{start + "[review]\napproved_date = 2026-09-01\nnext_review = 2026-08-31\n", "s.toml:6:15: the next review, 31 August 2026, is before the policy was approved, 1 September 2026", ""},
		{start + "[review]\napproved_date = 2026-09-01\nnext_review = 2027-09-02\n", "", "s.toml:6:15: the next review, 2 September 2027, is more than twelve months after approval"},
		{start + "[review]\napproved_date = 2026-09-01\nnext_review = 2027-09-01\n", "", ""},
		{start + "[people.dsl]\nis_slt = false\n", "", "s.toml:5:10: the designated safeguarding lead is not on the leadership team"},
		{start + "[people.dsl]\ntraining_date = 2024-08-31\n[review]\napproved_date = 2026-09-01\n", "", "s.toml:5:17: the last safeguarding training of the designated safeguarding lead, 31 August 2024, is more than two years before"},
		{start + "[[people.deputy_dsl]]\nname = \"A\"\n[[people.deputy_dsl]]\nname = \"B\"\ntraining_date = 2024-01-01\n[review]\napproved_date = 2026-09-01\n", "", "s.toml:8:17: the last safeguarding training of a deputy safeguarding lead"},
		{start + "[devices]\nlearner_phones = \"allowed_at_breaks\"\n", "", "s.toml:5:18: the statutory guidance Mobile phones in schools expects"},
		{start + "[devices]\nlearner_phones = \"allowed_at_breaks\"\ndeparture_reason = \"We have no storage.\"\n", "", ""},
		{"[setting]\nname = \"N\"\ntype = \"college_fe\"\n[devices]\nlearner_phones = \"allowed_at_breaks\"\n", "", ""},
		{start + "[people.dsl]\nemail = \"a.b@gmail.com\"\n", "", `s.toml:5:9: people.dsl.email, "a.b@gmail.com", looks like a private mailbox`},
		{"[setting]\nname = \"N\"\ntype = \"childminder\"\nemail = \"jo@gmail.com\"\n", "", ""},
		{"[setting]\nname = \"N\"\ntype = \"childminder\"\n[people.senco]\nname = \"X\"\n", "", "s.toml:5:8: people.senco.name does not concern a setting of the type childminder"},
	} {
		s, err := Read(toml.Parse("s.toml", []byte(test.data)), form)
		problem, warning := "", ""
		if err != nil {
			problem = err.Error()
		}
		if len(s.Warnings) > 0 {
			warning = s.Warnings.Error()
		}
		if problem != test.problem || !strings.HasPrefix(warning, test.warning) || test.warning == "" && warning != "" {
			t.Errorf("%s\nproblem %s\nwarning %s\nwant\nproblem %s\nwarning %s", test.data, problem, warning, test.problem, test.warning)
		}
	}
}

// TestBlank checks that the file that is begun for each type reads as a setting
// with a name and a type and nothing else, and that every line that somebody
// can take the mark from is one that the form knows.
func TestBlank(t *testing.T) {
	form := readForm(t)
	marked := regexp.MustCompile(`(?m)^# (\[\[?[a-z_.]+\]\]?|[A-Za-z_][A-Za-z0-9_-]* = )`)
	for _, typ := range form.Types {
		for _, all := range []bool{false, true} {
			b := Blank{Type: typ, Answers: map[string]string{"setting.name": `St "Mary's"`, "setting.type": typ.ID, "people.dsl.name": "Ms X"}, Edition: "2026-09", Schema: "x.json", File: "f.toml", All: all}
			text := form.Write(b)
			s, err := Read(toml.Parse("f.toml", []byte(text)), form)
			if err != nil {
				t.Fatalf("%s: %v\n%s", typ.ID, err, text)
			}
			if len(s.Warnings) > 0 {
				t.Errorf("%s: %v", typ.ID, s.Warnings)
			}
			for f := range form.All() {
				v := s.Value(f)
				if v.Given && !v.Assumed && b.Answers[f.Path] == "" && f.Path != "edition" {
					t.Errorf("%s: %s has been given as %q", typ.ID, f.Path, v)
				}
			}
			if s.Name() != `St "Mary's"` || s.At("people.dsl.name").Text != "Ms X" {
				t.Errorf("%s: the answers are not there", typ.ID)
			}
			_, err = Read(toml.Parse("f.toml", []byte(marked.ReplaceAllString(text, "$1"))), form)
			for _, p := range asProblems(err) {
				if !strings.Contains(p.Msg, "2026-00-00") {
					t.Errorf("%s: with all marks taken away: %v", typ.ID, p)
				}
			}
			for line := range strings.Lines(text) {
				if len(strings.TrimSpace(line)) > 120 {
					t.Errorf("%s: a long line: %s", typ.ID, line)
				}
			}
		}
	}
}

func asProblems(err error) source.Errors {
	var e source.Errors
	e.Gather(err)
	return e
}

// TestSchema checks that the schema is one, that it accepts the examples and
// every file that is begun, and that it refuses what Read refuses.
func TestSchema(t *testing.T) {
	form := readForm(t)
	data, err := form.Schema("2026-09", map[string][]string{"edition": {"2016-09", "2026-09"}, "nation": {"england"}, "language": {"en-GB"}})
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := jsonschema.UnmarshalJSON(strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("s.json", parsed); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("s.json")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../../examples/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(plain(toml.Parse(f, data))); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
	for _, typ := range form.Types {
		text := form.Write(Blank{Type: typ, Answers: map[string]string{"setting.name": "N", "setting.type": typ.ID}, Edition: "2026-09", All: true})
		if err := schema.Validate(plain(toml.Parse("f", []byte(text)))); err != nil {
			t.Errorf("%s: %v", typ.ID, err)
		}
	}
	for _, bad := range []string{
		"[setting]\nname = \"N\"\n", "[setting]\ntype = \"pru\"\n", start + "nmae = \"x\"\n", start + "urn = \"12\"\n", start + "age_low = \"3\"\n", start + "website = \"n.example\"\n",
		start + "[devices]\nlearner_phones = \"everywhere\"\n", start + "[people]\ndsl = \"Mrs A\"\n", start + "[people.dsl]\nnmae = \"x\"\n", start + "key_stages = \"ks1\"\n",
		"edition = \"2025-09\"\n" + start, "nation = \"wales\"\n" + start, "language = \"cy-GB\"\n" + start,
		start + "[technology]\ninternet_access = [\"none\", \"byod\"]\n", start + "[technology]\ndevices_provided = [\"vr\", \"vr\"]\n", start + "[review]\napproved_date = \"soon\"\n",
	} {
		if schema.Validate(plain(toml.Parse("f", []byte(bad)))) == nil {
			t.Errorf("the schema accepts\n%s", bad)
		}
	}
	for _, good := range []string{"edition = \"2016-09\"\nnation = \"england\"\nlanguage = \"en-GB\"\n" + start, "edition = \"\"\nnation = \"\"\n" + start} {
		if err := schema.Validate(plain(toml.Parse("f", []byte(good)))); err != nil {
			t.Errorf("the schema refuses\n%s%v", good, err)
		}
	}
	for _, test := range values {
		table := func(s string) *toml.Table {
			root := toml.Parse("f", []byte(start))
			if test.field == "setting.name" {
				root = toml.Parse("f", []byte("[setting]\ntype = \"pru\"\n"))
			}
			root.Put(test.field, &toml.Value{V: s})
			return root
		}
		for _, s := range test.ok {
			if err := schema.Validate(plain(table(s))); err != nil {
				t.Errorf("the schema refuses %s = %q: %v", test.field, s, err)
			}
		}
		for _, s := range test.not {
			beyond := test.field == "brand.crest" || test.field == "setting.name" // what a schema can say
			if schema.Validate(plain(table(s))) == nil && !beyond {
				t.Errorf("the schema accepts %s = %q", test.field, s)
			}
		}
	}
}

// plain returns a TOML value as JSON has it.
func plain(v any) any {
	switch v := v.(type) {
	case *toml.Table:
		m := map[string]any{}
		for _, k := range v.Keys() {
			m[k] = plain(v.Value(k).V)
		}
		return m
	case []*toml.Value:
		list := []any{}
		for _, item := range v {
			list = append(list, plain(item.V))
		}
		return list
	case toml.Date:
		return v.String()
	case int64:
		return json.Number(fmt.Sprint(v))
	}
	return v
}

// FuzzRead checks that no setting file makes Read panic, and that every problem
// has a possible place.
func FuzzRead(f *testing.F) {
	form := readForm(f)
	files, _ := filepath.Glob("../../examples/*.toml")
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(start + "[[people.deputy_dsl]]\nname = 1\n[people]\ndsl = [{}]\n[technology]\nai = 3\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Read(toml.Parse("f", data), form)
		lines := strings.Count(string(data), "\n") + 1
		for _, p := range append(asProblems(err), s.Warnings...) {
			if p.Pos.File != "f" || p.Pos.Line > lines || p.Msg == "" {
				t.Errorf("an impossible problem: %+v", p)
			}
		}
		if err == nil && (s.Name() == "" || s.Type.ID == "") {
			t.Error("a setting without a name or type")
		}
	})
}

// TestMessages compares what people are told of the slips that they make.
func TestMessages(t *testing.T) {
	form := readForm(t)
	for _, test := range []struct{ name, data, want string }{
		{"an address with a copy to somebody else", start + "email = \"office@n.example?bcc=x@evil.example\"\n", `s.toml:4:9: setting.email is not an e-mail address: "office@n.example?bcc=x@evil.example"
	write it as office@oakfield.example`},
		{"a day, a number and a yes in quotation marks", start + "age_low = \"3\"\n[review]\napproved_date = \"22/09/2026\"\n[cctv]\nenabled = \"Yes\"\n", `s.toml:4:11: want a number; setting.age_low has text
	take the quotation marks away
s.toml:6:17: want a date; review.approved_date has text
	write the day as 2026-09-22, without quotation marks
s.toml:8:11: want true or false; cctv.enabled has text
	write true, without quotation marks`},
		{"what cannot be missed is empty", "[setting]\nname = \" \"\ntype = \"\"\nphone = \n", `s.toml:2:8: setting.name is empty, and nothing can be made without it
	write between the quotation marks the name of the setting
s.toml:3:8: setting.type is empty, and nothing can be made without it
	write between the quotation marks one of the types: policygen list types shows them
s.toml:4:9: nothing stands after the =
	write text between quotation marks, "…", or put # before the line`},
		{"what cannot be missed is not there", "[setting]\nshort_name = \"N\"\n", `s.toml: setting.name is missing, and nothing can be made without it
	add name = "…" under [setting], with the name of the setting
s.toml: setting.type is missing, and nothing can be made without it
	add type = "…" under [setting], with one of the types: policygen list types shows them`},
		{"a number that is not whole", start + "age_low = 1e2\n", `s.toml:4:11: want a whole number without quotation marks; setting.age_low has a decimal number`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Read(toml.Parse("s.toml", []byte(test.data)), form)
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}
