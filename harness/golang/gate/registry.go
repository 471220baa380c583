package gate

import (
	"runtime"
	"sync/atomic"
)

// A registry has the goroutines of a forced execution. Who waits for it runs on: a goroutine that is blocked is always
// blocked by an operation of the program.
type registry struct {
	busy    atomic.Bool
	members []*G
}

func (r *registry) lock() {
	for !r.busy.CompareAndSwap(false, true) {
		runtime.Gosched()
	}
}

func (r *registry) add(g *G) {
	r.lock()
	defer r.busy.Store(false)
	r.members = append(r.members, g)
}

func (r *registry) all() []*G {
	r.lock()
	defer r.busy.Store(false)
	return append([]*G{}, r.members...)
}

// find is the goroutine with this path, or nil as long as there is none.
func (r *registry) find(path string) *G {
	for _, g := range r.all() {
		if g.path == path {
			return g
		}
	}
	return nil
}

// calling is the goroutine that calls it.
func (r *registry) calling() *G {
	id := goroutineID()
	for _, g := range r.all() {
		if known := g.id.Load(); known != nil && *known == id {
			return g
		}
	}
	panic("a goroutine that the gate did not start")
}
