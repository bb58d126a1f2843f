package document

import (
	"bytes"
	"cmp"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"github.com/policygen/policygen/generator/slot"
)

// A Problem is something in a draft that its author can put right.
type Problem struct {
	Offset int    // of the byte where it stands, in the text given to Parse
	Msg    string // what is wrong, as in source.Error
	Hint   string // what to do about it; may be empty
}

// CodePattern is what the code of a section looks like, such as OS-6.3, AB-A2
// or AUP-8. The letters are the family's; A begins the number of an appendix.
const CodePattern = `[A-Z]{2,4}-A?[0-9]{1,2}(?:\.[0-9]{1,2}){0,2}`

var code = regexp.MustCompile(`^` + CodePattern + `$`)

// markdown finds more than the dialect has, so that what the dialect does not
// have is found and reported, and not printed with its marks showing.
var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Table, extension.TaskList, extension.Strikethrough, extension.Footnote),
	goldmark.WithParserOptions(parser.WithHeadingAttribute()),
).Parser()

// Parse reads the draft of one section. It returns the section as far as it
// could be read, and every problem, in the order of the text.
func Parse(draft string) (*Section, []Problem) {
	p := &reader{draft: draft, src: blanks(draft)}
	for i, r := range draft {
		switch {
		case r == utf8.RuneError && !utf8.ValidString(draft[i:min(i+3, len(draft))]):
			p.problem(i, "save the file as UTF-8", "a character that is not UTF-8")
		case r == '\n' || r == '\t':
		case unicode.IsControl(r), 0xE000 <= r && r <= 0xF8FF, r >= 0x100000, slot.Noncharacter(r), '\u202a' <= r && r <= '\u202e', '\u2066' <= r && r <= '\u2069':
			p.problem(i, "take it out", "the character %U, which cannot be printed", r)
		}
	}
	if len(p.problems) > 0 {
		return &Section{}, p.problems // the parser below could not be trusted with it
	}
	root := markdown.Parse(text.NewReader(p.src))
	s := &Section{}
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok {
			p.heading(s, h)
			continue
		}
		if b := p.block(n); b != nil {
			s.Blocks = append(s.Blocks, b)
		}
	}
	slices.SortStableFunc(p.problems, func(a, b Problem) int { return cmp.Compare(a.Offset, b.Offset) })
	return s, p.problems
}

// A reader turns goldmark's tree of one draft into ours.
type reader struct {
	draft    string
	src      []byte // the draft as goldmark reads it: see blanks
	problems []Problem
}

func (p *reader) problem(offset int, hint, format string, args ...any) {
	p.problems = append(p.problems, Problem{offset, fmt.Sprintf(format, args...), hint})
}

// A line to write on is a run of underscores, which Markdown may take for the
// marks of emphasis, or for a rule. So goldmark is shown a run of characters
// that it takes for letters, of the same length in bytes: blankWide is three.
const (
	blankWide   = '\ue001'
	blankNarrow = '\x1f'
)

var underscores = regexp.MustCompile(`_{3,}`)

func blanks(draft string) []byte {
	return underscores.ReplaceAllFunc([]byte(draft), func(run []byte) []byte {
		return []byte(strings.Repeat(string(blankWide), len(run)/3) + strings.Repeat(string(blankNarrow), len(run)%3))
	})
}

