package pack

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/slot"
	"github.com/policygen/policygen/generator/source"
)

// A Function is something that a template can call. The example of each is run
// as a test, with the setting in testdata/functions.toml.
type Function struct {
	Name    string
	Usage   string
	Doc     string
	Example string
	Prints  string // what the example prints, as Markdown

	block   bool // it prints whole lines
	least   int  // arguments
	most    int  // arguments; -1 for any number
	compile func(c *compiler, at int, args []expr) expr
}

// Functions returns all that a template can call. There are no others: those
// that text/template has and this list has not are refused, too.
func Functions() []Function { return functions() }

func functionNames(table []Function) []string {
	var names []string
	for _, f := range table {
		names = append(names, f.Name)
	}
	return names
}

func blockFunctions() []string { return []string{"guidance_list", "contact_rows", "answers"} }

func functions() []Function {
	return []Function{
		// Conditions.
		{
			Name: "eq", Usage: `eq .detail "key"…`, least: 2, most: -1, compile: equal,
			Doc:     "Whether a detail is one of the values. A choice is compared by its key, which is checked to be one it can have.",
			Example: `{{if eq .setting.boarding "full" "weekly"}}boards{{else}}does not board{{end}}`, Prints: "does not board",
		},
		{
			Name: "ne", Usage: `ne .detail "key"…`, least: 2, most: -1, compile: func(c *compiler, at int, args []expr) expr { return not(equal(c, at, args)) },
			Doc:     "Whether a detail is none of the values.",
			Example: `{{if ne .setting.boarding "none"}}boards{{else}}does not board{{end}}`, Prints: "does not board",
		},
		{
			Name: "lt", Usage: "lt .number 12", least: 2, most: 2, compile: compare(func(a, b int) bool { return a < b }),
			Doc:     "Whether a number is lower. It is not if it has not been given.",
			Example: `{{if lt .setting.age_low 5}}has under-fives{{end}}`, Prints: "has under-fives",
		},
		{
			Name: "gt", Usage: "gt .number 12", least: 2, most: 2, compile: compare(func(a, b int) bool { return a > b }),
			Doc:     "Whether a number is higher. It is not if it has not been given.",
			Example: `{{if gt .setting.age_high 11}}has teenagers{{else}}has none{{end}}`, Prints: "has none",
		},
		{
			Name: "and", Usage: "and condition condition…", least: 2, most: -1, compile: every,
			Doc:     "Whether all the conditions hold.",
			Example: `{{if and (is "school") (lt .setting.age_low 5)}}a school with under-fives{{end}}`, Prints: "a school with under-fives",
		},
		{
			Name: "or", Usage: "or condition condition…", least: 2, most: -1, compile: any1,
			Doc:     "Whether one of the conditions holds. Of details, it is the first that has been given.",
			Example: `{{or .people.senco.title .people.leader.title}}`, Prints: "Headteacher",
		},
		{
			Name: "not", Usage: "not condition", least: 1, most: 1, compile: func(c *compiler, at int, args []expr) expr { return not(c.decides(at, args[0])) },
			Doc:     "Whether the condition does not hold.",
			Example: `{{if not .cctv.enabled}}no CCTV{{end}}`, Prints: "no CCTV",
		},
		{
			Name: "given", Usage: "given .detail", least: 1, most: 1, compile: given,
			Doc:     "Whether a detail is known, from the setting's file or from a default. A yes or no that is no has been given.",
			Example: `{{if given .cctv.enabled}}we know{{end}}`, Prints: "we know",
		},
		{
			Name: "has", Usage: `has .list "key"…`, least: 2, most: -1, compile: has,
			Doc:     "Whether a list holds one of the values.",
			Example: `{{if has .setting.key_stages "eyfs" "ks1"}}has young children{{end}}`, Prints: "has young children",
		},
		{
			Name: "is", Usage: `is "group"…`, least: 1, most: -1, compile: is,
			Doc:     "Whether the setting's type is one of these, or belongs to one of these groups.",
			Example: `{{if is "school" "college"}}a school or college{{end}}`, Prints: "a school or college",
		},

		// Details, otherwise than as they stand.
		{
			Name: "cap", Usage: "cap .detail", least: 1, most: 1, compile: change(capital),
			Doc:     "A detail with a capital letter, for the beginning of a sentence.",
			Example: `{{cap .terms.learners}} tell an adult.`, Prints: "Pupils tell an adult.",
		},
		{
			Name: "poss", Usage: "poss .detail", least: 1, most: 1, compile: change(possessive),
			Doc:     "The possessive of a detail.",
			Example: `{{poss .terms.learners}} phones, {{poss .setting.short_name}} rules`, Prints: "pupils' phones, Oakfield Primary's rules",
		},
		{
			Name: "a", Usage: "a .detail", least: 1, most: 1, compile: change(article),
			Doc:     "A detail with a or an before it.",
			Example: `{{a .terms.learner}} and {{a .people.leader.title}}`, Prints: "a pupil and a Headteacher",
		},
		{
			Name: "join", Usage: `join .list ["or"]`, least: 1, most: 2, compile: joined,
			Doc:     "The items of a list as part of a sentence.",
			Example: `{{join .curriculum.events}}`, Prints: "Safer Internet Day and Anti-Bullying Week",
		},
		{
			Name: "gap", Usage: "gap .list", least: 1, most: 1, compile: gap,
			Doc:     "What is to be completed, where a finished document needs a list, or a yes or no, that nobody has given.",
			Example: `{{range .people.deputy_dsl}}{{.name}}{{else}}{{gap .people.deputy_dsl}}{{end}}`, Prints: "To complete: a deputy safeguarding lead",
		},

		// The registers.
		{
			Name: "guidance", Usage: `guidance "id"`, least: 1, most: 1, compile: guidance,
			Doc:     "The title of an entry of guidance.toml, with a link. An entry that is not verified cannot be named.",
			Example: `{{guidance "kcsie"}}`, Prints: `[*Keeping children safe*](https://www.gov.uk/x)`,
		},
		{
			Name: "guidance_list", Usage: "guidance_list", block: true, most: 0, compile: guidanceList,
			Doc:     "The verified guidance and law of the document's family that concerns the setting's type, as a list.",
			Example: `{{guidance_list}}`, Prints: "- [*Keeping children safe*](https://www.gov.uk/x) (Department for Education; from 1 September 2026; statutory guidance): what schools must do.\n- Data Act 2018",
		},
		{
			Name: "contact", Usage: `contact "id"`, least: 1, most: 1, compile: contact,
			Doc:     "A national service of contacts.toml, with how to reach it. One that is not verified cannot be named.",
			Example: `{{contact "childline"}}`, Prints: "Childline (0800\u00a01111, [childline.org.uk](https://www.childline.org.uk))",
		},
		{
			Name: "contact_rows", Usage: `contact_rows "staff"`, block: true, least: 1, most: 1, compile: contactRows,
			Doc:     "The verified national services for staff, learners or parents, as rows of a table of three columns.",
			Example: `{{contact_rows "learners"}}`, Prints: "| Childline | Someone to talk to | 0800\u00a01111; [childline.org.uk](https://www.childline.org.uk) |",
		},

		// The document itself.
		{
			Name: "section", Usage: `section "OS-6.3"`, least: 1, most: 1, compile: section,
			Doc:     "The number of a section, with a link if it is in the same document, or with the document's title.",
			Example: `see {{section "OS-1"}}`, Prints: "see [section 1](#OS-1)",
		},
		{
			Name: "document", Usage: `document "sexting-response-policy"`, least: 1, most: 1, compile: title,
			Doc:     "The title of one of the setting's documents.",
			Example: `{{document "online-safety-policy"}}`, Prints: "*Online safety policy*",
		},
		{
			Name: "answers", Usage: `answers "id"…`, block: true, least: 1, most: -1, compile: answers,
			Doc:     "Prints nothing, and says that the clause after it answers those requirements of requirements.toml. It stands on a line of its own.",
			Example: `{{answers "R-1"}}The DSL leads.`, Prints: "The DSL leads.",
		},
		{
			Name: "evidence", Usage: `evidence "S-AP-01"`, least: 1, most: 1, compile: evidence,
			Doc:     "What the setting gives as evidence for a question, or a gap.",
			Example: `{{evidence "S-AP-01"}}`, Prints: "Minutes of March",
		},
		{
			Name: "edition", Usage: "edition", most: 0, compile: edition,
			Doc:     "The edition that the documents are made from.",
			Example: `{{edition}}`, Prints: "September 2026",
		},
	}
}

