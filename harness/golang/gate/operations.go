package gate

import "time"

// SleepFor passes the time; the operation is over when the gate that follows is opened.
func (g *G) SleepFor(d time.Duration) {
	g.announce("sleep")
	g.asleep.Store(true)
	time.Sleep(d)
	g.asleep.Store(false)
}
