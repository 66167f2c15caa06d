package main

// workloads/knapsack.hpp

import "sort"

type item struct {
	value, weight int64
}

// mayReach: whether a packing worth `value`, with `room` left, could still reach `threshold` if the rest
// of the items were all as valuable for their weight as this one, the next.
func (best *item) mayReach(room, value, threshold int64) bool {
	return room*best.value >= (threshold-value)*best.weight
}

// found is the value of the best packing in the low bits, above them the nodes visited.
type found uint64

const oneNode found = 1 << 20

func (f found) value() uint64 { return uint64(f % oneNode) }
func (f found) nodes() uint64 { return uint64(f / oneNode) }

func either(a, b found) found {
	best := a % oneNode
	if b%oneNode > best {
		best = b % oneNode
	}
	return (a/oneNode+b/oneNode)*oneNode + best
}

// searchPackings that take `items` into account, given `value` in the sack and `room` left; of value 0 if
// none can reach `threshold`. Items come most valuable for their weight first.
//
//go:noinline
func searchPackings(items []item, room, value, threshold int64) found {
	if len(items) == 0 {
		return oneNode + found(value)
	}
	next, rest := &items[0], items[1:]
	if !next.mayReach(room, value, threshold) {
		return oneNode
	}
	if next.weight > room {
		return oneNode + searchPackings(rest, room, value, threshold)
	}
	left := fork(func() found { return searchPackings(rest, room, value, threshold) })
	taken := searchPackings(rest, room-next.weight, value+next.value, threshold)
	return oneNode + either(taken, left.join())
}

// drawItem makes item i of n: a weight in 100 .. 1000, and a value of a half to one and a half times as
// much.
func drawItem(r *rng, i, n int64) item {
	weight := 100 + int64(r.below(901))
	perMille := 500 + (1000*i+int64(r.below(1000)))/n
	return item{weight * perMille / 1000, weight}
}

// greedyValue is what is packed by taking every item that still fits, in order.
func greedyValue(items []item, room int64) int64 {
	value := int64(0)
	for _, item := range items {
		if item.weight <= room {
			room -= item.weight
			value += item.value
		}
	}
	return value
}

// countNodes counts those of the search, by an explicit stack of the branches put aside.
func countNodes(items []item, room, threshold int64) uint64 {
	type branch struct {
		rest        []item
		room, value int64
	}
	nodes := uint64(0)
	for aside := []branch{{items, room, 0}}; len(aside) > 0; {
		at := aside[len(aside)-1]
		aside = aside[:len(aside)-1]
		nodes++
		for len(at.rest) > 0 && at.rest[0].mayReach(at.room, at.value, threshold) {
			next := at.rest[0]
			at.rest = at.rest[1:]
			nodes++
			if next.weight <= at.room {
				aside = append(aside, at)
				at.room -= next.weight
				at.value += next.value
			}
		}
	}
	return nodes
}

type knapsackInput struct {
	items           []item // most valuable for its weight first
	room, threshold int64
	nodes           uint64
}

type knapsack struct{}

func (knapsack) about() about {
	return about{
		Name:      "knapsack",
		Summary:   "branch and bound with a threshold known before",
		Source:    "Cilk; Duran et al., BOTS, ICPP 2009",
		Operation: "node",
		Parameter: "items",
		Sizes:     []sizes{{"small", 20}, {"medium", 28}, {"large", 34}},
		NMin:      1,
		NMax:      40,
	}
}

func (knapsack) prepare(n int64, seed uint64) *knapsackInput {
	input := &knapsackInput{}
	r := rng{seed}
	weight := int64(0)
	for i := int64(0); i < n; i++ {
		input.items = append(input.items, drawItem(&r, i, n))
		weight += input.items[i].weight
	}
	sort.Slice(input.items, func(i, j int) bool {
		a, b := input.items[i], input.items[j]
		if better := a.value*b.weight - b.value*a.weight; better != 0 {
			return better > 0
		}
		return a.weight < b.weight
	})
	input.room = weight / 2
	input.threshold = greedyValue(input.items, input.room) * 9 / 10
	input.nodes = countNodes(input.items, input.room, input.threshold)
	return input
}

func (knapsack) reset(*knapsackInput) {}

func (knapsack) run(input *knapsackInput) found {
	return searchPackings(input.items, input.room, 0, input.threshold)
}

func (knapsack) digest(_ *knapsackInput, answer found) uint64 {
	return fold(fold(0, answer.nodes()), answer.value())
}

// expected has the value by dynamic programming over the room, the nodes by a walk with a stack.
func (knapsack) expected(input *knapsackInput) uint64 {
	best := make([]int64, input.room+1)
	for _, item := range input.items {
		for room := input.room; room >= item.weight; room-- {
			if with := best[room-item.weight] + item.value; with > best[room] {
				best[room] = with
			}
		}
	}
	return fold(fold(0, input.nodes), uint64(best[input.room]))
}

func (knapsack) operations(input *knapsackInput) uint64 { return input.nodes }
func (knapsack) footprintBytes(n int64) int64           { return 16 * n }
func (knapsack) notes(*knapsackInput) notes             { return notes{} }
