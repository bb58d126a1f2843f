package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/generator"
	"github.com/policygen/policygen/generator/source"
)

func newTemplates(e env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "templates",
		Short: "Work with the templates",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return usageError{fmt.Errorf("templates has no command %q", args[0]), "there is: policygen templates export DIR"}
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var edition string
	var force bool
	export := &cobra.Command{
		Use:   "export DIR [FILE...]",
		Short: "Write the built-in templates to a folder",
		Long: `Write the built-in templates to a folder, ready to be changed and put over the
built-in ones with --templates. Name files to write only those.

Keep only the files that you have changed: what is in the folder hides what is
built in, next year's new wording as well. To change one section and no more,
put it into a file named by its code, such as online-safety/OS-8.md.`,
		Example: `  policygen templates export ours
  policygen templates export ours anti-bullying/policy.md contacts.toml`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || args[0] == "" {
				return usageError{errors.New("export needs a folder"), "write: policygen templates export DIR"}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return runExport(e, edition, force, args[0], args[1:]) },
	}
	export.Flags().StringVar(&edition, "edition", "", "the templates of this `edition` (default the newest)")
	export.Flags().BoolVar(&force, "force", false, "write over files that are there")
	cmd.AddCommand(export)
	return cmd
}

func runExport(e env, edition string, force bool, dir string, only []string) error {
	id, err := e.edition(edition)
	if err != nil {
		return err
	}
	files := map[string][]byte{}
	for _, root := range []string{id, "look"} {
		err := fs.WalkDir(e.templates, root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			to := name
			if root == id {
				to, _ = filepath.Rel(id, name)
				to = filepath.ToSlash(to)
			}
			if to == "edition.toml" { // a layer does not change what it lies over
				return nil
			}
			files[to], err = fs.ReadFile(e.templates, name)
			return err
		})
		if err != nil {
			return fmt.Errorf("reading templates: %w", err)
		}
	}
	var names []string
	for n := range files {
		names = append(names, n)
	}
	slices.Sort(names)
	if len(only) > 0 {
		for _, o := range only {
			if !slices.Contains(names, path.Clean(filepath.ToSlash(o))) {
				return usageError{fmt.Errorf("no template is called %q", o), source.DidYouMean(o, names)}
			}
		}
		names = only
	}
	out, err := generator.Create(dir)
	if err != nil {
		return fmt.Errorf("making the folder %s: %w", dir, reason(err))
	}
	defer out.Close()
	if !force {
		for _, n := range names {
			there, err := out.Exists(n)
			if err != nil {
				return fmt.Errorf("reading %s: %w", dir, reason(err))
			}
			if there {
				return usageError{fmt.Errorf("%s is there already", filepath.Join(dir, n)), "choose another folder, or write over it with --force"}
			}
		}
	}
	for _, n := range names {
		if err := out.Put(n, files[path.Clean(filepath.ToSlash(n))]); err != nil {
			return fmt.Errorf("writing %s: %w", filepath.Join(dir, n), reason(err))
		}
		fmt.Fprintln(e.out, filepath.Join(dir, n))
	}
	e.say("wrote %s; keep those that you change, and use them with --templates %s", count(len(names), "file"), quote(dir))
	return nil
}
