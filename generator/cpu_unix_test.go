//go:build unix

package generator

import (
	"syscall"
	"time"
)

// cpuTime returns the CPU time that the process has used, user and system: the
// clock on the wall counts what else the machine is doing.
func cpuTime() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		panic(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
