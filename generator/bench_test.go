package generator

import (
	"os"
	"testing"
	"time"

	"github.com/policygen/policygen/generator/setting"
	"github.com/policygen/policygen/generator/toml"
)

// example returns an example as it has been read.
func example(b testing.TB, g *Generator, name string) *setting.Setting {
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

// words returns how many words documents have.
func words(docs *Documents) int {
	n := 0
	for _, d := range docs.List {
		n += d.Words()
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
	docs, err := g.Make(s, files)
	if err != nil {
		b.Fatal(err)
	}
	count := words(docs)
	start := cpuTime()
	for b.Loop() {
		if _, err := g.Make(s, files); err != nil {
			b.Fatal(err)
		}
	}
	reportCPU(b, start, count)
}

// BenchmarkWrite writes documents of one setting from warm moulds, in each
// format: all of them, and the longest alone, since every file costs something
// besides its words. It reports the CPU time for 5,000 words, in ms.
func BenchmarkWrite(b *testing.B) {
	g := builtin(b)
	docs, err := g.Make(example(b, g, "harbour-academy"), os.DirFS("../examples"))
	if err != nil {
		b.Fatal(err)
	}
	for _, f := range Formats {
		for _, which := range []struct {
			name string
			docs *Documents
		}{{"all", docs}, {"longest", docs.Only([]string{"online-safety-policy"})}} {
			count := words(which.docs)
			b.Run(string(f)+"/"+which.name, func(b *testing.B) {
				var data []byte
				start := cpuTime()
				for b.Loop() {
					data = data[:0]
					for _, d := range which.docs.List {
						if data, err = d.Append(data, f); err != nil {
							b.Fatal(err)
						}
					}
				}
				reportCPU(b, start, count)
				b.ReportMetric(float64(len(data))/float64(count)*5000/1000, "kB/5000words")
			})
		}
	}
}

// reportCPU reports the CPU time since start that a round of the benchmark took
// for 5,000 words, in ms.
func reportCPU(b *testing.B, start time.Duration, words int) {
	ms := float64(cpuTime()-start) / float64(time.Millisecond)
	b.ReportMetric(ms/float64(b.N)/float64(words)*5000, "cpu-ms/5000words")
}

// BenchmarkUpdate brings the longest document of an example from the oldest edition
// to the newest: what a review costs for each file.
func BenchmarkUpdate(b *testing.B) {
	all := editions(b)
	s := schoolOf(b, all[oldest], all[newest], "../examples/harbour-academy.toml")
	const name = "online-safety-policy"
	old := Old{Name: name + ".docx", Data: []byte(write(b, s.was.Only([]string{name}).List[0], Word))}
	count := s.latest(name).Words()
	start := cpuTime()
	for b.Loop() {
		if _, err := s.updater().Update(s.is, old); err != nil {
			b.Fatal(err)
		}
	}
	reportCPU(b, start, count)
	b.ReportMetric(float64(count), "words")
}
