package main

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/generator"
	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/source"
)

type generateOptions struct {
	sourceFlags
	out       string
	formats   []string
	fragment  bool
	policies  []string
	edition   string
	final     bool
	layers    []string
	overwrite bool
	zip       bool
	shard     string
	jobs      int
	verify    bool
}

func newGenerate(e env) *cobra.Command {
	var opts generateOptions
	cmd := &cobra.Command{
		Use:   "generate SOURCE...",
		Short: "Make the documents of one setting or of many",
		Long: `Make the documents of the settings that the sources describe, each setting's
in a folder of its own. A source is a setting file (TOML), a spreadsheet with a
setting in each row (CSV or Excel; the national register as it is published), or
a folder of those.

Of one setting file, the paths of its documents are printed, and if anything is
wrong, nothing is written. Of many settings, the folders are printed; one that is
wrong does not stop the others: OUT/problems.csv says what could not be made and
why, OUT/index.csv what has been, and OUT/index.html shows it. Run the command
again to go on after an interruption, or after a change: what is there and right
is left alone.

A detail that is not given is marked in yellow where it belongs, and counted. A
document that somebody has edited since it was made is left as it is.`,
		Example: `  policygen generate oakfield.toml
  policygen generate oakfield.toml --format docx --policy online-safety
  policygen generate oakfield.toml --final -o for-governors
  policygen generate schools.csv --defaults brackenshire.toml --zip
  policygen generate edubasealldata.csv --where 'LA (name)=Brackenshire' --defaults brackenshire.toml`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{errors.New("generate needs a setting file, a spreadsheet or a folder"), "write: policygen generate SETTING.toml"}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return runGenerate(e, opts, args) },
	}
	f := cmd.Flags()
	f.StringVarP(&opts.out, "out", "o", "out", "write to this `folder`")
	f.StringArrayVar(&opts.formats, "format", nil, "write these `formats`: md, html, docx (default all, or what the file says)")
	f.BoolVar(&opts.fragment, "fragment", false, "write each web page also without head and styles, to paste into a website")
	f.StringArrayVar(&opts.policies, "policy", nil, "make only these `policies`: families or documents (policygen list policies)")
	f.StringVar(&opts.edition, "edition", "", "make from this `edition` (default what the file says, or the newest)")
	f.BoolVar(&opts.final, "final", false, "refuse a setting of which anything is still to complete")
	f.StringArrayVar(&opts.layers, "templates", nil, "put the templates of this `folder` over the built-in ones; may be repeated")
	f.BoolVar(&opts.overwrite, "overwrite", false, "write over documents that have been edited since they were made")
	f.BoolVar(&opts.zip, "zip", false, "write one archive for each setting, in place of a folder")
	f.StringVar(&opts.shard, "shard", "", "make only part `I/N` of the settings: machines with different parts make them all")
	f.IntVar(&opts.jobs, "jobs", 0, "work on this `number` of settings at a time (default one for each processor)")
	f.BoolVar(&opts.verify, "verify", false, "look into every file for changes, even where sizes and times show none")
	opts.sourceFlags.add(f)
	return cmd
}

func runGenerate(e env, opts generateOptions, args []string) error {
	opts.formats, opts.policies = listed(opts.formats), listed(opts.policies)
	formats, err := chosenFormats(opts.formats)
	if err != nil {
		return err
	}
	if opts.fragment {
		if len(formats) == 0 {
			formats = slices.Clone(generator.Formats)
		}
		formats = append(formats, generator.Fragment)
	}
	shard, err := parseShard(opts.shard)
	if err != nil {
		return err
	}
	w := &workshop{env: e, edition: opts.edition, layers: opts.layers}
	src, err := w.open(args, opts.sourceFlags)
	if err != nil {
		return err
	}
	if !src.single() || opts.zip || shard.Of > 0 {
		return runMany(e, opts, src, formats, shard)
	}
	item, err := src.file(src.files[0])
	if err != nil {
		return err
	}
	j, err := w.make(item)
	if err != nil {
		return err
	}
	if len(j.problems) > 0 {
		return j.problems
	}
	docs, err := j.choose(opts.policies)
	if err != nil {
		return err
	}
	formats = settingFormats(formats, item.Setting)
	proof := make(chan source.Errors, 1)
	go func() { proof <- docs.Proof() }() // while the documents are written
	warn := func() { e.warn(append(docs.Warnings, <-proof...)) }
	gaps := docs.Gaps()
	if opts.final && len(gaps) > 0 {
		warn()
		for _, g := range gaps {
			printGap(e.err, src.files[0], g)
		}
		e.say("%s still to complete, so nothing was written (--final)", areIs(len(gaps), "detail"))
		return errIncomplete
	}
	out, unlock, err := e.output(opts.out, shard)
	if err != nil {
		return err
	}
	defer out.Close()
	save := generator.Options{Formats: formats, Overwrite: opts.overwrite, Program: program(), Workers: runtime.GOMAXPROCS(0)}
	save.Input = item.Generator.Input(item.Setting, item.Files, save, j.only)
	saved, err := docs.Save(out, save)
	unlock(err == nil)
	warn()
	if err != nil {
		if _, ok := errors.AsType[source.Errors](err); ok {
			return err
		}
		if saved != nil && len(saved.Files) > 0 { // what is there is right
			for _, f := range saved.Files {
				fmt.Fprintln(e.out, out.Name(path.Join(saved.Folder, f.Name)))
			}
			e.say("%s made before this:", count(len(saved.Files), "file"))
		}
		return fmt.Errorf("writing %w", err)
	}
	for _, f := range saved.Files {
		if name := out.Name(path.Join(saved.Folder, f.Name)); !slices.Contains(saved.Edited, name) {
			fmt.Fprintln(e.out, name)
		}
	}
	e.tellEdited(saved.Edited)
	e.tellStale(saved.Stale)
	e.tellAffected(saved)
	e.summary(src.files[0], docs, saved, gaps)
	return nil
}

