package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/generator"
	"github.com/policygen/policygen/generator/pack"
	"github.com/policygen/policygen/generator/receipt"
	"github.com/policygen/policygen/generator/review"
	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/source"
)

type updateOptions struct {
	sourceFlags
	settings  []string
	out       string
	edition   string
	accept    bool
	dry       bool
	decisions string
	overwrite bool
	renamed   bool
	jobs      int
	formats   []string
	layers    []string
}

func newReviewUpdate(e env) *cobra.Command {
	var opts updateOptions
	cmd := &cobra.Command{
		Use:   "update OLD.docx|OLD.md|DIR... --setting SETTING.toml -o DIR",
		Short: "Bring edited documents up to the newest edition, and keep what has been edited",
		Long: `Bring documents that a setting has edited up to an edition, and to the details of
today. What the template has changed and the setting has not is marked in the
setting's own Word file as a tracked change, with the reason in a comment. What the
setting has changed stays. Where both have changed the same words, the setting's
stand, the template's are in a comment, and it is listed as a decision.

OLD is a file as the setting has it now, saved by Word, LibreOffice or Google Docs,
or Markdown; a DIR is looked through for such files (web pages are made anew, by
generate). They are read, and never written to. What was made is taken from the
file, or from the receipt beside it; if both are gone, it is made again from the
edition that the file names, or whose words it has.

--setting takes what generate takes: a setting file, a folder of them, or a
spreadsheet of many settings. Documents of many settings stand in folders named as
generate names them, or say themselves whose they are.

The folder of -o gets the documents, under the names and in the folders that they
had; review-summary, which says what has been done; and decisions.csv, if there is
anything to decide. Fill in its column "decision" and say --decisions:

  adopt      take the template's words
  adapt      take those in the column "wording"
  keep       keep the setting's own, and do not ask again
  withdraw   take the clause out

--dry-run says what would become of each document and writes nothing.`,
		Example: `  policygen review update out/900001-oakfield/*.docx --setting oakfield.toml -o reviewed
  policygen review update sent-in --setting schools.csv -o reviewed --dry-run
  policygen review update sent-in --setting schools.csv -o reviewed --decisions decisions.csv`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{errors.New("update needs documents to bring up to date, or a folder of them"), "write: policygen review update policy.docx --setting oakfield.toml -o reviewed"}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return runReviewUpdate(e, opts, args) },
	}
	f := cmd.Flags()
	f.StringArrayVar(&opts.settings, "setting", nil, "whose documents they are: a setting `file`, a folder of them, or a spreadsheet; may be repeated")
	f.StringArrayVar(&opts.settings, "source", nil, "the same as --setting, for a `file` of many settings")
	f.StringVarP(&opts.out, "out", "o", "", "write to this `folder`")
	f.StringVar(&opts.edition, "edition", "", "bring them up to this `edition` (default what the setting file says, or the newest)")
	f.BoolVar(&opts.accept, "accept-existing", false, "accept changes that others have tracked in Word files first")
	f.BoolVar(&opts.dry, "dry-run", false, "say what would become of each document, and write nothing")
	f.StringVar(&opts.decisions, "decisions", "", "do what has been decided in this `file`, a decisions.csv that has been filled in")
	f.BoolVar(&opts.overwrite, "overwrite", false, "write over files of -o, also if somebody has edited them since")
	f.BoolVar(&opts.renamed, "renamed", false, "the setting has a new name: documents that bear another are its own")
	f.IntVar(&opts.jobs, "jobs", runtime.GOMAXPROCS(0), "work on `n` documents at a time")
	f.StringArrayVar(&opts.formats, "format", nil, "write the summary as these `formats`: md, html, docx (default docx, or md if no document is a Word file)")
	f.StringArrayVar(&opts.layers, "templates", nil, "put the templates of this `folder` over the built-in ones; may be repeated")
	opts.sourceFlags.add(f)
	return cmd
}

// A schoolFile is a document as a setting has it.
type schoolFile struct {
	name string // of the file, for us
	rel  string // where it goes in the output folder, with slashes
}

