package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/policygen/policygen/generator"
	"github.com/policygen/policygen/generator/pack"
	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/source"
	"github.com/policygen/policygen/generator/toml"
)

// This file is where the program meets the terminal. The rules are:
//
//   - What was asked for goes to standard output, and nothing else does: the
//     paths of documents, a list, a schema.
//   - Everything else goes to standard error, after "policygen: ". No capital,
//     no full stop.
//   - Problems in files stand on lines of their own, file:line:col first, so
//     that an editor can follow them.
//   - Only main exits, and only run decides how.

// An env is the world that a command runs in.
type env struct {
	in          io.Reader
	out, err    io.Writer
	templates   fs.FS // built in
	interactive bool  // a person is there to be asked
	accessible  bool  // and reads by ear, or in a terminal with no room for a form
	terminal    bool  // standard error is one: progress can be shown on a line that moves
}

// Exit codes, which scripts rely on.
const (
	exitOK       = 0
	exitProblems = 1 // in somebody's files: put them right and run again
	exitUsage    = 2 // in the command line
	exitMachine  = 3 // a full disk, a folder that cannot be written

	exitInterrupted = 130 // by Ctrl-C, as shells have it
)

// A usageError is a mistake in the command line, with what to do about it.
type usageError struct {
	error
	hint string
}

// errIncomplete says that documents are not final. What is missing has been
// listed.
var errIncomplete = errors.New("incomplete")

// These say what is wrong when it has been listed already: problems in files,
// files that are not there, files that the machine would not let us read.
var (
	errFailed = errors.New("problems")
	errAbsent = errors.New("files that are not there")
	errUnread = errors.New("files that could not be read")
)

// A fileError is a setting file that could not be read at all.
type fileError struct {
	error
	problem source.Error // the same, as something that is said of the file
}

func (e fileError) Unwrap() error { return e.error }

func run(args []string, e env) int {
	out := &output{Writer: e.out}
	e.out = out
	root := newRoot(e)
	root.SetArgs(args)
	err := root.Execute()
	if out.failed != nil {
		err = fmt.Errorf("writing to standard output: %w", reason(out.failed))
	}
	return e.exit(err)
}

// An output remembers that something could not be written. Whoever reads it, such
// as another program, must not take half for the whole.
type output struct {
	io.Writer
	failed error
}

func (o *output) Write(p []byte) (int, error) {
	if o.failed != nil {
		return 0, o.failed
	}
	n, err := o.Writer.Write(p)
	o.failed = err
	return n, err
}

func newRoot(e env) *cobra.Command {
	root := &cobra.Command{
		Use:   "policygen",
		Short: "Make a setting's safeguarding policies from a file of its details",
		Long: `Policygen makes the safeguarding policies of a school, college, nursery or
childminder from a file of its details, as Markdown, web pages and Word files.

Begin with:

  policygen new oakfield.toml          a file to fill in
  policygen check oakfield.toml        what is wrong, and what is still missing
  policygen generate oakfield.toml     the documents, in the folder out`,
		SilenceErrors: true, // run prints them
		SilenceUsage:  true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			hint := "policygen help lists the commands"
			if near := source.Nearest(args[0], commandNames(cmd)); near != "" {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
			return usageError{fmt.Errorf("no command is called %q", args[0]), hint}
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if version, err := cmd.Flags().GetBool("version"); err != nil || !version {
				return cmd.Help()
			}
			return e.printVersion()
		},
	}
	root.AddCommand(newNew(e), newGenerate(e), newIndex(e), newCheck(e), newCoverage(e), newVerify(e), newReview(e), newList(e), newSchema(e), newTemplates(e), newVersion(e))
	root.SetHelpCommand(&cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Say what a command does",
		RunE: func(cmd *cobra.Command, args []string) error {
			of, rest, err := root.Find(args)
			if err != nil || of == nil || of == root && len(rest) > 0 {
				return root.Args(root, args[:1])
			}
			return of.Help()
		},
	})
	root.SetIn(e.in)
	root.SetOut(e.out)
	root.SetErr(e.err)
	root.InitDefaultCompletionCmd("completion")
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			c.Use = "completion {bash|fish|powershell|zsh}"
			c.Short = "Print a script by which a shell completes commands"
			c.Args = exactly(0, "the name of a shell: bash, fish, powershell or zsh")
			c.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		}
	}
	root.Flags().Bool("version", false, "print the version of the program and of its templates")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		hint := "policygen --help lists the flags"
		if cmd != root {
			hint = "policygen help " + strings.TrimPrefix(cmd.CommandPath(), "policygen ") + " lists the flags"
		}
		if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok { // all flags with a value take any text
			err = fmt.Errorf("--%s is there or not, and takes no value such as %q", invalid.GetFlag().Name, invalid.GetValue())
		}
		return usageError{err, hint}
	})
	return root
}