func condition(f func(*run) bool) expr { return expr{typ: typ{kind: typBool}, truth: f} }

func not(e expr) expr {
	if e.truth == nil {
		return e
	}
	return condition(func(r *run) bool { return !e.truth(r) })
}

// decides checks that e can be a condition.
func (c *compiler) decides(at int, e expr) expr {
	if e.truth == nil {
		c.problem(at, "", "an argument that decides nothing")
		return expr{}
	}
	return e
}

// literals returns the texts of args, each of which must be "text".
func (c *compiler) literals(at int, args []expr) ([]string, bool) {
	var texts []string
	for _, a := range args {
		if !a.isText {
			c.problem(at, `write it in quotation marks: "…"`, "an argument that is not text")
			return nil, false
		}
		texts = append(texts, a.text)
	}
	return texts, true
}

func equal(c *compiler, at int, args []expr) expr {
	x := args[0]
	if x.typ.kind != typValue || x.typ.field == nil {
		c.problem(at, "", "the first argument is not a detail")
		return expr{}
	}
	f := x.typ.field
	if f.Kind == setting.Number {
		var numbers []int
		for _, a := range args[1:] {
			if !a.literal || a.isText {
				c.problem(at, "", "%s is a number", f.Path)
				return expr{}
			}
			numbers = append(numbers, a.number)
		}
		return condition(func(r *run) bool { v := x.eval(r); return v.Given && slices.Contains(numbers, v.Int) })
	}
	if f.Kind != setting.Choice {
		c.problem(at, "compare choices and numbers only: what people write has no end of spellings", "%s is not a choice", f.Path)
		return expr{}
	}
	keys, ok := c.literals(at, args[1:])
	if !ok {
		return expr{}
	}
	for _, a := range args[1:] {
		c.option(f, a)
	}
	return condition(func(r *run) bool { v := x.eval(r); return v.Given && slices.Contains(keys, v.Key) })
}

