// cell-go: the scheduler of Go's own runtime as a cell, as its documentation has it: a fork is a
// goroutine and a WaitGroup, the other branch runs in place. GOMAXPROCS is the number of workers: so
// many threads run goroutines at a time, the one that calls among them. The runtime starts others, for
// system calls and to watch, and its garbage collector works within GOMAXPROCS; what it collects during
// a run is timed.
//
// Threads cannot be pinned one by one: goroutines move between them. The set of CPUs of a placement is
// given to the whole process instead.
//
// Wins where tasks block or live long: they cost a stack of 2 KiB that grows, and nobody waits on a
// thread. Loses here: a fork allocates what its branches share, and goes through a queue.
package main

import (
	"os"
	"runtime"
)

const (
	schedulerName    = "go"
	schedulerSummary = "Go's runtime: goroutines; a fork is a goroutine and a WaitGroup"
)

func init() {
	// On the first thread, which lives as long as the process: the setting belongs to a thread.
	endWithParent()
}

func main() {
	replies, err := takeReplyFile()
	if err != nil {
		os.Stderr.WriteString("cell-go: could not duplicate standard output: " + err.Error() + "\n")
		os.Exit(1)
	}
	serve(newSession(workloads()), replies)
}

// workloads lists what this cell offers, in alphabetical order.
func workloads() []workload {
	return []workload{
		entry[int64, uint64](fib{}),
		entry[integrateInput, float64](integrate{}),
		entry[*knapsackInput, found](knapsack{}),
		entry[*matmulInput, unit](matmul{}),
		entry[*mergesortInput, unit](mergesort{}),
		entry[[]uint8, unit](noopBatch{}),
		entry[nqueensInput, uint64](nqueens{}),
		entry[int64, uint64](skynet{}),
		entry[*strassenInput, unit](strassen{}),
		entry[*treeInput, uint64](treeSum{}),
		entry[*utsSample, utsCount](uts{}),
	}
}

// useWorkers lets so many threads run goroutines at a time, on the CPUs of `cpus` (empty: any).
func useWorkers(workers int, cpus []int) error {
	runtime.GOMAXPROCS(workers)
	return restrictAllThreads(cpus)
}
