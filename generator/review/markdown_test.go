package review_test

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/policygen/policygen/generator/document"
	"github.com/policygen/policygen/generator/review"
)

func forward(base, adopted, latest string) *review.Result {
	return review.Markdown(base, adopted, latest, true, review.Given{})
}

const policy = `# Policy

Oak School keeps *everyone* safe, online
and off. See [section 2](#OS-2).

## 1 Reporting {#OS-1}

Tell the **lead** at once. Do not wait.

- one thing
- another thing
  - a nested thing
- a third thing

1. first of all
2. after that

   with more to say
3. last of all

> [!NOTE]
> Call 999 in danger.

| Who | How |
| :--- | :--- |
| Lead | 01632 960001 |
| Deputy | 01632 960002 |

## 2 Filtering {#OS-2}

- [ ] filter the network
- [ ] check it yearly

---

` + "```mermaid\nflowchart TD\n    s1[\"1. Tell\"]\n    s1 --> s2\n```\n"

// TestMarkdown tries single edits. Each is a list of replacements, in pairs.
func TestMarkdown(t *testing.T) {
	for _, c := range []struct {
		name                   string
		school, template, want []string
		asked                  int
	}{
		{name: "words of both", school: []string{"at once", "right away"}, template: []string{"not wait", "not wait for others", "online\nand off", "online and\nelsewhere"},
			want: []string{"at once", "right away", "not wait", "not wait for others", "and off", "and elsewhere"}},
		{name: "both change the same", school: []string{"at once", "right away"}, template: []string{"at once", "today"}, want: []string{"at once", "right away"}, asked: 1},
		{name: "a heading with another number", school: []string{"2 Filtering", "2 Filtering and monitoring"}, template: []string{"## 2 Filt", "## 2 New {#OS-3}\n\nNew.\n\n## 3 Filt"},
			want: []string{"## 2 Filtering", "## 2 New {#OS-3}\n\nNew.\n\n## 3 Filtering and monitoring"}},
		{name: "a heading without its code", school: []string{" {#OS-2}", ""}, template: []string{"check it yearly", "check it weekly"},
			want: []string{" {#OS-2}", "", "check it yearly", "check it weekly"}},
		{name: "an item comes into a numbered list", school: []string{"with more", "with much more"}, template: []string{"2. after", "2. secondly\n3. after", "3. last", "4. last"},
			want: []string{"with more", "with much more", "2. after", "2. secondly\n3. after", "3. last", "4. last"}},
		{name: "a school's own bullets", school: []string{"- one", "* one", "- another", "* another", "- a third", "* a third", "  - a nested", "    + a nested"}, template: []string{"- a third", "- and one more\n- a third"},
			want: []string{"- one", "* one", "- another", "* another", "- a third", "* and one more\n* a third", "  - a nested", "    + a nested"}},
		{name: "a nested item", school: []string{"another", "a second"}, template: []string{"  - a nested thing", "  - a nested thing\n  - and one beside it"},
			want: []string{"another", "a second", "  - a nested thing", "  - a nested thing\n  - and one beside it"}},
		{name: "more of a call-out", school: []string{"in danger", "in any danger"}, template: []string{"in danger.", "in danger.\n>\n> Then tell the lead."},
			want: []string{"in danger.", "in any danger.\n>\n> Then tell the lead."}},
		{name: "rows and cells", school: []string{"| Lead | 01632 960001 |", "| Lead |  01632 960009  |"}, template: []string{"| Deputy | 01632 960002 |", "| Deputy | 01632 960003 |\n| Head | 01632 960004 |"},
			want: []string{"| Lead | 01632 960001 |", "| Lead |  01632 960009  |", "| Deputy | 01632 960002 |", "| Deputy | 01632 960003 |\n| Head | 01632 960004 |"}},
		{name: "a diagram changes as a whole", school: []string{"wait", "linger"}, template: []string{"1. Tell", "1. Ask", "s2\n", "s3\n"},
			want: []string{"wait", "linger", "1. Tell", "1. Ask", "s2\n", "s3\n"}},
		{name: "a diagram that both change", school: []string{"1. Tell", "1. Say"}, template: []string{"s2\n", "s3\n"}, want: []string{"1. Tell", "1. Say"}, asked: 1},
		{name: "a ticked box", school: []string{"[ ] filter", "[x] filter"}, template: []string{"filter the network", "filter the whole network"},
			want: []string{"[ ] filter the network", "[x] filter the whole network"}},
		{name: "another address", school: []string{"(#OS-2)", "(https://oak.example/filter)"}, template: []string{"[section 2]", "[section 3]"},
			want: []string{"(#OS-2)", "(https://oak.example/filter)"}, asked: 1},
		{name: "emphasis of one and words of the other", school: []string{"everyone", "every single child"}, template: []string{"**lead**", "lead", "keeps *everyone* safe", "keeps *everyone* safe and well"},
			want: []string{"everyone", "every single child", "**lead**", "lead", "* safe", "* safe and well"}},
		{name: "words gone beside emphasis", school: []string{"everyone", "all"}, template: []string{"the **lead** at", "**lead** at"}, want: []string{"everyone", "all", "the **lead**", "**lead**"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			edit := func(pairs []string) string { return strings.NewReplacer(pairs...).Replace(policy) }
			res := forward(policy, edit(c.school), edit(c.template))
			if got, want := string(res.Data), edit(c.want); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
			if len(res.Decisions) != c.asked {
				t.Errorf("%d decisions, want %d", len(res.Decisions), c.asked)
			}
		})
	}
}

