package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/generator"
	"github.com/policygen/policygen/generator/source"
)

type generateOptions struct {
	out       string
	formats   []string
	fragment  bool
	policies  []string
	edition   string
	final     bool
	layers    []string
	overwrite bool
}

func newGenerate(e env) *cobra.Command {
	var opts generateOptions
	cmd := &cobra.Command{
		Use:   "generate SETTING.toml",
		Short: "Make a setting's documents",
		Long: `Make the documents of the setting that a file describes, in a folder of their
own, and print their paths. If anything is wrong, nothing is written.

A detail that the file does not give is marked in yellow where it belongs, and
counted. A document that somebody has edited since it was made is not written
over.`,
		Example: `  policygen generate oakfield.toml
  policygen generate oakfield.toml --format docx --policy online-safety
  policygen generate oakfield.toml --final -o for-governors`,
		Args: exactly(1, "a setting file"),
		RunE: func(_ *cobra.Command, args []string) error { return runGenerate(e, opts, args[0]) },
	}
	f := cmd.Flags()
	f.StringVarP(&opts.out, "out", "o", "out", "write to this `folder`")
	f.StringSliceVar(&opts.formats, "format", nil, "write these `formats`: md, html, docx (default all, or what the file says)")
	f.BoolVar(&opts.fragment, "fragment", false, "write each web page also without head and styles, to paste into a website")
	f.StringSliceVar(&opts.policies, "policy", nil, "make only these `policies`: families or documents (policygen list policies)")
	f.StringVar(&opts.edition, "edition", "", "make from this `edition` (default what the file says, or the newest)")
	f.BoolVar(&opts.final, "final", false, "refuse if anything is still to complete")
	f.StringArrayVar(&opts.layers, "templates", nil, "put the templates of this `folder` over the built-in ones; may be repeated")
	f.BoolVar(&opts.overwrite, "overwrite", false, "write over documents that have been edited since they were made")
	return cmd
}

func runGenerate(e env, opts generateOptions, file string) error {
	formats, err := chosenFormats(opts.formats)
	if err != nil {
		return err
	}
	w := &workshop{env: e, edition: opts.edition, layers: opts.layers}
	j, err := w.read(file)
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
	if len(formats) == 0 {
		for _, v := range j.setting.At("output.formats").List {
			formats = append(formats, generator.Format(v.Key))
		}
	}
	if len(formats) == 0 {
		formats = slices.Clone(generator.Formats)
	}
	if opts.fragment {
		formats = append(formats, generator.Fragment)
	}
	e.warn(append(docs.Warnings, docs.Proof()...))
	gaps := docs.Gaps()
	if opts.final && len(gaps) > 0 {
		for _, g := range gaps {
			printGap(e.err, file, g)
		}
		e.say("%s still to complete, so nothing was written (--final)", areIs(len(gaps), "detail"))
		return errIncomplete
	}

	out, err := generator.Create(opts.out)
	if err != nil {
		return fmt.Errorf("making the folder %s: %w", opts.out, reason(err))
	}
	defer out.Close()
	saved, err := docs.Save(out, j.pack, generator.Options{Formats: formats, Overwrite: opts.overwrite})
	if err != nil {
		if _, ok := errors.AsType[source.Errors](err); ok {
			return err
		}
		return fmt.Errorf("writing to %s: %w", opts.out, reason(err))
	}
	for _, path := range saved.Files {
		fmt.Fprintln(e.out, path)
	}
	e.summary(file, docs, saved, gaps)
	return nil
}

// summary prints the line that a run ends with: what was made, what is still
// to complete, and how to list it.
func (e env) summary(file string, docs *generator.Documents, saved *generator.Saved, gaps []generator.Gap) {
	made := fmt.Sprintf("made %s in %s", count(len(docs.List), "document"), count(len(saved.Files), "file"))
	switch {
	case saved.Wrote == 0:
		made += ", all as they were"
	case saved.Wrote < len(saved.Files):
		made += fmt.Sprintf(", %d of them changed", saved.Wrote)
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

// quote returns a file's name as it is typed on a command line.
func quote(s string) string {
	if strings.ContainsAny(s, " '&()$") {
		return `"` + s + `"`
	}
	return s
}

func chosenFormats(names []string) ([]generator.Format, error) {
	var formats []generator.Format
	for _, n := range names {
		f := generator.Format(n)
		if !slices.Contains(generator.Formats, f) {
			return nil, usageError{fmt.Errorf("no format is called %q", n), "there are: md, html, docx"}
		}
		if !slices.Contains(formats, f) {
			formats = append(formats, f)
		}
	}
	return formats, nil
}
