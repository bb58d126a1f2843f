package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/policygen/policygen/generator/docx"
	"github.com/policygen/policygen/templates"
)

var update = flag.Bool("update", false, "rewrite the wanted output in testdata/script")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"policygen": main})
}

func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                map[string]func(ts *testscript.TestScript, neg bool, args []string){"edit": editFile, "words": wordsOf},
	})
}

// editFile puts words in the place of others in a file, as somebody does who edits
// it: in the body of a Word file. "edit FILE OLD NEW".
func editFile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE OLD NEW")
	}
	data, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	if strings.HasSuffix(args[0], ".docx") {
		data, err = editWord(data, args[1], args[2])
		ts.Check(err)
	} else {
		data = []byte(strings.ReplaceAll(string(data), args[1], args[2]))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o666))
}

// editWord replaces text in the body of a Word file.
func editWord(data []byte, old, now string) ([]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		part, err := docx.Part(data, f.Name)
		if err != nil {
			return nil, err
		}
		if f.Name == "word/document.xml" {
			if !strings.Contains(string(part), old) {
				return nil, fmt.Errorf("the document does not say %q", old)
			}
			part = []byte(strings.ReplaceAll(string(part), old, now))
		}
		to, err := w.Create(f.Name)
		if err != nil {
			return nil, err
		}
		to.Write(part)
	}
	err = w.Close()
	return out.Bytes(), err
}

// wordsOf writes the words of a Word file to another file: as it is now, with all
// changes accepted, with all changes rejected, or of its comments.
// "words now|accepted|rejected|comments FILE OUT".
func wordsOf(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: words now|accepted|rejected|comments FILE OUT")
	}
	data, err := os.ReadFile(ts.MkAbs(args[1]))
	ts.Check(err)
	var words string
	switch args[0] {
	case "accepted":
		data, err = docx.Accept(data, nil)
	case "rejected":
		data, err = docx.Reject(data, nil)
	case "comments":
		var part []byte
		part, err = docx.Part(data, "word/comments.xml")
		words = regexp.MustCompile(`<[^>]*>`).ReplaceAllString(strings.ReplaceAll(string(part), "</w:p>", "\n"), "")
	}
	ts.Check(err)
	if words == "" {
		words, err = docx.Words(data)
		ts.Check(err)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(words), 0o666))
}

