package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/generator/source"
)

// newReview returns the command that holds those of the yearly review.
func newReview(e env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "review",
		Short: "Bring documents through the year: what is due, what has changed, and the new wording",
		Long: `Bring documents through the year. Its round is:

  policygen review status out                  what is due, and what has moved on
  policygen review changes oakfield.toml       what a new edition changes, for a meeting
  policygen review update out --setting oakfield.toml -o reviewed
                                               the documents, as edited, with the changes marked
  policygen review census sent-in              what schools change most often, for whoever writes templates

What somebody has edited in a document is never written over without being asked.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			var names []string
			for _, c := range cmd.Commands() {
				names = append(names, c.Name())
			}
			hint := "policygen help review lists the commands"
			if near := source.Nearest(args[0], names); near != "" {
				hint = fmt.Sprintf("did you mean \"review %s\"?", near)
			}
			return usageError{fmt.Errorf("review has no command %q", args[0]), hint}
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		newReviewStatus(e),
		newReviewChanges(e),
		newReviewUpdate(e),
		newReviewCensus(e),
	)
	return cmd
}
