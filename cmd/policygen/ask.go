package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"charm.land/huh/v2"

	"github.com/policygen/policygen/generator/setting"
)

// This file asks the questions with which a setting file is begun: as a form
// where there is a terminal to show it on, and otherwise line by line, as a
// person reads it who hears the terminal. The questions are the same.

// errStopped says that whoever was asked has stopped answering.
var errStopped = errors.New("stopped; nothing was written")

// canShowForm reports whether a terminal of that size has room for a form. In
// one without a size, which some programs that stand in for a terminal give,
// the form fails.
func canShowForm(width, height int) bool { return width >= 40 && height >= 10 }

// A question is one of the main questions that have no answer yet.
type question struct {
	*setting.Field
	answer string
}

func (q *question) title() string { return strings.ToUpper(q.Label[:1]) + q.Label[1:] }

func (q *question) about() string {
	if q.Need == setting.Start {
		return q.Help
	}
	return strings.TrimSpace(q.Help + " You can leave it for later.")
}

// ask asks the main questions that have no answer yet, and puts the answers to
// the others.
func ask(e env, form *setting.Form, answers map[string]string) error {
	var questions []*question
	for f := range form.All() {
		if f.Ask == setting.First && answers[f.Path] == "" {
			questions = append(questions, &question{Field: f})
		}
	}
	if len(questions) == 0 {
		return nil
	}
	// concerns reports whether a question is for the type that has been chosen. A
	// childminder, for one, leads on safeguarding herself.
	concerns := func(q *question) bool {
		id := answers["setting.type"]
		for _, other := range questions {
			if other.Path == "setting.type" {
				id = other.answer
			}
		}
		typ := form.Type(id)
		if typ == nil {
			return true
		}
		record := form.Field(q.Path[:strings.LastIndexByte(q.Path, '.')])
		return q.Concerns(typ) && q.From(typ) == "" && (record == nil || record.From(typ) == "")
	}
	how := askForm
	if e.accessible {
		how = askLines
	}
	if err := how(e, questions, concerns); err != nil {
		return err
	}
	for _, q := range questions {
		if concerns(q) {
			answers[q.Path] = strings.TrimSpace(q.answer)
		}
	}
	return nil
}

// askForm asks by a form that can be moved about in.
func askForm(e env, questions []*question, concerns func(*question) bool) error {
	var groups []*huh.Group
	for _, q := range questions {
		var field huh.Field
		if q.Kind == setting.Choice {
			var options []huh.Option[string]
			for _, o := range q.Choices {
				options = append(options, huh.NewOption(o.Label, o.Key))
			}
			field = huh.NewSelect[string]().Title(q.title()).Description("Press / to search").Options(options...).Height(12).Value(&q.answer)
		} else {
			field = huh.NewInput().Title(q.title()).Description(q.about()).Placeholder(q.Example).Validate(q.Accept).Value(&q.answer)
		}
		groups = append(groups, huh.NewGroup(field).WithHideFunc(func() bool { return !concerns(q) }))
	}
	// The form ends on an interrupt by itself, and gives the terminal back.
	err := huh.NewForm(groups...).WithInput(e.in).WithOutput(e.err).Run()
	if errors.Is(err, huh.ErrUserAborted) {
		return errStopped
	}
	if err != nil {
		return fmt.Errorf("asking: %w", err)
	}
	return nil
}

// askLines asks line by line. Nothing counts as an answer that has not been
// typed.
func askLines(e env, questions []*question, concerns func(*question) bool) error {
	in := bufio.NewReader(e.in)
	for _, q := range questions {
		if !concerns(q) {
			continue
		}
		prompt := q.show(e.err)
		for {
			fmt.Fprint(e.err, prompt)
			line, err := in.ReadString('\n')
			if err != nil && (line == "" || err != io.EOF) {
				fmt.Fprintln(e.err)
				return errStopped
			}
			problem := q.take(strings.TrimSpace(line))
			if problem == nil {
				break
			}
			fmt.Fprintf(e.err, "This cannot be used: %v\n", problem)
		}
		fmt.Fprintln(e.err)
	}
	return nil
}

// show prints the question and, of a choice, what can be chosen. It returns what
// is to stand before the answer.
func (q *question) show(w io.Writer) string {
	fmt.Fprintln(w, q.title())
	if q.Kind == setting.Choice {
		for i, o := range q.Choices {
			fmt.Fprintf(w, "%3d  %s\n", i+1, o.Label)
		}
		return fmt.Sprintf("Number, 1 to %d: ", len(q.Choices))
	}
	if about := q.about(); about != "" {
		fmt.Fprintln(w, about)
	}
	if q.Example != "" {
		fmt.Fprintln(w, "Such as:", q.Example)
	}
	return "Answer: "
}

// take takes a line as the answer, or says why it cannot be.
func (q *question) take(line string) error {
	if q.Kind != setting.Choice || line == "" && q.Need != setting.Start {
		if err := q.Accept(line); err != nil {
			return err
		}
		q.answer = line
		return nil
	}
	if n, err := strconv.Atoi(line); err == nil && 1 <= n && n <= len(q.Choices) {
		q.answer = q.Choices[n-1].Key
		return nil
	}
	if _, ok := q.Option(line); ok {
		q.answer = line
		return nil
	}
	return fmt.Errorf("type a number from 1 to %d", len(q.Choices))
}
