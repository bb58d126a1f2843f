package generator

import (
	"slices"

	"github.com/policygen/policygen/generator/document"
	"github.com/policygen/policygen/generator/proof"
	"github.com/policygen/policygen/generator/readability"
	"github.com/policygen/policygen/generator/slot"
	"github.com/policygen/policygen/generator/source"
)

// Proof returns what is odd about the finished documents: see package proof.
func (d *Documents) Proof() source.Errors {
	list := make([]proof.Document, len(d.List))
	for i, doc := range d.List {
		list[i] = proof.Document{Name: doc.Name, Title: doc.Meta.Title, File: doc.template.File, Audience: doc.template.Audience}
		for _, s := range doc.sections {
			list[i].Sections = append(list[i].Sections, proof.Section{Section: s.moulds.section, Words: s.moulds.ownWords(), Details: s.Details, Own: s.Own})
		}
	}
	return proof.Read(d.Setting, d.pack.Guidance, list)
}

// A Reading says how hard a document for learners is to read, and how hard it
// may be by its template's front matter.
type Reading struct {
	Document string
	readability.Score
	MaxGrade   int // 0 if none is set
	MaxLongest int
}

// TooHard reports whether the document reads harder than it may.
func (r *Reading) TooHard() bool {
	return r.MaxGrade > 0 && r.Grade() > float64(r.MaxGrade) || r.MaxLongest > 0 && r.Longest > r.MaxLongest
}

// Readings returns the readings of the documents whose templates set a limit.
func (d *Documents) Readings() []Reading {
	var out []Reading
	for _, doc := range d.List {
		if doc.template.Grade == 0 && doc.template.Longest == 0 {
			continue
		}
		var texts []string
		for _, s := range doc.sections {
			if slices.Contains(doc.template.Aside, s.Code) {
				continue
			}
			details := slices.Clone(s.Details)
			for i := range details {
				if details[i].Gap { // a name will stand there
					details[i] = slot.Detail{Text: "Name"}
				}
			}
			texts = runningText(texts, s.moulds.section.Blocks, details)
		}
		out = append(out, Reading{doc.Name, readability.Read(texts), doc.template.Grade, doc.template.Longest})
	}
	return out
}

// runningText appends the paragraphs and items of blocks, as they read. Tables,
// diagrams and lines to sign on are not read as sentences.
func runningText(texts []string, blocks []document.Block, details []slot.Detail) []string {
	for _, b := range blocks {
		switch b := b.(type) {
		case *document.Paragraph:
			texts = append(texts, document.Plain(b.Text, details))
		case *document.List:
			for _, item := range b.Items {
				texts = runningText(texts, item.Blocks, details)
			}
		case *document.Callout:
			texts = runningText(texts, b.Blocks, details)
		}
	}
	return texts
}
