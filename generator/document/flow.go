package document

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Flow is a decision flow: steps in the order they are best read in, and the
// ways from one to another. It is written as
//
//	```flow
//	title: What to do when a child tells you something
//	N1 start: Someone tells you
//	N2 act: Stay calm; listen
//	N3 decide: Is anyone in immediate danger?
//	N4 act side: Call 999
//	N5 stop: Record it
//	N1 -> N2
//	N2 -> N3
//	N3 -> N4: yes
//	N3 -> N5: no
//	N4 -> N5
//	note: Parents may be told earlier.
//	```
//
// A step that says side stands beside the main column of the diagram. The
// words of a flow are plain: a diagram has no room for marks.
//
// A flow is checked to be one that can be followed: it has one start, every
// step can be reached from it and leads to a stop, and the ways out of a
// decision are told apart by their labels.
type Flow struct {
	Title []Inline // may be empty
	Steps []*Step
	Notes [][]Inline
}

// A Step is a step of a flow. Its number, which readers are sent to, is its
// place in Flow.Steps, counted from 1.
type Step struct {
	ID    string // in the source; not printed
	Kind  StepKind
	Side  bool
	Text  []Inline
	Exits []*Exit
}

// A StepKind says what is done at a step.
type StepKind int

// The kinds of step.
const (
	Start StepKind = iota
	Act
	Decide
	Stop
)

var stepKinds = map[string]StepKind{"start": Start, "act": Act, "decide": Decide, "stop": Stop}

// String returns the word for k that diagrams show, so that colour and shape
// are not all that tells the kinds apart (WCAG 2.2, 1.4.1).
func (k StepKind) String() string {
	return [...]string{"Start", "Do", "Decide", "End"}[k]
}

// An Exit is a way from one step to another.
type Exit struct {
	To    int      // the other step's index in Flow.Steps
	Label []Inline // when it is taken; empty if there is no choice
}

// A line is a line of a fenced block, and where it begins in the draft.
type line struct {
	text   string
	offset int
}

var (
	stepLine = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9]*) (\w+)( side)?: *(\S.*)$`)
	exitLine = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9]*) -> ([A-Za-z][A-Za-z0-9]*)(?:: *(\S.*))?$`)
)

// flow reads the lines of a flow that begins at offset at. It returns nil if
// the flow cannot be drawn.
func (p *reader) flow(at int, lines []line) *Flow {
	problems := len(p.problems)
	f := &Flow{}
	index := map[string]int{}
	offset := map[*Step]int{}
	var exits []line
	for _, l := range lines {
		if rest, ok := strings.CutPrefix(l.text, "title: "); ok && strings.TrimSpace(rest) != "" {
			f.Title = words(strings.TrimSpace(rest))
		} else if rest, ok := strings.CutPrefix(l.text, "note: "); ok && strings.TrimSpace(rest) != "" {
			f.Notes = append(f.Notes, words(strings.TrimSpace(rest)))
		} else if m := stepLine.FindStringSubmatch(l.text); m != nil {
			kind, ok := stepKinds[m[2]]
			if !ok {
				p.problem(l.offset, "it can be start, act, decide or stop", "%q is not a kind of step", m[2])
			}
			if _, twice := index[m[1]]; twice {
				p.problem(l.offset, "", "two steps are called %q", m[1])
				continue
			}
			index[m[1]] = len(f.Steps)
			s := &Step{ID: m[1], Kind: kind, Side: m[3] != "", Text: words(strings.TrimSpace(m[4]))}
			offset[s] = l.offset
			f.Steps = append(f.Steps, s)
		} else if exitLine.MatchString(l.text) {
			exits = append(exits, l)
		} else if l.text != "" {
			p.problem(l.offset, "write a step (N1 act: words) or a way (N1 -> N2: when)", "a line that a flow cannot have")
		}
	}
	for _, l := range exits {
		m := exitLine.FindStringSubmatch(l.text)
		from, ok1 := index[m[1]]
		to, ok2 := index[m[2]]
		for i, ok := range []bool{ok1, ok2} {
			if !ok {
				p.problem(l.offset, "", "no step is called %q", m[i+1])
			}
		}
		if !ok1 || !ok2 {
			continue
		}
		f.Steps[from].Exits = append(f.Steps[from].Exits, &Exit{To: to, Label: words(strings.TrimSpace(m[3]))})
	}
	if len(f.Steps) == 0 {
		p.problem(at, "", "a flow without steps")
	}
	if len(p.problems) > problems {
		return nil
	}

	if f.Steps[0].Kind != Start {
		p.problem(offset[f.Steps[0]], "its kind must be start", "the first step of a flow is not its start")
	}
	reached, ends := f.reach()
	for i, s := range f.Steps {
		o := offset[s]
		switch {
		case s.Kind == Start && i > 0:
			p.problem(o, "", "a second start")
		case !reached[i]:
			p.problem(o, "", "no way leads to step %s", s.ID)
		case s.Kind == Stop:
		case len(s.Exits) == 0:
			p.problem(o, "give it a way out, or the kind stop", "no way leads on from step %s", s.ID)
		case !ends[i]:
			p.problem(o, "", "step %s never comes to an end", s.ID)
		case s.Kind == Decide && len(s.Exits) < 2:
			p.problem(o, "", "the decision %s has one way out", s.ID)
		}
		if len(s.Exits) > 1 {
			for i, e := range s.Exits {
				if len(e.Label) == 0 {
					p.problem(o, "end its line with a colon and when it is taken", "a way from %s to %s does not say when it is taken", s.ID, f.Steps[e.To].ID)
				}
				if slices.ContainsFunc(s.Exits[:i], func(b *Exit) bool { return slices.Equal(b.Label, e.Label) || b.To == e.To }) {
					p.problem(o, "", "two ways out of %s are alike", s.ID)
				}
			}
		}
	}
	if len(p.problems) > problems {
		return nil
	}
	return f
}

