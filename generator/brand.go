package generator

import (
	"bytes"
	"crypto/sha256"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // what a crest can be
	_ "image/png"
	"io"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/policygen/policygen/generator/document"
	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/source"
)

// A brand is how a setting's documents look, with the Word file that lends its
// styles.
type brand struct {
	document.Brand
	reference []byte
	digest    [sha256.Size]byte // of the crest, its description and the reference file
}

// What documents look like if nothing else is said.
const (
	defaultFont   = "Calibri"
	defaultColour = "1F3864"
)

// The largest crest, in bytes and in pixels, and the smallest that can be
// printed without looking coarse.
const (
	maxCrest    = 1 << 20
	maxPixels   = 25_000_000
	fewPixels   = 100
	maxSides    = 20 // how many times as long one side may be as the other
	maxWordFile = 20 << 20
)

// readBrand reads what the table brand of a setting says and the files that it
// names. A colour that is too light for text is darkened, with a warning.
func readBrand(s *setting.Setting, files fs.FS, problems, warnings *source.Errors) *brand {
	b := &brand{}
	b.Font = s.At("brand.font").Text
	b.Strapline = s.At("brand.strapline").Text
	b.Colour = strings.TrimPrefix(s.At("brand.primary_colour").Text, "#")
	if b.Font == "" {
		b.Font = defaultFont
	}
	if b.Colour == "" {
		b.Colour = defaultColour
	}
	b.Colour = strings.ToUpper(b.Colour)
	if dark := document.Darken(b.Colour); dark != b.Colour {
		warnings.Add(s.At("brand.primary_colour").Pos, "", "brand.primary_colour, #%s, is too light for text (%.1f:1 against white, where 4.5:1 is needed): #%s is used instead", b.Colour, document.Contrast(b.Colour), dark)
		b.Colour = dark
	}
	h := sha256.New()
	if v := s.At("brand.crest"); v.Given {
		b.Crest = readCrest(s, v, files, problems, warnings)
		if b.Crest != nil {
			h.Write(b.Crest.Data)
			h.Write(b.Crest.SVG)
			h.Write([]byte(b.Crest.Alt))
		}
	}
	if v := s.At("brand.reference_docx"); v.Given {
		if data, err := readFile(files, v.Text, maxWordFile); err != nil {
			problems.Add(v.Pos, "", "brand.reference_docx, %q, %v", v.Text, err)
		} else {
			b.reference = data
			h.Write([]byte("reference")) // none is another look than one of no bytes
			h.Write(data)
		}
	}
	h.Sum(b.digest[:0])
	return b
}

func readFile(files fs.FS, name string, most int64) ([]byte, error) {
	info, err := fs.Stat(files, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errors.New("is not there: it should stand beside the setting file")
	case err != nil:
		return nil, errors.New("cannot be opened")
	case info.IsDir():
		return nil, errors.New("is a folder")
	case info.Size() > most:
		return nil, fmt.Errorf("is larger than %d MB", most>>20)
	}
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, errors.New("cannot be read")
	}
	return data, nil
}

// readCrest reads a crest. Word shows SVG only beside a picture of pixels, so a
// crest in SVG needs the same as PNG beside it, for Word.
func readCrest(s *setting.Setting, v *setting.Value, files fs.FS, problems, warnings *source.Errors) *document.Picture {
	p := &document.Picture{Alt: s.At("brand.crest_alt").Text}
	if p.Alt == "" {
		p.Alt = "Crest of " + s.Name()
	}
	name := v.Text
	if strings.EqualFold(path.Ext(name), ".svg") {
		svg, err := readFile(files, name, maxCrest)
		if err != nil {
			problems.Add(v.Pos, "", "brand.crest, %q, %v", name, err)
			return nil
		}
		if err := checkSVG(svg); err != nil {
			problems.Add(v.Pos, "open it in the program that it was drawn with and save it again, or save it as PNG", "brand.crest, %q, %v", name, err)
			return nil
		}
		p.SVG = svg
		name = strings.TrimSuffix(name, path.Ext(name)) + ".png"
	}
	data, err := readFile(files, name, maxCrest)
	if err != nil && p.SVG != nil {
		problems.Add(v.Pos, "save the same crest as "+path.Base(name)+", too: Word needs it", "%q %v", name, err)
		return nil
	}
	if err != nil {
		problems.Add(v.Pos, "", "brand.crest, %q, %v", name, err)
		return nil
	}
	config, kind, err := image.DecodeConfig(bytes.NewReader(data))
	if err == nil && config.Width*config.Height <= maxPixels {
		_, _, err = image.Decode(bytes.NewReader(data)) // a picture can break off after its head
	}
	switch {
	case err != nil:
		problems.Add(v.Pos, "save it as PNG or JPEG", "brand.crest, %q, is not a picture that can be read", name)
		return nil
	case config.Width*config.Height > maxPixels:
		problems.Add(v.Pos, "make it smaller: 600 pixels are plenty", "brand.crest, %q, is %d by %d pixels", name, config.Width, config.Height)
		return nil
	case config.Width > maxSides*config.Height, config.Height > maxSides*config.Width:
		problems.Add(v.Pos, "cut away what is not the crest", "brand.crest, %q, is %d by %d pixels, too narrow to be seen", name, config.Width, config.Height)
		return nil
	case config.Width < fewPixels && config.Height < fewPixels:
		warnings.Add(v.Pos, "300 pixels or more look better in print", "brand.crest, %q, is only %d by %d pixels", name, config.Width, config.Height)
	}
	p.Data, p.Type, p.Width, p.Height = data, "image/"+kind, config.Width, config.Height
	return p
}

// checkSVG reports a file that is not SVG, or not such as browsers show in a page.
func checkSVG(data []byte) error {
	d := xml.NewDecoder(bytes.NewReader(data))
	root := false
	for {
		t, err := d.Token()
		switch {
		case err == io.EOF && root:
			return nil
		case err != nil && root:
			return errors.New("is damaged")
		case err != nil:
			return errors.New("is not SVG")
		}
		switch t := t.(type) {
		case xml.Directive:
			d.Entity = entities(t)
		case xml.StartElement:
			switch {
			case root:
			case t.Name.Local != "svg":
				return errors.New("is not SVG")
			case t.Name.Space != svgSpace:
				return fmt.Errorf("says nowhere that it is SVG (xmlns=%q), so browsers would not show it", svgSpace)
			}
			root = true
		}
	}
}

const svgSpace = "http://www.w3.org/2000/svg"

var entity = regexp.MustCompile(`<!ENTITY\s+([^\s%]+)\s+(?:"([^"]*)"|'([^']*)')\s*>`)

// entities returns the words that a DOCTYPE keeps ready. Adobe Illustrator writes
// the names of its vocabularies so.
func entities(doctype xml.Directive) map[string]string {
	ready := map[string]string{}
	for _, m := range entity.FindAllSubmatch(doctype, -1) {
		ready[string(m[1])] = string(m[2]) + string(m[3])
	}
	return ready
}
