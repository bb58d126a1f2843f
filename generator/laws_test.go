package generator

import (
	"html"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/policygen/policygen/generator/document"
	"github.com/policygen/policygen/generator/docx"
	htmlwriter "github.com/policygen/policygen/generator/html"
	"github.com/policygen/policygen/generator/markdown"
	"github.com/policygen/policygen/generator/slot"
)

var (
	tag   = regexp.MustCompile(`<[^>]*>`)
	space = regexp.MustCompile(`\s+`)
)

// squeeze returns the words of s without what stands between them, and without
// the difference between small and capital letters: a diagram's list begins
// sentences with what the diagram has beside its arrows.
func squeeze(s string) string { return strings.ToLower(space.ReplaceAllString(s, "")) }

// FuzzDrafts checks the law that the dialect is closed for: what Parse accepts,
// every writer prints, and a reader of any of them reads the same words.
func FuzzDrafts(f *testing.F) {
	data, err := os.ReadFile("document/testdata/everything.md")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(data))
	for _, block := range strings.Split(string(data), "\n\n") {
		f.Add(block)
	}
	for _, s := range []string{
		"***a** b*", "*a **b***", "**a *b***", "1. a\n\n   b\n2. c", "- - a", "- 1. a\n  2. b", "- | a |\n  |---|\n  | b |", "a  \nb", "`", "\\*a\\*", "&lt;b&gt;", "&amp;amp;", "1986\\. A year",
		"- a\n\n\n- b", "> [!NOTE]\n> | a |\n> |---|\n> | b |", "\\# a", "a\\\n- b", "[a*b*](https://x.example/(y))", "[a](<https://x.example/a b>)", "- [ ]  a", "+ a\n- b\n* c", "1) a\n2. b", "10. a", "x ______ y", "______", "(___)(___)", "*a*, **b**.", "**a:** b",
	} {
		f.Add(s)
	}
	look, err := docx.NewLook(builtin(f).pack.Look(), document.Brand{Colour: "000000", Font: "Calibri"}, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, draft string) {
		s, problems := document.Parse(draft)
		if len(problems) > 0 {
			return
		}
		details := []slot.Detail{{}}
		var read []string
		ok := true
		s.Walk(func(text []document.Inline) {
			ok = ok && !hasSlot(text)
			if ok {
				read = append(read, squeeze(document.Plain(text, details)))
			}
		})
		if !ok {
			return // there are details for templates only
		}
		meta := &document.Meta{}
		page := string((&htmlwriter.Look{}).Fragment(nil, meta, []htmlwriter.Section{{Mould: htmlwriter.Write(s), Details: details}}))
		var b strings.Builder
		section := docx.Section{Mould: docx.Write(s, look.Width()), Details: details}
		word := file(t, look, section)
		for _, fault := range docx.Lint(word) {
			if !strings.Contains(fault, "which is no bookmark") { // a link to a section that this one is not
				t.Errorf("Word: %s", fault)
			}
		}
		words, err := docx.Text(word)
		if err != nil {
			t.Fatal(err)
		}
		md := string(markdown.Bind(nil, markdown.Write(s), details))
		again, problems := document.Parse(diagram.ReplaceAllString(md, ""))
		for _, p := range problems {
			t.Errorf("Markdown that is not in the dialect: %s in\n%s", p.Msg, md)
		}
		again.Walk(func(text []document.Inline) { b.WriteString(document.Plain(text, details)) })
		for _, r := range read {
			for what, text := range map[string]string{
				"the page":      squeeze(strings.ReplaceAll(html.UnescapeString(tag.ReplaceAllString(page, "")), "_", "")),
				"the Word file": squeeze(strings.ReplaceAll(words, "_", "")),
				"the Markdown":  squeeze(strings.ReplaceAll(b.String(), "_", "")),
			} {
				if !strings.Contains(text, strings.ReplaceAll(r, "_", "")) {
					t.Errorf("%s does not say %q:\n%s", what, r, text)
				}
			}
		}
		// Written again, what was read back is what was written.
		if md2 := string(markdown.Bind(nil, markdown.Write(again), details)); diagram.ReplaceAllString(md, "") != md2 && !strings.Contains(md, "mermaid") && !strings.Contains(md, "| Role | Name |") {
			t.Errorf("Markdown is\n%s\nand, read and written again,\n%s", md, md2)
		}
	})
}

// hasSlot reports whether text holds a slot.
func hasSlot(text []document.Inline) bool {
	return slices.ContainsFunc(text, func(n document.Inline) bool {
		switch n := n.(type) {
		case document.Slot:
			return true
		case *document.Strong:
			return hasSlot(n.Text)
		case *document.Emphasis:
			return hasSlot(n.Text)
		case *document.Link:
			return hasSlot(n.Text) || hasSlot(n.URL)
		}
		return false
	})
}

func file(t *testing.T, look *docx.Look, s docx.Section) []byte {
	data, err := look.File(nil, &document.Meta{Title: "T", Setting: "S"}, []docx.Section{s}, "")
	if err != nil {
		t.Fatal(err)
	}
	return data
}
