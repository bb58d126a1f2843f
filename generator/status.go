package generator

import (
	"archive/zip"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/policygen/policygen/generator/pack"
	"github.com/policygen/policygen/generator/receipt"
	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/source"
	"github.com/policygen/policygen/generator/toml"
)

// Made is what has been made for a setting, as far as it is still there.
type Made struct {
	Receipt *receipt.Receipt
	Folder  string            // that the receipt stands beside or in, as people are told it
	ID      string            // of the setting: the name of its folder or archive
	Digests map[string]string // of the files that are there now, by their names
}

// IsReceipt reports whether a file is a receipt, by its name.
func IsReceipt(name string) bool {
	return path.Base(name) == receipt.Name || strings.HasSuffix(name, "."+receipt.Name)
}

// ReadMade reads the receipt with that name, which stands in dir, and the files
// that it tells of: those beside it or, if it is the receipt of an archive, those
// in that. called is what the folder is called in messages. What is wrong with
// the receipt or the archive is reported as source.Errors.
func ReadMade(dir fs.FS, name, called string) (*Made, error) {
	data, err := fs.ReadFile(dir, name)
	if err != nil {
		return nil, err
	}
	r, err := receipt.Read(path.Join(called, name), data)
	if err != nil {
		return nil, err
	}
	m := &Made{Receipt: r, Folder: called, ID: path.Base(called), Digests: map[string]string{}}
	files := dir
	if id, ok := strings.CutSuffix(name, "."+receipt.Name); ok {
		m.ID, m.Folder = id, path.Join(called, id+".zip")
		if files, err = openZip(dir, id+".zip"); errors.Is(err, zip.ErrFormat) {
			var problems source.Errors
			problems.Add(source.Pos{File: m.Folder}, "make it again with policygen generate --zip", "it is no archive that can be read")
			return nil, problems
		}
		if errors.Is(err, fs.ErrNotExist) {
			return m, nil
		}
		if err != nil {
			return nil, err
		}
	}
	for _, f := range r.Files {
		digest, err := digestOf(files, f.Name)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
			continue
		}
		if err != nil {
			return nil, err
		}
		m.Digests[f.Name] = digest
	}
	return m, nil
}

func openZip(dir fs.FS, name string) (fs.FS, error) {
	data, err := fs.ReadFile(dir, name)
	if err != nil {
		return nil, err
	}
	return zip.NewReader(bytes.NewReader(data), int64(len(data)))
}

