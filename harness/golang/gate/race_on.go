//go:build race

package gate

import "runtime"

const raceEnabled = true

// raceErrors is how often the race detector has objected so far.
func raceErrors() int { return runtime.RaceErrors() }