func commandNames(cmd *cobra.Command) []string {
	names := []string{"help", "completion"}
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	return names
}

// exit prints an error and returns the code to exit with.
func (e env) exit(err error) int {
	if err == nil {
		return exitOK
	}
	switch {
	case errors.Is(err, errInterrupted):
		return exitInterrupted
	case errors.Is(err, errStopped):
		e.say("%v", err)
		return exitInterrupted
	case errors.Is(err, errIncomplete), errors.Is(err, errFailed):
		return exitProblems
	case errors.Is(err, errAbsent):
		return exitUsage
	case errors.Is(err, errUnread):
		return exitMachine
	}
	if problems, ok := errors.AsType[source.Errors](err); ok {
		fmt.Fprintln(e.err, problems)
		e.say("%s; nothing was written", count(len(problems), "problem"))
		return exitProblems
	}
	e.say("%v", err)
	if usage, ok := errors.AsType[usageError](err); ok {
		if usage.hint != "" {
			e.say("%s", usage.hint)
		}
		return exitUsage
	}
	if strings.HasPrefix(err.Error(), "unknown command") { // of the commands that cobra adds
		return exitUsage
	}
	return exitMachine
}

// listed returns the words of a flag that takes several, with commas between them
// or given again: "md, html" and "md" "html" are two.
func listed(values []string) []string {
	var words []string
	for _, v := range values {
		for word := range strings.SplitSeq(v, ",") {
			if word = strings.TrimSpace(word); word != "" {
				words = append(words, word)
			}
		}
	}
	return words
}

// say prints a line for people.
func (e env) say(format string, args ...any) {
	fmt.Fprintf(e.err, "policygen: "+format+"\n", args...)
}

// count returns a number with a noun: "1 problem", "2 problems".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// exactly returns a check that a command has as many arguments as what says.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == n {
			return nil
		}
		hint := "write: policygen " + cmd.Use
		if len(args) < n {
			return usageError{fmt.Errorf("%s needs %s", cmd.Name(), what), hint}
		}
		return usageError{fmt.Errorf("%s takes %s, and nothing more", cmd.Name(), what), hint}
	}
}

// edition returns id if there is such an edition; the newest if it is empty.
func (e env) edition(id string) (string, error) {
	ids, err := pack.Editions(e.templates)
	if err != nil {
		return "", fmt.Errorf("reading templates: %w", err)
	}
	if id == "" {
		return ids[len(ids)-1], nil
	}
	if !slices.Contains(ids, id) {
		return "", usageError{fmt.Errorf("no edition is called %q", id), "there are: " + strings.Join(ids, ", ")}
	}
	return id, nil
}

