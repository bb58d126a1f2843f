package review_test

import (
	"testing"

	"github.com/policygen/policygen/generator/review"
)

func TestDecisionsList(t *testing.T) {
	if got := review.DecisionsList("Policy", nil, nil); got != "" {
		t.Errorf("no decisions are listed as %q", got)
	}
	got := review.DecisionsList("Online safety policy", []*review.Decision{
		{ID: "abc", Kind: review.Reworded, Section: "OS-1", Base: "Tell *her*.", Template: "Tell the lead.", School: "# Tell Ann.\n1. Then wait.", Choice: review.Keep},
		{ID: "def", Kind: review.Dropped, Section: "OS-2", School: "Ours.", Choice: review.Adopt, Settled: true},
	}, func(code string) string { return map[string]string{"OS-1": "Reporting"}[code] })
	const want = `# To decide: Online safety policy

The templates have changed something that you have changed as well. One thing is to be decided. Until then your words stand: nothing of yours has been taken out.

Read both for each. If the template's words should be yours, put them into your document, whole or in part. If yours are right, there is nothing to do. New law or guidance may stand behind a change, so let somebody decide who knows it.

## Decision 1: Reporting (OS-1)

You and the template have both changed this. Your words stand.

The template said:

> Tell \*her\*.

The template says:

> Tell the lead.

You say:

> \# Tell Ann.\
> 1\. Then wait.

**Kept: yours.** (decision abc)

## Decision 2: section OS-2

The template no longer has this, and you have changed it. It stays as you have it.

You say:

> Ours.

**Settled: taken out, as in the template.** (decision def)
`
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
