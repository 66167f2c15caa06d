package main

// Digests and random numbers, bit for bit those of workloads/workload.hpp, core/base/rng.hpp and
// workloads/weights.hpp.

import "math"

const golden = 0x9e3779b97f4a7c15

// fold adds one value to a running digest. Order matters.
func fold(digest, value uint64) uint64 {
	digest ^= value + golden + (digest << 6) + (digest >> 2)
	return digest * 0xff51afd7ed558ccd
}

// foldCheck appends the digest of one more iteration to the check of a turn, which starts at 0.
func foldCheck(check, digest uint64) uint64 {
	return check*31 + digest
}

// mix64 is the finaliser of SplitMix64.
func mix64(x uint64) uint64 {
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb
	return x ^ (x >> 31)
}

// rng is SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
type rng struct {
	state uint64
}

// streamOf is a generator for consumer number `stream` of the same seed.
func streamOf(seed, stream uint64) rng {
	return rng{mix64(seed ^ mix64(stream+1))}
}

func (r *rng) next() uint64 {
	r.state += golden
	return mix64(r.state)
}

// below is uniform in [0, bound). Requires bound > 0.
func (r *rng) below(bound uint32) uint32 {
	return uint32(((r.next() >> 32) * uint64(bound)) >> 32)
}

// oddWeights are `count` odd weights that follow from the seed.
func oddWeights(count int, seed, stream uint64) []uint64 {
	r := streamOf(seed, stream)
	weights := make([]uint64, count)
	for i := range weights {
		weights[i] = r.next() | 1
	}
	return weights
}

// integerOf is a double that should be an integer, for a sum modulo 2^64. What is no integer, or is 2^52
// or more, counts as 2^62, which no right answer holds.
func integerOf(value float64) uint64 {
	if math.Abs(value) < 1<<52 && float64(int64(value)) == value {
		return uint64(int64(value))
	}
	return 1 << 62
}

// dot is the sum of x[i] * y[i], modulo 2^64.
func dot(x, y []uint64) uint64 {
	sum := uint64(0)
	for i := range x {
		sum += x[i] * y[i]
	}
	return sum
}
