package pack

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"runtime"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"text/template/parse"
	"unicode"
	"unicode/utf8"

	"github.com/policygen/policygen/generator/slot"
	"github.com/policygen/policygen/generator/source"
	"github.com/policygen/policygen/generator/toml"
)

// A text is a file of templates: front matter, if it has any, and what follows.
type text struct {
	name  string // of the file, without .md
	file  string
	data  string      // the file, with line ends as \n
	front *toml.Table // nil if there is none
	body  string      // what follows the front matter, without the ends of lines that hold only an action
	rest  string      // what follows, as it stands in the file
	start int         // of rest, in data
	cuts  []cut       // what body is short of
	trees map[string]*parse.Tree
	root  *parse.Tree

	headings []heading   // in body, in order
	fences   [][]int     // places of the lines of rest that begin or end a fenced block
	at       *source.Pos // if not nil, the place of everything in it
}

// A cut is a piece of a file that is not in body.
type cut struct {
	at      int  // in body, where it would stand
	total   int  // bytes cut there and before
	newline bool // it ends a line
}

// pos returns the place in the file of an offset in body.
func (t *text) pos(offset int) source.Pos {
	if t.at != nil {
		return *t.at
	}
	return source.Position(t.file, t.data, t.start+t.long(offset))
}

// long returns the offset in rest of an offset in body.
func (t *text) long(offset int) int {
	i := sort.Search(len(t.cuts), func(i int) bool { return t.cuts[i].at > offset })
	if i > 0 {
		offset += t.cuts[i-1].total
	}
	return offset
}

// short returns the offset in body of an offset in rest.
func (t *text) short(offset int) int {
	i := sort.Search(len(t.cuts), func(i int) bool { return t.cuts[i].at+t.cuts[i].total > offset })
	if i > 0 {
		offset -= t.cuts[i-1].total
	}
	return offset
}

const fence = "+++\n"

// text reads a file. It returns nil if the file has problems that leave
// nothing to go on with.
func (r *reader) text(file string) (*text, error) {
	p := r.ahead[file]()
	if p.problem != nil {
		r.problems = append(r.problems, p.problem)
		r.unread = true
	}
	return p.text, p.err
}

// A parsed is a text, or what is wrong with it, or why it could not be read.
type parsed struct {
	text    *text
	problem *source.Error
	err     error
}

// readAhead parses the files of folders while those before them are compiled: it
// is much of the time that it takes to read an edition, and until they are
// compiled, files have nothing to do with each other.
func (r *reader) readAhead(folders ...string) {
	r.ahead = map[string]func() parsed{}
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	for _, l := range r.pack.layers {
		for _, folder := range folders {
			entries, _ := fs.ReadDir(l.FS, folder) // whoever needs the folder reports what is wrong with it
			for _, e := range entries {
				base, isTemplate := strings.CutSuffix(e.Name(), ".md")
				if !isTemplate || e.IsDir() {
					continue
				}
				file := path.Join(l.Name, folder, e.Name())
				parse := sync.OnceValue(func() parsed {
					data, err := fs.ReadFile(l.FS, path.Join(folder, e.Name()))
					if err != nil {
						return parsed{err: err}
					}
					return parseText(file, base, data)
				})
				r.ahead[file] = parse
				go func() {
					free <- struct{}{}
					parse()
					<-free
				}()
			}
		}
	}
}

func parseText(file, name string, data []byte) parsed {
	t := &text{name: name, file: file, data: strings.ReplaceAll(strings.TrimPrefix(string(data), "\ufeff"), "\r\n", "\n")}
	wrong := func(pos source.Pos, hint, format string, args ...any) parsed {
		return parsed{problem: &source.Error{Pos: pos, Hint: hint, Msg: fmt.Sprintf(format, args...)}}
	}
	for i, c := range t.data {
		if ' ' <= c && c < utf8.RuneSelf-1 {
			continue
		}
		if c == utf8.RuneError && !utf8.ValidString(t.data[i:min(i+3, len(t.data))]) {
			return wrong(source.Position(file, t.data, i), "save the file as UTF-8", "a character that is not UTF-8")
		}
		if c != '\n' && c != '\t' && unicode.IsControl(c) || unicode.Is(unicode.Co, c) || slot.Noncharacter(c) || '\u202a' <= c && c <= '\u202e' || '\u2066' <= c && c <= '\u2069' {
			return wrong(source.Position(file, t.data, i), "take it out", "the character %U, which cannot be printed", c)
		}
	}
	if strings.HasPrefix(t.data, fence) {
		front, _, found := strings.Cut(t.data[len(fence):], "\n"+fence)
		if !found {
			return wrong(source.Pos{File: file, Line: 1, Col: 1}, "end it with a line of +++", "front matter without an end")
		}
		t.start = len(fence) + len(front) + 1 + len(fence)
		t.front = toml.Parse(file, []byte("\n"+front)) // so that lines count from the first +++
	}
	t.shorten(t.data[t.start:])

	t.trees = map[string]*parse.Tree{}
	tree := parse.New("text")
	tree.Mode = parse.SkipFuncCheck // the compiler checks functions, and says more
	root, err := tree.Parse(t.body, "{{", "}}", t.trees)
	if err != nil {
		return parsed{problem: t.syntax(err)}
	}
	delete(t.trees, "text")
	t.root = root
	return parsed{text: t}
}