// TestMarkdownEnds: how a file ends, and what is told of it.
func TestMarkdownEnds(t *testing.T) {
	latest := strings.Replace(policy, "Do not wait", "Never wait", 1)
	for _, adopted := range []string{
		strings.TrimSuffix(policy, "\n") + "\n\nOur own.",
		policy + "\nOur own.\n\n\n",
		"\n\n" + policy + "\nOur own.\n",
		"\ufeff" + strings.ReplaceAll(policy+"\nOur own.\n", "\n", "\r\n"),
	} {
		want := strings.Replace(adopted, "Do not wait", "Never wait", 1)
		res := forward(policy, adopted, latest)
		if got := string(res.Data); got != want {
			t.Errorf("got:\n%q\nwant:\n%q", got, want)
		}
		if res.Added != 1 || res.Removed != 2 || strings.Join(res.Changed, " ") != "OS-1" || !res.Own {
			t.Errorf("%d words put in, %d taken out, changed %q, own %v", res.Added, res.Removed, res.Changed, res.Own)
		}
	}
}

// TestMarkdownGit compares with git where that merges paragraphs cleanly.
func TestMarkdownGit(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Fatal("git is not installed, and this law needs it: install git")
	}
	dir := t.TempDir()
	text := func(lines []string) string { return strings.Join(lines, "\n\n") + "\n" }
	clean := 0
	for seed := range uint64(100) {
		base, adopted, latest := seeded(seed+5000, 2000).lines()
		want, ok := gitMerge(t, git, dir, base, adopted, latest)
		if !ok || len(want) == 0 || mistaken(want, base, adopted, latest) {
			continue
		}
		clean++
		if got := string(forward(text(base), text(adopted), text(latest)).Data); got != text(want) {
			t.Fatalf("seed %d: merged:\n%s\ngit:\n%s", seed, got, text(want))
		}
	}
	if clean < 30 {
		t.Errorf("git merges only %d texts cleanly", clean)
	}
}

var (
	wordsPattern = regexp.MustCompile(`\pL{2,}`)
	noWords      = regexp.MustCompile(`(?m)\[![A-Za-z]+\]|\{#[^{}]*\}|^.*&.*$`) // marks; and entities, which decisions show as characters
	sealed       = regexp.MustCompile(`sha256 [0-9a-f]{64}`)
	cutPattern   = regexp.MustCompile(`(?m)^#{2,4} `)
)

