package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/generator"
	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/source"
)

type newOptions struct {
	name    string
	typ     string
	edition string
	layers  []string
	all     bool
	force   bool
	csv     bool
}

func newNew(e env) *cobra.Command {
	var opts newOptions
	cmd := &cobra.Command{
		Use:   "new [FILE]",
		Short: "Begin a setting file",
		Long: `Begin a setting file: every question with what it is for and what can be
answered. On a terminal, the main questions are asked first. Beside the file
stands its JSON Schema, by which editors complete and check it as you type; one
that is there already is left as it is.

Without FILE, it is called setting.toml; - means standard output.

With --csv, begin a spreadsheet instead, for many settings: a row of headings
and an example of a row. It is called settings.csv without FILE. Columns that you
do not need can be taken out, and others of policygen list fields put in.`,
		Example: `  policygen new oakfield.toml
  policygen new jo.toml --type childminder --name "Jo Minder"
  policygen new --csv schools.csv --type maintained_primary`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError{errors.New("new takes one file, and nothing more"), "put a name with spaces between quotation marks"}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			file := "setting.toml"
			if opts.csv {
				file = "settings.csv"
			}
			if len(args) == 1 {
				file = args[0]
			}
			return runNew(e, opts, file)
		},
	}
	f := cmd.Flags()
	f.StringVar(&opts.name, "name", "", "`name` of the setting")
	f.StringVar(&opts.typ, "type", "", "`type` of setting (policygen list types)")
	f.StringVar(&opts.edition, "edition", "", "`edition` to make documents from (default the newest)")
	f.StringArrayVar(&opts.layers, "templates", nil, "put the form of this `folder` over the built-in one; may be repeated")
	f.BoolVar(&opts.all, "all", false, "ask for everything, and not only for the main things")
	f.BoolVar(&opts.csv, "csv", false, "begin a spreadsheet with a row for each setting, for many of them")
	f.BoolVar(&opts.force, "force", false, "write over a file that is there")
	return cmd
}

// schemaFile is the name of the JSON Schema beside a setting file.
const schemaFile = "policygen.schema.json"

func runNew(e env, opts newOptions, file string) error {
	edition, err := e.edition(opts.edition)
	if err != nil {
		return err
	}
	toOutput := file == "-"
	if !toOutput {
		if err := mayBegin(file, opts.force); err != nil {
			return err
		}
	}
	p, err := e.readPack(edition, opts.layers)
	if err != nil {
		return err
	}
	if opts.typ != "" && p.Form.Type(opts.typ) == nil {
		var ids []string
		for _, t := range p.Form.Types {
			ids = append(ids, t.ID)
		}
		hint := source.DidYouMean(opts.typ, ids)
		if hint == "" {
			hint = "policygen list types shows what there is"
		}
		return usageError{fmt.Errorf("no type of setting is called %q", opts.typ), hint}
	}
	answers := map[string]string{"setting.name": opts.name, "setting.type": opts.typ}
	for _, path := range []string{"setting.name"} {
		if a := answers[path]; a != "" {
			if err := p.Form.Field(path).Accept(a); err != nil {
				return usageError{fmt.Errorf("--name: %w", err), ""}
			}
		}
	}
	if e.interactive && !toOutput && !opts.csv {
		if err := ask(e, p.Form, answers); err != nil {
			return err
		}
	}
	typ := p.Form.Type(answers["setting.type"])
	if typ == nil { // every question that a school is asked
		typ = p.Form.Type("maintained_primary")
	}
	flags := ""
	for _, l := range opts.layers {
		flags += "--templates " + quote(l) + " "
	}
	blank := setting.Blank{Type: typ, Answers: answers, Edition: edition, Schema: schemaFile, File: flags + quote(file), All: opts.all}
	if opts.csv {
		return newSheet(e, p.Form, blank, file, toOutput)
	}
	if toOutput {
		blank.File = flags + "FILE"
		_, err := fmt.Fprint(e.out, p.Form.Write(blank))
		return err
	}
	schema, err := e.schema(p)
	if err != nil {
		return err
	}
	folder, err := generator.Create(filepath.Dir(file))
	if err != nil {
		return fmt.Errorf("making the folder %s: %w", filepath.Dir(file), reason(err))
	}
	defer folder.Close()
	if err := folder.Put(filepath.Base(file), []byte(p.Form.Write(blank))); err != nil {
		return fmt.Errorf("writing %s: %w", file, reason(err))
	}
	fmt.Fprintln(e.out, file)
	if err := e.putSchema(folder, filepath.Join(filepath.Dir(file), schemaFile), schema, opts.force); err != nil {
		return err
	}
	e.say("fill it in with any text editor, then run: policygen generate %s", flags+quote(file))
	return nil
}

// mayBegin returns why a setting file of that name cannot be begun, or nil.
func mayBegin(file string, force bool) error {
	const hint = "name a file, such as oakfield.toml"
	switch base := filepath.Base(file); {
	case file == "":
		return usageError{errors.New("the file has no name"), hint}
	case strings.ContainsFunc(file, unicode.IsControl):
		return usageError{fmt.Errorf("the name %q holds a character that does not belong into one", file), hint}
	case os.IsPathSeparator(file[len(file)-1]), base == ".", base == "..":
		return usageError{fmt.Errorf("%s is a folder", file), hint}
	case base == schemaFile:
		return usageError{fmt.Errorf("%s is the name of the schema that stands beside the file", base), hint}
	}
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("writing %s: %w", file, reason(err))
	case info.IsDir():
		return usageError{fmt.Errorf("%s is a folder", file), hint}
	case !force:
		return usageError{fmt.Errorf("%s is there already", file), "choose another name, or write over it with --force"}
	}
	return nil
}

// putSchema writes the schema of the form beside a setting file. One that is
// there may be of another edition or of other templates, whose files need it.
func (e env) putSchema(folder *generator.Output, name string, schema []byte, force bool) error {
	there, err := os.ReadFile(name)
	switch {
	case err == nil && bytes.Equal(there, schema):
		return nil
	case err == nil && !force:
		e.say("%s is there already, and is not what this file goes by: it was left as it is (--force writes over it)", name)
		return nil
	}
	if err := folder.Put(schemaFile, schema); err != nil {
		return fmt.Errorf("writing %s: %w", name, reason(err))
	}
	return nil
}

// newSheet begins a spreadsheet.
func newSheet(e env, form *setting.Form, blank setting.Blank, file string, toOutput bool) error {
	if ext := strings.ToLower(filepath.Ext(file)); !toOutput && ext != ".csv" {
		return usageError{fmt.Errorf("%s is not the name of a CSV file", file), "write: policygen new --csv settings.csv"}
	}
	headings, example := form.Columns(blank)
	var b bytes.Buffer
	if !toOutput {
		b.WriteString("\ufeff") // by which Excel knows that it is UTF-8
	}
	w := csv.NewWriter(&b)
	w.Write(headings)
	w.Write(example)
	w.Flush()
	if toOutput {
		_, err := b.WriteTo(e.out)
		return err
	}
	folder, err := generator.Create(filepath.Dir(file))
	if err != nil {
		return fmt.Errorf("making the folder %s: %w", filepath.Dir(file), reason(err))
	}
	defer folder.Close()
	if err := folder.Put(filepath.Base(file), b.Bytes()); err != nil {
		return fmt.Errorf("writing %s: %w", file, reason(err))
	}
	fmt.Fprintln(e.out, file)
	e.say("fill it in with a spreadsheet program, a row for each setting, then run: policygen generate %s", quote(file))
	return nil
}
