package review

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// A page is a Markdown file cut into leaves: what holds words, one after the
// other. Every byte of the file belongs to one, to the blank lines after it, or to
// what stands before the first.
type page struct {
	head   string
	leaves []*leaf
	end    string // of a line
}

// A leaf is a paragraph, a heading, a table or another block that holds no blocks,
// and the containers that it stands in.
type leaf struct {
	kind   kind
	level  int          // of a heading
	path   []*container // outermost first
	opens  int          // how many of the path begin with it, the innermost
	before string       // what its first line begins with
	label  piece        // of a call-out that begins with it, such as [!NOTE], with the end of the line
	lead   string       // marks before its words: of a heading, of a check box
	number string       // of a heading, with the blank after it
	run    *run
	tail   piece // marks after its words, and blanks
	table  *table
	gap    string // the end of its last line, and blank lines

	lines []line // as read
}

// A line of a leaf: what it begins with, its text, and how it ends.
type line struct{ before, text, end string }

// A kind is a kind of leaves.
type kind int

const (
	paragraph kind = iota
	heading
	grid  // a table
	fence // a block of code between marks
	rule
	markup // HTML
	indented
)

// A container is a call-out, a list or an item of one.
type container struct {
	kind    containerKind
	sign    byte         // of a list: its bullet, or what stands after its numbers
	label   string       // of a call-out
	mark    string       // what the first line of an item or call-out begins with
	was     string       // that, as it has been read
	rest    string       // what its other lines begin with
	number  int          // of an item
	width   int          // how far an item is set in
	loose   bool         // there are blank lines between the items of a list
	list    *container   // of an item
	items   []*container // of a list
	begun   bool         // a leaf stands in it
	shifted bool         // it is set in otherwise than it was
}

type containerKind int

const (
	quote containerKind = iota
	list
	listItem
)

func (c *container) ordered() bool { return c.sign == '.' || c.sign == ')' }

// readPage cuts a file.
func readPage(text string) *page {
	r := &pageReader{page: &page{end: "\n"}}
	if n := strings.Count(text, "\r\n"); 2*n > strings.Count(text, "\n") {
		r.page.end = "\r\n"
	}
	if rest, ok := strings.CutPrefix(text, "\ufeff"); ok {
		r.page.head, text = "\ufeff", rest
	}
	for text != "" {
		l := line{text: text}
		if i := strings.IndexByte(text, '\n'); i >= 0 {
			l.text, l.end = text[:i], "\n"
			if i > 0 && text[i-1] == '\r' {
				l.text, l.end = text[:i-1], "\r\n"
			}
		}
		text = text[len(l.text)+len(l.end):]
		r.line(l.text, l.end)
	}
	for _, l := range r.page.leaves {
		l.read()
	}
	return r.page
}

// A pageReader reads a file line by line (CommonMark 0.31.2, appendix: a parsing
// strategy).
type pageReader struct {
	page *page
	open []*container
	leaf *leaf  // that may go on
	stop string // what ends it, of a block of code or HTML
	room bool   // the line before was blank
}

func (r *pageReader) line(s, end string) {
	at, n := r.match(s)
	whole := n == len(r.open)
	if whole && r.verbatim(s, at, end) {
		return
	}
	if isBlank(s[at:]) {
		r.blank(s, n, end)
		return
	}
	goesOn := r.leaf != nil && r.leaf.kind == paragraph
	if !whole {
		if goesOn && !interrupts(s[at:]) {
			r.add(s, at+indent(s[at:]), end)
			return
		}
		r.open, r.leaf, goesOn = r.open[:n], nil, false
	}
	for setIn(s[at:]) < 4 {
		k := r.opens(s[at:], goesOn)
		if k == 0 {
			break
		}
		at += k
		r.leaf, goesOn = nil, false
	}
	r.endList()
	r.start(s, at, end)
	r.room = false
}

