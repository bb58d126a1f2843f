package review

// Markdown brings a Markdown file forward.
func Markdown(base, adopted, latest string, known bool, given Given) *Result {
	panic("review: not yet")
}

// DecisionsList lists decisions.
func DecisionsList(title string, decisions []*Decision, sectionTitle func(code string) string) string {
	return ""
}
