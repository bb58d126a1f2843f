package main

import "github.com/spf13/cobra"

func newReviewChanges(e env) *cobra.Command {
	return &cobra.Command{Use: "changes [SETTING.toml]", Short: "Say what a new edition changes for a setting, for those who govern it"}
}
