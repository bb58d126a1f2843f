//go:build linux || darwin

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/gofrs/flock"
)

// start starts the program, and returns it with what it prints.
func start(t *testing.T, args ...string) (cmd *exec.Cmd, out *bufio.Reader, errs *bytes.Buffer) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd = exec.Command(program, args...)
	cmd.Args[0] = "policygen" // by which the test program knows what it is to be
	errs = &bytes.Buffer{}
	cmd.Stderr = errs
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewReader(pipe), errs
}

// TestInterrupt checks that an interrupt ends a command that waits for something
// else: here, for somebody to write to a pipe.
func TestInterrupt(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe.toml")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd, _, _ := start(t, "check", pipe)
	w, err := os.OpenFile(pipe, os.O_WRONLY, 0) // waits until it is read
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	if status := cmd.ProcessState.Sys().(syscall.WaitStatus); !status.Signaled() || status.Signal() != syscall.SIGINT {
		t.Errorf("the program has ended with %v", cmd.ProcessState)
	}
}

// settings writes a spreadsheet of n settings of several types.
func settings(t *testing.T, n int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("setting.urn,setting.name,setting.type\n")
	types := []string{"maintained_primary", "academy_secondary", "childminder", "early_years_group"}
	for i := range n {
		fmt.Fprintf(&b, "%d,Setting %d,%s\n", 900100+i, i, types[i%len(types)])
	}
	name := filepath.Join(t.TempDir(), "settings.csv")
	if err := os.WriteFile(name, []byte(b.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	return name
}

// tree returns what stands in a folder, by its name.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		files[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestEnded checks that a run that is stopped in the middle, in order or by
// force, leaves nothing half done that the next run does not put right: what is
// there then is byte for byte what a run that nobody disturbed makes.
func TestEnded(t *testing.T) {
	const n = 32
	sheet := settings(t, n)
	whole := filepath.Join(t.TempDir(), "whole")
	args := func(out string) []string { return []string{"generate", sheet, "--format", "md,docx", "-o", out} }
	cmd, out, errs := start(t, args(whole)...)
	for range n {
		out.ReadString('\n')
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, errs)
	}
	want := tree(t, whole)
	for _, sig := range []syscall.Signal{syscall.SIGKILL, syscall.SIGINT} {
		for _, after := range []int{1, n / 2} {
			dir := filepath.Join(t.TempDir(), "stopped")
			cmd, out, errs := start(t, args(dir)...)
			for range after {
				if _, err := out.ReadString('\n'); err != nil {
					t.Fatalf("%v\n%s", err, errs)
				}
			}
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			for {
				if _, err := out.ReadString('\n'); err != nil {
					break
				}
			}
			cmd.Wait()
			if sig == syscall.SIGINT {
				if code := cmd.ProcessState.ExitCode(); code != exitInterrupted || !strings.Contains(errs.String(), "run the same command again to go on") {
					t.Errorf("stopped after %d: exit code %d\n%s", after, code, errs)
				}
				for name, data := range tree(t, dir) {
					if !strings.HasPrefix(filepath.Base(name), "index.") && filepath.Base(name) != "problems.csv" && !strings.HasPrefix(name, ".") && data != want[name] {
						t.Errorf("stopped after %d: %s is not what it is to be", after, name)
					}
				}
			}
			cmd, out, errs = start(t, args(dir)...)
			for range n {
				out.ReadString('\n')
			}
			if err := cmd.Wait(); err != nil {
				t.Fatalf("%v\n%s", err, errs)
			}
			got := tree(t, dir)
			for name, data := range want {
				if got[name] != data {
					t.Errorf("%v after %d, and on: %s differs", sig, after, name)
				}
			}
			for name := range got {
				if _, ok := want[name]; !ok {
					t.Errorf("%v after %d, and on: %s is left over", sig, after, name)
				}
			}
		}
	}
}

// TestTwoRuns checks that a second run into one folder says so and stops.
func TestTwoRuns(t *testing.T) {
	dir := t.TempDir()
	lock := flock.New(filepath.Join(dir, ".policygen.lock"))
	if locked, err := lock.TryLock(); !locked || err != nil {
		t.Fatal(locked, err)
	}
	defer lock.Unlock()
	for _, source := range []string{settings(t, 2), "../../examples/minimal.toml"} {
		cmd, _, errs := start(t, "generate", source, "-o", dir)
		cmd.Wait()
		if code := cmd.ProcessState.ExitCode(); code != exitUsage || !strings.Contains(errs.String(), "another run is writing to "+dir) {
			t.Errorf("exit code %d\n%s", code, errs)
		}
	}
	if files := tree(t, dir); len(files) != 1 {
		t.Errorf("%d files are there", len(files))
	}
}

// TestQuote checks that a shell gives back what was quoted.
func TestQuote(t *testing.T) {
	for s, want := range map[string]string{
		"oakfield.toml": "oakfield.toml", "schools/st-mary's.toml": `"schools/st-mary's.toml"`, "a b.toml": `"a b.toml"`, "é.toml": "é.toml", "": `""`,
		"a`id`.toml": "'a`id`.toml'", `a"b.toml`: `'a"b.toml'`, "a;b.toml": `"a;b.toml"`, "#a.toml": `"#a.toml"`, "-a.toml": "./-a.toml", "a$b'c.toml": `'a$b'\''c.toml'`,
		"~a": `"~a"`, "a*?": `"a*?"`, "a!b": "'a!b'", `a\b`: `'a\b'`, "a\nb": "\"a\nb\"", "-n": "./-n",
	} {
		got := quote(s)
		if got != want {
			t.Errorf("quote(%q) = %s, want %s", s, got, want)
		}
		out, err := exec.Command("sh", "-c", "printf %s "+got).Output()
		if err != nil || filepath.Clean(string(out)) != filepath.Clean(s) {
			t.Errorf("a shell reads %s as %q (%v)", got, out, err)
		}
	}
}
