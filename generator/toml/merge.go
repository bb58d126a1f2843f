package toml

import (
	"strings"

	"github.com/policygen/policygen/generator/source"
)

// New returns an empty table that stands for a file with that name, for details
// that come from elsewhere than a TOML file.
func New(name string) *Table {
	return &Table{Pos: source.Pos{File: name}, file: &file{name: name}, entries: map[string]*Value{}}
}

// Put gives t the value v, which stands at v.Pos, under a dotted path. Tables on
// the way are made. A number in the path is the place, counted from 1, of a
// table in an array: people.deputy_dsl.2.name. It returns false if the path is
// taken by something else, or skips a place in an array.
func (t *Table) Put(path string, v *Value) bool {
	parts := strings.Split(path, ".")
	for i := 0; i < len(parts)-1; i++ {
		name := parts[i]
		entry := t.entries[name]
		if n, ok := place(parts[i+1]); ok {
			if entry == nil {
				entry = &Value{Key: v.Pos, Pos: v.Pos, V: []*Value{}}
				t.set(name, entry)
			}
			list, isList := entry.V.([]*Value)
			if !isList || n > len(list)+1 || i+2 >= len(parts) {
				return false
			}
			if n == len(list)+1 {
				row := &Table{Pos: v.Pos, Path: t.name(name), file: t.file, entries: map[string]*Value{}}
				list = append(list, &Value{Key: v.Pos, Pos: v.Pos, V: row})
				entry.V = list
			}
			row, isTable := list[n-1].V.(*Table)
			if !isTable {
				return false
			}
			t = row
			i++
			continue
		}
		if entry == nil {
			entry = &Value{Key: v.Pos, Pos: v.Pos, V: &Table{Pos: v.Pos, Path: t.name(name), file: t.file, entries: map[string]*Value{}}}
			t.set(name, entry)
		}
		sub, ok := entry.V.(*Table)
		if !ok {
			return false
		}
		t = sub
	}
	last := parts[len(parts)-1]
	if t.entries[last] != nil {
		return false
	}
	t.set(last, v)
	return true
}

// place returns the number that a part of a path is, if it is one.
func place(part string) (n int, ok bool) {
	for _, c := range part {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int(c-'0')
		if n > 999 {
			return 0, false
		}
	}
	return n, n > 0
}

// Merge lays tables over one another: an entry of a later one hides that of an
// earlier one, but for tables, which are merged in the same way. The result
// counts as part of the last one's file; the problems of the others' files stay
// with them. Values keep their places. The tables themselves are not changed.
func Merge(tables ...*Table) *Table {
	last := tables[len(tables)-1]
	merged := &Table{Pos: last.Pos, Path: last.Path, file: last.file, entries: map[string]*Value{}, header: last.header}
	for _, t := range tables {
		for _, name := range t.keys {
			v := t.entries[name]
			old := merged.entries[name]
			if old == nil {
				merged.set(name, v)
				continue
			}
			below, ok1 := old.V.(*Table)
			above, ok2 := v.V.(*Table)
			if ok1 && ok2 {
				merged.entries[name] = &Value{Key: v.Key, Pos: v.Pos, V: Merge(below, above)}
				continue
			}
			// A text that is empty is a line that has not been filled in.
			if s, ok := v.V.(string); ok && s == "" {
				continue
			}
			merged.entries[name] = v
		}
	}
	return merged
}