// readPack reads an edition with a layer from each of the folders over it.
func (e env) readPack(edition string, folders []string) (*pack.Pack, error) {
	var layers []pack.Layer
	for _, f := range folders {
		info, err := os.Stat(f)
		if err != nil || !info.IsDir() {
			return nil, usageError{fmt.Errorf("--templates: there is no folder %s", f), ""}
		}
		layers = append(layers, pack.Layer{Name: filepath.ToSlash(f), FS: os.DirFS(f)})
	}
	p, err := pack.Read("templates", e.templates, edition, layers...)
	if _, ok := errors.AsType[source.Errors](err); err != nil && !ok {
		return nil, fmt.Errorf("reading templates: %w", err)
	}
	return p, err
}

// A job is a setting file that has been read, with what it is to be made from.
type job struct {
	file      string
	pack      *pack.Pack
	generator *generator.Generator
	setting   *setting.Setting
	docs      *generator.Documents // as far as they could be made; nil if the type is not known
	only      []string             // of the documents, if not all have been chosen
	whole     bool                 // every line of the file could be read
	problems  source.Errors
}

// A workshop reads setting files. It keeps a pack for each edition.
type workshop struct {
	env
	edition string // from the command line; "" for what the file says
	layers  []string
	packs   map[string]*bench
	ids     []string // of the editions there are
}

// A bench is a pack with its generator, or with its problems.
type bench struct {
	pack      *pack.Pack
	generator *generator.Generator
	problems  source.Errors
}

// bench returns what documents of an edition are made with.
func (w *workshop) bench(edition string) (*bench, error) {
	if b := w.packs[edition]; b != nil {
		return b, nil
	}
	p, err := w.readPack(edition, w.layers)
	b := &bench{pack: p}
	if problems, ok := errors.AsType[source.Errors](err); ok {
		b.problems = problems
	} else if err != nil {
		return nil, err
	}
	b.generator, err = generator.New(p)
	b.problems.Gather(err)
	if w.packs == nil {
		w.packs = map[string]*bench{}
	}
	w.packs[edition] = b
	return b, nil
}

// read reads a setting file and makes its documents. Whatever is wrong with
// the file or with the templates is in the job's problems; an error is one of
// the command line or of the machine, and a fileError if it is about the file.
func (w *workshop) read(file string) (*job, error) {
	src, err := w.open([]string{file}, sourceFlags{})
	if err != nil {
		return nil, err
	}
	if !src.single() {
		return nil, usageError{fmt.Errorf("%s is not a setting file", file), "name one file that ends in .toml"}
	}
	item, err := src.file(file)
	if err != nil {
		return nil, err
	}
	return w.make(item)
}

// make makes an item's documents.
func (w *workshop) make(item *generator.Item) (*job, error) {
	j := &job{file: item.Pos.File, generator: item.Generator, setting: item.Setting, problems: item.Problems, whole: !item.Torn}
	b, err := w.benchOf(item.Generator)
	if err != nil {
		return nil, err
	}
	j.pack = b.pack
	j.docs, err = item.Generator.Make(item.Setting, item.Files)
	j.problems.Gather(b.besides(err))
	return j, nil
}

// benchOf returns the bench with that generator.
func (w *workshop) benchOf(g *generator.Generator) (*bench, error) {
	for _, b := range w.packs {
		if b.generator == g {
			return b, nil
		}
	}
	return nil, errors.New("a setting has been read without an edition")
}

// mistaken returns that a file that the command line names is none: said by
// itself, and said of the file.
func mistaken(file, msg, of, hint string) fileError {
	return fileError{usageError{errors.New(msg), hint}, source.Error{Pos: source.Pos{File: file}, Msg: of, Hint: hint}}
}

// unread returns that the machine would not let us read a file.
func unread(file string, err error) fileError {
	return fileError{fmt.Errorf("reading %s: %w", file, reason(err)), source.Error{Pos: source.Pos{File: filepath.ToSlash(file)}, Msg: fmt.Sprintf("it cannot be read: %v", reason(err))}}
}

