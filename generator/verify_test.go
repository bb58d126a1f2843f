package generator

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/policygen/policygen/generator/receipt"
)

// TestVerify checks what is said of Word files that other programs have saved.
func TestVerify(t *testing.T) {
	g := builtin(t)
	for id, of := range editions(t) {
		docs, err := of.Make(example(t, of, "oakfield-primary"), os.DirFS("../examples"))
		if docs == nil {
			t.Fatal(err)
		}
		d := docs.List[0]
		data, err := d.Write(Word)
		if err != nil {
			t.Fatal(err)
		}
		check := func(what string, data []byte, r *receipt.Receipt, state State) {
			t.Helper()
			v := g.Verify("somewhere/"+d.Name+".docx", data, r)
			if v == nil || v.State != state || v.Document != d.Name || v.Edition != id || v.Setting != docs.Setting.Name() || v.URN != "900001" || v.Base == nil {
				t.Errorf("%s, %s: %+v", id, what, v)
			}
		}
		r := &receipt.Receipt{Setting: docs.Setting.Name(), Files: []receipt.File{d.entry(Word, data)}, Bases: map[string]string{d.Name: d.Base()}}
		check("as made", data, nil, AsMade)
		check("as the receipt has it", data, r, AsMade)
		saved := rewritten(t, data, func(name, part string) string {
			return strings.ReplaceAll(part, "<Application>policygen<", "<Application>Other<")
		})
		check("saved again", saved, nil, Resaved)
		check("saved again beside its receipt", saved, r, Resaved)
		edited := rewritten(t, data, func(name, part string) string {
			if name == "word/document.xml" {
				return strings.Replace(part, "<w:body>", "<w:body><w:p><w:r><w:t>Our own words</w:t></w:r></w:p>", 1)
			}
			return part
		})
		check("edited", edited, nil, Edited)
		check("edited beside its receipt", edited, r, Edited)
		lost := rewritten(t, data, func(name, part string) string {
			if strings.HasPrefix(name, "customXml/") || strings.HasPrefix(name, "docProps/") {
				return "<x/>"
			}
			return part
		})
		check("with nothing in it, beside its receipt", lost, r, Resaved)
		if v := g.Verify("x.docx", lost, nil); v != nil {
			t.Errorf("with nothing in it: %+v", v)
		}
		if v := g.Verify(d.Name+".docx", data[:len(data)/2], r); v == nil || v.State != Unknown || v.Note == "" {
			t.Errorf("cut short: %+v", v)
		}
	}
	if v := g.Verify("x.md", []byte("# Hello\n"), nil); v != nil {
		t.Errorf("of somebody else's: %+v", v)
	}
}

// rewritten returns a package with its parts as f has them.
func rewritten(t testing.TB, data []byte, f func(name, part string) string) []byte {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, part := range r.File {
		w, err := z.Create(part.Name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, f(part.Name, wordPart(t, data, part.Name)))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
