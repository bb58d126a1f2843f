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

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/generator"
	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/source"
)

type newOptions struct {
	name    string
	typ     string
	edition string
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
stands its JSON Schema, by which editors complete and check it as you type.

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
	p, err := e.readPack(edition, nil)
	if err != nil {
		return err
	}
	toOutput := file == "-"
	if !toOutput && !opts.force {
		if _, err := os.Stat(file); err == nil {
			return usageError{fmt.Errorf("%s is there already", file), "choose another name, or write over it with --force"}
		} else if !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("writing %s: %w", file, reason(err))
		}
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
	blank := setting.Blank{Type: typ, Answers: answers, Edition: edition, Schema: schemaFile, File: quote(file), All: opts.all}
	if opts.csv {
		return newSheet(e, p.Form, blank, file, toOutput)
	}
	if toOutput {
		blank.File = "FILE"
		_, err := fmt.Fprint(e.out, p.Form.Write(blank))
		return err
	}
	schema, err := p.Form.Schema(edition)
	if err != nil {
		return err
	}
	folder, err := generator.Create(filepath.Dir(file))
	if err != nil {
		return fmt.Errorf("making the folder %s: %w", filepath.Dir(file), reason(err))
	}
	defer folder.Close()
	for _, f := range []struct {
		name string
		data []byte
	}{{schemaFile, schema}, {filepath.Base(file), []byte(p.Form.Write(blank))}} {
		if err := folder.Put(f.name, f.data); err != nil {
			return fmt.Errorf("writing %s: %w", filepath.Join(filepath.Dir(file), f.name), reason(err))
		}
	}
	fmt.Fprintln(e.out, file)
	e.say("fill it in with any text editor, then run: policygen generate %s", quote(file))
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
