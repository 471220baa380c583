package stream

import (
	"net/http"
	"time"

	"harness/gate"
)

// closeChannel is the seed's solution 3, the one it recommends.
func closeChannel(g *gate.G, w http.ResponseWriter, r *http.Request, executor *Executor, capacity int, keepAlive time.Duration) {
	query := r.FormValue("query")
	streamChan := make(chan *StreamEvent, capacity)
	var execErr error

	g.Go("run_crew", func(g *gate.G) {
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
		g.At("load on execErr")
		return execErr
	})
}
