//go:build office

package generator

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/policygen/policygen/generator/docx"
)

// TestOffice makes the Word files of every example. The Open XML SDK validator,
// whose path is in the environment as OOXML_VALIDATOR, finds no error in them,
// our own lint finds none of the faults that it misses, and LibreOffice turns
// each into a PDF whose text holds the document's words.
func TestOffice(t *testing.T) {
	validator := os.Getenv("OOXML_VALIDATOR")
	if validator == "" {
		t.Fatal("OOXML_VALIDATOR is not set: run make validate")
	}
	g := builtin(t)
	examples, err := filepath.Glob("../examples/*.toml")
	if err != nil || len(examples) < 8 {
		t.Fatal("the examples are not there:", examples, err)
	}
	for _, example := range examples {
		t.Run(strings.TrimSuffix(filepath.Base(example), ".toml"), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(example)
			if err != nil {
				t.Fatal(err)
			}
			docs, err := make1(g, example, string(data), os.DirFS("../examples"))
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			var files []string
			for _, d := range docs.List {
				word := write(t, d, Word)
				for _, fault := range docx.Lint([]byte(word)) {
					t.Errorf("%s: %s", d.Name, fault)
				}
				file := filepath.Join(dir, d.Name+".docx")
				if err := os.WriteFile(file, []byte(word), 0o666); err != nil {
					t.Fatal(err)
				}
				files = append(files, file)
				validate(t, validator, file)
			}
			toPDF(t, dir, files)
			for _, file := range files {
				compareWords(t, file)
			}
			t.Logf("%d Word files: no error, and every word in the PDF", len(files))
		})
	}
}

// validate runs the Open XML SDK validator on a file that has to be without fault.
func validate(t *testing.T, validator, file string) {
	for _, fault := range sdkFaults(t, validator, file) {
		t.Errorf("%s: %s", filepath.Base(file), fault)
	}
}

// sdkFaults returns what the Open XML SDK validator says of a file.
func sdkFaults(t *testing.T, validator, file string) []string {
	t.Helper()
	out, err := exec.Command(validator, file, "Microsoft365").Output()
	var result struct {
		OK     bool `json:"ok"`
		Errors []struct {
			Description string `json:"description"`
			Path        any    `json:"path"`
		} `json:"errors"`
	}
	if jsonErr := json.Unmarshal(out, &result); jsonErr != nil {
		t.Fatalf("the validator says %q: %v, %v", out, err, jsonErr)
	}
	var faults []string
	for _, e := range result.Errors {
		faults = append(faults, fmt.Sprintf("%s (%v)", e.Description, e.Path))
	}
	if !result.OK && len(faults) == 0 {
		faults = append(faults, string(out))
	}
	return faults
}

// toPDF converts files with LibreOffice. Its exit code says nothing: what counts
// is that each PDF is there.
func toPDF(t *testing.T, dir string, files []string) {
	profile := "file://" + filepath.ToSlash(t.TempDir())
	args := append([]string{"-env:UserInstallation=" + profile, "--headless", "--convert-to", "pdf", "--outdir", dir}, files...)
	cmd := exec.Command("soffice", args...)
	done := make(chan error, 1)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { done <- cmd.Wait() }()
	select {
	case <-done:
	case <-time.After(5 * time.Minute):
		cmd.Process.Kill()
		t.Fatal("LibreOffice did not finish")
	}
	for _, f := range files {
		if _, err := os.Stat(strings.TrimSuffix(f, ".docx") + ".pdf"); err != nil {
			t.Errorf("LibreOffice made no PDF of %s", filepath.Base(f))
		}
	}
}

var letters = regexp.MustCompile(`\p{L}+`)

// compareWords checks that the PDF of a Word file has each word as often as the
// file.
func compareWords(t *testing.T, file string) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	words, err := docx.Text(data)
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-raw", strings.TrimSuffix(file, ".docx")+".pdf", "-").Output()
	if err != nil {
		t.Fatalf("pdftotext: %v", err)
	}
	printed := norm.NFKC.String(string(out))
	count := map[string]int{}
	for _, w := range letters.FindAllString(printed, -1) {
		count[w]++
	}
	// A column may break an address in the middle of a word: what such a word
	// lacks does not count if the address is there without the break.
	closed := strings.Join(strings.Fields(printed), "")
	for _, a := range strings.Fields(norm.NFKC.String(words)) {
		a = strings.Trim(a, "(),;:.")
		if strings.ContainsAny(a, "/@.") && strings.Contains(closed, a) && !strings.Contains(printed, a) {
			for _, w := range letters.FindAllString(a, -1) {
				count[w]++
			}
		}
	}
	missing := map[string]int{}
	total := 0
	for _, w := range letters.FindAllString(norm.NFKC.String(words), -1) {
		total++
		if count[w]--; count[w] < 0 {
			missing[w]++
		}
	}
	if len(missing) > 0 {
		t.Errorf("%s: the PDF lacks %v of %d words", filepath.Base(file), fmt.Sprint(missing), total)
	}
}

