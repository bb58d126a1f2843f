package document

// Meta is what a document says about itself, apart from its text: writers put
// it on covers, into headers and footers, and into properties. Its texts are
// details, with nothing escaped.
type Meta struct {
	Title   string
	Setting string // its name
	Short   string // what it is called for short, or ""
	URN     string // by which the national register knows it, or ""
	Lang    string // BCP 47, such as en-GB

	Version  string // of the policy
	Edition  string // that it was made from: 2026-09
	Document string // its name, such as online-safety-policy

	// Approved and NextReview are days as they are printed, or "". Created is
	// the day of approval in the form of RFC 3339, or "": documents have no
	// other date, so that the same details give the same bytes.
	Approved   string
	NextReview string
	Created    string

	Cover    bool // it begins with a cover block and has a list of contents
	Numbered bool // its sections have numbers

	Brand Brand
}

// Brand is how a setting's documents look.
type Brand struct {
	Colour    string // RRGGBB, at least 4.5:1 against white (WCAG 2.2, 1.4.3)
	Font      string
	Strapline string
	Crest     *Picture // or nil
}

// A Picture is a crest or logo.
type Picture struct {
	Data   []byte
	Type   string // its MIME type: image/png or image/jpeg
	Width  int    // in pixels
	Height int
	Alt    string // for people who cannot see it
	SVG    []byte // the same as SVG, or nil; web pages show this one
}