func (p *reader) heading(s *Section, h *ast.Heading) {
	if s.Level > 0 || len(s.Blocks) > 0 {
		// The draft is cut at headings, so this is one that the cut has not
		// taken for a heading: underlined, or with blanks before its marks.
		p.problem(h.Pos(), "begin the line with ##, ### or ####, and end it with a code such as {#OS-6.3}", "a heading that is not written as headings are")
		return
	}
	s.Level = h.Level
	s.Title = p.inlines(h)
	if id, ok := h.AttributeString("id"); ok {
		s.Code = string(id.([]byte))
	}
	switch {
	case h.Level < 2 || h.Level > 4:
		p.problem(h.Pos(), "the title stands in the front matter; sections begin with ##, ### or ####", "a heading of level %d", h.Level)
	case len(h.Attributes()) > 1 || s.Code != "" && !code.MatchString(s.Code):
		p.problem(h.Pos(), "write the code alone: {#OS-6.3}", "the heading's code is not like the codes of sections")
	case s.Code == "":
		p.problem(h.Pos(), "end the line with a code such as {#OS-6.3}", "a heading without a code")
	case len(s.Title) == 0:
		p.problem(h.Pos(), "", "a heading without words")
	}
	Links(s.Title, func(*Link) {
		p.problem(h.Pos(), "put the link into the text below", "a link in a heading")
	})
}

// instead is what to write in place of the constructs that the dialect does
// not have.
var instead = map[ast.NodeKind]struct{ name, hint string }{
	ast.KindHTMLBlock:               {"HTML", "write Markdown, or put a backslash before the <"},
	ast.KindRawHTML:                 {"HTML", "write Markdown, or put a backslash before the <"},
	ast.KindCodeBlock:               {"a line that is set in by four spaces or more", "set the text of a list in by two or three"},
	ast.KindCodeSpan:                {"code between backticks", "use *emphasis* or **strong** text"},
	ast.KindImage:                   {"a picture", "the crest is a detail of the setting, not part of the text"},
	ast.KindLinkReferenceDefinition: {"an address for links, on a line of its own", "write the address in the link: [words](https://…)"},
	extast.KindStrikethrough:        {"text that is struck through", "leave it out"},
	extast.KindFootnoteLink:         {"a footnote", "put it into the text, in brackets"},
	extast.KindFootnoteList:         {"a footnote", "put it into the text, in brackets"},
	extast.KindFootnote:             {"a footnote", "put it into the text, in brackets"},
	ast.KindHeading:                 {"a heading inside another block", "begin its line with ##"},
}

func (p *reader) refuse(n ast.Node) {
	what, ok := instead[n.Kind()]
	if !ok {
		what.name = n.Kind().String()
	}
	at := n.Pos()
	if at < 0 {
		return // goldmark's own list of footnotes; the places that refer to it are reported
	}
	p.problem(at, what.hint, "%s is not allowed in a policy", what.name)
}

func (p *reader) block(n ast.Node) Block {
	switch n := n.(type) {
	case *ast.Paragraph, *ast.TextBlock:
		if inlines := p.inlines(n); len(inlines) > 0 {
			return &Paragraph{inlines}
		}
		return nil
	case *ast.List:
		return p.list(n)
	case *ast.Blockquote:
		return p.callout(n)
	case *ast.ThematicBreak:
		return &PageBreak{}
	case *ast.FencedCodeBlock:
		return p.fence(n)
	case *extast.Table:
		return p.table(n)
	}
	p.refuse(n)
	return nil
}

func (p *reader) list(n *ast.List) Block {
	list := &List{Ordered: n.IsOrdered(), Start: n.Start, Loose: !n.IsTight}
	for li := n.FirstChild(); li != nil; li = li.NextSibling() {
		item := &Item{}
		for c := li.FirstChild(); c != nil; c = c.NextSibling() {
			if c == li.FirstChild() {
				if box, ok := c.FirstChild().(*extast.TaskCheckBox); ok {
					item.Box = OpenBox
					if box.IsChecked {
						item.Box = TickedBox
					}
				}
			}
			if b := p.block(c); b != nil {
				item.Blocks = append(item.Blocks, b)
			}
		}
		if len(item.Blocks) == 0 {
			if li.FirstChild() == nil {
				p.problem(li.Pos(), "", "a list item without words")
			}
			continue
		}
		if _, ok := item.Blocks[0].(*Paragraph); item.Box != NoBox && !ok {
			p.problem(li.Pos(), "write on its line what it is for", "a check box without words")
		}
		if item.Box != NoBox && list.Ordered {
			p.problem(li.Pos(), "begin the line with -", "a check box in a numbered list")
		}
		list.Items = append(list.Items, item)
	}
	if len(list.Items) == 0 {
		return nil
	}
	for _, item := range list.Items {
		for i, b := range item.Blocks {
			switch b.(type) {
			case *PageBreak:
				p.problem(n.Pos(), "end the list before it", "a new page in the middle of a list")
			case *List:
			default:
				list.Loose = list.Loose || i > 0 // it needs room, written as Markdown
			}
		}
	}
	return list
}

