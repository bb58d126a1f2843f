package generator

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

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

// Name returns the name of a file in the folder, as people are told it.
func (o *Output) Name(file string) string { return filepath.Join(o.name, filepath.FromSlash(file)) }

// Exists reports whether there is a file of that name in the folder.
func (o *Output) Exists(name string) (bool, error) {
	_, err := o.root.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Read returns the content of a file of the folder, or nil if there is none.
func (o *Output) Read(name string) ([]byte, error) { return read(o.root, name) }

func read(root *os.Root, name string) ([]byte, error) {
	data, err := root.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// Put makes data the content of the named file. A reader, or an end of the
// program at any moment, finds the old content or the new, never half of
// either: it is written beside the file and renamed. The name that it has until
// then is always the same, so that what an end of the program leaves behind is
// written over by the next run.
func (o *Output) Put(name string, data []byte) error {
	if dir := path.Dir(name); dir != "." {
		if err := o.root.MkdirAll(dir, 0o777); err != nil {
			return err
		}
	}
	return put(o.root, name, data)
}

func put(root *os.Root, name string, data []byte) (err error) {
	f, temp, err := beside(root, name)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			root.Remove(temp)
		}
	}()
	if _, err := f.Write(data); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return root.Rename(temp, name)
}

// beside opens the file that the named one is written to first.
func beside(root *os.Root, name string) (f *os.File, temp string, err error) {
	temp = path.Join(path.Dir(name), "."+path.Base(name)+".part")
	f, err = root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	return f, temp, err
}

// A Stream is a file that is written a piece at a time. Nobody sees it before
// Commit.
type Stream struct {
	*bufio.Writer
	file       *os.File
	root       *os.Root
	temp, name string
}

// Stream begins the file with that name.
func (o *Output) Stream(name string) (*Stream, error) {
	f, temp, err := beside(o.root, name)
	if err != nil {
		return nil, err
	}
	return &Stream{bufio.NewWriterSize(f, 64<<10), f, o.root, temp, name}, nil
}

// Commit gives the file its name.
func (s *Stream) Commit() error {
	err := s.Flush()
	if closeErr := s.file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		s.root.Remove(s.temp)
		return err
	}
	return s.root.Rename(s.temp, s.name)
}

// Abort takes away what has been written.
func (s *Stream) Abort() {
	s.file.Close()
	s.root.Remove(s.temp)
}

// Options say what to save and how.
type Options struct {
	Formats   []Format
	Overwrite bool   // also files that have been edited since they were made
	Zip       bool   // one archive, in place of a folder
	Final     bool   // only what is complete
	Program   string // the version of the program, on which documents hang as well
	Input     string // the digest of what documents are made from, for the receipt
	Workers   int    // how many documents are written at a time; 0 means one after the other
}

// A Saved is what became of a setting's documents.
type Saved struct {
	Folder string         // in the output folder; of an archive, its name
	Files  []receipt.File // in the order of documents and formats
	Wrote  int            // how many of them had to be written

	// Edited are files that somebody has changed since they were made, or that
	// were not made here: they are left as they are.
	Edited []string

	// Stale are files of documents that the setting gets no longer.
	Stale []string

	// Details are the paths of the details that are otherwise than when the
	// documents were made before, and Affected the documents that had to be
	// written again, by their names.
	Details, Affected []string
}

