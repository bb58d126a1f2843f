package sheet

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"

	"github.com/policygen/policygen/generator/source"
)

// A csvFile is a text file with a setting in each row (RFC 4180), in UTF-8 or in
// Windows-1252, with commas, semicolons or tabs.
type csvFile struct {
	name   string
	file   File
	start  int64 // after a byte order mark
	latin  bool  // Windows-1252
	column rune  // what stands between cells
}

// openCSV finds out how a file is written. It reads the file once, because the
// first letter with an accent may be the last of it.
func openCSV(name string, f File) (*csvFile, error) {
	pos := source.Pos{File: name}
	c := &csvFile{name: name, file: f, column: ','}
	head := make([]byte, 4096)
	n, err := f.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	head = head[:n]
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return nil, problem(pos, "give it a name that ends in .xlsx, or save it as CSV", "the file is an Excel file or an archive")
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return nil, problem(pos, "save it as .xlsx or as CSV", "the file is an old Excel file, or protected by a password")
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return nil, problem(pos, "save it again as CSV UTF-8", "the file is saved as UTF-16")
	case bytes.HasPrefix(bytes.ToLower(bytes.TrimSpace(head)), []byte("<!doctype")), bytes.HasPrefix(bytes.ToLower(bytes.TrimSpace(head)), []byte("<html")):
		return nil, problem(pos, "download it again", "the file is a web page")
	case bytes.IndexByte(head, 0) >= 0:
		return nil, problem(pos, "", "the file is not text")
	}
	if bytes.HasPrefix(head, []byte("\ufeff")) {
		c.start = 3
	}
	c.column = delimiter(head)
	valid, err := validUTF8(io.NewSectionReader(f, c.start, 1<<62))
	if err != nil {
		return nil, err
	}
	c.latin = !valid
	return c, nil
}

// delimiter returns what stands between the headings of a file: of comma,
// semicolon and tab the one that is there most often outside quotation marks.
func delimiter(head []byte) rune {
	count := map[rune]int{}
	quoted := false
	for _, b := range head {
		switch {
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '\n' && len(count) > 0:
			goto found
		case b == ',' || b == ';' || b == '\t':
			count[rune(b)]++
		}
	}
found:
	best := ','
	for _, r := range []rune{';', '\t'} {
		if count[r] > count[best] {
			best = r
		}
	}
	return best
}

// validUTF8 reports whether everything in r is UTF-8.
func validUTF8(r io.Reader) (bool, error) {
	buf := make([]byte, 64<<10)
	rest := 0
	for {
		n, err := r.Read(buf[rest:])
		data := buf[:rest+n]
		end := len(data)
		if err == nil { // a character may go on in the next piece
			for i := 1; i <= utf8.UTFMax && i <= len(data); i++ {
				if utf8.RuneStart(data[len(data)-i]) {
					if !utf8.FullRune(data[len(data)-i:]) {
						end = len(data) - i
					}
					break
				}
			}
		}
		if !utf8.Valid(data[:end]) {
			return false, nil
		}
		rest = copy(buf, data[end:])
		if err == io.EOF {
			return true, nil
		}
		if err != nil {
			return false, err
		}
	}
}

func (c *csvFile) each(f func([]cell, source.Pos) bool) error {
	var in io.Reader = bufio.NewReaderSize(io.NewSectionReader(c.file, c.start, 1<<62), 256<<10)
	if c.latin {
		in = transform.NewReader(in, charmap.Windows1252.NewDecoder())
	}
	r := csv.NewReader(in)
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = c.column, -1, true
	var cells []cell
	var spoilt source.Errors // rows that cannot be taken apart
	for {
		record, err := r.Read()
		if err == io.EOF {
			return spoilt.Err()
		}
		if pe, ok := errors.AsType[*csv.ParseError](err); ok {
			if pe.Err == csv.ErrQuote && pe.StartLine != pe.Line || len(spoilt) >= 20 {
				spoilt.Add(source.Pos{File: c.name, Line: pe.StartLine, Col: 1}, "look for a quotation mark that is not closed", "what follows this row cannot be read")
				return spoilt.Err()
			}
			spoilt.Add(source.Pos{File: c.name, Line: pe.Line, Col: pe.Column}, `write two of them inside a cell: ""`, "a quotation mark in the middle of a cell: the row cannot be read")
			continue
		}
		if err != nil {
			return err
		}
		cells = cells[:0]
		for i, text := range record {
			line, col := r.FieldPos(i)
			cells = append(cells, cell{text: text, pos: source.Pos{File: c.name, Line: line, Col: col}})
		}
		line, _ := r.FieldPos(0)
		if !f(cells, source.Pos{File: c.name, Line: line, Col: 1}) {
			return spoilt.Err()
		}
	}
}
