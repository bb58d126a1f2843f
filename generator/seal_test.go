package generator

import (
	"os"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
)

// TestSeal checks that a document says what it is and whether it has been edited,
// and that its readers do not see that it does.
func TestSeal(t *testing.T) {
	g := builtin(t)
	docs, err := g.Make(example(t, g, "oakfield-primary"), os.DirFS("../examples"))
	if err != nil {
		t.Fatal(err)
	}
	d := docs.Only([]string{"online-safety-policy"}).List[0]
	d.Meta.Setting = "St --> Mary's, <b>\n& Co"
	for _, f := range []Format{Markdown, HTML, Fragment} {
		data, err := d.Write(f)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		check := func(what, text string, intact bool) {
			t.Helper()
			got, ok := ReadSeal([]byte(text))
			if want := (Seal{"online-safety-policy", newest, "St --> Mary's, <b> & Co", intact}); got != want || !ok {
				t.Errorf("%s, %s: %+v, %v, want %+v", f, what, got, ok, want)
			}
		}
		check("as made", text, true)
		check("other line ends", "\ufeff"+strings.ReplaceAll(text, "\n", "\r\n"), true)
		check("without blanks", strings.ReplaceAll(strings.ReplaceAll(text, "  \n", "\n"), "\n\n<!-- policygen", "\n<!-- policygen"), true)
		check("with a word more", strings.Replace(text, "safe", "very safe", 1), false)
		check("with a line less", strings.Replace(text, "\n\n", "\n", 1), f == Fragment)
		check("in a page", "<html><body>\n"+text+"<p>more</p>", f == Fragment)
		if i := strings.LastIndex(text, "<!--"); strings.Count(text[i:], "\n") != 1 || strings.Count(text[i:], "-->") != 1 {
			t.Errorf("%s ends with %q", f, text[i:])
		}
		if _, ok := ReadSeal([]byte(strings.Replace(text, "<!-- policygen: ", "<!-- ", 1))); ok {
			t.Errorf("%s: a seal out of nothing", f)
		}
	}
	md, err := d.Write(Markdown)
	if err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	if err := goldmark.Convert(md, &page); err != nil {
		t.Fatal(err)
	}
	if out := page.String(); !strings.HasSuffix(out, "<!-- raw HTML omitted -->\n") || strings.Contains(out, "sha256") {
		t.Errorf("the page ends with %q", out[max(0, len(out)-200):])
	}
}
