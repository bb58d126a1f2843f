package generator

import (
	"path"

	"github.com/policygen/policygen/generator/docx"
	"github.com/policygen/policygen/generator/receipt"
)

// A State says whether a document has been edited since it was made.
type State string

// The states of a document.
const (
	AsMade  State = "as made"
	Resaved State = "saved again" // by another program, but the words are those that were made
	Edited  State = "edited"
	Brought State = "brought forward" // by a review, with what had been edited before, and not edited since
	Unknown State = "not known"       // nothing says what was made
)

// A Verdict says what a document is and what has become of it.
type Verdict struct {
	Document string // its name, such as online-safety-policy
	Setting  string // its name
	URN      string
	Edition  string
	State    State
	Base     *Base // what it was made from; nil if that is not known
	Note     string
}

// A claim is what a file, and the receipt beside it, say that it is.
type claim struct {
	Verdict
	word         bool
	entry        *receipt.File // what the receipt says of it, or nil
	sealed       bool
	intact       bool // the seal is
	base, origin string
}

// readClaim finds out what a file says that it is. The receipt is the one that stands
// beside it, or nil.
func readClaim(name string, data []byte, r *receipt.Receipt) *claim {
	c := &claim{}
	name = path.Base(name)
	if r != nil {
		if c.entry = r.File(name); c.entry != nil {
			c.Document, c.Setting, c.Edition = c.entry.Document, r.Setting, c.entry.Edition
			c.base, c.origin = r.Base(name), fromReceipt
		}
	}
	if c.word = formatOf(name) == Word; c.word {
		p := docx.Properties(data)
		if p["policygen document"] != "" {
			c.Document, c.Edition = p["policygen document"], p["policygen edition"]
			c.URN = p["policygen urn"]
			if s := p["policygen setting"]; s != "" {
				c.Setting = s
			}
		}
		if own := docx.Base(data); own != "" {
			c.base, c.origin = own, fromFile // the receipt may be of another file with that name
		}
	}
	if c.base != "" {
		b, err := ReadBase(c.base)
		if err != nil {
			c.Note = err.Error()
		} else {
			c.Base, c.Document, c.Setting, c.URN, c.Edition = b, b.Meta.Document, b.Meta.Setting, b.Meta.URN, b.Meta.Edition
		}
	}
	if !c.word {
		if seal, ok := ReadSeal(data); ok {
			c.sealed, c.intact = true, seal.Intact
			c.Document, c.Setting, c.Edition = seal.Document, seal.Setting, seal.Edition
		}
	}
	return c
}

// Verify says what the document in the named file is. The receipt is the one that
// stands beside it, or nil. A file that is no document of ours has no verdict.
func (g *Generator) Verify(name string, data []byte, r *receipt.Receipt) *Verdict {
	c := readClaim(name, data, r)
	if c.Document == "" {
		return nil
	}
	v, entry := &c.Verdict, c.entry
	v.State = Unknown
	switch {
	case entry != nil && entry.SHA256 == receipt.Digest(data):
		v.State = AsMade
	case entry != nil && entry.Review == receipt.Digest(data):
		v.State = Brought
	case c.intact:
		v.State = AsMade
	case c.word && v.Base != nil:
		v.State = g.compare(data, v)
	case entry != nil, c.sealed:
		v.State = Edited
	}
	if v.Base != nil && (v.Base.Meta.Document != v.Document || v.Base.Meta.Edition != v.Edition) {
		v.Base = nil // of what stood under that name before
	}
	return v
}

// compare compares the words of a Word file with those that it was made with.
func (g *Generator) compare(data []byte, v *Verdict) State {
	d, err := g.FromBase(v.Base)
	if err != nil {
		v.Note = err.Error()
		return Unknown
	}
	made, err := d.Write(Word)
	if err != nil {
		v.Note = err.Error()
		return Unknown
	}
	was, err := docx.Words(made)
	if err != nil {
		v.Note = err.Error()
		return Unknown
	}
	is, err := docx.Words(data)
	switch {
	case err != nil:
		v.Note = err.Error()
		return Unknown
	case is != was:
		return Edited
	case docx.Untouched(data):
		return AsMade
	}
	return Resaved
}
