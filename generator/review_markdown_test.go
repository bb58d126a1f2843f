package generator

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/policygen/policygen/generator/review"
)

// TestMarkdownForward brings every Markdown document of the examples forward from
// the oldest edition to the newest: untouched, edited by a school, and not changed
// by the templates.
func TestMarkdownForward(t *testing.T) {
	eds := editions(t)
	was := markdownOf(t, eds["2016-09"])
	given := review.Given{}
	n := 0
	is := markdownOf(t, eds["2026-09"])
	for _, name := range slices.Sorted(maps.Keys(is)) {
		latest := is[name]
		base, ok := was[name]
		if !ok {
			continue
		}
		n++
		some := n%4 == 0 // of which all laws are tried: of the others they say little more
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			edited := schoolEdits(base)
			same := func(what, got, want string) {
				t.Helper()
				if got != want {
					t.Errorf("%s: %s", what, firstDiff(got, want))
				}
			}
			same("templates unchanged", string(review.Markdown(base, edited, base, true, given).Data), edited)
			res := review.Markdown(base, base, latest, true, given)
			same("school unchanged", string(res.Data), latest)
			if len(res.Decisions) > 0 || res.Own {
				t.Errorf("school unchanged: %d decisions, own %v", len(res.Decisions), res.Own)
			}
			if !some {
				return
			}
			windows := strings.ReplaceAll(base, "\n", "\r\n")
			same("on Windows", string(review.Markdown(base, windows, latest, true, given).Data), strings.ReplaceAll(latest, "\n", "\r\n"))

			const own = "Yellowhammer Xylophone.\n\n"
			i := strings.LastIndex(base, "<!-- policygen")
			res = review.Markdown(base, base[:i]+own+base[i:], latest, true, given)
			same("put together", unsealed(strings.Replace(string(res.Data), own, "", 1)), unsealed(latest))

			res = review.Markdown(base, edited, latest, true, given)
			merged := string(res.Data)
			reread(t, merged)
			same("twice", string(review.Markdown(base, merged, latest, true, given).Data), merged)
			windows = strings.ReplaceAll(edited, "\n", "\r\n")
			same("edited on Windows", string(review.Markdown(base, windows, latest, true, given).Data), strings.ReplaceAll(merged, "\n", "\r\n"))
			asked := merged
			for _, d := range res.Decisions {
				asked += "\n" + d.School
			}
			for _, word := range schoolWords {
				if strings.Count(asked, word) < strings.Count(edited, word) {
					t.Errorf("the school wrote %q, and it is gone", word)
				}
			}
			s, ok := ReadSeal(res.Data)
			if !ok || s.Intact != (merged == latest) || s.Edition != "2026-09" && merged != edited {
				t.Errorf("the seal says %+v, %v", s, ok)
			}
		})
	}
	if n < 150 {
		t.Errorf("there are only %d documents in both editions", n)
	}
}

func markdownOf(t *testing.T, g *Generator) map[string]string {
	out := map[string]string{}
	for _, d := range exampleDocuments(t, g) {
		out[d.Meta.Setting+"/"+d.Meta.Document] = write(t, d, Markdown)
	}
	return out
}

var schoolWords = []string{"Zanzibar", "Yellowhammer", "Xylophone", "Wombat", "Vermilion"}

// schoolEdits edits a document here and there: a word put in, a paragraph and a
// list item added, one taken out.
func schoolEdits(text string) string {
	blocks := strings.Split(text, "\n\n")
	for i := 0; i < len(blocks)-1; i++ {
		b := blocks[i]
		plain := !strings.ContainsAny(b[:min(1, len(b))], "#-|>`*~1234567890 ")
		switch {
		case i%7 == 3 && plain && strings.Contains(b, " "):
			blocks[i] = strings.Replace(b, " ", " Zanzibar ", 1)
		case i%5 == 2 && strings.HasPrefix(b, "- ") && !strings.Contains(b, "\n\n"):
			blocks[i] = b + "\n- Wombat, Vermilion"
		case i%11 == 5 && plain:
			blocks[i] = b + "\n\nYellowhammer Xylophone."
		case i%13 == 6 && plain:
			blocks = slices.Delete(blocks, i, i+1)
		}
	}
	return strings.Join(blocks, "\n\n")
}
