package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/generator"
	"github.com/policygen/policygen/generator/receipt"
	"github.com/policygen/policygen/generator/source"
)

type censusOptions struct {
	out     string
	formats []string
	csv     bool
	json    bool
	top     int
	names   bool
}

func newReviewCensus(e env) *cobra.Command {
	var opts censusOptions
	cmd := &cobra.Command{
		Use:   "census DIR...",
		Short: "Count which clauses schools rewrite, take out or add to",
		Long: `Count, over the Word files of many settings, which clauses they have put in other
words or taken out, and what they have added: what most schools change is what
the templates should say.

Each file is compared with what was made, as the file itself or the receipt beside
it has kept it. A file of which neither is left is named and not counted; nor are
Markdown files, web pages and archives of settings (unpack those). Changes that
others have tracked in a file count as accepted. Nothing is written to the files.

Details that a school has filled in or brought up to date, ticked boxes,
punctuation, capitals, and how words look are no changes. Wordings that nearly
agree are counted as one, and the commonest is shown. Details are shown as what
they are, in square brackets; whatever else a school wrote stands as it was
written, and may name people. No school is named, unless with --name.

One format is printed to standard output; several, and Word files, are written
to a folder.

--csv and --json have all that has been changed, whatever --top says. --json prints
an object: documents (each with document, title, edition, files, edited, clauses
and added) and counts. Of a clause it has section, heading, whole (it is about the
section), clause, reworded, removed, removed_with_section, of, and wordings (each
with text, schools and, with --name, names); of what has been added to a section,
section, heading, schools, of and wordings.`,
		Example: `  policygen review census adopted
  policygen review census adopted --csv > census.csv
  policygen review census north south --top 50 --format docx -o for-the-authority`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{errors.New("census needs the folder in which the schools' documents are"), "write: policygen review census adopted"}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return runReviewCensus(e, opts, args) },
	}
	f := cmd.Flags()
	f.StringVarP(&opts.out, "out", "o", "", "write to this `folder` (default print, or out)")
	f.StringArrayVar(&opts.formats, "format", nil, "as these `formats`: md, html, docx (default md)")
	f.BoolVar(&opts.csv, "csv", false, "print it as a table for a spreadsheet")
	f.BoolVar(&opts.json, "json", false, "print it as JSON, for programs")
	f.IntVar(&opts.top, "top", 20, "this `number` of clauses of each document, those that most schools have changed")
	f.BoolVar(&opts.names, "name", false, "name some of the schools that have each wording")
	return cmd
}

func runReviewCensus(e env, opts censusOptions, args []string) error {
	formats, err := opts.chosen()
	if err != nil {
		return err
	}
	dirs, err := censusFolders(args)
	if err != nil {
		return err
	}
	w := &workshop{env: e}
	edition, err := e.edition("")
	if err != nil {
		return err
	}
	b, err := w.bench(edition)
	if err != nil {
		return err
	}
	if len(b.problems) > 0 {
		return b.problems
	}
	r := &censusRun{e: e, census: generator.NewCensus(b.generator, opts.names)}
	r.census.Run(r.files(dirs), r.note)
	if r.walk != nil {
		return r.walk
	}
	if r.word == 0 {
		r.sayLeftOut()
		return usageError{fmt.Errorf("there is no Word file in %s", quoteAll(args)), "name the folder in which the documents are that schools have edited"}
	}
	docs := r.census.Documents()
	if len(docs) > 0 {
		if err := r.print(b.generator, docs, formats, opts); err != nil {
			return err
		}
	}
	return r.end(docs)
}

// chosen returns the formats to write, or none for a table or JSON.
func (o *censusOptions) chosen() ([]string, error) {
	chosen, err := chosenFormats(listed(o.formats))
	if err != nil {
		return nil, err
	}
	var asked []string
	for _, is := range []struct {
		on   bool
		flag string
	}{{o.csv, "--csv"}, {o.json, "--json"}, {len(chosen) > 0, "--format"}} {
		if is.on {
			asked = append(asked, is.flag)
		}
	}
	switch {
	case len(asked) > 1:
		return nil, usageError{fmt.Errorf("%s cannot be had at once", strings.Join(asked, " and ")), "leave one of them out"}
	case o.out != "" && (o.csv || o.json):
		return nil, usageError{fmt.Errorf("%s is printed, not written to a folder", asked[0]), fmt.Sprintf("write: policygen review census DIR %s > census.%s", asked[0], strings.TrimPrefix(asked[0], "--"))}
	case o.top < 1:
		return nil, usageError{fmt.Errorf("--top: %d is no number of clauses", o.top), "write a number from 1 on, such as --top 20"}
	case o.csv || o.json:
		return nil, nil
	case len(chosen) == 0:
		return []string{string(generator.Markdown)}, nil
	}
	var formats []string
	for _, f := range chosen {
		formats = append(formats, string(f))
	}
	return formats, nil
}