// TestExitCodes checks the codes that scripts rely on.
func TestExitCodes(t *testing.T) {
	t.Chdir(t.TempDir())
	write := func(name, data string) {
		if err := os.WriteFile(name, []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("good.toml", "[setting]\nname = \"N\"\ntype = \"pru\"\n")
	write("bad.toml", "[setting]\nname = \"N\"\n")
	write("file", "")
	for _, test := range []struct {
		args string
		want int
	}{
		{"", exitOK}, {"help", exitOK}, {"--help", exitOK}, {"generate --help", exitOK}, {"version", exitOK}, {"list", exitOK}, {"list types", exitOK}, {"schema", exitOK}, {"completion bash", exitOK}, {"templates", exitOK},
		{"check good.toml", exitOK}, {"generate good.toml", exitOK}, {"generate -o o --format md --policy anti-bullying good.toml", exitOK}, {"new -", exitOK}, {"new n.toml", exitOK},
		{"check bad.toml", exitProblems}, {"check good.toml bad.toml", exitProblems}, {"generate bad.toml", exitProblems}, {"check --final good.toml", exitProblems}, {"generate --final good.toml", exitProblems},
		{"generate", exitUsage}, {"generate good.toml good.toml", exitOK}, {"generate absent.toml", exitUsage}, {"generate .", exitProblems}, {"generate out", exitUsage}, {"generate --format pdf good.toml", exitUsage}, {"generate --fromat md good.toml", exitUsage},
		{"generate --policy nonsense good.toml", exitUsage}, {"generate --edition 1999-09 good.toml", exitUsage}, {"generate --templates nowhere good.toml", exitUsage}, {"generate --templates file good.toml", exitUsage},
		{"check", exitUsage}, {"check absent.toml", exitUsage}, {"check absent.toml good.toml", exitUsage}, {"check --json absent.toml", exitUsage}, {"check absent.toml bad.toml", exitProblems}, {"check bad.toml absent.toml", exitProblems}, {"gnerate good.toml", exitUsage}, {"list nonsense", exitUsage}, {"list types fields", exitUsage}, {"schema x", exitUsage}, {"new n.toml", exitUsage}, {"new a b", exitUsage}, {"new out/", exitUsage}, {"new .", exitUsage}, {"new --force .", exitUsage},
		{"new x.toml --type nonsense", exitUsage}, {"version x", exitUsage}, {"templates nonsense", exitUsage}, {"templates export", exitUsage}, {"templates export t nonsense.md", exitUsage}, {"completion nonsense", exitUsage}, {"help nonsense", exitUsage}, {"help check", exitOK}, {"help completion", exitOK},
		{"review", exitOK}, {"review changes", exitOK}, {"review changes good.toml", exitOK}, {"review changes bad.toml", exitProblems}, {"review changes absent.toml", exitUsage}, {"review nonsense", exitUsage}, {"help review changes", exitOK},
		{"review status o", exitOK}, {"review status good.toml", exitOK}, {"review status bad.toml", exitProblems}, {"review status absent", exitUsage}, {"review status", exitUsage}, {"review status file/n", exitMachine},
		{"verify", exitUsage}, {"verify absent.docx", exitUsage}, {"verify good.toml", exitProblems}, {"verify good.toml absent.docx", exitProblems}, {"verify out", exitOK}, {"verify --json out", exitOK}, {"verify file/below.docx", exitMachine},
		{"review census", exitUsage}, {"review census o", exitUsage}, {"review census absent", exitUsage}, {"review census out --json --csv", exitUsage}, {"review census out", exitOK}, {"help review census", exitOK},
		{"generate -o file good.toml", exitMachine}, {"generate -o file/below good.toml", exitMachine}, {"new file/n.toml", exitMachine}, {"templates export file", exitMachine}, {"check file/n.toml bad.toml absent.toml", exitMachine},
	} {
		var out, errs bytes.Buffer
		got := run(strings.Fields(test.args), env{in: strings.NewReader(""), out: &out, err: &errs, templates: templates.FS})
		if got != test.want {
			t.Errorf("policygen %s: exit code %d, want %d\n%s%s", test.args, got, test.want, out.String(), errs.String())
		}
		if got != exitOK && errs.Len() == 0 && out.Len() == 0 {
			t.Errorf("policygen %s says nothing", test.args)
		}
	}
}

// TestFullDisk checks that nobody takes half of what a command prints for the
// whole.
func TestFullDisk(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("n.toml", []byte("[setting]\nname = \"N\"\ntype = \"pru\"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{"check n.toml", "check --json n.toml", "generate n.toml", "list", "list functions", "schema", "version", "--version", "new -", "new x.toml", "templates export t", "coverage n.toml", "review", "review changes n.toml", "review census out", "verify n.toml", "verify --json n.toml", "help", "completion bash"} {
		var errs bytes.Buffer
		code := run(strings.Fields(args), env{in: strings.NewReader(""), out: full{}, err: &errs, templates: templates.FS})
		if code != exitMachine || !strings.HasSuffix(errs.String(), "policygen: writing to standard output: no space left on device\n") {
			t.Errorf("policygen %s: exit code %d\n%s", args, code, errs.String())
		}
	}
}

// full is a disk that is full.
type full struct{}

func (full) Write([]byte) (int, error) {
	return 0, &fs.PathError{Op: "write", Path: "/dev/stdout", Err: errors.New("no space left on device")}
}

func TestMayBegin(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, want := range map[string]string{
		"n.toml": "", "below/n.toml": "", "a\nb.toml": `the name "a\nb.toml" holds a character that does not belong into one`,
		"": "the file has no name", "out/": "out/ is a folder", ".": ". is a folder", "below/..": "below/.. is a folder",
	} {
		got := ""
		if err := mayBegin(name, true); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}

// TestHelp checks that every command and flag says what it is for.
func TestHelp(t *testing.T) {
	root := newRoot(env{templates: fs.FS(templates.FS)})
	for _, c := range root.Commands() {
		if c.Short == "" || strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: %q", c.Name(), c.Short)
		}
	}
}

// BenchmarkCold measures the whole program as people run it: one setting, all
// documents, three formats, from an empty folder. It reports the CPU time of a
// process, user and system, in ms.
func BenchmarkCold(b *testing.B) {
	dir := b.TempDir()
	program := filepath.Join(dir, "policygen")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	example, err := filepath.Abs("../../examples/oakfield-primary.toml")
	if err != nil {
		b.Fatal(err)
	}
	var cpu float64
	for i := 0; b.Loop(); i++ {
		out := filepath.Join(dir, "out")
		if err := os.RemoveAll(out); err != nil {
			b.Fatal(err)
		}
		cmd := exec.Command(program, "generate", "-o", out, example)
		if text, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, text)
		}
		cpu += (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds() * 1000
	}
	b.ReportMetric(cpu/float64(b.N), "cpu-ms/op")
}