func runReviewUpdate(e env, opts updateOptions, args []string) error {
	if len(opts.settings) == 0 {
		return usageError{errors.New("update needs to know whose documents they are"), "say --setting oakfield.toml, or --setting schools.csv"}
	}
	if opts.out == "" && !opts.dry {
		return usageError{errors.New("update needs a folder to write to: the files that it reads are left as they are"), "say -o reviewed, or --dry-run to see what would be done"}
	}
	if opts.jobs < 1 {
		return usageError{fmt.Errorf("--jobs %d: it works on one document at a time at the least", opts.jobs), ""}
	}
	var formats []generator.Format
	if len(opts.formats) > 0 {
		var err error
		if formats, err = chosenFormats(listed(opts.formats)); err != nil {
			return err
		}
	}
	files, err := schoolFiles(args)
	if err != nil {
		return err
	}
	w := &workshop{env: e, edition: opts.edition, layers: opts.layers}
	src, err := w.open(opts.settings, opts.sourceFlags)
	if err != nil {
		return err
	}
	u := &updateRun{e: e, w: w, opts: opts, formats: formats, files: files, taken: make([]bool, len(files)), single: src.single(), whole: slices.ContainsFunc(args, isFolder)}
	u.index()
	if u.newest, err = e.edition(""); err != nil {
		return err
	}
	if opts.decisions != "" {
		data, err := os.ReadFile(opts.decisions)
		if err != nil {
			return usageError{fmt.Errorf("reading %s: %w", opts.decisions, reason(err)), "name a decisions.csv that review update has written"}
		}
		if u.choices, err = generator.ReadDecisions(filepath.ToSlash(opts.decisions), data); err != nil {
			return err
		}
	}
	if !opts.dry {
		if u.out, err = generator.Create(opts.out); err != nil {
			return fmt.Errorf("making the folder %s: %w", opts.out, reason(err))
		}
		defer u.out.Close()
		if err := u.apart(); err != nil {
			return err
		}
	}
	return u.run(src)
}

// schoolFiles finds the documents that args name: files, and folders of them.
func schoolFiles(args []string) ([]schoolFile, error) {
	var files []schoolFile
	for _, a := range args {
		info, err := os.Stat(a)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, usageError{fmt.Errorf("there is no file %s", a), ""}
		case err != nil:
			return nil, fmt.Errorf("reading %s: %w", a, reason(err))
		case !info.IsDir():
			files = append(files, schoolFile{a, filepath.Base(a)})
			continue
		}
		n := len(files)
		err = filepath.WalkDir(a, func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return fmt.Errorf("reading %s: %w", name, reason(err))
			}
			if strings.HasPrefix(d.Name(), ".") && name != a {
				if d.IsDir() {
					return fs.SkipDir
				}
				return nil
			}
			if d.IsDir() || !toReview(d.Name()) {
				return nil
			}
			rel, err := filepath.Rel(a, name)
			if err != nil {
				return err
			}
			files = append(files, schoolFile{name, filepath.ToSlash(rel)})
			return nil
		})
		if err != nil {
			return nil, err
		}
		if len(files) == n {
			return nil, usageError{fmt.Errorf("the folder %s holds no documents", a), "name a folder with Word files (.docx) or Markdown (.md)"}
		}
	}
	seen := map[string]string{}
	for _, f := range files {
		if other, twice := seen[f.rel]; twice {
			return nil, usageError{fmt.Errorf("%s and %s would have the same name in the output folder", other, f.name), "name the folder that holds both, or bring them forward one after the other"}
		}
		seen[f.rel] = f.name
	}
	return files, nil
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// toReview reports whether a file of a folder may be a document of a setting:
// not one that Word has open, and none that a review has written beside.
func toReview(name string) bool {
	stem := strings.TrimSuffix(name, filepath.Ext(name))
	return slices.Contains([]string{".docx", ".md"}, strings.ToLower(filepath.Ext(name))) && !strings.HasPrefix(name, "~$") &&
		stem != summaryName && !strings.HasSuffix(stem, ".decisions") && !strings.EqualFold(stem, "readme")
}

const (
	summaryName   = "review-summary"
	decisionsName = "decisions.csv"
)

// An updateRun brings the documents of settings forward.
type updateRun struct {
	e       env
	w       *workshop
	opts    updateOptions
	formats []generator.Format // of the summary
	files   []schoolFile
	taken   []bool           // files that are some setting's
	by      map[string][]int // files by the folders that they stand in, or by what they say of whose they are
	single  bool             // there is one setting, and all documents are its own
	whole   bool             // folders are brought forward, with all that should be in them
	out     *generator.Output
	choices map[string]map[string]map[string]review.Decision

	rows     []generator.DecisionRow
	table    []dryRow
	outcomes map[generator.Outcome]int
	affected []string // documents in which nothing but details has changed
	newest   string   // edition
	behind   []string // editions that settings ask for, and that are not the newest
	problems int
}

