package document

import "testing"

func TestDarken(t *testing.T) {
	for colour, want := range map[string]string{
		"1F3864": "1F3864", "000000": "000000", "FFFFFF": "757575", "F4A300": "A16B00", "2E7D32": "2E7D32", "777777": "757575", "FFFF00": "7A7A00",
	} {
		got := Darken(colour)
		if got != want {
			t.Errorf("Darken(%s) = %s, want %s", colour, got, want)
		}
		if Contrast(got) < 4.5 {
			t.Errorf("%s has a contrast of %.2f:1", got, Contrast(got))
		}
	}
	// The values of WCAG's own examples.
	if c := Contrast("767676"); c < 4.5 || c > 4.6 {
		t.Errorf("the contrast of #767676 is %.2f:1, want 4.54:1", c)
	}
	if c := Contrast("000000"); c < 20.99 || c > 21.01 {
		t.Errorf("the contrast of black is %.2f:1", c)
	}
}
