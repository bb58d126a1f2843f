// Package receipt records what was made and from what.
//
// A receipt stands beside a setting's documents, as receipt.toml. It says which
// edition, layers and details they were made from, and holds the digest of
// every file. So the next run can tell a file that is as it was made from one
// that somebody has edited since, which it must not write over; and the yearly
// review can tell what a school has changed.
package receipt

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"

	toml "github.com/pelletier/go-toml/v2"

	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/source"
	reader "github.com/policygen/policygen/generator/toml"
)

// Name is what a receipt's file is called.
const Name = "receipt.toml"

// A Receipt is what was made for one setting.
type Receipt struct {
	Setting string            `toml:"setting" comment:"What policygen made here, and from what. It is rewritten by every run."`
	Edition string            `toml:"edition"`
	Layers  []string          `toml:"layers,omitempty"`
	Details map[string]string `toml:"details" comment:"The details that the setting's file gave."`
	Files   []File            `toml:"file" comment:"The files, with their SHA-256 digests: a file with another has been edited since."`
}

// A File is a file that was made.
type File struct {
	Name     string `toml:"name"`
	Document string `toml:"document"`
	Format   string `toml:"format"`
	Edition  string `toml:"edition"`
	SHA256   string `toml:"sha256"`
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

// Write returns the receipt as TOML: the same for the same receipt.
func (r *Receipt) Write() ([]byte, error) {
	slices.SortFunc(r.Files, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	var b bytes.Buffer
	e := toml.NewEncoder(&b)
	if err := e.Encode(r); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Read reads the receipt in the named file. A receipt that cannot be read is
// reported as source.Errors.
func Read(file string, data []byte) (*Receipt, error) {
	t := reader.Parse(file, data)
	r := &Receipt{Setting: t.Text("setting"), Edition: t.Text("edition"), Layers: t.Texts("layers"), Details: map[string]string{}}
	if d := t.Table("details"); d != nil {
		for _, k := range d.Keys() {
			r.Details[k] = d.Text(k)
		}
	}
	for _, f := range t.Tables("file") {
		r.Files = append(r.Files, File{Name: f.Text("name"), Document: f.Text("document"), Format: f.Text("format"), Edition: f.Text("edition"), SHA256: f.Text("sha256")})
	}
	var problems source.Errors
	for _, p := range t.Problems() {
		p.Hint = "it is rewritten by every run: move the folder away, or delete the file and run again with --overwrite"
		problems = append(problems, p)
	}
	return r, problems.Err()
}