// match returns how many of the open containers a line goes on with, and where the
// rest of it begins. A list whose item it does not go on with may go on with
// another.
func (r *pageReader) match(s string) (at, n int) {
	for i, c := range r.open {
		rest := s[at:]
		switch {
		case c.kind == list:
		case c.kind == quote:
			k := indent(rest)
			if k > 3 || k == len(rest) || rest[k] != '>' {
				return at, i
			}
			at += k + 1
			if at < len(s) && (s[at] == ' ' || s[at] == '\t') {
				at++
			}
		case isBlank(rest):
		case setIn(rest) < c.width:
			return at, i
		default:
			at += cutColumns(rest, c.width)
		}
	}
	return at, len(r.open)
}

// blank reads a blank line, which goes on with n of the containers.
func (r *pageReader) blank(s string, n int, end string) {
	r.open, r.leaf, r.room = r.open[:n], nil, true
	r.endList()
	if k := len(r.page.leaves); k > 0 {
		r.page.leaves[k-1].gap += s + end
	} else {
		r.page.head += s + end
	}
}

// endList ends a list if no item of it is open.
func (r *pageReader) endList() {
	if n := len(r.open); n > 0 && r.open[n-1].kind == list {
		r.open = r.open[:n-1]
	}
}

// verbatim reads a line of a block of code or HTML, if it goes on.
func (r *pageReader) verbatim(s string, at int, end string) bool {
	if r.leaf == nil {
		return false
	}
	rest := s[at:]
	switch r.leaf.kind {
	case fence:
		r.add(s, at, end)
		mark := strings.TrimRight(strings.TrimLeft(rest, " "), " \t")
		if strings.HasPrefix(mark, r.stop) && strings.Trim(mark, r.stop[:1]) == "" {
			r.leaf = nil
		}
		return true
	case markup:
		if r.stop == "" && isBlank(rest) {
			return false
		}
		r.add(s, at, end)
		if r.stop != "" && strings.Contains(rest, r.stop) {
			r.leaf = nil
		}
		return true
	case indented:
		if setIn(rest) >= 4 {
			r.add(s, at, end)
			return true
		}
		r.leaf = nil
	}
	return false
}

func (r *pageReader) add(s string, at int, end string) {
	r.leaf.lines = append(r.leaf.lines, line{s[:at], s[at:], end})
}

var (
	itemPattern      = regexp.MustCompile(`^([-+*]|[0-9]{1,9}[.)])([ \t]+|$)`)
	rulePattern      = regexp.MustCompile(`^(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$`)
	headingPattern   = regexp.MustCompile(`^#{1,6}(?:[ \t]+|$)`)
	fencePattern     = regexp.MustCompile("^(```+)[^`]*$|^(~~~+)")
	underPattern     = regexp.MustCompile(`^(?:=+|-+)[ \t]*$`)
	delimiterPattern = regexp.MustCompile(`^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$`)
	alertPattern     = regexp.MustCompile(`^\[!([A-Za-z]+)\][ \t]*$`)
	boxPattern       = regexp.MustCompile(`^\[[ xX]\][ \t]+`)
	htmlPattern      = regexp.MustCompile(`^</?(?i:address|article|aside|blockquote|body|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|head|header|hr|html|iframe|li|link|main|menu|nav|ol|p|pre|script|section|style|summary|table|tbody|td|textarea|tfoot|th|thead|title|tr|ul)(?:[ \t/>]|$)|^<[!?]`)
	tagLinePattern   = regexp.MustCompile(`^</?[A-Za-z][A-Za-z0-9-]*(?:[ \t/][^<>]*)?>[ \t]*$`)
)

// interrupts reports whether something other than a paragraph's next line begins.
func interrupts(s string) bool {
	if setIn(s) >= 4 {
		return false
	}
	s = s[indent(s):]
	return s[0] == '>' || itemPattern.MatchString(s) || rulePattern.MatchString(s) || headingPattern.MatchString(s) || fencePattern.MatchString(s) || htmlPattern.MatchString(s)
}