var alert = regexp.MustCompile(`^\[!([A-Z]+)\][ \t]*\n?$`)

func (p *reader) callout(n *ast.Blockquote) Block {
	first, ok := n.FirstChild().(*ast.Paragraph)
	var kind string
	var line text.Segment
	if ok {
		line = first.Lines().At(0)
		if m := alert.FindSubmatch(line.Value(p.src)); m != nil {
			kind = string(m[1])
		}
	}
	if kind != "NOTE" && kind != "IMPORTANT" {
		p.problem(n.Pos(), "write > [!NOTE] or > [!IMPORTANT] on its first line", "a quotation is not allowed in a policy, but a call-out is")
		return nil
	}
	c := &Callout{Important: kind == "IMPORTANT"}
	for {
		t := first.FirstChild()
		if t == nil || t.Pos() >= line.Stop {
			break
		}
		first.RemoveChild(first, t)
	}
	for b := n.FirstChild(); b != nil; b = b.NextSibling() {
		if b := p.block(b); b != nil {
			c.Blocks = append(c.Blocks, b)
		}
	}
	if len(c.Blocks) == 0 {
		p.problem(n.Pos(), "go on with > on the next line", "a call-out without words")
		return nil
	}
	return c
}

func (p *reader) fence(n *ast.FencedCodeBlock) Block {
	var lines []line
	for i := range n.Lines().Len() {
		seg := n.Lines().At(i)
		lines = append(lines, line{strings.TrimSpace(p.draft[seg.Start:seg.Stop]), seg.Start})
	}
	switch lang := string(n.Language(p.src)); lang {
	case "signatures":
		s := &Signatures{}
		for _, l := range lines {
			if l.text != "" {
				s.Roles = append(s.Roles, words(l.text))
			}
		}
		if len(s.Roles) == 0 {
			p.problem(n.Pos(), "write a role on each line", "signatures of nobody")
			return nil
		}
		return s
	case "flow":
		f := p.flow(n.Pos(), lines)
		if f == nil {
			return nil
		}
		return f
	default:
		p.problem(n.Pos(), "```flow and ```signatures are all there are", "a block of %q is not allowed in a policy", lang)
		return nil
	}
}

func (p *reader) table(n *extast.Table) Block {
	t := &Table{}
	for _, a := range n.Alignments {
		t.Align = append(t.Align, map[extast.Alignment]Align{
			extast.AlignLeft: AlignLeft, extast.AlignCenter: AlignCentre, extast.AlignRight: AlignRight,
		}[a])
	}
	for r := n.FirstChild(); r != nil; r = r.NextSibling() {
		var row [][]Inline
		for c := r.FirstChild(); c != nil; c = c.NextSibling() {
			row = append(row, p.inlines(c))
		}
		// goldmark fills a short row up and cuts a long one off, in silence.
		if got := cells(p.rowText(r)); got != len(t.Align) {
			p.problem(r.Pos(), "a | in the text of a cell needs a backslash before it", "a row of %d cells in a table of %d columns", got, len(t.Align))
		}
		if _, head := r.(*extast.TableHeader); head {
			t.Head = row
		} else {
			t.Rows = append(t.Rows, row)
		}
	}
	if len(t.Rows) == 0 {
		p.problem(n.Pos(), "", "a table without rows")
		return nil
	}
	return t
}

