// Package templates holds the built-in editions: plain files, one folder for
// each edition, and the folder look with what decides how documents look.
package templates

import "embed"

// FS holds the folders of the editions and the folder look.
//
//go:embed 2016-09 2026-09 look
var FS embed.FS