var parseError = regexp.MustCompile(`(?s)^template: text:(\d+):(?:\d+:)? (.*)$`)

// syntax turns an error of text/template/parse, which has a line and no
// column, into a problem.
func (t *text) syntax(err error) *source.Error {
	m := parseError.FindStringSubmatch(err.Error())
	if m == nil {
		return &source.Error{Pos: source.Pos{File: t.file}, Msg: err.Error()}
	}
	line, _ := strconv.Atoi(m[1])
	offset := 0
	for range line - 1 {
		i := strings.IndexByte(t.body[offset:], '\n')
		if i < 0 {
			break
		}
		offset += i + 1
	}
	if i := strings.Index(t.body[offset:], "{{"); i >= 0 && !strings.Contains(t.body[offset:offset+i], "\n") {
		offset += i
	}
	e := &source.Error{Pos: t.pos(offset), Msg: m[2]}
	switch {
	case strings.Contains(e.Msg, "unexpected EOF"):
		e.Hint = "an {{if}}, {{range}}, {{with}} or {{block}} has no {{end}}"
	case strings.Contains(e.Msg, "unexpected {{end}}"):
		e.Hint = "there is nothing for it to end"
	}
	return e
}

// alone matches the actions that take their line with them if they stand alone
// on it: those that print nothing themselves, and those that print whole lines.
var alone = regexp.MustCompile(`^[ \t]*(\{\{\s*(?:(?:if|else|end|range|with|define|block|template|` + strings.Join(blockFunctions(), "|") + `)\b[^{}\n]*|/\*(?s:.*?)\*/)\}\})[ \t]*(?:\n|\z)`)

func (t *text) shorten(s string) {
	t.rest = s
	var b strings.Builder
	total, from := 0, 0
	drop := func(a, z int) {
		b.WriteString(s[from:a])
		from = z
		if z > a {
			total += z - a
			t.cuts = append(t.cuts, cut{b.Len(), total, a < z && (z == len(s) || s[z-1] == '\n')})
		}
	}
	for at := 0; at < len(s); {
		line := s[at:]
		if end := strings.IndexByte(line, '\n'); end >= 0 {
			line = line[:end+1]
		}
		// The pattern is tried only where an action begins a line: it is slow.
		if strings.HasPrefix(strings.TrimLeft(line, " \t"), "{{") {
			if m := alone.FindStringSubmatchIndex(s[at:]); m != nil {
				drop(at, at+m[2])
				drop(at+m[3], at+m[1])
				at += m[1]
				continue
			}
		}
		at += len(line)
	}
	b.WriteString(s[from:])
	t.body = b.String()
}

// standsAlone reports whether the action at an offset in body stands alone on
// its line, and so has taken the line with it.
func (t *text) standsAlone(offset int) bool {
	end := strings.Index(t.body[offset:], "}}")
	if end < 0 {
		return false
	}
	end += offset + len("}}")
	return slices.ContainsFunc(t.cuts, func(c cut) bool { return c.at == end && c.newline })
}

// readPartials reads the partials of every layer; one of a layer hides one of
// the same name below.
func (r *reader) readPartials() error {
	for depth, l := range r.pack.layers {
		entries, err := fs.ReadDir(l.FS, "partials")
		if err != nil {
			if _, statErr := fs.Stat(l.FS, "partials"); statErr != nil {
				continue
			}
			return err
		}
		for _, e := range entries {
			name, ok := strings.CutSuffix(e.Name(), ".md")
			if !ok || e.IsDir() {
				continue
			}
			t, err := r.text(path.Join(l.Name, "partials", e.Name()))
			if err != nil {
				return err
			}
			if t != nil {
				if t.front != nil {
					r.problems.Add(source.Pos{File: t.file, Line: 1, Col: 1}, "take it out: only a template has it", "front matter in a partial")
				}
				r.pack.partials[name] = &partial{text: t, tree: t.root, layer: depth}
			}
		}
	}
	return nil
}

// A partial is a piece of template with a name.
type partial struct {
	text  *text
	tree  *parse.Tree
	layer int
}

// partial returns the partial called name, as the actions of t see it: one of
// a layer, one that t defines, or one built in.
func (r *reader) partial(t *text, name string) *partial {
	shared := r.pack.partials[name]
	if shared != nil && shared.layer > 0 {
		return shared
	}
	if own := t.trees[name]; own != nil {
		return &partial{text: t, tree: own}
	}
	return shared
}

func (r *reader) partialNames(t *text) []string {
	var names []string
	for n := range r.pack.partials {
		names = append(names, n)
	}
	for n := range t.trees {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