// digestOf returns the digest of a file as a receipt has it.
func digestOf(files fs.FS, name string) (string, error) {
	f, err := files.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// A Standing is how a setting's documents stand on a day.
type Standing struct {
	Setting    string // its name
	Folder     string
	ID         string
	Type       string    // of the setting; "" if the receipt does not say
	Approved   toml.Date // or zero, as NextReview
	NextReview toml.Date
	Documents  []DocumentStanding // in the order of families and documents
}

// A DocumentStanding is how a document stands on a day, in all the formats that
// it has been made in.
type DocumentStanding struct {
	Document string // its name, such as online-safety-policy
	Family   string // such as online-safety; "" if its edition is not known
	Edition  string
	By       string    // the edition that supersedes it, or ""
	Due      toml.Date // its next review, or zero
	Planned  toml.Date // when it is to be reviewed so that the year's reviews are spread; Due unless Spread says otherwise
	Overdue  bool      // Due has gone by
	Gaps     int       // details still to complete
	Words    int
	Edited   []string // files that somebody has edited since they were made
	Missing  []string // files that are there no longer
	Guidance []Moved  // that it names and that has moved on since its edition, the weightiest first
	Unknown  bool     // this program does not have its edition, and cannot say what it names
}

// Moved is guidance or law that a document names and that is no longer what it
// was.
type Moved struct {
	How Move
	Old string // its title and, if that is what has changed, its date
	New string // the same of what stands in its place; "" if nothing does
}

// A Move is what has become of guidance.
type Move string

// What can become of guidance. That a law is no longer named does not say that
// it has been repealed, and does not count as having moved on.
const (
	Replaced Move = "replaced"
	Redated  Move = "redated"
	Dropped  Move = "dropped" // the newest edition does not name it
	Unnamed  Move = "unnamed" // the same, of a law
)

// Stand says how what has been made stands on a day. packs are the editions that
// it can have been made from, oldest first.
func Stand(m *Made, packs []*pack.Pack, today toml.Date) *Standing {
	r := m.Receipt
	s := &Standing{Setting: r.Setting, Folder: m.Folder, ID: m.ID, Type: r.Details["setting.type"]}
	s.Approved, _ = toml.ParseDate(r.Details["review.approved_date"])
	s.NextReview, _ = toml.ParseDate(r.Details["review.next_review"])
	newest := packs[len(packs)-1]
	for _, f := range r.Files {
		s.file(&f, m.Digests)
	}
	named := map[string][]Moved{} // by edition and family
	for i := range s.Documents {
		d := &s.Documents[i]
		d.Due, d.Planned = s.NextReview, s.NextReview
		d.Overdue = !d.Due.IsZero() && d.Due.Before(today)
		at := slices.IndexFunc(packs, func(p *pack.Pack) bool { return p.Edition.ID == d.Edition })
		if d.Unknown = at < 0; d.Unknown {
			continue
		}
		d.Family = family(packs[at], d.Document)
		if at == len(packs)-1 {
			continue
		}
		d.By = newest.Edition.ID
		key := d.Edition + " " + d.Family
		moved, ok := named[key]
		if !ok {
			moved = movedOn(packs[at], newest, d.Family, r)
			named[key] = moved
		}
		d.Guidance = moved
	}
	slices.SortStableFunc(s.Documents, func(a, b DocumentStanding) int {
		order := func(d DocumentStanding) int {
			return slices.IndexFunc(newest.Edition.Families, func(f *pack.Family) bool { return f.ID == d.Family })
		}
		return cmp.Or(cmp.Compare(order(a), order(b)), cmp.Compare(a.Document, b.Document))
	})
	return s
}

// file adds what a receipt says of a file to that of its document. If formats
// are of several editions, the document is of the oldest.
func (s *Standing) file(f *receipt.File, digests map[string]string) {
	i := slices.IndexFunc(s.Documents, func(d DocumentStanding) bool { return d.Document == f.Document })
	if i < 0 {
		i = len(s.Documents)
		s.Documents = append(s.Documents, DocumentStanding{Document: f.Document, Edition: f.Edition})
	}
	d := &s.Documents[i]
	d.Edition = min(d.Edition, f.Edition)
	d.Gaps, d.Words = max(d.Gaps, f.Gaps), max(d.Words, f.Words)
	switch digest, there := digests[f.Name]; {
	case !there:
		d.Missing = append(d.Missing, f.Name)
	case digest != f.SHA256 && digest != f.Review:
		d.Edited = append(d.Edited, f.Name)
	}
}

// family returns the family of the document with that name.
func family(p *pack.Pack, document string) string {
	for _, f := range p.Edition.Families {
		if strings.HasPrefix(document, f.ID+"-") {
			return f.ID
		}
	}
	return ""
}

// Count returns how many of the documents are so.
func (s *Standing) Count(is func(*DocumentStanding) bool) (n int) {
	for i := range s.Documents {
		if is(&s.Documents[i]) {
			n++
		}
	}
	return n
}

// MovedOn returns how many of the publications that the document names have
// moved on.
func (d *DocumentStanding) MovedOn() (n int) {
	for _, m := range d.Guidance {
		if m.How != Unnamed {
			n++
		}
	}
	return n
}

// movedOn returns what has become of the guidance that documents of a family name,
// from one edition to another: in the order of the list in the document, what
// has moved on first.
func movedOn(from, to *pack.Pack, family string, r *receipt.Receipt) (moved []Moved) {
	s := settingOf(r, from.Form)
	if s == nil {
		return nil
	}
	for _, old := range from.Cited(family, s) {
		if m := become(old, to, s); m != nil {
			moved = append(moved, *m)
		}
	}
	weight := func(m Moved) int { return slices.Index([]Move{Replaced, Redated, Dropped, Unnamed}, m.How) }
	slices.SortStableFunc(moved, func(a, b Moved) int { return cmp.Compare(weight(a), weight(b)) })
	return moved
}

// become returns what an edition has made of guidance, or nil if it is as it was.
func become(old *pack.Guidance, to *pack.Pack, s *setting.Setting) *Moved {
	if now := to.Guide(old.ID); now != nil && pack.Verified(now.Mark) {
		if now.Dated == old.Dated {
			return nil
		}
		return &Moved{Redated, dated(old), dated(now)}
	}
	if now := successor(to, old.ID, s); now != nil {
		return &Moved{Replaced, old.Title, now.Title}
	}
	if old.Status == "law" {
		return &Moved{How: Unnamed, Old: old.Title}
	}
	return &Moved{How: Dropped, Old: old.Title}
}

// successor returns what stands in the place of the guidance with that id,
// through as many steps as it takes: what concerns the setting, if there are
// several. It is nil if nothing that is verified does.
func successor(p *pack.Pack, id string, s *setting.Setting) *pack.Guidance {
	seen := []string{id}
	var found *pack.Guidance
	for {
		var next *pack.Guidance
		for _, g := range p.Guidance {
			if slices.Contains(g.Replaces, id) && !slices.Contains(seen, g.ID) && (next == nil || !next.Concerns(s) && g.Concerns(s)) {
				next = g
			}
		}
		if next == nil {
			return found
		}
		if pack.Verified(next.Mark) {
			found = next
		}
		id = next.ID
		seen = append(seen, id)
	}
}

// dated returns the title of g with its date.
func dated(g *pack.Guidance) string {
	if g.Dated == "" {
		return g.Title
	}
	return g.Title + " (" + g.Dated + ")"
}

// settingOf returns as much of a setting as a receipt says and registers ask
// about: what it is, and what ages it has. It is nil if that makes none.
func settingOf(r *receipt.Receipt, form *setting.Form) *setting.Setting {
	var b strings.Builder
	b.WriteString("[setting]\nname = \"N\"\ntype = " + strconv.Quote(r.Details["setting.type"]) + "\n")
	for _, key := range []string{"age_low", "age_high"} {
		if n, err := strconv.Atoi(r.Details["setting."+key]); err == nil {
			b.WriteString(key + " = " + strconv.Itoa(n) + "\n")
		}
	}
	if stages := r.Details["setting.key_stages"]; stages != "" {
		quoted := strings.Split(stages, "; ")
		for i := range quoted {
			quoted[i] = strconv.Quote(quoted[i])
		}
		b.WriteString("key_stages = [" + strings.Join(quoted, ", ") + "]\n")
	}
	s, err := setting.Read(toml.Parse("", []byte(b.String())), form)
	if err != nil {
		return nil
	}
	return s
}

// Spread plans the reviews of the setting's documents so that they do not all
// fall in one term. Terms begin on 1 September, 1 January and 1 April. The
// families, those with the most words first, are given to the term of the next
// review and to the two terms before it, each to the one that has the fewest
// words so far, the later if two have as many: the first stays on its day, the
// others come forward to the 15th of November, March or June, or to the Friday
// before if that is no working day. Nothing is put off, and nothing comes forward
// to a day that is not after the approval, so a yearly review stays within its
// year.
func (s *Standing) Spread() {
	if s.NextReview.IsZero() {
		return
	}
	days := []toml.Date{s.NextReview}
	for range 2 {
		if day := termBefore(days[len(days)-1]); s.Approved.Before(day) {
			days = append(days, day)
		}
	}
	words := map[string]int{}
	var families []string
	for _, d := range s.Documents {
		if words[d.Family] += d.Words; !slices.Contains(families, d.Family) {
			families = append(families, d.Family)
		}
	}
	slices.SortStableFunc(families, func(a, b string) int { return cmp.Compare(words[b], words[a]) })
	load := make([]int, len(days))
	for _, f := range families {
		lightest := 0
		for i := range load {
			if load[i] < load[lightest] {
				lightest = i
			}
		}
		load[lightest] += words[f]
		for i := range s.Documents {
			if s.Documents[i].Family == f {
				s.Documents[i].Planned = days[lightest]
			}
		}
	}
}

// termBefore returns the working day for reviews in the term before that of d.
func termBefore(d toml.Date) toml.Date {
	day := toml.Date{Year: d.Year, Month: 11, Day: 15}
	switch {
	case d.Month >= 9:
		day.Month = 6
	case d.Month >= 4:
		day.Month = 3
	default:
		day.Year--
	}
	t := day.Time()
	for t.Weekday() == time.Sunday || t.Weekday() == time.Saturday {
		t = t.AddDate(0, 0, -1)
	}
	return toml.Date{Year: t.Year(), Month: int(t.Month()), Day: t.Day()}
}
