package gate

import (
	"runtime"
	"sync/atomic"
)

// A registry has the goroutines of a forced execution. Who waits for it runs on: a goroutine that is blocked is always
// blocked by an operation of the program. For the race detector it orders what goroutines do
// before what the controller does, and nothing else.
type registry struct {
	busy    atomic.Bool
	members []*G
}

func (r *registry) lock() {
	for !r.busy.CompareAndSwap(false, true) {
		runtime.Gosched()
	}
}

//go:norace
func (r *registry) add(g *G) {
	release(r)
	unsynchronised(true)
	defer unsynchronised(false)
	r.lock()
	defer r.busy.Store(false)
	r.members = append(r.members, g)
}

//go:norace
func (r *registry) all() []*G {
	unsynchronised(true)
	defer unsynchronised(false)
	r.lock()
	defer r.busy.Store(false)
	return append([]*G{}, r.members...)
}

// find is the goroutine with this path, or nil as long as there is none. For the controller.
func (r *registry) find(path string) *G {
	members := r.all()
	acquire(r)
	for _, g := range members {
		if g.path == path {
			return g
		}
	}
	return nil
}

// calling is the goroutine that calls it.
//
//go:norace
func (r *registry) calling() *G {
	id := goroutineID()
	for _, g := range r.all() {
		if g.id == id {
			return g
		}
	}
	panic("a goroutine that the gate did not start")
}