// opens opens the container that s begins with, and returns how long its mark is; 0
// if there is none. A paragraph that goes on is not ended by a number other than 1,
// nor by an item without words.
func (r *pageReader) opens(s string, goesOn bool) int {
	k := indent(s)
	rest := s[k:]
	if rest == "" {
		return 0
	}
	if rest[0] == '>' {
		r.endList()
		k++
		if k < len(s) && (s[k] == ' ' || s[k] == '\t') {
			k++
		}
		r.open = append(r.open, &container{kind: quote, mark: s[:k], was: s[:k], rest: "> "})
		return k
	}
	m := itemPattern.FindStringSubmatch(rest)
	if m == nil || rulePattern.MatchString(rest) {
		return 0
	}
	number, _ := strconv.Atoi(strings.TrimRight(m[1], ".)"))
	empty := len(m[0]) == len(rest)
	sign := m[1][len(m[1])-1]
	if goesOn && (empty || (sign == '.' || sign == ')') && number != 1) {
		return 0
	}
	item := &container{kind: listItem, number: number}
	blanks := m[2]
	switch n := setIn(blanks); {
	case empty:
		item.width = k + len(m[1]) + 1
	case n > 4:
		blanks = blanks[:1]
		item.width = k + len(m[1]) + 1
	default:
		item.width = k + len(m[1]) + n
	}
	k += len(m[1]) + len(blanks)
	item.mark, item.was, item.rest = s[:k], s[:k], strings.Repeat(" ", item.width)
	r.item(item, sign)
	return k
}

// item adds an item to the open list, or begins another.
func (r *pageReader) item(item *container, sign byte) {
	if n := len(r.open); n > 0 && r.open[n-1].kind == list && r.open[n-1].sign == sign {
		item.list = r.open[n-1]
		item.list.loose = item.list.loose || r.room
	} else {
		r.endList()
		item.list = &container{kind: list, sign: sign}
		r.open = append(r.open, item.list)
	}
	item.list.items = append(item.list.items, item)
	r.open = append(r.open, item)
}

// start reads a line that begins a leaf, or goes on with the one before.
func (r *pageReader) start(s string, at int, end string) {
	l := r.leaf
	if setIn(s[at:]) >= 4 && l == nil {
		r.begin(indented)
		r.add(s, at, end)
		return
	}
	at += indent(s[at:])
	rest := s[at:]
	html := ""
	if htmlPattern.MatchString(rest) {
		html = "html"
	} else if l == nil && tagLinePattern.MatchString(rest) {
		html = "tag"
	}
	switch {
	case l != nil && l.kind == paragraph && underPattern.MatchString(rest) && !(len(l.lines) == 1 && alertPattern.MatchString(l.lines[0].text)):
		if r.table(rest) {
			r.add(s, at, end)
			return
		}
		l.kind, l.level = heading, 2
		if rest[0] == '=' {
			l.level = 1
		}
		r.add(s, at, end)
		r.leaf = nil
	case rulePattern.MatchString(rest):
		r.begin(rule)
		r.add(s, at, end)
		r.leaf = nil
	case headingPattern.MatchString(rest):
		r.begin(heading)
		r.add(s, at, end)
		r.leaf = nil
	case fencePattern.MatchString(rest):
		m := fencePattern.FindStringSubmatch(rest)
		r.begin(fence)
		r.stop = cmp.Or(m[1], m[2])
		r.add(s, at, end)
	case html != "":
		r.begin(markup)
		r.stop = ""
		r.add(s, at, end)
		if strings.HasPrefix(rest, "<!--") {
			if r.stop = "-->"; strings.Contains(rest[4:], r.stop) {
				r.leaf = nil
			}
		}
	case l != nil:
		if l.kind == paragraph {
			r.table(rest)
		}
		r.add(s, at, end)
	default:
		r.begin(paragraph)
		r.add(s, at, end)
		if rest == "" {
			r.leaf = nil // an item without words
		}
	}
}

// table makes a table of the last line of a paragraph, if the next one says that it
// is its head.
func (r *pageReader) table(next string) bool {
	l := r.leaf
	head := l.lines[len(l.lines)-1]
	if !strings.Contains(next, "|") && !strings.Contains(next, ":") || !delimiterPattern.MatchString(next) || len(splitRow(head.text)) != len(splitRow(next)) {
		return false
	}
	if len(l.lines) > 1 {
		l.lines = l.lines[:len(l.lines)-1]
		r.begin(grid)
		r.leaf.lines = append(r.leaf.lines, head)
	}
	r.leaf.kind = grid
	return true
}

