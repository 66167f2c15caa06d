package main

// Each workload once: the right answer, and one that was corrupted.

import "testing"

const testSeed = 7

// check: the answer of run has the expected digest; what `corrupt` makes of it has another.
func check[Input, Answer any](t *testing.T, p problem[Input, Answer], n int64, corrupt func(Input, *Answer)) {
	t.Helper()
	input := p.prepare(n, testSeed)
	for round := 0; round < 2; round++ {
		p.reset(input)
		answer := p.run(input)
		if got, want := p.digest(input, answer), p.expected(input); got != want {
			t.Fatalf("%s of %d: digest %d, expected %d", p.about().Name, n, got, want)
		}
		corrupt(input, &answer)
		if p.digest(input, answer) == p.expected(input) {
			t.Fatalf("%s of %d: a corrupted answer passes", p.about().Name, n)
		}
	}
}

func TestFibObjectsToAWrongAnswer(t *testing.T) {
	check[int64, uint64](t, fib{}, 17, func(_ int64, answer *uint64) { *answer++ })
}

func TestIntegrateObjectsToAWrongAnswer(t *testing.T) {
	check[integrateInput, float64](t, integrate{}, 40,
		func(_ integrateInput, area *float64) { *area *= 1 + 1e-12 })
}

func TestKnapsackObjectsToAWrongValue(t *testing.T) {
	for _, n := range []int64{1, 5, 18} {
		check[*knapsackInput, found](t, knapsack{}, n, func(_ *knapsackInput, answer *found) { *answer++ })
	}
}

func TestMatmulObjectsToAWrongElement(t *testing.T) {
	for _, n := range []int64{1, 33, 100} {
		check[*matmulInput, unit](t, matmul{}, n, func(input *matmulInput, _ *unit) { *input.c.element(0, 0)++ })
	}
}

func TestStrassenObjectsToAWrongElement(t *testing.T) {
	for _, n := range []int64{1, 64, 150, 300} {
		check[*strassenInput, unit](t, strassen{}, n,
			func(input *strassenInput, _ *unit) { *input.c.element(0, 0)++ })
	}
}

func TestMergesortObjectsToAWrongOrderAndToALostKey(t *testing.T) {
	check[*mergesortInput, unit](t, mergesort{}, 3000, func(input *mergesortInput, _ *unit) {
		input.keys[10], input.keys[11] = input.keys[11], input.keys[10]
	})
	check[*mergesortInput, unit](t, mergesort{}, 3000,
		func(input *mergesortInput, _ *unit) { input.keys[10] = input.keys[11] })
}

func TestNoopBatchObjectsToATaskLostAndToOneRunTwice(t *testing.T) {
	check[[]uint8, unit](t, noopBatch{}, 100, func(runs []uint8, _ *unit) { runs[50] = 0 })
	check[[]uint8, unit](t, noopBatch{}, 100, func(runs []uint8, _ *unit) { runs[50] = 2 })
}

func TestNQueensObjectsToAWrongAnswer(t *testing.T) {
	for n := int64(1); n <= 9; n++ {
		check[nqueensInput, uint64](t, nqueens{}, n, func(_ nqueensInput, answer *uint64) { *answer++ })
	}
}

func TestSkynetObjectsToAWrongAnswer(t *testing.T) {
	check[int64, uint64](t, skynet{}, 1000, func(_ int64, answer *uint64) { *answer++ })
}

func TestTreeSumObjectsToAWrongAnswer(t *testing.T) {
	for _, n := range []int64{1, 2, 100, 1023} {
		check[*treeInput, uint64](t, treeSum{}, n, func(_ *treeInput, answer *uint64) { *answer ^= 1 })
	}
}

func TestUtsObjectsToALostNode(t *testing.T) {
	for _, n := range []int64{1, 100, 3987} {
		check[*utsSample, utsCount](t, uts{}, n, func(_ *utsSample, count *utsCount) { count.nodes-- })
	}
}