// apart reports an output folder in which the files stand that are read.
func (u *updateRun) apart() error {
	for _, f := range u.files {
		if sameFile(f.name, u.out.Name(f.rel)) {
			return usageError{fmt.Errorf("%s would be written over: the files that are read are left as they are", f.name), "write to another folder with -o"}
		}
	}
	return nil
}

// index finds files by the folders that they stand in. One that stands in none is
// found by what it says of whose it is.
func (u *updateRun) index() {
	u.by = map[string][]int{}
	for i, f := range u.files {
		dir := path.Dir(f.rel)
		if dir == "." {
			dir = filepath.ToSlash(filepath.Dir(f.name))
		}
		for _, part := range strings.Split(dir, "/") {
			u.by["in "+part] = append(u.by["in "+part], i)
		}
		if !u.single && path.Dir(f.rel) == "." {
			if data, err := os.ReadFile(f.name); err == nil {
				name, urn := generator.Whose(generator.Old{Name: f.name, Data: data})
				u.by["named "+name] = append(u.by["named "+name], i)
				u.by["urn "+urn] = append(u.by["urn "+urn], i)
			}
		}
	}
}

// filesOf returns the files of a setting.
func (u *updateRun) filesOf(item *generator.Item) []int {
	if u.single {
		all := make([]int, len(u.files))
		for i := range all {
			all[i] = i
		}
		return all
	}
	if item.Setting == nil {
		return nil
	}
	files := slices.Clone(u.by["in "+generator.Folder(item.Setting)])
	more := slices.Clone(u.by["named "+item.Setting.Name()])
	if urn := item.Setting.At("setting.urn"); urn.Given {
		more = append(more, u.by["urn "+urn.Text]...)
	}
	for _, i := range more {
		if !slices.Contains(files, i) && !u.taken[i] {
			files = append(files, i)
		}
	}
	slices.Sort(files)
	return files
}

// A job is a setting with its documents, as they are and as the setting has them.
type updateJob struct {
	item     *generator.Item
	docs     *generator.Documents
	updater  *generator.Updater
	olds     []generator.Old
	rels     []string
	problems source.Errors

	updates []*generator.Update // one for each of olds; nil if it could not be brought forward
	failure error
}

func (u *updateRun) run(src *sources) error {
	u.outcomes = map[generator.Outcome]int{}
	order := make(chan chan *updateJob, 2*u.opts.jobs) // so many are in memory at the most
	stop := make(chan struct{})
	defer close(stop)
	var readErr error
	go func() {
		defer close(order)
		free := make(chan struct{}, u.opts.jobs)
		for item, err := range src.items() {
			var j *updateJob
			if err == nil {
				j, err = u.prepare(item)
			}
			if err != nil {
				readErr = err
				return
			}
			if j == nil {
				continue
			}
			done := make(chan *updateJob, 1)
			select {
			case order <- done:
			case <-stop:
				return
			}
			go func() {
				j.bringForward(free)
				done <- j
			}()
		}
	}()
	for done := range order {
		if err := u.report(<-done); err != nil {
			return err
		}
	}
	if readErr != nil {
		return readErr
	}
	return u.finish()
}

// prepare reads a setting's documents and makes those of today. It returns nil for
// a setting that has none.
func (u *updateRun) prepare(item *generator.Item) (*updateJob, error) {
	j := &updateJob{item: item, problems: item.Problems}
	files := u.filesOf(item)
	if item.Setting == nil || len(j.problems) > 0 {
		return j, nil
	}
	if len(files) == 0 {
		return nil, nil
	}
	made, err := u.w.make(item)
	if err != nil {
		return nil, err
	}
	if len(made.problems) > 0 {
		j.problems = made.problems
		return j, nil
	}
	j.docs = made.docs
	if id := made.pack.Edition.ID; u.opts.edition == "" && id != u.newest && !slices.Contains(u.behind, id) {
		u.behind = append(u.behind, id)
	}
	receipts := map[string]*receipt.Receipt{}
	for _, i := range files {
		u.taken[i] = true
		f := u.files[i]
		data, err := os.ReadFile(f.name)
		if err != nil {
			j.problems = append(j.problems, &source.Error{Pos: source.Pos{File: filepath.ToSlash(f.name)}, Msg: fmt.Sprintf("it cannot be read: %v", reason(err))})
			continue
		}
		old := generator.Old{Name: filepath.ToSlash(f.name), Data: data}
		dir := filepath.Dir(f.name)
		if _, read := receipts[dir]; !read {
			if receipts[dir], err = receiptIn(dir); err != nil {
				u.e.say("%s cannot be read, so the documents beside it have to say themselves what they were made from", filepath.Join(dir, receipt.Name))
			}
		}
		old.Receipt = receipts[dir]
		if problem := u.mine(item, old); problem != nil {
			j.problems = append(j.problems, problem)
			continue
		}
		j.olds, j.rels = append(j.olds, old), append(j.rels, f.rel)
	}
	return j, u.history(j, made)
}

