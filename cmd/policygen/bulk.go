package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/schollz/progressbar/v3"

	"github.com/policygen/policygen/generator"
	"github.com/policygen/policygen/generator/source"
)

// This file makes many settings in one run. Beside the settings' folders it
// writes index.csv, a line for each file; problems.csv, a line for each thing that
// was wrong; and index.html, for people. A run of one shard writes files of its
// own, such as index-2-of-4.csv, which policygen index joins.

// parseShard reads --shard.
func parseShard(s string) (generator.Shard, error) {
	if s == "" {
		return generator.Shard{}, nil
	}
	first, second, ok := strings.Cut(s, "/")
	i, err1 := strconv.Atoi(first)
	n, err2 := strconv.Atoi(second)
	if !ok || err1 != nil || err2 != nil || i < 1 || n < 1 || i > n {
		return generator.Shard{}, usageError{fmt.Errorf("%q is not part I of N", s), "write --shard 1/4 to --shard 4/4"}
	}
	return generator.Shard{Index: i, Of: n}, nil
}

// shardSuffix tells the files of shards apart.
func shardSuffix(s generator.Shard) string {
	if s.Of == 0 {
		return ""
	}
	return fmt.Sprintf("-%d-of-%d", s.Index, s.Of)
}

// output opens the folder to write to, and locks it: of two runs at once, the
// second is told so. The run says at its end whether it has come to it; one that
// has not, because the machine went down, leaves the lock's file behind, and then
// the next run trusts no sizes and times.
func (e env) output(folder string, shard generator.Shard) (out *generator.Output, unlock func(whole bool), err error) {
	if folder == "" {
		return nil, nil, usageError{errors.New("the folder to write to has no name"), "write: -o out"}
	}
	out, err = generator.Create(folder)
	if err != nil {
		return nil, nil, fmt.Errorf("making the folder %s: %w", folder, reason(err))
	}
	name := filepath.Join(folder, ".policygen"+shardSuffix(shard)+".lock")
	lock := flock.New(name)
	locked, err := lock.TryLock()
	if err != nil {
		out.Close()
		return nil, nil, fmt.Errorf("writing to %s: %w", folder, reason(err))
	}
	if !locked {
		out.Close()
		return nil, nil, usageError{fmt.Errorf("another run is writing to %s", folder), "wait for it to end, or write to another folder with -o"}
	}
	return out, func(whole bool) {
		if whole {
			settle(folder)
			os.Remove(name)
		}
		lock.Unlock()
	}, nil
}

// unfinished reports whether the run before did not come to its end.
func unfinished(folder string, shard generator.Shard) bool {
	_, err := os.Stat(filepath.Join(folder, ".policygen"+shardSuffix(shard)+".lock"))
	return err == nil
}

// errInterrupted says that somebody has stopped the run.
var errInterrupted = errors.New("interrupted")

// A tally is what a run has done so far.
type tally struct {
	settings, made, same, failed int // settings
	files, wrote                 int
	gaps, edited, stale          int
	warnings                     int
}