// censusFolders returns the folders that args name, each of them once; none that
// is in another.
func censusFolders(args []string) ([]string, error) {
	for _, a := range args {
		info, err := os.Stat(a)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, usageError{fmt.Errorf("there is no folder %s", a), "name the folder in which the documents are that schools have edited"}
		case err != nil:
			return nil, unread(a, err)
		case info.IsDir():
		case strings.EqualFold(filepath.Ext(a), ".docx"):
			return nil, usageError{fmt.Errorf("%s is a document by itself: a census is of many", a), "name the folder that it is in: " + quote(filepath.Dir(a))}
		default:
			return nil, usageError{fmt.Errorf("%s is no folder", a), "name the folder in which the documents are that schools have edited"}
		}
	}
	var dirs []string
	for i, a := range args {
		if !slices.ContainsFunc(args, func(o string) bool { return holds(o, a) && !holds(a, o) }) && !slices.ContainsFunc(args[:i], func(o string) bool { return holds(o, a) }) {
			dirs = append(dirs, a)
		}
	}
	return dirs, nil
}

// holds reports whether a folder is another or one that the other is in.
func holds(dir, other string) bool {
	rel, err := filepath.Rel(dir, other)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// A censusRun counts the files in folders.
type censusRun struct {
	e      env
	census *generator.Census
	walk   error // that the folders could not be read through

	word, markdown, archives int // files there are
	unknown                  []string
	twice                    []string
	unread                   int

	mu       sync.Mutex
	problems source.Errors
}

// files returns the Word files in folders and below them, in order.
func (r *censusRun) files(dirs []string) func(yield func(generator.CensusFile) bool) {
	return func(yield func(generator.CensusFile) bool) {
		for _, dir := range dirs {
			beside := map[string]func() *receipt.Receipt{} // of the folder that is being read
			r.walk = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
				if err != nil {
					return fmt.Errorf("reading %s: %w", name, reason(err))
				}
				if strings.HasPrefix(d.Name(), ".") && name != dir { // what is being written
					if d.IsDir() {
						return fs.SkipDir
					}
					return nil
				}
				if d.IsDir() || !r.counts(name) {
					return nil
				}
				folder := filepath.Dir(name)
				if beside[folder] == nil {
					clear(beside)
					beside[folder] = r.receipt(folder)
				}
				if !yield(censusFile(name, beside[folder])) {
					return fs.SkipAll
				}
				return nil
			})
			if r.walk != nil {
				return
			}
		}
	}
}

// counts reports whether a file is to be counted, by its name.
func (r *censusRun) counts(name string) bool {
	base := filepath.Base(name)
	switch ext := strings.ToLower(filepath.Ext(base)); {
	case ext == ".zip":
		r.archives++
	case !toReview(base):
	case ext == ".docx":
		r.word++
		return true
	default:
		r.markdown++
	}
	return false
}

