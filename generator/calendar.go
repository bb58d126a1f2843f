package generator

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/policygen/policygen/generator/receipt"
	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/toml"
)

// Calendar returns the reviews of settings as a calendar (RFC 5545), with an event
// for each setting and day on which documents of its are to be reviewed. An
// event keeps its UID from year to year, so that a calendar which has it already
// moves it. What has no date is left out; if nothing has one, there is no
// calendar, since one needs an event, and it is nil.
func Calendar(standings []*Standing) []byte {
	w := &calendar{uids: map[string]int{}}
	w.line("BEGIN", "VCALENDAR")
	w.line("VERSION", "2.0")
	w.line("PRODID", "-//policygen//review status//EN")
	w.line("CALSCALE", "GREGORIAN")
	for _, s := range standings {
		var days []toml.Date
		for _, d := range s.Documents {
			if !d.Planned.IsZero() && !slices.Contains(days, d.Planned) {
				days = append(days, d.Planned)
			}
		}
		slices.SortFunc(days, func(a, b toml.Date) int { return a.Time().Compare(b.Time()) })
		for _, day := range days {
			w.event(s, day)
		}
	}
	w.line("END", "VCALENDAR")
	if len(w.uids) == 0 {
		return nil
	}
	return []byte(w.b.String())
}

// A calendar writes content lines.
type calendar struct {
	b    strings.Builder
	uids map[string]int // how many events have one already
}

// event writes the review of the documents that a setting reviews on a day.
func (w *calendar) event(s *Standing, day toml.Date) {
	var names []string
	due := day
	for _, d := range s.Documents {
		if d.Planned == day {
			names, due = append(names, d.Document), d.Due
		}
	}
	// The stamp must not be the clock's: the same documents give the same bytes.
	stamp := s.Approved
	if stamp.IsZero() {
		stamp = due
	}
	what := "1 document"
	if n := len(names); n > 1 {
		what = fmt.Sprintf("%d documents", n)
	}
	about := fmt.Sprintf("To be reviewed by %s:\n- %s", setting.PrintDate(day), strings.Join(names, "\n- "))
	if due != day {
		about += fmt.Sprintf("\nThis is brought forward, to spread the year's reviews. The documents say %s.", setting.PrintDate(due))
	}
	w.line("BEGIN", "VEVENT")
	w.line("UID", w.uid(s.ID, names[0]))
	w.line("DTSTAMP", basic(stamp)+"T000000Z")
	w.line("DTSTART;VALUE=DATE", basic(day))
	w.text("SUMMARY", fmt.Sprintf("Review of policies: %s (%s)", s.Setting, what))
	w.text("DESCRIPTION", about)
	w.line("TRANSP", "TRANSPARENT")
	w.line("BEGIN", "VALARM")
	w.line("ACTION", "DISPLAY")
	w.line("TRIGGER", "-P42D") // six weeks: time to read, and to send papers out
	w.text("DESCRIPTION", fmt.Sprintf("In six weeks, policies of %s are to be reviewed", s.Setting))
	w.line("END", "VALARM")
	w.line("END", "VEVENT")
}

// uid returns what an event is known by: the setting and the first of its
// documents, and a number if the same setting comes twice.
func (w *calendar) uid(setting, document string) string {
	id := receipt.Digest([]byte("review\n" + setting + "\n" + document))[:32]
	w.uids[id]++
	if n := w.uids[id]; n > 1 {
		id = fmt.Sprintf("%s-%d", id, n)
	}
	return id + "@policygen"
}

// basic returns a day as RFC 5545 §3.3.4 has it.
func basic(d toml.Date) string { return fmt.Sprintf("%04d%02d%02d", d.Year, d.Month, d.Day) }

// text writes a line whose value is text (RFC 5545 §3.3.11).
func (w *calendar) text(name, value string) {
	value = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == 0x7f {
			return -1
		}
		return r
	}, value)
	w.line(name, strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(value))
}

// line writes a content line, folded where it has more than 75 octets (RFC 5545
// §3.1), but not inside a character.
func (w *calendar) line(name, value string) {
	rest, room := name+":"+value, 75
	for len(rest) > room {
		cut := room
		for !utf8.RuneStart(rest[cut]) {
			cut--
		}
		w.b.WriteString(rest[:cut] + "\r\n ")
		rest, room = rest[cut:], 74 // the blank takes one
	}
	w.b.WriteString(rest + "\r\n")
}
