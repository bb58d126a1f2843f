package html

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/policygen/policygen/generator/document"
	"github.com/policygen/policygen/generator/slot"
)

// This file draws decision flows as SVG 1.1. Text in SVG does not wrap by
// itself, so a diagram that holds details is drawn when they are known; the same flow
// follows as a list, which is what screen readers are sent to.

// Measures of a diagram, in its own units; the page scales it.
const (
	diagramWidth = 700
	boxWidth     = 280
	sideX        = diagramWidth - boxWidth // of boxes at the side
	rowGap       = 40                      // at the least: labels may need more
	padding      = 12
	fontSize     = 15
	lineHeight   = 20
	labelWidth   = boxWidth/2 - 16 // of a label beside an arrow that goes down
	pageHeight   = 980             // of what fits on a page of A4 below a heading; a taller diagram is not printed
)

func (w *writer) flow(f *document.Flow) {
	w.WriteString(`<figure class="flow">` + "\n")
	if len(f.Title) > 0 {
		w.WriteString("<figcaption>")
		w.inlines(f.Title)
		w.WriteString("</figcaption>\n")
	}
	grid := f.Layout()
	w.WriteString(`<div class="diagram" role="region" tabindex="0" aria-label="Flowchart`)
	if len(f.Title) > 0 {
		w.WriteString(": ")
		w.attr(f.Title)
	}
	w.WriteString(`">` + "\n")
	if slots := slotsOf(f); len(slots) > 0 {
		w.Late((&drawings{flow: f, grid: grid, slots: slots}).draw)
	} else {
		d := diagram{flow: f, grid: grid}
		w.WriteString(d.draw())
	}
	w.WriteString("</div>\n</figure>\n<p>The same steps in words:</p>\n")
	w.list(f.List())
	for _, n := range f.Notes {
		w.WriteString("<p>")
		w.inlines(n)
		w.WriteString("</p>\n")
	}
}

// slotsOf returns the slots that the diagram of a flow holds.
func slotsOf(f *document.Flow) (slots []document.Slot) {
	look := func(text []document.Inline) {
		for _, n := range text {
			if s, ok := n.(document.Slot); ok {
				slots = append(slots, s)
			}
		}
	}
	look(f.Title)
	for _, s := range f.Steps {
		look(s.Text)
		for _, e := range s.Exits {
			look(e.Label)
		}
	}
	return slots
}

// drawings keeps the diagrams of a flow: most of its details are words, such as
// pupils, that hundreds of settings have alike.
type drawings struct {
	flow  *document.Flow
	grid  *document.Grid
	slots []document.Slot

	mu   sync.Mutex
	kept map[string]string // by what stands in the slots
}

// maxDrawings is how many diagrams of a flow are kept; then they are dropped.
const maxDrawings = 32

