package generator

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"iter"
	pathpkg "path"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/policygen/policygen/generator/receipt"
	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/source"
	"github.com/policygen/policygen/generator/toml"
)

// A Batch makes the documents of many settings, one or many alike.
//
// One setting's mistake is that setting's result: the others still get their
// documents. A run itself ends early only if going on is pointless, because the
// disk is full, say, or its context is done; the settings in hand are finished
// then. Whatever stops it, the next run goes on where it ended, because what is
// there already, and right, is left alone.
type Batch struct {
	Output  *Output
	Options Options
	Workers int      // 0 means one for each processor
	Shard   Shard    // which of the settings are this run's
	Verify  bool     // look into every file, even where nothing seems to have changed
	Only    []string // families or documents, if not all of them
}

// A Shard is one of several parts that settings are shared out among, by the
// names of their folders: together the parts are everything, and no two of them
// have a setting in common.
type Shard struct{ Index, Of int } // from 1; of 0 there is only one

// Has reports whether the setting with that folder is in the shard.
func (s Shard) Has(folder string) bool {
	if s.Of <= 1 {
		return true
	}
	h := fnv.New64a()
	h.Write([]byte(folder))
	return h.Sum64()%uint64(s.Of) == uint64(s.Index-1)
}

// An Item is a setting to be made documents for, or why it cannot be.
type Item struct {
	Setting   *setting.Setting // nil if it could not be read
	Generator *Generator
	Table     *toml.Table // what the setting was read from, with all that lies under it
	Files     fs.FS       // that the setting names, such as a crest
	Pos       source.Pos  // the file, or the row of a sheet
	Name      string      // of the setting, as far as it is known
	Formats   []Format    // if they are not those of the batch
	Only      []string    // families or documents, if not all of them
	Problems  source.Errors
	Torn      bool // there were lines that could not be read: what is missing may stand in them
}

// A Result is what became of an item.
type Result struct {
	Item
	Folder   string         // of its documents, or archive; "" if it has none
	Files    []receipt.File // that it has now
	Wrote    int
	Edited   []string
	Stale    []string
	Warnings source.Errors
	Gaps     int  // details still to complete
	Same     bool // nothing had changed
	Skipped  bool // it is another shard's
}

// window is how many results may wait for one before them: so many settings are
// in memory at the most.
const window = 64

// Run makes the batch and reports each result, one at a time and in the order of
// the items. It returns an error of the machine, or the context's.
func (b *Batch) Run(ctx context.Context, items iter.Seq2[*Item, error], report func(*Result) error) error {
	workers := b.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	type job struct {
		item *Item
		done chan *Result // has room for one
	}
	jobs := make(chan job)
	order := make(chan job, window) // the same, for whoever reports
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for j := range jobs {
				r, err := b.one(j.item)
				if err != nil {
					cancel(err)
				}
				j.done <- r
			}
		})
	}
	reported := make(chan error, 1)
	go func() {
		var failed error
		for j := range order {
			r := <-j.done
			if failed == nil && r != nil {
				if failed = report(r); failed != nil {
					cancel(failed)
				}
			}
		}
		reported <- failed
	}()
	var readErr error
	seen := map[string]source.Pos{} // settings by their folders
	for item, err := range items {
		if err != nil {
			readErr = err
			break
		}
		if ctx.Err() != nil {
			break
		}
		b.claim(item, seen)
		j := job{item, make(chan *Result, 1)}
		select {
		case order <- j:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			// It may stand in order already, and must not be waited for.
			j.done <- nil
			break
		}
		jobs <- j
	}
	close(jobs)
	close(order)
	group.Wait()
	if err := <-reported; err != nil {
		return err
	}
	if readErr != nil {
		return readErr
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// claim gives the item its folder, unless another has it.
func (b *Batch) claim(item *Item, seen map[string]source.Pos) {
	if item.Setting == nil || len(item.Problems) > 0 {
		return
	}
	folder := Folder(item.Setting)
	if other, taken := seen[folder]; taken {
		item.Problems.Add(item.Pos, "give one of them another setting.urn, or a column id with names that differ", "it would have the same folder as %s: %s", other, folder)
		return
	}
	seen[folder] = item.Pos
}

// one makes one setting's documents. An error is one of the machine.
func (b *Batch) one(item *Item) (*Result, error) {
	r := &Result{Item: *item}
	if item.Setting == nil {
		return r, nil
	}
	folder := Folder(item.Setting)
	if !b.Shard.Has(folder) {
		r.Skipped = true
		return r, nil
	}
	if len(item.Problems) > 0 {
		return r, nil
	}
	r.Folder = folder
	if b.Options.Zip {
		r.Folder += ".zip"
	}
	opts := b.Options
	if item.Formats != nil {
		opts.Formats = item.Formats
	}
	opts.Input = item.Generator.Input(item.Setting, item.Files, opts, item.Only)
	if !b.Verify && !opts.Overwrite {
		if files, gaps := b.Output.Unchanged(folder, opts); files != nil {
			r.Files, r.Gaps, r.Same = files, gaps, true
			return r, nil
		}
	}
	docs, err := item.Generator.Make(item.Setting, item.Files)
	if err != nil {
		problems, ok := errors.AsType[source.Errors](err)
		if !ok {
			return r, err
		}
		r.Problems, r.Folder = append(r.Problems, problems...), ""
		return r, nil
	}
	if len(item.Only) > 0 {
		docs = docs.Only(item.Only)
	}
	gaps := docs.Gaps()
	r.Warnings, r.Gaps = append(docs.Warnings, docs.Proof()...), len(gaps)
	if opts.Final && len(gaps) > 0 {
		for _, g := range gaps {
			r.Problems = append(r.Problems, &source.Error{Pos: item.Pos, Field: g.Path, Msg: "to complete: " + g.Label, Hint: "give " + g.Path})
		}
		r.Folder = ""
		return r, nil
	}
	saved, err := docs.Save(b.Output, opts)
	if problems, ok := errors.AsType[source.Errors](err); ok {
		r.Problems, r.Folder = append(r.Problems, problems...), ""
		return r, nil
	}
	if saved != nil {
		r.Files, r.Wrote, r.Edited, r.Stale = saved.Files, saved.Wrote, saved.Edited, saved.Stale
		slices.SortFunc(r.Files, func(a, b receipt.File) int { return strings.Compare(a.Name, b.Name) }) // as a receipt has them
	}
	return r, err
}

// Input returns the digest of all that a setting's documents hang on: the
// program, the pack, what is asked for, the details and the files that they name.
func (g *Generator) Input(s *setting.Setting, files fs.FS, opts Options, only []string) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n%q\n%q\n%v\n", opts.Program, g.pack.Digest(), opts.Formats, only, opts.Zip)
	s.Digest(h)
	for _, path := range []string{"brand.crest", "brand.reference_docx"} {
		v := s.At(path)
		if !v.Given || files == nil {
			continue
		}
		names := []string{v.Text}
		if ext := pathpkg.Ext(v.Text); strings.EqualFold(ext, ".svg") {
			names = append(names, strings.TrimSuffix(v.Text, ext)+".png")
		}
		for _, name := range names {
			if data, err := readFile(files, name, maxWordFile); err == nil {
				h.Write(data)
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
