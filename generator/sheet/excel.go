package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/policygen/policygen/generator/source"
)

// The largest Excel file that is read, as it is and unpacked, in bytes.
const (
	maxExcel    = 200 << 20
	maxUnpacked = 1 << 30
)

// An excelFile is a sheet of an Excel file (ECMA-376 Part 1, 18).
type excelFile struct {
	name   string
	sheet  string
	file   File
	size   int64
	merged []area
	faulty map[[2]int]string // cells with a formula that has no value
}

// An area is merged cells, from the first to the last column and row.
type area struct{ x1, y1, x2, y2 int }

func openExcel(name string, f File, size int64, sheet string) (*excelFile, error) {
	pos := source.Pos{File: name}
	head := make([]byte, 8)
	f.ReadAt(head, 0) // what is missing is told below
	switch {
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return nil, problem(pos, "save it as .xlsx without a password", "the file is protected by a password, or an old Excel file")
	case !bytes.HasPrefix(head, []byte("PK")):
		return nil, problem(pos, "give a text file a name that ends in .csv", "the file is not an Excel file")
	case size > maxExcel:
		return nil, problem(pos, "save it as CSV", "the file is larger than %d MB", maxExcel>>20)
	}
	z, err := zip.NewReader(f, size)
	if err != nil {
		return nil, problem(pos, "open it in Excel and save it again", "the file is damaged")
	}
	unpacked := uint64(0)
	for _, p := range z.File {
		unpacked += p.UncompressedSize64
	}
	if unpacked > maxUnpacked {
		return nil, problem(pos, "save it as CSV", "the file has more than %d MB unpacked", maxUnpacked>>20)
	}
	e := &excelFile{name: name, sheet: sheet, file: f, size: size, faulty: map[[2]int]string{}}
	part, err := e.findSheet(z)
	if err != nil {
		return nil, err
	}
	return e, e.scan(z, part)
}

// findSheet finds the part that holds the sheet.
func (e *excelFile) findSheet(z *zip.Reader) (string, error) {
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	var rels struct {
		Relationship []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:",attr"`
		}
	}
	damaged := problem(source.Pos{File: e.name}, "open it in Excel and save it again", "the file is not an Excel file, or damaged")
	if unmarshal(z, "xl/workbook.xml", &book) != nil || unmarshal(z, "xl/_rels/workbook.xml.rels", &rels) != nil || len(book.Sheets) == 0 {
		return "", damaged
	}
	var names []string
	for _, s := range book.Sheets {
		names = append(names, s.Name)
	}
	at := 0
	if e.sheet != "" {
		if at = slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, e.sheet) }); at < 0 {
			return "", problem(source.Pos{File: e.name}, "it has "+source.Quoted(names, "and"), "no sheet is called %q", e.sheet)
		}
	}
	e.sheet = names[at]
	for _, r := range rels.Relationship {
		if r.ID == book.Sheets[at].ID {
			if strings.HasPrefix(r.Target, "/") {
				return strings.TrimPrefix(r.Target, "/"), nil
			}
			return path.Join("xl", r.Target), nil
		}
	}
	return "", damaged
}

func unmarshal(z *zip.Reader, name string, v any) error {
	f, err := z.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return xml.NewDecoder(io.LimitReader(f, 16<<20)).Decode(v)
}

var (
	mergeRef = regexp.MustCompile(`<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"`)
	formula  = regexp.MustCompile(`<(?:\w+:)?c\s[^>]*?r="([A-Z]+[0-9]+)"[^>]*>\s*<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>`)
)

// scan looks through the sheet for what a reader of values is not told: cells
// that are merged, and formulas without a value.
func (e *excelFile) scan(z *zip.Reader, part string) error {
	f, err := z.Open(part)
	if err != nil {
		return problem(source.Pos{File: e.name}, "open it in Excel and save it again", "the file is damaged: it has no sheet %q", e.sheet)
	}
	defer f.Close()
	buf := make([]byte, 0, 256<<10)
	for {
		n, err := io.ReadFull(f, buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		// An element may go on in the next piece: what has been looked at ends
		// with the last whole one.
		whole := len(buf)
		if err == nil {
			if i := bytes.LastIndex(buf, []byte("</c>")); i > 0 {
				whole = i + len("</c>")
			} else if i := bytes.LastIndexByte(buf, '>'); i > 0 {
				whole = i + 1
			}
		}
		for _, m := range mergeRef.FindAllSubmatch(buf[:whole], -1) {
			from, to, _ := strings.Cut(string(m[1]), ":")
			x1, y1, err1 := excelize.CellNameToCoordinates(from)
			x2, y2, err2 := excelize.CellNameToCoordinates(to)
			if err1 == nil && err2 == nil {
				e.merged = append(e.merged, area{x1, y1, x2, y2})
			}
		}
		for _, m := range formula.FindAllSubmatch(buf[:whole], -1) {
			if x, y, err := excelize.CellNameToCoordinates(string(m[1])); err == nil && len(e.faulty) < 10_000 {
				e.faulty[[2]int{x, y}] = fmt.Sprintf("cell %s holds a formula that has no value", m[1])
			}
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil
		}
		if err != nil {
			return problem(source.Pos{File: e.name}, "open it in Excel and save it again", "the file is damaged")
		}
		buf = append(buf[:0], buf[whole:]...)
		if len(buf) == cap(buf) {
			buf = append(buf, make([]byte, cap(buf))...)[:len(buf)]
		}
	}
}

func (e *excelFile) each(f func([]cell, source.Pos) bool) error {
	book, err := excelize.OpenReader(io.NewSectionReader(e.file, 0, e.size), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: 16 << 20})
	if err != nil {
		return problem(source.Pos{File: e.name}, "open it in Excel and save it again", "the file cannot be read: %v", err)
	}
	defer book.Close()
	rows, err := book.Rows(e.sheet)
	if err != nil {
		return problem(source.Pos{File: e.name}, "open it in Excel and save it again", "the file cannot be read: %v", err)
	}
	defer rows.Close()
	var cells []cell
	for y := 1; rows.Next(); y++ {
		texts, err := rows.Columns()
		if err != nil {
			return problem(source.Pos{File: e.name, Line: y, Col: 1}, "open it in Excel and save it again", "the row cannot be read: %v", err)
		}
		cells = cells[:0]
		for i, text := range texts {
			c := cell{text: text, pos: source.Pos{File: e.name, Line: y, Col: i + 1}, fault: e.faulty[[2]int{i + 1, y}]}
			if _, err := strconv.ParseFloat(text, 64); err == nil {
				c.number = true
			}
			cells = append(cells, c)
		}
		for _, m := range e.merged {
			if y < m.y1 || y > m.y2 || y == m.y1 && m.x1 == m.x2 {
				continue
			}
			for x := m.x1; x <= m.x2; x++ {
				if x == m.x1 && y == m.y1 {
					continue
				}
				for len(cells) < x {
					cells = append(cells, cell{pos: source.Pos{File: e.name, Line: y, Col: len(cells) + 1}})
				}
				name, _ := excelize.CoordinatesToCellName(x, y)
				cells[x-1].fault = fmt.Sprintf("cell %s is merged with others, and so has no value of its own", name)
			}
		}
		if !f(cells, source.Pos{File: e.name, Line: y, Col: 1}) {
			return nil
		}
	}
	if err := rows.Error(); err != nil && !errors.Is(err, io.EOF) {
		return problem(source.Pos{File: e.name}, "open it in Excel and save it again", "the file cannot be read to its end: %v", err)
	}
	return nil
}
