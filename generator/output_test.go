package generator

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/policygen/policygen/generator/receipt"
	"github.com/policygen/policygen/generator/source"
)

// tree returns the files below a folder, with their contents.
func tree(t *testing.T, dir string) map[string]string {
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		files[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func names(files map[string]string) []string {
	var list []string
	for n := range files {
		list = append(list, n)
	}
	slices.Sort(list)
	return list
}

const small = "+++\ntitle = \"Policy\"\ncode = \"OS\"\naudience = \"everyone\"\ntypes = [\"all\"]\n+++\n\n## One {#OS-1}\n\nThe {{.setting.name}} and {{.people.dsl.name}}.\n"

func TestSave(t *testing.T) {
	g, err := edition(t, map[string]string{"online-safety/policy.md": small})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "deep", "out")
	out, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	save := func(name string, overwrite bool) (*Saved, error) {
		docs, err := make1(g, "n.toml", "[setting]\nname = \""+name+"\"\ntype = \"pru\"\n", nil)
		if err != nil {
			t.Fatal(err)
		}
		return docs.Save(out, g.pack, Options{Formats: Formats, Overwrite: overwrite})
	}

	saved, err := save("A", false)
	if err != nil {
		t.Fatal(err)
	}
	first := tree(t, dir)
	want := []string{"n/online-safety-policy.docx", "n/online-safety-policy.html", "n/online-safety-policy.md", "n/receipt.toml"}
	if got := names(first); !slices.Equal(got, want) || saved.Wrote != 3 || saved.Folder != "n" {
		t.Errorf("made %q: %+v", got, saved)
	}
	if want := filepath.Join(dir, "n", "online-safety-policy.md"); saved.Files[0] != want {
		t.Errorf("the first file is %s, want %s", saved.Files[0], want)
	}

	// What is right already is left alone, down to its time.
	before, _ := os.Stat(filepath.Join(dir, "n", "online-safety-policy.docx"))
	if saved, err = save("A", false); err != nil || saved.Wrote != 0 || len(saved.Files) != 3 {
		t.Errorf("the second run: %+v, %v", saved, err)
	}
	after, _ := os.Stat(filepath.Join(dir, "n", "online-safety-policy.docx"))
	if !os.SameFile(before, after) || before.ModTime() != after.ModTime() {
		t.Error("a file that was right has been written again")
	}

	// A change of details changes the files.
	if saved, err = save("B", false); err != nil || saved.Wrote != 3 {
		t.Errorf("the third run: %+v, %v", saved, err)
	}
	second := tree(t, dir)
	if !strings.Contains(second["n/online-safety-policy.md"], "The B and") {
		t.Error("the new detail is not there")
	}

	// A file that somebody has edited is not written over, and nothing else is
	// written either.
	edited := filepath.Join(dir, "n", "online-safety-policy.md")
	if err := os.WriteFile(edited, []byte("my own words"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "n", "online-safety-policy.html")); err != nil {
		t.Fatal(err)
	}
	third := tree(t, dir)
	_, err = save("C", false)
	problems, ok := errors.AsType[source.Errors](err)
	if !ok || len(problems) != 1 || problems[0].Pos.File != edited {
		t.Errorf("an edited file: %v", err)
	}
	if got := tree(t, dir); !equal(got, third) {
		t.Errorf("something was written: %q", names(got))
	}
	if _, err := save("C", true); err != nil {
		t.Error(err)
	}
	if got := tree(t, dir)["n/online-safety-policy.md"]; !strings.Contains(got, "The C and") {
		t.Errorf("--overwrite left %q", got)
	}

	// Without a receipt, a file that is there may be anybody's.
	if err := os.Remove(filepath.Join(dir, "n", receipt.Name)); err != nil {
		t.Fatal(err)
	}
	if _, err = save("D", false); err == nil {
		t.Error("a file without a receipt was written over")
	}
	if _, err = save("C", false); err != nil {
		t.Errorf("files that are right, without a receipt: %v", err)
	}

	// A receipt that is no receipt is a problem, not a guess.
	if err := os.WriteFile(filepath.Join(dir, "n", receipt.Name), []byte("file = 3\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err = save("C", false); err == nil || !strings.Contains(err.Error(), "receipt.toml:1:8: want tables: [[file]]") {
		t.Errorf("a broken receipt: %v", err)
	}
}

func equal(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return true
}

// TestSaveSome checks that a run that makes some documents keeps what the
// receipt says of the others.
func TestSaveSome(t *testing.T) {
	g, err := edition(t, map[string]string{"online-safety/policy.md": small, "anti-bullying/policy.md": strings.ReplaceAll(small, "OS", "AB")})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	out, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	docs, err := make1(g, "n.toml", "[setting]\nname = \"N\"\ntype = \"pru\"\n", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := docs.Save(out, g.pack, Options{Formats: []Format{Markdown}}); err != nil {
		t.Fatal(err)
	}
	if _, err := docs.Only([]string{"anti-bullying"}).Save(out, g.pack, Options{Formats: []Format{HTML}}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "n", receipt.Name))
	if err != nil {
		t.Fatal(err)
	}
	r, err := receipt.Read("r", data)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range r.Files {
		got = append(got, f.Name)
	}
	if want := []string{"anti-bullying-policy.html", "anti-bullying-policy.md", "online-safety-policy.md"}; !slices.Equal(got, want) {
		t.Errorf("the receipt has %q, want %q", got, want)
	}
	if r.Edition != newest || r.Details["setting.name"] != "N" || r.Setting != "N" {
		t.Errorf("the receipt: %+v", r)
	}
	again, err := r.Write()
	if err != nil || !bytes.Equal(again, data) {
		t.Errorf("the receipt reads and writes as\n%s\nwant\n%s", again, data)
	}
}

// TestSaveFails checks that a folder that cannot be written is an error of the
// machine, and leaves nothing half-written.
func TestSaveFails(t *testing.T) {
	g, err := edition(t, map[string]string{"online-safety/policy.md": small})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(filepath.Join(dir, "file")); err == nil {
		t.Error("a file is taken for a folder")
	}
	if _, err := Create(filepath.Join(dir, "file", "below")); err == nil {
		t.Error("a folder is made below a file")
	}
	docs, err := make1(g, "n.toml", "[setting]\nname = \"N\"\ntype = \"pru\"\n", nil)
	if err != nil {
		t.Fatal(err)
	}
	out, err := Create(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	// A folder stands where a document should go: whatever the machine does
	// not allow, the documents before it are whole and recorded.
	if err := os.MkdirAll(filepath.Join(dir, "out", "n", "online-safety-policy.html"), 0o777); err != nil {
		t.Fatal(err)
	}
	_, err = docs.Save(out, g.pack, Options{Formats: Formats})
	if _, ok := errors.AsType[source.Errors](err); err == nil || ok {
		t.Errorf("got %v, want an error of the machine", err)
	}
	for name := range tree(t, dir) {
		if strings.Contains(filepath.Base(name), ".online") {
			t.Errorf("%s is left over", name)
		}
	}
	// A link out of the folder is not followed.
	outside := filepath.Join(dir, "outside")
	if err := os.Mkdir(outside, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "out", "n")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "out", "n")); err != nil {
		t.Logf("links cannot be made here: %v", err)
		return
	}
	if _, err := docs.Save(out, g.pack, Options{Formats: Formats}); err == nil {
		t.Error("documents were written through a link out of the folder")
	}
	if got := tree(t, outside); len(got) > 0 {
		t.Errorf("outside the folder stand %q", names(got))
	}
}
