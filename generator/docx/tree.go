package docx

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A tree is a part of a package as a tree over its bytes: every element knows
// where it begins and ends, so that what is not touched can be copied as it is.
// encoding/xml, which copies every name and value, takes ten times as long for a
// policy of three hundred kilobytes.
type tree struct {
	data  []byte
	nodes []branch // in the order of the file; the first is the document itself
}

// A branch is an element of a tree. Offsets are of bytes; links are indices, 0 for none.
type branch struct {
	name                string // with its prefix, such as w:p
	start, inner        int    // where its start tag begins, and ends
	end, after          int    // where its end tag begins, and ends
	parent, first, next int
}

// maxDepth is how deep elements may stand in each other: no document is near it.
const maxDepth = 4096

// parseTree reads well-formed XML (XML 1.0, without a document type, which
// packages may not have: ECMA-376 Part 2, 6.2.5) of UTF-8.
func parseTree(data []byte) (*tree, error) {
	elements := bytes.Count(data, []byte("<")) - bytes.Count(data, []byte("</"))
	t := &tree{data: data, nodes: make([]branch, 1, 1+max(elements, 0))}
	names := map[string]string{}
	open, last := 0, 0 // the element around, and the one before on the same level
	depth := 0
	fault := func(at int, what string) error {
		return fmt.Errorf("not well-formed XML at byte %d: %s", at, what)
	}
	at := 0
	for {
		i := bytes.IndexByte(data[at:], '<')
		if i < 0 {
			break
		}
		at += i
		rest := data[at:]
		switch {
		case bytes.HasPrefix(rest, []byte("<?")):
			n := bytes.Index(rest, []byte("?>"))
			if n < 0 {
				return nil, fault(at, "an instruction that does not end")
			}
			at += n + 2
		case bytes.HasPrefix(rest, []byte("<!--")):
			n := bytes.Index(rest[4:], []byte("-->"))
			if n < 0 {
				return nil, fault(at, "a comment that does not end")
			}
			at += n + 7
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			n := bytes.Index(rest, []byte("]]>"))
			if n < 0 || open == 0 {
				return nil, fault(at, "characters that do not end")
			}
			at += n + 3
		case bytes.HasPrefix(rest, []byte("<!")):
			return nil, fault(at, "a document type")
		case bytes.HasPrefix(rest, []byte("</")):
			n := bytes.IndexByte(rest, '>')
			if n < 0 || open == 0 {
				return nil, fault(at, "an end without a beginning")
			}
			if name := bytes.TrimRight(rest[2:n], " \t\r\n"); string(name) != t.nodes[open].name {
				return nil, fault(at, "the end of "+strconv.Quote(string(name))+" inside "+t.nodes[open].name)
			}
			e := &t.nodes[open]
			e.end, e.after = at, at+n+1
			at += n + 1
			last, open = open, e.parent
			depth--
		default:
			n := tagEnd(rest)
			if n < 0 {
				return nil, fault(at, "a tag that does not end")
			}
			name := rest[1:n]
			if j := bytes.IndexAny(name, " \t\r\n/"); j >= 0 {
				name = name[:j]
			}
			if len(name) == 0 {
				return nil, fault(at, "a tag without a name")
			}
			known, ok := names[string(name)]
			if !ok {
				known = string(name)
				names[known] = known
			}
			id := len(t.nodes)
			if open == 0 && t.nodes[0].first != 0 {
				return nil, fault(at, "a second outermost element")
			}
			t.nodes = append(t.nodes, branch{name: known, start: at, inner: at + n + 1, parent: open})
			if last != 0 {
				t.nodes[last].next = id
			} else {
				t.nodes[open].first = id
			}
			if rest[n-1] == '/' {
				t.nodes[id].end, t.nodes[id].after = at+n+1, at+n+1
				last = id
			} else {
				if depth++; depth > maxDepth {
					return nil, fault(at, "elements too deep in each other")
				}
				open, last = id, 0
			}
			at += n + 1
		}
	}
	if open != 0 {
		return nil, fault(len(data), t.nodes[open].name+" does not end")
	}
	if t.nodes[0].first == 0 {
		return nil, fault(0, "no element")
	}
	t.nodes[0].end, t.nodes[0].after = len(data), len(data)
	return t, nil
}

// tagEnd returns where the > of a tag stands: not in the value of an attribute.
func tagEnd(tag []byte) int {
	quote := byte(0)
	for i, c := range tag {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i
		case c == '<' && i > 0:
			return -1
		}
	}
	return -1
}

// root returns the outermost element.
func (t *tree) root() int { return t.nodes[0].first }

// kids yields the elements right inside n.
func (t *tree) kids(n int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for k := t.nodes[n].first; k != 0; k = t.nodes[k].next {
			if !yield(k) {
				return
			}
		}
	}
}

func (t *tree) name(n int) string { return t.nodes[n].name }

// child returns the first element with that name right inside n, or 0.
func (t *tree) child(n int, name string) int {
	for k := range t.kids(n) {
		if t.nodes[k].name == name {
			return k
		}
	}
	return 0
}

