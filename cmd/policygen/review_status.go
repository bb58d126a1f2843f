package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/generator"
	"github.com/policygen/policygen/generator/pack"
	"github.com/policygen/policygen/generator/source"
	"github.com/policygen/policygen/generator/toml"
)

type statusOptions struct {
	sourceFlags
	out      string
	json     bool
	ics      bool
	spread   bool
	overdue  bool
	guidance bool
	today    string
	layers   []string
}

func newReviewStatus(e env) *cobra.Command {
	var opts statusOptions
	cmd := &cobra.Command{
		Use:   "status DIR|SOURCE...",
		Short: "Say of each document when it is due, and what has moved on since it was made",
		Long: `Say of each document that has been made: its edition, and whether a newer one
supersedes it; when it was approved and is to be reviewed; how many details are
still to complete; whether somebody has edited it since, or it is gone; and how
much of the guidance that it names has moved on.

DIR is a folder that documents were written to, of one setting or of many. SOURCE
is what generate takes: then the documents are looked for in the folder of --out.
The dates are those that the documents were made with (review.approved_date and
review.next_review in the setting file).

--spread plans reviews over the year, so that not all fall in one term. Terms
begin on 1 September, 1 January and 1 April. The families of policies, those with
the most words first, are shared out among the term of the next review and the
two terms before it: each to the term with the fewest words so far, the later of
two that have as many. The first keeps its day, the others come forward to 15
November, 15 March or 15 June, or the Friday before. No review is put off, and
none comes before the approval, so what is reviewed every year stays within its
year. A document is overdue only when the date that it bears has gone by.

--json prints an object: today, newest_edition, settings (each with setting,
folder, type, approved, next_review and documents), not_made and counts. Of a
document it has document, family, edition, superseded_by, approved, next_review,
planned, overdue, gaps, words, edited and missing (files), and guidance (each with
how: replaced, redated, dropped, or unnamed for a law; old; and new). Days are
written 2026-09-01, and what is not known is left out.

--ics prints a calendar (iCalendar, RFC 5545), with an event for each setting and
day, and an alarm six weeks before.`,
		Example: `  policygen review status out
  policygen review status schools.csv --fail-overdue
  policygen review status out --spread --ics > reviews.ics
  policygen review status out --today 2027-09-01`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{errors.New("status needs a folder that documents were written to, or what they were made from"), "write: policygen review status out"}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return runReviewStatus(e, opts, args) },
	}
	f := cmd.Flags()
	f.StringVarP(&opts.out, "out", "o", "out", "the `folder` that documents of a SOURCE were written to")
	f.BoolVar(&opts.json, "json", false, "print it as JSON, for programs")
	f.BoolVar(&opts.ics, "ics", false, "print the reviews as a calendar")
	f.BoolVar(&opts.spread, "spread", false, "plan the reviews over three terms")
	f.BoolVar(&opts.overdue, "fail-overdue", false, "exit with 1 if a review is overdue")
	f.BoolVar(&opts.guidance, "guidance", false, "list all guidance that has moved on")
	f.StringVar(&opts.today, "today", "", "the `day` it is, such as 2027-09-01 (default today)")
	f.StringArrayVar(&opts.layers, "templates", nil, "put the templates of this `folder` over the built-in ones; may be repeated")
	opts.sourceFlags.add(f)
	return cmd
}

