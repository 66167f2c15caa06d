package main

// workloads/fib.hpp

type fib struct{}

//go:noinline
func fibOf(n uint64) uint64 {
	if n < 2 {
		return n
	}
	second := fork(func() uint64 { return fibOf(n - 2) })
	first := fibOf(n - 1)
	return first + second.join()
}

// fibByLoop is the same number: the independent answer, and the count of joins of n - 1.
func fibByLoop(n int64) uint64 {
	current, next := uint64(0), uint64(1)
	for i := int64(0); i < n; i++ {
		current, next = next, current+next
	}
	return current
}

func (fib) about() about {
	return about{
		Name:      "fib",
		Summary:   "forks that do nothing but fork: the cost of a join",
		Source:    "Frigo, Leiserson, Randall, Cilk-5, PLDI 1998",
		Operation: "join",
		Parameter: "n",
		Sizes:     []sizes{{"small", 25}, {"medium", 30}, {"large", 35}},
		NMin:      2,
		NMax:      50,
	}
}

func (fib) prepare(n int64, _ uint64) int64      { return n }
func (fib) reset(int64)                          {}
func (fib) run(n int64) uint64                   { return fibOf(uint64(n)) }
func (fib) digest(_ int64, answer uint64) uint64 { return fold(0, answer) }
func (fib) expected(n int64) uint64              { return fold(0, fibByLoop(n)) }
func (fib) operations(n int64) uint64            { return fibByLoop(n+1) - 1 }
func (fib) footprintBytes(int64) int64           { return 8 }
func (fib) notes(int64) notes                    { return notes{} }
