package docx

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/policygen/policygen/generator/source"
)

// This file checks parts that others have written before they go into a Word
// file: Word refuses a file of which one part is broken, and says only that it
// is.

const wordSpace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

// styleIDs are the styles that documents name.
var styleIDs = []string{
	"Normal", "DefaultParagraphFont", "TableNormal", "NoList", "Heading1", "Heading2", "Heading3", "Title", "Subtitle", "Strapline", "TOCHeading", "TOC1", "TOC2",
	"ListBullet", "ListBullet2", "ListBullet3", "ListNumber", "ListContinue", "CheckList", "CalloutNote", "CalloutImportant", "TableText", "TableHead", "AfterTable",
	"FlowStep", "FlowArrow", "Caption", "Header", "Footer", "Hyperlink", "TableGrid", "PolicyTable", "FlowTable",
}

// CheckLook returns what is wrong with the files for Word of the folder look, by
// their names in it, as source.Errors.
func CheckLook(files map[string][]byte) error {
	var problems source.Errors
	for _, f := range []struct{ name, root string }{{"docx/styles.xml", "styles"}, {"docx/settings.xml", "settings"}} {
		data, ok := files[f.name]
		if !ok {
			problems.Add(source.Pos{File: f.name}, "", "the file is missing")
			continue
		}
		root, at, err := checkXML(data)
		if err != nil {
			problems.Add(source.Position(f.name, string(data), at), "", "this is not XML that Word can read: %v", err)
			continue
		}
		if root != (xml.Name{Space: wordSpace, Local: f.root}) {
			problems.Add(source.Pos{File: f.name}, "begin with the file that policygen templates export writes", "the file does not hold the %s of a Word file", f.root)
			continue
		}
		if f.root == "styles" {
			checkStyles(f.name, data, &problems)
		}
	}
	return problems.Err()
}

// checkStyles reports styles that documents name and the file has not got.
func checkStyles(name string, data []byte, problems *source.Errors) {
	_, list, err := children(data)
	if err != nil {
		return // it has been checked
	}
	has := map[string]bool{}
	for _, c := range list {
		if c.name == "style" {
			has[c.attrs["styleId"]] = true
		}
	}
	for _, id := range styleIDs {
		if !has[id] {
			problems.Add(source.Pos{File: name}, "keep every style of the file that policygen templates export writes, and change what is in it", "the style %s is missing", id)
		}
	}
}

// checkXML returns the outermost element of XML, or why it cannot be read, and
// where. A name whose prefix nobody has declared is among the reasons, which the
// decoder passes.
func checkXML(data []byte) (root xml.Name, at int, err error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	declared := func(n xml.Name) error {
		// The decoder leaves a prefix that it does not know where the name of a
		// vocabulary would be. That of a vocabulary has a colon in it.
		if n.Space != "" && n.Space != "xmlns" && !strings.Contains(n.Space, ":") {
			return errors.New("the prefix " + n.Space + ": is not declared")
		}
		return nil
	}
	for {
		at = int(d.InputOffset())
		t, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			if se, ok := errors.AsType[*xml.SyntaxError](err); ok {
				err = errors.New(se.Msg)
			}
			return root, int(d.InputOffset()), err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if root.Local == "" {
				root = t.Name
			}
			err = declared(t.Name)
			for _, a := range t.Attr {
				err = errors.Join(err, declared(a.Name))
			}
			if err != nil {
				return root, at, err
			}
		}
	}
	if root.Local == "" {
		return root, 0, errors.New("there is nothing in it")
	}
	return root, 0, nil
}
