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
	"time"

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
	lead := ""
	save := func(name string, overwrite bool) (*Saved, error) {
		docs, err := make1(g, "n.toml", "[setting]\nname = \""+name+"\"\ntype = \"pru\"\n"+lead, nil)
		if err != nil {
			t.Fatal(err)
		}
		return docs.Save(out, Options{Formats: Formats, Overwrite: overwrite})
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
	if f := saved.Files[0]; f.Name != "online-safety-policy.md" || f.Words != 4 || f.Gaps != 1 || f.Size != len(first["n/online-safety-policy.md"]) {
		t.Errorf("the first file is %+v", f)
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

	// A change of details changes the files. Another name could be another
	// setting: that is said, and nothing is written.
	if _, err = save("B", false); err == nil || !strings.Contains(err.Error(), `holds the documents of another setting, "A"`) {
		t.Errorf("another setting: %v", err)
	}
	if got := tree(t, dir); !equal(got, first) {
		t.Errorf("something was written: %q", names(got))
	}
	if saved, err = save("B", true); err != nil || saved.Wrote != 3 {
		t.Errorf("the third run: %+v, %v", saved, err)
	}
	if second := tree(t, dir); !strings.Contains(second["n/online-safety-policy.md"], "The B and") {
		t.Error("the new detail is not there")
	}

	// A file that somebody has edited is not written over; the others are made.
	lead = "[people.dsl]\nname = \"L\"\n"
	edited := filepath.Join(dir, "n", "online-safety-policy.md")
	if err := os.WriteFile(edited, []byte("my own words"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "n", "online-safety-policy.html")); err != nil {
		t.Fatal(err)
	}
	saved, err = save("B", false)
	if err != nil || saved.Wrote != 2 || !slices.Equal(saved.Edited, []string{edited}) {
		t.Errorf("an edited file: %+v, %v", saved, err)
	}
	if got := tree(t, dir); got["n/online-safety-policy.md"] != "my own words" || !strings.Contains(got["n/online-safety-policy.html"], "and L") {
		t.Errorf("got %q", got["n/online-safety-policy.md"])
	}
	// It stays so, run after run.
	if saved, err = save("B", false); err != nil || saved.Wrote != 0 || len(saved.Edited) != 1 {
		t.Errorf("an edited file, again: %+v, %v", saved, err)
	}
	if _, err := save("B", true); err != nil {
		t.Error(err)
	}
	if got := tree(t, dir)["n/online-safety-policy.md"]; !strings.Contains(got, "The B and L") {
		t.Errorf("--overwrite left %q", got)
	}

	// Without a receipt, a file that is there may be anybody's.
	if err := os.Remove(filepath.Join(dir, "n", receipt.Name)); err != nil {
		t.Fatal(err)
	}
	lead = "[people.dsl]\nname = \"M\"\n"
	if saved, err = save("B", false); err != nil || saved.Wrote != 0 || len(saved.Edited) != 3 {
		t.Errorf("files without a receipt: %+v, %v", saved, err)
	}
	lead = "[people.dsl]\nname = \"L\"\n"
	if saved, err = save("B", false); err != nil || len(saved.Edited) != 0 {
		t.Errorf("files that are right, without a receipt: %+v, %v", saved, err)
	}

	// A receipt that is no receipt is a problem, not a guess.
	if err := os.WriteFile(filepath.Join(dir, "n", receipt.Name), []byte("file = 3\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err = save("B", false); err == nil || !strings.Contains(err.Error(), "receipt.toml:1:8: want tables: [[file]]") {
		t.Errorf("a broken receipt: %v", err)
	}
}

// TestStale checks that files of documents which the setting gets no longer are
// named, and left.
func TestStale(t *testing.T) {
	g, err := edition(t, map[string]string{"online-safety/policy.md": small, "anti-bullying/policy.md": strings.ReplaceAll(strings.Replace(small, "\"all\"", "\"school\"", 1), "OS", "AB")})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	out, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	var saved *Saved
	for _, typ := range []string{"pru", "childminder"} {
		docs, err := make1(g, "n.toml", "[setting]\nname = \"N\"\ntype = \""+typ+"\"\n", nil)
		if err != nil {
			t.Fatal(err)
		}
		if saved, err = docs.Save(out, Options{Formats: []Format{Markdown}}); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{filepath.Join(dir, "n", "anti-bullying-policy.md")}; !slices.Equal(saved.Stale, want) || len(tree(t, dir)) != 3 {
		t.Errorf("stale: %q, want %q", saved.Stale, want)
	}
}

// TestUnchanged checks that a setting is left alone only if neither what its
// documents are made from nor they themselves have changed.
func TestUnchanged(t *testing.T) {
	g, err := edition(t, map[string]string{"online-safety/policy.md": small})
	if err != nil {
		t.Fatal(err)
	}
	docs, err := make1(g, "n.toml", "[setting]\nname = \"N\"\ntype = \"pru\"\n", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, zip := range []bool{false, true} {
		dir := t.TempDir()
		out, err := Create(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer out.Close()
		opts := Options{Formats: Formats, Zip: zip, Input: "i"}
		save := func() {
			if _, err := docs.Save(out, opts); err != nil {
				t.Fatal(err)
			}
			if files, gaps := out.Unchanged("n", opts); len(files) != 3 || gaps != 1 {
				t.Errorf("zip %v: right after: %d files", zip, len(files))
			}
		}
		if files, _ := out.Unchanged("n", opts); files != nil {
			t.Error("what has never been made is unchanged")
		}
		save()
		first := tree(t, dir)
		save()
		if !equal(tree(t, dir), first) {
			t.Error("the same documents make other files")
		}
		if files, _ := out.Unchanged("n", Options{Formats: Formats, Zip: zip, Input: "j"}); files != nil {
			t.Error("another input is unchanged")
		}
		file := filepath.Join(dir, "n", "online-safety-policy.md")
		if zip {
			file = filepath.Join(dir, "n.zip")
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		later := time.Now().Add(time.Second)
		if err := os.Chtimes(file, later, later); err != nil {
			t.Fatal(err)
		}
		if files, _ := out.Unchanged("n", opts); files != nil {
			t.Error("a file that has been touched is unchanged")
		}
		if err := os.WriteFile(file, data[:len(data)-1], 0o666); err != nil {
			t.Fatal(err)
		}
		if !zip {
			if err := os.Chtimes(file, time.Unix(0, 0), time.Unix(0, 0)); err != nil {
				t.Fatal(err)
			}
		}
		if files, _ := out.Unchanged("n", opts); files != nil {
			t.Error("a file that has been cut is unchanged")
		}
		os.Remove(file)
		if files, _ := out.Unchanged("n", opts); files != nil {
			t.Error("a file that is gone is unchanged")
		}
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
	if _, err := docs.Save(out, Options{Formats: []Format{Markdown}}); err != nil {
		t.Fatal(err)
	}
	if _, err := docs.Only([]string{"anti-bullying"}).Save(out, Options{Formats: []Format{HTML}}); err != nil {
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
	if again := r.Write(); !bytes.Equal(again, data) {
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
	_, err = docs.Save(out, Options{Formats: Formats})
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
	if _, err := docs.Save(out, Options{Formats: Formats}); err == nil {
		t.Error("documents were written through a link out of the folder")
	}
	if got := tree(t, outside); len(got) > 0 {
		t.Errorf("outside the folder stand %q", names(got))
	}
}
