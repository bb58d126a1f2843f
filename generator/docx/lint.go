package docx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Lint returns what is wrong with a Word file that validators of the schema do
// not see, and for which Word repairs the file or refuses it, or loses a part
// of it in silence. It knows seventeen faults that the Open XML SDK passes, and
// that the parts of the package fit together. It says nothing of what the SDK
// sees: order of elements, values of attributes.
func Lint(data []byte) []string {
	l := &lint{parts: map[string]*node{}, seen: map[string]bool{}}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return []string{"not a package: " + err.Error()}
	}
	for _, f := range z.File {
		if l.seen[f.Name] {
			l.fault("two parts are called %s", f.Name)
		}
		l.seen[f.Name] = true
		r, err := f.Open()
		if err != nil {
			return []string{err.Error()}
		}
		part, err := io.ReadAll(r)
		if err != nil {
			return []string{f.Name + ": " + err.Error()}
		}
		if strings.HasSuffix(f.Name, ".xml") || strings.HasSuffix(f.Name, ".rels") {
			n, err := parseNode(part)
			if err != nil {
				l.fault("%s is not XML: %v", f.Name, err)
				continue
			}
			l.parts[f.Name] = n
		}
	}
	l.lintPackage()
	l.lintStyles()
	l.lintCore()
	for _, name := range l.names() {
		n := l.parts[name]
		if n.name == "document" || n.name == "hdr" || n.name == "ftr" {
			l.lintStory(name, n)
		}
	}
	return l.faults
}

type lint struct {
	parts   map[string]*node
	seen    map[string]bool
	faults  []string
	styles  map[string]bool
	numbers map[string]bool
}

// A node is an element of a part. Names are without prefixes: the parts that
// are looked at have one vocabulary each, but for w14.
type node struct {
	name     string
	space    string
	attrs    map[string]string
	children []*node
	text     string
	parent   *node
}

func parseNode(data []byte) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	top := &node{}
	at := top
	for {
		t, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			n := &node{name: t.Name.Local, space: t.Name.Space, attrs: map[string]string{}, parent: at}
			for _, a := range t.Attr {
				n.attrs[a.Name.Local] = a.Value
			}
			at.children = append(at.children, n)
			at = n
		case xml.EndElement:
			at = at.parent
		case xml.CharData:
			at.text += string(t)
		}
	}
	if len(top.children) != 1 {
		return nil, fmt.Errorf("%d outermost elements", len(top.children))
	}
	return top.children[0], nil
}

// walk calls f for n and everything in it, in the order of the file.
func (n *node) walk(f func(*node)) {
	f(n)
	for _, c := range n.children {
		c.walk(f)
	}
}

// within reports whether n stands inside an element with that name.
func (n *node) within(name string) bool {
	for p := n.parent; p != nil; p = p.parent {
		if p.name == name {
			return true
		}
	}
	return false
}

func (l *lint) fault(format string, args ...any) {
	l.faults = append(l.faults, fmt.Sprintf(format, args...))
}

