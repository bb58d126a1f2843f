package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// reword edits a Word file as a school would: in a script, reword FILE WAS IS puts
// words in the place of others, all of them.
func reword(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: reword FILE WAS IS")
	}
	name := ts.MkAbs(args[0])
	data, err := os.ReadFile(name)
	ts.Check(err)
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	ts.Check(err)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range r.File {
		part, err := f.Open()
		ts.Check(err)
		text, err := io.ReadAll(part)
		ts.Check(err)
		if f.Name == "word/document.xml" {
			if !strings.Contains(string(text), args[1]) {
				ts.Fatalf("%s does not say %q", args[0], args[1])
			}
			text = bytes.ReplaceAll(text, []byte(args[1]), []byte(args[2]))
		}
		w, err := z.Create(f.Name)
		ts.Check(err)
		_, err = w.Write(text)
		ts.Check(err)
	}
	ts.Check(z.Close())
	ts.Check(os.WriteFile(name, b.Bytes(), 0o666))
}
