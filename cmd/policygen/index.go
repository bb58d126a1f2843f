package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/generator"
	"github.com/policygen/policygen/generator/receipt"
	"github.com/policygen/policygen/generator/source"
)

func newIndex(e env) *cobra.Command {
	var to string
	cmd := &cobra.Command{
		Use:   "index DIR...",
		Short: "Join the indexes of runs that shared the settings out",
		Long: `Join the indexes that runs of generate with --shard have left in folders, be it
one folder that all of them wrote to or one for each: index.csv, problems.csv and
index.html then show all settings together. A setting that two of them have
counts once.`,
		Example: `  policygen index out
  policygen index part-1 part-2 part-3 -o .`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{errors.New("index needs a folder"), "write: policygen index DIR"}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return runIndex(e, args, to) },
	}
	cmd.Flags().StringVarP(&to, "out", "o", "", "write the joined index to this `folder` (default the first one named)")
	return cmd
}

func runIndex(e env, dirs []string, to string) error {
	if to == "" {
		to = dirs[0]
	}
	out, unlock, err := e.output(to, generator.Shard{})
	if err != nil {
		return err
	}
	defer out.Close()
	defer unlock(true)
	books, err := openBooks(out, "")
	if err != nil {
		return fmt.Errorf("writing to %s: %w", to, reason(err))
	}
	defer books.abort()
	j := joiner{e: e, out: out, books: books, seen: map[string]bool{}}
	found := 0
	for _, dir := range dirs {
		names, err := indexes(dir)
		if err != nil {
			return err
		}
		found += len(names)
		prefix, err := filepath.Rel(to, dir)
		if err != nil {
			return fmt.Errorf("reading %s: %w", dir, err)
		}
		for _, name := range names {
			if err := j.index(dir, filepath.ToSlash(prefix), name); err != nil {
				return err
			}
			if err := j.problems(dir, strings.Replace(name, "index", "problems", 1)); err != nil {
				return err
			}
		}
	}
	if found == 0 {
		return usageError{fmt.Errorf("no index in %s", strings.Join(dirs, ", ")), "run policygen generate with --shard first"}
	}
	if err := books.commit(j.tally, to, generator.Shard{}); err != nil {
		return fmt.Errorf("writing to %s: %w", to, reason(err))
	}
	for _, name := range []string{"index.csv", "problems.csv", "index.html"} {
		fmt.Fprintln(e.out, out.Name(name))
	}
	e.say("joined %d of them: %s with documents, %d without", found, count(j.tally.made, "setting"), j.tally.failed)
	return nil
}

// indexes returns the indexes in a folder: those of shards if there are any, or
// else the one of a run of its own.
func indexes(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, usageError{fmt.Errorf("reading %s: %w", dir, reason(err)), ""}
	}
	var parts, all []string
	for _, entry := range entries {
		switch name := entry.Name(); {
		case name == "index.csv":
			all = append(all, name)
		case strings.HasPrefix(name, "index-") && strings.HasSuffix(name, ".csv") && strings.Contains(name, "-of-"):
			parts = append(parts, name)
		}
	}
	slices.Sort(parts)
	if len(parts) > 0 {
		return parts, nil
	}
	return all, nil
}

// A joiner puts indexes together.
type joiner struct {
	e     env
	out   *generator.Output
	books *books
	seen  map[string]bool // settings, by id
	tally tally
}

// rows calls f for the rows of a CSV file after its headings.
func rows(name string, headings int, f func(row []string) error) error {
	file, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("reading %s: %w", name, reason(err))
	}
	defer file.Close()
	r := csv.NewReader(file)
	r.FieldsPerRecord = headings
	for first := true; ; first = false {
		row, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return source.Errors{{Pos: source.Pos{File: name}, Msg: "it is not an index that policygen has written", Hint: "make the documents again"}}
		}
		if first {
			continue
		}
		if err := f(row); err != nil {
			return err
		}
	}
}

// index adds the settings of one index.
func (j *joiner) index(dir, prefix, name string) error {
	var current *generator.Result
	end := func() error {
		if current == nil {
			return nil
		}
		r := current
		current = nil
		j.tally.settings++
		j.tally.made++
		j.tally.files += len(r.Files)
		j.tally.gaps += r.Gaps
		return j.books.row(strings.TrimSuffix(r.Folder, ".zip"), r)
	}
	skip := ""
	err := rows(filepath.Join(dir, name), len(indexHeadings), func(row []string) error {
		id := row[0]
		if id == skip {
			return nil
		}
		file := path.Join(prefix, row[4])
		folder := path.Dir(file)
		if strings.HasSuffix(file, ".zip") {
			folder = file
		}
		if current == nil || current.Folder != folder {
			if err := end(); err != nil {
				return err
			}
			if j.seen[id] {
				skip = id
				return nil
			}
			j.seen[id] = true
			current = &generator.Result{Folder: folder, Item: generator.Item{Name: strings.TrimPrefix(row[1], "'")}}
			current.Gaps = toComplete(dir, row[4])
		}
		words, _ := strconv.Atoi(row[6])
		gaps, _ := strconv.Atoi(row[7])
		current.Files = append(current.Files, receipt.File{Name: path.Base(row[4]), Document: row[2], Format: row[3], SHA256: row[5], Words: words, Gaps: gaps})
		row[4] = file
		return j.books.indexCSV.Write(row)
	})
	if err != nil {
		return err
	}
	return end()
}

// toComplete returns how many details are still to complete, by the receipt of
// a setting's documents.
func toComplete(dir, file string) int {
	name := filepath.Join(dir, filepath.FromSlash(path.Dir(file)), receipt.Name)
	if zip, ok := strings.CutSuffix(file, ".zip"); ok {
		name = filepath.Join(dir, filepath.FromSlash(zip)+"."+receipt.Name)
	}
	f, err := os.Open(name)
	if err != nil {
		return 0
	}
	defer f.Close()
	data, err := receipt.Head(f)
	if err != nil {
		return 0
	}
	r, err := receipt.Read(name, data)
	if err != nil {
		return 0
	}
	return r.Gaps
}

// problems adds the problems of one run.
func (j *joiner) problems(dir, name string) error {
	if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
		return nil
	}
	last := ""
	return rows(filepath.Join(dir, name), 7, func(row []string) error {
		key := row[0] + "\n" + row[1] + "\n" + row[2]
		if row[0]+row[1] == "" {
			key += "\n" + row[3]
		}
		if key != last {
			last = key
			j.tally.settings++
			j.tally.failed++
			line, _ := strconv.Atoi(row[3])
			r := &generator.Result{Item: generator.Item{Name: row[1], Problems: source.Errors{{Pos: source.Pos{File: row[2], Line: line}, Msg: row[5]}}}}
			if err := j.books.row(row[0], r); err != nil {
				return err
			}
		}
		return j.books.probCSV.Write(row)
	})
}
