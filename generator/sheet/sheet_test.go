package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/source"
	"github.com/policygen/policygen/generator/toml"
)

func form(t testing.TB) *setting.Form {
	data, err := os.ReadFile("../../templates/2026-09/form.toml")
	if err != nil {
		t.Fatal(err)
	}
	f, err := setting.ReadForm(toml.Parse("form.toml", data))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// read reads a sheet and returns a line for each row: its place, id and details,
// then its problems.
func read(t testing.TB, name string, data []byte, opts Options) (string, *Sheet, error) {
	f := form(t)
	s, err := Open(name, bytes.NewReader(data), int64(len(data)), f, opts)
	if err != nil {
		return "", s, err
	}
	var b strings.Builder
	for row, err := range s.Rows() {
		if err != nil {
			return b.String(), s, err
		}
		fmt.Fprintf(&b, "%s", row.Pos)
		if row.ID != "" {
			fmt.Fprintf(&b, " id=%s", row.ID)
		}
		set, err := setting.Read(row.Table, f)
		for field := range f.All() {
			v := set.Value(field)
			if !v.Given || v.Assumed {
				continue
			}
			if field.Kind == setting.Record {
				for i, r := range v.Rows {
					for _, c := range field.Fields {
						if p := setting.Row(r, c); p.Given && !p.Assumed {
							fmt.Fprintf(&b, " %s.%d.%s=%s", field.Path, i+1, c.Name, p.Plain())
						}
					}
				}
				continue
			}
			fmt.Fprintf(&b, " %s=%s", field.Path, v.Plain())
		}
		b.WriteString("\n")
		problems := row.Problems
		problems.Gather(err)
		for _, p := range problems.Sorted() {
			b.WriteString("  " + strings.ReplaceAll(p.Error(), "\n\t", " / ") + "\n")
		}
	}
	return b.String(), s, nil
}

func TestCSV(t *testing.T) {
	const head = "setting.name,setting.type\n"
	latin, err := charmap.Windows1252.NewEncoder().String("setting.name,setting.type\nSt Mary’s École,pru\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, data, want string
		opts             Options
	}{
		{"commas", head + "A,pru\n\n \nB,childminder\n", "x.csv:2:1 setting.name=A setting.type=pru\nx.csv:5:1 setting.name=B setting.type=childminder\n", Options{}},
		{"a byte order mark, semicolons, ends of lines of Windows", "\ufeffsetting.name;setting.type\r\nA;pru\r\n", "x.csv:2:1 setting.name=A setting.type=pru\n", Options{}},
		{"tabs", "setting.name\tsetting.type\nA, B\tpru\n", "x.csv:2:1 setting.name=A, B setting.type=pru\n", Options{}},
		{"quotation marks and ends of lines inside", head + "\"A \"\"B\"\"\nC, D\",pru\nE,pru\n", "x.csv:2:1 setting.name=A \"B\" C, D setting.type=pru\nx.csv:4:1 setting.name=E setting.type=pru\n", Options{}},
		{"Windows-1252", latin, "x.csv:2:1 setting.name=St Mary’s École setting.type=pru\n", Options{}},
		{"labels and keys", "Name of the setting,setting.type,setting.boarding,devices.learner_phones\n" +
			"A,maintained special,NONE,not on site\n", "x.csv:2:1 setting.name=A setting.type=maintained_special setting.boarding=none devices.learner_phones=not_on_site\n", Options{}},
		{"zeros, dates, yes and no, numbers, lists", "setting.name,setting.type,setting.urn,setting.laestab,setting.phone,review.approved_date,review.next_review,cctv.enabled,setting.age_low,technology.communication.channels\n" +
			"A,pru,900001,001/0020,01632960100,1/9/2026,2027-08-31,Yes,11,email; parent_app\n",
			"x.csv:2:1 setting.name=A setting.type=pru setting.age_low=11 setting.urn=900001 setting.laestab=001/0020 setting.phone=01632960100 technology.communication.channels=email; parent_app cctv.enabled=true review.approved_date=2026-09-01 review.next_review=2027-08-31\n", Options{}},
		{"lists of people", "setting.name,setting.type,people.deputy_dsl.name,people.deputy_dsl.2.name,people.deputy_dsl.2.email\nA,pru,D,E,e@a.example\n",
			"x.csv:2:1 setting.name=A setting.type=pru people.deputy_dsl.1.name=D people.deputy_dsl.2.name=E people.deputy_dsl.2.email=e@a.example\n", Options{}},
		{"an id", "id," + head + "kent/12,A,pru\n", "x.csv:2:1 id=kent/12 setting.name=A setting.type=pru\n", Options{}},
		{"a map of columns", "School,Kind,Junk\nA,pru,x\n", "x.csv:2:1 setting.name=A setting.type=pru\n", Options{Columns: map[string]string{"school": "setting.name", "Kind": "setting.type", "junk": ""}}},
		{"rows chosen", "setting.name,setting.type,LA\nA,pru,Kent\nB,pru,Essex\nC,pru,kent\nD,pru,Medway\n", "x.csv:2:1 setting.name=A setting.type=pru\nx.csv:4:1 setting.name=C setting.type=pru\nx.csv:5:1 setting.name=D setting.type=pru\n",
			Options{Where: []Where{{"la", []string{"Kent", "Medway"}}}}},
		{"cells that cannot be read", "setting.name,setting.type,review.approved_date,review.next_review,cctv.enabled,setting.age_low\nA,pru,46266,9/13/2026,perhaps,eleven\n",
			`x.csv:2:1 setting.name=A setting.type=pru
  x.csv:2:7: review.approved_date is a date; the cell has the number 46266 / it is a spreadsheet's number for 1 September 2026: write it as 2026-09-01
  x.csv:2:13: review.next_review is a date; the cell has "9/13/2026" / write it as 2026-09-01 or 1/9/2026
  x.csv:2:23: cctv.enabled cannot be "perhaps" / write yes or no
  x.csv:2:31: setting.age_low is a number; the cell has "eleven"
`, Options{}},
		{"too many cells, too few", head + "A,pru,x,y\nB\n", `x.csv:2:1 setting.name=A setting.type=pru
  x.csv:2:7: the row has 4 cells, and the headings are 2 / is there a comma in a cell without quotation marks?
x.csv:3:1 setting.name=B
  x.csv:3:1: setting.type is missing, and nothing can be made without it / give it in a column with the heading setting.type: one of the types: policygen list types shows them
`, Options{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, _, err := read(t, "x.csv", []byte(test.data), test.opts)
			if err != nil {
				t.Fatal(err)
			}
			if got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestUnknownHeadings(t *testing.T) {
	_, s, err := read(t, "x.csv", []byte("setting.name,Notes,setting.type,Size\nA,n,pru,3\n"), Options{})
	if err != nil || strings.Join(s.Unknown, "|") != "Notes|Size" {
		t.Errorf("unknown: %q, %v", s.Unknown, err)
	}
}

func TestFiles(t *testing.T) {
	for _, test := range []struct{ name, file, data, want string }{
		{"empty", "x.csv", "", "x.csv: the file is empty\n\tits first line has to hold the headings of columns, such as setting.name"},
		{"Excel as CSV", "x.csv", "PK\x03\x04...", "x.csv: the file is an Excel file or an archive\n\tgive it a name that ends in .xlsx, or save it as CSV"},
		{"old Excel", "x.xlsx", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "x.xlsx: the file is protected by a password, or an old Excel file\n\tsave it as .xlsx without a password"},
		{"CSV as Excel", "x.xlsx", "a,b\n", "x.xlsx: the file is not an Excel file\n\tgive a text file a name that ends in .csv"},
		{"a web page", "x.csv", "<!DOCTYPE html><html>", "x.csv: the file is a web page\n\tdownload it again"},
		{"UTF-16", "x.csv", "\xff\xfea\x00", "x.csv: the file is saved as UTF-16\n\tsave it again as CSV UTF-8"},
		{"not text", "x.csv", "a\x00b", "x.csv: the file is not text"},
		{"a broken archive", "x.xlsx", "PK\x03\x04 and nothing more", "x.xlsx: the file is damaged\n\topen it in Excel and save it again"},
		{"two columns for one thing", "x.csv", "setting.name,Name of the setting\nA,B\n", "x.csv:1:2: the columns \"setting.name\" and \"Name of the setting\" are both setting.name\n\tkeep one of them"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := read(t, test.file, []byte(test.data), Options{})
			if err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
	_, _, err := read(t, "x.csv", []byte("setting.name\nA\n"), Options{Where: []Where{{"LA", nil}}, Columns: map[string]string{"setting.name": "setting.nmae"}})
	if want := "x.csv:1: no column is called \"LA\"\nx.csv:1:1: no detail is called \"setting.nmae\", which the map of columns gives for \"setting.name\"\n\tdid you mean \"setting.name\"?"; err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	// A row that cannot be taken apart does not hide those after it.
	got, _, err := read(t, "x.csv", []byte("setting.name,setting.type\nA\"B,pru\nC,pru\n"), Options{})
	problems, _ := errors.AsType[source.Errors](err)
	if got != "x.csv:3:1 setting.name=C setting.type=pru\n" || len(problems) != 1 || problems[0].Pos.Line != 2 {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestExcel(t *testing.T) {
	book := excelize.NewFile()
	defer book.Close()
	set := func(cell string, v any) {
		if err := book.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	for i, h := range []string{"setting.name", "setting.type", "setting.urn", "setting.phone", "review.approved_date", "cctv.enabled", "setting.local_authority", "people.dsl.name"} {
		cell, _ := excelize.CoordinatesToCellName(i+1, 1)
		set(cell, h)
	}
	set("A2", "A")
	set("B2", "pru")
	set("C2", 900001)
	set("D2", 1632960100)
	set("E2", 46266)
	style, err := book.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		t.Fatal(err)
	}
	if err := book.SetCellStyle("Sheet1", "E2", "E2", style); err != nil {
		t.Fatal(err)
	}
	set("F2", true)
	set("G2", "Kent")
	if err := book.SetCellFormula("Sheet1", "H2", `=A2&" B"`); err != nil {
		t.Fatal(err)
	}
	set("A3", "B")
	set("B3", "pru")
	if err := book.MergeCell("Sheet1", "G2", "G3"); err != nil {
		t.Fatal(err)
	}
	set("A5", "C")
	set("B5", "childminder")
	if _, err := book.NewSheet("Other"); err != nil {
		t.Fatal(err)
	}
	if err := book.SetSheetRow("Other", "A1", &[]string{"setting.name", "setting.type"}); err != nil {
		t.Fatal(err)
	}
	if err := book.SetSheetRow("Other", "A2", &[]string{"O", "pru"}); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	got, _, err := read(t, "x.xlsx", b.Bytes(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := `x.xlsx:2:1 setting.name=A setting.type=pru setting.urn=900001 setting.local_authority=Kent setting.phone=01632960100 cctv.enabled=true review.approved_date=2026-09-01
  x.xlsx:2:8: cell H2 holds a formula that has no value / put the value itself into the cell
x.xlsx:3:1 setting.name=B setting.type=pru
  x.xlsx:3:7: cell G3 is merged with others, and so has no value of its own / put the value itself into the cell
x.xlsx:5:1 setting.name=C setting.type=childminder
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got, _, err = read(t, "x.xlsx", b.Bytes(), Options{Sheet: "other"}); err != nil || got != "x.xlsx:2:1 setting.name=O setting.type=pru\n" {
		t.Errorf("the other sheet: %q, %v", got, err)
	}
	if _, _, err = read(t, "x.xlsx", b.Bytes(), Options{Sheet: "Third"}); err == nil || err.Error() != "x.xlsx: no sheet is called \"Third\"\n\tit has \"Sheet1\" and \"Other\"" {
		t.Errorf("a sheet that is not there: %v", err)
	}
}

// registerCSV is rows of the register as it is published, with the columns that
// matter here and one that does not.
const registerCSV = `URN,LA (code),LA (name),EstablishmentNumber,EstablishmentName,TypeOfEstablishment (code),TypeOfEstablishment (name),EstablishmentStatus (name),PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge,Boarders (name),NurseryProvision (name),OfficialSixthForm (name),Gender (name),ReligiousCharacter (name),Diocese (name),Trusts (code),Trusts (name),TrustSchoolFlag (name),UKPRN,Street,Town,County (name),Postcode,SchoolWebsite,TelephoneNum,HeadTitle (name),HeadFirstName,HeadLastName,HeadPreferredJobTitle,GOR (name),NumberOfPupils
900001,886,Kent,12,ST MARY’S CHURCH OF ENGLAND (AIDED) SCHOOL,2,Voluntary aided school,Open,Primary,4,11,No boarders,No Nursery Classes,Does not have a sixth form,Mixed,Church of England,Diocese of Canterbury,,,Not applicable,10012345,1 School Lane,Exampleford,Not applicable,ME1 1AA, HTTP://WWW.StMarys.EXAMPLE/Home ,1632960100,Mrs,Ann,O'Neill,Headteacher,South East,200
900002,886,Kent,,Harbour Special Academy,44,Academy special converter,"Open, but proposed to close",Not applicable,5,19,,,,Mixed,None,Not applicable,5123,Example Trust,Supported by a multi-academy trust,,,,,ME1 1AB,harbour.example,01632960101,Not-applicable,,,,South East,
900003,887,Medway,4000,Big Academy,34,Academy converter,Open,All-through,2,19,,Has Nursery Classes,Has a sixth form,Girls,Does not apply,,,,,,,,,ME1 1AC,not a website,020 7946 0001,Dr,Sam,Lee,Executive Head,South East,
900004,887,Medway,6000,Old College,11,Other independent school,Open,Not applicable,0,99,Boarding school,,,Boys,,,,,,,,,,ME1 1AD,https://old.example,,Mr,A,B,,South East,
900005,887,Medway,6001,Closed School,1,Community school,Closed,Primary,4,11,,,,,,,,,,,,,,,,,,,,,South East,
900006,681,Cardiff,1,Welsh School,30,Welsh establishment,Open,Primary,4,11,,,,,,,,,,,,,,,,,,,,,Wales (pseudo),
900007,887,Medway,1,New Kind,99,Something new,Open,Primary,4,11,,,,,,,,,,,,,,,,,,,,,South East,
900008,887,Medway,1,Sixteen,45,Academy 16-19 converter,Proposed to open,16 plus,16,19,,,,,,,,,,,,,,,,,,,,,South East,
`

func TestRegister(t *testing.T) {
	data, err := charmap.Windows1252.NewEncoder().String(registerCSV)
	if err != nil {
		t.Fatal(err)
	}
	got, s, err := read(t, "edubasealldata.csv", []byte(data), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := `edubasealldata.csv:2:1 setting.name=ST MARY’S CHURCH OF ENGLAND (AIDED) SCHOOL setting.type=maintained_primary setting.age_low=4 setting.age_high=11 setting.nursery_classes=false setting.sixth_form=false setting.boarding=none setting.gender=mixed setting.religious_character=Church of England setting.diocese=Diocese of Canterbury setting.urn=900001 setting.laestab=886/0012 setting.ukprn=10012345 setting.local_authority=Kent setting.address.street=1 School Lane setting.address.town=Exampleford setting.address.postcode=ME1 1AA setting.phone=01632 960100 setting.website=http://www.stmarys.example/Home people.leader.name=Mrs Ann O'Neill people.leader.title=Headteacher
edubasealldata.csv:3:1 setting.name=Harbour Special Academy setting.type=academy_special setting.age_low=5 setting.age_high=19 setting.gender=mixed setting.urn=900002 setting.local_authority=Kent setting.address.postcode=ME1 1AB setting.phone=01632 960101 setting.website=https://harbour.example trust.name=Example Trust trust.kind=mat trust.uid=5123
edubasealldata.csv:4:1 setting.name=Big Academy setting.type=academy_all_through setting.age_low=2 setting.age_high=19 setting.nursery_classes=true setting.sixth_form=true setting.gender=girls setting.urn=900003 setting.laestab=887/4000 setting.local_authority=Medway setting.address.postcode=ME1 1AC setting.phone=020 7946 0001 people.leader.name=Dr Sam Lee people.leader.title=Executive Head
edubasealldata.csv:5:1 setting.name=Old College setting.type=independent setting.age_low=0 setting.age_high=25 setting.boarding=mixed setting.gender=boys setting.urn=900004 setting.laestab=887/6000 setting.local_authority=Medway setting.address.postcode=ME1 1AD setting.website=https://old.example people.leader.name=Mr A B
edubasealldata.csv:8:1 setting.name=New Kind setting.age_low=4 setting.age_high=11 setting.urn=900007 setting.laestab=887/0001 setting.local_authority=Medway
  edubasealldata.csv:8:1: setting.type is missing, and nothing can be made without it / give it in a column with the heading setting.type: one of the types: policygen list types shows them
  edubasealldata.csv:8:30: no type of setting is known for the code "99", "Something new" / give setting.type in a column of its own
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if len(s.Unknown) > 0 || s.LeftOut() != "1 closed, 1 in Wales, 1 proposed to open" {
		t.Errorf("unknown %q, left out %q", s.Unknown, s.LeftOut())
	}
	// Columns are found by their headings: more of them, or another order, does
	// not matter; and rows are chosen by any of them.
	got, _, err = read(t, "r.csv", []byte("TypeOfEstablishment (code),EstablishmentName,LA (name),URN,Something new\n1,A,Kent,900001,x\n1,B,Medway,900002,\n"), Options{Where: []Where{{"la (NAME)", []string{"medway"}}}})
	if want := "r.csv:3:1 setting.name=B setting.type=maintained_primary setting.urn=900002 setting.local_authority=Medway\n"; err != nil || got != want {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

func TestTelephone(t *testing.T) {
	for in, want := range map[string]string{
		"1632960100": "01632 960100", "01632960100": "01632 960100", "2079460001": "020 7946 0001", "02079460001": "020 7946 0001", "441632960100": "01632 960100",
		"01134960000": "0113 496 0000", "08081570000": "0808 157 0000", "07700900000": "07700 900000", "123": "", "": "", "none": "",
	} {
		if got := telephone(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// FuzzCSV checks that no file makes the reader fail otherwise than by saying so,
// and that every row has a possible place.
func FuzzCSV(f *testing.F) {
	f.Add([]byte("setting.name,setting.type\nA,pru\n"))
	f.Add([]byte("setting.name;setting.type\r\n\"A\nB\";pru\r\n"))
	f.Add([]byte(registerCSV))
	frm := form(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Open("x.csv", bytes.NewReader(data), int64(len(data)), frm, Options{})
		if err != nil {
			if _, ok := errors.AsType[source.Errors](err); !ok {
				t.Fatal(err)
			}
			return
		}
		last := 0
		for row, err := range s.Rows() {
			if err != nil {
				if _, ok := errors.AsType[source.Errors](err); !ok {
					t.Fatal(err)
				}
				return
			}
			if row.Pos.Line <= last || row.Pos.Line > bytes.Count(data, []byte("\n"))+1 {
				t.Fatalf("a row at line %d after line %d", row.Pos.Line, last)
			}
			last = row.Pos.Line
			setting.Read(row.Table, frm)
		}
	})
}
