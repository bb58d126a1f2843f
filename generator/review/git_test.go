package review_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/policygen/policygen/generator/review"
)

// TestGit: where git merges three texts cleanly, the merge is the same. Each
// paragraph is a line of words that no other has; git knows no moved lines, so
// that nothing that one has moved is touched by the other.
func TestGit(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Fatal("git is not installed, and this law needs it: install git")
	}
	dir := t.TempDir()
	clean := 0
	n := uint64(80)
	if testing.Short() {
		n = 20
	}
	for seed := range n {
		d := seeded(seed, 2000)
		base, adopted, latest := d.lines()
		want, ok := gitMerge(t, git, dir, base, adopted, latest)
		if !ok || mistaken(want, base, adopted, latest) {
			continue
		}
		clean++
		b, a, l := paragraphs(base), paragraphs(adopted), paragraphs(latest)
		p, accept := merged(t, b, a, l, review.Options{})
		var got []string
		for _, b := range accept {
			got = append(got, b.Plain())
		}
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d: merged:\n%s\ngit:\n%s\nbase:\n%s\nschool:\n%s\nlatest:\n%s", seed, strings.Join(got, "\n"), strings.Join(want, "\n"),
				strings.Join(base, "\n"), strings.Join(adopted, "\n"), strings.Join(latest, "\n"))
		}
		if len(p.Decisions) > 0 {
			t.Errorf("seed %d: git asks nothing, and this is asked: %+v", seed, *p.Decisions[0])
		}
	}
	if clean < int(n)/3 {
		t.Errorf("git merges only %d of %d texts cleanly: edit them less", clean, n)
	}
}

// mistaken reports whether git has taken a line that has been moved for a new
// one: it has it twice, or has it although the other has taken it out.
func mistaken(merged, base, adopted, latest []string) bool {
	sorted := slices.Sorted(slices.Values(merged))
	if len(slices.Compact(sorted)) < len(merged) {
		return true
	}
	return slices.ContainsFunc(base, func(line string) bool {
		return slices.Contains(merged, line) && (!slices.Contains(adopted, line) || !slices.Contains(latest, line))
	})
}

func gitMerge(t *testing.T, git, dir string, base, adopted, latest []string) ([]string, bool) {
	t.Helper()
	var files []string
	for name, lines := range map[string][]string{"1-adopted": adopted, "2-base": base, "3-latest": latest} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	slices.Sort(files)
	out, err := exec.Command(git, append([]string{"merge-file", "-p"}, files...)...).Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() > 0 && exit.ExitCode() < 128 {
		return nil, false
	}
	if err != nil {
		t.Fatal(err)
	}
	text := strings.TrimSuffix(string(out), "\n")
	if text == "" {
		return nil, true
	}
	return strings.Split(text, "\n"), true
}

func paragraphs(lines []string) []review.Block {
	var out []review.Block
	for _, line := range lines {
		out = append(out, review.Block{Words: wordsOf(line)})
	}
	return out
}

// lines returns a text of lines that have no word in common, and two edits of it
// of which neither touches what the other has moved. That cannot be
// ruled out wholly: to move one of two neighbours is to move the other.
func (d *dice) lines() (base, adopted, latest []string) {
	for range 3 + d.n(30) {
		base = append(base, d.line())
	}
	moved, touched := map[string]bool{}, map[string]bool{}
	edit := func() []string {
		text := slices.Clone(base)
		mine := map[string]bool{}
		for range d.n(5) {
			if len(text) == 0 {
				break
			}
			at := d.n(len(text))
			line := text[at]
			switch k := d.n(6); {
			case k == 0:
				text = slices.Insert(text, at, d.line())
			case moved[line] || k > 3 && touched[line]:
			case k == 1:
				text = slices.Delete(text, at, at+1)
				mine[line] = true
			case k == 2:
				text[at] = d.line()
				mine[line] = true
			case k == 3:
				words := strings.Fields(line)
				words[d.n(len(words))] = d.name("w")
				text[at] = strings.Join(words, " ")
				mine[line] = true
			default:
				text = slices.Delete(text, at, at+1)
				text = slices.Insert(text, d.n(len(text)+1), line)
				mine[line] = true
				moved[line] = true
			}
		}
		for line := range mine {
			touched[line] = true
		}
		return text
	}
	adopted = edit()
	latest = edit()
	return base, adopted, latest
}

func (d *dice) line() string {
	var words []string
	for range 2 + d.n(10) {
		words = append(words, d.name("w"))
	}
	return strings.Join(words, " ")
}
