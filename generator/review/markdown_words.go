package review

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A piece is text of a Markdown file that may go over several lines, and what
// stands before the second and further ones: blanks, and the marks of call-outs.
type piece struct {
	text   string
	before []string
}

// join puts lines together.
func joinLines(lines []line) piece {
	var p piece
	for i, l := range lines {
		if i > 0 {
			p.before = append(p.before, l.before)
		}
		p.text += l.text
		if i+1 < len(lines) {
			p.text += l.end
		}
	}
	return p
}

// A run is running text: words, and the marks of emphasis between them.
type run struct {
	tokens []token
	end    string // the marks after the last word
}

// A token is a word as a file has it: with escapes, and a link with its address.
type token struct {
	Word
	raw  piece
	open string   // the marks of emphasis between the word before and this one
	in   []string // the marks of emphasis that it stands in, outermost first
	at   int      // its number among those of its run
	from *run     // that it has been read in

	address string // of a link
}

func (t *token) blank() bool {
	return t.Text == " " || t.Text == "\n" && strings.HasSuffix(t.raw.text, "\n")
}

func (r *run) words() []Word {
	words := make([]Word, len(r.tokens))
	for i := range r.tokens {
		words[i] = r.tokens[i].Word
	}
	return words
}

// scan cuts running text into tokens.
func scan(p piece) *run {
	s := &scanner{text: p.text, before: p.before}
	for s.at < len(s.text) {
		s.next()
	}
	return s.finish()
}

// A scanner reads running text.
type scanner struct {
	text   string
	before []string // of the lines to come
	at     int
	marks  []mark // found so far, and tokens between them
}

// A mark is a token, or a run of marks that may be those of emphasis.
type mark struct {
	token
	emphasis        bool
	opening, ending bool // it may be so
	pair            int  // the mark that it goes with; -1 for none
}

// add notes a token of n bytes that says text.
func (s *scanner) add(n int, text, look string) {
	raw := s.text[s.at : s.at+n]
	lines := strings.Count(raw, "\n")
	t := token{Word: Word{Text: text, Look: look}, raw: piece{text: raw, before: s.before[:lines:lines]}}
	s.before = s.before[lines:]
	s.at += n
	s.marks = append(s.marks, mark{token: t, pair: -1})
}

var (
	blankPattern  = regexp.MustCompile(`^(?:(?: {2,}|\\)\r?\n|[ \t\r\n]+)`)
	anglePattern  = regexp.MustCompile(`^<(?:[A-Za-z][A-Za-z0-9+.-]+:[^<>\s]*|[^<>\s@]+@[^<>\s@]+)>`)
	tagPattern    = regexp.MustCompile(`^<(?:/?[A-Za-z][^<>\n]*|!--[^\n]*?--)>`)
	breakPattern  = regexp.MustCompile(`^<[bB][rR] */?>`)
	entityPattern = regexp.MustCompile(`^&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]*);`)
)

func (s *scanner) next() {
	rest := s.text[s.at:]
	m := ""
	if strings.IndexByte(" \t\r\n\\", rest[0]) >= 0 {
		m = blankPattern.FindString(rest)
	}
	if m != "" {
		if strings.HasPrefix(m, "  ") && strings.HasSuffix(m, "\n") || m[0] == '\\' {
			s.add(len(m), "\n", "")
		} else {
			s.add(len(m), " ", "")
		}
		return
	}
	switch c := rest[0]; c {
	case '\\':
		if len(rest) > 1 && isPunct(rest[1]) {
			s.add(2, rest[1:2], "")
			return
		}
	case '`':
		if n := codeSpan(rest); n > 0 {
			s.add(n, strings.Join(strings.Fields(strings.Trim(rest[:n], "`")), " "), "code")
			return
		}
		n := len(rest) - len(strings.TrimLeft(rest, "`"))
		s.add(n, rest[:n], "")
		return
	case '[':
		if text, n := link(rest); n > 0 {
			s.link(text, rest[:n])
			return
		}
	case '!':
		if strings.HasPrefix(rest, "![") {
			if _, n := link(rest[1:]); n > 0 && !strings.Contains(rest[:n+1], "\n") {
				s.add(n+1, rest[:n+1], "")
				return
			}
		}
	case '<':
		if m := anglePattern.FindString(rest); m != "" {
			s.add(len(m), m[1:len(m)-1], "link")
			return
		}
		if m := breakPattern.FindString(rest); m != "" {
			s.add(len(m), "\n", "")
			return
		}
		if m := tagPattern.FindString(rest); m != "" {
			s.add(len(m), m, "")
			return
		}
	case '&':
		if m := entityPattern.FindString(rest); m != "" {
			if text := html.UnescapeString(m); text != m && !strings.ContainsAny(text, "\n\x00") {
				s.add(len(m), text, "")
				return
			}
		}
	case '*', '_':
		n := len(rest) - len(strings.TrimLeft(rest, string(c)))
		s.emphasis(n)
		return
	}
	n := wordLength(rest)
	s.add(n, rest[:n], "")
}

