package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/generator/pack"
)

func newVersion(e env) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of the program and of its templates",
		Args:  exactly(0, "no argument"),
		RunE: func(*cobra.Command, []string) error {
			version := "(devel)"
			if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
				version = info.Main.Version
			}
			editions, err := pack.Editions(e.templates)
			if err != nil {
				return fmt.Errorf("reading templates: %w", err)
			}
			_, err = fmt.Fprintf(e.out, "policygen %s (%s, %s/%s), editions %s\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH, strings.Join(editions, ", "))
			return err
		},
	}
}
