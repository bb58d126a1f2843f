package toml

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// This file is about lines that are not TOML. The commonest slips of people who
// have never met TOML get a message of their own, which shows the line as it
// should be: a day as they write it, a telephone number or a name without
// quotation marks, yes instead of true.

// syntax reports a line that is not TOML.
func (b *builder) syntax(at int, err error) {
	rest := b.file.data[min(at, len(b.file.data)):]
	r, _ := utf8.DecodeRuneInString(rest)
	start, value := b.file.written(at)
	msg, hint := strings.TrimPrefix(err.Error(), "toml: "), ""
	day, isDay := ReadDate(value)
	switch {
	case strings.ContainsRune("“”„‘’", r):
		msg, hint = "curly quotation marks", `use straight ones: "`
	case strings.Contains(msg, "expected '='"):
		msg, hint = "no = after the name", `write: name = "…"`
	case start > 0 && value == "":
		at, msg, hint = start, "nothing stands after the =", `write text between quotation marks, "…", or put # before the line`
	case isDay:
		at, msg, hint = start, value+" is not how a date is written", "write the day as "+day.String()
	case Truth(value) != "":
		at, msg, hint = start, value+" is not how yes and no are written", "write "+Truth(value)
	case thousands.MatchString(value):
		at, msg, hint = start, value+" is not how a number is written", "write "+strings.ReplaceAll(value, ",", "")
	case zeros.MatchString(value):
		at, msg, hint = start, "a number cannot begin with 0", fmt.Sprintf("put a telephone number or a code in quotation marks: %q", value)
	case value != "" && !strings.ContainsAny(value, "\"'[]{}"):
		at, msg, hint = start, "text without quotation marks", `put it in quotation marks: "…"`
		if utf8.RuneCountInString(value) <= maxShown {
			hint = "put it in quotation marks: " + strconv.Quote(value)
		}
	case strings.Contains(msg, "start of value"):
		msg, hint = "what comes after = is not a value", `put text in quotation marks: "…"; write a date as 2026-09-01, yes and no as true and false`
	case strings.Contains(msg, "expected newline"):
		msg, hint = "more on the line than one detail", `begin a new line; or, if it is a quotation mark inside text, put a backslash before it: \"`
	case rest == "", r == '\n', r == '\r':
		msg, hint = "the line ends too soon", "is a quotation mark or a bracket missing?"
	}
	b.file.problems.Add(b.file.at(at), hint, "%s", msg)
}

// maxShown is how long a text may be that a hint repeats, in characters.
const maxShown = 60

// Truth returns what to write for a word that somebody takes for yes or no:
// "true", "false", or "" for any other.
func Truth(word string) string { return truths[strings.ToLower(word)] }

var truths = map[string]string{"yes": "true", "y": "true", "true": "true", "no": "false", "n": "false", "false": "false"}

var (
	lineStart = regexp.MustCompile(`^[ \t]*[A-Za-z0-9_. \t-]+?[ \t]*=[ \t]*`)
	thousands = regexp.MustCompile(`^[1-9][0-9]{0,2}(?:,[0-9]{3})+$`)
	zeros     = regexp.MustCompile(`^0[0-9 ]+$`)
)

// written returns what stands after the = of the line that holds an offset,
// without a comment, and where; 0 if the line gives nothing a value. What begins
// with a quotation mark or a bracket may hold a #, so a comment is left after it.
func (f *file) written(at int) (start int, value string) {
	from := strings.LastIndexByte(f.data[:min(at, len(f.data))], '\n') + 1
	line := f.line(from)
	name := lineStart.FindString(line)
	if name == "" {
		return 0, ""
	}
	value = line[len(name):]
	if value == "" || strings.IndexByte(`"'[{`, value[0]) < 0 {
		value, _, _ = strings.Cut(value, "#")
	}
	return from + len(name), strings.TrimSpace(value)
}

// days are the ways in which people write a day, in the order in which they are
// tried. The day comes before the month, as in the United Kingdom.
var days = []string{
	"2/1/2006", "2-1-2006", "2.1.2006", "2 1 2006", "2/1/06", "2-1-06", "2.1.06", "2006/1/2", "2006.1.2", "2006-1-2",
	"2 January 2006", "2 Jan 2006", "2-Jan-2006", "2-Jan-06", "January 2 2006", "Jan 2 2006",
}

var ordinal = regexp.MustCompile(`(?i)\b([0-9]{1,2})(?:st|nd|rd|th)\b|,|\b(sep)t\b`)

// ReadDate reads a day that somebody has written in a way of their own, such as
// 22/09/2026 or 22nd September 2026, and reports whether it is one.
func ReadDate(s string) (Date, bool) {
	s = strings.Join(strings.Fields(ordinal.ReplaceAllString(s, "$1$2 ")), " ")
	for _, layout := range days {
		if t, err := time.Parse(layout, s); err == nil {
			return Date{t.Year(), int(t.Month()), t.Day()}, true
		}
	}
	return Date{}, false
}
