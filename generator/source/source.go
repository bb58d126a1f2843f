// Package source says where a problem is, and how to put it right.
//
// A problem is something in a file that its author can mend: a misspelt key, a
// date that does not exist, a heading without a code. It is not an error of
// the machine and not a mistake of the program. Every package that reads a
// file gathers its problems in [Errors] and reports them all at once, because
// a bursar who mends one line should not be told of the next line only then.
//
// A problem reads
//
//	oakfield.toml:12:1: no detail is called "haed"
//		did you mean "head"?
//
// with the place first, in the form that editors can follow, then what is
// wrong, then on a line of its own what to do about it.
package source

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Pos is a place in a file. Lines and columns count from 1, columns in
// bytes. Line 0 means the file as a whole.
type Pos struct {
	File string
	Line int
	Col  int
}

// String returns file:line:col, without the parts that are not known.
func (p Pos) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Col == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// Position returns the place of the byte at offset in text, the content of
// file. An offset outside the text means its nearest end.
func Position(file, text string, offset int) Pos {
	offset = max(0, min(offset, len(text)))
	before := text[:offset]
	start := strings.LastIndexByte(before, '\n') + 1
	return Pos{File: file, Line: strings.Count(before, "\n") + 1, Col: offset - start + 1}
}

// NotUTF8 returns the offset of the first byte of text that is not UTF-8, or -1.
func NotUTF8(text string) int {
	if utf8.ValidString(text) {
		return -1
	}
	for i, r := range text {
		if _, n := utf8.DecodeRuneInString(text[i:]); r == utf8.RuneError && n == 1 {
			return i
		}
	}
	return -1
}

// An Error is a problem that the author of a file can put right.
type Error struct {
	Pos  Pos
	Msg  string // what is wrong: lower case, no full stop
	Hint string // what to do about it; may be empty

	Field string // the path of the detail that it is about, if it is about one
}

// Error returns the problem as it is printed, the hint on a second line.
func (e *Error) Error() string {
	s := e.Msg
	if p := e.Pos.String(); p != "" {
		s = p + ": " + s
	}
	if e.Hint != "" {
		s += "\n\t" + e.Hint
	}
	return s
}

// Errors is every problem found in one run.
type Errors []*Error

// Add appends a problem made of its parts.
func (e *Errors) Add(pos Pos, hint, format string, args ...any) {
	*e = append(*e, &Error{Pos: pos, Msg: fmt.Sprintf(format, args...), Hint: hint})
}

// Gather appends the problems that err is made of. It panics on an error that is
// no problem: its caller has said that there is none.
func (e *Errors) Gather(err error) {
	if err == nil {
		return
	}
	more, ok := errors.AsType[Errors](err)
	if !ok {
		panic("source: not a problem: " + err.Error())
	}
	*e = append(*e, more...)
}

// Err returns e as an error, sorted, or nil if there is no problem: a nil Errors
// in an error variable would not be nil.
func (e Errors) Err() error {
	if len(e) == 0 {
		return nil
	}
	return e.Sorted()
}

// maxPrinted is how many problems of one file are printed: nobody mends more at
// one go, and a file with thousands is not what it was taken for.
const maxPrinted = 100

// Error lists the problems one a line, sorted by place; of a file with very many,
// the first of them, and how many more there are.
func (e Errors) Error() string {
	var b strings.Builder
	sorted := e.Sorted()
	for i := 0; i < len(sorted); {
		file := sorted[i].Pos.File
		of := i
		for ; i < len(sorted) && sorted[i].Pos.File == file; i++ {
			if i-of < maxPrinted {
				b.WriteString(sorted[i].Error() + "\n")
			}
		}
		if n := i - of - maxPrinted; n > 0 {
			b.WriteString((&Error{Pos: Pos{File: file}, Msg: fmt.Sprintf("and %d more", n)}).Error() + "\n")
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Sorted returns the problems ordered by file, line, column and message, each
// once: a fault in a template may be met by every document that it makes. A
// problem with a whole file comes before those with its lines.
func (e Errors) Sorted() Errors {
	sorted := slices.SortedStableFunc(slices.Values(e), func(a, b *Error) int {
		return cmp.Or(
			cmp.Compare(a.Pos.File, b.Pos.File),
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Col, b.Pos.Col),
			cmp.Compare(a.Msg, b.Msg),
			cmp.Compare(a.Hint, b.Hint),
		)
	})
	return slices.CompactFunc(sorted, func(a, b *Error) bool { return *a == *b })
}

// DidYouMean returns a hint that names the known word nearest to word, or ""
// if none is near enough to be what was meant.
func DidYouMean(word string, known []string) string {
	if near := Nearest(word, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return ""
}

// Nearest returns the known word that is fewest slips away from word, where a
// slip is a letter too many, too few, wrong, or changed about with its
// neighbour; "" if every one is further than a third of its length. Of words
// equally near it returns the first in known.
func Nearest(word string, known []string) string {
	best, fewest := "", 0
	for _, k := range known {
		limit := max(1, utf8.RuneCountInString(k)/3)
		d := distance(strings.ToLower(word), strings.ToLower(k))
		if d <= limit && (best == "" || d < fewest) {
			best, fewest = k, d
		}
	}
	return best
}

// distance is the optimal string alignment distance between a and b.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	if len(s) > 100 || len(t) > 100 { // nobody's slip, and the table is quadratic
		return max(len(s), len(t))
	}
	var before, above []int
	row := make([]int, len(t)+1)
	for j := range row {
		row[j] = j
	}
	for i := range s {
		before, above, row = above, row, make([]int, len(t)+1)
		row[0] = i + 1
		for j := range t {
			cost := 1
			if s[i] == t[j] {
				cost = 0
			}
			row[j+1] = min(row[j]+1, above[j+1]+1, above[j]+cost)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(t)]
}

// Quoted returns the words in quotation marks, as a list in a sentence:
// "a", "b" or "c".
func Quoted(words []string, last string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = fmt.Sprintf("%q", w)
	}
	if len(quoted) < 2 {
		return strings.Join(quoted, "")
	}
	return strings.Join(quoted[:len(quoted)-1], ", ") + " " + last + " " + quoted[len(quoted)-1]
}