func runReviewStatus(e env, opts statusOptions, args []string) error {
	if opts.json && opts.ics {
		return usageError{errors.New("--json and --ics cannot be printed at once"), "leave one of them out"}
	}
	now := time.Now()
	today := toml.Date{Year: now.Year(), Month: int(now.Month()), Day: now.Day()}
	if opts.today != "" {
		day, err := toml.ParseDate(opts.today)
		if err != nil {
			return usageError{fmt.Errorf("--today: %q is not a day", opts.today), "write it as 2027-09-01"}
		}
		today = day
	}
	w := &workshop{env: e, layers: opts.layers}
	packs, err := w.editions()
	if err != nil {
		return err
	}
	s := &statusRun{e: e, w: w, opts: opts, seen: map[string]bool{}}
	if err := s.find(args); err != nil {
		return err
	}
	for _, m := range s.made {
		standing := generator.Stand(m, packs, today)
		if opts.spread {
			standing.Spread()
		}
		s.standings = append(s.standings, standing)
	}
	switch {
	case opts.ics:
		calendar := generator.Calendar(s.standings)
		if calendar == nil {
			e.say("no document has a day of its next review, so there is no calendar: give review.next_review in the setting file, and generate again")
			s.problems++
		}
		_, err = e.out.Write(calendar)
	case opts.json:
		err = s.printJSON(today, packs[len(packs)-1].Edition.ID)
	default:
		s.printTable()
	}
	if err != nil {
		return err
	}
	return s.end()
}

// editions returns every edition that there is, oldest first.
func (w *workshop) editions() ([]*pack.Pack, error) {
	ids, err := pack.Editions(w.templates)
	if err != nil {
		return nil, fmt.Errorf("reading templates: %w", err)
	}
	var packs []*pack.Pack
	for _, id := range ids {
		b, err := w.bench(id)
		if err != nil {
			return nil, err
		}
		if len(b.problems) > 0 {
			return nil, b.problems
		}
		packs = append(packs, b.pack)
	}
	return packs, nil
}

// A statusRun gathers how documents stand.
type statusRun struct {
	e         env
	w         *workshop
	opts      statusOptions
	made      []*generator.Made
	standings []*generator.Standing
	notMade   []notMade
	problems  int // in receipts and in setting files
	unread    int // files that the machine would not let us read
	seen      map[string]bool
}

// A notMade is a setting that has no documents in the folder.
type notMade struct {
	Setting string `json:"setting"`
	File    string `json:"file"`
	Line    int    `json:"line,omitempty"`
	Folder  string `json:"folder"`
}

// find finds what has been made: in the folders that args name, and of the
// settings that they describe.
func (s *statusRun) find(args []string) error {
	var sources []string
	for _, a := range args {
		info, err := os.Stat(a)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return usageError{fmt.Errorf("there is no folder and no file %s", a), "name a folder that policygen generate has written to, such as out"}
		case err != nil:
			return unread(a, err)
		case info.IsDir():
			receipts, err := receiptsIn(a)
			if err != nil {
				return err
			}
			if len(receipts) == 0 {
				if _, err := s.w.open([]string{a}, sourceFlags{}); err != nil {
					return usageError{fmt.Errorf("the folder %s holds nothing that policygen has made, and no setting files", a), "name a folder that policygen generate has written to, such as out"}
				}
				sources = append(sources, a)
			}
			for _, r := range receipts {
				s.read(r)
			}
		case generator.IsReceipt(filepath.ToSlash(a)):
			s.read(a)
		case strings.EqualFold(filepath.Ext(a), ".zip"):
			receipt := strings.TrimSuffix(a, filepath.Ext(a)) + ".receipt.toml"
			if _, err := os.Stat(receipt); err != nil {
				return usageError{fmt.Errorf("%s has no receipt beside it: there is no file %s", a, receipt), "name an archive that policygen generate --zip has written"}
			}
			s.read(receipt)
		case slices.Contains([]string{".docx", ".html", ".md"}, strings.ToLower(filepath.Ext(a))):
			return usageError{fmt.Errorf("%s is a document by itself", a), "name the folder that it is in: " + quote(filepath.Dir(a))}
		default:
			sources = append(sources, a)
		}
	}
	if len(sources) == 0 {
		return nil
	}
	return s.findOf(sources)
}

// receiptsIn returns the receipts in a folder and below it.
func receiptsIn(dir string) (receipts []string, err error) {
	err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("reading %s: %w", name, reason(err))
		}
		if strings.HasPrefix(d.Name(), ".") && name != dir { // what is being written
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if !d.IsDir() && generator.IsReceipt(filepath.ToSlash(name)) {
			receipts = append(receipts, name)
		}
		return nil
	})
	return receipts, err
}