// begin begins a leaf.
func (r *pageReader) begin(k kind) {
	l := &leaf{kind: k, path: append([]*container(nil), r.open...)}
	for i := len(l.path) - 1; i >= 0 && !l.path[i].begun; i-- {
		l.path[i].begun = true
		l.opens++
	}
	r.leaf = l
	r.page.leaves = append(r.page.leaves, l)
}

func isBlank(s string) bool { return strings.Trim(s, " \t\r") == "" }

// indent returns how many blanks s begins with.
func indent(s string) int { return len(s) - len(strings.TrimLeft(s, " \t")) }

// setIn returns how far s is set in.
func setIn(s string) int {
	n := 0
	for i := range len(s) {
		switch s[i] {
		case ' ':
			n++
		case '\t':
			n += 4 - n%4
		default:
			return n
		}
	}
	return n
}

// cutColumns returns how many of the blanks of s set it in by n.
func cutColumns(s string, n int) int {
	i := 0
	for i < len(s) && setIn(s[:i]) < n {
		i++
	}
	return i
}

var (
	numberPattern = regexp.MustCompile(`^(?:Appendix [A-Z]+|[A-Z]?[0-9]+(?:\.[0-9]+)*|[A-Z](?:\.[0-9]+)+)[ \t]+`)
	tailPattern   = regexp.MustCompile(`(?:[ \t]+#+)?[ \t]*(?:\{#([^{}\s]*)\}[ \t]*)?$`)
)

// read reads what a leaf says, once all its lines are known.
func (l *leaf) read() {
	last := &l.lines[len(l.lines)-1]
	l.gap, last.end = last.end+l.gap, ""
	l.before = l.lines[0].before
	switch l.kind {
	case paragraph:
		l.readParagraph()
	case heading:
		l.readHeading()
	case grid:
		l.table = readTable(l.lines)
	default:
		p := joinLines(l.lines)
		text := strings.ReplaceAll(p.text, "\r\n", "\n")
		l.run = &run{}
		l.run.tokens = []token{{Word: Word{Text: text}, raw: p, from: l.run}}
	}
	l.lines = nil
}

func (l *leaf) readParagraph() {
	lines := l.lines
	if n := len(l.path); n > 0 && l.opens > 0 {
		switch c := l.path[n-1]; c.kind {
		case quote:
			if m := alertPattern.FindStringSubmatch(lines[0].text); m != nil {
				c.label = strings.ToLower(m[1])
				l.label = piece{text: lines[0].text + lines[0].end}
				if len(lines) > 1 {
					l.label.before = []string{lines[1].before}
				}
				lines = lines[1:]
			}
		case listItem:
			l.lead = boxPattern.FindString(lines[0].text)
		}
	}
	l.readText(lines)
}

// readText reads running text, less the lead.
func (l *leaf) readText(lines []line) {
	p := joinLines(lines)
	p.text = p.text[len(l.lead)+len(l.number):]
	text := strings.TrimRight(p.text, " \t\r")
	l.tail = piece{text: p.text[len(text):]}
	p.text = text
	l.run = scan(p)
}

func (l *leaf) readHeading() {
	lines := l.lines
	if n := len(lines); n > 1 || l.level > 0 { // underlined
		under := lines[n-1]
		l.readText(lines[:n-1])
		l.tail.text += under.text
		if n > 1 {
			l.tail = piece{l.tail.text[:len(l.tail.text)-len(under.text)] + lines[n-2].end + under.text, []string{under.before}}
		}
		return
	}
	text := lines[0].text
	l.lead = headingPattern.FindString(text)
	l.level = strings.Count(l.lead, "#")
	if l.level > 1 {
		l.number = numberPattern.FindString(text[len(l.lead):])
	}
	tail := tailPattern.FindStringIndex(text[len(l.lead)+len(l.number):])
	l.readText([]line{{text: text[:len(l.lead)+len(l.number)+tail[0]]}})
	l.tail.text += text[len(l.lead)+len(l.number)+tail[0]:]
}

// mark returns the code of a heading, from after its words.
func (l *leaf) mark() string {
	if m := tailPattern.FindStringSubmatch(l.tail.text); m != nil {
		return m[1]
	}
	return ""
}

