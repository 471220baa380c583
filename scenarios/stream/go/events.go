package stream

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// A StreamEvent is one server-sent event.
type StreamEvent struct {
	Type    string `json:"type"`
	Agent   string `json:"agent"`
	Content string `json:"content"`
}

// NewStreamEvent makes an event.
func NewStreamEvent(kind, agent, content string) *StreamEvent {
	return &StreamEvent{kind, agent, content}
}

// SendStreamEvent writes an event to the client; the error says that it did not get there.
func SendStreamEvent(w http.ResponseWriter, event *StreamEvent) error {
	data, err := json.Marshal(event)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "data: %s\n\n", data)
	return err
}

// Name is how the harness calls it: a message by its sender and number, anything else by its type.
func (e *StreamEvent) Name() string {
	if e.Type == "message" {
		return e.Agent + ":" + e.Content
	}
	return e.Type
}

// describe is its name, and of a final status also what it says.
func (e *StreamEvent) describe() string {
	if e.isStatus() {
		return e.Type + ": " + e.Content
	}
	return e.Name()
}

func (e *StreamEvent) isStatus() bool { return e.Type == "done" || e.Type == "error" }
