// Package stream is the seed's streaming handler and its repairs in Go, line by line, and ours. They are the twins of
// the Python designs of the same names, under the same plans. A handler's only additions to the printed code are the
// gates, one before each operation, and g.Go in the place of go. The operands of a select stand before its gate: the
// clock of time.After starts when the goroutine comes there, and making the channel of r.Context().Done() synchronises.
package stream

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"time"

	"harness/gate"
)

// A Handler is a design: it streams to w what the executor sends. Capacity and keepAlive are configuration; the seed
// has 100 and 30 seconds.
type Handler func(g *gate.G, w http.ResponseWriter, r *http.Request, executor *Executor, capacity int, keepAlive time.Duration)

// Programs are the designs by the names of their Python twins.
var Programs = []gate.Program{
	serving("done_channel", doneChannel),
	serving("wait_group", waitGroup),
	serving("atomic_error", atomicError),
	serving("close_channel", closeChannel),
	serving("combined", combined),
	serving("supervised", supervised),
}

func serving(name string, handler Handler) gate.Program {
	return gate.Program{Name: name, Make: func(input json.RawMessage) (func(g *gate.G), error) {
		plan, err := readPlan(input)
		return func(g *gate.G) { serve(g, handler, plan) }, err
	}}
}

// serve is one request. The main goroutine plays net/http: it makes the request's context, calls the handler, and
// cancels the context when the handler has returned.
func serve(g *gate.G, handler Handler, plan *Plan) {
	ctx, cancel := context.WithCancel(context.Background())
	hangUp := func(g *gate.G) {
		g.At("cancel on request")
		cancel()
	}
	executor := &Executor{plan: plan}
	client := newClient(g, plan, executor, hangUp)
	if plan.Disconnect {
		g.Go("disconnect", client.disconnect)
	}
	r := httptest.NewRequest(http.MethodGet, "/stream?query=hello", nil).WithContext(ctx)
	handler(g, client.writer(), r, executor, plan.Capacity, seconds(plan.KeepAlive))
	client.handlerReturned()
	hangUp(g)
}
