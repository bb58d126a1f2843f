package generator

import (
	"fmt"
	"testing"

	"github.com/policygen/policygen/generator/pack"
	"github.com/policygen/policygen/templates"
)

// TestChangesTypes reads the summary of changes for every type of setting as a
// proof-reader would: nobody is told of people whom the setting has not.
func TestChangesTypes(t *testing.T) {
	var chain []*pack.Pack
	ids, err := pack.Editions(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		p, err := pack.Read("templates", templates.FS, id)
		if err != nil {
			t.Fatal(err)
		}
		chain = append(chain, p)
	}
	first, last := newGenerator(t, chain[0]), newGenerator(t, chain[len(chain)-1])
	read := map[string]bool{}
	for _, typ := range chain[len(chain)-1].Form.Types {
		data := fmt.Sprintf("[setting]\nname = \"Nameless\"\ntype = %q\n", typ.ID)
		docs, err := make1(last, "s.toml", data, nil)
		if err != nil {
			t.Fatal(err)
		}
		old, err := make1(first, "s.toml", data, nil)
		if err != nil {
			t.Fatal(err)
		}
		report, err := last.ChangesReport(Compare(chain, docs, old))
		if err != nil {
			t.Fatal(err)
		}
		clear(read)
		for _, slip := range proofRead(ids[len(ids)-1], typ, report, read) {
			t.Errorf("%s: %s", typ.ID, slip)
		}
	}
}
