package setting

import (
	"encoding/json"
	"slices"
	"strings"
)

// Schema returns the form as a JSON Schema of a setting file (draft 2020-12),
// for editors that complete and check TOML by one, such as those built on
// Taplo. Editors check as people type, so an empty text is allowed everywhere:
// it is a line that has not been filled in yet. Of a field that only has, by its
// path, no other values are allowed, whatever the form says.
//
// The schema refuses what Read refuses, as far as a schema can: it does not know
// which file a name leads to, one field's value from another's, or what cannot be
// printed.
func (form *Form) Schema(edition string, only map[string][]string) ([]byte, error) {
	w := &schemaWriter{shapes: map[string]any{}, only: only}
	s := w.field(form.top)
	s["$defs"] = w.shapes
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = "A setting file of policygen, edition " + edition
	s["description"] = "Details of a school, college, nursery or childminder. Only setting.name and setting.type are required."
	data, err := json.MarshalIndent(s, "", "  ")
	return append(data, '\n'), err
}

// A schemaWriter writes the schema of a form.
type schemaWriter struct {
	shapes map[string]any      // of records, such as a person's
	only   map[string][]string // the values that a field can have, by its path
}

// field returns the schema of f. Those of the shapes that records have are put
// into shapes.
func (w *schemaWriter) field(f *Field) map[string]any {
	if f.Many {
		one := *f
		one.Many = false
		items := w.field(&one)
		delete(items, "default")
		delete(items, "examples")
		s := map[string]any{"type": "array", "items": items, "maxItems": maxItems}
		if f.Kind != Record {
			s["uniqueItems"] = true
		}
		var alone []any
		for _, o := range f.Choices {
			if o.Alone {
				alone = append(alone, o.Key)
			}
		}
		if alone != nil {
			s["if"] = map[string]any{"contains": map[string]any{"enum": alone}}
			s["then"] = map[string]any{"maxItems": 1}
		}
		f.describe(s)
		return s
	}
	s := map[string]any{}
	switch f.Kind {
	case Record:
		if f.Shape != "" && w.shapes[f.Shape] == nil {
			whole := *f
			whole.Shape, whole.Label, whole.Help = "", "", ""
			whole.Fields = nil
			for _, c := range f.Fields {
				part := *c
				part.Label = strings.TrimSuffix(part.Label, " of "+f.Label)
				whole.Fields = append(whole.Fields, &part)
			}
			w.shapes[f.Shape] = w.field(&whole)
		}
		if f.Shape != "" {
			s["$ref"] = "#/$defs/" + f.Shape
			break
		}
		properties := map[string]any{}
		var required []string
		for _, c := range f.Fields {
			properties[c.Name] = w.field(c)
			if c.needed() {
				required = append(required, c.Name)
			}
		}
		s["type"], s["properties"], s["additionalProperties"] = "object", properties, false
		if len(required) > 0 {
			s["required"] = required
		}
	case YesNo:
		s["type"] = "boolean"
	case Number:
		s["type"] = "integer"
		if f.Max > 0 {
			s["minimum"], s["maximum"] = f.Min, f.Max
		}
	case Date:
		// TOML dates have no type in JSON; Taplo takes them for texts of this
		// format.
		s["type"], s["format"] = "string", "date"
	case Choice:
		var options []any
		for _, o := range f.Choices {
			if keys, limited := w.only[f.Path]; !limited || slices.Contains(keys, o.Key) {
				options = append(options, map[string]any{"const": o.Key, "title": o.Label})
			}
		}
		s["type"], s["oneOf"] = "string", append(options, map[string]any{"const": "", "title": "not decided yet"})
	default:
		s["type"], s["maxLength"] = "string", maxLength[f.Kind]
		if keys, limited := w.only[f.Path]; limited {
			s["enum"] = append(slices.Clone(keys), "")
		}
		pattern := map[Kind]string{URL: urlPattern, Email: emailPattern, Phone: phonePattern}[f.Kind]
		if f.Pattern != nil {
			pattern = strings.TrimSuffix(strings.TrimPrefix(f.Pattern.String(), "^(?:"), ")$")
		}
		if pattern != "" { // blanks at its ends are left out when it is read
			s["pattern"] = `^\s*(?:` + pattern + `)?\s*$`
		}
	}
	f.describe(s)
	return s
}

// needed reports whether nothing can be made without f, or without a part of it.
func (f *Field) needed() bool {
	if f.Need == Start {
		return true
	}
	for _, c := range f.Fields {
		if !f.Many && c.needed() {
			return true
		}
	}
	return false
}

// describe adds what editors show beside a field.
func (f *Field) describe(s map[string]any) {
	if f.Label != "" {
		s["title"] = capitalised(f.Label)
	}
	var about []string
	if f.Help != "" {
		about = append(about, f.Help)
	}
	if f.Says != "" {
		about = append(about, "It is "+f.Says+".")
	}
	if len(about) > 0 {
		s["description"] = strings.Join(about, " ")
	}
	if f.Example != "" && f.Kind != Number {
		s["examples"] = []any{f.Example}
	}
	for _, d := range f.defaults {
		if d.who == "" {
			s["default"] = d.value.json()
		}
	}
}

// json returns v as JSON has it.
func (v Value) json() any {
	if v.Field != nil {
		switch {
		case v.Field.Many:
			list := []any{}
			for _, item := range v.List {
				item.Field = nil
				list = append(list, item.Plain())
			}
			return list
		case v.Field.Kind == YesNo:
			return v.Yes
		case v.Field.Kind == Number:
			return v.Int
		}
	}
	return v.Plain()
}
