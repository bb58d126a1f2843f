package docx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
)

// ErrNotWord says that a file is no Word file, or one that is damaged.
var ErrNotWord = errors.New("it is not a Word file, or it is damaged")

// Words returns what the body of a Word file says, whichever program has saved it:
// a paragraph on each line, with one blank between words. The contents list is not
// in it, because programs make that anew; nor are headers, footers and notes. What
// is marked as deleted is left out, and what is marked as inserted is there.
func Words(data []byte) (string, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return "", ErrNotWord
	}
	left := int64(maxReference)
	for _, f := range z.File {
		if !strings.EqualFold(strings.TrimPrefix(f.Name, "/"), "word/document.xml") {
			continue
		}
		part, err := unpack(f, &left)
		if err != nil {
			return "", ErrNotWord
		}
		return words(part)
	}
	return "", ErrNotWord
}

// tocStyle matches the ids of the styles of a contents list, which LibreOffice
// gives names of its own.
var tocStyle = regexp.MustCompile(`(?i)^(?:toc|contents) ?(?:heading|[0-9])$`)

// words reads a part without a tree of it, which could be as deep as whoever wrote
// the file liked.
func words(part []byte) (string, error) {
	var b, line strings.Builder
	var controls []int // the depths of the content controls that are open
	depth, list := 0, 0
	inText, inProperties, inList := false, false, false
	d := xml.NewDecoder(bytes.NewReader(part))
	for {
		t, err := d.Token()
		if err == io.EOF {
			return b.String(), nil
		}
		if err != nil {
			return "", ErrNotWord
		}
		switch t := t.(type) {
		case xml.StartElement:
			depth++
			switch t.Name.Local {
			case "sdt":
				controls = append(controls, depth)
			case "docPartGallery":
				if len(controls) > 0 && list == 0 && value(t) == "Table of Contents" {
					list = controls[len(controls)-1]
				}
			case "pPr":
				inProperties = true
			case "pStyle":
				inList = inList || tocStyle.MatchString(value(t))
			case "t":
				inText = true
			case "tab", "br", "cr":
				if !inProperties {
					line.WriteByte(' ')
				}
			case "Fallback": // the same again, for programs that do not know better
				if err := d.Skip(); err != nil {
					return "", ErrNotWord
				}
				depth--
			}
		case xml.CharData:
			if inText && list == 0 {
				line.Write(t)
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "sdt":
				if depth == list {
					list = 0
				}
				if len(controls) > 0 {
					controls = controls[:len(controls)-1]
				}
			case "pPr":
				inProperties = false
			case "t":
				inText = false
			case "p":
				if text := strings.Join(strings.Fields(line.String()), " "); text != "" && !inList {
					b.WriteString(text + "\n")
				}
				line.Reset()
				inList = false
			}
			depth--
		}
	}
}

// value returns the attribute val of an element.
func value(e xml.StartElement) string {
	for _, a := range e.Attr {
		if a.Name.Local == "val" {
			return a.Value
		}
	}
	return ""
}
