package docx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strings"
)

// This file keeps in a Word file what the document was made from, and finds it
// again. It stands in a custom XML part (ECMA-376 Part 1, 15.2.5): Word and
// LibreOffice carry such a part along when they save, though they may give it
// another name. Nobody sees it.

// BaseSpace is the vocabulary of the part with the base. Its one element, base,
// holds text that only package generator understands.
const BaseSpace = "urn:policygen:base"

// baseID is by what Word knows the part; it is the same in all files.
const baseID = "{7B0D6B53-3C1F-4E43-9C41-5F0B6A2E8D17}"

const (
	baseHead = xmlHead + `<base xmlns="` + BaseSpace + `">`
	baseFoot = `</base>`
)

// A keeping is where the look's files keep a base.
type keeping struct {
	name  string // of the part
	parts []part // what belongs to it
	bare  []part // what the head of a file is that has none
}

// keep makes room for a base: its properties, and a name that no part of a
// reference file has.
func (l *Look) keep() {
	name := func(n int) string { return fmt.Sprintf("customXml/item%d.xml", n) }
	n := 1
	for slices.ContainsFunc(l.constant, func(p part) bool { return strings.EqualFold(p.name, name(n)) }) {
		n++
	}
	props := fmt.Sprintf("itemProps%d.xml", n)
	l.kept.name = name(n)
	l.kept.bare = []part{pack("[Content_Types].xml", contentTypes(l.defaults, l.types)), pack("_rels/.rels", packageRels())}
	l.types = append(l.types, override{"/customXml/" + props, basePropsType})
	l.kept.parts = []part{
		pack(relsOf(l.kept.name), baseRels(props)),
		pack("customXml/"+props, baseProps()),
	}
}

const basePropsType = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"

// baseRels returns the relationships of the part with a base, whose properties
// stand beside it.
func baseRels(props string) []byte {
	return []byte(xmlHead + `<Relationships xmlns="` + packageRel + `"><Relationship Id="rId1" Type="` + officeRel + `customXmlProps" Target="` + props + `"/></Relationships>`)
}

func baseProps() []byte {
	return []byte(xmlHead + `<ds:datastoreItem ds:itemID="` + baseID + `" xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml"><ds:schemaRefs><ds:schemaRef ds:uri="` + BaseSpace + `"/></ds:schemaRefs></ds:datastoreItem>`)
}

// base makes the part of a base, which is compressed already.
func (b *bench) base(name, base string) part {
	b.kept = append(append(append(b.kept[:0], baseHead...), base...), baseFoot...)
	return part{name: name, method: zip.Store, data: b.kept, size: len(b.kept), crc: crc32.ChecksumIEEE(b.kept)}
}

// Base returns the base that a Word file keeps, as it was given to [Look.File],
// whichever program has saved the file since. It returns "" if there is none, or
// if data is no Word file.
func Base(data []byte) string {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return ""
	}
	left := int64(maxReference)
	for _, f := range z.File {
		folder, name, _ := strings.Cut(strings.ToLower(strings.TrimPrefix(f.Name, "/")), "/")
		if folder != "customxml" || !strings.HasPrefix(name, "item") || !strings.HasSuffix(name, ".xml") {
			continue
		}
		part, err := unpack(f, &left)
		if err != nil {
			continue
		}
		if base := baseIn(part); base != "" {
			return base
		}
	}
	return ""
}

// baseIn returns the base that a part holds.
func baseIn(part []byte) string {
	d := xml.NewDecoder(bytes.NewReader(part))
	for {
		t, err := d.Token()
		if err != nil {
			return ""
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		if start.Name != (xml.Name{Space: BaseSpace, Local: "base"}) {
			return ""
		}
		var text string
		if d.DecodeElement(&text, &start) != nil {
			return ""
		}
		return strings.Join(strings.Fields(text), "") // a program may have broken the line
	}
}

// Properties returns the properties of our own that a Word file has: those whose
// names begin with "policygen ".
func Properties(data []byte) map[string]string {
	properties := map[string]string{}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return properties
	}
	left := int64(maxReference)
	for _, f := range z.File {
		if !strings.EqualFold(strings.TrimPrefix(f.Name, "/"), "docProps/custom.xml") {
			continue
		}
		part, err := unpack(f, &left)
		if err != nil {
			continue
		}
		var x struct {
			Property []struct {
				Name  string `xml:"name,attr"`
				Value string `xml:",any"`
			} `xml:"property"`
		}
		if xml.Unmarshal(part, &x) != nil {
			continue
		}
		for _, p := range x.Property {
			if strings.HasPrefix(p.Name, "policygen ") {
				properties[p.Name] = p.Value
			}
		}
	}
	return properties
}

// Untouched reports whether no other program has saved a Word file since it was
// written: others put their own name into it.
func Untouched(data []byte) bool {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return false
	}
	left := int64(maxReference)
	for _, f := range z.File {
		if f.Name == "docProps/app.xml" {
			part, err := unpack(f, &left)
			return err == nil && bytes.Contains(part, []byte("<Application>"+application+"</Application>"))
		}
	}
	return false
}

// application is what we are called in the properties of a file.
const application = "policygen"

// unpack returns what a part of a package holds, if that is no more than what is
// left of what may be unpacked.
func unpack(f *zip.File, left *int64) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, *left+1))
	if err != nil {
		return nil, err
	}
	if *left -= int64(len(data)); *left < 0 {
		return nil, io.ErrShortBuffer
	}
	return data, nil
}
