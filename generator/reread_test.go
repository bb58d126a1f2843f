package generator

import (
	"regexp"
	"strings"
	"testing"

	"github.com/policygen/policygen/generator/document"
	"github.com/policygen/policygen/generator/html"
	"github.com/policygen/policygen/generator/slot"
)

var (
	sectionStart = regexp.MustCompile(`(?m)^#{2,4} `)
	diagram      = regexp.MustCompile("(?s)```mermaid\n.*?\n *```\n")
)

// reread reads Markdown that we have written, and returns what it says as HTML.
// Diagrams and the seal, which are no part of the dialect, are left out.
func reread(t testing.TB, md string) string {
	md = unsealed(md)
	title, rest, _ := strings.Cut(md, "\n")
	var out strings.Builder
	out.WriteString(reread1(t, strings.TrimPrefix(title, "# ")))
	rest = diagram.ReplaceAllString(rest, "")
	from := 0
	for _, m := range append(sectionStart.FindAllStringIndex(rest, -1), []int{len(rest), 0}) {
		out.WriteString(reread1(t, rest[from:m[0]]))
		from = m[0]
	}
	// Whether a link's words say where it leads is known only of words, not of
	// details.
	return strings.ReplaceAll(out.String(), ` class="shown"`, "")
}

// unsealed returns a document without the seal, which changes with every word.
func unsealed(text string) string {
	if i := strings.LastIndex(text, "<!-- policygen: "); i >= 0 {
		return text[:i]
	}
	return text
}

func reread1(t testing.TB, draft string) string {
	s, problems := document.Parse(draft)
	for _, p := range problems {
		t.Errorf("what was written is not in the dialect: %s at %q", p.Msg, draft[p.Offset:min(len(draft), p.Offset+40)])
	}
	meta := &document.Meta{}
	details := make([]slot.Detail, 1)
	return string((&html.Look{}).Fragment(nil, meta, []html.Section{{Mould: html.Write(s), Details: details}}))
}