func compare(holds func(a, b int) bool) func(*compiler, int, []expr) expr {
	return func(c *compiler, at int, args []expr) expr {
		x, y := args[0], args[1]
		if x.typ.field == nil || x.typ.field.Kind != setting.Number || !y.literal || y.isText {
			c.problem(at, "", "want a detail that is a number, and a number")
			return expr{}
		}
		return condition(func(r *run) bool { v := x.eval(r); return v.Given && holds(v.Int, y.number) })
	}
}

func every(c *compiler, at int, args []expr) expr {
	for _, a := range args {
		if c.decides(at, a).truth == nil {
			return expr{}
		}
	}
	return condition(func(r *run) bool {
		for i := range args {
			if !args[i].truth(r) {
				return false
			}
		}
		return true
	})
}

func any1(c *compiler, at int, args []expr) expr {
	printable := true
	for _, a := range args {
		if c.decides(at, a).truth == nil {
			return expr{}
		}
		printable = printable && a.typ.kind == typValue
	}
	e := condition(func(r *run) bool {
		for i := range args {
			if args[i].truth(r) {
				return true
			}
		}
		return false
	})
	if printable {
		e.typ = typ{typValue, args[0].typ.field}
		e.eval = func(r *run) *setting.Value {
			for i := range args {
				if args[i].truth(r) {
					return args[i].eval(r)
				}
			}
			return args[0].eval(r) // the gap is the first one's
		}
	}
	return e
}

func given(c *compiler, at int, args []expr) expr {
	x := args[0]
	if x.typ.kind == typRecord {
		return condition(x.truth)
	}
	if x.eval == nil {
		c.problem(at, "", "the argument is not a detail")
		return expr{}
	}
	return condition(func(r *run) bool { return x.eval(r).Given })
}

func has(c *compiler, at int, args []expr) expr {
	x := args[0]
	if x.typ.kind != typList {
		c.problem(at, "", "the first argument is not a list")
		return expr{}
	}
	keys, ok := c.literals(at, args[1:])
	if !ok {
		return expr{}
	}
	for _, a := range args[1:] {
		c.option(x.typ.field, a)
	}
	return condition(func(r *run) bool {
		list := x.eval(r).List
		for i := range list {
			if slices.Contains(keys, list[i].Key) {
				return true
			}
		}
		return false
	})
}

func is(c *compiler, at int, args []expr) expr {
	ids, ok := c.literals(at, args)
	if !ok {
		return expr{}
	}
	for i, id := range ids {
		if who := c.Form().Who(); !slices.Contains(who, id) {
			c.problem(args[i].at, source.DidYouMean(id, who), "no group and no type of setting is called %q", id)
		}
	}
	return condition(func(r *run) bool { return slices.ContainsFunc(ids, r.s.Type.Is) })
}

