package generator

import (
	"path"
	"strings"

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
	Unknown State = "not known" // nothing says what was made
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

// Verify says what the document in the named file is. The receipt is the one that
// stands beside it, or nil. A file that is no document of ours has no verdict.
func (g *Generator) Verify(name string, data []byte, r *receipt.Receipt) *Verdict {
	v := &Verdict{State: Unknown}
	name = path.Base(name)
	var entry *receipt.File
	base := ""
	if r != nil {
		if entry = r.File(name); entry != nil {
			v.Document, v.Setting, v.Edition = entry.Document, r.Setting, entry.Edition
			base = r.Base(name)
		}
	}
	word := strings.HasSuffix(strings.ToLower(name), ".docx")
	if word {
		p := docx.Properties(data)
		if p["policygen document"] != "" {
			v.Document, v.Edition = p["policygen document"], p["policygen edition"]
			v.URN = p["policygen urn"]
			if s := p["policygen setting"]; s != "" {
				v.Setting = s
			}
		}
		if own := docx.Base(data); own != "" {
			base = own // the receipt may be of another file with that name
		}
	}
	if base != "" {
		b, err := ReadBase(base)
		if err != nil {
			v.Note = err.Error()
		} else {
			v.Base, v.Document, v.Setting, v.URN, v.Edition = b, b.Meta.Document, b.Meta.Setting, b.Meta.URN, b.Meta.Edition
		}
	}
	seal, sealed := Seal{}, false
	if !word {
		if seal, sealed = ReadSeal(data); sealed {
			v.Document, v.Setting, v.Edition = seal.Document, seal.Setting, seal.Edition
		}
	}
	if v.Document == "" {
		return nil
	}
	switch {
	case entry != nil && entry.SHA256 == receipt.Digest(data):
		v.State = AsMade
	case sealed && seal.Intact:
		v.State = AsMade
	case word && v.Base != nil:
		v.State = g.compare(data, v)
	case entry != nil, sealed:
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
