package main

import "sync"

// branch is what a fork returns: a value that is there once join returns.
type branch[T any] struct {
	value T
	done  sync.WaitGroup
}

// fork runs body in a goroutine.
func fork[T any](body func() T) *branch[T] {
	b := new(branch[T])
	b.done.Add(1)
	go func() {
		b.value = body()
		b.done.Done()
	}()
	return b
}

func (b *branch[T]) join() T {
	b.done.Wait()
	return b.value
}

// unit is the value of a branch that has none.
type unit struct{}

// forRange calls body(i) for every i in [begin, end), in halves down to one.
func forRange(begin, end int64, body func(i int64)) {
	if end-begin <= 1 {
		for i := begin; i < end; i++ {
			body(i)
		}
		return
	}
	middle := begin + (end-begin)/2
	upper := fork(func() unit {
		forRange(middle, end, body)
		return unit{}
	})
	forRange(begin, middle, body)
	upper.join()
}
