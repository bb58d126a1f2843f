package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/generator"
	"github.com/policygen/policygen/generator/source"
)

type checkOptions struct {
	json    bool
	final   bool
	assumed bool
	edition string
	layers  []string
}

func newCheck(e env) *cobra.Command {
	var opts checkOptions
	cmd := &cobra.Command{
		Use:   "check SETTING.toml...",
		Short: "List every problem and every detail that is missing, and write nothing",
		Long: `List what is wrong with setting files, what is odd, and what is still to
complete, and write nothing. The exit code is 1 if anything is wrong; with
--final, also if anything is missing.`,
		Example: `  policygen check oakfield.toml
  policygen check --json schools/*.toml
  policygen check --assumed oakfield.toml`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{errors.New("check needs a setting file"), "write: policygen check SETTING.toml"}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return runCheck(e, opts, args) },
	}
	f := cmd.Flags()
	f.BoolVar(&opts.json, "json", false, "print findings as JSON, for programs")
	f.BoolVar(&opts.final, "final", false, "count a missing detail as a problem")
	f.BoolVar(&opts.assumed, "assumed", false, "list also what the documents take for granted because the file does not say")
	f.StringVar(&opts.edition, "edition", "", "check against this `edition` (default what the file says, or the newest)")
	f.StringArrayVar(&opts.layers, "templates", nil, "put the templates of this `folder` over the built-in ones; may be repeated")
	return cmd
}

// A finding is something that check has to say, as --json prints it.
type finding struct {
	File     string   `json:"file"`
	Line     int      `json:"line,omitempty"`
	Col      int      `json:"col,omitempty"`
	Kind     string   `json:"kind"` // problem, warning, gap, assumed, unused or reading
	Field    string   `json:"field,omitempty"`
	Message  string   `json:"message"`
	Hint     string   `json:"hint,omitempty"`
	Sections []string `json:"sections,omitempty"` // where a gap stands: document and code

	// Of a reading: the document, its Flesch-Kincaid grade and the words of its
	// longest sentence.
	Document string  `json:"document,omitempty"`
	Grade    float64 `json:"grade,omitempty"`
	Longest  int     `json:"longest_sentence,omitempty"`
}

func runCheck(e env, opts checkOptions, files []string) error {
	w := &workshop{env: e, edition: opts.edition, layers: opts.layers}
	findings := []finding{}
	failed := false
	var problems, gaps, assumed int
	seen := map[source.Error]bool{} // a fault of the templates is every file's
	for i, file := range files {
		j, err := w.read(file)
		if err != nil {
			return err
		}
		add := func(kind string, p *source.Error) {
			findings = append(findings, finding{File: p.Pos.File, Line: p.Pos.Line, Col: p.Pos.Col, Kind: kind, Message: p.Msg, Hint: p.Hint})
		}
		var fresh source.Errors
		for _, p := range j.problems.Sorted() {
			if !seen[*p] {
				seen[*p] = true
				fresh = append(fresh, p)
				add("problem", p)
			}
		}
		if len(j.problems) > 0 {
			failed = true
			problems += len(fresh)
			if !opts.json && len(fresh) > 0 {
				fmt.Fprintln(e.out, fresh)
			}
			continue
		}
		docs, err := j.choose(nil)
		if err != nil {
			return err
		}
		for _, p := range append(docs.Warnings, docs.Proof()...).Sorted() {
			add("warning", p)
			if !opts.json {
				warning := *p
				warning.Msg = "warning: " + warning.Msg
				fmt.Fprintln(e.out, warning.Error())
			}
		}
		for _, path := range j.docs.Unused() {
			v := j.setting.At(path)
			p := &source.Error{Pos: v.Pos, Msg: path + " is not used in any of this setting's documents"}
			add("unused", p)
			findings[len(findings)-1].Field = path
			if !opts.json {
				note := *p
				note.Msg = "note: " + note.Msg
				fmt.Fprintln(e.out, note.Error())
			}
		}
		for _, r := range docs.Readings() {
			msg := reading(r)
			findings = append(findings, finding{File: file, Kind: "reading", Message: msg, Document: r.Document, Grade: math.Round(r.Grade()*10) / 10, Longest: r.Longest})
			if !opts.json {
				fmt.Fprintf(e.out, "%s: %s\n", file, msg)
			}
		}
		list := docs.Gaps()
		gaps += len(list)
		if len(files) > 1 && i > 0 && len(list) > 0 && !opts.json {
			fmt.Fprintln(e.out)
		}
		for _, g := range list {
			findings = append(findings, finding{File: file, Kind: "gap", Field: g.Path, Message: "to complete: " + g.Label, Sections: sections(g)})
			if !opts.json {
				printGap(e.out, file, g)
			}
		}
		assumptions := docs.Assumptions()
		assumed += len(assumptions)
		for _, a := range assumptions {
			findings = append(findings, finding{File: file, Kind: "assumed", Field: a.Path, Message: a.Label + ": " + a.Value})
			if opts.assumed && !opts.json {
				fmt.Fprintf(e.out, "%s: assumed: %s = %s\n\t%s\n", file, a.Path, a.Value, a.Label)
			}
		}
	}
	if opts.json {
		enc := json.NewEncoder(e.out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		if err := enc.Encode(findings); err != nil {
			return err
		}
	}
	line := []string{count(problems, "problem")}
	if gaps > 0 || !failed {
		line = append(line, count(gaps, "detail")+" to complete")
	}
	if assumed > 0 && !opts.assumed && !opts.json {
		line = append(line, fmt.Sprintf("%s taken for granted (--assumed lists them)", count(assumed, "answer")))
	}
	e.say("%s", strings.Join(line, ", "))
	if failed {
		return errFailed
	}
	if opts.final && gaps > 0 {
		return errIncomplete
	}
	return nil
}

// reading says how hard a document is to read.
func reading(r generator.Reading) string {
	limit := func(n int) string {
		if n == 0 {
			return ""
		}
		return fmt.Sprintf(" (limit %d)", n)
	}
	s := fmt.Sprintf("%s reads at grade %.1f%s, and its longest sentence has %d words%s", r.Document, max(0, r.Grade()), limit(r.MaxGrade), r.Longest, limit(r.MaxLongest))
	if r.TooHard() {
		s = "warning: " + s + ": " + strconv.Quote(r.Where)
	}
	return s
}

// printGap prints a detail that is still to complete, and where it belongs.
func printGap(w io.Writer, file string, g generator.Gap) {
	fmt.Fprintf(w, "%s: to complete: %s\n\tgive %s; it stands in %s\n", file, g.Label, g.Path, strings.Join(sections(g), ", "))
}

// sections returns where a gap stands: each document with its codes.
func sections(g generator.Gap) []string {
	var out []string
	last := ""
	for _, p := range g.Places {
		if p.Document == last {
			out[len(out)-1] += " " + p.Section
			continue
		}
		out = append(out, p.Document+" "+p.Section)
		last = p.Document
	}
	return out
}
