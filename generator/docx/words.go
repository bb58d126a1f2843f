package docx

import (
	"errors"
	"strings"
)

// ErrNotWord says that a file is no Word file, or one that is damaged.
var ErrNotWord = errors.New("it is not a Word file, or it is damaged")

// Words returns what the body of a Word file says, whichever program has saved it:
// a paragraph on each line, with one blank between words, and those of text boxes
// after all others. The contents list is not in it, because programs make that
// anew; nor are headers, footers and notes. What is marked as deleted is left out,
// and what is marked as inserted is there.
func Words(data []byte) (string, error) {
	f, err := Open(data)
	if err != nil {
		return "", ErrNotWord
	}
	var b strings.Builder
	for _, block := range f.Blocks {
		block.lines(&b)
	}
	for n := 1; n < len(f.tree.nodes); n++ {
		if f.tree.name(n) == "w:txbxContent" && !f.within(n, "mc:Fallback") { // which says the same again
			for _, block := range f.story(n) {
				block.lines(&b)
			}
		}
	}
	return b.String(), nil
}

// lines writes what b says, each paragraph on a line.
func (b *Block) lines(dst *strings.Builder) {
	if b.Rows == nil {
		if text := strings.Join(strings.Fields(b.Plain()), " "); text != "" {
			dst.WriteString(text + "\n")
		}
	}
	for _, row := range b.Rows {
		for _, c := range row.Cells {
			for _, inner := range c.Blocks {
				inner.lines(dst)
			}
		}
	}
}

// within reports whether an element stands inside one with that name.
func (f *File) within(n int, name string) bool {
	for n = f.tree.nodes[n].parent; n != 0; n = f.tree.nodes[n].parent {
		if f.tree.name(n) == name {
			return true
		}
	}
	return false
}
