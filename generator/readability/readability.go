// Package readability says how hard a text is to read, by the Flesch-Kincaid
// grade and the longest sentence.
//
// [Grade] is that of Kincaid and others (1975):
//
//	0.39 × words ÷ sentences + 11.8 × syllables ÷ words − 15.59
//
// and [Score.Ease] that of Flesch (1948). Both count; neither understands. A
// grade tells whether sentences and words are short, which helps those who read
// with effort, and says nothing of whether the text is clear. Texts of fewer
// than a hundred words vary too much to be judged by one number, so the
// longest sentence is told as well. English syllables are counted by rules, as
// every such program does: about one word in twenty is counted one too many or
// too few.
package readability

import (
	"regexp"
	"strings"
	"unicode"
)

// A Score says how a text reads.
type Score struct {
	Words, Sentences, Syllables int

	Longest int    // words of the longest sentence
	Where   string // that sentence
}

// Grade returns the Flesch-Kincaid grade: about the years of schooling that
// the text asks for. It can be below 0, for very plain text.
func (s Score) Grade() float64 {
	if s.Words == 0 {
		return 0
	}
	return 0.39*float64(s.Words)/float64(s.Sentences) + 11.8*float64(s.Syllables)/float64(s.Words) - 15.59
}

// Ease returns the Flesch reading ease: the higher, the easier; about 100 for
// very plain text.
func (s Score) Ease() float64 {
	if s.Words == 0 {
		return 0
	}
	return 206.835 - 1.015*float64(s.Words)/float64(s.Sentences) - 84.6*float64(s.Syllables)/float64(s.Words)
}

// Read returns the score of texts. Each is a paragraph or an item of a list: it
// ends a sentence, whether it ends with a full stop or not.
func Read(texts []string) Score {
	var total Score
	for _, t := range texts {
		for _, sentence := range sentences(t) {
			words := wordPattern.FindAllString(address.ReplaceAllString(sentence, " "), -1)
			if len(words) == 0 {
				continue
			}
			total.Sentences++
			total.Words += len(words)
			for _, w := range words {
				total.Syllables += Syllables(w)
			}
			if len(words) > total.Longest {
				total.Longest, total.Where = len(words), strings.TrimSpace(sentence)
			}
		}
	}
	return total
}

// address matches what is looked at rather than read: web and mail addresses
// and telephone numbers.
var address = regexp.MustCompile(`\S+@\S+|\b[\pL\pN-]+(?:\.[\pL\pN-]+)*\.[a-z]{2,}(?:/[^\s)]*)?|\b0[0-9][0-9 \x{a0}]{5,}[0-9]\b`)

// A word is letters, with apostrophes and hyphens inside, or a number.
var wordPattern = regexp.MustCompile(`[\pL\pN]+(?:['’-][\pL\pN]+)*`)

// sentences cuts a text at full stops, question and exclamation marks that a
// blank and a capital, a digit or a quotation mark follow; a colon ends a
// sentence only at the end of the text. Initials and short forms end none.
func sentences(text string) []string {
	var out []string
	runes := []rune(text)
	from := 0
	for i, r := range runes {
		if r != '.' && r != '?' && r != '!' {
			continue
		}
		next := i + 1
		for next < len(runes) && strings.ContainsRune(`"'”’)`, runes[next]) {
			next++
		}
		if next < len(runes) && !unicode.IsSpace(runes[next]) {
			continue
		}
		after := next
		for after < len(runes) && unicode.IsSpace(runes[after]) {
			after++
		}
		if after < len(runes) && unicode.IsLower(runes[after]) {
			continue
		}
		if r == '.' && after < len(runes) && short(runes[from:i], runes[after]) {
			continue
		}
		out = append(out, string(runes[from:next]))
		from = next
	}
	return append(out, string(runes[from:]))
}

// short reports whether text ends with an initial, a title or another short
// form, whose full stop ends no sentence. next is what follows it.
func short(text []rune, next rune) bool {
	s := string(text)
	last := s[strings.LastIndexAny(s, " (\u00a0")+1:]
	if len([]rune(last)) == 1 && unicode.IsUpper([]rune(last)[0]) && last != "I" {
		return true
	}
	switch strings.ToLower(last) {
	case "mr", "mrs", "ms", "dr", "st", "revd", "e.g", "i.e":
		return true
	case "no":
		return unicode.IsDigit(next)
	}
	return false
}

