package gate

import (
	"runtime"
	"testing"
	"testing/synctest"
	"time"
)

const (
	patience    = 10 * time.Second
	long        = 10 * time.Second // of virtual time, unless the job says more: longer than any program waits
	spinsBefore = 100
)

// runFree is one execution under Go's own scheduler; it tells the outcome, and whether goroutines were left behind.
func runFree(t *testing.T, p *Program, job *Job, seed uint64) (outcome string, left bool) {
	if job.Bubble {
		inBubble(t, func() {
			w := newWorld(false, true, seed)
			go w.main.run(p.Main)
			time.Sleep(max(long, time.Duration(job.Lasts)))
			synctest.Wait()
			outcome, left = w.outcome(), !w.main.finished()
			w.over.Store(true)
		})
		return outcome, left
	}
	w := newWorld(false, false, seed)
	go w.main.run(p.Main)
	w.settle(w.main.complete)
	if left = !w.main.finished(); left {
		return w.unfinished(), left
	}
	outcome = w.outcome()
	w.over.Store(true)
	return outcome, left
}

// unfinished is the outcome where goroutines are left behind. With the race detector it says only that: their logs
// are theirs.
func (w *World) unfinished() string {
	if raceEnabled {
		return "left behind"
	}
	w.over.Store(true)
	return w.outcome()
}

// settle waits until done, or nothing moves any more.
func (w *World) settle(done func() bool) {
	started := time.Now()
	for round := 0; !done(); round++ {
		runtime.Gosched()
		if round > spinsBefore && round%spinsBefore == 0 && still() {
			return
		}
		if round%spinsBefore == 0 && time.Since(started) > patience {
			panic("the program neither ends nor comes to rest")
		}
	}
}

// inBubble runs f in a bubble. Goroutines that it leaves behind stay there for ever, of which synctest complains. A data
// race fails the test in which it happens: that is one of its own, so that the others go on.
func inBubble(t *testing.T, f func()) {
	var cause any
	bubble := func(t *testing.T) {
		defer func() { cause = recover() }()
		synctest.Test(t, func(*testing.T) { f() })
	}
	if raceEnabled {
		t.Run("bubble", bubble)
	} else {
		bubble(t)
	}
	if cause != nil && !deadlocked(cause) {
		panic(cause)
	}
}

func deadlocked(cause any) bool {
	err, ok := cause.(error)
	return ok && len(err.Error()) > 9 && err.Error()[:9] == "deadlock:"
}
