// Package receipt records what was made and from what.
//
// A receipt stands beside a setting's documents, as receipt.toml. It says which
// edition, layers and details they were made from, and holds the digest of
// every file. So the next run can tell a file that is as it was made from one
// that somebody has edited since, which it must not write over; and the yearly
// review can tell what a school has changed.
//
// Receipts are written last, and by hand rather than by a TOML library, always
// in one shape: a run over thousands of settings reads every one of them to see
// that nothing has changed, and [Scan] does that as fast as lines can be cut. What
// the documents were made from stands at the end, because it is most of a receipt,
// and [Head] stops before it.
package receipt

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/source"
	"github.com/policygen/policygen/generator/toml"
)

// Name is what a receipt's file is called.
const Name = "receipt.toml"

// A Receipt is what was made for one setting.
type Receipt struct {
	Setting string
	Edition string
	Layers  []string
	Input   string // the digest of all that the last run made documents from
	Gaps    int    // details still to complete, in all documents of that run
	Details map[string]string
	Files   []File

	// Bases are what documents were made from, as package generator writes it,
	// by the names of documents. A file that was made from something else than
	// the others of its document, because it has been left alone since, has one
	// of its own under its own name; it is "" if nobody knows it.
	Bases map[string]string
}

// A File is a file that was made.
type File struct {
	Name     string
	Document string
	Format   string
	Edition  string
	SHA256   string
	Size     int // in bytes
	Words    int // of the document
	Gaps     int // details that are still to complete in it

	// Review is the digest of the file as a review has written it, with the
	// school's own words in it; "" if none has. SHA256 is that of the file as it
	// would be without them: so it counts as edited, and is never written over.
	Review string
}

// Digest returns the digest of data as a receipt has it.
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Details returns the details that a setting's own file gives, by path.
func Details(s *setting.Setting) map[string]string {
	details := map[string]string{}
	for f := range s.Form.All() {
		v := s.Value(f)
		if !v.Given || v.Assumed {
			continue
		}
		if f.Kind != setting.Record {
			details[f.Path] = v.Plain()
			continue
		}
		for i, row := range v.Rows {
			for _, c := range f.Fields {
				if v := setting.Row(row, c); v.Given && !v.Assumed {
					details[f.Path+"."+strconv.Itoa(i+1)+"."+c.Name] = v.Plain()
				}
			}
		}
	}
	return details
}