// change makes a function that changes the text of a detail; not that of a gap.
func change(f func(string) string) func(*compiler, int, []expr) expr {
	return func(c *compiler, at int, args []expr) expr {
		x := args[0]
		if x.typ.kind != typValue {
			c.problem(at, "", "the argument is not a detail that can be printed")
			return expr{}
		}
		t := x.typ
		if t.field != nil && (t.field.Kind == setting.Email || t.field.Kind == setting.URL || t.field.Kind == setting.Rich || t.field.Kind == setting.YesNo) {
			c.problem(at, "", "%s is not words", t.field.Path)
		}
		return value(typ{kind: typValue}, func(r *run) *setting.Value {
			v := r.temp()
			*v = *x.eval(r)
			if v.Given {
				v.Text = f(v.Text)
			}
			return v
		})
	}
}

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

func possessive(s string) string {
	if strings.HasSuffix(s, "s") {
		return s + "'"
	}
	return s + "'s"
}

// article puts the indefinite article before s, by sound as far as spelling
// shows it.
func article(s string) string {
	word := strings.ToLower(s)
	for _, consonant := range []string{"uni", "use", "usu", "eu", "one", "once"} {
		if strings.HasPrefix(word, consonant) && !strings.HasPrefix(word, "unin") && !strings.HasPrefix(word, "unim") {
			return "a " + s
		}
	}
	for _, silent := range []string{"hour", "honest", "honour", "heir"} {
		if strings.HasPrefix(word, silent) {
			return "an " + s
		}
	}
	if word != "" && strings.IndexByte("aeiou", word[0]) >= 0 {
		return "an " + s
	}
	return "a " + s
}

func joined(c *compiler, at int, args []expr) expr {
	x, last := args[0], "and"
	if x.typ.kind != typList {
		c.problem(at, "", "the first argument is not a list")
		return expr{}
	}
	if len(args) > 1 {
		if !args[1].isText || args[1].text != "or" && args[1].text != "and" {
			c.problem(at, "", `the second argument is "and" or "or"`)
			return expr{}
		}
		last = args[1].text
	}
	return value(typ{kind: typValue}, func(r *run) *setting.Value {
		v := r.temp()
		*v = *x.eval(r)
		v.Given = len(v.List) > 0
		words := make([]string, len(v.List))
		for i := range v.List {
			words[i] = v.List[i].Text
		}
		if n := len(words); n > 1 {
			v.Text = strings.Join(words[:n-1], ", ") + " " + last + " " + words[n-1]
		} else {
			v.Text = strings.Join(words, "")
		}
		return v
	})
}

// gap marks a list that is empty, and a yes or no that nobody has given: those
// are not printed themselves, as a text is.
func gap(c *compiler, at int, args []expr) expr {
	x := args[0]
	yesNo := x.typ.kind == typValue && x.typ.field != nil && x.typ.field.Kind == setting.YesNo
	if x.typ.kind != typRows && x.typ.kind != typList && !yesNo {
		c.problem(at, "a detail that is missing prints as a gap by itself", "the argument is neither a list nor a yes or no")
		return expr{}
	}
	return value(typ{kind: typValue}, func(r *run) *setting.Value {
		v := x.eval(r)
		given := len(v.List)+len(v.Rows) > 0 || yesNo && v.Given
		t := r.temp()
		*t = setting.Value{Given: given}
		if !given {
			t.Field, t.Refused = x.typ.field, v.Refused
		}
		return t
	})
}

func markdown(write func(*run) string) expr {
	return expr{typ: typ{kind: typMarkdown}, write: func(r *run) { r.out = append(r.out, write(r)...) }}
}

func guidance(c *compiler, at int, args []expr) expr {
	ids, ok := c.literals(at, args)
	if !ok {
		return expr{}
	}
	g := c.pack.Guide(ids[0])
	if g == nil {
		c.problem(args[0].at, source.DidYouMean(ids[0], c.pack.guidanceIDs()), "no guidance is called %q", ids[0])
		return expr{}
	}
	if !Verified(g.Mark) {
		c.problem(args[0].at, "", "%q is marked %s: it is not verified, and cannot be printed", g.ID, g.Mark)
	}
	text := g.markdown()
	return markdown(func(*run) string { return text })
}

func guidanceList(*compiler, int, []expr) expr {
	return markdown(func(r *run) string { return r.pack.keptList(r.t.Family.ID, r.s) })
}