// Save writes documents to a folder of their own in o, and a receipt beside
// them. A file that is already right is left alone, and so is one that somebody
// has edited since it was made, unless the options say otherwise. A folder that
// holds another setting's documents is a problem, and then nothing is written.
func (d *Documents) Save(o *Output, opts Options) (*Saved, error) {
	saved := &Saved{Folder: Folder(d.Setting)}
	receiptName := path.Join(saved.Folder, receipt.Name)
	if opts.Zip {
		receiptName = saved.Folder + "." + receipt.Name
		saved.Folder += ".zip"
	}
	old, err := o.Read(receiptName)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Name(receiptName), cause(err))
	}
	r := &receipt.Receipt{}
	if old != nil {
		before, err := receipt.Read(o.Name(receiptName), old)
		if err != nil && !opts.Overwrite {
			return nil, err
		}
		if r = before; !opts.Overwrite {
			if err := d.mine(o, saved.Folder, r); err != nil {
				return nil, err
			}
		}
	}
	details := receipt.Details(d.Setting)
	if old != nil {
		saved.Details = otherwise(r.Details, details)
	}
	r.Setting, r.Edition, r.Layers, r.Details, r.Input = d.Setting.Name(), d.pack.Edition.ID, d.pack.Layers(), details, opts.Input
	r.Gaps = len(d.Gaps())
	for _, f := range r.Files {
		if !slices.Contains(d.names, f.Document) {
			saved.Stale = append(saved.Stale, o.Name(path.Join(saved.Folder, f.Name)))
		}
	}
	var fresh bool
	if !opts.Zip && old == nil {
		there, err := o.Exists(saved.Folder)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o.Name(saved.Folder), cause(err))
		}
		fresh = !there
	}
	switch {
	case opts.Zip:
		err = d.saveZip(o, saved, r, opts)
	case fresh:
		return saved, d.saveFresh(o, saved, r, opts)
	default:
		err = d.saveFolder(o, saved, r, opts)
	}
	// What has been written is recorded even if the disk is full after it.
	if data := r.Write(); string(data) != string(old) && (err == nil || saved.Wrote > 0) {
		if putErr := o.Put(receiptName, data); putErr != nil && err == nil {
			err = fmt.Errorf("%s: %w", o.Name(receiptName), cause(putErr))
		}
	}
	return saved, err
}