// read reads a receipt and what it tells of, unless it has been read already.
func (s *statusRun) read(name string) {
	if name = filepath.Clean(name); s.seen[name] {
		return
	}
	s.seen[name] = true
	dir := filepath.Dir(name)
	m, err := generator.ReadMade(folderFS(dir), filepath.Base(name), filepath.ToSlash(dir))
	problems, wrong := errors.AsType[source.Errors](err)
	switch {
	case wrong:
		s.problems += len(problems)
		fmt.Fprintln(s.e.err, problems)
	case err != nil:
		s.unread++
		s.e.say("reading %s: %v", name, reason(err))
	default:
		s.made = append(s.made, m)
	}
}

// findOf finds what has been made of settings.
func (s *statusRun) findOf(args []string) error {
	src, err := s.w.open(args, s.opts.sourceFlags)
	if err != nil {
		return err
	}
	for item, err := range src.items() {
		if err != nil {
			return err
		}
		s.item(item)
	}
	s.unread += src.unread
	if len(s.made) == 0 && len(s.notMade) > 0 && s.problems+s.unread == 0 {
		n := s.notMade[0]
		return usageError{fmt.Errorf("nothing has been made of %s: there is no folder %s", quoteAll(args), n.Folder), "make it with policygen generate, or name the folder with --out"}
	}
	return nil
}

// item finds what has been made of a setting. What is wrong with its file is of
// interest only if nothing has.
func (s *statusRun) item(item *generator.Item) {
	folder := ""
	if item.Setting != nil {
		folder = generator.Folder(item.Setting)
		for _, receipt := range []string{filepath.Join(s.opts.out, folder, "receipt.toml"), filepath.Join(s.opts.out, folder+".receipt.toml")} {
			if _, err := os.Stat(receipt); err == nil {
				s.read(receipt)
				return
			}
		}
	}
	if len(item.Problems) > 0 {
		s.problems += len(item.Problems)
		fmt.Fprintln(s.e.err, item.Problems)
		return
	}
	s.notMade = append(s.notMade, notMade{item.Name, item.Pos.File, item.Pos.Line, filepath.ToSlash(filepath.Join(s.opts.out, folder))})
}

func quoteAll(args []string) string {
	quoted := make([]string, len(args))
	for i, a := range args {
		quoted[i] = quote(a)
	}
	return strings.Join(quoted, " ")
}

// end says how things stand on the whole, and decides the exit code.
func (s *statusRun) end() error {
	for _, n := range s.notMade {
		s.e.say("nothing has been made of %s (%s): there is no folder %s", n.Setting, source.Pos{File: n.File, Line: n.Line}, n.Folder)
	}
	c := s.counts()
	line := []string{fmt.Sprintf("%s of %s", count(c.Documents, "document"), count(c.Settings, "setting")),
		fmt.Sprintf("%d overdue", c.Overdue), fmt.Sprintf("%d edited", c.Edited), fmt.Sprintf("%d superseded", c.Superseded)}
	if c.NoDate > 0 {
		line = append(line, fmt.Sprintf("%d without a date", c.NoDate))
	}
	if c.Missing > 0 {
		line = append(line, fmt.Sprintf("%d with files that are gone", c.Missing))
	}
	s.e.say("%s", strings.Join(line, ", "))
	switch {
	case s.unread > 0:
		return errUnread
	case s.problems > 0, s.opts.overdue && c.Overdue > 0:
		return errFailed
	}
	return nil
}

// statusCounts are how many documents stand how.
type statusCounts struct {
	Settings   int `json:"settings"`
	Documents  int `json:"documents"`
	Overdue    int `json:"overdue"`
	NoDate     int `json:"no_date"`
	Edited     int `json:"edited"`
	Missing    int `json:"missing"`
	Superseded int `json:"superseded"`
	MovedOn    int `json:"moved_on"` // that name guidance which has moved on
	Incomplete int `json:"incomplete"`
}