// runMany makes the documents of many settings. It is the only command that
// heeds an interrupt, to finish the settings in hand and say how to go on; any
// other has nothing half done and ends at once, as this does at the second.
func runMany(e env, opts generateOptions, src *sources, formats []generator.Format, shard generator.Shard) error {
	if len(opts.policies) > 0 {
		edition, err := e.edition(opts.edition)
		if err != nil {
			return err
		}
		b, err := src.w.bench(edition)
		if err != nil {
			return err
		}
		if err := knownPolicies(opts.policies, b.pack); err != nil {
			return err
		}
	}
	// Hundreds of settings make much garbage and keep little: collecting it less
	// often costs tens of megabytes and saves a tenth of the time.
	debug.SetGCPercent(300)
	verify := opts.verify || unfinished(opts.out, shard)
	out, unlock, err := e.output(opts.out, shard)
	if err != nil {
		return err
	}
	defer out.Close()
	whole := false
	defer func() { unlock(whole) }()
	books, err := openBooks(out, shardSuffix(shard))
	if err != nil {
		return fmt.Errorf("writing to %s: %w", opts.out, reason(err))
	}
	defer books.abort()
	src.count()
	bar := e.progress(src)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop)

	batch := &generator.Batch{
		Output: out, Workers: opts.jobs, Shard: shard, Verify: verify,
		Options: generator.Options{Formats: formats, Overwrite: opts.overwrite, Zip: opts.zip, Final: opts.final, Program: program()},
	}
	var t tally
	items := func(yield func(*generator.Item, error) bool) {
		for item, err := range src.items() {
			if item != nil && item.Setting != nil {
				item.Formats = settingFormats(formats, item.Setting)
				item.Only = policiesOf(opts.policies, item.Setting)
			}
			if !yield(item, err) {
				return
			}
		}
	}
	templates := map[source.Error]bool{} // problems that are every setting's are told once
	err = batch.Run(ctx, items, func(r *generator.Result) error {
		if r.Skipped {
			return nil
		}
		t.settings++
		if len(r.Problems) > 0 {
			t.failed++
			for _, p := range r.Problems.Sorted() {
				if !templates[*p] && (p.Pos.File != r.Pos.File || t.failed <= shownProblems) {
					templates[*p] = p.Pos.File != r.Pos.File && len(templates) < 1000
					bar.line(p.Error())
				}
			}
			return books.failed(r)
		}
		switch {
		case r.Same || r.Wrote == 0:
			t.same++
		default:
			t.made++
		}
		for _, p := range r.Warnings.Sorted() {
			if t.warnings++; t.warnings <= shownProblems {
				warning := *p
				warning.Msg = "warning: " + warning.Msg
				bar.line(warning.Error())
			}
		}
		t.files += len(r.Files)
		t.wrote += r.Wrote
		t.gaps += r.Gaps
		t.edited += len(r.Edited)
		t.stale += len(r.Stale)
		for _, f := range r.Edited {
			bar.line("policygen: " + f + " has been edited since it was made: it is left as it is")
		}
		bar.step(t.settings)
		fmt.Fprintln(e.out, out.Name(r.Folder))
		return books.made(r, opts.zip)
	})
	bar.end()
	for _, note := range src.left {
		e.say("%s", note)
	}
	if stopped := ctx.Err() != nil; stopped || err == nil {
		if commitErr := books.commit(t, opts.out, shard); commitErr != nil && err == nil {
			err = fmt.Errorf("writing to %s: %w", opts.out, reason(commitErr))
		}
		if stopped {
			e.say("stopped after %s; run the same command again to go on: what is there and right is left alone", count(t.settings, "setting"))
			return errInterrupted
		}
	}
	if err != nil {
		e.say("%s before this:", count(t.made+t.same, "setting"))
		return fmt.Errorf("writing %w", err)
	}
	whole = true
	if t.settings == 0 {
		e.say("no settings: nothing was made")
		return nil
	}
	e.say("%s", t.sentence(opts.out, shard))
	if t.failed > 0 {
		return errFailed
	}
	return nil
}

// shownProblems is of how many settings problems are shown as they are met, and
// how many warnings; the rest stand in problems.csv, and in what check prints.
const shownProblems = 20

// sentence says what a run has done.
func (t *tally) sentence(folder string, shard generator.Shard) string {
	s := fmt.Sprintf("%s: %s made", count(t.settings, "setting"), count(t.made, "setting"))
	if t.same > 0 {
		s += fmt.Sprintf(", %d as they were", t.same)
	}
	if t.failed > 0 {
		s += fmt.Sprintf(", %d not made (%s says why)", t.failed, filepath.Join(folder, "problems"+shardSuffix(shard)+".csv"))
	}
	s += fmt.Sprintf("; %s, %d of them written", count(t.files, "file"), t.wrote)
	if t.edited > 0 {
		s += fmt.Sprintf(", %d left because of edits", t.edited)
	}
	if t.stale > 0 {
		s += fmt.Sprintf("; %d files are of documents that settings get no longer", t.stale)
	}
	if t.warnings > shownProblems {
		s += fmt.Sprintf("; %d warnings: policygen check lists them", t.warnings)
	}
	if t.gaps > 0 {
		s += fmt.Sprintf("; %s still to complete: %s shows where", areIs(t.gaps, "detail"), filepath.Join(folder, "index"+shardSuffix(shard)+".html"))
	}
	return s
}

// books are the files that say what a run has made.
type books struct {
	out      *generator.Output
	suffix   string
	index    *generator.Stream
	problems *generator.Stream
	rows     *generator.Stream // of index.html, whose head says how many there are
	indexCSV *csv.Writer
	probCSV  *csv.Writer
	done     bool
}

