//go:build office

package generator

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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

// validate runs the Open XML SDK validator on a file.
func validate(t *testing.T, validator, file string) {
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
	for _, e := range result.Errors {
		t.Errorf("%s: %s (%v)", filepath.Base(file), e.Description, e.Path)
	}
	if !result.OK && len(result.Errors) == 0 {
		t.Errorf("%s: the validator says %s", filepath.Base(file), out)
	}
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
