package gate

import (
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
)

// A Step is one step of a schedule: gates that are opened one after the other, at a point of virtual time.
type Step struct {
	At     int64   // nanoseconds since the program began
	Grants []Grant // none: time moves, and timers fire
}

// A Grant opens the gate at which a goroutine stands.
type Grant struct {
	Goroutine string
	Operation string // that it must be at
	Way       int    // of a select or choice; Any where it has none or all of them
	Parks     bool   // it is to be blocked in the operation before the next gate opens
}

// Any leaves a select all its cases.
const Any = -2

// A divergence says what real Go did otherwise than the schedule.
type divergence string

func (w *World) fail(format string, details ...any) {
	panic(divergence(fmt.Sprintf(format, details...)))
}

// runForced is one execution in the order of a schedule. The answer is empty if it came to the outcome that is wanted.
func runForced(t *testing.T, p *Program, job *Job) (difference string) {
	follow := func() {
		w := newWorld(true, job.Bubble, 0)
		w.shifts = job.Shifts
		defer w.release()
		defer func() {
			if cause := recover(); cause != nil {
				found, ok := cause.(divergence)
				if !ok {
					panic(cause)
				}
				difference = string(found)
			}
		}()
		w.follow(p, job.Steps, job.Stuck)
		if found := w.outcome(); found != job.Wanted {
			difference = fmt.Sprintf("the outcome is %q, not %q", found, job.Wanted)
		}
	}
	if job.Bubble {
		inBubble(t, follow)
	} else {
		follow()
	}
	return difference
}

// follow takes the steps, and then lets those that are stuck try.
func (w *World) follow(p *Program, steps []Step, stuck []string) {
	began := time.Now()
	go w.main.run(p.Main)
	for number, step := range steps {
		if w.bubble {
			time.Sleep(time.Duration(step.At) - time.Since(began))
			synctest.Wait()
		}
		w.take(number, step)
	}
	if w.panicked.Load() == nil {
		w.confirmStuck(stuck)
	}
}

func (w *World) take(number int, step Step) {
	var moving []*G
	for _, grant := range step.Grants {
		g := w.find(number, grant)
		g.open(grant.Way)
		if grant.Parks {
			w.mustPark(number, g)
		}
		moving = append(moving, g)
	}
	w.rest(moving)
	enters := len(step.Grants) == 1 && step.Grants[0].Parks
	for _, g := range moving {
		if !enters && !g.moved() {
			w.fail("step %d: %s does not get past %q", number, g.path, g.at)
		}
	}
}

// lookFor is the goroutine with this path, once it is there and ready, or nothing moves any more.
func (w *World) lookFor(path string, ready func(g *G) bool) *G {
	if w.bubble {
		synctest.Wait()
		return w.known.find(path)
	}
	var g *G
	w.until(func() bool {
		g = w.known.find(path)
		return g != nil && ready(g)
	})
	return g
}

// find is the goroutine of a grant, at its gate.
func (w *World) find(number int, grant Grant) *G {
	g := w.lookFor(grant.Goroutine, (*G).waits)
	if g == nil || !g.waits() {
		w.fail("step %d: %s is not at a gate; it should be at %q", number, grant.Goroutine, grant.Operation)
	}
	if grant.Operation != "" && g.at != grant.Operation {
		w.fail("step %d: %s is at %q, not at %q", number, g.path, g.at, grant.Operation)
	}
	return g
}

// blocked tells whether the goroutine is blocked, at a gate or in an operation.
//
//go:norace
func (g *G) blocked() bool { return blocked[states()[g.id]] }

// waits tells whether the goroutine stands at a gate that nobody has opened yet.
func (g *G) waits() bool { return !g.ended.Load() && g.arrived.Load() > g.opened }

// moved tells whether the goroutine got past the operation that its last gate was opened for.
func (g *G) moved() bool { return g.ended.Load() || g.arrived.Load() > g.opened || g.asleep.Load() }

func (g *G) open(way int) {
	g.opened++
	g.grants <- grant{way, way != Any}
}

// rest waits until the goroutines have moved on, or nothing moves.
func (w *World) rest(moving []*G) {
	if w.bubble {
		synctest.Wait()
		return
	}
	w.until(func() bool {
		for _, g := range moving {
			if !g.moved() {
				return false
			}
		}
		return true
	})
}

// mustPark waits until the goroutine is blocked in its operation.
func (w *World) mustPark(number int, g *G) {
	if w.bubble {
		synctest.Wait()
	} else {
		w.until(func() bool { return g.moved() || g.blocked() })
	}
	if g.moved() {
		w.fail("step %d: %s is not blocked by %q", number, g.path, g.at)
	}
}

// until waits outside a bubble until done, at most until nothing moves any more.
func (w *World) until(done func() bool) {
	started := time.Now()
	for round := 1; !done(); round++ {
		runtime.Gosched()
		if round%1000 == 0 && (still() || time.Since(started) > patience) {
			done() // what it looks at may have changed just before
			return
		}
	}
}

// confirmStuck opens the gates of all that are left, and looks whether one of them gets on.
func (w *World) confirmStuck(stuck []string) {
	for _, path := range stuck {
		g := w.lookFor(path, func(*G) bool { return true })
		if g == nil || g.ended.Load() {
			w.fail("at the end: %s has ended, but should be blocked", path)
		}
		if w.waitsForGate(g) {
			g.open(Any)
		}
	}
	if w.bubble {
		time.Sleep(long)
		synctest.Wait()
	} else {
		w.until(still)
	}
	for _, path := range stuck {
		if g := w.known.find(path); g.moved() {
			w.fail("at the end: %s gets past the operation at which it should be blocked", path)
		}
	}
}

func (w *World) waitsForGate(g *G) bool {
	if w.bubble {
		synctest.Wait()
	} else {
		w.until(func() bool { return g.waits() || g.blocked() })
	}
	return g.waits()
}

// release lets the goroutines that stand at gates go home.
func (w *World) release() {
	w.over.Store(true)
	for _, g := range w.known.all() {
		if g.waits() {
			g.opened++
			close(g.grants)
		}
	}
}
