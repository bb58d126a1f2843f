package main

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/generator/pack"
	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/source"
)

// lists are what list can show, each with the function that prints it.
var lists = []struct {
	name, about string
	print       func(*tabwriter.Writer, env, *pack.Pack) error
}{
	{"policies", "the documents, and for whom they are", listPolicies},
	{"editions", "the dated sets of templates", listEditions},
	{"types", "the types of setting, and the groups they belong to", listTypes},
	{"fields", "everything that a setting file can say", listFields},
	{"functions", "what templates can call", listFunctions},
}

func newList(e env) *cobra.Command {
	var edition string
	var layers []string
	var names []string
	about := ""
	for _, l := range lists {
		names = append(names, l.name)
		about += fmt.Sprintf("  %-10s %s\n", l.name, l.about)
	}
	cmd := &cobra.Command{
		Use:       "list [policies|editions|types|fields|functions]",
		Short:     "List policies, editions, types of setting, fields or functions",
		Long:      "List, one a line:\n\n" + about + "\nWithout a word, it lists the policies.",
		ValidArgs: names,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError{errors.New("list takes one word"), "it can be " + source.Quoted(names, "or")}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			what := "policies"
			if len(args) == 1 {
				what = args[0]
			}
			id, err := e.edition(edition)
			if err != nil {
				return err
			}
			p, err := e.readPack(id, layers)
			if err != nil {
				return err
			}
			for _, l := range lists {
				if l.name != what {
					continue
				}
				w := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0)
				if err := l.print(w, e, p); err != nil {
					return err
				}
				return w.Flush()
			}
			return usageError{fmt.Errorf("there is no list of %q", what), "it can be " + source.Quoted(names, "or")}
		},
	}
	cmd.Flags().StringVar(&edition, "edition", "", "list what this `edition` has (default the newest)")
	cmd.Flags().StringArrayVar(&layers, "templates", nil, "put the templates of this `folder` over the built-in ones; may be repeated")
	return cmd
}

func listPolicies(w *tabwriter.Writer, _ env, p *pack.Pack) error {
	for _, t := range p.Templates {
		who := strings.Join(t.Types, ", ")
		if len(t.KeyStages) > 0 {
			who += " with " + strings.Join(t.KeyStages, ", ")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", t.Document, t.Audience, who)
	}
	return nil
}

func listEditions(w *tabwriter.Writer, e env, _ *pack.Pack) error {
	ids, err := pack.Editions(e.templates)
	if err != nil {
		return err
	}
	for _, id := range ids {
		p, err := e.readPack(id, nil)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s\t%s\tguidance in force from %s\n", id, p.Edition.Title, setting.PrintDate(p.Edition.InForce))
	}
	return nil
}

func listTypes(w *tabwriter.Writer, _ env, p *pack.Pack) error {
	for _, t := range p.Form.Types {
		fmt.Fprintf(w, "%s\t%s\t%s\n", t.ID, t.Label, strings.Join(t.Groups, ", "))
	}
	return nil
}

func listFields(w *tabwriter.Writer, _ env, p *pack.Pack) error {
	var print func(f *setting.Field)
	print = func(f *setting.Field) {
		kind := string(f.Kind)
		if f.Kind == setting.Choice {
			kind = strings.Join(f.Keys(), " | ")
			if f.Path == "setting.type" {
				kind = "a type (policygen list types)"
			}
		}
		path := f.Path
		if f.Many {
			if f.Kind == setting.Record {
				path, kind = "[["+path+"]]", "table, repeated"
			} else {
				kind = "list of " + kind
			}
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", path, f.Label, f.Need, kind)
		if f.Many {
			for _, c := range f.Fields {
				print(c)
			}
		}
	}
	for f := range p.Form.All() {
		print(f)
	}
	return nil
}

func listFunctions(w *tabwriter.Writer, _ env, _ *pack.Pack) error {
	for _, f := range pack.Functions() {
		fmt.Fprintf(w, "%s\t%s\n\tfor example %s\n", f.Usage, f.Doc, f.Example)
	}
	return nil
}
