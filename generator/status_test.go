package generator

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/policygen/policygen/generator/pack"
	"github.com/policygen/policygen/generator/receipt"
	"github.com/policygen/policygen/generator/source"
	"github.com/policygen/policygen/generator/toml"
	"github.com/policygen/policygen/templates"
)

func builtinPacks(t *testing.T) []*pack.Pack {
	t.Helper()
	ids, err := pack.Editions(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	var packs []*pack.Pack
	for _, id := range ids {
		p, err := pack.Read("templates", templates.FS, id)
		if err != nil {
			t.Fatal(err)
		}
		packs = append(packs, p)
	}
	return packs
}

func date(t *testing.T, s string) toml.Date {
	t.Helper()
	if s == "" {
		return toml.Date{}
	}
	d, err := toml.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// receiptOf returns a receipt of files, each "document edition words".
func receiptOf(details map[string]string, files ...string) *receipt.Receipt {
	r := &receipt.Receipt{Setting: "N", Edition: "2026-09", Details: details}
	for _, f := range files {
		var e receipt.File
		fmt.Sscan(f, &e.Document, &e.Edition, &e.Words)
		e.Name, e.Format, e.SHA256 = e.Document+".md", "md", receipt.Digest([]byte(e.Document))
		r.Files = append(r.Files, e)
	}
	return r
}

// made returns what a receipt tells of, all of it as it was made.
func made(r *receipt.Receipt) *Made {
	m := &Made{Receipt: r, Folder: "out/n", ID: "n", Digests: map[string]string{}}
	for _, f := range r.Files {
		m.Digests[f.Name] = f.SHA256
	}
	return m
}

func TestStand(t *testing.T) {
	packs := builtinPacks(t)
	details := map[string]string{"setting.type": "childminder", "review.approved_date": "2026-09-22", "review.next_review": "2027-09-21"}
	m := made(receiptOf(details, "anti-bullying-policy 2026-09 900", "online-safety-policy 2016-09 1000", "online-safety-records 2031-09 100"))
	word := m.Receipt.Files[1]
	word.Name, word.Format, word.Gaps, word.Edition = "online-safety-policy.docx", "docx", 3, "2026-09"
	m.Receipt.Put(word)
	m.Digests["online-safety-policy.md"] = receipt.Digest([]byte("edited"))

	tell := func(day string) (lines []string) {
		for _, d := range Stand(m, packs, date(t, day)).Documents {
			lines = append(lines, fmt.Sprintf("%s %s family=%q by=%q due=%s overdue=%t gaps=%d edited=%q missing=%q unknown=%t moved=%t",
				d.Document, d.Edition, d.Family, d.By, d.Due, d.Overdue, d.Gaps, d.Edited, d.Missing, d.Unknown, d.MovedOn() > 0))
		}
		return lines
	}
	want := []string{
		`online-safety-records 2031-09 family="" by="" due=2027-09-21 overdue=false gaps=0 edited=[] missing=[] unknown=true moved=false`,
		`online-safety-policy 2016-09 family="online-safety" by="2026-09" due=2027-09-21 overdue=false gaps=3 edited=["online-safety-policy.md"] missing=["online-safety-policy.docx"] unknown=false moved=true`,
		`anti-bullying-policy 2026-09 family="anti-bullying" by="" due=2027-09-21 overdue=false gaps=0 edited=[] missing=[] unknown=false moved=false`,
	}
	if got := tell("2027-09-21"); !slices.Equal(got, want) {
		t.Errorf("on the day:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, line := range tell("2027-09-22") {
		if !strings.Contains(line, "overdue=true") {
			t.Errorf("a day later: %s", line)
		}
	}
	delete(details, "review.next_review")
	for _, line := range tell("2031-01-01") {
		if !strings.Contains(line, "overdue=false") {
			t.Errorf("without a date: %s", line)
		}
	}
}

// TestMovedOn checks that people are told of what concerns them: a childminder
// of the framework for childminders.
func TestMovedOn(t *testing.T) {
	packs := builtinPacks(t)
	for _, test := range []struct{ typ, old, want string }{
		{"childminder", "Statutory framework for the early years foundation stage", "replaced Early years foundation stage statutory framework for childminders"},
		{"early_years_group", "Statutory framework for the early years foundation stage", "replaced Early years foundation stage statutory framework for group and school-based providers"},
		{"maintained_primary", "Keeping children safe in education", "replaced Keeping children safe in education 2026"},
		{"maintained_primary", "Regulation of Investigatory Powers Act 2000", "unnamed "},
		{"maintained_primary", "Inspecting safeguarding in early years, education and skills settings", "dropped "},
		{"childminder", "Keeping children safe in education", "not told"},
		{"maintained_primary", "Equality Act 2010", "not told"},
	} {
		r := receiptOf(map[string]string{"setting.type": test.typ, "setting.age_low": "3", "setting.age_high": "11"}, "online-safety-policy 2016-09 1")
		got := "not told"
		for _, m := range Stand(made(r), packs, toml.Date{}).Documents[0].Guidance {
			if m.Old == test.old {
				got = string(m.How) + " " + m.New
			}
		}
		if got != test.want {
			t.Errorf("%s, %s: %s, want %s", test.typ, test.old, got, test.want)
		}
	}
}

func TestReadMade(t *testing.T) {
	r := receiptOf(nil, "a 2026-09 1", "b 2026-09 1", "c 2026-09 1")
	r.Files[2].Name = "../outside.md"
	data := r.Write()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("a.md")
	if err != nil {
		t.Fatal(err)
	}
	w.Write([]byte("a"))
	z.Close()
	files := fstest.MapFS{
		"receipt.toml": {Data: data}, "a.md": {Data: []byte("a")}, "outside.md": {Data: []byte("c")},
		"n.receipt.toml": {Data: data}, "n.zip": {Data: b.Bytes()},
		"lost.receipt.toml": {Data: data}, "torn.receipt.toml": {Data: data}, "torn.zip": {Data: b.Bytes()[:20]},
		"bad.receipt.toml": {Data: []byte("setting = 1\n")},
	}
	for name, want := range map[string]string{
		"receipt.toml":      `out out map["a.md"]`,
		"n.receipt.toml":    `n out/n.zip map["a.md"]`,
		"lost.receipt.toml": `lost out/lost.zip map[]`,
		"torn.receipt.toml": `out/torn.zip: it is no archive that can be read`,
		"bad.receipt.toml":  `out/bad.receipt.toml:1:11: want text in quotation marks: "…"; "setting" has a number`,
	} {
		m, err := ReadMade(files, name, "out")
		var got string
		if problems, ok := errors.AsType[source.Errors](err); ok {
			got = problems[0].Pos.String() + ": " + problems[0].Msg
		} else if err != nil {
			t.Fatal(err)
		} else {
			var there []string
			for f, digest := range m.Digests {
				if digest == receipt.Digest([]byte("a")) {
					there = append(there, f)
				}
			}
			got = fmt.Sprintf("%s %s map%q", m.ID, m.Folder, there)
		}
		if got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestSpread(t *testing.T) {
	packs := builtinPacks(t)
	files := []string{"online-safety-policy 2026-09 8000", "online-safety-records 2026-09 500", "acceptable-use-staff 2026-09 6000", "cameras-and-images-policy 2026-09 5000", "anti-bullying-policy 2026-09 4000", "sexting-response-policy 2026-09 3000"}
	for _, test := range []struct{ approved, next, want string }{
		{"2026-09-22", "2027-09-21", "online-safety 2027-09-21, acceptable-use 2027-06-15, cameras-and-images 2027-03-15, anti-bullying 2027-03-15, sexting-response 2027-06-15"},
		{"2026-09-22", "2027-01-31", "online-safety 2027-01-31, acceptable-use 2026-11-13, cameras-and-images 2026-11-13, anti-bullying 2027-01-31, sexting-response 2026-11-13"},
		{"2026-09-22", "2026-10-31", "online-safety 2026-10-31, acceptable-use 2026-10-31, cameras-and-images 2026-10-31, anti-bullying 2026-10-31, sexting-response 2026-10-31"},
		{"", "2027-05-31", "online-safety 2027-05-31, acceptable-use 2027-03-15, cameras-and-images 2026-11-13, anti-bullying 2026-11-13, sexting-response 2027-03-15"},
		{"2026-09-22", "", "online-safety 0000-00-00, acceptable-use 0000-00-00, cameras-and-images 0000-00-00, anti-bullying 0000-00-00, sexting-response 0000-00-00"},
	} {
		s := Stand(made(receiptOf(map[string]string{"setting.type": "pru", "review.approved_date": test.approved, "review.next_review": test.next}, files...)), packs, toml.Date{})
		s.Spread()
		var got []string
		for _, d := range s.Documents {
			day := "0000-00-00"
			if !d.Planned.IsZero() {
				day = d.Planned.String()
			}
			if line := d.Family + " " + day; !slices.Contains(got, line) {
				got = append(got, line)
			}
		}
		if list := strings.Join(got, ", "); list != test.want {
			t.Errorf("approved %s, next %s:\n%s\nwant\n%s", test.approved, test.next, list, test.want)
		}
	}
}

// TestSpreadLaws checks, for every day of four years as the next review, that
// nothing is put off, nothing comes before the approval or onto a weekend, and
// that the last day is kept.
func TestSpreadLaws(t *testing.T) {
	packs := builtinPacks(t)
	files := []string{"online-safety-policy 2026-09 3", "acceptable-use-staff 2026-09 3", "anti-bullying-policy 2026-09 2"}
	approved := date(t, "2026-01-05")
	for day := approved.Time().AddDate(0, 0, 1); day.Year() < 2030; day = day.AddDate(0, 0, 1) {
		next := day.Format(time.DateOnly)
		s := Stand(made(receiptOf(map[string]string{"setting.type": "pru", "review.approved_date": approved.String(), "review.next_review": next}, files...)), packs, toml.Date{})
		s.Spread()
		kept := false
		for _, d := range s.Documents {
			at := d.Planned.Time()
			switch {
			case at.Equal(day):
				kept = true
			case at.After(day), !at.After(approved.Time()), at.Weekday() == time.Saturday, at.Weekday() == time.Sunday, day.Sub(at) > 366*24*time.Hour:
				t.Fatalf("next review %s: %s is planned for %s, a %s", next, d.Document, d.Planned, at.Weekday())
			}
		}
		if !kept {
			t.Fatalf("next review %s: nothing is left on that day", next)
		}
	}
}
