package stream

import (
	"fmt"
	"log"
	"net/http"
	"time"

	"harness/gate"
)

// forwardUntilClosed is the event loop of the seed's solution 3, which solutions 1, 2 and 4 share.
func forwardUntilClosed(
	g *gate.G, w http.ResponseWriter, flusher http.Flusher, r *http.Request,
	streamChan <-chan *StreamEvent, keepAlive time.Duration, loadError func() error,
) {
	for {
		timeout, gone := time.After(keepAlive), r.Context().Done()
		g.At("select")
		select {
		case event, ok := <-gate.Recv(g, 0, streamChan):
			if !ok {
				if execErr := loadError(); execErr != nil {
					SendStreamEvent(w, NewStreamEvent("error", "system", fmt.Sprintf("Execution error: %v", execErr)))
				} else {
					SendStreamEvent(w, NewStreamEvent("done", "system", "✅ Execution completed"))
				}
				flusher.Flush()
				return
			}
			if event != nil {
				SendStreamEvent(w, event)
				flusher.Flush()
			}

		case <-gate.Recv(g, 1, timeout):
			SendStreamEvent(w, NewStreamEvent("ping", "system", ""))
			flusher.Flush()

		case <-gate.Recv(g, 2, gone):
			log.Println("Client disconnected from stream")
			return
		}
	}
}
