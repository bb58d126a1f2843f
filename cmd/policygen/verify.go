package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/generator"
	"github.com/policygen/policygen/generator/receipt"
)

type verifyOptions struct {
	json    bool
	details bool
}

func newVerify(e env) *cobra.Command {
	var opts verifyOptions
	cmd := &cobra.Command{
		Use:   "verify FILE...",
		Short: "Say whose document a file is, and whether it has been edited since it was made",
		Long: `Say of documents whose they are, from which edition they were made and whether
that is still the newest, whether anybody has edited them since, when they were
approved and are due, and how many details are still to complete. FILE is a Word
file, a web page or a Markdown file, or a folder: then it is every such file in it.

What a document was made from stands in the Word file itself, so it can be asked
wherever it has got to: its words are compared with those that it was made with.
Pages and Markdown hold the digest of their text. A receipt beside a file, which
generate writes, knows its digest too, and what pages and Markdown were made from.

Documents have no clock in them. The day that is shown is the last change of the
file on this disk, and it is shown only if the file is as it was made; a copy may
have a later one.

The exit code is 1 if a file is no document of policygen's, and 3 if one cannot be
read. A file in a folder that is something else is counted and passed over.`,
		Example: `  policygen verify online-safety-policy.docx
  policygen verify --details from-the-website.html
  policygen verify --json out`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{errors.New("verify needs a file or a folder"), "write: policygen verify FILE"}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return runVerify(e, opts, args) },
	}
	f := cmd.Flags()
	f.BoolVar(&opts.json, "json", false, "print what is known of each file as JSON, for programs")
	f.BoolVar(&opts.details, "details", false, "list also the details that stand in each document")
	return cmd
}

// maxDocument is the size of the largest file that is looked into, in bytes.
const maxDocument = 64 << 20

// A verifier looks into files.
type verifier struct {
	e        env
	newest   string
	bench    *bench
	receipts map[string]*receipt.Receipt // by folders
	found    []verdict
	foreign  int // files in folders that are no documents
	others   int // files that the command line names and that are none
	absent   int
	unread   int
}

// A verdict is what there is to say of a file.
type verdict struct {
	File       string            `json:"file"`
	Ours       bool              `json:"ours"`
	Document   string            `json:"document,omitempty"`
	Title      string            `json:"title,omitempty"`
	Setting    string            `json:"setting,omitempty"`
	URN        string            `json:"urn,omitempty"`
	Edition    string            `json:"edition,omitempty"`
	Superseded string            `json:"superseded_by,omitempty"` // the newest edition
	State      string            `json:"state,omitempty"`
	Written    string            `json:"written,omitempty"`
	Approved   string            `json:"approved,omitempty"`
	NextReview string            `json:"next_review,omitempty"`
	Known      bool              `json:"base"` // what it was made from is known
	Gaps       []string          `json:"gaps,omitempty"`
	Details    map[string]string `json:"details,omitempty"`
	Note       string            `json:"note,omitempty"`
}

func runVerify(e env, opts verifyOptions, args []string) error {
	newest, err := e.edition("")
	if err != nil {
		return err
	}
	w := &workshop{env: e}
	v := &verifier{e: e, newest: newest, receipts: map[string]*receipt.Receipt{}, found: []verdict{}}
	if v.bench, err = w.bench(newest); err != nil {
		return err
	}
	for _, arg := range args {
		v.argument(arg)
	}
	if opts.json {
		enc := json.NewEncoder(e.out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		if err := enc.Encode(v.found); err != nil {
			return err
		}
	} else if err := v.print(opts); err != nil {
		return err
	}
	return v.end()
}

// argument looks into a file, or into those of a folder.
func (v *verifier) argument(name string) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		v.e.say("there is no file %s", name)
		v.absent++
		return
	case err != nil:
		v.cannot(name, err)
		return
	case !info.IsDir():
		v.file(name, true)
		return
	}
	filepath.WalkDir(name, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			v.cannot(file, err)
			return nil
		}
		if d.Type().IsRegular() && isDocument(file) {
			v.file(file, false)
		}
		return nil
	})
}

// isDocument reports whether a file is called as documents are.
func isDocument(file string) bool {
	base := filepath.Base(file)
	if strings.HasPrefix(base, ".") || strings.HasPrefix(base, "~$") { // half written, or open in Word
		return false
	}
	return slices.Contains([]string{".docx", ".html", ".md"}, strings.ToLower(filepath.Ext(base)))
}

func (v *verifier) cannot(name string, err error) {
	v.e.say("reading %s: %v", name, reason(err))
	v.unread++
}