// rowText returns the rest of the draft's line from where a row of a table
// begins.
func (p *reader) rowText(n ast.Node) string {
	line, _, _ := bytes.Cut(p.src[max(0, n.Pos()):], []byte("\n"))
	return string(line)
}

// cells counts the cells of a row (GitHub Flavored Markdown 0.29 §4.10).
func cells(row string) int {
	row = strings.TrimLeft(row, " \t")
	row = strings.TrimRight(row, " \t\r")
	row = strings.TrimPrefix(row, "|")
	n := 1
	for i := 0; i < len(row); i++ {
		switch row[i] {
		case '\\':
			i++
		case '|':
			if i < len(row)-1 {
				n++
			}
		}
	}
	return n
}

func (p *reader) inlines(n ast.Node) []Inline {
	var out []Inline
	var marks []int // where emphasis begins
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			out = append(out, p.text(c.Segment.Start, c.Segment.Stop)...)
			switch {
			case c.HardLineBreak():
				out = append(out, Break{})
			case c.SoftLineBreak():
				out = append(out, Text(" "))
			}
		case *ast.String:
			out = append(out, Text(c.Value))
		case *ast.Emphasis:
			marks = append(marks, c.Pos())
			if c.Level == 1 {
				out = append(out, &Emphasis{p.inlines(c)})
			} else {
				out = append(out, &Strong{p.inlines(c)})
			}
		case *ast.Link:
			out = append(out, p.link(c))
		case *ast.AutoLink:
			url := string(c.URL(p.src))
			if c.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(url, "mailto:") {
				url = "mailto:" + url
			}
			l := &Link{URL: words(url), Text: words(string(c.Label(p.src))), At: c.Pos()}
			p.checkURL(l, c.Pos())
			out = append(out, l)
		case *extast.TaskCheckBox:
			if c.PreviousSibling() != nil || n.Parent().Kind() != ast.KindListItem {
				p.problem(c.Pos(), "begin a list item with it", "a check box in the middle of text")
			}
		default:
			p.refuse(c)
		}
	}
	out = join(out)
	p.checkEmphasis(out, marks)
	return out
}

// checkEmphasis reports emphasis that begins or ends inside a word, or against
// a detail or other emphasis: whether its marks are marks would hang on what the
// detail begins with (CommonMark 0.31.2 §6.2).
func (p *reader) checkEmphasis(text []Inline, marks []int) {
	inWord := func(r rune) bool {
		return r == '*' || !unicode.IsSpace(r) && !unicode.IsPunct(r) && !unicode.IsSymbol(r)
	}
	for i, n := range text {
		switch n.(type) {
		case *Strong, *Emphasis:
		default:
			continue
		}
		at := marks[0]
		marks = marks[1:]
		bad := false
		for _, side := range []int{i - 1, i + 1} {
			if side < 0 || side == len(text) {
				continue
			}
			switch t := text[side].(type) {
			case Text:
				r, _ := utf8.DecodeLastRuneInString(string(t))
				if side > i {
					r, _ = utf8.DecodeRuneInString(string(t))
				}
				bad = bad || inWord(r)
			case Break, *Link:
			default:
				bad = true
			}
		}
		if bad {
			p.problem(at, "put a blank or a comma between", "* or ** inside a word, or against a detail")
		}
	}
}

// join makes one Text of those that stand side by side, and takes away blanks
// at both ends, which no reader sees.
func join(in []Inline) []Inline {
	var out []Inline
	for _, n := range in {
		t, ok := n.(Text)
		if ok && len(out) > 0 {
			if before, ok := out[len(out)-1].(Text); ok {
				out[len(out)-1] = before + t
				continue
			}
		}
		out = append(out, n)
	}
	if len(out) > 0 {
		if t, ok := out[len(out)-1].(Text); ok {
			out[len(out)-1] = Text(strings.TrimRight(string(t), " \t"))
			if out[len(out)-1] == Text("") {
				out = out[:len(out)-1]
			}
		}
	}
	return out
}