// receiptIn returns the receipt of a folder, or nil if there is none. One that
// cannot be read is an error: what it says counts for nothing.
func receiptIn(dir string) (*receipt.Receipt, error) {
	name := filepath.Join(dir, receipt.Name)
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, nil
	}
	r, err := receipt.Read(filepath.ToSlash(name), data)
	if err != nil {
		return nil, err
	}
	return r, nil
}

// mine reports a document that says that it is another setting's. Its words must
// not get into this one's.
func (u *updateRun) mine(item *generator.Item, old generator.Old) *source.Error {
	name, urn := generator.Whose(old)
	is := item.Setting.At("setting.urn")
	pos := source.Pos{File: old.Name}
	switch {
	case urn != "" && is.Given:
		if urn != is.Text {
			return &source.Error{Pos: pos, Msg: fmt.Sprintf("it is a document of %q, with the URN %s, and not of %q, with %s", name, urn, item.Setting.Name(), is.Text), Hint: "name the documents of one setting, or all settings with --setting"}
		}
	case name != "" && name != item.Setting.Name() && !u.opts.renamed:
		return &source.Error{Pos: pos, Msg: fmt.Sprintf("it is a document of %q, and not of %q", name, item.Setting.Name()), Hint: "name the documents of one setting; if the setting has a new name, say --renamed"}
	}
	return nil
}

// history finds what has changed since the editions that the setting's documents
// are of and, for documents of which nobody has kept what they were made from,
// makes them as those editions do, as far as the details of today tell.
func (u *updateRun) history(j *updateJob, made *job) error {
	again := map[string]*generator.Documents{}
	changes := map[string]*generator.Changes{}
	for _, old := range j.olds {
		edition, known := generator.EditionOf(old)
		lost := []string{edition}
		switch {
		case known:
			lost = nil
		case edition == "":
			all, err := pack.Editions(u.w.templates) // it may be of any
			if err != nil {
				return fmt.Errorf("reading templates: %w", err)
			}
			lost = all
		}
		for _, id := range lost {
			if _, done := again[id]; done {
				continue
			}
			docs, err := u.again(j.item, id)
			if err != nil {
				return err
			}
			again[id] = docs
		}
		for _, id := range append(lost, edition) {
			if _, done := changes[id]; done || id == "" {
				continue
			}
			since, err := u.since(id, made.pack)
			if err != nil {
				return err
			}
			if changes[id] = nil; since != nil {
				changes[id] = generator.Compare(since, j.docs, again[id])
			}
		}
	}
	j.updater = &generator.Updater{
		Generator: j.item.Generator,
		Again:     again,
		Changes:   func(edition string) *generator.Changes { return changes[edition] },
		Choices:   u.choices[generator.Folder(j.item.Setting)],
		Accept:    u.opts.accept,
	}
	return nil
}

// since returns the editions since one, which comes first and of which no more is
// known than its name: nothing else is needed of it, and reading it takes as long
// as bringing many documents forward. It returns nil if it is none of those that
// came before.
func (u *updateRun) since(edition string, newest *pack.Pack) ([]*pack.Pack, error) {
	chain := []*pack.Pack{newest}
	for at := newest; at.Edition.From != edition; {
		if at.Edition.From == "" || len(chain) > maxEditions {
			return nil, nil
		}
		b, err := u.w.bench(at.Edition.From)
		if err != nil {
			return nil, err
		}
		at = b.pack
		chain = append(chain, at)
	}
	slices.Reverse(chain)
	return slices.Insert(chain, 0, &pack.Pack{Edition: &pack.Edition{ID: edition, Title: edition}}), nil
}

// maxEditions is how many editions may follow each other.
const maxEditions = 100