// besides returns the problems of making documents, less those in templates
// that have problems of their own: they would follow from those.
func (b *bench) besides(err error) error {
	problems, ok := errors.AsType[source.Errors](err)
	if !ok {
		return err
	}
	return slices.DeleteFunc(problems, func(p *source.Error) bool {
		return slices.ContainsFunc(b.problems, func(own *source.Error) bool { return own.Pos.File == p.Pos.File })
	}).Err()
}

func readTable(file string) (*toml.Table, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	// A file that is too large is reported as such; it need not be read whole.
	data, err := io.ReadAll(io.LimitReader(f, toml.MaxSize+1))
	if err != nil {
		return nil, err
	}
	return toml.Parse(filepath.ToSlash(file), data), nil
}

// editionOf returns the edition to make a setting's documents from: what the
// command line says, or else the file, or else the newest.
func (w *workshop) editionOf(t *toml.Table) (string, *source.Error, error) {
	if w.edition != "" {
		id, err := w.env.edition(w.edition)
		return id, nil, err
	}
	if w.ids == nil {
		ids, err := pack.Editions(w.templates)
		if err != nil {
			return "", nil, fmt.Errorf("reading templates: %w", err)
		}
		w.ids = ids
	}
	newest := w.ids[len(w.ids)-1]
	v := t.Value("edition")
	if v == nil {
		return newest, nil, nil
	}
	id, ok := v.V.(string)
	if !ok || id == "" {
		return newest, nil, nil // the form reports what is not text
	}
	if !slices.Contains(w.ids, id) {
		return newest, &source.Error{Pos: v.Pos, Msg: fmt.Sprintf("no edition is called %q", id), Hint: "there are: " + strings.Join(w.ids, ", ")}, nil
	}
	return id, nil, nil
}

// reason returns an error of the operating system without the name of the call
// and the path, which the message around it gives.
func reason(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	if le, ok := errors.AsType[*os.LinkError](err); ok {
		return le.Err
	}
	return err
}

// choose returns the documents that were asked for: by the command line, or
// else by the setting's file, or else all.
func (j *job) choose(policies []string) (*generator.Documents, error) {
	if len(policies) == 0 { // those that the file asks for have been checked
		j.only = policiesOf(nil, j.setting)
		if len(j.only) == 0 {
			return j.docs, nil
		}
		return j.docs.Only(j.only), nil
	}
	j.only = policies
	if err := knownPolicies(j.only, j.pack); err != nil {
		return nil, err
	}
	var made []string
	for _, d := range j.docs.List {
		made = append(made, d.Name, d.Family)
	}
	for _, p := range j.only {
		if !slices.Contains(made, p) {
			return nil, usageError{fmt.Errorf("%s is not for a setting of the type %s", p, j.setting.Type.ID), "policygen list policies shows what is for whom"}
		}
	}
	return j.docs.Only(j.only), nil
}

// policiesOf returns the families and documents that are asked for: by the
// command line, or else by the setting's file; none means all.
func policiesOf(policies []string, s *setting.Setting) []string {
	if len(policies) == 0 {
		for _, v := range s.At("policies").List {
			policies = append(policies, v.Key)
		}
	}
	return policies
}

// knownPolicies reports names that are neither families nor documents.
func knownPolicies(policies []string, p *pack.Pack) error {
	var known []string
	for _, f := range p.Edition.Families {
		known = append(known, f.ID)
	}
	for _, t := range p.Templates {
		if !slices.Contains(known, t.Document) {
			known = append(known, t.Document)
		}
	}
	for _, name := range policies {
		if !slices.Contains(known, name) {
			hint := source.DidYouMean(name, known)
			if hint == "" {
				hint = "policygen list policies shows what there is"
			}
			return usageError{fmt.Errorf("no policy is called %q", name), hint}
		}
	}
	return nil
}

// warn prints what was found odd.
func (e env) warn(warnings source.Errors) {
	for _, w := range warnings.Sorted() {
		warning := *w
		warning.Msg = "warning: " + warning.Msg
		fmt.Fprintln(e.err, warning.Error())
	}
}
