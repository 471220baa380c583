package gate

import (
	"sync"
	"time"
)

// Then is a gate in the middle of an operation that the schedule takes in two steps, or at its end.
func (g *G) Then(operation string) {
	if g.world.forced {
		g.At(operation)
	}
}

// Tenths is a duration in tenths of a second, for a timer with this name. Two timers that are set at different moments
// are hardly ever due at the same one, in whichever order; so a few nanoseconds are added, by chance or as the schedule
// needs them.
func (g *G) Tenths(name string, n int) time.Duration {
	shift := g.world.shifts[name]
	if !g.world.forced {
		shift = int64(g.draw() % 4)
	}
	return time.Duration(n)*100*time.Millisecond + time.Duration(shift)
}

// Sleep passes the time; the operation is over when the gate that follows is opened.
func (g *G) Sleep(tenths int) { g.SleepFor(g.Tenths("sleep "+g.path, tenths)) }

// SleepFor is Sleep for any duration.
func (g *G) SleepFor(d time.Duration) {
	g.announce("sleep")
	g.asleep.Store(true)
	time.Sleep(d)
	g.asleep.Store(false)
}

// NewCond is a sync.Cond on a mutex. Wait locks the mutex again as an operation of its own, with a gate before it.
func (g *G) NewCond(mutex *sync.Mutex, name string) *sync.Cond {
	if !g.world.forced {
		return sync.NewCond(mutex)
	}
	return sync.NewCond(&gatedLocker{mutex, name, g.world})
}

type gatedLocker struct {
	mutex *sync.Mutex
	name  string
	world *World
}

func (l *gatedLocker) Lock() {
	l.world.known.calling().At("lock on " + l.name)
	l.mutex.Lock()
}

func (l *gatedLocker) Unlock() { l.mutex.Unlock() }