func (s *statusRun) counts() statusCounts {
	c := statusCounts{Settings: len(s.standings)}
	for _, st := range s.standings {
		n := func(is func(*generator.DocumentStanding) bool) int { return st.Count(is) }
		c.Documents += len(st.Documents)
		c.Overdue += n(func(d *generator.DocumentStanding) bool { return d.Overdue })
		c.NoDate += n(func(d *generator.DocumentStanding) bool { return d.Due.IsZero() })
		c.Edited += n(func(d *generator.DocumentStanding) bool { return len(d.Edited) > 0 })
		c.Missing += n(func(d *generator.DocumentStanding) bool { return len(d.Missing) > 0 })
		c.Superseded += n(func(d *generator.DocumentStanding) bool { return d.By != "" })
		c.MovedOn += n(func(d *generator.DocumentStanding) bool { return d.MovedOn() > 0 })
		c.Incomplete += n(func(d *generator.DocumentStanding) bool { return d.Gaps > 0 })
	}
	return c
}

// The shapes that --json prints, which the help of the command tells: names are
// added to them, and none is taken away.
type (
	statusReport struct {
		Today    string          `json:"today"`
		Newest   string          `json:"newest_edition"`
		Settings []settingStatus `json:"settings"`
		NotMade  []notMade       `json:"not_made"`
		Counts   statusCounts    `json:"counts"`
	}
	settingStatus struct {
		Setting    string           `json:"setting"`
		Folder     string           `json:"folder"`
		Type       string           `json:"type,omitempty"`
		Approved   string           `json:"approved,omitempty"`
		NextReview string           `json:"next_review,omitempty"`
		Documents  []documentStatus `json:"documents"`
	}
	documentStatus struct {
		Document     string        `json:"document"`
		Family       string        `json:"family,omitempty"`
		Edition      string        `json:"edition"`
		SupersededBy string        `json:"superseded_by,omitempty"`
		Approved     string        `json:"approved,omitempty"`
		NextReview   string        `json:"next_review,omitempty"`
		Planned      string        `json:"planned,omitempty"`
		Overdue      bool          `json:"overdue"`
		Gaps         int           `json:"gaps"`
		Words        int           `json:"words"`
		Edited       []string      `json:"edited"`
		Missing      []string      `json:"missing"`
		Guidance     []movedStatus `json:"guidance"`
	}
	movedStatus struct {
		How generator.Move `json:"how"`
		Old string         `json:"old"`
		New string         `json:"new,omitempty"`
	}
)

func (s *statusRun) printJSON(today toml.Date, newest string) error {
	report := statusReport{Today: today.String(), Newest: newest, Settings: []settingStatus{}, NotMade: append([]notMade{}, s.notMade...), Counts: s.counts()}
	for _, st := range s.standings {
		set := settingStatus{Setting: st.Setting, Folder: st.Folder, Type: st.Type, Approved: day(st.Approved), NextReview: day(st.NextReview), Documents: []documentStatus{}}
		for _, d := range st.Documents {
			doc := documentStatus{
				Document: d.Document, Family: d.Family, Edition: d.Edition, SupersededBy: d.By, Approved: day(st.Approved), NextReview: day(d.Due), Planned: day(d.Planned),
				Overdue: d.Overdue, Gaps: d.Gaps, Words: d.Words, Edited: append([]string{}, d.Edited...), Missing: append([]string{}, d.Missing...), Guidance: []movedStatus{},
			}
			for _, m := range d.Guidance {
				doc.Guidance = append(doc.Guidance, movedStatus(m))
			}
			set.Documents = append(set.Documents, doc)
		}
		report.Settings = append(report.Settings, set)
	}
	enc := json.NewEncoder(s.e.out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(report)
}

// day returns a day as it is written, or "" for none.
func day(d toml.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// printTable prints a line for each document, in columns that are as wide as
// what stands in them anywhere; the last is as long as it is.
func (s *statusRun) printTable() {
	head := []string{"DOCUMENT", "EDITION", "APPROVED", "NEXT REVIEW", "GAPS", "SINCE MADE", "GUIDANCE"}
	if s.opts.spread {
		head = slices.Insert(head, 4, "PLANNED")
	}
	rows := make([][][]string, len(s.standings))
	widths := make([]int, len(head))
	wide := func(row []string) {
		for i, c := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(c))
		}
	}
	wide(head)
	for i, st := range s.standings {
		for _, d := range st.Documents {
			row := s.row(st, &d)
			wide(row)
			rows[i] = append(rows[i], row)
		}
	}
	if len(s.standings) > 0 {
		printRow(s.e.out, head, widths)
	}
	for i, st := range s.standings {
		fmt.Fprintf(s.e.out, "\n%s (%s)\n", st.Setting, st.Folder)
		for _, row := range rows[i] {
			printRow(s.e.out, row, widths)
		}
		if s.opts.guidance {
			printGuidance(s.e.out, st)
		}
	}
}

