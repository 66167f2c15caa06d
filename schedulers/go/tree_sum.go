package main

// workloads/tree_sum.hpp

// treeNode links to its children by distance, in nodes; 0 = no such child. A node without a left child
// is a leaf.
type treeNode struct {
	left, right uint32
	value       uint64
}

const treeNodeBytes = 16

type treeInput struct {
	nodes []treeNode // the first is the root
	seed  uint64
}

type treeSum struct{}

// treeSumOf is the sum of the values below the first of `nodes`, and its own.
//
//go:noinline
func treeSumOf(nodes []treeNode) uint64 {
	node := &nodes[0]
	if node.left == 0 {
		return node.value
	}
	if node.right == 0 { // at most one node: the last inner one of a heap
		return node.value + treeSumOf(nodes[node.left:])
	}
	right := fork(func() uint64 { return treeSumOf(nodes[node.right:]) })
	left := treeSumOf(nodes[node.left:])
	return node.value + left + right.join()
}

// appendSubtree appends that of heap position `heap` (root 1, children 2h and 2h + 1) of a tree of
// `count` nodes, depth first.
func appendSubtree(nodes []treeNode, heap, count uint64) []treeNode {
	self := len(nodes)
	nodes = append(nodes, treeNode{})
	if 2*heap <= count {
		nodes[self].left = uint32(len(nodes) - self)
		nodes = appendSubtree(nodes, 2*heap, count)
	}
	if 2*heap+1 <= count {
		nodes[self].right = uint32(len(nodes) - self)
		nodes = appendSubtree(nodes, 2*heap+1, count)
	}
	return nodes
}

func (treeSum) about() about {
	return about{
		Name:      "tree_sum",
		Summary:   "a fork at every inner node of a balanced tree",
		Source:    "Olden treeadd, TOPLAS 1995; Spice and Chili, 2024",
		Operation: "node",
		Parameter: "nodes",
		Sizes:     []sizes{{"small", 1023}, {"small", 65535}, {"medium", 1048575}, {"large", 16777215}},
		NMin:      1,
		NMax:      1<<30 - 1,
	}
}

func (treeSum) prepare(n int64, seed uint64) *treeInput {
	nodes := appendSubtree(make([]treeNode, 0, n), 1, uint64(n))
	r := rng{seed}
	for i := range nodes {
		nodes[i].value = r.next()
	}
	return &treeInput{nodes, seed}
}

func (treeSum) reset(*treeInput)                          {}
func (treeSum) run(input *treeInput) uint64               { return treeSumOf(input.nodes) }
func (treeSum) digest(_ *treeInput, answer uint64) uint64 { return fold(0, answer) }

// expected draws the values again and adds them, modulo 2^64: reads neither links nor nodes.
func (treeSum) expected(input *treeInput) uint64 {
	r := rng{input.seed}
	sum := uint64(0)
	for range input.nodes {
		sum += r.next()
	}
	return fold(0, sum)
}

func (treeSum) operations(input *treeInput) uint64 { return uint64(len(input.nodes)) }
func (treeSum) footprintBytes(n int64) int64       { return n * treeNodeBytes }
func (treeSum) notes(*treeInput) notes             { return notes{"bytes_per_node": treeNodeBytes} }
