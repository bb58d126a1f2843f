package proof_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/policygen/policygen/generator/document"
	"github.com/policygen/policygen/generator/pack"
	"github.com/policygen/policygen/generator/proof"
	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/slot"
	"github.com/policygen/policygen/generator/source"
	"github.com/policygen/policygen/generator/toml"
	"github.com/policygen/policygen/templates"
)

const file = `[setting]
name = "Elm Park School"
type = "maintained_primary"
religious_character = "MOTTO"
[people.dsl]
name = "Mrs Ann Patel"
`

// read proof-reads a document of one section whose text is draft, for a setting
// with that motto, which stands where the draft has %s.
func read(t *testing.T, title, draft, motto string, own ...string) []string {
	t.Helper()
	data, err := fs.ReadFile(templates.FS, "2026-09/form.toml")
	if err != nil {
		t.Fatal(err)
	}
	form, err := setting.ReadForm(toml.Parse("form.toml", data))
	if err != nil {
		t.Fatal(err)
	}
	s, err := setting.Read(toml.Parse("elm.toml", []byte(strings.Replace(file, "MOTTO", motto, 1))), form)
	if err != nil {
		t.Fatal(err)
	}
	section, problems := document.Parse(fmt.Sprintf("## One {#OS-1}\n\n"+draft+"\n", string(slot.Mark(1))))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	sec := proof.Section{Section: section, Details: []slot.Detail{{}, {Path: "setting.religious_character", Text: s.At("setting.religious_character").Text}}}
	for i, words := range own {
		sec.Own = append(sec.Own, pack.Own{Text: words, Pos: source.Pos{File: "elm.toml", Line: 20 + i, Col: 1}})
	}
	guidance := []*pack.Guidance{{ID: "kcsie", Title: "Keeping children safe in education 2026", Also: []string{"KCSIE"}, Status: "statutory"}, {ID: "act", Title: "Education Act 2002", Status: "law"}}
	var out []string
	for _, f := range proof.Read(s, guidance, []proof.Document{{Name: "online-safety-policy", Title: title, File: "t/policy.md", Sections: []proof.Section{sec}}}) {
		out = append(out, f.Pos.String()+": "+f.Msg)
	}
	return out
}

func TestRead(t *testing.T) {
	for _, test := range []struct {
		name, title, draft, motto string
		own                       []string
		want                      string // of the one finding; "" if there is none
	}{
		{name: "nothing", draft: "We teach it (%s). See [the guidance](#OS-1), not to be confused with 3 < 4.", motto: "Aim high"},
		{name: "a bracket", draft: "Ask [name of the DSL] %s", motto: "x", want: `t/policy.md: OS-1 in online-safety-policy has "[name of the DSL]" left in it`},
		{name: "an instruction", draft: "Pupils/students (Delete as appropriate) %s", motto: "x", want: `t/policy.md: OS-1 in online-safety-policy has "Delete as appropriate" left in it`},
		{name: "no value", draft: "%s", motto: "<no value>", want: `elm.toml:4:23: "<no value>" is left in words that are printed`},
		{name: "a bracket in a detail", draft: "%s", motto: "[insert motto]", want: `elm.toml:4:23: "[insert motto]" is left in words that are printed`},
		{name: "to be confirmed", draft: "%s", motto: "TBC", want: `elm.toml:4:23: "TBC" is left in words that are printed`},
		{name: "a template", title: "Online safety template policy", draft: "%s", motto: "x", want: `t/policy.md: the title of online-safety-policy, "Online safety template policy", says "template"`},
		{name: "another setting", draft: "%s", motto: "x", own: []string{"At Birch Lane Primary School we care."}, want: `elm.toml:20:1: "Birch Lane Primary School" is named in words of Elm Park School`},
		{name: "this setting", draft: "%s", motto: "x", own: []string{"At Elm Park School, and at every Primary School, we care."}},
		{name: "last year's guidance", draft: "%s", motto: "x", own: []string{"We follow KCSIE 2023."}, want: `elm.toml:20:1: "KCSIE" of 2023 is named; this edition was written against that of 2026`},
		{name: "this year's guidance", draft: "%s", motto: "x", own: []string{"We follow Keeping children safe in education 2026 and the Education Act 2002."}},
		{name: "another lead", draft: "%s", motto: "x", own: []string{"Tell the designated safeguarding lead, Mr Old."}, want: `elm.toml:20:1: designated safeguarding lead is called "Mr Old" here, and "Mrs Ann Patel" in people.dsl.name`},
		{name: "the same lead", draft: "%s", motto: "x", own: []string{"Tell the DSL, Mrs Patel."}},
		{name: "advice", draft: "%s", motto: "x", own: []string{"Schools should consider whether phones are allowed."}, want: `elm.toml:20:1: "Schools should" is advice to the author, and would be printed (OS-1 in online-safety-policy)`},
		{name: "an empty post", draft: "| Role | Name |\n|---|---|\n| Chair | |\n| %s | Ms A |", motto: "x", want: `t/policy.md: OS-1 in online-safety-policy has a row for "Chair" with nobody in it`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := strings.Join(read(t, test.title, test.draft, test.motto, test.own...), "\n"); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}
