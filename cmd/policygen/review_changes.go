package main

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/generator"
	"github.com/policygen/policygen/generator/pack"
	"github.com/policygen/policygen/generator/source"
)

type changesOptions struct {
	out      string
	formats  []string
	from, to string
	layers   []string
}

func newReviewChanges(e env) *cobra.Command {
	var opts changesOptions
	cmd := &cobra.Command{
		Use:   "changes [SETTING.toml]",
		Short: "Say what a new edition changes, with the reasons and the decisions to take",
		Long: `Say what changes in a setting's documents from one edition to another: a first
page for a meeting, with a sentence for its minutes; every decision that a
person has to take, with room to write who takes it; then each change with its
reason and source, what stays on purpose, and what has been taken out. Without a
file, it is told for every type of setting, and for whom each change is.

What nobody has been able to confirm stands apart, marked as such.

One format is printed to standard output; several, and Word files, are written
to a folder.`,
		Example: `  policygen review changes oakfield.toml
  policygen review changes oakfield.toml --format docx -o for-governors
  policygen review changes --from 2016-09 --to 2026-09 --format html > changes.html`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError{errors.New("changes takes one setting file, or none"), "write: policygen review changes SETTING.toml"}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return runReviewChanges(e, opts, args) },
	}
	f := cmd.Flags()
	f.StringVar(&opts.from, "from", "", "changes since this `edition` (default the one before)")
	f.StringVar(&opts.to, "to", "", "changes up to this `edition` (default the newest)")
	f.StringVarP(&opts.out, "out", "o", "", "write to this `folder` (default print, or out)")
	f.StringArrayVar(&opts.formats, "format", nil, "as these `formats`: md, html, docx (default md)")
	f.StringArrayVar(&opts.layers, "templates", nil, "put the templates of this `folder` over the built-in ones; may be repeated")
	return cmd
}

func runReviewChanges(e env, opts changesOptions, args []string) error {
	chosen, err := chosenFormats(listed(opts.formats))
	if err != nil {
		return err
	}
	formats := []string{"md"}
	if len(chosen) > 0 {
		formats = nil
	}
	for _, f := range chosen {
		formats = append(formats, string(f))
	}
	to, err := e.edition(opts.to)
	if err != nil {
		return err
	}
	w := &workshop{env: e, edition: to, layers: opts.layers}
	chain, err := w.chain(opts.from, to)
	if err != nil {
		return err
	}
	var docs, old *generator.Documents
	unread, name := "", "changes"
	if len(args) == 1 {
		j, err := w.read(args[0])
		if err != nil {
			return err
		}
		if len(j.problems) > 0 {
			return j.problems
		}
		if docs, err = j.choose(nil); err != nil {
			return err
		}
		name = path.Join(generator.Folder(j.setting), name)
		if old, unread, err = w.former(args[0], chain[0].Edition); err != nil {
			return err
		}
	}
	changes := generator.Compare(chain, docs, old)
	changes.Unread = unread
	b, err := w.bench(to)
	if err != nil {
		return err
	}
	report, err := b.generator.ChangesReport(changes)
	if err != nil {
		return err
	}
	write := func(format string) ([]byte, error) { return report.Write(generator.Format(format)) }
	if err := e.deliver(opts.out, name, formats, write); err != nil {
		return err
	}
	all, decisions := changes.Count()
	confirm := ""
	if n := len(changes.Unconfirmed); n > 0 {
		confirm = "; " + count(n, "more point") + " to be confirmed first"
	}
	e.say("%s to %s: %s, %s to take%s", chain[0].Edition.ID, to, count(all, "change"), count(decisions, "decision"), confirm)
	if unread != "" && len(args) == 1 {
		e.say("which documents are new or gone is left out: edition %s cannot be made of %s", chain[0].Edition.ID, args[0])
	}
	return nil
}

// chain returns the editions from one to another, each made from the one before;
// from the one before the last if from is "". Layers lie over each of them.
func (w *workshop) chain(from, to string) ([]*pack.Pack, error) {
	ids, err := pack.Editions(w.templates)
	if err != nil {
		return nil, fmt.Errorf("reading templates: %w", err)
	}
	there := "there are, oldest first: " + strings.Join(ids, ", ")
	if from != "" && !slices.Contains(ids, from) {
		hint := source.DidYouMean(from, ids)
		if hint == "" {
			hint = there
		}
		return nil, usageError{fmt.Errorf("--from: no edition is called %q", from), hint}
	}
	if from == to {
		return nil, usageError{fmt.Errorf("--from and --to are both %s: nothing changes from an edition to itself", to), there}
	}
	var chain []*pack.Pack
	for id := to; ; {
		b, err := w.bench(id)
		if err != nil {
			return nil, err
		}
		if len(b.problems) > 0 {
			return nil, b.problems
		}
		chain = append(chain, b.pack)
		before := b.pack.Edition.From
		if len(chain) > 1 && (id == from || from == "") {
			slices.Reverse(chain)
			return chain, nil
		}
		switch {
		case before == "" && len(chain) == 1 && from == "":
			return nil, usageError{fmt.Errorf("edition %s is the first: there is none before it to compare it with", to), there}
		case before == "" || len(chain) > len(ids) || !slices.Contains(ids, before):
			return nil, usageError{fmt.Errorf("edition %s does not come before %s", from, to), there}
		}
		id = before
	}
}

// former returns the documents that an earlier edition has for a setting file or,
// if its form cannot read the file, why they are not known.
func (w *workshop) former(file string, edition *pack.Edition) (*generator.Documents, string, error) {
	before := &workshop{env: w.env, edition: edition.ID, layers: w.layers, packs: w.packs}
	j, err := before.read(file)
	if err != nil {
		return nil, "", err
	}
	if len(j.problems) > 0 {
		return nil, fmt.Sprintf("Which documents are new or gone is not said here: the edition of %s could not be made from the details as they are today.", edition.Title), nil
	}
	docs, err := j.choose(nil)
	return docs, "", err
}