// A table is its rows; the line after the first, which says how its columns are
// set, is none.
type table struct {
	rows []*tableRow
	rule line // after the first row
}

// A tableRow is a row as a file has it.
type tableRow struct {
	before string // what the line begins with
	cells  []tableCell
	tail   string
	end    string // of the line; none of the last
	own    bool   // it is the school's
}

// A tableCell is the words of a cell, and what stands before and after them.
type tableCell struct {
	lead string
	run  *run
	home *run // as it has been read
	tail string
}

func readTable(lines []line) *table {
	t := &table{rule: lines[1]}
	for i, l := range lines {
		if i == 1 {
			continue
		}
		r := &tableRow{before: l.before, end: l.end}
		text := l.text
		cells := splitRow(text)
		at := 0
		for _, c := range cells {
			cell := text[c[0]:c[1]]
			trimmed := strings.TrimSpace(cell)
			from := c[0] + strings.Index(cell, trimmed)
			words := scan(piece{text: trimmed})
			r.cells = append(r.cells, tableCell{lead: text[at:from], run: words, home: words, tail: text[from+len(trimmed) : c[1]]})
			at = c[1]
		}
		r.tail = text[at:]
		t.rows = append(t.rows, r)
	}
	return t
}

// splitRow returns where the cells of a row are (GitHub Flavored Markdown 0.29
// §4.10).
func splitRow(row string) [][2]int {
	end := len(strings.TrimRight(row, " \t\r"))
	at := 0
	if end > 0 && row[0] == '|' {
		at = 1
	}
	var cells [][2]int
	for i := at; i < end; i++ {
		switch row[i] {
		case '\\':
			i++
		case '|':
			cells = append(cells, [2]int{at, i})
			at = i + 1
		}
	}
	if at < end || len(cells) == 0 {
		cells = append(cells, [2]int{at, max(at, end)})
	}
	return cells
}

// blocks returns the leaves as a merge sees them. Sections are known by the codes of
// their headings or, where somebody has taken those away, by what the headings say.
func (p *page) blocks(titles []titled) []Block {
	blocks := make([]Block, len(p.leaves))
	section := ""
	for i, l := range p.leaves {
		b := &blocks[i]
		b.Kind = l.called()
		if l.table == nil {
			b.Words = l.run.words()
		} else {
			b.Rows = l.table.blocks()
		}
		if l.kind == heading {
			if code := sectionCode(l.mark(), b.Plain(), titles); code != "" {
				section, b.Heading = code, true
			}
		}
		b.Section = section
		for _, r := range b.Rows {
			for _, c := range r.Cells {
				c[0].Section = section
			}
		}
	}
	return blocks
}

func sectionCode(code, text string, titles []titled) string {
	for _, t := range titles {
		if code != "" && t.code == code {
			return code
		}
	}
	if titles == nil {
		return code
	}
	for _, t := range titles {
		if t.text == text {
			return t.code
		}
	}
	return ""
}

func (t *table) blocks() []Row {
	rows := make([]Row, len(t.rows))
	for i, r := range t.rows {
		for _, c := range r.cells {
			rows[i].Cells = append(rows[i].Cells, []Block{{Kind: "cell", Words: c.run.words()}})
		}
	}
	return rows
}

// called returns what a leaf is, so that two that are called the same differ by no
// more than words.
func (l *leaf) called() string {
	var b strings.Builder
	deep := 0
	for i, c := range l.path {
		switch c.kind {
		case quote:
			b.WriteString("quote " + c.label + " ")
		case listItem:
			deep++
			if i+1 < len(l.path) {
				break
			}
			name := "bullet"
			switch {
			case l.opens == 0:
				name = "continued"
			case l.lead != "" && l.kind == paragraph:
				name = "box"
			case c.list.ordered():
				name = "number"
			}
			fmt.Fprintf(&b, "list %s %d ", name, deep)
		}
	}
	switch l.kind {
	case heading:
		fmt.Fprintf(&b, "heading %d", l.level)
	case grid:
		b.WriteString("table")
	case fence, indented:
		b.WriteString("code")
	case rule:
		b.WriteString("rule")
	case markup:
		b.WriteString("html")
	}
	return b.String()
}