func isPunct(c byte) bool {
	return '!' <= c && c <= '/' || ':' <= c && c <= '@' || '[' <= c && c <= '`' || '{' <= c && c <= '~'
}

// wordLength returns how long the word is that s begins with, or else the
// character. It cuts as [cut] does.
func wordLength(s string) int {
	r, n := utf8.DecodeRuneInString(s)
	if !inWord(r) {
		return n
	}
	for n < len(s) {
		r, k := utf8.DecodeRuneInString(s[n:])
		if strings.ContainsRune("'’-.@", r) {
			next, _ := utf8.DecodeRuneInString(s[n+k:])
			if !inWord(next) {
				break
			}
		} else if !inWord(r) {
			break
		}
		n += k
	}
	return n
}

// codeSpan returns how long the code span is that s begins with; 0 if there is
// none.
func codeSpan(s string) int {
	n := len(s) - len(strings.TrimLeft(s, "`"))
	for i := n; i < len(s); {
		j := strings.IndexByte(s[i:], '`')
		if j < 0 {
			return 0
		}
		i += j
		k := len(s[i:]) - len(strings.TrimLeft(s[i:], "`"))
		i += k
		if k == n {
			return i
		}
	}
	return 0
}

// maxLink is how long the words of a link may be.
const maxLink = 2000

// link returns the words of the link that s begins with, and how long it is; 0 if
// there is none.
func link(s string) (text string, n int) {
	deep := 0
	for i := 0; i < min(len(s), maxLink); i++ {
		switch s[i] {
		case '\\':
			i++
		case '[':
			deep++
		case ']':
			if deep--; deep > 0 {
				continue
			}
			if k := address(s[i+1:]); k > 0 && i > 1 {
				return s[1:i], i + 1 + k
			}
			return "", 0
		}
	}
	return "", 0
}