func (l *lint) names() []string {
	var names []string
	for n := range l.parts {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// lintPackage checks that every part has a type, every relationship a target
// and every reference a relationship.
func (l *lint) lintPackage() {
	types, exts := map[string]bool{}, map[string]bool{}
	if t := l.parts["[Content_Types].xml"]; t != nil {
		for _, c := range t.children {
			switch c.name {
			case "Default":
				exts[strings.ToLower(c.attrs["Extension"])] = true
			case "Override":
				name := strings.TrimPrefix(c.attrs["PartName"], "/")
				types[name] = true
				if !l.seen[name] {
					l.fault("a type for %s, which is not there", name)
				}
			}
		}
	}
	for name := range l.seen {
		if name != "[Content_Types].xml" && !types[name] && !exts[strings.TrimPrefix(path.Ext(name), ".")] {
			l.fault("%s has no content type", name)
		}
	}
	for _, name := range l.names() {
		if !strings.HasSuffix(name, ".rels") {
			continue
		}
		owner := path.Join(path.Dir(path.Dir(name)), strings.TrimSuffix(path.Base(name), ".rels"))
		ids := map[string]bool{}
		for _, r := range l.parts[name].children {
			id, target := r.attrs["Id"], r.attrs["Target"]
			if ids[id] {
				l.fault("%s: two relationships are called %s", name, id)
			}
			ids[id] = true
			if r.attrs["TargetMode"] == "External" {
				continue
			}
			part := path.Join(path.Dir(owner), target)
			if strings.HasPrefix(target, "/") {
				part = strings.TrimPrefix(target, "/")
			}
			if !l.seen[part] {
				l.fault("%s: %s goes to %s, which is not there", name, id, part)
			}
		}
		if n := l.parts[owner]; n != nil {
			n.walk(func(n *node) {
				for _, a := range []string{"id", "embed", "link"} {
					v, ok := n.attrs[a]
					if ok && strings.HasPrefix(v, "rId") && !ids[v] {
						l.fault("%s: no relationship is called %s", owner, v)
					}
				}
			})
		}
	}
}

func (l *lint) lintStyles() {
	l.styles, l.numbers = map[string]bool{}, map[string]bool{"0": true}
	if s := l.parts["word/styles.xml"]; s != nil {
		for _, c := range s.children {
			if c.name == "style" {
				if l.styles[c.attrs["styleId"]] {
					l.fault("two styles have the id %s", c.attrs["styleId"])
				}
				l.styles[c.attrs["styleId"]] = true
			}
		}
		s.walk(func(n *node) {
			if n.name == "basedOn" || n.name == "next" || n.name == "link" {
				l.style("word/styles.xml", n.attrs["val"])
			}
		})
	}
	if s := l.parts["word/numbering.xml"]; s != nil {
		abstract := map[string]bool{}
		for _, c := range s.children {
			switch c.name {
			case "abstractNum":
				abstract[c.attrs["abstractNumId"]] = true
			case "num":
				l.numbers[c.attrs["numId"]] = true
				if a := c.children[0].attrs["val"]; !abstract[a] {
					l.fault("the list %s has the definition %s, which is not there", c.attrs["numId"], a)
				}
			}
		}
	}
}

func (l *lint) style(part, id string) {
	if !l.styles[id] {
		l.fault("%s: no style has the id %q", part, id)
	}
}

var w3cdtf = regexp.MustCompile(`^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?)?$`)

// lintCore checks the core properties (ECMA-376 Part 2, 11.2).
func (l *lint) lintCore() {
	core := l.parts["docProps/core.xml"]
	if core == nil {
		return
	}
	count := map[string]int{}
	for _, c := range core.children {
		count[c.name]++
		if count[c.name] == 2 {
			l.fault("docProps/core.xml: two elements %s", c.name)
		}
		if (c.name == "created" || c.name == "modified") && !w3cdtf.MatchString(c.text) {
			l.fault("docProps/core.xml: %q is no date", c.text)
		}
	}
}

// lintStory checks a part that has text: the document, a header, a footer.
func (l *lint) lintStory(part string, top *node) {
	fault := func(format string, args ...any) { l.fault(part+": "+format, args...) }
	names, open, ids := map[string]bool{}, map[string]string{}, map[string]bool{}
	paragraphs, controls, drawings := map[string]bool{}, map[string]bool{}, map[string]bool{}
	var anchors []string
	fields, foreign := 0, false
	once := func(seen map[string]bool, what, id string) {
		if seen[id] {
			fault("two %s have the id %s", what, id)
		}
		seen[id] = true
	}
	top.walk(func(n *node) {
		foreign = foreign || strings.HasSuffix(n.space, "/word/2010/wordml")
		if id := n.attrs["paraId"]; id != "" {
			once(paragraphs, "paragraphs", id)
		}
		switch n.name {
		case "bookmarkStart":
			once(ids, "bookmarks", n.attrs["id"])
			name := n.attrs["name"]
			if names[name] {
				fault("two bookmarks are called %s", name)
			}
			if len(name) > 40 || name == "" {
				fault("a bookmark cannot be called %q", name)
			}
			names[name] = true
			open[n.attrs["id"]] = name
		case "bookmarkEnd":
			if _, ok := open[n.attrs["id"]]; !ok {
				fault("the end of a bookmark %s that has not begun", n.attrs["id"])
			}
			delete(open, n.attrs["id"])
		case "tc":
			last := ""
			for _, c := range n.children {
				if c.name == "p" || c.name == "tbl" {
					last = c.name
				}
			}
			switch last {
			case "":
				fault("a cell without a paragraph")
			case "tbl":
				fault("a cell ends with a table")
			}
		case "tbl":
			l.lintGrid(part, n)
		case "numId":
			if !l.numbers[n.attrs["val"]] {
				fault("no list has the number %s", n.attrs["val"])
			}
		case "pStyle", "rStyle", "tblStyle":
			l.style(part, n.attrs["val"])
		case "t":
			if n.within("del") {
				fault("deleted text that stands as text: %q", n.text)
			}
		case "hyperlink":
			if n.within("hyperlink") {
				fault("a link inside a link")
			}
			if a := n.attrs["anchor"]; a != "" {
				anchors = append(anchors, a)
			}
		case "sdt":
			for _, p := range n.children {
				for _, c := range p.children {
					if p.name == "sdtPr" && c.name == "id" {
						once(controls, "content controls", c.attrs["val"])
					}
				}
			}
		case "docPr":
			once(drawings, "drawings", n.attrs["id"])
		case "fldChar":
			switch n.attrs["fldCharType"] {
			case "begin":
				fields++
			case "end":
				fields--
			}
		case "body":
			last := ""
			for _, c := range n.children {
				if c.name != "sectPr" {
					last = c.name
				}
			}
			if last == "tbl" {
				fault("the body ends with a table")
			}
		}
	})
	for id, name := range open {
		fault("the bookmark %s (%s) does not end", name, id)
	}
	for _, a := range anchors {
		if !names[a] {
			fault("a link to %s, which is no bookmark", a)
		}
	}
	if fields != 0 {
		fault("a field that begins and does not end, or ends and has not begun")
	}
	if foreign && !slices.Contains(strings.Fields(top.attrs["Ignorable"]), "w14") {
		fault("elements of w14, which older programs are not told to ignore")
	}
}

// lintGrid checks that the rows of a table fill its grid.
func (l *lint) lintGrid(part string, table *node) {
	columns := 0
	for _, c := range table.children {
		if c.name == "tblGrid" {
			columns = len(c.children)
		}
	}
	for _, row := range table.children {
		if row.name != "tr" {
			continue
		}
		cells := 0
		for _, c := range row.children {
			if c.name != "tc" {
				continue
			}
			span := 1
			c.walk(func(n *node) {
				if n.name == "gridSpan" && n.parent.parent == c {
					fmt.Sscan(n.attrs["val"], &span)
				}
			})
			cells += span
		}
		if cells != columns {
			l.fault("%s: a row of %d cells in a table of %d columns", part, cells, columns)
		}
	}
}

// Text returns the words of a Word file's body, a paragraph on each line, as a
// reader would read them.
func Text(data []byte) (string, error) {
	part, err := Part(data, "word/document.xml")
	if err != nil {
		return "", err
	}
	top, err := parseNode(part)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	top.words(&b)
	return b.String(), nil
}

func (n *node) words(b *strings.Builder) {
	switch n.name {
	case "t":
		b.WriteString(n.text)
	case "tab", "br":
		if n.parent.name == "r" {
			b.WriteByte(' ')
		}
	case "instrText", "delText":
		return
	}
	for _, c := range n.children {
		c.words(b)
	}
	if n.name == "p" {
		b.WriteByte('\n')
	}
}

// Part returns a part of a Word file, by its name.
func Part(data []byte, name string) ([]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	f, err := z.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}