// again returns a setting's documents as an edition makes them from its details
// of today, or nil if it cannot.
func (u *updateRun) again(item *generator.Item, edition string) (*generator.Documents, error) {
	ids, err := pack.Editions(u.w.templates)
	if err != nil {
		return nil, fmt.Errorf("reading templates: %w", err)
	}
	if !slices.Contains(ids, edition) {
		return nil, nil
	}
	b, err := u.w.bench(edition)
	if err != nil || len(b.problems) > 0 {
		return nil, err
	}
	set, err := setting.Read(item.Table, b.pack.Form)
	if err != nil {
		return nil, nil // its form cannot read the details
	}
	docs, err := b.generator.Make(set, item.Files)
	if err != nil {
		return nil, nil
	}
	return docs, nil
}

// bringForward brings a setting's documents forward, as many at a time as free has
// room for.
func (j *updateJob) bringForward(free chan struct{}) {
	if j.updater == nil {
		return
	}
	j.updates = make([]*generator.Update, len(j.olds))
	errs := make([]error, len(j.olds))
	var group sync.WaitGroup
	for i, old := range j.olds {
		free <- struct{}{}
		group.Go(func() {
			j.updates[i], errs[i] = j.updater.Update(j.docs, old)
			<-free
		})
	}
	group.Wait()
	for i, err := range errs {
		if not, ok := errors.AsType[*generator.NotOurs](err); ok {
			j.problems = append(j.problems, &source.Error{Pos: source.Pos{File: j.olds[i].Name}, Msg: not.Msg, Hint: not.Hint})
		} else if err != nil {
			j.failure = fmt.Errorf("%s: %w", j.olds[i].Name, err)
			return
		}
	}
}

// report saves what has come of a setting's documents and says it.
func (u *updateRun) report(j *updateJob) error {
	if j.failure != nil {
		return j.failure
	}
	for _, p := range j.problems.Sorted() {
		u.problems++
		fmt.Fprintln(u.e.err, p.Error())
	}
	var order []string
	folders := map[string][]*generator.Update{}
	var all []*generator.Update
	for i, up := range j.updates {
		if up == nil {
			continue
		}
		dir := path.Dir(j.rels[i])
		if dir == "." {
			dir = ""
		}
		if folders[dir] == nil {
			order = append(order, dir)
		}
		folders[dir] = append(folders[dir], up)
		all = append(all, up)
		if up.DetailsOnly() {
			u.affected = append(u.affected, up.Document)
		}
		u.outcomes[up.Outcome]++
		u.e.say("%s: %s", up.Name, up.Sentence())
		if up.Origin == generator.FromWords && up.Outcome != generator.Ended {
			u.e.say("%s: it does not say what it was made from; its words are those of edition %s", up.Name, up.From)
		}
		if up.Origin == generator.NoOrigin && up.Outcome != generator.Ended {
			u.e.say("%s: what it was made from is not known: it says so nowhere, there is no receipt, and no edition that it names; it has been compared with the new text alone", up.Name)
		}
	}
	if len(all) == 0 {
		return nil
	}
	if missing := j.docs.Besides(all); u.whole && len(missing) > 0 {
		names := strings.Join(missing[:min(len(missing), shownDetails)], ", ")
		if more := len(missing) - shownDetails; more > 0 {
			names += fmt.Sprintf(" and %d more", more)
		}
		u.e.say("%s: %s not among the files: %s; policygen generate makes them", j.item.Name, areIs(len(missing), "document"), names)
	}
	folder := generator.Folder(j.item.Setting)
	u.rows = append(u.rows, generator.DecisionRows(folder, all)...)
	if u.opts.dry {
		for _, up := range all {
			u.table = append(u.table, dryRow{folder, up})
		}
		return nil
	}
	for _, dir := range order {
		done, err := u.out.SaveUpdates(dir, j.docs, folders[dir], u.opts.overwrite)
		if problems, ok := errors.AsType[source.Errors](err); ok {
			for _, p := range problems {
				u.problems++
				fmt.Fprintln(u.e.err, p.Error())
			}
			continue
		}
		if err != nil {
			return fmt.Errorf("writing %w", err)
		}
		for _, f := range done.Wrote {
			fmt.Fprintln(u.e.out, f)
		}
		for _, f := range done.Left {
			u.problems++
			u.e.say("%s is there already, and is not as a review wrote it: it is left as it is; --overwrite writes over it", f)
		}
		if err := u.summarise(dir, j, folders[dir]); err != nil {
			return err
		}
	}
	return nil
}

