package setting

import (
	"os"
	"testing"

	"github.com/policygen/policygen/generator/toml"
)

func form(t testing.TB) *Form {
	data, err := os.ReadFile("../../templates/2026-09/form.toml")
	if err != nil {
		t.Fatal(err)
	}
	f, err := ReadForm(toml.Parse("form.toml", data))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestForm(t *testing.T) {
	f := form(t)
	n := 0
	for range f.All() {
		n++
	}
	t.Log(n, "fields", len(f.Types), "types")
}
