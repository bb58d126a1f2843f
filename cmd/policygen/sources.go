package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/policygen/policygen/generator"
	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/sheet"
	"github.com/policygen/policygen/generator/source"
	"github.com/policygen/policygen/generator/toml"
)

// Sources are where settings come from: setting files, spreadsheets, and folders
// of both, with the files of details that lie under them.
type sources struct {
	w        *workshop
	files    []string      // in order
	defaults []*toml.Table // an authority's, a trust's: the last on top
	sheet    sheet.Options

	total int64        // about how many rows and files there are
	read  atomic.Int64 // how many have been read
	left  []string     // notes on rows that are no settings of ours

	missing []fileError // what the command line names and is not there
	unread  int         // files that the machine would not let us read
}

// sourceFlags are the flags of every command that reads settings.
type sourceFlags struct {
	defaults []string
	sheet    string
	columns  string
	where    []string
	tolerant bool // go on without files that are not there
}

func (f *sourceFlags) add(flags interface {
	StringArrayVar(p *[]string, name string, value []string, usage string)
	StringVar(p *string, name string, value string, usage string)
}) {
	flags.StringArrayVar(&f.defaults, "defaults", nil, "lay this `file` of details under those of every setting; may be repeated, the last on top")
	flags.StringVar(&f.sheet, "sheet", "", "read the sheet of an Excel file with this `name` (default the first)")
	flags.StringVar(&f.columns, "columns", "", "a TOML `file` that says what the headings of a spreadsheet mean: \"Head teacher\" = \"people.leader.name\"")
	flags.StringArrayVar(&f.where, "where", nil, "only rows whose `column=value`; may be repeated: values of one column are alternatives")
}

// isSheet reports whether a file is a spreadsheet, by its name.
func isSheet(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".csv", ".tsv", ".xlsx", ".xlsm":
		return true
	}
	return false
}

