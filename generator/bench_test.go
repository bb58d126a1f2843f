package generator

import (
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/toml"
)

// example returns an example as it has been read.
func example(b *testing.B, g *Generator, name string) *setting.Setting {
	file := "../examples/" + name + ".toml"
	data, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	s, err := setting.Read(toml.Parse(file, data), g.pack.Form)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

var word = regexp.MustCompile(`\pL[\pL'’-]*`)

// countWords returns how many words documents have, as Markdown.
func countWords(b *testing.B, docs *Documents) int {
	n := 0
	for _, d := range docs.List {
		n += len(word.FindAllString(write(b, d, Markdown), -1))
	}
	return n
}

// BenchmarkCold makes one setting's documents in three formats from nothing:
// reading the edition, filling in, parsing and writing.
func BenchmarkCold(b *testing.B) {
	files := os.DirFS("../examples")
	for b.Loop() {
		g := builtin(b)
		docs, err := g.Make(example(b, g, "harbour-academy"), files)
		if err != nil {
			b.Fatal(err)
		}
		for _, d := range docs.List {
			for _, f := range Formats {
				if _, err := d.Write(f); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
}

// BenchmarkFill fills in all templates of one setting and finds their moulds:
// what each setting costs before anything is written.
func BenchmarkFill(b *testing.B) {
	g := builtin(b)
	files := os.DirFS("../examples")
	s := example(b, g, "harbour-academy")
	var docs *Documents
	for b.Loop() {
		var err error
		if docs, err = g.Make(s, files); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(perWords(b, countWords(b, docs)), "ms/5000words")
}

// BenchmarkWrite writes all documents of one setting from warm moulds, in each
// format. It reports the time for 5,000 words.
func BenchmarkWrite(b *testing.B) {
	g := builtin(b)
	docs, err := g.Make(example(b, g, "harbour-academy"), os.DirFS("../examples"))
	if err != nil {
		b.Fatal(err)
	}
	words := countWords(b, docs)
	for _, f := range Formats {
		b.Run(string(f), func(b *testing.B) {
			bytes := 0
			for b.Loop() {
				bytes = 0
				for _, d := range docs.List {
					data, err := d.Write(f)
					if err != nil {
						b.Fatal(err)
					}
					bytes += len(data)
				}
			}
			b.ReportMetric(perWords(b, words), "ms/5000words")
			b.ReportMetric(float64(bytes)/float64(words)*5000/1000, "kB/5000words")
		})
	}
}

// perWords returns the time of one round of a benchmark for 5,000 words, in ms.
func perWords(b *testing.B, words int) float64 {
	return float64(b.Elapsed()) / float64(time.Millisecond) / float64(b.N) / float64(words) * 5000
}