// otherwise returns the paths of details that one set has and the other has not, or
// has otherwise.
func otherwise(was, is map[string]string) []string {
	var paths []string
	for path, text := range is {
		if old, ok := was[path]; !ok || old != text {
			paths = append(paths, path)
		}
	}
	for path := range was {
		if _, ok := is[path]; !ok {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// saveFresh writes the documents to a folder that is not there yet. It is written
// beside, and gets its name when it is whole: nobody sees a part of it, and each
// file is spared a renaming of its own.
func (d *Documents) saveFresh(o *Output, saved *Saved, r *receipt.Receipt, opts Options) (err error) {
	temp := "." + saved.Folder + ".part"
	wrong := func(name string, err error) error {
		return fmt.Errorf("%s: %w", o.Name(path.Join(saved.Folder, name)), cause(err))
	}
	if err := o.root.RemoveAll(temp); err != nil { // of a run that did not come to its end
		return wrong("", err)
	}
	if err := o.root.Mkdir(temp, 0o777); err != nil {
		return wrong("", err)
	}
	defer func() {
		if err != nil {
			o.root.RemoveAll(temp)
		}
	}()
	root, err := o.root.OpenRoot(temp)
	if err != nil {
		return wrong("", err)
	}
	defer root.Close()
	err = d.each(opts, func(f receipt.File, data []byte) error {
		if err := create(root, f.Name, data); err != nil {
			return wrong(f.Name, err)
		}
		r.Files = append(r.Files, f)
		return nil
	})
	if err != nil {
		return err
	}
	d.putBases(r, r.Files)
	saved.Files = slices.Clone(r.Files)
	if err := create(root, receipt.Name, r.Write()); err != nil {
		return wrong(receipt.Name, err)
	}
	root.Close() // or else Windows does not let the folder have its name
	if err := o.root.Rename(temp, saved.Folder); err != nil {
		return wrong("", err)
	}
	saved.Wrote = len(saved.Files)
	return nil
}

// putBases records what those files were made from.
func (d *Documents) putBases(r *receipt.Receipt, made []receipt.File) {
	for _, doc := range d.List {
		var names []string
		for _, f := range made {
			if f.Document == doc.Name {
				names = append(names, f.Name)
			}
		}
		r.PutBase(doc.Name, doc.Base(), names)
	}
}

// create writes a file that is not there yet.
func create(root *os.Root, name string, data []byte) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// mine reports a folder that another setting's documents stand in.
func (d *Documents) mine(o *Output, folder string, r *receipt.Receipt) error {
	urn := d.Setting.At("setting.urn").Text
	if r.Setting == d.Setting.Name() || r.Setting == "" || urn != "" && r.Details["setting.urn"] == urn {
		return nil
	}
	var problems source.Errors
	problems.Add(d.Setting.At("setting.name").Pos, "give the setting file another name, or a setting.urn, or write to another folder with -o; if the setting has a new name, say --overwrite",
		"the folder %s holds the documents of another setting, %q", o.Name(folder), r.Setting)
	return problems.Err()
}

// each writes every document in every format, and calls f with each file in that
// order. Some are written ahead if the options say that several may be at a time.
func (d *Documents) each(opts Options, f func(e receipt.File, data []byte) error) error {
	type file struct {
		entry receipt.File
		data  []byte
		err   error
	}
	write := func(doc *Document, format Format, room []byte) file {
		data, err := doc.Append(room, format)
		if err != nil {
			return file{err: fmt.Errorf("writing %s as %s: %w", doc.Name, format, err)}
		}
		return file{entry: doc.entry(format, data), data: data}
	}
	if opts.Workers <= 1 {
		var room []byte
		for _, doc := range d.List {
			for _, format := range opts.Formats {
				w := write(doc, format, room[:0])
				if w.err == nil {
					w.err = f(w.entry, w.data)
				}
				if w.err != nil {
					return w.err
				}
				room = w.data
			}
		}
		return nil
	}
	order := make(chan chan file, 2*opts.Workers) // as many are ahead at the most
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		defer close(order)
		free := make(chan struct{}, opts.Workers)
		for _, doc := range d.List {
			for _, format := range opts.Formats {
				done := make(chan file, 1)
				select {
				case order <- done:
				case <-stop:
					return
				}
				free <- struct{}{}
				go func() {
					done <- write(doc, format, nil)
					<-free
				}()
			}
		}
	}()
	for done := range order {
		w := <-done
		if w.err == nil {
			w.err = f(w.entry, w.data)
		}
		if w.err != nil {
			return w.err
		}
	}
	return nil
}

// entry returns what a receipt says of a file.
func (d *Document) entry(f Format, data []byte) receipt.File {
	return receipt.File{
		Name: d.Name + "." + string(f), Document: d.Name, Format: string(f), Edition: d.Meta.Edition, SHA256: receipt.Digest(data),
		Size: len(data), Words: d.Words(), Gaps: d.gaps(),
	}
}

// saveFolder writes the documents to a folder that is there.
func (d *Documents) saveFolder(o *Output, saved *Saved, r *receipt.Receipt, opts Options) error {
	root, err := o.root.OpenRoot(saved.Folder)
	if err != nil {
		return fmt.Errorf("%s: %w", o.Name(saved.Folder), cause(err))
	}
	defer root.Close()
	var made []receipt.File
	defer func() { d.putBases(r, made) }() // even if the disk is full after some
	return d.each(opts, func(f receipt.File, data []byte) error {
		name := o.Name(path.Join(saved.Folder, f.Name))
		there, err := read(root, f.Name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, cause(err))
		}
		digest := receipt.Digest(there)
		was := r.File(f.Name)
		switch {
		case there != nil && digest == f.SHA256:
			r.Put(f)
			made = append(made, f)
		case there != nil && (was == nil || was.SHA256 != digest) && !opts.Overwrite:
			saved.Edited = append(saved.Edited, name)
			f.SHA256, f.Size = digest, len(there)
		default:
			if err := put(root, f.Name, data); err != nil {
				return fmt.Errorf("%s: %w", name, cause(err))
			}
			saved.Wrote++
			if there != nil && !slices.Contains(saved.Affected, f.Document) {
				saved.Affected = append(saved.Affected, f.Document)
			}
			r.Put(f)
			made = append(made, f)
		}
		saved.Files = append(saved.Files, f)
		return nil
	})
}

// saveZip writes the documents to one archive. The same documents make the same
// bytes.
func (d *Documents) saveZip(o *Output, saved *Saved, r *receipt.Receipt, opts Options) error {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	r.Files, r.Bases = nil, nil
	err := d.each(opts, func(f receipt.File, data []byte) error {
		r.Put(f)
		saved.Files = append(saved.Files, f)
		method := zip.Deflate
		if f.Format == string(Word) { // which is an archive itself
			method = zip.Store
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: method})
		if err != nil {
			return err
		}
		_, err = w.Write(data)
		return err
	})
	if err != nil {
		return err
	}
	d.putBases(r, r.Files)
	if err := z.Close(); err != nil {
		return err
	}
	there, err := o.Read(saved.Folder)
	if err != nil {
		return fmt.Errorf("%s: %w", o.Name(saved.Folder), cause(err))
	}
	if bytes.Equal(there, b.Bytes()) {
		return nil
	}
	if err := o.Put(saved.Folder, b.Bytes()); err != nil {
		return fmt.Errorf("%s: %w", o.Name(saved.Folder), cause(err))
	}
	saved.Wrote = len(saved.Files)
	return nil
}

