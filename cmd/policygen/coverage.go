package main

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/generator"
)

type coverageOptions struct {
	out     string
	formats []string
	edition string
	layers  []string
}

// csvFormat is the format of tables, besides those of documents.
const csvFormat = "csv"

func newCoverage(e env) *cobra.Command {
	var opts coverageOptions
	cmd := &cobra.Command{
		Use:   "coverage [SETTING.toml]",
		Short: "Show which clause answers which requirement of guidance and law",
		Long: `Show of each requirement that guidance and law make which section of which
document answers it, or why none does: for a setting or, without a file, for
every type of setting that the edition has documents for.

One format is printed to standard output; several, and Word files, are written
to a folder.`,
		Example: `  policygen coverage oakfield.toml
  policygen coverage oakfield.toml --format csv > coverage.csv
  policygen coverage --edition 2016-09 --format docx -o for-inspection`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError{errors.New("coverage takes one setting file, or none"), "write: policygen coverage SETTING.toml"}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return runCoverage(e, opts, args) },
	}
	f := cmd.Flags()
	f.StringVarP(&opts.out, "out", "o", "", "write to this `folder` (default print, or out)")
	f.StringArrayVar(&opts.formats, "format", nil, "as these `formats`: md, html, docx, csv (default md)")
	f.StringVar(&opts.edition, "edition", "", "the documents of this `edition` (default what the file says, or the newest)")
	f.StringArrayVar(&opts.layers, "templates", nil, "put the templates of this `folder` over the built-in ones; may be repeated")
	return cmd
}

func runCoverage(e env, opts coverageOptions, args []string) error {
	known := []string{"md", "html", "docx", csvFormat}
	opts.formats = listed(opts.formats)
	for i, f := range opts.formats {
		if opts.formats[i] = strings.ToLower(f); !slices.Contains(known, opts.formats[i]) {
			return usageError{fmt.Errorf("no format is called %q", f), "there are: " + strings.Join(known, ", ")}
		}
	}
	if len(opts.formats) == 0 {
		opts.formats = []string{"md"}
	}
	w := &workshop{env: e, edition: opts.edition, layers: opts.layers}
	var rows []generator.Coverage
	var docs *generator.Documents
	var b *bench
	name := "coverage"
	if len(args) == 1 {
		j, err := w.read(args[0])
		if err != nil {
			return err
		}
		if len(j.problems) > 0 {
			return j.problems
		}
		docs, rows = j.docs, j.docs.Coverage()
		if b, err = w.bench(j.pack.Edition.ID); err != nil {
			return err
		}
		name = path.Join(generator.Folder(j.setting), name)
	} else {
		id, err := e.edition(opts.edition)
		if err != nil {
			return err
		}
		if b, err = w.bench(id); err != nil {
			return err
		}
		if len(b.problems) > 0 {
			return b.problems
		}
		if rows, err = b.generator.Coverage(); err != nil {
			return err
		}
		name += "-" + id
	}
	if len(rows) == 0 {
		return usageError{fmt.Errorf("edition %s has no register of requirements", b.pack.Edition.ID), ""}
	}
	report, err := b.generator.CoverageReport(rows, docs)
	if err != nil {
		return err
	}
	write := func(format string) ([]byte, error) {
		if format != csvFormat {
			return report.Write(generator.Format(format))
		}
		var csv bytes.Buffer
		err := generator.WriteCoverage(&csv, rows)
		return csv.Bytes(), err
	}
	if err := e.deliver(opts.out, name, opts.formats, write); err != nil {
		return err
	}
	of := map[generator.Status]int{}
	for _, r := range rows {
		of[r.Status]++
	}
	e.say("%s: %d covered, %d not applicable, %d not covered", count(len(rows), "requirement"), of[generator.Covered], of[generator.NotApplicable], of[generator.NotCovered])
	return nil
}

// deliver prints what write makes of a format or, if there are several, if it is
// a Word file or if a folder is named, writes it to a folder, by that name with
// the format's ending.
func (e env) deliver(folder, name string, formats []string, write func(format string) ([]byte, error)) error {
	if folder == "" && len(formats) == 1 && formats[0] != string(generator.Word) {
		data, err := write(formats[0])
		if err != nil {
			return err
		}
		_, err = e.out.Write(data)
		return err
	}
	if folder == "" {
		folder = "out"
	}
	out, err := generator.Create(folder)
	if err != nil {
		return fmt.Errorf("making the folder %s: %w", folder, reason(err))
	}
	defer out.Close()
	for _, f := range formats {
		data, err := write(f)
		if err != nil {
			return err
		}
		if err := out.Put(name+"."+f, data); err != nil {
			return fmt.Errorf("writing to %s: %w", folder, reason(err))
		}
		fmt.Fprintln(e.out, filepath.Join(folder, filepath.FromSlash(name+"."+f)))
	}
	return nil
}
