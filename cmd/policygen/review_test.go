package main

import (
	"bytes"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/policygen/policygen/templates"
)

// nextEdition returns the built-in templates with an edition of the year after
// them, in which those are the changes.
func nextEdition(t *testing.T, changes string) fstest.MapFS {
	t.Helper()
	all := fstest.MapFS{}
	err := fs.WalkDir(templates.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(templates.FS, name)
		all[name] = &fstest.MapFile{Data: data}
		if of, ok := strings.CutPrefix(name, "2026-09/"); ok {
			all["2027-09/"+of] = &fstest.MapFile{Data: data}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	edition := string(all["2026-09/edition.toml"].Data)
	edition = strings.NewReplacer(`"2026-09"`, `"2027-09"`, `"September 2026"`, `"September 2027"`, "2026-09-01", "2027-09-01").Replace(edition)
	all["2027-09/edition.toml"] = &fstest.MapFile{Data: []byte(edition)}
	all["2027-09/changes.toml"] = &fstest.MapFile{Data: []byte("from = \"2026-09\"\n" + changes)}
	return all
}

// TestReviewChain checks that changes of several editions add up in order, and
// that the edition before is the one that is meant if nobody says.
func TestReviewChain(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("n.toml", []byte("[setting]\nname = \"N\"\ntype = \"pru\"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	files := nextEdition(t, `
[[change]]
id = "C-27-01"
sections = ["OS-3"]
text = "Something is otherwise in 2027."
class = "law"
why = "It had to be."
sources = ["kcsie-2026"]
decide = "Do something."
mark = "V1"
`)
	review := func(args string) (stdout, stderr string) {
		var out, errs bytes.Buffer
		run(strings.Fields("review changes "+args), env{in: strings.NewReader(""), out: &out, err: &errs, templates: files})
		return out.String(), errs.String()
	}
	one, said := review("n.toml")
	if want := "policygen: 2026-09 to 2027-09: 1 change, 1 decision to take\n"; said != want {
		t.Errorf("from the edition before: %q, want %q", said, want)
	}
	if !strings.Contains(one, "| 1 | Something is otherwise in 2027. **Decision:** Do something. | It had to be. Source: ") {
		t.Errorf("one step says:\n%s", one)
	}
	both, _ := review("n.toml --from 2016-09")
	first := strings.Index(both, "It had to be.")
	for _, want := range []string{"| Since the edition of September 2026. ", "| Since the edition of September 2027. It had to be."} {
		at := strings.Index(both, want)
		if at < 0 || at > first {
			t.Errorf("%q is not before what came later:\n%s", want, both)
		}
	}
	_, said = review("n.toml --from 2026-09 --to 2016-09")
	if want := "policygen: edition 2026-09 does not come before 2016-09\npolicygen: there are, oldest first: 2016-09, 2026-09, 2027-09\n"; said != want {
		t.Errorf("backwards: %q, want %q", said, want)
	}
}

// TestReviewRedated checks that guidance which keeps its entry in the register
// and has another date is said to have moved on.
func TestReviewRedated(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("n.toml", []byte("edition = \"2026-09\"\n[setting]\nname = \"N\"\ntype = \"pru\"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	files := nextEdition(t, "")
	file := "2027-09/guidance.toml"
	files[file] = &fstest.MapFile{Data: bytes.Replace(files[file].Data, []byte("in force from 1 September 2026"), []byte("in force from 1 September 2027"), 1)}
	var out, errs bytes.Buffer
	e := env{in: strings.NewReader(""), out: &out, err: &errs, templates: files}
	if code := run(strings.Fields("generate n.toml --format md --policy sexting-response"), e); code != exitOK {
		t.Fatalf("exit code %d\n%s", code, errs.String())
	}
	out.Reset()
	if code := run(strings.Fields("review status out --guidance"), e); code != exitOK {
		t.Fatalf("exit code %d\n%s", code, errs.String())
	}
	const title = "Keeping children safe in education 2026"
	want := "  guidance that sexting-response of 2026-09 named:\n    " + title + " (in force from 1 September 2026) → " + title + " (in force from 1 September 2027)\n"
	if !strings.HasSuffix(out.String(), want) {
		t.Errorf("got\n%s\nwant at its end\n%s", out.String(), want)
	}
}
