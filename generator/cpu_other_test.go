//go:build !unix

package generator

import "time"

// cpuTime returns the time on the clock where there is no other.
func cpuTime() time.Duration { return time.Duration(time.Now().UnixNano()) }