// reach says of each step whether it can be reached from the first, and
// whether a stop can be reached from it.
func (f *Flow) reach() (reached, ends []bool) {
	reached, ends = make([]bool, len(f.Steps)), make([]bool, len(f.Steps))
	var visit func(i int)
	visit = func(i int) {
		if reached[i] {
			return
		}
		reached[i] = true
		for _, e := range f.Steps[i].Exits {
			visit(e.To)
		}
	}
	visit(0)
	for changed := true; changed; {
		changed = false
		for i, s := range f.Steps {
			if ends[i] {
				continue
			}
			if s.Kind == Stop || slices.ContainsFunc(s.Exits, func(e *Exit) bool { return ends[e.To] }) {
				ends[i], changed = true, true
			}
		}
	}
	return reached, ends
}

// A Way is how a diagram shows an exit.
type Way int

// The ways that a diagram shows exits in.
const (
	Jump   Way = iota // in words: go to step 9
	Down              // an arrow to the step below
	Across            // an arrow to the step beside
	Return            // an arrow from the side to the main step of the next row
	Branch            // an arrow from a main step to the side step of the next row
)

// A Grid is a flow laid out in rows of two columns: main steps in the first,
// steps that say side in the second.
type Grid struct {
	Rows [][2]int      // indexes into Flow.Steps, or -1
	Ways map[*Exit]Way // of every exit
}

// Layout lays the flow out. A main step takes the next row, or the next that is
// free at the side if a side step follows it in the list; a side step stands
// beside the main step before it, or under the side step before it. An arrow
// down may cross rows that are empty in its column. What no arrow can show is a
// [Jump].
func (f *Flow) Layout() *Grid {
	g := &Grid{Ways: map[*Exit]Way{}}
	row := make([]int, len(f.Steps))
	main, side := -1, -1 // the last rows taken
	for i, s := range f.Steps {
		switch {
		case s.Side:
			side = max(main, side+1)
			row[i] = side
		case i+1 < len(f.Steps) && f.Steps[i+1].Side: // it wants the place beside it
			main = max(main, side) + 1
			row[i] = main
		default:
			main++
			row[i] = main
		}
	}
	rows := max(main, side) + 1
	g.Rows = make([][2]int, rows)
	for r := range g.Rows {
		g.Rows[r] = [2]int{-1, -1}
	}
	for i, s := range f.Steps {
		col := 0
		if s.Side {
			col = 1
		}
		g.Rows[row[i]][col] = i
	}
	for i, s := range f.Steps {
		down := false // one arrow leaves a box at its foot
		for _, e := range s.Exits {
			t := f.Steps[e.To]
			switch d := row[e.To] - row[i]; {
			case s.Side == t.Side && d >= 1 && !down && g.empty(s.Side, row[i]+1, row[e.To]):
				g.Ways[e], down = Down, true
			case s.Side != t.Side && d == 0:
				g.Ways[e] = Across
			case s.Side && !t.Side && d == 1 && !down:
				g.Ways[e], down = Return, true
			default:
				g.Ways[e] = Jump
			}
		}
	}
	// From a main step, the step at the side of the next row can be shown if
	// nothing stands at the step's own side.
	for i, s := range f.Steps {
		if s.Side || g.Rows[row[i]][1] >= 0 {
			continue
		}
		for _, e := range s.Exits {
			if t := f.Steps[e.To]; t.Side && row[e.To] == row[i]+1 && g.Ways[e] == Jump {
				g.Ways[e] = Branch
				break
			}
		}
	}
	return g
}

// List returns the flow as a numbered list, for people who cannot see the
// diagram and for those who would rather read (WCAG 2.2, 1.1.1).
func (f *Flow) List() *List {
	list := &List{Ordered: true, Start: 1}
	for i, s := range f.Steps {
		var text []Inline
		if s.Kind != Act {
			text = append(text, &Strong{[]Inline{Text(s.Kind.String() + ":")}}, Text(" "))
		}
		text = append(text, s.Text...)
		text = append(text, Text(stop(s.Text)))
		for _, e := range s.Exits {
			switch {
			case len(e.Label) > 0:
				text = append(text, Text(" "))
				text = append(text, capital(e.Label)...)
				text = append(text, Text(fmt.Sprintf(": go to step %d.", e.To+1)))
			case e.To != i+1:
				text = append(text, Text(fmt.Sprintf(" Go to step %d.", e.To+1)))
			}
		}
		list.Items = append(list.Items, &Item{Blocks: []Block{&Paragraph{join(text)}}})
	}
	return list
}

// stop returns the full stop that a sentence has not got.
func stop(text []Inline) string {
	if t, ok := text[len(text)-1].(Text); ok && strings.HasSuffix(strings.TrimRight(string(t), ")"), ".") || ok && strings.ContainsAny(string(t[len(t)-1:]), ".?!:") {
		return ""
	}
	return "."
}

func capital(text []Inline) []Inline {
	t, ok := text[0].(Text)
	if !ok {
		return text
	}
	r, n := utf8.DecodeRuneInString(string(t))
	return append([]Inline{Text(string(unicode.ToUpper(r))) + t[n:]}, text[1:]...)
}

// empty reports whether a column has no step in the rows from first to before
// last.
func (g *Grid) empty(side bool, first, last int) bool {
	col := 0
	if side {
		col = 1
	}
	for r := first; r < last; r++ {
		if g.Rows[r][col] >= 0 {
			return false
		}
	}
	return true
}