// settingFormats returns the formats to write: those of the command line, or else
// those that the setting's file asks for, or else all.
func settingFormats(formats []generator.Format, s *setting.Setting) []generator.Format {
	if len(formats) > 0 {
		return formats
	}
	for _, v := range s.At("output.formats").List {
		formats = append(formats, generator.Format(v.Key))
	}
	if len(formats) == 0 {
		formats = slices.Clone(generator.Formats)
	}
	return formats
}

// tellEdited names files that have been left because somebody has edited them.
func (e env) tellEdited(files []string) {
	for _, f := range files {
		e.say("%s has been edited since it was made, or was not made here: it is left as it is (policygen review update brings it up to date and keeps the edits; --overwrite makes it anew, without them)", f)
	}
}

// shownDetails is how many details are named that have changed.
const shownDetails = 5

// tellAffected names the documents that had to be written again because details
// are otherwise than they were.
func (e env) tellAffected(saved *generator.Saved) {
	n := len(saved.Details)
	if n == 0 {
		return
	}
	names := saved.Details[:min(n, shownDetails)]
	what := source.Quoted(names, "and")
	if n > shownDetails {
		what = strings.Join(names, ", ") + " and " + count(n-shownDetails, "more detail")
	}
	if len(saved.Affected) == 0 {
		e.say("%s changed, which no document that is there as it was made prints", what)
		return
	}
	e.say("%s changed: %s affected: %s", what, areIs(len(saved.Affected), "document"), strings.Join(saved.Affected, ", "))
}

// tellStale names files of documents that a setting gets no longer.
func (e env) tellStale(files []string) {
	if len(files) > 0 {
		e.say("%s there of documents that this setting gets no longer: %s", areIs(len(files), "file"), strings.Join(files, ", "))
	}
}

// summary prints the line that a run ends with: what was made, what is still
// to complete, and how to list it.
func (e env) summary(file string, docs *generator.Documents, saved *generator.Saved, gaps []generator.Gap) {
	files := len(saved.Files) - len(saved.Edited)
	made := fmt.Sprintf("made %s in %s", count(len(docs.List), "document"), count(files, "file"))
	switch {
	case saved.Wrote == 0:
		made += ", all as they were"
	case saved.Wrote < files:
		made += fmt.Sprintf(", %d of them changed", saved.Wrote)
	}
	if n := len(saved.Edited); n > 0 {
		made += fmt.Sprintf(", %d left because of edits", n)
	}
	if len(gaps) == 0 {
		e.say("%s; nothing is left to complete", made)
		return
	}
	e.say("%s; %s still to complete: policygen check %s lists them", made, areIs(len(gaps), "detail"), quote(file))
}

func areIs(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " is"
	}
	return fmt.Sprintf("%d %ss are", n, noun)
}

// quote returns a file's name as it is typed on a command line, so that a command
// that is printed can be pasted: no shell takes any of it for something else, and
// neither does the program take it for a flag.
func quote(s string) string {
	if strings.HasPrefix(s, "-") {
		s = "." + string(filepath.Separator) + s
	}
	windows := filepath.Separator == '\\'
	odd := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_@+=:,./-", r) && !(windows && r == '\\')
	}
	switch {
	case s != "" && !strings.ContainsFunc(s, odd):
		return s
	case windows && strings.ContainsAny(s, "$`"): // of PowerShell
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	case windows, !strings.ContainsAny(s, "\"$`\\!"):
		return `"` + s + `"`
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func chosenFormats(names []string) ([]generator.Format, error) {
	var formats []generator.Format
	for _, n := range names {
		f := generator.Format(strings.ToLower(n))
		if !slices.Contains(generator.Formats, f) {
			return nil, usageError{fmt.Errorf("no format is called %q", n), "there are: md, html, docx"}
		}
		if !slices.Contains(formats, f) {
			formats = append(formats, f)
		}
	}
	return formats, nil
}
