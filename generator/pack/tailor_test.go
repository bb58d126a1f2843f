package pack

import (
	"strings"
	"testing"

	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/toml"
)

const tailored = `## One {#OS-1}

{{answers "R-1"}}
The {{.people.dsl.title}} leads. See {{section "OS-2"}} and {{section "OS-A1"}}.

## Two {#OS-2}

Words of {{.setting.website}}.

### Below {#OS-2.1}

More.

## Contacts {#OS-A1}

Somebody.

## Map {#OS-A2}

Of lessons.
`

// fillTailored fills the template above in for a primary school with those
// further lines in its file, and returns the text, the problems, and the draft.
func fillTailored(t *testing.T, lines string) (string, *Draft, error) {
	front := strings.Replace(front, "types =", "extras = [\"OS-A2\"]\ntypes =", 1)
	p, err := Read("t", testEdition(t, map[string]string{
		"online-safety/policy.md": front + tailored,
		"edition.toml":            strings.Replace(string(testEdition(t, nil)["e/edition.toml"].Data), "[[family]]", "left_out = \"Left out, because:\"\n[[family]]", 1),
	}), "e")
	if err != nil {
		t.Fatal(err)
	}
	s, err := setting.Read(toml.Parse("s.toml", []byte("[setting]\nname = \"N\"\ntype = \"maintained_primary\"\n[people.dsl]\ntitle = \"Head\"\n"+lines)), p.Form)
	if err != nil {
		return "", nil, err
	}
	if err := p.Check(s); err != nil {
		return "", nil, err
	}
	drafts, err := p.Fill(s)
	if err != nil {
		return "", nil, err
	}
	var b strings.Builder
	for _, s := range drafts[0].Sections {
		b.WriteString(s.Number() + "|" + strings.TrimSpace(words(s)) + "\n")
	}
	return b.String(), drafts[0], nil
}

func TestTailoring(t *testing.T) {
	for _, test := range []struct{ name, lines, want string }{
		{"as it is", "", `1|## One {#OS-1}

The Head leads. See [section 2](#OS-2) and [appendix A](#OS-A1).
2|## Two {#OS-2}

Words of To complete: website of the setting.
2.1|### Below {#OS-2.1}

More.
Appendix A|## Contacts {#OS-A1}

Somebody.
`},
		{"leave out", "[[tailoring]]\nsection = \"OS-2\"\nchange = \"leave_out\"\n[output]\ninclude_appendices = [\"OS-A2\"]\n", `1|## One {#OS-1}

The Head leads. See "Two" (left out here) and "Contacts" (left out here).
Appendix A|## Map {#OS-A2}

Of lessons.
`},
		{"leave out what is required, with a reason", "[[tailoring]]\nsection = \"OS-1\"\nchange = \"leave_out\"\nreason = \"It is *elsewhere*.\"\n[output]\ninclude_appendices = [\"none\"]\n", `1|## One {#OS-1}

Left out, because: It is *elsewhere*.
2|## Two {#OS-2}

Words of To complete: website of the setting.
2.1|### Below {#OS-2.1}

More.
`},
		{"add and replace", "[[tailoring]]\nsection = \"OS-2.1\"\nchange = \"add\"\ntext = \"And *more*.\"\n[[tailoring]]\nsection = \"OS-2.1\"\nchange = \"replace\"\ntext = \"Ours.\"\n[[tailoring]]\nsection = \"OS-2.1\"\nchange = \"add\"\ntext = \"And yet more.\"\n[[tailoring]]\nsection = \"OS-1\"\nchange = \"replace\"\ntext = \"Also ours.\"\n", `1|## One {#OS-1}

Also ours.
2|## Two {#OS-2}

Words of To complete: website of the setting.
2.1|### Below {#OS-2.1}

Ours.

And *more*.

And yet more.
Appendix A|## Contacts {#OS-A1}

Somebody.
`},
		{"replace and add", "[[tailoring]]\nsection = \"OS-2\"\nchange = \"replace\"\ntext = \"\"\"\nOurs.\n\n- one\n\"\"\"\n[[tailoring]]\nsection = \"OS-2.1\"\nchange = \"add\"\ntext = \"And *more*.\"\n[output]\ninclude_appendices = [\"recommended\", \"OS-A2\"]\n", `1|## One {#OS-1}

The Head leads. See [section 2](#OS-2) and [appendix A](#OS-A1).
2|## Two {#OS-2}

Ours.

- one
2.1|### Below {#OS-2.1}

More.

And *more*.
Appendix A|## Contacts {#OS-A1}

Somebody.
Appendix B|## Map {#OS-A2}

Of lessons.
`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, d, err := fillTailored(t, test.lines)
			if err != nil {
				t.Fatal(err)
			}
			if got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
			if test.name == "replace and add" {
				for _, s := range d.Sections {
					for _, detail := range s.Details {
						if s.Code == "OS-2" && detail.Gap {
							t.Error("a gap is left of text that has been replaced")
						}
					}
				}
				if len(d.Gone) != 1 || !d.Gone[0].OwnWords {
					t.Errorf("gone: %+v", d.Gone)
				}
			}
		})
	}
}

