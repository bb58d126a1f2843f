package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// settle has what has been written put on the disk, so that the next run may
// trust it even if the power fails now.
func settle(folder string) {
	f, err := os.Open(folder)
	if err != nil {
		return
	}
	defer f.Close()
	unix.Syncfs(int(f.Fd())) // if it cannot be, there is nothing to do about it
}
