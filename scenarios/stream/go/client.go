package stream

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"

	"harness/gate"
)

var errBroken = errors.New("write: broken pipe")

// A client is the http.ResponseWriter of a request, with the faults of the plan. It belongs to the handler's goroutine
// g, and writes down in g's log what arrives.
type client struct {
	g        *gate.G
	plan     *Plan
	executor *Executor
	hangUp   func(g *gate.G)
	response *httptest.ResponseRecorder
	alive    atomic.Bool
	writes   int
	returned bool
	hasty    bool
}

// A flushingClient supports streaming.
type flushingClient struct{ *client }

// Flush is no step of its own: an event counts as arrived when it was written.
func (c flushingClient) Flush() { c.response.Flush() }

func newClient(g *gate.G, plan *Plan, executor *Executor, hangUp func(g *gate.G)) *client {
	c := &client{g: g, plan: plan, executor: executor, hangUp: hangUp, response: httptest.NewRecorder()}
	c.alive.Store(true)
	return c
}

// writer is what the handler gets.
func (c *client) writer() http.ResponseWriter {
	if c.plan.Flusher {
		return flushingClient{c}
	}
	return c
}

func (c *client) Header() http.Header { return c.response.Header() }

func (c *client) WriteHeader(status int) { c.response.WriteHeader(status) }

// Write takes an error response as it is, and of a stream one event at a time.
func (c *client) Write(data []byte) (int, error) {
	if c.response.Code >= http.StatusBadRequest {
		c.g.Log(fmt.Sprint("refused ", c.response.Code, " ", string(bytes.TrimSpace(data))))
		return c.response.Write(data)
	}
	event := &StreamEvent{}
	text, found := bytes.CutPrefix(data, []byte("data: "))
	if err := json.Unmarshal(text, event); err != nil || !found {
		panic(fmt.Sprintf("the client cannot read %q", data))
	}
	if c.plan.Slow > 0 {
		sleep(c.g, seconds(c.plan.Slow))
	}
	c.g.At("write on client")
	if err := c.transmit(event); err != nil {
		return 0, err
	}
	return len(data), nil
}

// transmit is one write, with the fate that plan and connection have for it.
func (c *client) transmit(event *StreamEvent) error {
	c.writes++
	switch {
	case c.returned:
		c.g.Log("late " + event.describe())
		return errBroken
	case 0 < c.plan.FailingWrite && c.plan.FailingWrite <= c.writes:
		if c.alive.Swap(false) {
			c.g.Go("connection_lost", c.hangUp)
		}
		return errBroken
	}
	c.hasty = c.hasty || event.isStatus() && !c.executor.finished.Load()
	if c.alive.Load() {
		c.g.Log("arrived " + event.describe())
	}
	return nil
}

// disconnect is the goroutine of a client that goes away, which the server notices some time later.
func (c *client) disconnect(g *gate.G) {
	if c.plan.Pace > 0 {
		sleep(g, seconds(c.plan.Pace*float64(g.Choose(c.plan.Paces))))
	}
	g.At("disconnect on client")
	c.alive.Store(false)
	c.hangUp(g)
}

// handlerReturned settles what is owed to the client.
func (c *client) handlerReturned() {
	c.g.At("handler_return on client")
	c.returned = true
	connected, hasty := "gone", ""
	if c.alive.Load() {
		connected = "connected"
	}
	if c.hasty {
		hasty = ", status before the end"
	}
	c.g.Log("returned, " + connected + hasty)
}