// open finds the files that args name. Whatever is wrong with the files that lie
// under settings is reported before anything is made.
func (w *workshop) open(args []string, flags sourceFlags) (*sources, error) {
	s := &sources{w: w}
	for _, a := range args {
		info, err := os.Stat(a)
		switch {
		case err != nil:
			missing := unread(a, err)
			if errors.Is(err, fs.ErrNotExist) {
				missing = mistaken(a, "there is no file "+a, "there is no such file", "policygen new "+quote(a)+" begins one")
			}
			if !flags.tolerant {
				return nil, missing
			}
			s.missing = append(s.missing, missing)
			if !errors.Is(err, fs.ErrNotExist) {
				s.unread++
			}
			continue
		case slices.Contains([]string{".ods", ".xls", ".xlsb", ".numbers"}, strings.ToLower(filepath.Ext(a))):
			return nil, usageError{fmt.Errorf("%s is of a kind of spreadsheet that cannot be read here", a), "save it as an Excel file (.xlsx) or as CSV"}
		case !info.IsDir():
			s.files = append(s.files, a)
			continue
		}
		n := len(s.files)
		err = filepath.WalkDir(a, func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return fmt.Errorf("reading %s: %w", name, reason(err))
			}
			hidden := strings.HasPrefix(d.Name(), ".") && name != a
			if d.IsDir() {
				if hidden || made(name) {
					return fs.SkipDir
				}
				return nil
			}
			if !hidden && (strings.EqualFold(filepath.Ext(name), ".toml") || isSheet(name)) {
				s.files = append(s.files, name)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if len(s.files) == n {
			return nil, usageError{fmt.Errorf("the folder %s holds no setting files and no spreadsheets", a), "name a setting file, a CSV or Excel file, or a folder of them"}
		}
	}
	s.files = unique(s.files)
	var problems source.Errors
	for _, name := range flags.defaults {
		t, err := openTable(name)
		if err != nil {
			return nil, err
		}
		edition, problem, err := w.editionOf(t)
		if err != nil {
			return nil, err
		}
		if problem != nil {
			problems = append(problems, problem)
		}
		b, err := w.bench(edition)
		if err != nil {
			return nil, err
		}
		problems.Gather(setting.CheckLayer(t, b.pack.Form))
		s.defaults = append(s.defaults, t)
		s.files = slices.DeleteFunc(s.files, func(f string) bool { return sameFile(f, name) }) // it may stand in a folder of settings
	}
	where, err := sheet.ParseWhere(flags.where)
	if err != nil {
		return nil, usageError{err, "write it as --where 'LA (name)=Brackenshire'"}
	}
	s.sheet = sheet.Options{Sheet: flags.sheet, Where: where}
	if flags.columns != "" {
		t, err := openTable(flags.columns)
		if err != nil {
			return nil, err
		}
		s.sheet.Columns = map[string]string{}
		for _, k := range t.Keys() {
			s.sheet.Columns[k] = t.Text(k)
		}
		problems = append(problems, t.Problems()...)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return s, nil
}

// made reports whether a folder holds what this program has made: the documents
// of a setting with their receipt, or the index of many settings.
func made(dir string) bool {
	has := func(name string) bool { _, err := os.Stat(filepath.Join(dir, name)); return err == nil }
	return has("receipt.toml") || has("index.csv") && has("problems.csv")
}

// unique leaves out what is named twice, as by a folder and by itself.
func unique(files []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(files, func(f string) bool {
		f = filepath.Clean(f)
		defer func() { seen[f] = true }()
		return seen[f]
	})
}

func sameFile(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}

func openTable(name string) (*toml.Table, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, usageError{fmt.Errorf("there is no file %s", name), ""}
	case err != nil:
		return nil, fmt.Errorf("reading %s: %w", name, reason(err))
	case info.IsDir():
		return nil, usageError{fmt.Errorf("%s is a folder", name), ""}
	}
	t, err := readTable(name)
	if err != nil {
		return nil, unread(name, err)
	}
	return t, nil
}

// single reports whether there is one setting, in a file of its own.
func (s *sources) single() bool { return len(s.files) == 1 && !isSheet(s.files[0]) }

// count works out about how many settings there are, for the time left.
func (s *sources) count() {
	for _, name := range s.files {
		s.total++
		switch strings.ToLower(filepath.Ext(name)) {
		case ".csv", ".tsv":
			s.total += lines(name) - 2 // the headings, and the file itself
		}
	}
}

// lines counts the ends of lines in a file.
func lines(name string) int64 {
	f, err := os.Open(name)
	if err != nil {
		return 1
	}
	defer f.Close()
	buf := make([]byte, 256<<10)
	n := int64(0)
	for {
		k, err := f.Read(buf)
		for _, c := range buf[:k] {
			if c == '\n' {
				n++
			}
		}
		if err != nil {
			return max(n, 2)
		}
	}
}

// refused returns what stands for a file that the machine would not let us read:
// the others are read all the same.
func (s *sources) refused(of fileError) *generator.Item {
	s.unread++
	return &generator.Item{Pos: of.problem.Pos, Name: filepath.Base(of.problem.Pos.File), Problems: source.Errors{&of.problem}}
}

// items yields the settings. An error, which ends it, is one of the machine.
func (s *sources) items() iter.Seq2[*generator.Item, error] {
	return func(yield func(*generator.Item, error) bool) {
		for _, name := range s.files {
			if !isSheet(name) {
				item, err := s.file(name)
				s.read.Add(1)
				if of, ok := errors.AsType[fileError](err); ok {
					item, err = s.refused(of), nil
				}
				if !yield(item, err) || err != nil {
					return
				}
				continue
			}
			if !s.rows(name, yield) {
				return
			}
		}
	}
}

// file reads a setting file.
func (s *sources) file(name string) (*generator.Item, error) {
	item := &generator.Item{Pos: source.Pos{File: filepath.ToSlash(name)}, Name: strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))}
	table, err := readTable(name)
	if err != nil {
		return nil, unread(name, err)
	}
	item.Torn = !table.Whole()
	item.Files = folderFS(filepath.Dir(name))
	return item, s.fill(item, table)
}

