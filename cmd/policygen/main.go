// Policygen makes the safeguarding policies of a school, college, nursery or
// childminder from a file of details: online safety, acceptable use, cameras
// and images, anti-bullying, and the response to nude images, as Markdown, web
// pages and Word files.
package main

import (
	"os"

	"golang.org/x/term"

	"github.com/policygen/policygen/templates"
)

func main() {
	width, height, err := term.GetSize(int(os.Stderr.Fd()))
	os.Exit(run(os.Args[1:], env{
		in:          os.Stdin,
		out:         os.Stdout,
		err:         os.Stderr,
		templates:   templates.FS,
		interactive: term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stderr.Fd())),
		accessible:  os.Getenv("ACCESSIBLE") != "" || os.Getenv("TERM") == "dumb" || err != nil || !canShowForm(width, height),
		terminal:    term.IsTerminal(int(os.Stderr.Fd())) && os.Getenv("TERM") != "dumb",
	}))
}