// address returns how long the address of a link is that s begins with, with its
// brackets.
func address(s string) int {
	if s == "" || s[0] != '(' {
		return 0
	}
	deep := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '\n':
			return 0
		case '(':
			deep++
		case ')':
			if deep--; deep == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// link adds a link, which is one word.
func (s *scanner) link(text, raw string) {
	var says strings.Builder
	inner := scan(piece{text: text, before: make([]string, strings.Count(text, "\n"))})
	for _, t := range inner.tokens {
		if t.Text == "\n" {
			says.WriteByte(' ')
		} else {
			says.WriteString(t.Text)
		}
	}
	s.add(len(raw), strings.TrimSpace(says.String()), "link "+strings.Join(strings.Fields(raw), " "))
	s.marks[len(s.marks)-1].address = raw[len(text)+3 : len(raw)-1]
}

// emphasis adds a run of n marks (CommonMark 0.31.2 §6.2).
func (s *scanner) emphasis(n int) {
	c := s.text[s.at]
	if c == '_' && n > 2 { // a line to write on
		s.add(n, s.text[s.at:s.at+n], "")
		return
	}
	before, after := ' ', ' '
	if s.at > 0 {
		before, _ = utf8.DecodeLastRuneInString(s.text[:s.at])
	}
	if s.at+n < len(s.text) {
		after, _ = utf8.DecodeRuneInString(s.text[s.at+n:])
	}
	space := func(r rune) bool { return strings.ContainsRune(" \t\r\n\u00a0", r) }
	punct := func(r rune) bool { return !space(r) && !inWord(r) }
	left := !space(after) && (!punct(after) || space(before) || punct(before))
	right := !space(before) && (!punct(before) || space(after) || punct(after))
	s.add(n, s.text[s.at:s.at+n], "")
	m := &s.marks[len(s.marks)-1]
	m.emphasis = true
	m.opening, m.ending = left, right
	if c == '_' {
		m.opening, m.ending = left && (!right || punct(before)), right && (!left || punct(after))
	}
}

// finish pairs the marks of emphasis, and takes those that have none for words.
func (s *scanner) finish() *run {
	var open []int
	for i := range s.marks {
		m := &s.marks[i]
		if !m.emphasis {
			continue
		}
		if m.ending {
			k := len(open) - 1
			for k >= 0 && s.marks[open[k]].Text != m.Text {
				k--
			}
			if k >= 0 && open[k] < i-1 {
				m.pair, s.marks[open[k]].pair = open[k], i
				open = open[:k]
				continue
			}
		}
		if m.opening {
			open = append(open, i)
		}
	}
	r := &run{tokens: make([]token, 0, len(s.marks))}
	var in []string
	marks := ""
	for i, m := range s.marks {
		switch {
		case m.pair > i:
			in = append(slices.Clip(in), m.Text)
			marks += m.Text
		case m.pair >= 0:
			in = slices.Clone(in[:len(in)-1])
			marks += m.Text
		default:
			t := m.token
			t.open, t.in, t.at, t.from = marks, in, len(r.tokens), r
			if len(in) > 0 {
				t.Look += "\x01" + strings.Join(in, "\x01")
			}
			marks = ""
			r.tokens = append(r.tokens, t)
		}
	}
	r.end = marks
	return r
}

// changed returns the run with hunks of it changed to words of latest, or to a
// wording of somebody's own.
func (r *run) changed(hunks []Hunk, latest *run) *run {
	out := &run{end: r.end}
	at := 0
	for _, h := range hunks {
		out.tokens = append(out.tokens, r.tokens[at:h.From]...)
		if h.Wording != nil {
			for _, w := range h.Wording {
				out.tokens = append(out.tokens, token{Word: w, raw: piece{text: escape(w.Text)}})
			}
		} else if latest != nil {
			out.tokens = append(out.tokens, latest.tokens[h.LatestFrom:h.LatestTo]...)
		}
		at = h.To
	}
	out.tokens = append(out.tokens, r.tokens[at:]...)
	return out
}

// escape puts a backslash before what could be a mark.
func escape(word string) string {
	if len(word) == 1 && strings.Contains("\\`*_[]<|~#{&", word) {
		return `\` + word
	}
	return word
}

// A layout says what lines of a file begin with, and end with.
type layout struct {
	keep   bool   // what they begin with now
	before string // or else that
	end    string // of a line
	single bool   // all is one line
	start  bool   // words could be taken for the mark of a block where a line begins
}

// write appends a piece.
func (l layout) write(b *strings.Builder, p piece) {
	text := p.text
	for _, before := range p.before {
		i := strings.IndexByte(text, '\n')
		if i < 0 {
			break
		}
		if l.keep {
			b.WriteString(text[:i+1] + before)
		} else {
			b.WriteString(strings.TrimSuffix(text[:i], "\r") + l.end + l.before)
		}
		text = text[i+1:]
	}
	b.WriteString(text)
}

// writeRun appends running text. Where no words have been changed, its marks are as
// they were.
func (l layout) writeRun(b *strings.Builder, r *run, home *run) {
	tokens := tidy(r.tokens)
	in := emphasised(tokens)
	var was []string
	var starts []int // offsets of what has come to the beginning of a line
	for i := range tokens {
		t := &tokens[i]
		own := slices.Equal(in[i], t.in)
		if i > 0 {
			own = own && follows(&tokens[i-1], t) && slices.Equal(was, tokens[i-1].in)
		} else {
			own = own && t.at == 0
		}
		if own && t.from != nil {
			b.WriteString(t.open)
		} else {
			writeMarks(b, was, in[i])
			if i == 0 || strings.Contains(tokens[i-1].raw.text, "\n") && !l.single {
				starts = append(starts, b.Len())
			}
		}
		l.writeToken(b, t, home)
		was = in[i]
	}
	if n := len(tokens); n > 0 && tokens[n-1].from == home && tokens[n-1].at == len(home.tokens)-1 && slices.Equal(was, tokens[n-1].in) {
		b.WriteString(r.end)
	} else {
		writeMarks(b, was, nil)
	}
	if l.start && len(starts) > 0 {
		protect(b, starts)
	}
}

func (l layout) writeToken(b *strings.Builder, t *token, home *run) {
	if l.single && strings.Contains(t.raw.text, "\n") {
		b.WriteString(strings.Join(strings.Fields(strings.ReplaceAll(t.raw.text, "\\\n", " ")), " "))
		if t.blank() {
			b.WriteByte(' ')
		}
		return
	}
	if t.from != home {
		l.keep = false // as it stands in another file
	}
	l.write(b, t.raw)
}

func follows(t, next *token) bool { return t.from == next.from && t.from != nil && next.at == t.at+1 }

// tidy leaves out blanks at the ends, and those that have come to stand beside
// others.
func tidy(tokens []token) []token {
	var out []token
	for i := range tokens {
		t := &tokens[i]
		if n := len(out); t.blank() && (n == 0 && t.at > 0 || n > 0 && out[n-1].blank() && !follows(&out[n-1], t)) {
			continue
		}
		out = append(out, *t)
	}
	for n := len(out); n > 0 && out[n-1].blank(); n-- {
		out = out[:n-1]
	}
	return out
}

// emphasised returns the marks of emphasis that tokens stand in. Those of a blank
// are no more than both its neighbours have: emphasis neither begins nor ends
// with one.
func emphasised(tokens []token) [][]string {
	in := make([][]string, len(tokens))
	for i := range tokens {
		in[i] = tokens[i].in
	}
	for i := range tokens {
		if !tokens[i].blank() {
			continue
		}
		before, after := i-1, i+1
		for before >= 0 && tokens[before].blank() {
			before--
		}
		for after < len(tokens) && tokens[after].blank() {
			after++
		}
		if before < 0 || after == len(tokens) {
			in[i] = nil
			continue
		}
		in[i] = common(in[i], common(tokens[before].in, tokens[after].in))
	}
	return in
}

func common(a, b []string) []string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return a[:n]
}

// writeMarks appends the marks between words that stand in marks was, and others
// that stand in marks is.
func writeMarks(b *strings.Builder, was, is []string) {
	n := len(common(was, is))
	for _, m := range slices.Backward(was[n:]) {
		b.WriteString(m)
	}
	for _, m := range is[n:] {
		b.WriteString(m)
	}
}

var (
	markOfItem  = regexp.MustCompile(`^[0-9]{1,9}[.)](?:\s|$)`)
	markOfBlock = regexp.MustCompile("^(?:[-+*](?:\\s|$)|#{1,6}(?:\\s|$)|>|```|~~~|[-=_*]{2,}[ \\t]*(?:\r?\n|$)|=[ \\t]*(?:\r?\n|$)|\\[[ xX]\\]\\s)")
)

// protect puts a backslash before what would be taken for the mark of a block where
// it has come to stand.
func protect(b *strings.Builder, starts []int) {
	text := b.String()
	for _, at := range slices.Backward(starts) {
		switch rest := text[at:]; {
		case markOfBlock.MatchString(rest):
			text = text[:at] + `\` + rest
		case markOfItem.MatchString(rest):
			i := strings.IndexAny(rest, ".)")
			text = text[:at] + rest[:i] + `\` + rest[i:]
		}
	}
	b.Reset()
	b.WriteString(text)
}
