// Package gate puts the goroutines of a program under control: each stops at a gate before each of its operations.
//
// A program is a function of a *G, its main goroutine. It announces every operation with At, starts goroutines with
// Go, and writes down what it sees with Log; everything else in it is plain Go. An execution of it, a World, is of one
// of two kinds. In a free one the gates are open, and only delay a little, by chance. In a forced one a controller
// opens them one by one, in the order of a schedule, and waits after each until nothing moves.
package gate

import (
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
)

// A Program is what is executed again and again.
type Program struct {
	Name string
	Main func(g *G)
	// Make is for programs that depend on the job's input: it gives Main.
	Make func(input json.RawMessage) (func(g *G), error)
}

// A World is one execution of a program. In a bubble of testing/synctest time is virtual; a program in which a goroutine
// can be blocked at a mutex must run outside, because synctest.Wait would wait for ever.
type World struct {
	forced   bool
	bubble   bool
	seed     uint64
	main     *G
	over     atomic.Bool
	panicked atomic.Pointer[string]
	known    registry
	shifts   map[string]int64
}

// A G is one goroutine of the program. Its path is the spawn path: main/worker#2 is the second worker of main.
type G struct {
	world    *World
	path     string
	children []*G
	log      []string
	last     int
	at       string
	random   uint64
	id       int64
	started  atomic.Bool
	ended    atomic.Bool
	asleep   atomic.Bool
	arrived  atomic.Int64
	told     atomic.Int64 // what was logged and started happens before whatever the controller does once it has looked at this
	opened   int64
	grants   chan grant
	way      int
	narrowed bool
}

// A grant opens a gate. Way is the case that a select is to take, or the number that is to be chosen.
type grant struct {
	way      int
	narrowed bool
}

func newWorld(forced, bubble bool, seed uint64) *World {
	w := &World{forced: forced, bubble: bubble, seed: seed}
	w.main = w.newG("main")
	w.main.started.Store(true)
	return w
}

func (w *World) newG(path string) *G {
	g := &G{world: w, path: path}
	if w.forced {
		g.grants = make(chan grant)
		w.known.add(g)
	} else {
		g.random = mix(w.seed, path)
	}
	return g
}

// Go starts f as a goroutine, named after its parent: the go statement.
func (g *G) Go(name string, f func(g *G)) {
	child := g.child(name)
	child.started.Store(true)
	go child.run(f)
}

// Later is a function for time.AfterFunc and context.AfterFunc, which start it as a goroutine. The goroutine is named
// now, because who comes to be when is up to the schedule.
func (g *G) Later(name string, f func(g *G)) func() {
	child := g.child(name)
	return func() {
		child.started.Store(true)
		child.run(f)
	}
}

func (g *G) child(name string) *G {
	prefix := g.path + "/" + name + "#"
	count := 1
	for _, child := range g.children {
		if strings.HasPrefix(child.path, prefix) {
			count++
		}
	}
	child := g.world.newG(fmt.Sprint(prefix, count))
	g.children = append(g.children, child)
	g.told.Add(1)
	return child
}

// run is the whole life of a goroutine. An unrecovered panic would end the process: the first one is the outcome. Until
// it does, others go on; so there is a gate before it.
func (g *G) run(f func(g *G)) {
	defer g.ended.Store(true)
	defer func() {
		if cause := recover(); cause != nil && !g.world.over.Load() {
			g.At("panic")
			text := fmt.Sprintf("%s panics: %v", g.path, cause)
			g.world.panicked.CompareAndSwap(nil, &text)
		}
	}()
	if g.world.forced {
		g.identify()
	}
	f(g)
}

// Log writes down what the goroutine saw: a word for what it did, then the values. Only the goroutine itself may call it.
func (g *G) Log(word string, values ...any) {
	text := word
	for _, value := range values {
		text += " " + fmt.Sprint(value)
	}
	g.log = append(g.log, text)
	g.told.Add(1)
	if len(values) > 0 {
		g.last = 0
		if number, ok := values[0].(int); ok {
			g.last = number
		} else if values[0] == true {
			g.last = 1
		}
	}
}

// Last is the first value that was logged last, as a number.
func (g *G) Last() int { return g.last }

// At announces the next operation: "send on c0". It returns when the operation may begin.
func (g *G) At(operation string) {
	g.announce(operation)
	if !g.world.forced {
		g.dawdle()
		return
	}
	if !g.wait() {
		runtime.Goexit()
	}
}

// identify remembers which goroutine of the process this is. It is looked at without the race detector's knowledge.
//
//go:norace
func (g *G) identify() { g.id = goroutineID() }

// announce writes without the race detector's knowledge, because the controller reads.
//
//go:norace
func (g *G) announce(operation string) { g.at = operation }

// wait stands at the gate until it is opened, or the execution is over. The order in which gates are opened is none of
// the program's own: the race detector does not see it.
//
//go:norace
func (g *G) wait() bool {
	unsynchronised(true)
	defer unsynchronised(false)
	g.arrived.Add(1)
	granted, open := <-g.grants
	g.way, g.narrowed = granted.way, granted.narrowed
	return open
}

// Path is the spawn path.
func (g *G) Path() string { return g.path }

// Forced tells whether a schedule decides what happens.
func (g *G) Forced() bool { return g.world.forced }

// Choose is a decision of the environment: a number below n.
func (g *G) Choose(n int) int {
	g.At("choose")
	if g.world.forced {
		return g.way
	}
	return int(g.draw() % uint64(n))
}

// outcome is what the execution came to, in the words in which it is predicted. Nothing may move any more.
func (w *World) outcome() string {
	if text := w.panicked.Load(); text != nil {
		return *text
	}
	var told []string
	w.main.each(func(g *G) {
		g.told.Load()
		text := g.path + "[" + strings.Join(g.log, "; ") + "]"
		if g.started.Load() && !g.ended.Load() {
			text += "@" + g.at
		}
		told = append(told, text)
	})
	slices.Sort(told)
	return strings.Join(told, " ")
}

func (g *G) each(visit func(g *G)) {
	visit(g)
	for _, child := range g.children {
		child.each(visit)
	}
}

// complete tells whether nothing can be left to come: all have ended, and nobody is named who has not started yet.
func (g *G) complete() bool {
	if !g.ended.Load() {
		return false
	}
	for _, child := range g.children {
		if !child.complete() {
			return false
		}
	}
	return true
}

// finished tells whether this goroutine, if it has started, and all that it started have ended. It orders nothing in the program: only
// the controller acquires what a goroutine releases at its end.
func (g *G) finished() bool {
	if g.started.Load() && !g.ended.Load() {
		return false
	}
	for _, child := range g.children {
		if !child.finished() {
			return false
		}
	}
	return true
}
