//go:build unix

package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// England's mix of settings, in parts of a hundred, as the national register has
// it: about half of them maintained, and three in four primary schools.
var england = []struct {
	id        string
	share     int
	low, high int
}{
	{"maintained_primary", 40, 4, 11}, {"academy_primary", 27, 4, 11}, {"academy_secondary", 11, 11, 18}, {"maintained_secondary", 3, 11, 16},
	{"independent", 6, 3, 18}, {"maintained_special", 3, 5, 16}, {"academy_special", 2, 5, 19}, {"maintained_nursery", 2, 2, 5}, {"college_fe", 1, 16, 19},
	{"sixth_form_college", 1, 16, 19}, {"academy_all_through", 2, 4, 18}, {"pru", 1, 11, 16}, {"academy_ap", 1, 11, 16},
}

// synthetic writes a spreadsheet of n invented settings with the details that an
// authority might hold, and choices that differ from each to the next.
func synthetic(w io.Writer, n int) error {
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(words ...string) string { return words[random.IntN(len(words))] }
	out := csv.NewWriter(w)
	out.Write([]string{
		"setting.urn", "setting.name", "setting.type", "setting.age_low", "setting.age_high", "setting.local_authority", "setting.phone", "setting.email",
		"people.leader.name", "people.dsl.name", "people.dsl.email", "people.deputy_dsl.1.name", "devices.learner_phones", "technology.filtering.provider",
		"technology.safeguarding_recording", "review.approved_date", "review.next_review", "technology.wifi_guest", "cctv.enabled", "technology.mfa",
		"technology.ai.learner_use", "social_media.staff_personal_rule", "technology.remote_learning",
	})
	for i := range n {
		part := random.IntN(100)
		t := england[0]
		for _, t = range england {
			if part -= t.share; part < 0 {
				break
			}
		}
		out.Write([]string{
			strconv.Itoa(900001 + i), fmt.Sprintf("School Number %d of Somewhere", i), t.id, strconv.Itoa(t.low), strconv.Itoa(t.high),
			fmt.Sprintf("County %d", i%150), fmt.Sprintf("01632 960%03d", i%1000), fmt.Sprintf("office@s%d.example", i),
			fmt.Sprintf("Mr Head %d", i), fmt.Sprintf("Mrs Lead %d", i), fmt.Sprintf("dsl@s%d.example", i), fmt.Sprintf("Ms Deputy %d", i),
			pick("not_on_site", "handed_in", "locked_storage", "pouches", "off_and_away_all_day"), fmt.Sprintf("Provider %d", i%20),
			pick("CPOMS", "MyConcern", "paper"), fmt.Sprintf("2026-09-%02d", 1+i%28), "2027-08-31", pick("yes", "no"), pick("yes", "no"),
			pick("all_staff", "admin_only"), pick("not_permitted", "teacher_led", "approved_tools"),
			pick("no_connections_with_learners", "plus_ex_learners_until_18"), pick("none", "contingency"),
		})
	}
	out.Flush()
	return out.Error()
}

// BenchmarkBulk measures runs of many settings as people run them, each a program
// of its own, and cp -r of what it has made. SETTINGS says how many, and
// BULK_DIR where: a folder in memory hides no disk.
//
// cpu-ms/doc is user and system time of a run for each file that it wrote;
// peak-MB is the most memory that it held.
func BenchmarkBulk(b *testing.B) {
	n := 300
	if s := os.Getenv("SETTINGS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	dir, err := os.MkdirTemp(os.Getenv("BULK_DIR"), "bulk")
	if err != nil {
		b.Fatal(err)
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "policygen")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	sheet := filepath.Join(dir, "settings.csv")
	f, err := os.Create(sheet)
	if err != nil {
		b.Fatal(err)
	}
	if err := synthetic(f, n); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	measure := func(b *testing.B, files int, name string, args ...string) {
		cmd := exec.Command(name, args...)
		start := time.Now()
		if text, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, text)
		}
		elapsed := time.Since(start).Seconds()
		cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		if files == 0 {
			files = documents(b, out)
		}
		b.ReportMetric(float64(n)/elapsed, "settings/s")
		b.ReportMetric(float64(files)/elapsed, "docs/s")
		b.ReportMetric(cpu.Seconds()*1000/float64(files), "cpu-ms/doc")
		b.ReportMetric(float64(files), "docs")
		b.ReportMetric(peak(cmd.ProcessState), "peak-MB")
		b.ReportMetric(0, "ns/op") // nothing that a reader can use
	}
	fresh := func(b *testing.B) {
		if err := os.RemoveAll(out); err != nil {
			b.Fatal(err)
		}
	}
	generate := []string{"generate", sheet, "-o", out}
	for _, format := range []string{"md", "html", "docx"} {
		b.Run(format, func(b *testing.B) {
			for b.Loop() {
				fresh(b)
				measure(b, 0, program, append(generate, "--format", format)...)
			}
		})
	}
	b.Run("all-1-worker", func(b *testing.B) {
		for b.Loop() {
			fresh(b)
			measure(b, 0, program, append(generate, "--jobs", "1")...)
		}
	})
	b.Run("all", func(b *testing.B) {
		for b.Loop() {
			fresh(b)
			measure(b, 0, program, generate...)
		}
	})
	files := documents(b, out)
	b.Run("all-again", func(b *testing.B) {
		for b.Loop() {
			measure(b, files, program, generate...)
		}
	})
	b.Run("review", func(b *testing.B) {
		fresh(b)
		if text, err := exec.Command(program, "generate", sheet, "-o", out, "--format", "docx", "--edition", "2016-09").CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, text)
		}
		for b.Loop() {
			measure(b, 0, program, "review", "update", out, "--source", sheet, "--edition", "2026-09", "-o", filepath.Join(dir, "reviewed"), "--overwrite")
		}
	})
	b.Run("cp", func(b *testing.B) {
		for b.Loop() {
			copied := filepath.Join(dir, "copied")
			measure(b, files, "cp", "-r", out, copied)
			if err := os.RemoveAll(copied); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// documents counts the documents in a tree.
func documents(b *testing.B, dir string) int {
	n := 0
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Dir(name) != dir && !strings.HasSuffix(name, ".toml") {
			n++
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// peak returns the most memory that a process held, in MB.
func peak(p *os.ProcessState) float64 {
	unit := 1024.0
	if runtime.GOOS == "darwin" {
		unit = 1
	}
	return float64(p.SysUsage().(*syscall.Rusage).Maxrss) * unit / 1e6
}
