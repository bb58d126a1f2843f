package sheet

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/policygen/policygen/generator/toml"
)

// This file reads the national register of schools as it is published: the CSV
// file edubasealldata of Get Information About Schools (Department for Education,
// Open Government Licence v3.0). Columns are found by their headings, because
// their number and order have changed over the years. Types are told by their
// codes: the names of some are spelt in two ways.

// isRegister reports whether headings are those of the register.
func isRegister(headings []string) bool {
	for _, need := range []string{"URN", "EstablishmentName", "TypeOfEstablishment (code)"} {
		if !slices.ContainsFunc(headings, func(h string) bool { return strings.EqualFold(h, need) }) {
			return false
		}
	}
	return true
}

// registerColumn reports whether a heading is one of the register's that need
// not be told as unknown: every one of its columns is known, if not used.
func registerColumn(string) bool { return true }

// kinds are the types of establishment, by code. Those with a * are told apart by
// phase and ages.
var kinds = map[string]string{
	"1": "maintained*", "2": "maintained*", "3": "maintained*", "5": "maintained*",
	"6": "independent", "7": "maintained_special", "12": "maintained_special", "8": "non_maintained_special",
	"10": "independent_special", "11": "independent", "14": "pru", "15": "maintained_nursery",
	"18": "college_fe", "31": "sixth_form_college", "32": "special_post16",
	"28": "academy*", "34": "academy*", "35": "academy*", "40": "academy*", "41": "academy*",
	"33": "academy_special", "44": "academy_special", "36": "academy_special",
	"38": "academy_ap", "42": "academy_ap", "43": "academy_ap",
	"39": "academy_16_19", "45": "academy_16_19", "46": "academy_16_19", "57": "academy_16_19",
}

// The groups of establishments that are no settings of ours, as counts tell them.
var outside = map[string]string{
	"24": "secure units", "25": "abroad", "26": "abroad", "27": "of other kinds", "29": "universities", "30": "in Wales", "37": "abroad",
	"47": "children's centres", "48": "children's centres", "49": "online providers", "56": "of other kinds",
}

// registerRow reads a row of the register into r, or returns why the
// establishment is no setting of ours.
func registerRow(r *Row, get func(heading string) cell) (leftOut string) {
	text := func(heading string) string {
		t := get(heading).text
		switch strings.ToLower(t) {
		case "not applicable", "not recorded", "unknown", "does not apply", "none":
			return ""
		}
		return t
	}
	if status := text("EstablishmentStatus (name)"); status != "" && !strings.HasPrefix(strings.ToLower(status), "open") {
		return strings.ToLower(status)
	}
	if strings.Contains(strings.ToLower(get("GOR (name)").text), "wales") {
		return "in Wales"
	}
	code := strings.TrimLeft(text("TypeOfEstablishment (code)"), "0")
	if why := outside[code]; why != "" {
		return why
	}
	put := func(path, heading string, v any) {
		pos := get(heading).pos
		r.Table.Put(path, &toml.Value{Key: pos, Pos: pos, V: v})
	}
	low, lowOK := age(text("StatutoryLowAge"))
	high, highOK := age(text("StatutoryHighAge"))
	if high > 25 { // 99 stands for no upper age
		high = 25
	}
	agesOK := lowOK && highOK && low < high

	kind := kinds[code]
	if prefix, ok := strings.CutSuffix(kind, "*"); ok {
		kind = prefix + "_" + phase(get("PhaseOfEducation (name)").text, low, high, agesOK)
		if kind == "maintained_nursery_phase" {
			kind = "maintained_nursery"
		}
		if kind == "academy_16_plus" || kind == "maintained_16_plus" {
			kind = "academy_16_19"
			if prefix == "maintained" {
				kind = "maintained_secondary"
			}
		}
		kind = strings.Replace(kind, "academy_nursery_phase", "academy_primary", 1)
	}
	if kind == "" {
		r.Problems.Add(get("TypeOfEstablishment (code)").pos, "give setting.type in a column of its own", "no type of setting is known for the code %q, %q", get("TypeOfEstablishment (code)").text, get("TypeOfEstablishment (name)").text)
	} else {
		put("setting.type", "TypeOfEstablishment (code)", kind)
	}

	if name := text("EstablishmentName"); name != "" {
		put("setting.name", "EstablishmentName", name)
	}
	if urn := text("URN"); urn != "" {
		put("setting.urn", "URN", urn)
	}
	if la, number := text("LA (code)"), text("EstablishmentNumber"); la != "" && number != "" {
		put("setting.laestab", "EstablishmentNumber", pad(la, 3)+"/"+pad(number, 4))
	}
	for _, plain := range []struct{ path, heading string }{
		{"setting.local_authority", "LA (name)"}, {"setting.ukprn", "UKPRN"},
		{"setting.address.street", "Street"}, {"setting.address.locality", "Locality"}, {"setting.address.address3", "Address3"},
		{"setting.address.town", "Town"}, {"setting.address.county", "County (name)"}, {"setting.address.postcode", "Postcode"},
	} {
		if t := text(plain.heading); t != "" {
			put(plain.path, plain.heading, t)
		}
	}
	if agesOK {
		put("setting.age_low", "StatutoryLowAge", int64(low))
		put("setting.age_high", "StatutoryHighAge", int64(high))
	}
	if v := strings.ToLower(get("NurseryProvision (name)").text); strings.HasPrefix(v, "has ") || strings.HasPrefix(v, "no ") {
		put("setting.nursery_classes", "NurseryProvision (name)", strings.HasPrefix(v, "has "))
	}
	if v := strings.ToLower(get("OfficialSixthForm (name)").text); strings.HasPrefix(v, "has ") || strings.HasPrefix(v, "does not have") {
		put("setting.sixth_form", "OfficialSixthForm (name)", strings.HasPrefix(v, "has "))
	}
	if v := boarding(get("Boarders (name)").text, get("BoardingEstablishment (name)").text); v != "" {
		put("setting.boarding", "Boarders (name)", v)
	}
	if g := strings.ToLower(text("Gender (name)")); g == "mixed" || g == "boys" || g == "girls" {
		put("setting.gender", "Gender (name)", g)
	}
	if c := text("ReligiousCharacter (name)"); c != "" {
		put("setting.religious_character", "ReligiousCharacter (name)", c)
	}
	if d := text("Diocese (name)"); d != "" && text("ReligiousCharacter (name)") != "" {
		put("setting.diocese", "Diocese (name)", d)
	}
	if strings.HasPrefix(kind, "academy") {
		if t := text("Trusts (name)"); t != "" {
			put("trust.name", "Trusts (name)", t)
		}
		if t := text("Trusts (code)"); t != "" {
			put("trust.uid", "Trusts (code)", t)
		}
		switch flag := strings.ToLower(get("TrustSchoolFlag (name)").text); {
		case strings.Contains(flag, "multi-academy"):
			put("trust.kind", "TrustSchoolFlag (name)", "mat")
		case strings.Contains(flag, "single-academy"):
			put("trust.kind", "TrustSchoolFlag (name)", "sat")
		}
	}
	if w := website(text("SchoolWebsite")); w != "" {
		put("setting.website", "SchoolWebsite", w)
	}
	if p := telephone(text("TelephoneNum")); p != "" {
		put("setting.phone", "TelephoneNum", p)
	}
	if n := headName(text("HeadTitle (name)"), text("HeadFirstName"), text("HeadLastName")); n != "" {
		put("people.leader.name", "HeadLastName", n)
	}
	if t := text("HeadPreferredJobTitle"); t != "" {
		put("people.leader.title", "HeadPreferredJobTitle", t)
	}
	return ""
}