// receipt returns what reads the receipt in a folder, once for all its files; nil
// if there is none.
func (r *censusRun) receipt(folder string) func() *receipt.Receipt {
	return sync.OnceValue(func() *receipt.Receipt {
		rec, err := receiptIn(folder)
		if err == nil {
			return rec
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.problems.Gather(err)
		return nil
	})
}

func censusFile(name string, beside func() *receipt.Receipt) generator.CensusFile {
	return generator.CensusFile{Name: name, Open: func() (generator.Old, error) {
		data, err := os.ReadFile(name)
		return generator.Old{Name: filepath.ToSlash(name), Data: data, Receipt: beside()}, err
	}}
}

// note notes what came of a file.
func (r *censusRun) note(f generator.CensusFile, err error) {
	problems, wrong := errors.AsType[source.Errors](err)
	switch {
	case err == nil:
	case errors.Is(err, generator.ErrNoBase):
		r.unknown = append(r.unknown, f.Name)
	case errors.Is(err, generator.ErrTwice):
		r.twice = append(r.twice, f.Name)
	case wrong:
		r.mu.Lock()
		r.problems.Gather(problems)
		r.mu.Unlock()
	default:
		r.unread++
		r.e.say("reading %s: %v", f.Name, reason(err))
	}
}

// print prints a census, or writes it to a folder.
func (r *censusRun) print(g *generator.Generator, docs []generator.DocumentCensus, formats []string, opts censusOptions) error {
	switch {
	case opts.csv:
		var table bytes.Buffer
		if err := generator.WriteCensus(&table, docs); err != nil {
			return err
		}
		_, err := r.e.out.Write(table.Bytes())
		return err
	case opts.json:
		return r.printJSON(docs)
	}
	report, err := g.CensusReport(docs, opts.top)
	if err != nil {
		return err
	}
	return r.e.deliver(opts.out, "census", formats, func(format string) ([]byte, error) { return report.Write(generator.Format(format)) })
}

// sayLeftOut says what has not been looked at.
func (r *censusRun) sayLeftOut() {
	if r.markdown > 0 {
		r.e.say("%s not counted: a census reads Word files", either(r.markdown, "1 Markdown file is", "%d Markdown files are"))
	}
	if r.archives > 0 {
		r.e.say("%s left out: unpack what is to be counted", either(r.archives, "1 archive (.zip) is", "%d archives (.zip) are"))
	}
}

func either(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return fmt.Sprintf(many, n)
}

// maxListed is how many files are named of those that have not been counted.
const maxListed = 20

// list names files.
func (r *censusRun) list(files []string, head string) {
	if len(files) == 0 {
		return
	}
	r.e.say("%s", head)
	for _, f := range files[:min(maxListed, len(files))] {
		r.e.say("  %s", f)
	}
	if n := len(files) - maxListed; n > 0 {
		r.e.say("  and %d more", n)
	}
}

// end says what has been counted and what has not, and decides the exit code.
func (r *censusRun) end(docs []generator.DocumentCensus) error {
	if len(r.problems) > 0 {
		fmt.Fprintln(r.e.err, r.problems.Sorted())
	}
	r.list(r.unknown, either(len(r.unknown), "1 file is not counted: it is not known what was made", "%d files are not counted: it is not known what was made")+", because neither the file nor a receipt beside it has kept it")
	r.list(r.twice, either(len(r.twice), "1 file is another copy of a document that has been counted", "%d files are other copies of documents that have been counted")+", and left out")
	r.sayLeftOut()
	c := countCensus(docs)
	r.e.say("%s counted, %d with changes: %s reworded or removed, %s added to", count(c.Files, "document"), c.Edited, count(c.Clauses, "clause"), count(c.Added, "section"))
	switch {
	case r.unread > 0:
		return errUnread
	case len(r.problems) > 0, len(docs) == 0:
		return errFailed
	}
	return nil
}

// The shapes that --json prints, which the help of the command tells: names are
// added to them, and none is taken away.
type (
	censusReport struct {
		Documents []censusDocument `json:"documents"`
		Counts    censusCounts     `json:"counts"`
	}
	censusCounts struct {
		Files      int `json:"files"`
		Edited     int `json:"edited"`
		Clauses    int `json:"clauses"` // that some school has changed
		Added      int `json:"added"`   // sections that some school has added to
		Unknown    int `json:"not_counted"`
		OtherCopy  int `json:"other_copies"`
		Unreadable int `json:"unreadable"`
	}
	censusDocument struct {
		Document string         `json:"document"`
		Title    string         `json:"title"`
		Edition  string         `json:"edition"`
		Files    int            `json:"files"`
		Edited   int            `json:"edited"`
		Clauses  []censusClause `json:"clauses"`
		Added    []censusAdded  `json:"added"`
	}
	censusClause struct {
		Section  string          `json:"section"`
		Heading  string          `json:"heading"`
		Whole    bool            `json:"whole"`
		Clause   string          `json:"clause"`
		Reworded int             `json:"reworded"`
		Removed  int             `json:"removed"`
		With     int             `json:"removed_with_section"`
		Of       int             `json:"of"`
		Wordings []censusWording `json:"wordings"`
	}
	censusAdded struct {
		Section  string          `json:"section"`
		Heading  string          `json:"heading"`
		Schools  int             `json:"schools"`
		Of       int             `json:"of"`
		Wordings []censusWording `json:"wordings"`
	}
	censusWording struct {
		Text    string   `json:"text"`
		Schools int      `json:"schools"`
		Names   []string `json:"names,omitempty"`
	}
)

func countCensus(docs []generator.DocumentCensus) censusCounts {
	var c censusCounts
	for _, d := range docs {
		c.Files += d.Files
		c.Edited += d.Edited
		c.Clauses += len(d.Clauses)
		c.Added += len(d.Added)
	}
	return c
}

func (r *censusRun) printJSON(docs []generator.DocumentCensus) error {
	wordings := func(all []generator.WordingCensus) []censusWording {
		out := []censusWording{}
		for _, w := range all {
			out = append(out, censusWording(w))
		}
		return out
	}
	report := censusReport{Documents: []censusDocument{}, Counts: countCensus(docs)}
	report.Counts.Unknown, report.Counts.OtherCopy, report.Counts.Unreadable = len(r.unknown), len(r.twice), r.unread+len(r.problems)
	for _, d := range docs {
		doc := censusDocument{Document: d.Document, Title: d.Title, Edition: d.Edition, Files: d.Files, Edited: d.Edited, Clauses: []censusClause{}, Added: []censusAdded{}}
		for _, c := range d.Clauses {
			doc.Clauses = append(doc.Clauses, censusClause{c.Section, c.Heading, c.Whole, c.Clause, c.Reworded, c.Removed, c.With, c.Of, wordings(c.Wordings)})
		}
		for _, a := range d.Added {
			doc.Added = append(doc.Added, censusAdded{a.Section, a.Heading, a.Schools, a.Of, wordings(a.Wordings)})
		}
		report.Documents = append(report.Documents, doc)
	}
	enc := json.NewEncoder(r.e.out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(report)
}