// File returns what the receipt says of the file with that name, or nil.
func (r *Receipt) File(name string) *File {
	i := slices.IndexFunc(r.Files, func(f File) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return &r.Files[i]
}

// Put records a file, in place of what was recorded of it.
func (r *Receipt) Put(f File) {
	if old := r.File(f.Name); old != nil {
		*old = f
		return
	}
	r.Files = append(r.Files, f)
}

// Drop forgets a file.
func (r *Receipt) Drop(name string) {
	r.Files = slices.DeleteFunc(r.Files, func(f File) bool { return f.Name == name })
	delete(r.Bases, name)
}

// Base returns what the file with that name was made from, or "".
func (r *Receipt) Base(name string) string {
	if base, ok := r.Bases[name]; ok {
		return base
	}
	if f := r.File(name); f != nil {
		return r.Bases[f.Document]
	}
	return ""
}

// PutBase records that those files of a document have been made from base. Other
// files of it keep what they were made from.
func (r *Receipt) PutBase(document, base string, made []string) {
	if len(made) == 0 {
		return
	}
	if r.Bases == nil {
		r.Bases = map[string]string{}
	}
	for i := range r.Files {
		f := &r.Files[i]
		if f.Document != document || slices.Contains(made, f.Name) {
			continue
		}
		if was := r.Base(f.Name); was != base {
			r.Bases[f.Name] = was
		} else {
			delete(r.Bases, f.Name)
		}
	}
	for _, name := range made {
		delete(r.Bases, name)
	}
	r.Bases[document] = base
}

// Write returns the receipt as TOML: the same for the same receipt.
func (r *Receipt) Write() []byte {
	slices.SortFunc(r.Files, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	room := 4<<10 + 320*len(r.Files)
	for name, base := range r.Bases {
		room += len(name) + len(base) + 8
	}
	b := make([]byte, 0, room)
	line := func(key, value string) {
		b = append(append(append(b, key...), " = "...), value...)
		b = append(b, '\n')
	}
	b = append(b, "# What policygen made here, and from what. It is rewritten by every run.\n"...)
	line("setting", quote(r.Setting))
	line("edition", quote(r.Edition))
	if len(r.Layers) > 0 {
		quoted := make([]string, len(r.Layers))
		for i, l := range r.Layers {
			quoted[i] = quote(l)
		}
		line("layers", "["+strings.Join(quoted, ", ")+"]")
	}
	line("gaps", strconv.Itoa(r.Gaps))
	line("input", quote(r.Input))
	b = append(b, "\n# The details that the setting's file gave.\n[details]\n"...)
	for _, p := range slices.Sorted(maps.Keys(r.Details)) {
		line(quote(p), quote(r.Details[p]))
	}
	if len(r.Files) > 0 {
		b = append(b, "\n# The files, with their SHA-256 digests: a file with another has been edited since.\n"...)
	}
	for i := range r.Files {
		f := &r.Files[i]
		b = append(b, "[[file]]\n"...)
		line("name", quote(f.Name))
		line("document", quote(f.Document))
		line("format", quote(f.Format))
		line("edition", quote(f.Edition))
		line("sha256", quote(f.SHA256))
		line("bytes", strconv.Itoa(f.Size))
		line("words", strconv.Itoa(f.Words))
		line("gaps", strconv.Itoa(f.Gaps))
		if f.Review != "" {
			line("review", quote(f.Review))
		}
	}
	if len(r.Bases) > 0 {
		b = append(b, basesHead...)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Bases)) {
		b = append(append(append(append(b, quote(name)...), ` = "`...), r.Bases[name]...), "\"\n"...) // of letters that need no escape
	}
	return b
}

// quote returns s as a basic string of TOML 1.0.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7f:
			const hexDigits = "0123456789ABCDEF"
			b.WriteString(`\u00`)
			b.WriteByte(hexDigits[r>>4])
			b.WriteByte(hexDigits[r&15])
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// basesHead begins the last table of a receipt. Details are quoted, so these lines
// stand nowhere else.
const basesHead = "\n# What the documents were made from, for next year's review.\n[bases]\n"

// Head reads a receipt up to the bases, for which [Scan] has no use.
func Head(r io.Reader) ([]byte, error) {
	var data []byte
	for {
		data = slices.Grow(data, 8<<10)
		from := len(data)
		n, err := r.Read(data[from:cap(data)])
		data = data[:from+n]
		before := max(0, from-len(basesHead)) // the lines may have begun in what was read before
		if i := bytes.Index(data[before:], []byte(basesHead)); i >= 0 {
			return data[:before+i], nil
		}
		if err == io.EOF {
			return data, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// Read reads the receipt in the named file. A receipt that cannot be read is
// reported as source.Errors.
func Read(file string, data []byte) (*Receipt, error) {
	head, lines, _ := bytes.Cut(data, []byte(basesHead))
	bases, ok := readBases(lines)
	if ok {
		data = head
	}
	t := toml.Parse(file, data)
	r := &Receipt{Setting: t.Text("setting"), Edition: t.Text("edition"), Layers: t.Texts("layers"), Input: t.Text("input"), Gaps: t.Int("gaps"), Details: map[string]string{}, Bases: bases}
	if d := t.Table("details"); d != nil {
		for _, k := range d.Keys() {
			r.Details[k] = d.Text(k)
		}
	}
	for _, f := range t.Tables("file") {
		r.Files = append(r.Files, File{
			Name: f.Text("name"), Document: f.Text("document"), Format: f.Text("format"), Edition: f.Text("edition"), SHA256: f.Text("sha256"),
			Size: f.Int("bytes"), Words: f.Int("words"), Gaps: f.Int("gaps"), Review: f.Text("review"),
		})
	}
	if b := t.Table("bases"); b != nil {
		r.Bases = map[string]string{}
		for _, k := range b.Keys() {
			if base := b.Text(k); isBase(base) {
				r.Bases[k] = base
			}
		}
	}
	var problems source.Errors
	for _, p := range t.Problems() {
		p.Hint = "it is rewritten by every run: move the folder away, or delete the file and run again with --overwrite"
		problems = append(problems, p)
	}
	return r, problems.Err()
}

// readBases reads the lines of the table of bases, if each is as it was written.
func readBases(lines []byte) (map[string]string, bool) {
	if len(lines) == 0 {
		return nil, true
	}
	bases := map[string]string{}
	for line := range bytes.Lines(lines) {
		name, rest, _ := strings.Cut(strings.TrimPrefix(string(line), `"`), `" = "`)
		base, ok := strings.CutSuffix(rest, "\"\n")
		if !ok || strings.ContainsAny(name, "\"\\") || !isBase(base) {
			return nil, false
		}
		bases[name] = base
	}
	return bases, true
}

// isBase reports whether a text can stand in a receipt as it is.
func isBase(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// Scan reads what a receipt says of its gaps and files, if the receipt has the
// shape in which [Receipt.Write] writes it, and if its input is that one. It
// returns no files otherwise: then there is something to do, and Read has to see
// it.
func Scan(data []byte, input string) (files []File, gaps int) {
	head, rest, ok := bytes.Cut(data, []byte("\ninput = \""+input+"\"\n"))
	if !ok {
		return nil, 0
	}
	_, count, ok := bytes.Cut(head, []byte("\ngaps = "))
	gaps, err := strconv.Atoi(string(count))
	if !ok || err != nil {
		return nil, 0
	}
	const mark = "\n[[file]]\n"
	i := bytes.Index(rest, []byte(mark))
	if i < 0 {
		return nil, 0
	}
	rest, _, _ = bytes.Cut(rest[i+1:], []byte(basesHead))
	files = make([]File, 0, bytes.Count(rest, []byte(mark))+1)
	text := string(rest)
	for text != "" {
		var f File
		if text, ok = strings.CutPrefix(text, mark[1:]); !ok {
			return nil, 0
		}
		for _, to := range []struct {
			key  string
			text *string
			n    *int
		}{
			{"name", &f.Name, nil}, {"document", &f.Document, nil}, {"format", &f.Format, nil}, {"edition", &f.Edition, nil}, {"sha256", &f.SHA256, nil},
			{"bytes", nil, &f.Size}, {"words", nil, &f.Words}, {"gaps", nil, &f.Gaps},
		} {
			var line string
			line, text, _ = strings.Cut(text, "\n")
			value, ok := strings.CutPrefix(line, to.key)
			if !ok {
				return nil, 0
			}
			if value, ok = strings.CutPrefix(value, " = "); !ok {
				return nil, 0
			}
			if to.n != nil {
				n, err := strconv.Atoi(value)
				if err != nil {
					return nil, 0
				}
				*to.n = n
				continue
			}
			if len(value) < 2 || value[0] != '"' || value[len(value)-1] != '"' || strings.ContainsRune(value, '\\') {
				return nil, 0
			}
			*to.text = value[1 : len(value)-1]
		}
		files = append(files, f)
	}
	return files, gaps
}
