package document

import (
	"fmt"
	"math"
	"strconv"
)

// Contrast returns the contrast ratio of a colour, RRGGBB, against white (WCAG
// 2.2, 1.4.3).
func Contrast(colour string) float64 {
	luminance := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, _ := strconv.ParseUint(colour[2*i:2*i+2], 16, 8)
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		luminance += weight * c
	}
	return 1.05 / (luminance + 0.05)
}

// Darken returns the colour, RRGGBB, or if its contrast against white is less
// than 4.5:1 the lightest shade of the same hue that has as much.
func Darken(colour string) string {
	if Contrast(colour) >= 4.5 {
		return colour
	}
	for share := 0.99; share > 0; share -= 0.01 {
		shade := ""
		for i := range 3 {
			n, _ := strconv.ParseUint(colour[2*i:2*i+2], 16, 8)
			shade += fmt.Sprintf("%02X", int(float64(n)*share))
		}
		if Contrast(shade) >= 4.5 {
			return shade
		}
	}
	return "000000"
}