func (p *reader) link(n *ast.Link) Inline {
	l := &Link{URL: words(unescape(string(n.Destination))), Text: p.inlines(n), At: n.Pos()}
	if len(n.Title) > 0 {
		p.problem(n.Pos(), "say it in the words of the link", "a title on a link is not allowed in a policy")
	}
	if len(l.Text) == 0 {
		p.problem(n.Pos(), "write words between the brackets", "a link without words")
	}
	p.checkURL(l, n.Pos())
	return l
}

func (p *reader) checkURL(l *Link, at int) {
	if len(l.URL) == 0 {
		p.problem(at, "write the address between the brackets", "a link to nowhere")
		return
	}
	first, ok := l.URL[0].(Text)
	if !ok {
		return // a detail, whose field has checked it
	}
	if target, ok := strings.CutPrefix(string(first), "#"); ok {
		if len(l.URL) > 1 || !code.MatchString(target) {
			p.problem(at, "write # and the code of a section: #OS-6.3", "a link to %q", first)
		}
		return
	}
	for _, scheme := range []string{"https://", "http://", "mailto:", "tel:"} {
		if strings.HasPrefix(string(first), scheme) {
			return
		}
	}
	p.problem(at, "begin it with https://, mailto:, tel: or #", "a link to %q", first)
}

// strayMark matches text up to a mark of emphasis that has not become one.
var strayMark = regexp.MustCompile(`^(?:[^\\*]|\\.)*?\*`)

// text returns the piece of the draft from start to stop, with its escapes and
// entities resolved.
func (p *reader) text(start, stop int) []Inline {
	var out []Inline
	rest := string(p.src[start:stop])
	if m := strayMark.FindStringIndex(rest); m != nil {
		p.problem(start+m[1]-1, "put a backslash before it, or mark both ends of the words", "a * that marks nothing")
	}
	for rest != "" {
		i := strings.IndexFunc(rest, func(r rune) bool { return r == blankWide || r == blankNarrow })
		if i < 0 {
			i = len(rest)
		}
		out = append(out, words(unescape(rest[:i]))...)
		rest = rest[i:]
		n := len(rest) - len(strings.TrimLeft(rest, string([]rune{blankWide, blankNarrow})))
		if n > 0 {
			out = append(out, Blank(n))
			rest = rest[n:]
		}
	}
	return out
}

// words returns s, in which nothing is mark-up but slots, as inlines.
func words(s string) []Inline {
	var out []Inline
	from := 0
	for i, r := range s {
		n, ok := slot.Of(r)
		if !ok {
			continue
		}
		if i > from {
			out = append(out, Text(s[from:i]))
		}
		out = append(out, Slot(n))
		from = i + utf8.RuneLen(r)
	}
	if from < len(s) {
		out = append(out, Text(s[from:]))
	}
	return out
}

var entity = regexp.MustCompile(`^&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]*);`)

// unescape resolves backslash escapes and entities (CommonMark 0.31.2 §2.4 and
// §2.5) in one pass: in two, \&amp; would read as &.
func unescape(s string) string {
	if !strings.ContainsAny(s, `\&`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && isPunct(s[i+1]):
			i++
			b.WriteByte(s[i])
		case s[i] == '&':
			m := entity.FindString(s[i:])
			if r := html.UnescapeString(m); m != "" && r != m {
				b.WriteString(printable(r))
				i += len(m) - 1
				continue
			}
			b.WriteByte('&')
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// printable returns s without what an entity may not bring in: a slot, a
// control character, a character that turns the direction of writing round, what
// Unicode says is no character.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if _, ok := slot.Of(r); ok || unicode.IsControl(r) || unicode.Is(unicode.Co, r) || unicode.Is(unicode.Bidi_Control, r) || slot.Noncharacter(r) {
			return utf8.RuneError
		}
		return r
	}, s)
}

func isPunct(c byte) bool {
	return '!' <= c && c <= '/' || ':' <= c && c <= '@' || '[' <= c && c <= '`' || '{' <= c && c <= '~'
}
