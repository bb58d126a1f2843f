package review

import (
	"fmt"
	"strings"
)

// DecisionsList returns the decisions about a document as Markdown, for people to
// read beside it. sectionTitle returns what a section is called, "" if that is not
// known. The list of no decisions is "".
func DecisionsList(title string, decisions []*Decision, sectionTitle func(code string) string) string {
	if len(decisions) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("# To decide: " + plainMarkdown(title) + "\n\n")
	b.WriteString(introduction(decisions))
	for i, d := range decisions {
		fmt.Fprintf(&b, "## Decision %d: %s\n\n", i+1, sectionHeading(d.Section, sectionTitle))
		b.WriteString(upperFirst(d.Kind.Question()) + "\n\n")
		if d.Kind == Reworded {
			said(&b, "The template said", d.Base)
		}
		said(&b, "The template says", d.Template)
		said(&b, "You say", d.School)
		fmt.Fprintf(&b, "**%s** (decision %s)\n\n", d.outcome(), d.ID)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func introduction(decisions []*Decision) string {
	open := 0
	for _, d := range decisions {
		if !d.Settled {
			open++
		}
	}
	var says string
	switch open {
	case 0:
		return "Everything about this document that had to be decided has been decided. This is what was, and how.\n\n"
	case 1:
		says = "The templates have changed something that you have changed as well. One thing is to be decided."
	default:
		says = fmt.Sprintf("The templates have changed some of what you have changed as well. %d things are to be decided.", open)
	}
	return says + " Until then your words stand: nothing of yours has been taken out.\n\n" +
		"Read both for each. If the template's words should be yours, put them into your document, whole or in part. If yours are right, there is nothing to do. " +
		"New law or guidance may stand behind a change, so let somebody decide who knows it.\n\n"
}

// sectionHeading returns what a decision is headed with.
func sectionHeading(code string, title func(string) string) string {
	if code == "" {
		return "before the first section"
	}
	if title != nil {
		if t := strings.TrimSpace(title(code)); t != "" {
			return plainMarkdown(t) + " (" + plainMarkdown(code) + ")"
		}
	}
	return "section " + plainMarkdown(code)
}

// said writes what somebody says as a quotation; nothing if there is none.
func said(b *strings.Builder, who, text string) {
	text = strings.TrimSpace(text)
	if text == "" {
		return
	}
	b.WriteString(who + ":\n\n")
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		b.WriteString(strings.TrimRight("> "+plainMarkdown(line), " "))
		if i+1 < len(lines) && strings.TrimSpace(line) != "" && strings.TrimSpace(lines[i+1]) != "" {
			b.WriteString(`\`) // lines stay lines
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
}

// outcome returns what is done until somebody decides, or has been decided.
func (d *Decision) outcome() string {
	switch {
	case !d.Settled && d.Kind == TakenOut:
		return "Kept: yours. It stays out."
	case !d.Settled:
		return "Kept: yours."
	case d.Choice == Adopt && d.Template == "":
		return "Settled: taken out, as in the template."
	case d.Choice == Adopt:
		return "Settled: the template's words."
	case d.Choice == Adapt && d.Wording != "":
		return "Settled: " + plainMarkdown(d.Wording)
	case d.Choice == Adapt:
		return "Settled: to be worded anew. Until then your words stand."
	case d.Choice == Withdraw:
		return "Settled: taken out."
	}
	return "Settled: your words stay."
}

// plainMarkdown returns text on one line as Markdown that reads as it stands.
func plainMarkdown(text string) string {
	var b strings.Builder
	for _, t := range cut(text) {
		b.WriteString(escape(t.Text))
	}
	s := b.String()
	if markOfBlock.MatchString(s) {
		return `\` + s
	}
	if m := markOfItem.FindString(s); m != "" {
		i := strings.IndexAny(s, ".)")
		return s[:i] + `\` + s[i:]
	}
	return s
}

func upperFirst(s string) string {
	if s == "" {
		return ""
	}
	r := []rune(s)
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}