// folderFS is the files of a folder that settings name. Links that lead out of it
// are not followed.
func folderFS(dir string) fs.FS { return lazyRoot(dir) }

// A lazyRoot opens its folder for each file: few settings name any.
type lazyRoot string

func (r lazyRoot) Open(name string) (fs.File, error) {
	root, err := os.OpenRoot(string(r))
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.FS().Open(name)
}

// fill reads the setting of a table, with the defaults under it, into item.
func (s *sources) fill(item *generator.Item, table *toml.Table) error {
	whole := toml.Merge(append(slices.Clone(s.defaults), table)...)
	edition, problem, err := s.w.editionOf(whole)
	if err != nil {
		return err
	}
	if problem != nil {
		item.Problems = append(item.Problems, problem)
	}
	b, err := s.w.bench(edition)
	if err != nil {
		return err
	}
	item.Problems = append(item.Problems, b.problems...)
	set, err := setting.Read(whole, b.pack.Form)
	item.Problems.Gather(err)
	item.Setting, item.Generator, item.Table = set, b.generator, whole
	if name := set.Name(); name != "" {
		item.Name = name
	}
	return nil
}

// rows reads the settings of a spreadsheet.
func (s *sources) rows(name string, yield func(*generator.Item, error) bool) bool {
	shown := filepath.ToSlash(name)
	broken := func(err error) bool {
		problems, ok := errors.AsType[source.Errors](err)
		if !ok {
			return yield(s.refused(unread(name, err)), nil)
		}
		return yield(&generator.Item{Pos: source.Pos{File: shown}, Name: filepath.Base(name), Problems: problems}, nil)
	}
	f, err := os.Open(name)
	if err != nil {
		return broken(err)
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return broken(err)
	}
	edition, _, err := s.w.editionOf(toml.Merge(append([]*toml.Table{toml.New(shown)}, s.defaults...)...))
	if err != nil {
		return broken(err)
	}
	b, err := s.w.bench(edition)
	if err != nil {
		return broken(err)
	}
	table, err := sheet.Open(shown, f, size, b.pack.Form, s.sheet)
	if err != nil {
		return broken(err)
	}
	if len(table.Unknown) > 0 {
		s.w.say("%s: %s not known here, and left alone: %s", shown, areIs(len(table.Unknown), "column"), source.Quoted(table.Unknown, "and"))
	}
	folder := folderFS(filepath.Dir(name))
	for row, err := range table.Rows() {
		if err != nil {
			if !broken(err) {
				return false
			}
			break
		}
		s.read.Add(1)
		item := &generator.Item{Pos: row.Pos, Name: row.Name, Files: folder, Problems: row.Problems}
		if err := s.fill(item, row.Table); err != nil {
			yield(nil, err)
			return false
		}
		item.Setting.ID = rowID(row, item.Setting)
		for _, p := range item.Problems { // what concerns the file of a setting concerns the row
			if p.Pos == (source.Pos{File: shown}) {
				p.Pos = row.Pos
			}
		}
		if !yield(item, nil) {
			return false
		}
	}
	if out := table.LeftOut(); out != "" {
		s.left = append(s.left, shown+": left out as no settings of ours: "+out)
	}
	return true
}

// rowID returns what names the folder of a row's documents: its id or its URN
// or, if it has neither, its name and town.
func rowID(row *sheet.Row, s *setting.Setting) string {
	if row.ID != "" || s.At("setting.urn").Given || s.At("setting.ofsted_ey_urn").Given {
		return row.ID
	}
	return strings.TrimSpace(s.Name() + " " + s.At("setting.address.town").Text)
}
