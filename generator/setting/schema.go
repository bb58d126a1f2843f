package setting

import (
	"encoding/json"
	"strings"
)

// Schema returns the form as a JSON Schema of a setting file (draft 2020-12),
// for editors that complete and check TOML by one, such as those built on
// Taplo. Editors check as people type, so an empty text is allowed everywhere:
// it is a line that has not been filled in yet.
func (form *Form) Schema(edition string) ([]byte, error) {
	shapes := map[string]any{}
	s := form.top.schema(shapes)
	s["$defs"] = shapes
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = "A setting file of policygen, edition " + edition
	s["description"] = "Details of a school, college, nursery or childminder. Only setting.name and setting.type are required."
	data, err := json.MarshalIndent(s, "", "  ")
	return append(data, '\n'), err
}

// schema returns the schema of f. Those of the shapes that records have, such as
// a person's, are put into shapes.
func (f *Field) schema(shapes map[string]any) map[string]any {
	if f.Many {
		one := *f
		one.Many = false
		items := one.schema(shapes)
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
		if f.Shape != "" && shapes[f.Shape] == nil {
			whole := *f
			whole.Shape, whole.Label, whole.Help = "", "", ""
			whole.Fields = nil
			for _, c := range f.Fields {
				part := *c
				part.Label = strings.TrimSuffix(part.Label, " of "+f.Label)
				whole.Fields = append(whole.Fields, &part)
			}
			shapes[f.Shape] = whole.schema(shapes)
		}
		if f.Shape != "" {
			s["$ref"] = "#/$defs/" + f.Shape
			break
		}
		properties := map[string]any{}
		var required []string
		for _, c := range f.Fields {
			properties[c.Name] = c.schema(shapes)
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
			options = append(options, map[string]any{"const": o.Key, "title": o.Label})
		}
		s["type"], s["oneOf"] = "string", append(options, map[string]any{"const": "", "title": "not decided yet"})
	default:
		s["type"], s["maxLength"] = "string", maxLength[f.Kind]
		switch {
		case f.Pattern != nil:
			s["pattern"] = `^(?:` + strings.TrimSuffix(strings.TrimPrefix(f.Pattern.String(), "^(?:"), ")$") + `)?$`
		case f.Kind == URL:
			s["pattern"] = `^(?:https?://[^ ]+\.[^ ]+)?$`
		case f.Kind == Email:
			s["pattern"] = `^(?:[^ @]+@[^ @]+\.[^ @]+)?$`
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
