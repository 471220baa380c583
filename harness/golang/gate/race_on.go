//go:build race

package gate

import "runtime"

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
