package stream

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"harness/gate"
)

// An outlet is the executor's end of the stream: every send also gives up on the handler's own context, and every
// child is counted.
type outlet struct {
	ctx        context.Context
	streamChan chan<- *StreamEvent
	children   sync.WaitGroup
}

func (o *outlet) send(g *gate.G, _ context.Context, event *StreamEvent) bool {
	gone := o.ctx.Done()
	g.At("select")
	select {
	case gate.Send(g, 0, o.streamChan) <- event:
		return true
	case <-gate.Recv(g, 1, gone):
		return false
	}
}

func (o *outlet) start(g *gate.G, child func(g *gate.G)) {
	g.At("add on children")
	o.children.Add(1)
	g.Go("child", func(g *gate.G) {
		defer func() {
			g.At("add on children")
			o.children.Done()
		}()
		child(g)
	})
}

func (o *outlet) cancelledBy() string { return "stream" }

// supervised is ours: the handler answers for everything that it starts.
func supervised(g *gate.G, w http.ResponseWriter, r *http.Request, executor *Executor, capacity int, keepAlive time.Duration) {
	flusher, ok := w.(http.Flusher)
	if !ok {
		http.Error(w, "Streaming not supported", http.StatusInternalServerError)
		return
	}

	query := r.FormValue("query")
	ctx, cancel := context.WithCancel(r.Context())
	streamChan := make(chan *StreamEvent, capacity)
	out := &outlet{ctx: ctx, streamChan: streamChan}
	var execErr error

	g.Go("run_crew", func(g *gate.G) {
		err := recovered(func() error { return executor.execute(g, ctx, query, out) })
		g.At("wait on children")
		out.children.Wait()
		g.At("store on execErr")
		execErr = err
		g.At("close on streamChan")
		close(streamChan)
	})

	if write(w, flusher, NewStreamEvent("start", "system", "🚀 Starting crew execution...")) &&
		forward(g, w, flusher, ctx, streamChan, keepAlive) {
		g.At("load on execErr")
		if execErr != nil {
			write(w, flusher, NewStreamEvent("error", "system", fmt.Sprintf("Execution error: %v", execErr)))
		} else {
			write(w, flusher, NewStreamEvent("done", "system", "✅ Execution completed"))
		}
	}
	g.At("cancel on stream")
	cancel() // now: the server would notice a broken connection in its own time
	for open := true; open; {
		g.At("receive on streamChan")
		_, open = <-streamChan
	}
}

// recovered turns a panic into an error.
func recovered(execute func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	return execute()
}

// forward is true when the stream is closed, false when the client is gone.
func forward(
	g *gate.G, w http.ResponseWriter, flusher http.Flusher, ctx context.Context,
	streamChan <-chan *StreamEvent, keepAlive time.Duration,
) bool {
	for {
		timeout, gone := time.After(keepAlive), ctx.Done()
		g.At("select")
		select {
		case event, ok := <-gate.Recv(g, 0, streamChan):
			if !ok {
				return true
			}
			if event != nil && !write(w, flusher, event) {
				return false
			}
		case <-gate.Recv(g, 1, timeout):
			if !write(w, flusher, NewStreamEvent("ping", "system", "")) {
				return false
			}
		case <-gate.Recv(g, 2, gone):
			return false
		}
	}
}

// write is false if the event did not get to the client.
func write(w http.ResponseWriter, flusher http.Flusher, event *StreamEvent) bool {
	if SendStreamEvent(w, event) != nil {
		return false
	}
	flusher.Flush()
	return true
}
