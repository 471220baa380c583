package stream

import (
	"io"
	"log"
	"testing"

	"harness/gate"
)

// TestDrive does what the harness asks for.
func TestDrive(t *testing.T) {
	log.SetOutput(io.Discard)
	gate.Drive(t, Programs)
}
