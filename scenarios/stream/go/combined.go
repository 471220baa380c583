package stream

import (
	"net/http"
	"sync"
	"time"

	"harness/gate"
)

// combined is the seed's solution 4: close the stream and wait as well.
func combined(g *gate.G, w http.ResponseWriter, r *http.Request, executor *Executor, capacity int, keepAlive time.Duration) {
	query := r.FormValue("query")
	streamChan := make(chan *StreamEvent, capacity)
	var wg sync.WaitGroup
	var execErr error

	g.At("add on wg")
	wg.Add(1)
	g.Go("run_crew", func(g *gate.G) {
		defer func() {
			g.At("add on wg")
			wg.Done()
		}()
		defer func() {
			g.At("close on streamChan")
			close(streamChan)
		}()
		err := executor.ExecuteStream(g, r.Context(), query, streamChan)
		g.At("store on execErr")
		execErr = err
	})

	flusher, ok := w.(http.Flusher)
	if !ok {
		http.Error(w, "Streaming not supported", http.StatusInternalServerError)
		return
	}

	SendStreamEvent(w, NewStreamEvent("start", "system", "🚀 Starting crew execution..."))
	flusher.Flush()

	forwardUntilClosed(g, w, flusher, r, streamChan, keepAlive, func() error {
		g.At("wait on wg")
		wg.Wait()
		g.At("load on execErr")
		return execErr
	})
}