// Unchanged returns what the receipt says of a setting's files if nothing has
// changed since it was written: neither what they are made from nor, as far as
// their sizes and times show, they themselves; and how many details were still to
// complete. It returns no files otherwise.
func (o *Output) Unchanged(folder string, opts Options) (files []receipt.File, gaps int) {
	name := path.Join(folder, receipt.Name)
	if opts.Zip {
		name = folder + "." + receipt.Name
	}
	data, err := o.head(name)
	if err != nil {
		return nil, 0
	}
	files, gaps = receipt.Scan(data, opts.Input)
	if files == nil {
		return nil, 0
	}
	written, err := o.root.Lstat(name)
	if err != nil {
		return nil, 0
	}
	older := func(info fs.FileInfo, err error) bool {
		return err == nil && info.Mode().IsRegular() && !info.ModTime().After(written.ModTime())
	}
	if opts.Zip {
		if !older(o.root.Lstat(folder + ".zip")) {
			return nil, 0
		}
		return files, gaps
	}
	root, err := o.root.OpenRoot(folder)
	if err != nil {
		return nil, 0
	}
	defer root.Close()
	for _, f := range files {
		info, err := root.Lstat(f.Name)
		if !older(info, err) || info.Size() != int64(f.Size) {
			return nil, 0
		}
	}
	return files, gaps
}

// head reads the head of a receipt.
func (o *Output) head(name string) ([]byte, error) {
	f, err := o.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return receipt.Head(f)
}

// cause returns an error of the operating system without the name of the call
// and the path, which the message around it gives.
func cause(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	if le, ok := errors.AsType[*os.LinkError](err); ok {
		return le.Err
	}
	return err
}

// maxSlug is how long the name of a setting's folder may be, after its URN.
const maxSlug = 60

// Folder returns the name of the folder that a setting's documents go to: the id
// that its row of a spreadsheet gives it, or else its URN and short name or, if
// it has no URN, the name of its file. It is never the name alone, which thousands
// of schools share with others. It is at most 70 characters long.
func Folder(s *setting.Setting) string {
	if s.ID != "" {
		if name := slug(s.ID); name != "" {
			return unreserved(name)
		}
	}
	urn := s.At("setting.urn")
	if !urn.Given {
		urn = s.At("setting.ofsted_ey_urn")
	}
	base := filepath.Base(filepath.ToSlash(s.File))
	name := slug(strings.TrimSuffix(base, ".toml"))
	if urn.Given {
		name = strings.ToLower(urn.Text)
		short := s.At("setting.short_name")
		if !short.Given { // it is the name unless somebody says otherwise
			short = s.At("setting.name")
		}
		if short := slug(short.Text); short != "" {
			name += "-" + short
		}
	}
	if name == "" {
		name = "setting"
	}
	return unreserved(name)
}

func unreserved(name string) string {
	if reserved.MatchString(name) {
		return "setting-" + name
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
