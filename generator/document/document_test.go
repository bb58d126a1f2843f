package document

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/policygen/policygen/generator/slot"
)

var update = flag.Bool("update", false, "rewrite the wanted output in testdata")

// everything returns a section that has every construct of the dialect.
func everything(t testing.TB) *Section {
	data, err := os.ReadFile("testdata/everything.md")
	if err != nil {
		t.Fatal(err)
	}
	s, problems := Parse(string(data))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return s
}

// TestEverything keeps testdata/everything.md, by which the writers are tested,
// true to its name.
func TestEverything(t *testing.T) {
	seen := map[string]bool{}
	var visit func(v reflect.Value)
	visit = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Interface, reflect.Pointer:
			if !v.IsNil() {
				visit(v.Elem())
			}
		case reflect.Slice:
			for i := range v.Len() {
				visit(v.Index(i))
			}
		case reflect.Struct:
			seen[v.Type().Name()] = true
			for i := range v.NumField() {
				visit(v.Field(i))
			}
		default:
			seen[v.Type().Name()] = true
		}
	}
	visit(reflect.ValueOf(everything(t)))
	for _, name := range []string{
		"Paragraph", "List", "Table", "Callout", "PageBreak", "Signatures", "Flow",
		"Text", "Strong", "Emphasis", "Link", "Break", "Blank", "Item", "Step", "Exit",
	} {
		if !seen[name] {
			t.Errorf("testdata/everything.md has no %s", name)
		}
	}
}

