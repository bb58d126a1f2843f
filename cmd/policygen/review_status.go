package main

import "github.com/spf13/cobra"

func newReviewStatus(e env) *cobra.Command {
	return &cobra.Command{Use: "status DIR|SOURCE...", Short: "Say of each document when it is due, and what has moved on since it was made"}
}
