package stream

import (
	"fmt"
	"log"
	"net/http"
	"time"

	"harness/gate"
)

// doneChannel is the seed's handler as it was (http.go, lines 113-174).
func doneChannel(g *gate.G, w http.ResponseWriter, r *http.Request, executor *Executor, capacity int, keepAlive time.Duration) {
	query := r.FormValue("query")
	streamChan := make(chan *StreamEvent, capacity)
	done := make(chan struct{})
	var execErr error

	g.Go("run_crew", func(g *gate.G) {
		err := executor.ExecuteStream(g, r.Context(), query, streamChan)
		g.At("store on execErr")
		execErr = err
		g.At("close on done")
		close(done)
	})

	flusher, ok := w.(http.Flusher)
	if !ok {
		http.Error(w, "Streaming not supported", http.StatusInternalServerError)
		return
	}

	SendStreamEvent(w, NewStreamEvent("start", "system", "🚀 Starting crew execution..."))
	flusher.Flush()

	for {
		timeout, gone := time.After(keepAlive), r.Context().Done()
		g.At("select")
		select {
		case <-gate.Recv(g, 0, done):
			for {
				g.At("select")
				select {
				case event := <-gate.Recv(g, 0, streamChan):
					if event != nil {
						SendStreamEvent(w, event)
						flusher.Flush()
					}
				default:
					g.At("load on execErr")
					if execErr != nil {
						SendStreamEvent(w, NewStreamEvent("error", "system", fmt.Sprintf("Execution error: %v", execErr)))
					} else {
						SendStreamEvent(w, NewStreamEvent("done", "system", "✅ Execution completed"))
					}
					flusher.Flush()
					return
				}
			}

		case event := <-gate.Recv(g, 1, streamChan):
			if event != nil {
				SendStreamEvent(w, event)
				flusher.Flush()
			}

		case <-gate.Recv(g, 2, timeout):
			SendStreamEvent(w, NewStreamEvent("ping", "system", ""))
			flusher.Flush()

		case <-gate.Recv(g, 3, gone):
			log.Println("Client disconnected from stream")
			return
		}
	}
}