func age(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0
}

// pad puts zeros before a code that a spreadsheet has taken for a number.
func pad(code string, n int) string {
	for len(code) < n {
		code = "0" + code
	}
	return code
}

// phase tells primary schools from secondary ones. Of many schools the register
// says that a phase does not apply: then the ages decide.
func phase(name string, low, high int, agesOK bool) string {
	switch p := strings.ToLower(strings.TrimSpace(name)); {
	case p == "nursery":
		return "nursery_phase"
	case p == "primary", p == "middle deemed primary":
		return "primary"
	case p == "secondary", p == "middle deemed secondary":
		return "secondary"
	case p == "16 plus":
		return "16_plus"
	case strings.HasPrefix(p, "all"):
		return "all_through"
	case !agesOK:
		return "primary"
	case low < 9 && high > 13:
		return "all_through"
	case low >= 16:
		return "16_plus"
	case low >= 9:
		return "secondary"
	}
	return "primary"
}

// boarding returns the key of the choice, or "" if the register does not say.
func boarding(boarders, establishment string) string {
	switch b := strings.ToLower(boarders); {
	case strings.Contains(b, "children's home"):
		return "childrens_home"
	case strings.Contains(b, "residential"):
		return "residential_fe"
	case strings.Contains(b, "boarding school"), strings.EqualFold(establishment, "Has boarders"):
		return "mixed"
	case strings.HasPrefix(b, "no boarders"):
		return "none"
	}
	return ""
}

// website mends an address: many have no scheme, and some have capitals in it or
// blanks around. One that cannot be mended is left out.
func website(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.ContainsAny(s, " \t") || !strings.Contains(s, ".") || strings.Contains(s, "@") {
		return ""
	}
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		scheme, rest = "https", strings.TrimLeft(s, ":/")
	}
	scheme = strings.ToLower(scheme)
	if scheme != "http" && scheme != "https" {
		return ""
	}
	host, path, _ := strings.Cut(rest, "/")
	if path != "" {
		path = "/" + path
	}
	return scheme + "://" + strings.ToLower(host) + path
}

// areaCodes matches the lengths of the dialling codes of the United Kingdom that
// do not have five digits, the zero among them (Ofcom, National Telephone
// Numbering Plan).
var areaCodes = regexp.MustCompile(`^(?:02[0-9]|03[0-9]{2}|08[0-9]{2}|011[0-9]|01[0-9]1|0[79][0-9]{3}|01[0-9]{3})`)

// telephone writes a number with blanks, as people do, with the zero that a
// spreadsheet may have taken from it.
func telephone(s string) string {
	digits := strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, s)
	if strings.HasPrefix(digits, "44") && len(digits) == 12 {
		digits = "0" + digits[2:]
	}
	if len(digits) == 9 || len(digits) == 10 && digits[0] != '0' {
		digits = "0" + digits
	}
	if len(digits) < 10 || len(digits) > 11 || digits[0] != '0' {
		return ""
	}
	code := areaCodes.FindString(digits)
	if code == "" {
		return digits
	}
	rest := digits[len(code):]
	if len(rest) > 6 {
		return code + " " + rest[:len(rest)-4] + " " + rest[len(rest)-4:]
	}
	return code + " " + rest
}

// headName puts a name together. The register's data may lag behind: documents
// are read before they are adopted.
func headName(title, first, last string) string {
	if last == "" {
		return ""
	}
	if strings.EqualFold(title, "Not-applicable") {
		title = ""
	}
	return strings.Join(strings.Fields(title+" "+first+" "+last), " ")
}