// file looks into a file. One that has been asked for by name is expected to be a
// document.
func (v *verifier) file(name string, named bool) {
	f, err := os.Open(name)
	if err != nil {
		v.cannot(name, err)
		return
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil && info.Size() > maxDocument {
		err = fmt.Errorf("it is larger than %d MB", maxDocument>>20)
	}
	var data []byte
	if err == nil {
		data, err = io.ReadAll(io.LimitReader(f, maxDocument))
	}
	if err != nil {
		v.cannot(name, err)
		return
	}
	is := v.bench.generator.Verify(filepath.ToSlash(name), data, v.receipt(filepath.Dir(name)))
	if is == nil {
		if !named {
			v.foreign++
			return
		}
		v.others++
		v.found = append(v.found, verdict{File: name})
		return
	}
	v.found = append(v.found, v.of(name, info, is))
}

// of puts into words what a file is.
func (v *verifier) of(name string, info fs.FileInfo, is *generator.Verdict) verdict {
	d := verdict{
		File: name, Ours: true, Document: is.Document, Setting: is.Setting, URN: is.URN, Edition: is.Edition, State: string(is.State), Note: is.Note,
	}
	if is.Edition < v.newest { // they are named by year and month
		d.Superseded = v.newest
	}
	if is.State == generator.AsMade || is.State == generator.Brought {
		d.Written = info.ModTime().Format("2006-01-02")
	}
	if b := is.Base; b != nil {
		d.Known, d.Title, d.Approved, d.NextReview = true, b.Meta.Title, b.Meta.Approved, b.Meta.NextReview
		d.Gaps, d.Details = b.Gaps(), b.Details()
	}
	return d
}

// receipt returns the receipt of a folder, or nil.
func (v *verifier) receipt(dir string) *receipt.Receipt {
	if r, ok := v.receipts[dir]; ok {
		return r
	}
	r, err := receiptIn(dir)
	if err != nil {
		v.e.say("%s cannot be read, so it has no say", filepath.Join(dir, receipt.Name))
	}
	v.receipts[dir] = r
	return r
}

// print prints a line for each file.
func (v *verifier) print(opts verifyOptions) error {
	w := tabwriter.NewWriter(v.e.out, 0, 0, 2, ' ', 0)
	if len(v.found) > 0 {
		fmt.Fprintln(w, "FILE\tDOCUMENT\tSETTING\tEDITION\tSINCE IT WAS MADE\tAPPROVED\tNEXT REVIEW\tTO COMPLETE")
	}
	for _, d := range v.found {
		if !d.Ours {
			fmt.Fprintf(w, "%s\tno document of policygen's\n", plain(d.File))
			continue
		}
		edition := d.Edition
		if d.Superseded != "" {
			edition += " (superseded by " + d.Superseded + ")"
		}
		state, gaps := d.State, "not known"
		if d.Written != "" {
			state += ", " + d.Written
		}
		if d.Known {
			gaps = fmt.Sprint(len(d.Gaps))
		}
		cells := []string{d.File, d.Document, d.Setting, edition, state, orDash(d.Approved), orDash(d.NextReview), gaps}
		for i := range cells {
			cells[i] = plain(cells[i])
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, d := range v.found {
		if d.Note != "" {
			v.e.say("%s: %s", plain(d.File), plain(d.Note))
		}
		if !opts.details || !d.Ours {
			continue
		}
		if !d.Known {
			v.e.say("%s: nothing says which details it was made from", plain(d.File))
			continue
		}
		fmt.Fprintf(v.e.out, "\n%s\n", plain(d.File))
		for _, path := range slices.Sorted(maps.Keys(d.Details)) {
			fmt.Fprintf(v.e.out, "  %s = %s\n", plain(path), plain(d.Details[path]))
		}
		for _, path := range d.Gaps {
			fmt.Fprintf(v.e.out, "  %s is still to complete\n", plain(path))
		}
	}
	return nil
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// plain returns text from a file that anybody may have made, without what would
// move the cursor of a terminal or make a line of its own.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069' {
			return ' '
		}
		return r
	}, s)
}

// end prints the line that the command ends with, and decides the exit code.
func (v *verifier) end() error {
	tally := map[string]int{}
	old := 0
	for _, d := range v.found {
		tally[d.State]++
		if d.Superseded != "" {
			old++
		}
	}
	line := []string{count(len(v.found)-v.others, "document")}
	for _, state := range []generator.State{generator.AsMade, generator.Resaved, generator.Brought, generator.Edited, generator.Unknown} {
		if n := tally[string(state)]; n > 0 {
			line = append(line, fmt.Sprintf("%d %s", n, state))
		}
	}
	if old > 0 {
		line = append(line, fmt.Sprintf("%d of a superseded edition", old))
	}
	if n := v.others + v.foreign; n > 0 {
		line = append(line, count(n, "file")+" of something else")
	}
	v.e.say("%s", strings.Join(line, ", "))
	switch {
	case v.unread > 0:
		return errUnread
	case v.others > 0:
		return errFailed
	case v.absent > 0:
		return errAbsent
	case len(v.found) == 0:
		return errFailed
	}
	return nil
}