func TestTailoringProblems(t *testing.T) {
	for _, test := range []struct{ name, lines, want string }{
		{"required", "[[tailoring]]\nsection = \"OS-1\"\nchange = \"leave_out\"\n", `s.toml:7:11: OS-1 cannot be left out without a reason: it answers R-1 (Keeping children safe, paragraph 3)
	add reason = "…": it is printed in place of the section`},
		{"unknown", "[[tailoring]]\nsection = \"OS-9\"\nchange = \"leave_out\"\n", `s.toml:7:11: none of this setting's documents has the section OS-9
	did you mean "OS-1"?`},
		{"nothing said", "[[tailoring]]\nsection = \"OS-2\"\n[[tailoring]]\nchange = \"add\"\n[[tailoring]]\nsection = \"OS-2\"\nchange = \"add\"\n", `s.toml:7:11: tailoring of OS-2 does not say what is done with it
	add change = "add", "replace" or "leave_out"
s.toml:9:10: an entry of tailoring does not say which section it changes
	add section = "OS-7.3" or the like
s.toml:11:11: tailoring of OS-2 has no words of your own
	add text = """…"""`},
		{"Markdown that is not in the dialect", "[[tailoring]]\nsection = \"OS-2\"\nchange = \"add\"\ntext = \"\"\"\nFine.\n\n## A heading\n\n<b>no</b>\n\"\"\"\n", `s.toml:12:1: tailoring.text: a heading is not allowed in it
	use **strong** words instead
s.toml:14:1: tailoring.text: HTML is not allowed in a policy
	write Markdown, or put a backslash before the <
s.toml:14:6: tailoring.text: HTML is not allowed in a policy
	write Markdown, or put a backslash before the <`},
		{"Markdown on other lines", "[[tailoring]]\nsection = \"OS-2\"\nchange = \"add\"\ntext = \"\"\"Fine <b>\nand <i>\"\"\"\n[[tailoring]]\nsection = \"OS-2.1\"\nchange = \"add\"\ntext = \"Fine.\\n\\nAnd <b>\"\n", `s.toml:9:16: tailoring.text: HTML is not allowed in a policy
	write Markdown, or put a backslash before the <
s.toml:10:5: tailoring.text: HTML is not allowed in a policy
	write Markdown, or put a backslash before the <
s.toml:14:8: tailoring.text: HTML is not allowed in a policy
	write Markdown, or put a backslash before the <`},
		{"words and none", "[[tailoring]]\nsection = \"OS-2\"\nchange = \"leave_out\"\n[[tailoring]]\nsection = \"OS-2\"\nchange = \"add\"\ntext = \"Ours.\"\n[[tailoring]]\nsection = \"OS-2\"\nchange = \"leave_out\"\n", `s.toml:10:11: tailoring leaves OS-2 out, and has words for it
	line 7 says otherwise: keep one of them
s.toml:14:11: tailoring leaves OS-2 out twice
	line 7 does, too: keep one of them`},
		{"words in one place twice", "[[tailoring]]\nsection = \"OS-2\"\nchange = \"replace\"\ntext = \"Ours.\"\n[[tailoring]]\nsection = \"OS-2\"\nchange = \"replace\"\ntext = \"Theirs.\"\n", `s.toml:11:11: tailoring puts words in the place of OS-2 twice
	line 7 does, too: keep one of them`},
		{"words for what goes with another", "[[tailoring]]\nsection = \"OS-2.1\"\nchange = \"add\"\ntext = \"Ours.\"\n[[tailoring]]\nsection = \"OS-2\"\nchange = \"leave_out\"\n", `s.toml:7:11: tailoring has words for OS-2.1, and leaves OS-2 out, which it is part of
	take one of the two out`},
		{"words for an appendix that is not there", "[[tailoring]]\nsection = \"OS-A2\"\nchange = \"add\"\ntext = \"Ours.\"\n[[tailoring]]\nsection = \"OS-A1\"\nchange = \"leave_out\"\n", `s.toml:7:11: tailoring has words for OS-A2, and the appendix OS-A2 is not included
	add "OS-A2" to output.include_appendices, or take the words out`},
		{"appendices", "[output]\ninclude_appendices = [\"OS-A9\"]\n", `s.toml:7:23: no appendix and no extra document has the code "OS-A9"
	did you mean "OS-A1"?`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := fillTailored(t, test.lines)
			if err == nil || err.Error() != test.want {
				t.Errorf("got\n%v\nwant\n%s", err, test.want)
			}
		})
	}
}
