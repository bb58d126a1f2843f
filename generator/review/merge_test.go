package review_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/policygen/policygen/generator/review"
)

// rounds is how many random documents each law is tried on.
const rounds = 250

// law tries a law on random documents.
func law(t *testing.T, try func(t *testing.T, d *dice)) {
	t.Helper()
	n := uint64(rounds)
	if many, err := strconv.ParseUint(os.Getenv("ROUNDS"), 10, 64); err == nil {
		n = many
	}
	if testing.Short() {
		n /= 10
	}
	for seed := range n {
		ok := t.Run(fmt.Sprint(seed), func(t *testing.T) { try(t, seeded(seed, 4000)) })
		if !ok {
			return
		}
	}
}

func TestTemplatesUnchanged(t *testing.T) { law(t, templatesUnchanged) }
func TestSchoolUnchanged(t *testing.T)    { law(t, schoolUnchanged) }
func TestSchoolHasLatest(t *testing.T)    { law(t, schoolHasLatest) }
func TestSchoolsWords(t *testing.T)       { law(t, schoolsWords) }
func TestTwice(t *testing.T)              { law(t, twice) }
func TestWithoutBase(t *testing.T)        { law(t, withoutBase) }
func TestSectionsTakenOut(t *testing.T)   { law(t, sectionsTakenOut) }
func TestChoices(t *testing.T)            { law(t, choices) }
func FuzzTemplatesUnchanged(f *testing.F) { fuzzLaw(f, templatesUnchanged) }
func FuzzSchoolUnchanged(f *testing.F)    { fuzzLaw(f, schoolUnchanged) }
func FuzzSchoolHasLatest(f *testing.F)    { fuzzLaw(f, schoolHasLatest) }
func FuzzSchoolsWords(f *testing.F)       { fuzzLaw(f, schoolsWords) }
func FuzzTwice(f *testing.F)              { fuzzLaw(f, twice) }
func FuzzWithoutBase(f *testing.F)        { fuzzLaw(f, withoutBase) }
func FuzzSectionsTakenOut(f *testing.F)   { fuzzLaw(f, sectionsTakenOut) }
func FuzzChoices(f *testing.F)            { fuzzLaw(f, choices) }

func fuzzLaw(f *testing.F, try func(t *testing.T, d *dice)) {
	for seed := range uint64(8) {
		f.Add(seeded(seed, 1000).bytes)
	}
	f.Fuzz(func(t *testing.T, data []byte) { try(t, &dice{bytes: data}) })
}

// merged merges, and checks what is true of every plan: it can be done, and
// nothing is lost that cannot be got back.
func merged(t *testing.T, base, adopted, latest []review.Block, opts review.Options) (p *review.Plan, accept []review.Block) {
	t.Helper()
	p = review.Merge(base, adopted, latest, opts)
	text, err := apply(p, adopted, latest)
	if err != nil {
		t.Fatalf("the plan cannot be done: %v", err)
	}
	if got, want := show(without(come, text)), show(adopted); got != want {
		t.Fatalf("rejected, it is no longer what the school has:\n%s\nwant:\n%s", got, want)
	}
	return p, without(gone, text)
}

func templatesUnchanged(t *testing.T, d *dice) {
	base := d.document()
	adopted := d.edit(base, d.n(20), "s")
	p, _ := merged(t, base, adopted, clone(base), review.Options{})
	if len(p.Steps)+len(p.Decisions) > 0 {
		t.Fatalf("the templates have not changed, and there are %d steps and %d decisions", len(p.Steps), len(p.Decisions))
	}
}

func schoolUnchanged(t *testing.T, d *dice) {
	base := d.document()
	latest := d.edit(base, d.n(20), "t")
	if d.n(10) == 9 {
		latest = d.document()
	}
	p, accept := merged(t, base, clone(base), latest, review.Options{})
	if got, want := show(accept), show(latest); got != want {
		t.Fatalf("accepted, it is not the latest text:\n%s\nwant:\n%s\nfrom:\n%s", got, want, show(base))
	}
	if len(p.Decisions) > 0 {
		t.Fatalf("the school has changed nothing, and is asked: %+v", *p.Decisions[0])
	}
}

func schoolHasLatest(t *testing.T, d *dice) {
	base := d.document()
	latest := d.edit(base, d.n(20), "t")
	_, accept := merged(t, base, clone(latest), latest, review.Options{})
	if got, want := show(accept), show(latest); got != want {
		t.Fatalf("the school had the latest text, and has:\n%s\nwant:\n%s", got, want)
	}
}

