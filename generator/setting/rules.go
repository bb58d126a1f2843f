package setting

import (
	"fmt"
	"strings"

	"github.com/policygen/policygen/generator/source"
)

// This file holds what the form cannot say about one field alone. What is
// wrong is a problem, and nothing is made; what is odd, or departs from what is
// expected of such a setting, is a warning. Nothing here asks what day it is:
// the same file gives the same answers on every day.

// check returns what is wrong with the details taken together, and puts what
// is odd into s.Warnings.
func (s *Setting) check() source.Errors {
	var problems source.Errors
	problem := func(v *Value, hint, format string, args ...any) { problems.Add(s.place(v), hint, format, args...) }
	warn := func(v *Value, hint, format string, args ...any) { s.Warnings.Add(s.place(v), hint, format, args...) }

	for f := range s.Form.All() {
		if v := s.Value(f); !v.Assumed && v.Given && !f.Concerns(s.Type) {
			warn(v, "", "%s does not concern a setting of the type %s, and is not printed", f.Path, s.Type.ID)
		}
	}
	if low, high := s.At("setting.age_low"), s.At("setting.age_high"); low.Given && high.Given && low.Int >= high.Int {
		v := high
		if high.Assumed {
			v = low
		}
		problem(v, "", "ages from %d to %d", low.Int, high.Int)
	}

	approved, next := s.At("review.approved_date"), s.At("review.next_review")
	if approved.Given && next.Given {
		switch {
		case next.Date.Before(approved.Date):
			problem(next, "", "the next review, %s, is before the policy was approved, %s", next.Text, approved.Text)
		case approved.Date.AddMonths(12).Before(next.Date):
			warn(next, "set it within a year", "the next review, %s, is more than twelve months after approval", next.Text)
		}
	}

	dsl := s.Form.Field("people.dsl")
	if slt := s.At("people.dsl.is_slt"); dsl != nil && slt.Given && !slt.Yes && !slt.Assumed && !s.Type.Is("childminder") {
		warn(slt, "", "the designated safeguarding lead is not on the leadership team, where the role is expected to sit")
	}
	if approved.Given {
		for _, v := range s.trainingDates() {
			if v.Given && v.Date.AddMonths(24).Before(approved.Date) {
				warn(v, "", "%s, %s, is more than two years before the policy was approved", v.Field.Label, v.Text)
			}
		}
		if v := s.At("technology.filtering.last_review"); v.Given && v.Date.AddMonths(12).Before(approved.Date) {
			warn(v, "the check is expected once in every academic year", "the last review of filtering and monitoring, %s, is more than twelve months before the policy was approved", v.Text)
		}
	}

	if phones := s.At("devices.learner_phones"); s.Type.Is("phone_duty") && !s.At("devices.departure_reason").Given {
		switch phones.Key {
		case "allowed_at_breaks", "allowed_with_permission":
			warn(phones, "give the reason in devices.departure_reason, and take advice", "the statutory guidance Mobile phones in schools expects schools to be free of phones all day, and this choice departs from it")
		}
	}
	for f := range s.Form.All() {
		s.personal(s.Value(f))
	}
	return problems
}

// place returns where v is given, which may be a layer under the setting's file;
// that file if it is not.
func (s *Setting) place(v *Value) source.Pos {
	if v.Pos.Line == 0 || v.Assumed {
		return source.Pos{File: s.File}
	}
	return v.Pos
}

// trainingDates returns when the lead and the deputies were trained.
func (s *Setting) trainingDates() []*Value {
	dates := []*Value{s.At("people.dsl.training_date")}
	if deputies := s.Form.Field("people.deputy_dsl"); deputies != nil && deputies.Many {
		if trained := deputies.Field("training_date"); trained != nil {
			for _, row := range s.Value(deputies).Rows {
				dates = append(dates, Row(row, trained))
			}
		}
	}
	return dates
}

// personal warns of mailboxes that look private: a policy is published.
func (s *Setting) personal(v *Value) {
	if v.Assumed {
		return
	}
	for _, row := range v.Rows {
		for i := range row {
			s.personal(&row[i])
		}
	}
	if !v.Given || v.Field == nil || v.Field.Kind != Email || s.Type.Is("childminder") {
		return
	}
	_, domain, _ := strings.Cut(strings.ToLower(v.Text), "@")
	for _, private := range []string{"gmail.", "googlemail.", "hotmail.", "outlook.", "live.", "yahoo.", "icloud.", "btinternet.", "aol.", "sky."} {
		if strings.HasPrefix(domain, private) {
			s.Warnings.Add(s.place(v), "give a mailbox of the setting: the document is published", "%s looks like a private mailbox", fmt.Sprintf("%s, %q,", v.Field.Path, v.Text))
			return
		}
	}
}