// FuzzMarkdown: what holds whatever the three texts are.
func FuzzMarkdown(f *testing.F) {
	f.Add(policy, strings.Replace(policy, "thing", "*strange* thing", 2), strings.Replace(policy, "all", "any\n\n  b", 1))
	f.Add("- a\n\n  b\n- c\n", "- a\n\n  own\n- c\n", "- c\n")
	f.Add("> [!NOTE]\n> - a\n", "> [!NOTE]\n> - a\n> - b\n", "> [!NOTE]\n> text\n>\n> - a\n")
	f.Add("9. a\n10. b\n", "9. a\n10. b\n\n    own\n", "8. z\n9. a\n10. b\n")
	f.Add("a|b\n-|-\nc|d\n", "x\na|b\n-|-\nc\\||d\n", "a|b\n-|-\ne|f\n")
	f.Add("Title\n=====\n\ntext\n---\n", "Title\n=====\nown *text\n---\n", "Title\n=====\n\ntext two\n---\n")
	f.Add("~~~\na\n", "    code\n\n\tmore\n<!-- x\ny -->\n<div>\n", "`a` <b> &amp; \\* [x](y) ![p](q) **b**\n")
	f.Fuzz(func(t *testing.T, base, adopted, latest string) {
		if len(base)+len(adopted)+len(latest) > 5000 {
			return // too long to be worth it
		}
		base, latest = clean(base), clean(latest)
		if sealed.MatchString(base + adopted + latest) {
			return // it says itself what it was made from
		}
		if got := string(forward(base, adopted, base).Data); got != adopted {
			t.Errorf("templates unchanged: %q became %q", adopted, got)
		}
		if got := string(forward(base, base, latest).Data); got != latest {
			t.Errorf("school unchanged: %q is not %q", got, latest)
		}
		res := forward(base, adopted, latest)
		merged := string(res.Data)
		if got := string(forward(latest, merged, latest).Data); got != merged {
			t.Errorf("twice: %q became %q", merged, got)
		}
		kept := merged
		for _, d := range res.Decisions {
			kept += "\n" + d.School
		}
		known := base + latest
		for _, w := range wordsPattern.FindAllString(noWords.ReplaceAllString(adopted, " "), -1) {
			if !strings.Contains(known, w) && !strings.Contains(kept, w) {
				t.Errorf("the school wrote %q, which is neither in %q nor in a decision", w, merged)
			}
		}
		whole(t, adopted)
		review.DecisionsList(base, res.Decisions, func(string) string { return adopted })
	})
}

// clean returns text as our own writer ends it.
func clean(text string) string {
	text = strings.TrimLeft(strings.ReplaceAll(text, "\r", ""), "\ufeff")
	return strings.TrimRight(text, " \t\n") + "\n"
}

// whole checks that nothing of a text is lost when a paragraph is put in after it.
func whole(t *testing.T, text string) {
	t.Helper()
	if strings.Trim(text, "\ufeff \t\r\n") == "" {
		return
	}
	const own = "qqz"
	got := string(review.Markdown("", text, own+"\n", false, review.Given{}).Data)
	i := strings.LastIndex(got, own)
	if i < 0 {
		if !strings.Contains(text, own) {
			t.Errorf("%q has not come into %q", own, got)
		}
		return
	}
	before := strings.TrimRight(got[:i], "\r\n")
	if got := before + got[i+len(own):]; strings.TrimRight(got, "\r\n") != strings.TrimRight(text, "\r\n") {
		t.Errorf("%q became %q", text, got)
	}
}

// TestMarkdownDialect: what comes of two edits of a document of ours is one.
func TestMarkdownDialect(t *testing.T) {
	n := uint64(300)
	if testing.Short() {
		n = 40
	}
	for seed := range n {
		dialect(t, seeded(seed+9000, 1500))
	}
}

func FuzzMarkdownDialect(f *testing.F) {
	for seed := range uint64(5) {
		f.Add(seeded(seed, 600).bytes)
	}
	f.Fuzz(func(t *testing.T, b []byte) { dialect(t, &dice{bytes: b}) })
}