func (d *drawings) draw(dst []byte, details []slot.Detail) []byte {
	var key []byte
	for _, s := range d.slots {
		key = strconv.AppendBool(key, details[s].Gap)
		key = strconv.AppendQuote(key, details[s].Text)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	svg, ok := d.kept[string(key)]
	if !ok {
		one := diagram{flow: d.flow, grid: d.grid, details: details}
		svg = one.draw()
		if d.kept == nil || len(d.kept) >= maxDrawings {
			d.kept = map[string]string{}
		}
		d.kept[string(key)] = svg
	}
	return append(dst, svg...)
}

// A diagram is a flow being drawn for one setting.
type diagram struct {
	strings.Builder
	flow    *document.Flow
	grid    *document.Grid
	details []slot.Detail
}

// A box is a step as it is drawn.
type box struct {
	step          *document.Step
	x, y, h       int
	lines, leaves []string // the words, and the ways out that no arrow shows
}

func (b *box) middle() int { return b.x + boxWidth/2 }

// colours of the kinds of step, with shapes besides: fill and line.
var colours = map[document.StepKind][2]string{
	document.Start:  {"#e3f1e6", "#1e6b34"},
	document.Act:    {"#ffffff", "#3a3a3a"},
	document.Decide: {"#fff3cd", "#8a5a00"},
	document.Stop:   {"#e6e6f5", "#3b3b8f"},
}

func (d *diagram) words(text []document.Inline) string { return document.Plain(text, d.details) }

func (d *diagram) draw() string {
	boxes := make([]*box, len(d.flow.Steps))
	y := 2
	for _, row := range d.grid.Rows {
		height, gap := 0, rowGap
		for col, i := range row {
			if i < 0 {
				continue
			}
			s := d.flow.Steps[i]
			b := &box{step: s, x: 1 + col*(sideX-2), y: y}
			b.lines = wrap(fmt.Sprintf("%d. %s", i+1, d.words(s.Text)), boxWidth-2*padding-8)
			for _, e := range s.Exits {
				label := d.words(e.Label)
				switch d.grid.Ways[e] {
				case document.Jump:
					if label == "" {
						label = "Go"
					} else {
						label = capital(label) + ": go"
					}
					b.leaves = append(b.leaves, wrap(fmt.Sprintf("→ %s to step %d", label, e.To+1), boxWidth-2*padding-8)...)
				case document.Down, document.Return:
					gap = max(gap, len(wrap(label, labelWidth))*lineHeight+22)
				}
			}
			b.h = (len(b.lines)+len(b.leaves))*lineHeight + 2*padding
			if s.Kind != document.Act {
				b.h += lineHeight
			}
			height = max(height, b.h)
			boxes[i] = b
		}
		y += height + gap
	}
	height := y

	class := ""
	if height > pageHeight {
		class = ` class="tall"`
	}
	fmt.Fprintf(d, `<svg xmlns="http://www.w3.org/2000/svg"%s viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s" font-family="Arial, Helvetica, sans-serif" font-size="%d">`,
		class, diagramWidth, height, diagramWidth, height, text(d.name()), fontSize)
	d.WriteString("\n")
	for i, s := range d.flow.Steps {
		for _, e := range s.Exits {
			d.arrow(boxes[i], boxes[e.To], d.grid.Ways[e], d.words(e.Label))
		}
	}
	for _, b := range boxes {
		d.box(b)
	}
	d.WriteString("</svg>\n")
	return d.String()
}

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

func (d *diagram) name() string {
	s := "Flowchart"
	if len(d.flow.Title) > 0 {
		s += ": " + d.words(d.flow.Title)
	}
	return s + ". The same steps follow as a list."
}

func (d *diagram) box(b *box) {
	c := colours[b.step.Kind]
	radius, extra := 4, ""
	switch b.step.Kind {
	case document.Start, document.Stop:
		radius = 22
	case document.Decide:
		extra = ` stroke-dasharray="7 4"`
	}
	fmt.Fprintf(d, `<rect x="%d" y="%d" width="%d" height="%d" rx="%d" fill="%s" stroke="%s" stroke-width="2"%s/>`, b.x, b.y, boxWidth, b.h, radius, c[0], c[1], extra)
	y := b.y + padding + fontSize
	if b.step.Kind != document.Act {
		d.text(b.x+padding+4, y, fmt.Sprintf(` font-weight="bold" fill="%s"`, c[1]), b.step.Kind.String())
		y += lineHeight
	}
	for _, l := range b.lines {
		d.text(b.x+padding+4, y, "", l)
		y += lineHeight
	}
	for _, l := range b.leaves {
		d.text(b.x+padding+4, y, ` font-weight="bold"`, l)
		y += lineHeight
	}
	d.WriteString("\n")
}

func (d *diagram) text(x, y int, attrs, s string) {
	fmt.Fprintf(d, `<text x="%d" y="%d"%s>%s</text>`, x, y, attrs, text(s))
}

// arrow draws the way from one box to another, unless the box says it in
// words.
func (d *diagram) arrow(from, to *box, way document.Way, label string) {
	bottom := from.y + from.h
	switch way {
	case document.Down:
		d.label(label, from.middle()+10, bottom+lineHeight, labelWidth)
		d.line(from.middle(), bottom, to.middle(), to.y)
	case document.Across:
		x1, x2 := from.x+boxWidth, to.x
		if from.step.Side {
			x1, x2 = from.x, to.x+boxWidth
		}
		y := from.y + min(from.h, to.h)/2 + 4
		lines := len(wrap(label, sideX-boxWidth-24))
		d.label(label, min(x1, x2)+10, y-8-(lines-1)*lineHeight, sideX-boxWidth-24)
		d.line(x1, y, x2, y)
	case document.Return:
		y := to.y - 16
		d.label(label, from.middle()+10, bottom+lineHeight, labelWidth)
		d.line(from.middle(), bottom, from.middle(), y, to.middle()+boxWidth/3, y, to.middle()+boxWidth/3, to.y)
	case document.Branch:
		y := from.y + from.h/2
		d.label(label, from.x+boxWidth+10, y-8, sideX-boxWidth-24)
		d.line(from.x+boxWidth, y, to.middle(), y, to.middle(), to.y)
	}
}

// label writes the words beside an arrow, the first line at y.
func (d *diagram) label(words string, x, y, width int) {
	if words == "" {
		return
	}
	for i, l := range wrap(words, width) {
		d.text(x, y+i*lineHeight, ` font-weight="bold"`, l)
	}
}

// line draws a line through the points, with a head at its end.
func (d *diagram) line(points ...int) {
	d.WriteString(`<path d="M`)
	for i := 0; i < len(points); i += 2 {
		if i > 0 {
			d.WriteString(" L")
		}
		fmt.Fprintf(d, "%d %d", points[i], points[i+1])
	}
	d.WriteString(`" fill="none" stroke="#3a3a3a" stroke-width="2"/>`)
	n := len(points)
	x1, y1, x2, y2 := points[n-4], points[n-3], points[n-2], points[n-1]
	switch {
	case y2 > y1:
		fmt.Fprintf(d, `<path d="M%d %d l-6 -11 h12 z" fill="#3a3a3a"/>`, x2, y2)
	case x2 > x1:
		fmt.Fprintf(d, `<path d="M%d %d l-11 -6 v12 z" fill="#3a3a3a"/>`, x2, y2)
	default:
		fmt.Fprintf(d, `<path d="M%d %d l11 -6 v12 z" fill="#3a3a3a"/>`, x2, y2)
	}
	d.WriteString("\n")
}

// wrap cuts s into lines that are no wider than width. A word that is wider by
// itself is cut, too.
func wrap(s string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		for measure(word) > width {
			n := 0
			for i := range word {
				if measure(word[:i]) > width {
					break
				}
				n = i
			}
			if line != "" {
				lines = append(lines, line)
				line = ""
			}
			lines = append(lines, word[:n])
			word = word[n:]
		}
		switch {
		case line == "":
			line = word
		case measure(line+" "+word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	return append(lines, line)
}

// measure returns about how wide s is in Arial, in the units of the diagram,
// and never less than it is: browsers may use a wider face.
func measure(s string) int {
	total := 0
	for _, r := range s {
		switch {
		case r < 0x80:
			total += int(widths[r])
		case r < 0x250:
			total += 560
		default:
			total += 1000
		}
	}
	return total * fontSize / 1000 * 105 / 100
}

// widths are about those of Helvetica, in thousandths of the size of the type.
var widths = func() (w [0x80]uint16) {
	for r := range w {
		switch {
		case strings.ContainsRune("ijl|'.,:;!", rune(r)):
			w[r] = 280
		case strings.ContainsRune("ftr()[]-/ ", rune(r)):
			w[r] = 340
		case strings.ContainsRune("mwMW@%", rune(r)):
			w[r] = 900
		case 'A' <= r && r <= 'Z' || r == '&':
			w[r] = 720
		default:
			w[r] = 560
		}
	}
	return w
}()
