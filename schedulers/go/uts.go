package main

// workloads/uts.hpp, with the SHA-1 of Go's library.

import (
	"crypto/sha1"
	"encoding/binary"
	"math"
)

// utsNode is the hash that names it.
type utsNode [sha1.Size]byte

func utsRoot(seed uint32) utsNode {
	var message [20]byte
	binary.BigEndian.PutUint32(message[16:], seed)
	return sha1.Sum(message[:])
}

func (node *utsNode) child(index uint32) utsNode {
	var message [24]byte
	copy(message[:], node[:])
	binary.BigEndian.PutUint32(message[20:], index)
	return sha1.Sum(message[:])
}

// chance is a number in [0, 1): the low 31 bits of the last word.
func (node *utsNode) chance() float64 {
	return float64(binary.BigEndian.Uint32(node[16:])&0x7fffffff) * 0x1p-31
}

type utsTree struct {
	isBinomial bool
	rootSeed   uint32
	branches   float64 // geometric: mean number of children; binomial: children of the root
	depthMax   uint32  // nodes at this depth have no children
	forkChance float64 // binomial: below the root, the probability of having children ...
	children   uint32  // ... and how many they then are
}

var (
	utsT1  = utsTree{rootSeed: 19, branches: 4, depthMax: 10}
	utsT1L = utsTree{rootSeed: 29, branches: 4, depthMax: 13}
	utsT3  = utsTree{true, 42, 2000, math.MaxUint32, 0.124875, 8}
)

// Largest number of children of a geometric node.
const utsChildrenMax = 100

// childrenUncut counts the children of `node` at `depth`, whatever depthMax says.
func (tree *utsTree) childrenUncut(node *utsNode, depth uint32) uint32 {
	if tree.isBinomial {
		if depth == 0 {
			return uint32(tree.branches)
		}
		if node.chance() < tree.forkChance {
			return tree.children
		}
		return 0
	}
	stop := 1 / (1 + tree.branches)
	children := uint32(math.Floor(math.Log(1-node.chance()) / math.Log(1-stop)))
	if children > utsChildrenMax {
		return utsChildrenMax
	}
	return children
}

func (tree *utsTree) childrenOf(node *utsNode, depth uint32) uint32 {
	if depth >= tree.depthMax {
		return 0
	}
	return tree.childrenUncut(node, depth)
}

type utsCount struct {
	nodes, leaves, depth uint64 // depth of the deepest node; the root has depth 0
}

// utsCountOver counts the subtrees of the children [begin, end), at `depth`, of `parent`. Requires
// begin < end.
//
//go:noinline
func utsCountOver(tree *utsTree, parent *utsNode, depth, begin, end uint32) utsCount {
	if end-begin == 1 {
		node := parent.child(begin)
		children := tree.childrenOf(&node, depth)
		if children == 0 {
			return utsCount{1, 1, uint64(depth)}
		}
		below := utsCountOver(tree, &node, depth+1, 0, children)
		below.nodes++
		return below
	}
	middle := begin + (end-begin)/2
	second := fork(func() utsCount { return utsCountOver(tree, parent, depth, middle, end) })
	lower := utsCountOver(tree, parent, depth, begin, middle)
	upper := second.join()
	if upper.depth > lower.depth {
		lower.depth = upper.depth
	}
	return utsCount{lower.nodes + upper.nodes, lower.leaves + upper.leaves, lower.depth}
}

// utsSample is a tree and what is in it.
type utsSample struct {
	tree  utsTree
	count utsCount
}

// The sample trees of the paper and of sample_trees.sh in the authors' distribution.
var utsPublished = [...]utsSample{
	{utsT3, utsCount{4_112_897, 3_599_034, 1572}},
	{utsT1, utsCount{4_130_071, 3_305_118, 10}},
	{utsT1L, utsCount{102_181_082, 81_746_377, 13}},
}

// countWalking walks with an explicit stack; nextLevel is how many nodes one more level would add.
func (tree *utsTree) countWalking() (count utsCount, nextLevel uint64) {
	type place struct {
		node  utsNode
		depth uint32
	}
	waiting := []place{{utsRoot(tree.rootSeed), 0}}
	for len(waiting) > 0 {
		next := waiting[len(waiting)-1]
		waiting = waiting[:len(waiting)-1]
		uncut := tree.childrenUncut(&next.node, next.depth)
		children := tree.childrenOf(&next.node, next.depth)
		count.nodes++
		if children == 0 {
			count.leaves++
		}
		if uint64(next.depth) > count.depth {
			count.depth = uint64(next.depth)
		}
		nextLevel += uint64(uncut - children)
		for i := uint32(0); i < children; i++ {
			waiting = append(waiting, place{next.node.child(i), next.depth + 1})
		}
	}
	return count, nextLevel
}

type uts struct{}

func (uts) about() about {
	return about{
		Name:      "uts",
		Summary:   "unbalanced tree search: a tree nobody can foresee",
		Source:    "Olivier et al., UTS, LCPC 2006: T1, T3, T1L",
		Operation: "node",
		Parameter: "nodes",
		Sizes:     []sizes{{"small", 3987}, {"medium", 4112897}, {"medium", 4130071}, {"large", 102181082}},
		NMin:      1,
		NMax:      102181082,
	}
}

// prepare has published counts for the published trees, a walk for T1 cut at another depth.
func (uts) prepare(n int64, _ uint64) *utsSample {
	for i := range utsPublished {
		if utsPublished[i].count.nodes == uint64(n) {
			return &utsPublished[i]
		}
	}
	tree := utsT1
	tree.depthMax = 0
	count, nextLevel := tree.countWalking()
	for count.nodes+nextLevel <= uint64(n) {
		tree.depthMax++
		count, nextLevel = tree.countWalking()
	}
	return &utsSample{tree, count}
}

func (uts) reset(*utsSample) {}

func (uts) run(sample *utsSample) utsCount {
	root := utsRoot(sample.tree.rootSeed)
	children := sample.tree.childrenOf(&root, 0)
	if children == 0 {
		return utsCount{1, 1, 0}
	}
	count := utsCountOver(&sample.tree, &root, 1, 0, children)
	count.nodes++
	return count
}

func (uts) digest(_ *utsSample, answer utsCount) uint64 {
	return fold(fold(fold(0, answer.nodes), answer.leaves), answer.depth)
}

func (u uts) expected(sample *utsSample) uint64 { return u.digest(sample, sample.count) }
func (uts) operations(sample *utsSample) uint64 { return sample.count.nodes }
func (uts) footprintBytes(int64) int64          { return 64 }

func (uts) notes(sample *utsSample) notes {
	return notes{"nodes": int64(sample.count.nodes), "leaves": int64(sample.count.leaves),
		"depth": int64(sample.count.depth)}
}
