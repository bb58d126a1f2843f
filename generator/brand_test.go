package generator

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
	"testing/fstest"
)

func picture(width, height int, encode func(*bytes.Buffer, image.Image) error) []byte {
	m := image.NewGray(image.Rect(0, 0, width, height))
	m.Set(1, 1, color.White)
	var b bytes.Buffer
	if err := encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func asPNG(b *bytes.Buffer, m image.Image) error  { return png.Encode(b, m) }
func asJPEG(b *bytes.Buffer, m image.Image) error { return jpeg.Encode(b, m, nil) }

const drawing = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><script>alert(1)</script><circle r="5"/></svg>`

// illustrated is a drawing as Adobe Illustrator writes it.
const illustrated = `<?xml version="1.0" encoding="utf-8"?>
<!-- Generator: Adobe Illustrator -->
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [
	<!ENTITY ns_extend "http://ns.adobe.com/Extensibility/1.0/">
	<!ENTITY ns_svg 'http://www.w3.org/2000/svg'>
]>
<svg version="1.1" xmlns:x="&ns_extend;" xmlns="&ns_svg;" viewBox="0 0 10 10"><circle r="5"/></svg>`

func TestCrest(t *testing.T) {
	g, err := edition(t, map[string]string{"online-safety/policy.md": small})
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{
		"a.png":        {Data: picture(300, 400, asPNG)},
		"a.jpg":        {Data: picture(300, 400, asJPEG)},
		"tiny.png":     {Data: picture(40, 40, asPNG)},
		"huge.png":     {Data: picture(6000, 5000, asPNG)},
		"large.png":    {Data: make([]byte, maxCrest+1)},
		"broken.png":   {Data: picture(300, 400, asPNG)[:60]},
		"text.png":     {Data: []byte("not a picture")},
		"folder/x":     {Data: nil},
		"both.svg":     {Data: []byte(drawing)},
		"both.png":     {Data: picture(300, 400, asPNG)},
		"alone.svg":    {Data: []byte(drawing)},
		"bad.svg":      {Data: []byte("<svg xmlns=\"http://www.w3.org/2000/svg\"><g></svg>")},
		"plain.svg":    {Data: []byte("<svg><g/></svg>")},
		"drawn.svg":    {Data: []byte(illustrated)},
		"drawn.png":    {Data: picture(300, 400, asPNG)},
		"line.png":     {Data: picture(2100, 100, asPNG)},
		"wide.png":     {Data: picture(2000, 100, asPNG)},
		"bad.png":      {Data: picture(300, 400, asPNG)},
		"not.svg":      {Data: []byte("<html/>")},
		"pattern.docx": {Data: []byte("no Word file")},
		"empty.docx":   {Data: []byte{}},
	}
	for _, test := range []struct{ brand, problem, warning string }{
		{`crest = "a.png"`, "", ""},
		{`crest = "a.jpg"`, "", ""},
		{`crest = "both.svg"`, "", ""},
		{`crest = "tiny.png"`, "", `s.toml:5:9: brand.crest, "tiny.png", is only 40 by 40 pixels`},
		{`crest = "huge.png"`, `s.toml:5:9: brand.crest, "huge.png", is 6000 by 5000 pixels`, ""},
		{`crest = "large.png"`, `s.toml:5:9: brand.crest, "large.png", is larger than 1 MB`, ""},
		{`crest = "broken.png"`, `s.toml:5:9: brand.crest, "broken.png", is not a picture that can be read`, ""},
		{`crest = "text.png"`, `s.toml:5:9: brand.crest, "text.png", is not a picture that can be read`, ""},
		{`crest = "absent.png"`, `s.toml:5:9: brand.crest, "absent.png", is not there`, ""},
		{`crest = "folder"`, `s.toml:5:9: brand.crest, "folder", is a folder`, ""},
		{`crest = "alone.svg"`, `s.toml:5:9: "alone.png" is not there`, ""},
		{`crest = "bad.svg"`, `s.toml:5:9: brand.crest, "bad.svg", is damaged`, ""},
		{`crest = "plain.svg"`, `s.toml:5:9: brand.crest, "plain.svg", says nowhere that it is SVG (xmlns="http://www.w3.org/2000/svg"), so browsers would not show it`, ""},
		{`crest = "drawn.svg"`, "", ""},
		{`crest = "line.png"`, `s.toml:5:9: brand.crest, "line.png", is 2100 by 100 pixels, too narrow to be seen`, ""},
		{`crest = "wide.png"`, "", ""},
		{`crest = "not.svg"`, `s.toml:5:9: brand.crest, "not.svg", is not SVG`, ""},
		{`reference_docx = "pattern.docx"`, `s.toml:5:18: brand.reference_docx, "pattern.docx", cannot be used: it is not a Word file (.docx)`, ""},
		{`reference_docx = "empty.docx"`, `s.toml:5:18: brand.reference_docx, "empty.docx", cannot be used: it is empty: open it in Word, save it again as a Word document (.docx), and name that`, ""},
		{`reference_docx = "absent.docx"`, `s.toml:5:18: brand.reference_docx, "absent.docx", is not there`, ""},
		{`primary_colour = "#FFFF00"`, "", "s.toml:5:18: brand.primary_colour, #FFFF00, is too light for text (1.1:1 against white, where 4.5:1 is needed): #7A7A00 is used instead"},
	} {
		docs, err := make1(g, "s.toml", "[setting]\nname = \"N\"\ntype = \"pru\"\n[brand]\n"+test.brand+"\n", files)
		problem, warning := "", ""
		if err != nil {
			problem = err.Error()
		} else if len(docs.Warnings) > 0 {
			warning = docs.Warnings.Error()
		}
		if !strings.HasPrefix(problem, test.problem) || test.problem == "" && problem != "" || !strings.HasPrefix(warning, test.warning) || test.warning == "" && warning != "" {
			t.Errorf("%s\nproblem %s\nwarning %s\nwant\nproblem %s\nwarning %s", test.brand, problem, warning, test.problem, test.warning)
		}
		if err != nil || !strings.HasPrefix(test.brand, "crest") {
			continue
		}
		page := write(t, docs.List[0], HTML)
		kind := map[bool]string{true: "image/svg+xml", false: "image/"}[strings.Contains(test.brand, "svg")]
		if !strings.Contains(page, `src="data:`+kind) || !strings.Contains(page, `alt="Crest of N"`) || strings.Contains(page, "alert(1)") {
			t.Errorf("%s: the crest is not in the page", test.brand)
		}
		if xml := documentXML(t, write(t, docs.List[0], Word)); !strings.Contains(xml, `descr="Crest of N"`) {
			t.Errorf("%s: the crest is not in the Word file", test.brand)
		}
	}
}
