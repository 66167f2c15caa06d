package main

// workloads/mergesort.hpp. The base kernels are the same, as far as Go has no branch-free selection.

import "sort"

const (
	sortCutoff  = 256
	mergeCutoff = 512
	blockKeys   = 8
)

type mergesortInput struct {
	unsorted, keys, scratch []uint64 // keys are sorted in place
}

type mergesort struct{}

func mergeSerially(left, right, out []uint64) {
	l, r := 0, 0
	for l < len(left) && r < len(right) {
		if right[r] < left[l] {
			out[l+r] = right[r]
			r++
		} else {
			out[l+r] = left[l]
			l++
		}
	}
	merged := l + r
	merged += copy(out[merged:], left[l:])
	copy(out[merged:], right[r:])
}

// insertAll sorts a block in place.
func insertAll(keys []uint64) {
	for i, key := range keys {
		place := i
		for ; place > 0 && key < keys[place-1]; place-- {
			keys[place] = keys[place-1]
		}
		keys[place] = key
	}
}

// sortSerially sorts as sortKeys does: blocks by insertion, then runs of twice the length, level by level.
// Blocks begin in the array from which the last level ends in the right one.
func sortSerially(keys, scratch []uint64, swapsArrays bool) {
	beginsInScratch := swapsArrays
	for run := blockKeys; run < len(keys); run *= 2 {
		beginsInScratch = !beginsInScratch
	}
	from, to := keys, scratch
	if beginsInScratch {
		copy(scratch, keys)
		from, to = scratch, keys
	}
	for i := 0; i < len(from); i += blockKeys {
		insertAll(from[i:min(i+blockKeys, len(from))])
	}
	for run := blockKeys; run < len(from); run *= 2 {
		for i := 0; i < len(from); i += 2 * run {
			middle, end := min(i+run, len(from)), min(i+2*run, len(from))
			mergeSerially(from[i:middle], from[middle:end], to[i:end])
		}
		from, to = to, from
	}
}

// merge puts two sorted runs in order in `out`. It takes the middle key of the longer, finds its place
// in the shorter, and merges what lies before it and after it.
//
//go:noinline
func merge(left, right, out []uint64) {
	if len(left)+len(right) <= mergeCutoff {
		mergeSerially(left, right, out)
		return
	}
	if len(left) < len(right) {
		left, right = right, left
	}
	longer, shorter := left, right
	middle := len(longer) / 2
	below := sort.Search(len(shorter), func(i int) bool { return shorter[i] >= longer[middle] })
	after := fork(func() unit {
		merge(longer[middle:], shorter[below:], out[middle+below:])
		return unit{}
	})
	merge(longer[:middle], shorter[:below], out[:middle+below])
	after.join()
}

// sortKeys sorts `keys`, leaving the result there; `scratch` is as long and is overwritten. With
// swapsArrays, it leaves it in `scratch` instead, and overwrites `keys`.
//
//go:noinline
func sortKeys(keys, scratch []uint64, swapsArrays bool) {
	if len(keys) <= sortCutoff {
		sortSerially(keys, scratch, swapsArrays)
		return
	}
	half := len(keys) / 2
	upper := fork(func() unit {
		sortKeys(keys[half:], scratch[half:], !swapsArrays)
		return unit{}
	})
	sortKeys(keys[:half], scratch[:half], !swapsArrays)
	upper.join()
	from, to := scratch, keys
	if swapsArrays {
		from, to = keys, scratch
	}
	merge(from[:half], from[half:], to)
}

func (mergesort) about() about {
	return about{
		Name:      "mergesort",
		Summary:   "sort by halves, merged in parallel",
		Source:    "Akl and Santoro, IEEE Trans. Computers, 1987",
		Operation: "key",
		Parameter: "keys",
		Sizes:     []sizes{{"small", 10_000}, {"medium", 500_000}, {"large", 5_000_000}},
		NMin:      1,
		NMax:      1 << 30,
	}
}

func (mergesort) prepare(n int64, seed uint64) *mergesortInput {
	input := &mergesortInput{make([]uint64, n), make([]uint64, n), make([]uint64, n)}
	r := rng{seed}
	for i := range input.unsorted {
		input.unsorted[i] = r.next()
	}
	copy(input.keys, input.unsorted)
	return input
}

func (mergesort) reset(input *mergesortInput) { copy(input.keys, input.unsorted) }

func (mergesort) run(input *mergesortInput) unit {
	sortKeys(input.keys, input.scratch, false)
	return unit{}
}

func digestOfKeys(keys []uint64, outOfOrder uint64) uint64 {
	multiset := uint64(0)
	for _, key := range keys {
		multiset += mix64(key + golden)
	}
	return fold(fold(fold(0, uint64(len(keys))), outOfOrder), multiset)
}

func (mergesort) digest(input *mergesortInput, _ unit) uint64 {
	outOfOrder := uint64(0)
	for i := 1; i < len(input.keys); i++ {
		if input.keys[i] < input.keys[i-1] {
			outOfOrder++
		}
	}
	return digestOfKeys(input.keys, outOfOrder)
}

func (mergesort) expected(input *mergesortInput) uint64   { return digestOfKeys(input.unsorted, 0) }
func (mergesort) operations(input *mergesortInput) uint64 { return uint64(len(input.keys)) }
func (mergesort) footprintBytes(n int64) int64            { return 3 * 8 * n }

func (mergesort) notes(*mergesortInput) notes {
	return notes{"sort_cutoff": sortCutoff, "merge_cutoff": mergeCutoff}
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}
