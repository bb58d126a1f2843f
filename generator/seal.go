package generator

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"html"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/policygen/policygen/generator/document"
)

// A Seal is the last line of a document in Markdown or HTML, a comment that
// readers do not see. It says what the document is, and holds the digest of what
// stands before it, so that anybody can tell whether it has been edited since.
type Seal struct {
	Document string
	Edition  string
	Setting  string // its name
	Intact   bool   // the document is as it was made
}

// fragmentStart is what the digest of a fragment begins with, whatever page it has
// been pasted into.
const fragmentStart = `<div class="policygen"`

var (
	seal       = regexp.MustCompile(`<!-- policygen: document ([^,<>\n]+), edition ([^,<>\n]+), setting ([^<>\n]*), sha256 ([0-9a-f]{64}) -->`)
	escapeSeal = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "-", "&#45;") // two hyphens could end the comment
)

// appendSeal appends the seal of the document that dst holds from there on.
func appendSeal(dst []byte, from int, m *document.Meta) []byte {
	sum := sealDigest(dst[from:])
	dst = append(append(append(dst, `<!-- policygen: document `...), m.Document...), `, edition `...)
	dst = append(append(dst, m.Edition...), `, setting `...)
	setting := strings.Join(strings.Fields(strings.ToValidUTF8(m.Setting, string(utf8.RuneError))), " ")
	dst = append(append(dst, escapeSeal.Replace(setting)...), `, sha256 `...)
	return append(hex.AppendEncode(dst, sum[:]), " -->\n"...)
}

// ReadSeal reads the seal of a document. There is none if ok is false.
func ReadSeal(data []byte) (s Seal, ok bool) {
	all := seal.FindAllSubmatchIndex(data, -1)
	if all == nil {
		return Seal{}, false
	}
	m := all[len(all)-1]
	part := func(n int) string { return string(data[m[2*n]:m[2*n+1]]) }
	s = Seal{Document: part(1), Edition: part(2), Setting: html.UnescapeString(part(3))}
	before, after := data[:m[0]], data[m[1]:]
	if i := bytes.LastIndex(before, []byte(fragmentStart)); i >= 0 {
		before, after = before[i:], nil // what stands around a fragment is the website's
	}
	sum := sealDigest(bytes.TrimPrefix(before, []byte("\ufeff")))
	s.Intact = hex.EncodeToString(sum[:]) == part(4) && len(bytes.TrimSpace(after)) == 0
	return s, true
}

// sealDigest returns the digest of text, whichever line ends it has. Blanks at the
// ends of lines, and blank lines at its end, do not count: programs take them away
// and add them.
func sealDigest(text []byte) [sha256.Size]byte {
	const blanks = " \t\r"
	text = bytes.TrimRight(text, blanks+"\n")
	if !bytes.Contains(text, []byte(" \n")) && !bytes.Contains(text, []byte("\t\n")) && !bytes.Contains(text, []byte("\r\n")) {
		return sha256.Sum256(text)
	}
	h := sha256.New()
	for line := range bytes.Lines(text) {
		body := bytes.TrimRight(line, blanks+"\n")
		h.Write(body)
		if line[len(line)-1] == '\n' {
			h.Write([]byte("\n"))
		}
	}
	return [sha256.Size]byte(h.Sum(nil))
}