// find returns the element at the end of a path of names from n, or 0.
func (t *tree) find(n int, path ...string) int {
	for _, name := range path {
		if n = t.child(n, name); n == 0 {
			return 0
		}
	}
	return n
}

// walk calls f for n and what is in it, in the order of the file. Where f returns
// false, it does not go in.
func (t *tree) walk(n int, f func(int) bool) {
	if !f(n) {
		return
	}
	for k := range t.kids(n) {
		t.walk(k, f)
	}
}

// raw returns the bytes of n, tags included.
func (t *tree) raw(n int) []byte { return t.data[t.nodes[n].start:t.nodes[n].after] }

// startTag returns the bytes of the start tag of n.
func (t *tree) startTag(n int) []byte { return t.data[t.nodes[n].start:t.nodes[n].inner] }

// empty reports whether n is written as one tag.
func (t *tree) empty(n int) bool { return t.nodes[n].inner == t.nodes[n].after }

// attr returns the value of an attribute, by its name with the prefix, and
// whether it is there.
func (t *tree) attr(n int, name string) (string, bool) {
	tag := t.startTag(n)
	from, to := attrAt(tag, name)
	if from < 0 {
		return "", false
	}
	return unescape(tag[from:to]), true
}

// val returns the attribute w:val of n.
func (t *tree) val(n int) string {
	v, _ := t.attr(n, "w:val")
	return v
}

// attrAt returns where the value of an attribute stands in a tag, or -1.
func attrAt(tag []byte, name string) (from, to int) {
	i := bytes.IndexAny(tag, " \t\r\n")
	for i >= 0 && i < len(tag) {
		for i < len(tag) && strings.IndexByte(" \t\r\n/>", tag[i]) >= 0 {
			i++
		}
		eq := bytes.IndexByte(tag[i:], '=')
		if eq < 0 {
			return -1, -1
		}
		key := bytes.TrimRight(tag[i:i+eq], " \t\r\n")
		i += eq + 1
		for i < len(tag) && tag[i] != '"' && tag[i] != '\'' {
			i++
		}
		if i >= len(tag) {
			return -1, -1
		}
		end := bytes.IndexByte(tag[i+1:], tag[i])
		if end < 0 {
			return -1, -1
		}
		if string(key) == name {
			return i + 1, i + 1 + end
		}
		i += end + 2
	}
	return -1, -1
}

// text returns the characters right inside n, without those of elements in it.
func (t *tree) text(n int) string {
	e := t.nodes[n]
	if e.first == 0 {
		return chars(t.data[e.inner:e.end])
	}
	var b strings.Builder
	from := e.inner
	for k := range t.kids(n) {
		b.WriteString(chars(t.data[from:t.nodes[k].start]))
		from = t.nodes[k].after
	}
	b.WriteString(chars(t.data[from:e.end]))
	return b.String()
}

// chars returns what character data says: references resolved, comments and
// instructions left out, CDATA as it stands.
func chars(data []byte) string {
	if bytes.IndexByte(data, '<') < 0 {
		return unescape(data)
	}
	var b strings.Builder
	for len(data) > 0 {
		i := bytes.IndexByte(data, '<')
		if i < 0 {
			i = len(data)
		}
		b.WriteString(unescape(data[:i]))
		data = data[i:]
		cut := func(head, tail string) bool {
			if !bytes.HasPrefix(data, []byte(head)) {
				return false
			}
			n := bytes.Index(data, []byte(tail))
			if head == "<![CDATA[" {
				b.Write(data[len(head):n])
			}
			data = data[n+len(tail):]
			return true
		}
		if len(data) > 0 && !cut("<![CDATA[", "]]>") && !cut("<!--", "-->") && !cut("<?", "?>") {
			break
		}
	}
	return b.String()
}

// unescape resolves the references of XML 1.0 §4.6 and to characters; others
// stay as they are.
func unescape(data []byte) string {
	if bytes.IndexByte(data, '&') < 0 && bytes.IndexByte(data, '\r') < 0 {
		return string(data)
	}
	s := strings.ReplaceAll(strings.ReplaceAll(string(data), "\r\n", "\n"), "\r", "\n")
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '&')
		if i < 0 {
			break
		}
		b.WriteString(s[:i])
		s = s[i:]
		end := strings.IndexByte(s, ';')
		if end < 0 || end > 12 {
			b.WriteByte('&')
			s = s[1:]
			continue
		}
		switch ref := s[1:end]; {
		case ref == "amp":
			b.WriteByte('&')
		case ref == "lt":
			b.WriteByte('<')
		case ref == "gt":
			b.WriteByte('>')
		case ref == "quot":
			b.WriteByte('"')
		case ref == "apos":
			b.WriteByte('\'')
		case strings.HasPrefix(ref, "#"):
			base, digits := 10, ref[1:]
			if strings.HasPrefix(digits, "x") {
				base, digits = 16, digits[1:]
			}
			if n, err := strconv.ParseUint(digits, base, 32); err == nil && n <= utf8.MaxRune {
				b.WriteRune(rune(n))
			}
		default:
			b.WriteString(s[:end+1])
		}
		s = s[end+1:]
	}
	b.WriteString(s)
	return b.String()
}