func contact(c *compiler, at int, args []expr) expr {
	ids, ok := c.literals(at, args)
	if !ok {
		return expr{}
	}
	e := c.pack.Contact(ids[0])
	if e == nil {
		c.problem(args[0].at, source.DidYouMean(ids[0], c.pack.contactIDs()), "no contact is called %q", ids[0])
		return expr{}
	}
	if !Verified(e.Mark) {
		c.problem(args[0].at, "", "%q is marked %s: it is not verified, and cannot be printed", e.ID, e.Mark)
	}
	text := e.inline()
	return markdown(func(*run) string { return text })
}

func contactRows(c *compiler, at int, args []expr) expr {
	who, ok := c.literals(at, args)
	if !ok {
		return expr{}
	}
	if !slices.Contains(audiences, who[0]) {
		c.problem(args[0].at, "it can be "+source.Quoted(audiences, "or"), "no audience is called %q", who[0])
	}
	return markdown(func(r *run) string { return r.pack.keptRows(who[0], r.t.Family.ID, r.s) })
}

// section prints the number of a section. It is known only when every section
// of the setting's documents is: the slot is filled in then.
func section(c *compiler, at int, args []expr) expr {
	codes, ok := c.literals(at, args)
	if !ok {
		return expr{}
	}
	code := codes[0]
	c.references = append(c.references, reference{code: code, pos: c.x.pos(at)})
	ref := reference{code: code, pos: c.x.pos(at)}
	t := c.t
	return expr{typ: typ{kind: typMarkdown}, write: func(r *run) {
		// A family can have several documents, and the section may stand in
		// another of them: that is known when the template has been read whole.
		if t.has(code) {
			r.out = append(r.out, '[')
			r.refer(ref, refNumber)
			r.out = append(r.out, "](#"+code+")"...)
			return
		}
		r.refer(ref, refNumber)
		r.out = append(r.out, " *"...)
		r.refer(ref, refTitle)
		r.out = append(r.out, '*')
	}}
}

func title(c *compiler, at int, args []expr) expr {
	names, ok := c.literals(at, args)
	if !ok {
		return expr{}
	}
	c.references = append(c.references, reference{document: names[0], pos: c.x.pos(at)})
	ref := reference{document: names[0], pos: c.x.pos(at)}
	return expr{typ: typ{kind: typMarkdown}, write: func(r *run) {
		r.out = append(r.out, '*')
		r.refer(ref, refTitle)
		r.out = append(r.out, '*')
	}}
}

// answers notes which requirements the section answers. It prints nothing, so
// what hangs on a condition is answered only where the condition holds.
func answers(c *compiler, at int, args []expr) expr {
	ids, ok := c.literals(at, args)
	if !ok {
		return expr{}
	}
	for i, id := range ids {
		if c.pack.Requirement(id) == nil {
			c.problem(args[i].at, source.DidYouMean(id, c.pack.requirementIDs()), "no requirement is called %q", id)
		}
	}
	return expr{typ: typ{kind: typMarkdown}, write: func(r *run) {
		s := r.sections[len(r.sections)-1]
		for _, id := range ids {
			if !slices.Contains(s.Answers, id) {
				s.Answers = append(s.Answers, id)
			}
		}
	}}
}

func evidence(c *compiler, at int, args []expr) expr {
	ids, ok := c.literals(at, args)
	if !ok {
		return expr{}
	}
	f := c.Form().Field("evidence." + ids[0])
	if f == nil {
		c.problem(args[0].at, "", "no detail is called %q", "evidence."+ids[0])
		return expr{}
	}
	c.t.fields[f] = true
	return c.valueOf(f, func(r *run) *setting.Value { return r.s.Value(f) })
}

func edition(c *compiler, _ int, _ []expr) expr {
	text := plain(c.pack.Edition.Title)
	v := &setting.Value{Given: true, Text: text}
	return value(typ{kind: typValue}, func(*run) *setting.Value { return v })
}

// refKind is what is printed of what a reference goes to.
type refKind int

const (
	refNumber refKind = iota // section 6.3, appendix B; the heading of what has no number; in another document, with "of our"
	refTitle                 // of the document
)

// A reference is from a place in a template to a section or document.
type reference struct {
	code     string // of a section
	document string
	pos      source.Pos
}

// A pending slot waits for a reference to be resolved.
type pending struct {
	reference
	kind    refKind
	section *Section
	slot    int
}

func (r *run) refer(ref reference, kind refKind) {
	r.pending = append(r.pending, pending{ref, kind, r.sections[len(r.sections)-1], len(r.details) - r.from})
	r.slot(slot.Detail{})
}
