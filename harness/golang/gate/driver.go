package gate

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"testing"
)

// A Job is one line of the standard input: what is to be executed, and how often.
type Job struct {
	Program string
	Runs    int
	Seed    uint64
	Procs   int             // GOMAXPROCS; 0 leaves it
	Input   json.RawMessage // of a program that depends on it
	Lasts   int64           // nanoseconds of virtual time within which everything has happened; 0: ten seconds
	Bubble  bool            // in a bubble of testing/synctest
	Forced  bool            // in the order of Steps
	Steps   []Step          // forced only
	Stuck   []string        // forced only: the goroutines that are to be blocked at the end
	Wanted  string          // forced only: the outcome
	Racy    *bool           // forced only: whether the race detector is to object; null asks nothing

	// Nanoseconds that are added to the durations of timers, by name: forced only.
	Shifts map[string]int64
}

// A Report is the line of the standard output that answers it.
type Report struct {
	Done     int            // how many of the runs
	Left     int            // how many goroutines the process holds that will never move again
	Last     bool           // whether the process ends after this answer
	Outcomes map[string]int // free only: how often each came about
	Racy     map[string]int // free only: the outcomes of the runs to which the race detector objected
	Same     int            // forced only: how many runs came to the outcome
	Differs  string         // forced only: what the first other run did
	Error    string         // what went wrong with the job itself
}

// Drive does the jobs on the standard input. It stops early, which Done tells, when the process holds more than
// most goroutines that will never move again: they cost time, and the process has to be started anew.
func Drive(t *testing.T, programs []Program) {
	const most = 100
	byName := map[string]*Program{}
	for i := range programs {
		byName[programs[i].Name] = &programs[i]
	}
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, 64<<20)
	output := json.NewEncoder(os.Stdout)
	for input.Scan() {
		var job Job
		report := Report{Outcomes: map[string]int{}, Racy: map[string]int{}}
		err := json.Unmarshal(input.Bytes(), &job)
		program, known := byName[job.Program]
		switch {
		case err != nil:
			report.Error = err.Error()
		case !known:
			report.Error = fmt.Sprintf("there is no program %q", job.Program)
		default:
			report.do(t, program, &job, most)
		}
		report.Last = report.Left > most
		if output.Encode(report) != nil || report.Last {
			return
		}
	}
}

func (r *Report) do(t *testing.T, p *Program, job *Job, most int) {
	defer func() {
		if cause := recover(); cause != nil {
			r.Error = fmt.Sprintf("run %d: %v", r.Done, cause)
		}
		r.Left = runtime.NumGoroutine()
	}()
	if job.Procs > 0 {
		runtime.GOMAXPROCS(job.Procs)
	}
	if p.Make != nil {
		main, err := p.Make(job.Input)
		if err != nil {
			panic(err)
		}
		p = &Program{Name: p.Name, Main: main}
	}
	for r.Done < job.Runs && r.Left <= most {
		r.run(t, p, job)
		r.Done++
	}
}

func (r *Report) run(t *testing.T, p *Program, job *Job) {
	before := raceErrors()
	if job.Forced {
		difference := runForced(t, p, job)
		if raced := raceErrors() > before; difference == "" && job.Racy != nil && raced != *job.Racy {
			difference = fmt.Sprintf("that the race detector objects is %t, not %t", raced, *job.Racy)
		} else if raced {
			r.Racy[job.Wanted]++
		}
		if difference == "" {
			r.Same++
		} else if r.Differs == "" {
			r.Differs = difference
		}
		r.Left = runtime.NumGoroutine()
		return
	}
	outcome, left := runFree(t, p, job, job.Seed+uint64(r.Done))
	r.Outcomes[outcome]++
	if raceErrors() > before {
		r.Racy[outcome]++
	}
	if left {
		r.Left = runtime.NumGoroutine()
	}
}