// reviewed are the files of the corpus of the review that TestOfficeReview looks
// at: something of every sort. LibreOffice is no oracle where one change puts in
// what another takes out (README of the corpus), as in word/all.docx, nor for the
// words of google/google-docs.docx, of whose contents list it makes ordinary text.
var reviewed = []string{
	"google/google-docs.docx", "libreoffice/all-tracked.docx", "libreoffice/move-section.docx", "libreoffice/table-row-add-tracked.docx", "word/localised.docx", "word/merged-cells.docx",
}

// TestOfficeReview brings documents forward. The Open XML SDK validator finds no
// error that they had not before, LibreOffice prints them, and LibreOffice makes
// the same of all changes as package docx when it accepts or rejects them.
func TestOfficeReview(t *testing.T) {
	validator := os.Getenv("OOXML_VALIDATOR")
	if validator == "" {
		t.Fatal("OOXML_VALIDATOR is not set: run make validate")
	}
	dir := t.TempDir()
	var files []string
	put := func(name string, before, after []byte) {
		for file, data := range map[string][]byte{name + ".before.docx": before, name + ".docx": after} {
			if err := os.WriteFile(filepath.Join(dir, file), data, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		files = append(files, filepath.Join(dir, name+".docx"))
	}
	all := editions(t)
	for _, c := range [][2]string{{"harbour-academy", "online-safety-policy"}, {"little-acorns", "cameras-and-images-policy"}} {
		s := schoolOf(t, all[oldest], all[newest], "../examples/"+c[0]+".toml")
		base := []byte(write(t, s.was.Only(c[1:]).List[0], Word))
		put(c[0]+"-"+c[1], base, s.update(t, Old{Name: c[1] + ".docx", Data: base}).Data)
	}
	s := corpusSchool(t)
	for _, c := range corpus(t) {
		if slices.Contains(reviewed, c.name) {
			put(strings.NewReplacer("/", "-", ".docx", "").Replace(c.name), c.data, s.update(t, c.old(s)).Data)
		}
	}
	if len(files) != len(reviewed)+2 {
		t.Fatalf("%d files: some of the corpus are not there", len(files))
	}
	toPDF(t, dir, files)
	t.Setenv("OFFICE_PROFILE", t.TempDir()) // made once
	t.Setenv("PYTHONDONTWRITEBYTECODE", "1")
	for _, file := range files {
		newFaults(t, validator, strings.TrimSuffix(file, ".docx")+".before.docx", file)
		if strings.Contains(file, "google") {
			continue
		}
		for _, c := range []struct {
			what    string
			resolve func([]byte, func(string) bool) ([]byte, error)
		}{{"accept", docx.Accept}, {"reject", docx.Reject}} {
			sameAsOffice(t, file, c.what, c.resolve)
		}
	}
	t.Logf("%d Word files brought forward: no new error, and LibreOffice reads their changes as we do", len(files))
}

var place = regexp.MustCompile(`\[[0-9]+\]|'[^']*'`)

// newFaults reports what the validator says of a file and did not say of the file
// as it was before, so often. Where a fault stands, and the ids in it, may be
// others.
func newFaults(t *testing.T, validator, before, after string) {
	t.Helper()
	had := map[string]int{}
	for _, fault := range sdkFaults(t, validator, before) {
		had[place.ReplaceAllString(fault, "")]++
	}
	for _, fault := range sdkFaults(t, validator, after) {
		k := place.ReplaceAllString(fault, "")
		if had[k]--; had[k] < 0 {
			t.Errorf("%s: %s", filepath.Base(after), fault)
		}
	}
}

// sameAsOffice checks that LibreOffice makes the same words of a file's changes as
// resolve.
func sameAsOffice(t *testing.T, file, what string, resolve func([]byte, func(string) bool) ([]byte, error)) {
	t.Helper()
	python := os.Getenv("PYTHON_WITH_UNO")
	if python == "" {
		python = "/usr/bin/python3"
	}
	out := strings.TrimSuffix(file, ".docx") + "." + what + ".docx"
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	if said, err := exec.CommandContext(ctx, python, corpusDir+"/accept_reject.py", file, what, out).CombinedOutput(); err != nil {
		t.Errorf("%s: LibreOffice cannot %s its changes: %v\n%s", filepath.Base(file), what, err, said)
		return
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := resolve(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := plainWords(t, ours), plainWords(t, theirs); got != want {
		t.Errorf("%s: to %s all changes, %s", filepath.Base(out), what, difference(got, want))
	}
}

// plainWords returns the words of a Word file, without the joiner that LibreOffice
// puts into rows whose insertion it tracks.
func plainWords(t *testing.T, data []byte) string {
	t.Helper()
	words, err := docx.Words(data)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(words, "\u200d", "")
}
