"""Real Go as the judge: the same programs on the Go runtime, freely and in the order of our schedules.

`toolchain` finds Go and builds; `gate`, in Go, controls the goroutines; `process` runs what was built; `script` turns
a schedule into what the gate is to do. `text`, `verbs` and `generate` make random programs that are both Python and
Go; `predict` asks the harness about them and `conformance` compares. The streaming designs are written in both, too:
`twin` finds the Go one, `session` predicts, `confirm` forces a counterexample on it, and `free` leaves it to itself.
Needs the extra `go`, or a Go of 1.25 or later.
"""