func dialect(t *testing.T, d *dice) {
	base := d.markdown(2 + d.n(12))
	adopted, latest := base, base
	adopted = d.editMarkdown(base, d.n(8), "s")
	latest = d.editMarkdown(base, d.n(8), "t")
	text := func(blocks []string) string { return strings.Join(blocks, "\n\n") + "\n" }
	if problems(text(adopted)) != "" || problems(text(latest)) != "" {
		return
	}
	res := forward(text(base), text(adopted), text(latest))
	merged := string(res.Data)
	if p := problems(merged); p != "" {
		t.Fatalf("%s\nin:\n%s\nof base:\n%s\nschool:\n%s\nlatest:\n%s", p, merged, text(base), text(adopted), text(latest))
	}
	for _, dec := range res.Decisions {
		merged += "\n" + dec.School
	}
	for _, w := range regexp.MustCompile(`\bs[0-9]+\b`).FindAllString(text(adopted), -1) {
		if !strings.Contains(merged, w) {
			t.Fatalf("the school's %q is gone from:\n%s", w, merged)
		}
	}
}

// problems returns what is not in the dialect.
func problems(text string) string {
	from := 0
	for _, m := range append(cutPattern.FindAllStringIndex(text, -1), []int{len(text), 0}) {
		if _, p := document.Parse(text[from:m[0]]); len(p) > 0 {
			return p[0].Msg
		}
		from = m[0]
	}
	return ""
}

func (d *dice) phrase(author string) string {
	var words []string
	for range 1 + d.n(8) {
		w := vocabulary[d.n(len(vocabulary))]
		if author != "" && d.n(2) == 0 {
			w = d.name(author)
		}
		switch d.n(14) {
		case 0:
			w = "**" + w + "**"
		case 1:
			w = "*" + w + " " + w + "*"
		case 2:
			w = "[" + w + "](#OS-1)"
		case 3:
			w += `\* \[` + w
		case 4:
			w += "."
		case 5:
			w += "\\\n"
		}
		words = append(words, w)
	}
	return strings.TrimSuffix(strings.Join(words, " "), "\\\n")
}

func (d *dice) markdownBlock(author string) string {
	one := func() string { return strings.NewReplacer("\\\n", "").Replace(d.phrase(author)) }
	switch d.n(10) {
	case 0, 1:
		items := make([]string, 1+d.n(4))
		for i := range items {
			items[i] = "- " + one()
			if d.n(4) == 0 {
				items[i] += "\n  - " + one()
			}
		}
		return strings.Join(items, "\n")
	case 2:
		return "1. " + one() + "\n2. " + one() + "\n3. " + one()
	case 3:
		return "> [!NOTE]\n> " + one()
	case 4:
		return "| " + one() + " | " + one() + " |\n| --- | :--- |\n| " + one() + " | " + one() + " |\n| " + one() + " | " + one() + " |"
	case 5:
		d.unique++
		return "## " + strings.Repeat("I", 1+d.n(3)) + " " + vocabulary[d.n(len(vocabulary))] + " {#OS-" + string(rune('1'+d.unique%9)) + "}"
	}
	return strings.ReplaceAll(d.phrase(author), "\n ", "\n")
}

func (d *dice) markdown(n int) []string {
	var out []string
	for range n {
		out = append(out, d.markdownBlock(""))
	}
	return out
}

func (d *dice) editMarkdown(blocks []string, n int, author string) []string {
	out := append([]string(nil), blocks...)
	for range n {
		if len(out) == 0 {
			break
		}
		at := d.n(len(out))
		switch d.n(6) {
		case 0:
			out = append(out[:at], out[at+1:]...)
		case 1:
			out = append(out[:at], append([]string{d.markdownBlock(author)}, out[at:]...)...)
		case 2:
			lines := strings.Split(out[at], "\n")
			if k := d.n(len(lines)); !strings.HasPrefix(out[at], "|") && len(lines) > 1 && k > 0 {
				out[at] = strings.Join(append(lines[:k], lines[k+1:]...), "\n")
			}
		case 3:
			if strings.HasPrefix(out[at], "- ") {
				out[at] += "\n- " + d.name(author)
			}
		default:
			out[at] = strings.Replace(out[at], vocabulary[d.n(len(vocabulary))], d.name(author), 1+d.n(2))
			words := strings.Split(out[at], " ")
			if k := d.n(len(words)); k > 2 && !strings.HasPrefix(out[at], "|") {
				words[k] = d.name(author) + " " + words[k]
				out[at] = strings.Join(words, " ")
			}
		}
	}
	return out
}