func printRow(w io.Writer, row []string, widths []int) {
	var b strings.Builder
	for i, c := range row {
		b.WriteString("  " + c)
		if i < len(row)-1 {
			b.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c)))
		}
	}
	fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
}

// row returns what stands in the columns for a document.
func (s *statusRun) row(st *generator.Standing, d *generator.DocumentStanding) []string {
	edition := d.Edition
	switch {
	case d.Unknown:
		edition += " (not known here)"
	case d.By != "":
		edition += " (superseded)"
	}
	due := cmp.Or(day(d.Due), "no date")
	if d.Overdue {
		due += " OVERDUE"
	}
	row := []string{d.Document, edition, cmp.Or(day(st.Approved), "no date"), due, strconv.Itoa(d.Gaps), sinceMade(d), guidanceOf(d)}
	if s.opts.spread {
		row = slices.Insert(row, 4, cmp.Or(day(d.Planned), "no date"))
	}
	return row
}

// sinceMade says what has become of a document's files.
func sinceMade(d *generator.DocumentStanding) string {
	formats := func(files []string) string {
		var list []string
		for _, f := range files {
			list = append(list, strings.TrimPrefix(strings.TrimPrefix(path.Base(f), d.Document), "."))
		}
		return strings.Join(list, ", ")
	}
	var parts []string
	if len(d.Edited) > 0 {
		parts = append(parts, "edited: "+formats(d.Edited))
	}
	if len(d.Missing) > 0 {
		parts = append(parts, "gone: "+formats(d.Missing))
	}
	return cmp.Or(strings.Join(parts, "; "), "as made")
}

// guidanceOf says how much of the guidance that a document names has moved on,
// and the weightiest of it.
func guidanceOf(d *generator.DocumentStanding) string {
	n := d.MovedOn()
	if n == 0 {
		return "-"
	}
	return fmt.Sprintf("%d moved on: %s", n, became(d.Guidance[0]))
}

// became says what has become of guidance.
func became(m generator.Moved) string {
	switch m.How {
	case generator.Dropped, generator.Unnamed:
		return m.Old + " → no longer named"
	}
	return m.Old + " → " + m.New
}

// printGuidance lists all that has moved on, for each family and edition.
func printGuidance(w io.Writer, st *generator.Standing) {
	var told []string
	for _, d := range st.Documents {
		key := d.Edition + " " + d.Family
		if len(d.Guidance) == 0 || slices.Contains(told, key) {
			continue
		}
		told = append(told, key)
		fmt.Fprintf(w, "  guidance that %s of %s named:\n", d.Family, d.Edition)
		for _, m := range d.Guidance {
			fmt.Fprintf(w, "    %s\n", became(m))
		}
	}
}
