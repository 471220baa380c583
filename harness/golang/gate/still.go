package gate

import (
	"bytes"
	"runtime"
	"strings"
)

// The states in which a goroutine stays until another one of the program does something. Not "semacquire": in it the runtime
// waits for the very pause in which the states are read.
var blocked = map[string]bool{
	"chan receive": true, "chan send": true, "select": true,
	"chan receive (nil chan)": true, "chan send (nil chan)": true, "select (no cases)": true,
	"sync.Mutex.Lock": true, "sync.RWMutex.RLock": true, "sync.RWMutex.Lock": true,
	"sync.WaitGroup.Wait": true, "sync.Cond.Wait": true,
}

// states is the state of every goroutine of the process, by id. The world stands still while they are read, so they
// belong to one moment.
func states() map[string]string {
	text := make([]byte, 1<<16)
	for {
		n := runtime.Stack(text, true)
		if n < len(text) {
			text = text[:n]
			break
		}
		text = make([]byte, 2*len(text))
	}
	found := map[string]string{}
	for block := range bytes.SplitSeq(text, []byte("\n\n")) {
		id, state, ok := header(string(block[:min(len(block), 200)]))
		if ok {
			found[id] = state
		}
	}
	return found
}

// header reads "goroutine 7 [chan receive, 2 minutes]:". In a bubble of testing/synctest it is "goroutine 7 [select
// (durable), synctest bubble 3]:"; bubbles are over when this is asked, so who is still in one stays there.
func header(text string) (id, state string, ok bool) {
	rest, ok := strings.CutPrefix(text, "goroutine ")
	if !ok {
		return "", "", false
	}
	id, rest, _ = strings.Cut(rest, " ")
	_, rest, _ = strings.Cut(rest, "[")
	state, _, ok = strings.Cut(rest, "]")
	if strings.Contains(state, "synctest bubble") {
		return id, "select (no cases)", ok
	}
	state, _, _ = strings.Cut(state, ",")
	return id, state, ok
}

func goroutineID() string {
	var text [64]byte
	id, _, _ := header(string(text[:runtime.Stack(text[:], false)]))
	return id
}

// still tells whether every goroutine but the calling one is blocked. With no timers, it stays so.
func still() bool {
	moving := 0
	for _, state := range states() {
		if !blocked[state] {
			moving++
		}
	}
	return moving <= 1
}
