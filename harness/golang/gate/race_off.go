//go:build !race

package gate

const raceEnabled = false

// raceErrors is how often the race detector has objected so far.
func raceErrors() int { return 0 }

// unsynchronised makes the race detector ignore what orders the calling goroutine, or heed it again.
func unsynchronised(_ bool) {
}

func release(*registry) {}
func acquire(*registry) {}
