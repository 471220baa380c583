//go:build race

package gate

import (
	"runtime"
	"unsafe"
)

const raceEnabled = true

// raceErrors is how often the race detector has objected so far.
func raceErrors() int { return runtime.RaceErrors() }

// unsynchronised makes the race detector ignore what orders the calling goroutine, or heed it again.
func unsynchronised(begins bool) {
	if begins {
		runtime.RaceDisable()
	} else {
		runtime.RaceEnable()
	}
}

// release and acquire order what comes before the one before what comes after the other.
func release(r *registry) { runtime.RaceReleaseMerge(unsafe.Pointer(r)) }
func acquire(r *registry) { runtime.RaceAcquire(unsafe.Pointer(r)) }
