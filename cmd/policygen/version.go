package main

import (
	"fmt"
	"os"
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
		RunE:  func(*cobra.Command, []string) error { return e.printVersion() },
	}
}

func (e env) printVersion() error {
	editions, err := pack.Editions(e.templates)
	if err != nil {
		return fmt.Errorf("reading templates: %w", err)
	}
	_, err = fmt.Fprintf(e.out, "policygen %s (%s, %s/%s), editions %s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH, strings.Join(editions, ", "))
	return err
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// program returns what tells one build of the program from another: documents
// hang on the program as well.
func program() string {
	id := version() + " " + runtime.Version()
	if name, err := os.Executable(); err == nil {
		if info, err := os.Stat(name); err == nil && strings.Contains(id, "devel") {
			id += fmt.Sprint(info.Size(), info.ModTime().UnixNano())
		}
	}
	return id
}
