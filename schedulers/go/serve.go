package main

// Speaks harness/PROTOCOL.md on standard input and output until told to quit: everything around the
// timed region, nothing in it.

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

const lineBytesMax = 1 << 20

type session struct {
	workloads []workload
	cell      prepared
}

func newSession(workloads []workload) *session {
	return &session{workloads: workloads}
}

// find is the workload of that name, if it accepts n.
func (s *session) find(name string, n int64) (*workload, *errorReply) {
	for i := range s.workloads {
		a := &s.workloads[i].about
		if a.Name != name {
			continue
		}
		if n < a.NMin || n > a.NMax {
			return nil, refuse("usage", fmt.Sprintf("%s does not accept size %d", name, n),
				fmt.Sprintf("It accepts %d to %d", a.NMin, a.NMax), "")
		}
		return &s.workloads[i], nil
	}
	return nil, refuse("usage", fmt.Sprintf("unknown workload '%s'", name), "",
		"Ask `describe` for the workloads of this cell")
}

func (s *session) describe() any {
	reply := describeReply{Reply: "describe", Protocol: protocolVersion, Scheduler: schedulerName,
		Summary: schedulerSummary, Version: version, Build: build{compiler, flags, "Release", ""},
		WorkersMax: workersMax, Options: []unit{}}
	for _, w := range s.workloads {
		reply.Workloads = append(reply.Workloads, w.about)
	}
	return reply
}

func (s *session) prepare(r *request) (any, *errorReply) {
	found, refusal := s.find(*r.Workload, *r.N)
	if refusal != nil {
		return nil, refusal
	}
	workers := int(*r.Workers)
	if workers < 1 || workers > workersMax {
		return nil, refuse("unsupported", fmt.Sprintf("go cannot run %d workers", workers),
			fmt.Sprintf("It accepts 1 to %d", workersMax), "")
	}
	if !r.Placement.fits(workers) {
		return nil, refuse("usage", "placement does not fit the number of workers", "",
			"Give one CPU, one node and one list of victims per worker, or none")
	}
	if len(r.Options) > 0 {
		return nil, refuse("usage", fmt.Sprintf("go has no option of %v", r.Options), "", "It has none at all")
	}
	s.cell = nil
	if err := useWorkers(workers, r.Placement.CPUs); err != nil {
		return nil, refuse("usage", err.Error(),
			"A CPU is offline or outside the cpuset of this container",
			"Run with --pin=none, or see `harness env` for the CPUs that may be used")
	}
	s.cell = found.prepare(*r.N, *r.Seed)
	return s.cell.ready(), nil
}

func (s *session) turn(iterations int64) any {
	before := usageNow()
	reply := s.cell.turn(iterations, func() {}, func() {})
	after := usageNow()
	reply.CPUNs = after.cpuNs - before.cpuNs
	reply.MaxRSSKib = peakResidentKib()
	reply.Nvcsw = after.nvcsw - before.nvcsw
	reply.Nivcsw = after.nivcsw - before.nivcsw
	reply.Minflt = after.minflt - before.minflt
	return reply
}

// memory cannot count bytes: the meter counts what goes through libc, and Go's memory does not.
func (s *session) memory() any {
	reply := memoryReply{Reply: "memory"}
	reply.Ops = s.cell.turn(1,
		func() { reply.RSSBeforeKib = residentKib() }, func() { reply.RSSAfterKib = residentKib() }).Ops
	s.cell = nil
	return reply
}

func (s *session) answer(r *request) (any, *errorReply) {
	needsCell := *r.Request == "turn" || *r.Request == "memory"
	if needsCell && s.cell == nil {
		return nil, refuse("usage", "no cell is prepared", "", "Send `prepare` first")
	}
	switch *r.Request {
	case "describe":
		return s.describe(), nil
	case "prepare":
		return s.prepare(r)
	case "estimate":
		found, refusal := s.find(*r.Workload, *r.N)
		if refusal != nil {
			return nil, refusal
		}
		return estimateReply{"estimate", found.estimate(*r.N)}, nil
	case "turn":
		return s.turn(*r.Iterations), nil
	case "memory":
		return s.memory(), nil
	case "quit":
		return byeReply{"bye"}, nil
	}
	return nil, misunderstood(fmt.Sprintf("there is no request %q", *r.Request))
}

var errTooLong = errors.New("the line is longer than the protocol allows")

// nextLine reads one line. A last one without an end is torn, and as good as the end.
func nextLine(input *bufio.Reader) ([]byte, error) {
	line, err := input.ReadSlice('\n')
	if err == nil {
		return line, nil
	}
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = input.ReadSlice('\n')
	}
	if err != nil {
		return nil, err
	}
	return nil, errTooLong
}

// reply answers one line; the second value is true when it was a quit.
func (s *session) reply(line []byte, err error) (any, bool) {
	if err != nil {
		return refuse("usage", err.Error(), "", ""), false
	}
	r, refusal := decode(line)
	if refusal != nil {
		return refusal, false
	}
	answer, refusal := s.answer(r)
	if refusal != nil {
		return refusal, false
	}
	return answer, *r.Request == "quit"
}

// serve returns when it is told to quit, at the end of input, and when nobody listens any more.
func serve(s *session, replies io.Writer) {
	input := bufio.NewReaderSize(os.Stdin, lineBytesMax+1)
	output := json.NewEncoder(replies) // ends each with a line end
	for {
		line, err := nextLine(input)
		if err != nil && !errors.Is(err, errTooLong) {
			return
		}
		reply, isQuit := s.reply(line, err)
		if output.Encode(reply) != nil || isQuit {
			return
		}
	}
}
