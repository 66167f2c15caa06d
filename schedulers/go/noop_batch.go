package main

// workloads/noop_batch.hpp

import "sync"

// touch is the body of every task: a real call.
//
//go:noinline
func touch(runs *uint8) {
	*runs++
}

// The input is how often task i has run.
type noopBatch struct{}

func (noopBatch) about() about {
	return about{
		Name:      "noop_batch",
		Summary:   "n empty tasks, then quiescence: a task's own cost",
		Source:    "spawn-and-wait loop of task pools; claim C2",
		Operation: "task",
		Parameter: "tasks",
		Sizes:     []sizes{{"small", 1000}, {"medium", 100_000}, {"large", 1_000_000}},
		NMin:      1,
		NMax:      1 << 24,
	}
}

func (noopBatch) prepare(n int64, _ uint64) []uint8 { return make([]uint8, n) }

func (noopBatch) reset(runs []uint8) {
	for i := range runs {
		runs[i] = 0
	}
}

func (noopBatch) run(runs []uint8) unit {
	var done sync.WaitGroup
	done.Add(len(runs))
	for i := range runs {
		slot := &runs[i]
		go func() {
			touch(slot)
			done.Done()
		}()
	}
	done.Wait()
	return unit{}
}

func (noopBatch) digest(runs []uint8, _ unit) uint64 {
	once := uint64(0)
	for _, times := range runs {
		if times == 1 {
			once++
		}
	}
	return fold(fold(0, once), uint64(len(runs))-once)
}

func (noopBatch) expected(runs []uint8) uint64   { return fold(fold(0, uint64(len(runs))), 0) }
func (noopBatch) operations(runs []uint8) uint64 { return uint64(len(runs)) }
func (noopBatch) footprintBytes(n int64) int64   { return n }
func (noopBatch) notes([]uint8) notes            { return notes{} }
