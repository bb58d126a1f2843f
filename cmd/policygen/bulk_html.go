package main

import (
	"fmt"
	"html"
	"io"
	"strings"

	"github.com/policygen/policygen/generator"
)

// This file writes index.html: counts, and a table of settings that can be
// filtered, for somebody who opens it from the disk. It fetches nothing, and
// without scripts the table is there all the same. Rows come as they are made; how
// many there are is known only at the end, and so the counts stand in a part of
// the page that a style puts first.

func (b *books) head() error {
	_, err := io.WriteString(b.rows, `<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Settings and their documents</title>
<style>
body { margin: 0 auto; max-width: 75rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; color: #1b1b1b; display: flex; flex-direction: column; }
h1 { order: -3; } .counts { order: -2; } .filter { order: -1; margin: 1rem 0; }
input { font: inherit; padding: .4rem; width: min(100%, 24rem); } label { margin-right: 1rem; }
table { border-collapse: collapse; width: 100%; } th, td { border: 1px solid #767676; padding: .35rem .6rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
thead th { background: #1f3864; color: #fff; } tbody th { font-weight: inherit; }
a { color: #0b4f9e; } .problem { background: #fdf1f0; } a:focus-visible, input:focus-visible { outline: 3px solid #1b1b1b; outline-offset: 2px; }
</style>
</head>
<body>
<h1>Settings and their documents</h1>
<div class="filter" hidden><label>Show settings with <input type="search" id="words"></label> <label><input type="checkbox" id="gaps" style="width:auto"> something to complete</label> <label><input type="checkbox" id="wrong" style="width:auto"> problems</label> <span id="shown" role="status"></span></div>
<table>
<thead><tr><th scope="col">Setting</th><th scope="col">Type</th><th scope="col">To complete</th><th scope="col">Documents</th></tr></thead>
<tbody>
`)
	return err
}

// row writes a setting's row.
func (b *books) row(id string, r *generator.Result) error {
	esc := html.EscapeString
	name := r.Name
	if name == "" {
		name = r.Pos.String()
	}
	typ := ""
	if r.Setting != nil {
		typ = r.Setting.Type.Label
	}
	if len(r.Problems) > 0 {
		var said []string
		for i, p := range r.Problems.Sorted() {
			if i == 3 {
				said = append(said, fmt.Sprintf("and %d more", len(r.Problems)-i))
				break
			}
			said = append(said, esc(p.Pos.String()+": "+p.Msg))
		}
		_, err := fmt.Fprintf(b.rows, "<tr class=\"problem\"><th scope=\"row\">%s</th><td>%s</td><td></td><td>Not made: %s</td></tr>\n", esc(name), esc(typ), strings.Join(said, "<br>"))
		return err
	}
	var links []string
	if strings.HasSuffix(r.Folder, ".zip") {
		links = append(links, fmt.Sprintf(`<a href="%s">archive of %d files</a>`, esc(r.Folder), len(r.Files)))
	} else {
		links = append(links, fmt.Sprintf(`<a href="%s/">folder</a>`, esc(r.Folder)))
		last := ""
		for _, f := range r.Files {
			if f.Document != last && strings.HasSuffix(f.Document, "-policy") {
				last = f.Document
				links = append(links, fmt.Sprintf(`<a href="%s/%s">%s</a>`, esc(r.Folder), esc(best(r, f.Document)), esc(strings.ReplaceAll(strings.TrimSuffix(f.Document, "-policy"), "-", " "))))
			}
		}
	}
	_, err := fmt.Fprintf(b.rows, "<tr data-gaps=\"%d\"><th scope=\"row\">%s<br><small>%s</small></th><td>%s</td><td>%d</td><td>%s</td></tr>\n", r.Gaps, esc(name), esc(id), esc(typ), r.Gaps, strings.Join(links, ", "))
	return err
}

// best returns the file of a document that a browser shows, if there is one.
func best(r *generator.Result, document string) string {
	name := ""
	for _, f := range r.Files {
		if f.Document == document && (name == "" || f.Format == string(generator.HTML)) {
			name = f.Name
		}
	}
	return name
}

func (b *books) foot(t tally) error {
	_, err := fmt.Fprintf(b.rows, `</tbody>
</table>
<p class="counts">%s: %d with documents, %d without because of problems. %s. %s still to complete.</p>
<script>
"use strict";
{
  const rows = [...document.querySelectorAll("tbody tr")], words = document.getElementById("words"), gaps = document.getElementById("gaps"), wrong = document.getElementById("wrong"), shown = document.getElementById("shown");
  const texts = rows.map(r => r.textContent.toLowerCase());
  const filter = () => {
    const want = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let n = 0;
    rows.forEach((r, i) => {
      const hide = !want.every(w => texts[i].includes(w)) || gaps.checked && !(+r.dataset.gaps > 0) || wrong.checked && !r.classList.contains("problem");
      r.hidden = hide;
      if (!hide) n++;
    });
    shown.textContent = n + " of " + rows.length + " shown";
  };
  for (const e of [words, gaps, wrong]) e.addEventListener("input", filter);
  document.querySelector(".filter").hidden = false;
  filter();
}
</script>
</body>
</html>
`, count(t.settings, "setting"), t.made+t.same, t.failed, count(t.files, "file"), areIs(t.gaps, "detail"))
	return err
}
