//go:build !race

package gate

const raceEnabled = false

// raceErrors is how often the race detector has objected so far.
func raceErrors() int { return 0 }
