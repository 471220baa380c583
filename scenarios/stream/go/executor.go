package stream

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"harness/gate"
)

const failure = "crew failed"

// An Executor follows its plan, step by step as harness.stream.executor does.
type Executor struct {
	plan     *Plan
	finished atomic.Bool
}

// A sink is where the executor sends to: the channel itself, or what a handler offers in its place.
type sink interface {
	// send tells whether the event was accepted.
	send(g *gate.G, ctx context.Context, event *StreamEvent) bool
	// start starts a child that may outlive the executor.
	start(g *gate.G, child func(g *gate.G))
	// cancelledBy is the name of the context by which the executor is cancelled.
	cancelledBy() string
}

// ExecuteStream sends what the plan says into a channel.
func (e *Executor) ExecuteStream(g *gate.G, ctx context.Context, query string, streamChan chan<- *StreamEvent) error {
	return e.execute(g, ctx, query, channel{streamChan, e.plan.WatchesContext})
}

// execute is an error if the execution failed or was cancelled.
func (e *Executor) execute(g *gate.G, ctx context.Context, _ string, to sink) error {
	var joined sync.WaitGroup
	var complete bool
	if e.plan.Workers == 1 {
		complete = e.work(g, ctx, to, &joined, 1)
	} else {
		complete = e.workInParallel(g, ctx, to, &joined)
	}
	if e.plan.Children*e.plan.Workers > e.plan.Late {
		g.At("wait on workers")
		joined.Wait()
	}
	if e.plan.Ending == "stall" {
		g.At("receive on nil")
		<-(chan struct{})(nil)
	}
	if e.plan.Ending == "endless" {
		g.At("receive on " + to.cancelledBy() + ".done")
		<-ctx.Done()
		complete = false
	}
	g.At("finish on executor")
	e.finished.Store(true)
	if e.plan.Ending == "panic" {
		panic(failure)
	}
	if !complete {
		g.At("context_err on " + to.cancelledBy())
		return ctx.Err()
	}
	if e.plan.Ending == "error" {
		return errors.New(failure)
	}
	return nil
}

// workInParallel is false if one of the workers gave up.
func (e *Executor) workInParallel(g *gate.G, ctx context.Context, to sink, joined *sync.WaitGroup) bool {
	complete := make([]bool, e.plan.Workers)
	var crew sync.WaitGroup
	g.At("add on crew")
	crew.Add(e.plan.Workers)
	for number := range e.plan.Workers {
		g.Go("worker", func(g *gate.G) {
			complete[number] = e.work(g, ctx, to, joined, number+1)
			g.At("add on crew")
			crew.Done()
		})
	}
	g.At("wait on crew")
	crew.Wait()
	for _, each := range complete {
		if !each {
			return false
		}
	}
	return true
}

// work is one worker's share; false if it gave up.
func (e *Executor) work(g *gate.G, ctx context.Context, to sink, joined *sync.WaitGroup, worker int) bool {
	for child := 1; child <= e.plan.Children; child++ {
		late := (worker-1)*e.plan.Children+child <= e.plan.Late
		e.startChild(g, ctx, to, joined, fmt.Sprintf("child%d.%d", worker, child), late)
	}
	for range e.plan.Nils {
		if !e.emit(g, ctx, to, nil) {
			return false
		}
	}
	for number := 1; number <= e.plan.Events; number++ {
		if e.plan.Delay > 0 {
			sleep(g, seconds(e.plan.Delay))
		}
		if !e.emit(g, ctx, to, NewStreamEvent("message", fmt.Sprint("worker", worker), fmt.Sprint(number))) {
			return false
		}
	}
	return true
}

// startChild starts a goroutine that sends one event, and is joined before the executor returns unless it is late.
func (e *Executor) startChild(g *gate.G, ctx context.Context, to sink, joined *sync.WaitGroup, source string, late bool) {
	child := func(g *gate.G) {
		e.emit(g, ctx, to, NewStreamEvent("message", source, "1"))
		if !late {
			g.At("add on workers")
			joined.Done()
		}
	}
	switch {
	case !late:
		g.At("add on workers")
		joined.Add(1)
		g.Go("child", child)
	case e.plan.Rogue:
		g.Go("child", child)
	default:
		to.start(g, child)
	}
}

// emit sends one event; false if it was given up because the context was cancelled.
func (e *Executor) emit(g *gate.G, ctx context.Context, to sink, event *StreamEvent) bool {
	accepted := to.send(g, ctx, event)
	if accepted && event != nil {
		g.Log("accepted " + event.Name())
	}
	return accepted || !e.plan.WatchesContext
}

// A channel is the bare channel as a sink.
type channel struct {
	streamChan     chan<- *StreamEvent
	watchesContext bool
}

func (c channel) send(g *gate.G, ctx context.Context, event *StreamEvent) bool {
	if !c.watchesContext {
		g.At("send on streamChan")
		c.streamChan <- event
		return true
	}
	gone := ctx.Done()
	g.At("select")
	select {
	case gate.Send(g, 0, c.streamChan) <- event:
		return true
	case <-gate.Recv(g, 1, gone):
		return false
	}
}

func (c channel) start(g *gate.G, child func(g *gate.G)) { g.Go("child", child) }

func (c channel) cancelledBy() string { return "request" }

func sleep(g *gate.G, duration time.Duration) {
	g.SleepFor(duration)
	g.At("sleep")
}
