package main

// workloads/skynet.hpp

const skynetBranches = 10

type skynet struct{}

// skynetSum is the sum of the ordinals of the `leaves` leaves that begin at `first`. Requires a power
// of ten.
//
//go:noinline
func skynetSum(first, leaves int64) uint64 {
	if leaves == 1 {
		return uint64(first)
	}
	below := leaves / skynetBranches
	var sums [skynetBranches]uint64
	forRange(0, skynetBranches, func(i int64) {
		sums[i] = skynetSum(first+i*below, below)
	})
	total := uint64(0)
	for _, sum := range sums {
		total += sum
	}
	return total
}

func (skynet) about() about {
	return about{
		Name:      "skynet",
		Summary:   "a tree of ten-way forks that do nothing else",
		Source:    "atemerev/skynet, 2016; sum in closed form",
		Operation: "node",
		Parameter: "leaves",
		Sizes:     []sizes{{"small", 100_000}, {"medium", 10_000_000}, {"large", 100_000_000}},
		NMin:      1,
		NMax:      1_000_000_000,
	}
}

// prepare returns the number of leaves, a power of ten.
func (skynet) prepare(n int64, _ uint64) int64 {
	leaves := int64(1)
	for leaves <= n/skynetBranches {
		leaves *= skynetBranches
	}
	return leaves
}

func (skynet) reset(int64)                          {}
func (skynet) run(leaves int64) uint64              { return skynetSum(0, leaves) }
func (skynet) digest(_ int64, answer uint64) uint64 { return fold(0, answer) }

func (skynet) expected(leaves int64) uint64 {
	return fold(0, uint64(leaves)*uint64(leaves-1)/2)
}

func (skynet) operations(leaves int64) uint64 {
	return uint64((leaves*skynetBranches - 1) / (skynetBranches - 1))
}

func (skynet) footprintBytes(int64) int64 { return 8 }
func (skynet) notes(leaves int64) notes   { return notes{"leaves": leaves} }