// schoolsWords: what the school has written is in the text, or asked about.
func schoolsWords(t *testing.T, d *dice) {
	base := d.document()
	adopted := d.edit(base, d.n(12), "s")
	latest := d.edit(base, d.n(12), "t")
	p, accept := merged(t, base, adopted, latest, review.Options{})
	checkWords(t, base, adopted, accept, p)
	checkAlone(t, base, adopted, accept)
	checkGone(t, base, adopted, latest, accept)
}

func checkWords(t *testing.T, base, adopted, accept []review.Block, p *review.Plan) {
	t.Helper()
	have := map[string]int{}
	count(accept, have, 1)
	for _, d := range p.Decisions {
		for _, w := range strings.Fields(strings.ReplaceAll(d.School, ".", " ")) {
			have[w]++
		}
	}
	wrote := map[string]int{}
	count(adopted, wrote, 1)
	count(base, wrote, -1)
	for w, n := range wrote {
		if n > have[w] && strings.HasPrefix(w, "s") && w[len(w)-1] <= '9' {
			t.Fatalf("the school's %q is neither in the text nor asked about", w)
		}
	}
}

// checkAlone: what the school alone has written is there word for word.
func checkAlone(t *testing.T, base, adopted, accept []review.Block) {
	t.Helper()
	is, was := lines(accept), lines(base)
	for line := range lines(adopted) {
		if was[line] > 0 || !owned(line) {
			continue
		}
		if is[line] == 0 {
			t.Fatalf("the school alone has written %q, and it is gone from:\n%s", line, show(accept))
		}
	}
}

// checkGone: what the school has taken out, and the template has left as it was,
// does not come back.
func checkGone(t *testing.T, base, adopted, latest, accept []review.Block) {
	t.Helper()
	now, has, is := lines(accept), lines(adopted), lines(latest)
	for line, n := range lines(base) {
		if n > 1 {
			continue // of several that say the same, nobody can tell which has gone
		}
		if len(strings.Fields(line)) < 4 {
			continue // so few words come about by chance, as where the template parts a paragraph
		}
		if n == is[line] && now[line] > max(has[line], 0) && has[line] < n {
			t.Fatalf("the school has taken out %q, and it has come back:\n%s\nschool:\n%s\nbase:\n%s\nlatest:\n%s", line, show(accept), show(adopted), show(base), show(latest))
		}
	}
}

// owned reports whether all of a paragraph's words are the school's own, and it has
// more than a few: it comes from nothing in base that the template may have
// changed.
func owned(line string) bool {
	words := strings.Fields(strings.ReplaceAll(line, ".", " "))
	for _, w := range words {
		if !strings.HasPrefix(w, "s") || w[len(w)-1] < '0' || w[len(w)-1] > '9' {
			return false
		}
	}
	return len(words) > 3
}

func lines(blocks []review.Block) map[string]int {
	out := map[string]int{}
	for _, b := range blocks {
		if b.Rows == nil {
			out[b.Plain()]++
		}
	}
	return out
}

func count(blocks []review.Block, into map[string]int, by int) {
	for _, b := range blocks {
		for _, w := range b.Words {
			into[w.Text] += by
		}
		for _, r := range b.Rows {
			for _, c := range r.Cells {
				count(c, into, by)
			}
		}
	}
}

func twice(t *testing.T, d *dice) {
	base := d.document()
	adopted := d.edit(base, d.n(12), "s")
	latest := d.edit(base, d.n(12), "t")
	_, accept := merged(t, base, adopted, latest, review.Options{})
	if p, _ := merged(t, latest, accept, clone(latest), review.Options{}); len(p.Steps) > 0 {
		t.Fatalf("there is something left to do: %+v", p.Steps[0])
	}
}

func withoutBase(t *testing.T, d *dice) {
	base := d.document()
	adopted := d.edit(base, d.n(12), "s")
	latest := d.edit(base, d.n(12), "t")
	_, accept := merged(t, base, clone(base), latest, review.Options{})
	if p, _ := merged(t, nil, accept, latest, review.Options{}); len(p.Steps)+len(p.Decisions) > 0 {
		t.Fatalf("the school has the latest text, and there is something to do: %+v %+v", p.Steps, p.Decisions)
	}
	p := review.Merge(nil, adopted, latest, review.Options{})
	for _, s := range p.Steps {
		if s.Do == review.Remove || s.Do == review.Edit {
			t.Fatalf("nothing is known of the school's text, and it is changed: %+v", s)
		}
	}
	merged(t, nil, adopted, latest, review.Options{})
}

