package generator

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/policygen/policygen/generator/toml"
)

// A component is one of a calendar, as RFC 5545 has it.
type component struct {
	name  string
	props map[string]string // by name with parameters; text is not unescaped
	below []*component
}

// readCalendar reads a calendar strictly: line ends, lengths of lines, nesting.
func readCalendar(t *testing.T, data string) *component {
	t.Helper()
	if !strings.HasSuffix(data, "\r\n") || strings.Count(data, "\n") != strings.Count(data, "\r\n") {
		t.Fatal("a line does not end with CR LF")
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(data, "\r\n"), "\r\n") {
		if len(line) > 75 || line == "" || !utf8.ValidString(line) {
			t.Fatalf("a line of %d octets: %q", len(line), line)
		}
	}
	unfolded := strings.ReplaceAll(data, "\r\n ", "")
	root := &component{}
	open := []*component{root}
	for line := range strings.SplitSeq(strings.TrimSuffix(unfolded, "\r\n"), "\r\n") {
		name, value, ok := strings.Cut(line, ":")
		if !ok || !regexp.MustCompile(`^[A-Z-]+(;[A-Z-]+=[^";:,]+)*$`).MatchString(name) {
			t.Fatalf("not a content line: %q", line)
		}
		last := open[len(open)-1]
		switch name {
		case "BEGIN":
			c := &component{name: value, props: map[string]string{}}
			last.below = append(last.below, c)
			open = append(open, c)
		case "END":
			if last.name != value {
				t.Fatalf("%s ends inside %s", value, last.name)
			}
			open = open[:len(open)-1]
		default:
			if _, twice := last.props[name]; twice {
				t.Fatalf("%s has two of %s", last.name, name)
			}
			last.props[name] = value
		}
	}
	if len(open) != 1 || len(root.below) != 1 || root.below[0].name != "VCALENDAR" {
		t.Fatal("not one calendar")
	}
	return root.below[0]
}

var escapes = regexp.MustCompile(`\\.`)

// unescape returns the text that a value stands for.
func unescape(t *testing.T, value string) string {
	t.Helper()
	if bare := escapes.ReplaceAllString(value, ""); strings.ContainsAny(bare, ",;\\") {
		t.Errorf("not escaped: %q", value)
	}
	return escapes.ReplaceAllStringFunc(value, func(s string) string {
		switch s {
		case `\n`, `\N`:
			return "\n"
		case `\\`, `\;`, `\,`:
			return s[1:]
		}
		t.Errorf("no escape: %q", s)
		return s
	})
}

func TestCalendar(t *testing.T) {
	packs := builtinPacks(t)
	files := []string{"online-safety-policy 2026-09 9", "acceptable-use-staff 2026-09 8", "anti-bullying-policy 2026-09 7"}
	name := "St \\Mary's; Ärzte, Ünï \"x\"\nEND:VCALENDAR " + strings.Repeat("é", 60)
	stand := func(next string) *Standing {
		s := Stand(made(receiptOf(map[string]string{"setting.type": "pru", "review.approved_date": "2026-09-22", "review.next_review": next}, files...)), packs, toml.Date{})
		s.Setting = name
		return s
	}
	if c := Calendar([]*Standing{stand("")}); c != nil {
		t.Errorf("a calendar of nothing: %q", c)
	}
	one := readCalendar(t, string(Calendar([]*Standing{stand("2027-09-21"), stand("")})))
	if len(one.below) != 1 {
		t.Fatalf("%d events, want one for the setting that has a day", len(one.below))
	}
	spread := stand("2027-09-21")
	spread.Spread()
	data := Calendar([]*Standing{spread, stand("2028-01-10")})
	if again := Calendar([]*Standing{spread, stand("2028-01-10")}); string(again) != string(data) {
		t.Error("the same documents give different bytes")
	}
	c := readCalendar(t, string(data))
	if c.props["VERSION"] != "2.0" || c.props["PRODID"] == "" {
		t.Errorf("the calendar has %v", c.props)
	}
	var days, uids []string
	for _, e := range c.below {
		alarm := e.below[0]
		if e.name != "VEVENT" || len(e.below) != 1 || alarm.name != "VALARM" || alarm.props["ACTION"] != "DISPLAY" || alarm.props["TRIGGER"] != "-P42D" || alarm.props["DESCRIPTION"] == "" {
			t.Errorf("an event: %+v", e)
		}
		if e.props["DTSTAMP"] != "20260922T000000Z" {
			t.Errorf("a stamp of %s, want the day of approval", e.props["DTSTAMP"])
		}
		if got, want := unescape(t, e.props["SUMMARY"]), "Review of policies: "+name+" (1 document)"; got != want && !strings.HasSuffix(got, "(3 documents)") {
			t.Errorf("summary %q, want %q", got, want)
		}
		unescape(t, e.props["DESCRIPTION"])
		days, uids = append(days, e.props["DTSTART;VALUE=DATE"]), append(uids, e.props["UID"])
	}
	if want := []string{"20270315", "20270615", "20270921", "20280110"}; !slices.Equal(days, want) {
		t.Errorf("events on %v, want %v", days, want)
	}
	slices.Sort(uids)
	if len(slices.Compact(slices.Clone(uids))) != len(uids) {
		t.Errorf("two events are known by the same UID: %v", uids)
	}
	moved := readCalendar(t, string(Calendar([]*Standing{stand("2028-09-21")})))
	if got, want := moved.below[0].props["UID"], one.below[0].props["UID"]; got != want {
		t.Errorf("next year's event has the UID %s, want that of this year's, %s", got, want)
	}
}
