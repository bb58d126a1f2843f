package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/policygen/policygen/templates"
)

// TestAskLines checks the questions as they are asked line by line: nothing
// counts that has not been typed, and each setting is asked what concerns it.
func TestAskLines(t *testing.T) {
	later := strings.Repeat("\n", 20) // to whatever else is asked
	for _, test := range []struct {
		name, in string
		code     int
		asked    []string // parts of what is shown, in order
		not      []string
		file     []string // lines of the file; nil if there is to be none
	}{
		{
			name: "a school", in: "\nOakfield\n\n0\n23\nmaintained_nursry\n10\n" + later, code: exitOK,
			asked: []string{
				"Name of the setting\nThe official name", "Answer: This cannot be used: nothing can be made without it\nAnswer: \n",
				"Type of setting\n  1  maintained nursery school\n", "Number, 1 to 22: This cannot be used: type a number from 1 to 22\nNumber, 1 to 22: This", "Number, 1 to 22: \n",
				"Telephone number of the setting\nYou can leave it for later.\nSuch as: 01632 960100\nAnswer: \n",
				"Name of the designated safeguarding lead\nYou can leave it for later.\n",
			},
			file: []string{`name = "Oakfield"`, `type = "academy_special"`, `phone = ""  # such as 01632 960100`},
		},
		{
			name: "a childminder is asked for no lead", in: "Jo\nchildminder\n" + later, code: exitOK,
			not: []string{"safeguarding lead"}, file: []string{`name = "Jo"`, `type = "childminder"`},
		},
		{name: "no more answers", in: "N\n", code: exitInterrupted, asked: []string{"Number, 1 to 22: \npolicygen: stopped; nothing was written\n"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			var out, errs bytes.Buffer
			code := run([]string{"new", "n.toml"}, env{in: strings.NewReader(test.in), out: &out, err: &errs, templates: templates.FS, interactive: true, accessible: true})
			if code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			rest := errs.String()
			for _, part := range test.asked {
				_, after, found := strings.Cut(rest, part)
				if !found {
					t.Fatalf("it does not say %q, or not in that order, in\n%s", part, errs.String())
				}
				rest = after
			}
			for _, part := range test.not {
				if strings.Contains(errs.String(), part) {
					t.Errorf("it says %q in\n%s", part, errs.String())
				}
			}
			data, err := os.ReadFile("n.toml")
			if (err == nil) != (test.file != nil) {
				t.Fatalf("file: %v", err)
			}
			for _, line := range test.file {
				if !strings.Contains("\n"+string(data), "\n"+line+"\n") {
					t.Errorf("the file has no line %s", line)
				}
			}
		})
	}
}

func TestCanShowForm(t *testing.T) {
	for _, test := range []struct {
		width, height int
		want          bool
	}{{0, 0, false}, {1, 1, false}, {2, 2, false}, {80, 4, false}, {20, 24, false}, {40, 10, true}, {80, 24, true}} {
		if got := canShowForm(test.width, test.height); got != test.want {
			t.Errorf("%d by %d: %v", test.width, test.height, got)
		}
	}
}
