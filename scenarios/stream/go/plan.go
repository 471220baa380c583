package stream

import (
	"encoding/json"
	"time"
)

// A Plan is what the environment does to a handler: harness.stream.StreamPlan, whose text explains the fields.
type Plan struct {
	Events         int
	Workers        int
	Capacity       int
	Children       int
	Late           int
	Rogue          bool
	Nils           int
	Delay          float64
	Ending         string
	WatchesContext bool `json:"watches_context"`
	Disconnect     bool
	Slow           float64
	FailingWrite   int `json:"failing_write"`
	Flusher        bool
	KeepAlive      float64 `json:"keep_alive"`
	Pace           float64
	Paces          int
}

func readPlan(text json.RawMessage) (*Plan, error) {
	plan := &Plan{}
	return plan, json.Unmarshal(text, plan)
}

func seconds(number float64) time.Duration {
	return time.Duration(number * float64(time.Second))
}