// summarise writes what has been done with the documents of a folder.
func (u *updateRun) summarise(dir string, j *updateJob, updates []*generator.Update) error {
	formats := u.formats
	if formats == nil {
		formats = []generator.Format{generator.Markdown}
		if slices.ContainsFunc(updates, func(up *generator.Update) bool { return up.Format == generator.Word }) {
			formats = []generator.Format{generator.Word}
		}
	}
	report, err := j.item.Generator.UpdatesReport(j.docs, updates)
	if err != nil {
		return err
	}
	for _, f := range formats {
		data, err := report.Write(f)
		if err != nil {
			return err
		}
		name := path.Join(dir, summaryName+"."+string(f))
		if err := u.out.Put(name, data); err != nil {
			return fmt.Errorf("writing %s: %w", u.out.Name(name), reason(err))
		}
		fmt.Fprintln(u.e.out, u.out.Name(name))
	}
	return nil
}

// A dryRow is a document in the table of a dry run.
type dryRow struct {
	setting string
	*generator.Update
}

// finish writes what has to be decided, and says what has been done.
func (u *updateRun) finish() error {
	for i, f := range u.files {
		if !u.taken[i] {
			u.problems++
			fmt.Fprintln(u.e.err, (&source.Error{Pos: source.Pos{File: filepath.ToSlash(f.name)}, Msg: "it is a document of none of the settings", Hint: "put it into a folder that is called as generate calls the setting's, or name the setting with --setting"}).Error())
		}
	}
	if u.opts.dry {
		u.printTable()
	} else if err := u.writeDecisions(); err != nil {
		return err
	}
	total := 0
	var parts []string
	for _, s := range []generator.Outcome{generator.Unchanged, generator.Clean, generator.Merged, generator.Decide, generator.Ended} {
		if n := u.outcomes[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
			total += n
		}
	}
	if total > 0 {
		u.e.say("%s: %s", count(total, "document"), strings.Join(parts, ", "))
	}
	if n := len(u.affected); n > 0 && n == total-u.outcomes[generator.Unchanged] {
		affected := u.affected
		slices.Sort(affected)
		affected = slices.Compact(affected)
		u.e.say("nothing but details has changed: %s affected: %s", areIs(len(affected), "document"), strings.Join(affected, ", "))
	}
	if n := u.open(); n > 0 && !u.opts.dry {
		u.e.say("%s to take: fill in the column \"decision\" of %s and say --decisions", count(n, "decision"), u.out.Name(decisionsName))
	}
	for _, id := range u.behind {
		u.e.say("the setting file asks for edition %s, and the newest is %s: --edition %s brings documents up to that", id, u.newest, u.newest)
	}
	if u.problems > 0 {
		return errFailed
	}
	return nil
}

func (u *updateRun) open() int {
	n := 0
	for _, r := range u.rows {
		if !r.Settled {
			n++
		}
	}
	return n
}

// printTable prints what would be done.
func (u *updateRun) printTable() {
	t := tabwriter.NewWriter(u.e.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "setting\tdocument\tfrom\tto\tstate\twords in\twords out\tto decide")
	for _, r := range u.table {
		from := r.From
		if from == "" {
			from = "?"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%d\t%d\t%d\n", r.setting, path.Base(r.Name), from, r.To, r.Outcome, r.Added, r.Removed, r.Open())
	}
	t.Flush()
}

// writeDecisions writes the list of decisions. What somebody has written into one
// that is there already is kept.
func (u *updateRun) writeDecisions() error {
	name := u.out.Name(decisionsName)
	old, err := u.out.Read(decisionsName)
	if err != nil {
		return fmt.Errorf("reading %s: %w", name, reason(err))
	}
	if old != nil {
		filled, err := generator.ReadDecisions(filepath.ToSlash(name), old)
		if err != nil {
			return err
		}
		for i, r := range u.rows {
			if d, ok := filled[r.Setting][r.Document][r.ID]; ok && !r.Settled {
				u.rows[i].Choice, u.rows[i].Wording, u.rows[i].Filled = d.Choice, d.Wording, true
			}
		}
	}
	if len(u.rows) == 0 && old == nil {
		return nil
	}
	if err := u.out.Put(decisionsName, generator.WriteDecisions(u.rows)); err != nil {
		return fmt.Errorf("writing %s: %w", name, reason(err))
	}
	fmt.Fprintln(u.e.out, name)
	return nil
}