// irregular are common words that the rules count wrongly.
var irregular = map[string]int{
	"area": 3, "areas": 3, "being": 2, "create": 2, "created": 3, "creates": 2, "doing": 2, "going": 2, "idea": 3, "ideas": 3, "real": 1, "really": 2,
	"science": 2, "quiet": 2, "quietly": 3, "poem": 2, "people": 2, "video": 3, "videos": 3, "media": 3, "app": 1, "apps": 1, "email": 2, "emails": 2, "e-mail": 2, "e-mails": 2, "online": 2,
	"sometimes": 2, "someone": 2, "everyone": 3, "anyone": 3, "somebody": 3, "something": 2, "everything": 3, "every": 2, "evening": 2, "evenings": 2,
	"business": 2, "different": 3, "difference": 3, "family": 3, "families": 3, "wednesday": 2, "safely": 2, "safety": 2, "lifelong": 2, "homework": 2, "therefore": 2,
	"whole": 1, "hour": 1, "hours": 1, "our": 1, "ours": 1, "ourselves": 2, "fire": 1, "science's": 2, "useful": 2, "careful": 2, "carefully": 3, "hopeful": 2, "movement": 2, "statement": 2, "agreement": 3,
	"does": 1, "goes": 1, "shoes": 1, "used": 1, "likely": 2, "lonely": 2, "lovely": 2, "diary": 3, "trial": 2, "dial": 2, "riot": 2, "violent": 3, "violence": 3, "social": 2, "special": 2,
	"ipad": 2, "wi-fi": 2, "website": 2, "websites": 2, "pictures": 2, "picture": 2, "cruel": 2, "fuel": 1, "poet": 2, "lion": 2, "giant": 2, "client": 2, "variety": 4, "society": 4, "anxious": 2,
	"headteacher": 3, "headteachers": 3, "nhs": 3, "ceop": 2, "dsl": 3, "ai": 2, "usb": 3, "pc": 2, "tv": 2, "cctv": 4, "id": 2, "ks1": 3, "ks2": 3,
}

// Syllables returns about how many syllables an English word has; at least one.
func Syllables(word string) int {
	w := strings.ToLower(strings.ReplaceAll(word, "’", "'"))
	if n, ok := irregular[w]; ok {
		return n
	}
	if before, after, ok := strings.Cut(w, "-"); ok && before != "" && after != "" {
		return Syllables(before) + Syllables(after)
	}
	w = strings.TrimSuffix(w, "'s")
	w = strings.TrimSuffix(w, "'")
	if n, ok := irregular[w]; ok {
		return n
	}
	contracted := 0 // didn't, couldn't: the n is a syllable; don't and can't have none
	if before, ok := strings.CutSuffix(w, "n't"); ok {
		if before != "do" && before != "ca" && before != "wo" && before != "are" && before != "were" {
			contracted = 1
		}
		w = before
	}
	if before, _, ok := strings.Cut(w, "'"); ok { // we'll, they've
		w = before
	}
	digits := 0
	letters := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			digits++
			return -1
		}
		return r
	}, w)
	if digits > 0 {
		return max(1, digits+countGroups(letters))
	}
	if len(w) <= 3 {
		return max(1, countGroups(w)) + contracted
	}
	n := countGroups(w)
	consonantBefore := func(tail string) bool {
		i := len(w) - len(tail) - 1
		return i >= 0 && !vowel(w[i])
	}
	switch {
	case strings.HasSuffix(w, "les") && consonantBefore("les"), strings.HasSuffix(w, "le") && consonantBefore("le"): // table, tables
	case strings.HasSuffix(w, "ed"):
		if before := w[len(w)-3]; before != 't' && before != 'd' && !vowel(before) { // asked, not wanted
			n--
		}
	case strings.HasSuffix(w, "es"):
		tail := w[:len(w)-2]
		sibilant := strings.HasSuffix(tail, "s") || strings.HasSuffix(tail, "x") || strings.HasSuffix(tail, "z") || strings.HasSuffix(tail, "ch") || strings.HasSuffix(tail, "sh") || strings.HasSuffix(tail, "c") || strings.HasSuffix(tail, "g")
		if !sibilant && !vowel(w[len(w)-3]) { // rules, not places
			n--
		}
	case strings.HasSuffix(w, "e") && !vowel(w[len(w)-2]):
		n--
	}
	for _, silent := range []string{"ely", "eful", "eless", "ement", "ements"} { // an e inside, as in safely
		if before, ok := strings.CutSuffix(w, silent); ok && before != "" && !vowel(before[len(before)-1]) && countGroups(before) > 0 {
			n--
			break
		}
	}
	for _, tail := range []string{"ying", "oing", "uing"} { // playing, arguing
		if strings.HasSuffix(w, tail) {
			n++
		}
	}
	for _, pair := range []string{"ia", "io", "iu", "eo", "ua", "uou"} { // two vowels that are two syllables
		i := strings.Index(w, pair)
		switch {
		case i < 0:
		case pair[0] == 'i' && i > 0 && strings.IndexByte("tscxg", w[i-1]) >= 0: // nation, special
		case pair == "ua" && i > 0 && (w[i-1] == 'q' || w[i-1] == 'g'): // quality, guard
		case pair == "eo" && i > 0 && w[i-1] == 'p': // people
		default:
			n++
		}
	}
	return max(1, n) + contracted
}

func vowel(c byte) bool { return strings.IndexByte("aeiouy", c) >= 0 }

// countGroups counts runs of vowels. A y that begins a word is none.
func countGroups(w string) int {
	n, in := 0, false
	for i := range len(w) {
		v := vowel(w[i]) && !(i == 0 && w[i] == 'y')
		if v && !in {
			n++
		}
		in = v
	}
	return n
}