func sectionsTakenOut(t *testing.T, d *dice) {
	base := d.document()
	latest := d.edit(base, d.n(12), "t")
	var adopted []review.Block
	out := map[string]bool{}
	for _, b := range base {
		if b.Heading {
			out[b.Section] = d.n(3) == 0
		}
		if !out[b.Section] {
			adopted = append(adopted, b)
		}
	}
	// Of sections that say the same nobody knows which has been taken out.
	says := map[string]int{}
	for _, b := range base {
		says[flat([]review.Block{b})]++
	}
	for _, b := range base {
		if says[flat([]review.Block{b})] > 1 {
			delete(out, b.Section)
		}
	}
	p, _ := merged(t, base, adopted, latest, review.Options{})
	has := map[string]bool{}
	for _, b := range adopted {
		has[b.Section] = true
	}
	withheld := map[string]bool{}
	for _, code := range p.Withheld {
		withheld[code] = true
		if has[code] {
			t.Fatalf("section %s is withheld, but the school has not taken it out", code)
		}
	}
	for _, b := range latest {
		if b.Heading && out[b.Section] && !withheld[b.Section] {
			t.Fatalf("section %s is not listed as taken out; school:\n%s\nbase:\n%s\nlatest:\n%s", b.Section, show(adopted), show(base), show(latest))
		}
	}
	for _, s := range p.Steps {
		if s.Do == review.Insert && latest[s.Latest].Heading && out[latest[s.Latest].Section] {
			t.Fatalf("section %s has come back; school:\n%s\nbase:\n%s\nlatest:\n%s", latest[s.Latest].Section, show(adopted), show(base), show(latest))
		}
	}
}

// choices: what somebody has chosen is done, and asked under the same name.
func choices(t *testing.T, d *dice) {
	base := d.document()
	adopted := d.edit(base, d.n(8), "s")
	latest := d.edit(base, d.n(8), "t")
	p, keep := merged(t, base, adopted, latest, review.Options{})
	all := []review.Choice{review.Keep, review.Adopt, review.Adapt, review.Withdraw}
	opts := review.Options{Choices: map[string]review.Decision{}}
	for _, d := range p.Decisions {
		if d.Choice != review.Keep || d.Settled {
			t.Fatalf("nobody has chosen, and it is %s", d.Choice)
		}
		opts.Choices[d.ID] = review.Decision{Choice: review.Keep}
	}
	same, kept := merged(t, base, adopted, latest, opts)
	if show(kept) != show(keep) {
		t.Fatalf("keep is not what is done anyway:\n%s\nwant:\n%s", show(kept), show(keep))
	}
	for i, d := range same.Decisions {
		if d.ID != p.Decisions[i].ID || !d.Settled {
			t.Fatalf("decision %d is another one the second time", i)
		}
	}
	for _, q := range p.Decisions {
		chooseOne(t, q, keep, func(c review.Choice) []review.Block {
			_, accept := merged(t, base, adopted, latest, review.Options{Choices: map[string]review.Decision{q.ID: {Choice: c, Wording: "As we say it here."}}})
			return accept
		})
	}
	for _, q := range p.Decisions {
		id := q.ID
		opts.Choices[id] = review.Decision{Choice: all[d.n(4)], Wording: "As we say it here."}
	}
	merged(t, base, adopted, latest, opts)
}

// chooseOne checks what becomes of a text if somebody chooses in one decision, and
// nobody in the others.
func chooseOne(t *testing.T, d *review.Decision, keep []review.Block, choose func(review.Choice) []review.Block) {
	t.Helper()
	text := flat(choose(review.Adopt))
	for _, line := range strings.Split(d.Template, "\n") {
		if line = strings.Join(strings.Fields(line), ""); !strings.Contains(text, line) {
			t.Fatalf("the template's words are adopted, and %q is not there:\n%s\n%+v", line, text, *d)
		}
	}
	if d.School != "" && len(flat(choose(review.Withdraw))) >= len(flat(keep)) {
		t.Fatalf("%q is withdrawn, and still there", d.School)
	}
	if text := flat(choose(review.Adapt)); text != flat(keep) && !strings.Contains(text, "Aswesayithere.") {
		t.Fatalf("the words of somebody's own are not there:\n%s\n%+v", text, *d)
	}
}

// flat returns all words of a text without blanks: a school that has split a
// paragraph keeps it split.
func flat(blocks []review.Block) string {
	var all []string
	for _, b := range blocks {
		all = append(all, strings.Fields(b.Plain())...)
	}
	return strings.Join(all, "")
}