func openBooks(out *generator.Output, suffix string) (*books, error) {
	b := &books{out: out, suffix: suffix}
	for _, f := range []struct {
		to   **generator.Stream
		name string
	}{{&b.index, "index" + suffix + ".csv"}, {&b.problems, "problems" + suffix + ".csv"}, {&b.rows, "index" + suffix + ".html"}} {
		var err error
		if *f.to, err = out.Stream(f.name); err != nil {
			b.abort()
			return nil, err
		}
	}
	b.indexCSV, b.probCSV = csv.NewWriter(b.index), csv.NewWriter(b.problems)
	b.indexCSV.Write(indexHeadings)
	b.probCSV.Write([]string{"id", "name", "source", "line", "field", "problem", "hint"})
	return b, b.head()
}

var indexHeadings = []string{"id", "name", "document", "format", "file", "sha256", "words", "gaps"}

// made records a setting's documents.
func (b *books) made(r *generator.Result, zip bool) error {
	id := strings.TrimSuffix(r.Folder, ".zip")
	for _, f := range r.Files {
		file := r.Folder
		if !zip {
			file += "/" + f.Name
		}
		b.indexCSV.Write([]string{id, safe(r.Name), f.Document, f.Format, file, f.SHA256, strconv.Itoa(f.Words), strconv.Itoa(f.Gaps)})
	}
	if err := b.indexCSV.Error(); err != nil {
		return err
	}
	return b.row(id, r)
}

// failed records why a setting has none.
func (b *books) failed(r *generator.Result) error {
	id := ""
	if r.Setting != nil && r.Setting.Name() != "" {
		id = generator.Folder(r.Setting)
	}
	for _, p := range r.Problems.Sorted() {
		line := ""
		if p.Pos.Line > 0 {
			line = strconv.Itoa(p.Pos.Line)
		}
		b.probCSV.Write([]string{id, safe(r.Name), p.Pos.File, line, p.Field, safe(p.Msg), safe(p.Hint)})
	}
	if err := b.probCSV.Error(); err != nil {
		return err
	}
	return b.row(id, r)
}

// safe returns words as a cell of a table that people will open in a
// spreadsheet, which would take some for a formula.
func safe(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

func (b *books) abort() {
	if b.done {
		return
	}
	for _, s := range []*generator.Stream{b.index, b.problems, b.rows} {
		if s != nil {
			s.Abort()
		}
	}
}

// commit ends the files and gives them their names.
func (b *books) commit(t tally, folder string, shard generator.Shard) error {
	b.done = true
	b.indexCSV.Flush()
	b.probCSV.Flush()
	if err := b.foot(t); err != nil {
		return err
	}
	for _, s := range []*generator.Stream{b.index, b.problems, b.rows} {
		if err := s.Commit(); err != nil {
			return err
		}
	}
	return nil
}

// A progress shows how far a run is: a line that moves on a terminal, and plain
// lines elsewhere.
type progress struct {
	e     env
	src   *sources
	bar   *progressbar.ProgressBar
	start time.Time
	last  time.Time
	done  int
}

// every is how often there is a plain line.
const every = 15 * time.Second

func (e env) progress(src *sources) *progress {
	now := time.Now()
	p := &progress{e: e, src: src, start: now, last: now}
	if e.terminal {
		p.bar = progressbar.NewOptions64(src.total,
			progressbar.OptionSetWriter(e.err), progressbar.OptionSetDescription("settings"), progressbar.OptionShowCount(),
			progressbar.OptionShowIts(), progressbar.OptionSetItsString("settings"), progressbar.OptionSetPredictTime(true),
			progressbar.OptionThrottle(200*time.Millisecond), progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(20))
	}
	return p
}

// step tells that so many settings are done.
func (p *progress) step(done int) {
	p.done = done
	if p.bar != nil {
		p.bar.Set64(min(p.src.read.Load(), p.src.total))
		return
	}
	if now := time.Now(); now.Sub(p.last) >= every {
		p.last = now
		rate := float64(done) / now.Sub(p.start).Seconds()
		read := p.src.read.Load()
		left := ""
		if read > 0 && p.src.total > read {
			left = fmt.Sprintf(", about %s left", (time.Duration(float64(now.Sub(p.start)) / float64(read) * float64(p.src.total-read))).Round(time.Second))
		}
		p.e.say("%s done, %.0f a second%s", count(done, "setting"), rate, left)
	}
}

// line prints a line without disturbing the bar.
func (p *progress) line(s string) {
	if p.bar != nil {
		p.bar.Clear()
	}
	fmt.Fprintln(p.e.err, s)
}

func (p *progress) end() {
	if p.bar != nil {
		p.bar.Finish()
	}
}