// TestTree compares the tree of testdata/everything.md with everything.txt.
func TestTree(t *testing.T) {
	got := dump(everything(t))
	const file = "testdata/everything.txt"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// dump writes a tree as text, a block on each line.
func dump(s *Section) string {
	var b strings.Builder
	fmt.Fprintf(&b, "section %s level %d: %s\n", s.Code, s.Level, inlines(s.Title))
	dumpBlocks(&b, s.Blocks, "  ")
	return b.String()
}

func dumpBlocks(b *strings.Builder, blocks []Block, indent string) {
	for _, n := range blocks {
		switch n := n.(type) {
		case *Paragraph:
			fmt.Fprintf(b, "%sparagraph %s\n", indent, inlines(n.Text))
		case *List:
			fmt.Fprintf(b, "%slist ordered=%v start=%d loose=%v\n", indent, n.Ordered, n.Start, n.Loose)
			for _, item := range n.Items {
				fmt.Fprintf(b, "%s  item box=%d\n", indent, item.Box)
				dumpBlocks(b, item.Blocks, indent+"    ")
			}
		case *Table:
			fmt.Fprintf(b, "%stable %v\n", indent, n.Align)
			for _, row := range append([][][]Inline{n.Head}, n.Rows...) {
				fmt.Fprintf(b, "%s  row", indent)
				for _, c := range row {
					fmt.Fprintf(b, " <%s>", inlines(c))
				}
				b.WriteString("\n")
			}
		case *Callout:
			fmt.Fprintf(b, "%scall-out %s\n", indent, n.Label())
			dumpBlocks(b, n.Blocks, indent+"  ")
		case *PageBreak:
			fmt.Fprintf(b, "%spage break\n", indent)
		case *Signatures:
			for _, r := range n.Roles {
				fmt.Fprintf(b, "%ssignature %s\n", indent, inlines(r))
			}
		case *Flow:
			fmt.Fprintf(b, "%sflow %s\n", indent, inlines(n.Title))
			grid := n.Layout()
			for _, s := range n.Steps {
				fmt.Fprintf(b, "%s  %s %s side=%v: %s\n", indent, s.ID, s.Kind, s.Side, inlines(s.Text))
				for _, e := range s.Exits {
					fmt.Fprintf(b, "%s    to %d way %d: %s\n", indent, e.To, grid.Ways[e], inlines(e.Label))
				}
			}
			fmt.Fprintf(b, "%s  rows %v\n", indent, grid.Rows)
			for _, note := range n.Notes {
				fmt.Fprintf(b, "%s  note %s\n", indent, inlines(note))
			}
		}
	}
}

func inlines(text []Inline) string {
	var b strings.Builder
	for _, n := range text {
		switch n := n.(type) {
		case Text:
			fmt.Fprintf(&b, "%q", string(n))
		case Slot:
			fmt.Fprintf(&b, "(slot %d)", n)
		case *Strong:
			fmt.Fprintf(&b, "strong(%s)", inlines(n.Text))
		case *Emphasis:
			fmt.Fprintf(&b, "em(%s)", inlines(n.Text))
		case *Link:
			fmt.Fprintf(&b, "link(%s: %s)", inlines(n.URL), inlines(n.Text))
		case Break:
			b.WriteString("(break)")
		case Blank:
			fmt.Fprintf(&b, "(blank %d)", n)
		}
	}
	return b.String()
}

func TestSlots(t *testing.T) {
	x, y := string(slot.Mark(1)), string(slot.Mark(2))
	s, problems := Parse("## About " + x + " {#OS-1}\n\n**" + x + "** and [" + y + "](https://" + x + "/a) [z](" + y + ")\n")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	const want = `section OS-1 level 2: "About "(slot 1)
  paragraph strong((slot 1))" and "link("https://"(slot 1)"/a": (slot 2))" "link((slot 2): "z")
`
	if got := dump(s); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	details := []slot.Detail{{}, {Text: "A & B"}, {Text: "name", Gap: true}}
	if got, want := Plain(s.Blocks[0].(*Paragraph).Text, details), "A & B and To complete: name z"; got != want {
		t.Errorf("Plain: got %q, want %q", got, want)
	}
}

// TestEntities checks what an entity may bring in.
func TestEntities(t *testing.T) {
	for draft, want := range map[string]string{
		"&eacute;&#233;&#xE9;": "ééé", "&nosuch;": "&nosuch;", "&amp;lt;": "&lt;",
		"&#0;&#xFFFF;&#x1FFFE;&#xFDD0;&#xF0001;&#xE000;&#x202E;&#7;": strings.Repeat("\ufffd", 8),
	} {
		s, problems := Parse(draft + "\n")
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if got := Plain(s.Blocks[0].(*Paragraph).Text, nil); got != want {
			t.Errorf("%s reads %+q, want %+q", draft, got, want)
		}
	}
}

func TestProblems(t *testing.T) {
	x := string(slot.Mark(1))
	for _, test := range []struct{ draft, want string }{
		{"## A\n", "0: a heading without a code"},
		{"## A {#os}\n", "0: the heading's code is not like the codes of sections"},
		{"# A {#OS-1}\n", "0: a heading of level 1"},
		{"##### A {#OS-1}\n", "0: a heading of level 5"},
		{"## [A](https://a.example) {#OS-1}\n", "0: a link in a heading"},
		{"text\n\n## A {#OS-1}\n", "6: a heading that is not written as headings are"},
		{"A\n===\n", "0: a heading of level 1"},
		{"- ## A {#OS-1}\n", "2: a heading inside another block is not allowed in a policy"},
		{"a <b>c</b>\n", "2: HTML is not allowed in a policy|6: HTML is not allowed in a policy"},
		{"<div>\nx\n</div>\n", "0: HTML is not allowed in a policy"},
		{"    code\n", "4: a line that is set in by four spaces or more is not allowed in a policy"},
		{"`code`\n", "0: code between backticks is not allowed in a policy"},
		{"```go\nx\n```\n", `0: a block of "go" is not allowed in a policy`},
		{"![a](b.png)\n", "0: a picture is not allowed in a policy"},
		{"~~gone~~\n", "0: text that is struck through is not allowed in a policy"},
		{"a[^1]\n\n[^1]: note\n", "1: a footnote is not allowed in a policy"},
		{"[a]: https://a.example\n", "0: an address for links, on a line of its own is not allowed in a policy"},
		{"> words\n", "0: a quotation is not allowed in a policy, but a call-out is"},
		{"> [!WARNING]\n> words\n", "0: a quotation is not allowed in a policy, but a call-out is"},
		{"> [!NOTE]\n", "0: a call-out without words"},
		{"a\uffff\n", "1: the character U+FFFF, which cannot be printed"},
		{"[a](javascript:alert(1))\n", `0: a link to "javascript:alert(1)"`},
		{"[a](page.html)\n", `0: a link to "page.html"`},
		{"[a](#one)\n", `0: a link to "#one"`},
		{"[a](<>)\n", "0: a link to nowhere"},
		{"[](https://a.example)\n", "0: a link without words"},
		{"[a](https://a.example \"title\")\n", "0: a title on a link is not allowed in a policy"},
		{"1. [ ] a\n", "0: a check box in a numbered list"},
		{"-\n- a\n", "0: a list item without words"},
		{"| a | b |\n|---|---|\n| a |\n", "20: a row of 1 cells in a table of 2 columns"},
		{"| a | b |\n|---|---|\n| a | b | c |\n", "20: a row of 3 cells in a table of 2 columns"},
		{"| a |\n|---|\n", "0: a table without rows"},
		{"a**b**\n", "1: * or ** inside a word, or against a detail"},
		{"**b**c\n", "0: * or ** inside a word, or against a detail"},
		{"*b*" + x + "\n", "0: * or ** inside a word, or against a detail"},
		{"**[a](https://a.example)**b\n", "0: a * that marks nothing|24: a * that marks nothing"},
		{"a * b \\* c\n", "2: a * that marks nothing"},
		{"a\x07b\n", "1: the character U+0007, which cannot be printed"},
		{"a\u202eb\n", "1: the character U+202E, which cannot be printed"},
		{"a\ue001b\n", "1: the character U+E001, which cannot be printed"},
		{"a\xffb\n", "1: a character that is not UTF-8"},
		{"```signatures\n\n```\n", "0: signatures of nobody"},
		{"```flow\nA start: a\nB act: b\nC decide: c\nD stop: d\nE maybe: e\nA start: x\nwhat\nA -> B\nB -> X\n```\n",
			`50: "maybe" is not a kind of step|61: two steps are called "A"|72: a line that a flow cannot have|84: no step is called "X"`},
		{"```flow\nA act: a\nB act: b\nC decide: c\nD stop: d\nA -> B\nB -> C\nC -> D\n```\n",
			"8: the first step of a flow is not its start|26: the decision C has one way out"},
		{"```flow\nA start: a\nB act: b\nC decide: c\nD stop: d\nE act: e\nF act: f\nA -> C\nC -> D: yes\nC -> D\nF -> F\n```\n",
			"19: no way leads to step B|28: a way from C to D does not say when it is taken|28: two ways out of C are alike|50: no way leads to step E|59: no way leads to step F"},
		{"```flow\nA start: a\nB act: b\nC act: c\nD stop: d\nA -> B: x\nA -> D: y\nB -> C\nC -> B\n```\n",
			"19: step B never comes to an end|28: step C never comes to an end"},
		{"```flow\n```\n", "0: a flow without steps"},
	} {
		_, problems := Parse(test.draft)
		var got []string
		for _, p := range problems {
			got = append(got, fmt.Sprintf("%d: %s", p.Offset, p.Msg))
		}
		if s := strings.Join(got, "|"); s != test.want {
			t.Errorf("%q:\ngot  %s\nwant %s", test.draft, s, test.want)
		}
	}
}

// FuzzParse checks that no draft makes Parse panic, and that what it accepts
// has a place for every word.
func FuzzParse(f *testing.F) {
	data, err := os.ReadFile("testdata/everything.md")
	if err != nil {
		f.Fatal(err)
	}
	for _, block := range strings.Split(string(data), "\n\n") {
		f.Add(block)
	}
	details := make([]slot.Detail, slot.Max)
	f.Fuzz(func(t *testing.T, draft string) {
		s, problems := Parse(draft)
		for _, p := range problems {
			if p.Offset < 0 || p.Offset > len(draft) || p.Msg == "" {
				t.Errorf("an impossible problem: %+v", p)
			}
		}
		if len(problems) > 0 {
			return
		}
		s.Walk(func(text []Inline) { Plain(text, details) })
	})
}
