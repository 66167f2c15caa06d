package main

import "time"

// about is what a workload says about itself; the words are those of the C++ workload of the same name
// (workloads/ of the root).
type about struct {
	Name      string  `json:"name"`
	Summary   string  `json:"summary"`
	Source    string  `json:"source"`
	Operation string  `json:"operation"`
	Sizes     []sizes `json:"sizes"`
	NMin      int64   `json:"n_min"`
	NMax      int64   `json:"n_max"`
	Parameter string  `json:"parameter"`
}

type sizes struct {
	Name string `json:"name"`
	N    int64  `json:"n"`
}

type notes map[string]int64

// problem is workloads/workload.hpp in Go: prepare once; then reset (untimed), run (timed), digest,
// again and again. expected is computed by independent code.
type problem[Input, Answer any] interface {
	about() about
	prepare(n int64, seed uint64) Input
	reset(Input)
	run(Input) Answer
	digest(Input, Answer) uint64
	expected(Input) uint64
	operations(Input) uint64
	footprintBytes(n int64) int64
	notes(Input) notes
}

// workload is a problem with its types erased.
type workload struct {
	about    about
	estimate func(n int64) int64
	prepare  func(n int64, seed uint64) prepared
}

// prepared is a workload with its input.
type prepared interface {
	ready() readyReply
	// turn runs it `iterations` times, each after an untimed reset. before and after are called right
	// outside of what is timed.
	turn(iterations int64, before, after func()) turnReply
}

type typedCell[Input, Answer any] struct {
	problem problem[Input, Answer]
	input   Input
	bytes   int64
}

func entry[Input, Answer any](p problem[Input, Answer]) workload {
	return workload{p.about(), p.footprintBytes, func(n int64, seed uint64) prepared {
		return &typedCell[Input, Answer]{p, p.prepare(n, seed), p.footprintBytes(n)}
	}}
}

func (c *typedCell[Input, Answer]) ready() readyReply {
	return readyReply{"ready", c.problem.expected(c.input), int64(c.problem.operations(c.input)), c.bytes,
		c.problem.notes(c.input)}
}

func (c *typedCell[Input, Answer]) turn(iterations int64, before, after func()) turnReply {
	reply := turnReply{Reply: "turn", Iterations: iterations, Counters: notes{}}
	for i := int64(0); i < iterations; i++ {
		c.problem.reset(c.input)
		before()
		start := time.Now()
		answer := c.problem.run(c.input)
		reply.Ns += time.Since(start).Nanoseconds()
		after()
		reply.Check = foldCheck(reply.Check, c.problem.digest(c.input, answer))
	}
	reply.Ops = int64(c.problem.operations(c.input)) * iterations
	return reply
}
