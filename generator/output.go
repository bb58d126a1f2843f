package generator

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/policygen/policygen/generator/pack"
	"github.com/policygen/policygen/generator/receipt"
	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/source"
)

// An Output is the folder that documents are written to. Other people choose
// the names of settings, so nothing outside the folder can be written, whatever
// name they choose.
type Output struct {
	root *os.Root
	name string
}

// Create opens the folder with that name, which is made if need be.
func Create(name string) (*Output, error) {
	if err := os.MkdirAll(name, 0o777); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	return &Output{root, name}, nil
}

// Close closes the folder.
func (o *Output) Close() error { return o.root.Close() }

// Exists reports whether there is a file of that name in the folder.
func (o *Output) Exists(name string) (bool, error) {
	_, err := o.root.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// read returns the content of a file of the folder, or nil if there is none.
func (o *Output) read(name string) ([]byte, error) {
	data, err := o.root.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// Put makes data the content of the named file. A reader, or an end of the
// program at any moment, finds the old content or the new, never half of
// either: it is written beside the file and renamed.
func (o *Output) Put(name string, data []byte) (err error) {
	if err := o.root.MkdirAll(path.Dir(name), 0o777); err != nil {
		return err
	}
	temp := path.Join(path.Dir(name), "."+path.Base(name)+"."+rand.Text()[:8])
	f, err := o.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			o.root.Remove(temp)
		}
	}()
	if _, err := f.Write(data); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return o.root.Rename(temp, name)
}

// Options say what to save and how.
type Options struct {
	Formats   []Format
	Overwrite bool // also files that have been edited since they were made
}

// A Saved is what became of a setting's documents.
type Saved struct {
	Folder string   // in the output folder
	Files  []string // their paths, with the output folder's name; those that were right already, too
	Wrote  int      // how many of them had to be written
}

// Save writes documents to a folder of their own in o, and a receipt beside
// them. A file that is already right is left alone. A file that somebody has
// edited since it was made is not written over, unless the options say so: it
// is a problem, and then nothing is written at all.
func (d *Documents) Save(o *Output, p *pack.Pack, opts Options) (*Saved, error) {
	folder := Folder(d.Setting)
	saved := &Saved{Folder: folder}
	r := &receipt.Receipt{}
	old, err := o.read(path.Join(folder, receipt.Name))
	if err != nil {
		return nil, err
	}
	if old != nil {
		before, err := receipt.Read(filepath.Join(o.name, folder, receipt.Name), old)
		if err != nil && !opts.Overwrite {
			return nil, err
		}
		r = before
	}
	r.Setting, r.Edition, r.Layers, r.Details = d.Setting.Name(), p.Edition.ID, p.Layers(), receipt.Details(d.Setting)

	type file struct {
		receipt.File
		data  []byte
		right bool
	}
	var files []file
	var edited source.Errors
	for _, doc := range d.List {
		for _, format := range opts.Formats {
			data, err := doc.Write(format)
			if err != nil {
				return nil, fmt.Errorf("writing %s as %s: %w", doc.Name, format, err)
			}
			f := file{data: data, File: receipt.File{
				Name: doc.Name + "." + string(format), Document: doc.Name, Format: string(format), Edition: p.Edition.ID, SHA256: receipt.Digest(data),
			}}
			name := path.Join(folder, f.Name)
			there, err := o.read(name)
			if err != nil {
				return nil, err
			}
			digest := receipt.Digest(there)
			was := r.File(f.Name)
			switch {
			case there == nil:
			case digest == f.SHA256:
				f.right = true
			case (was == nil || was.SHA256 != digest) && !opts.Overwrite:
				edited.Add(source.Pos{File: filepath.Join(o.name, name)}, "move it away and run again, or lose the edits with --overwrite", "the file has been edited since it was made, or was not made here")
			}
			files = append(files, f)
		}
	}
	if len(edited) > 0 {
		return nil, edited
	}
	for _, f := range files {
		if !f.right {
			if err = o.Put(path.Join(folder, f.Name), f.data); err != nil {
				break
			}
			saved.Wrote++
		}
		r.Put(f.File)
		saved.Files = append(saved.Files, filepath.Join(o.name, folder, f.Name))
	}
	// What has been written is recorded even if the disk is full after it.
	if data, writeErr := r.Write(); writeErr != nil {
		err = errors.Join(err, writeErr)
	} else if string(data) != string(old) {
		err = errors.Join(err, o.Put(path.Join(folder, receipt.Name), data))
	}
	return saved, err
}

// maxSlug is how long the name of a setting's folder may be, after its URN.
const maxSlug = 60

// Folder returns the name of the folder that a setting's documents go to: its
// URN and short name or, if it has no URN, the name of its file. It is never
// the name alone, which thousands of schools share with others.
func Folder(s *setting.Setting) string {
	urn := s.At("setting.urn")
	if !urn.Given {
		urn = s.At("setting.ofsted_ey_urn")
	}
	base := filepath.Base(filepath.ToSlash(s.File))
	name := slug(strings.TrimSuffix(base, ".toml"))
	if urn.Given {
		name = strings.ToLower(urn.Text)
		if short := slug(s.At("setting.short_name").Text); short != "" {
			name += "-" + short
		}
	}
	if name == "" {
		name = "setting"
	}
	if reserved.MatchString(name) {
		name = "setting-" + name
	}
	return name
}

// reserved matches the names that Windows keeps for devices.
var reserved = regexp.MustCompile(`^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$`)

// slug returns s in small letters and digits of ASCII, with hyphens for
// whatever stands between.
func slug(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r), r == '\'', r == '’': // an accent; an apostrophe
		default:
			if b.Len() > 0 && !strings.HasSuffix(b.String(), "-") {
				b.WriteByte('-')
			}
		}
		if b.Len() >= maxSlug {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}
