package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/generator/pack"
)

func newSchema(e env) *cobra.Command {
	var edition string
	var layers []string
	cmd := &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of a setting file, for editors",
		Long: `Print the JSON Schema (draft 2020-12) of a setting file. Editors that know it,
such as Visual Studio Code with Even Better TOML, complete names and values and
mark mistakes as you type. Name it in the first line of a setting file:

  #:schema policygen.schema.json`,
		Example: "  policygen schema > policygen.schema.json",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{errors.New("schema takes no file: it prints to standard output"), "write: policygen schema > FILE"}
			}
			return nil
		},
		RunE: func(*cobra.Command, []string) error {
			id, err := e.edition(edition)
			if err != nil {
				return err
			}
			p, err := e.readPack(id, layers)
			if err != nil {
				return err
			}
			data, err := e.schema(p)
			if err != nil {
				return err
			}
			_, err = e.out.Write(data)
			return err
		},
	}
	cmd.Flags().StringVar(&edition, "edition", "", "the form of this `edition` (default the newest)")
	cmd.Flags().StringArrayVar(&layers, "templates", nil, "put the form of this `folder` over the built-in one; may be repeated")
	return cmd
}

// schema returns the JSON Schema of a setting file for a pack.
func (e env) schema(p *pack.Pack) ([]byte, error) {
	editions, err := pack.Editions(e.templates)
	if err != nil {
		return nil, fmt.Errorf("reading templates: %w", err)
	}
	return p.Schema(editions)
}
