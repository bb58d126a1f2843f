//go:build !linux

package main

// settle is for systems that can put one folder's files on the disk; elsewhere
// the system does it in its own time.
func settle(string) {}
