package main

// workloads/strassen.hpp

import "math"

const (
	strassenCutoff      = 2 // blocks
	strassenLevels      = 3
	strassenProducts    = 7
	strassenTemporaries = 13
)

// none is no quadrant, or no temporary.
const none = -1

// factor is one of a product: a quadrant, or the sum or difference of two, formed in temporary `slot`.
// Quadrants: 0 and 1 above, 2 and 3 below.
type factor struct {
	first, second int64
	sign          float64
	slot          int64
}

func quadrant(number int64) factor { return factor{number, none, 0, none} }

// strassenProduct goes to a quadrant of C, or to a temporary.
type strassenProduct struct {
	a, b                factor
	quadrant, temporary int64
}

var strassenTable = [strassenProducts]strassenProduct{
	{factor{0, 3, +1, 0}, factor{0, 3, +1, 1}, none, 10}, // M1 = (A11 + A22) (B11 + B22)
	{factor{2, 3, +1, 2}, quadrant(0), 2, none},          // M2 = (A21 + A22) B11, in C21
	{quadrant(0), factor{1, 3, -1, 3}, 1, none},          // M3 = A11 (B12 - B22), in C12
	{quadrant(3), factor{2, 0, -1, 4}, none, 11},         // M4 = A22 (B21 - B11)
	{factor{0, 1, +1, 5}, quadrant(3), none, 12},         // M5 = (A11 + A12) B22
	{factor{2, 0, -1, 6}, factor{0, 1, +1, 7}, 3, none},  // M6 = (A21 - A11) (B11 + B12), in C22
	{factor{1, 3, -1, 8}, factor{2, 3, +1, 9}, 0, none},  // M7 = (A12 - A22) (B21 + B22), in C11
}

// levelsFor is how often a matrix of `blocks` blocks a side is halved.
func levelsFor(blocks int64) int {
	levels := 0
	for levels < strassenLevels && (blocks+2<<levels-1)/(2<<levels) >= strassenCutoff {
		levels++
	}
	return levels
}

// paddedFor is `blocks`, rounded up to what can be halved levelsFor(blocks) times.
func paddedFor(blocks int64) int64 {
	step := int64(1) << levelsFor(blocks)
	return (blocks + step - 1) / step * step
}

// workspaceFor is the blocks of workspace below a product of `side` blocks a side, halved `levels` times.
func workspaceFor(side int64, levels int) int64 {
	if levels == 0 {
		return 0
	}
	half := side / 2
	return strassenTemporaries*half*half + strassenProducts*workspaceFor(half, levels-1)
}

// strassenNode is a product c = a * b of `side` blocks a side, to be halved `levels` times more.
// workspace holds the temporaries, then the workspaces of the seven products.
type strassenNode struct {
	c, a, b   grid
	side      int64
	levels    int
	workspace []block
}

func (node *strassenNode) half() int64 { return node.side / 2 }

func (node *strassenNode) temporary(slot int64) grid {
	half := node.half()
	return grid{node.workspace[slot*half*half:], half}
}

func (node *strassenNode) quadrant(g grid, number int64) grid {
	return g.from(number/2*node.half(), number%2*node.half())
}

// form is a factor of a child: the quadrant itself, or the sum formed in its temporary.
func (node *strassenNode) form(g grid, f factor) grid {
	first := node.quadrant(g, f.first)
	if f.second == none {
		return first
	}
	second, sum := node.quadrant(g, f.second), node.temporary(f.slot)
	for row := int64(0); row < node.half(); row++ {
		for column := int64(0); column < node.half(); column++ {
			to, x, y := sum.at(row, column), first.at(row, column), second.at(row, column)
			for i := range to {
				to[i] = x[i] + f.sign*y[i]
			}
		}
	}
	return sum
}

// child is node number `index` below this one, its factors formed.
func (node *strassenNode) child(index int64) *strassenNode {
	product := &strassenTable[index]
	half := node.half()
	each := workspaceFor(half, node.levels-1)
	below := node.workspace[strassenTemporaries*half*half+index*each:]
	child := &strassenNode{grid{}, node.form(node.a, product.a), node.form(node.b, product.b), half,
		node.levels - 1, below[:each]}
	if product.quadrant == none {
		child.c = node.temporary(product.temporary)
	} else {
		child.c = node.quadrant(node.c, product.quadrant)
	}
	return child
}

// combineRow adds the products to one row of blocks of the upper half of C, and of the lower half:
//
//	C11 = M7 + M1 + M4 - M5    C12 = M3 + M5
//	C21 = M2 + M4              C22 = M6 + M1 - M2 + M3
func (node *strassenNode) combineRow(row int64) {
	for column := int64(0); column < node.half(); column++ {
		c11, c12 := node.quadrant(node.c, 0).at(row, column), node.quadrant(node.c, 1).at(row, column)
		c21, c22 := node.quadrant(node.c, 2).at(row, column), node.quadrant(node.c, 3).at(row, column)
		m1, m4 := node.temporary(10).at(row, column), node.temporary(11).at(row, column)
		m5 := node.temporary(12).at(row, column)
		for i := range c11 {
			m2, m3 := c21[i], c12[i]
			c11[i] += m1[i] + m4[i] - m5[i]
			c12[i] = m3 + m5[i]
			c21[i] = m2 + m4[i]
			c22[i] += m1[i] - m2 + m3
		}
	}
}

//go:noinline
func strassenMultiply(node *strassenNode) {
	if node.levels == 0 {
		for row := int64(0); row < node.side; row++ {
			for column := int64(0); column < node.side; column++ {
				*node.c.at(row, column) = block{}
			}
		}
		matmulAdd(node.c, node.a, node.b, node.side, node.side, node.side)
		return
	}
	forRange(0, strassenProducts, func(index int64) { strassenMultiply(node.child(index)) })
	forRange(0, node.half(), func(row int64) { node.combineRow(row) })
}

type strassenInput struct {
	a, b, c   grid
	workspace []block
	levels    int
	seed      uint64
}

type strassen struct{}

func (strassen) about() about {
	return about{
		Name:      "strassen",
		Summary:   "seven-way forks around sums of whole matrices",
		Source:    "Strassen, Numerische Mathematik 13, 1969; BOTS",
		Operation: "block product",
		Parameter: "side",
		Sizes:     matmul{}.about().Sizes,
		NMin:      1,
		NMax:      1 << 13,
	}
}

func (s strassen) prepare(n int64, seed uint64) *strassenInput {
	blocks := blocksFor(n)
	side, levels := paddedFor(blocks), levelsFor(blocks)
	input := &strassenInput{newMatrix(side), newMatrix(side), newMatrix(side),
		make([]block, workspaceFor(side, levels)), levels, seed}
	input.a.fill(n, seed, 1)
	input.b.fill(n, seed, 2)
	s.reset(input)
	return input
}

// reset spoils every block of the workspace too: a product that does not run may not find the right
// answer there from the run before.
func (strassen) reset(input *strassenInput) {
	input.c.clear()
	for i := range input.workspace {
		input.workspace[i][0] = math.NaN()
	}
}

func (strassen) run(input *strassenInput) unit {
	strassenMultiply(&strassenNode{input.c, input.a, input.b, input.c.stride, input.levels, input.workspace})
	return unit{}
}

func (strassen) digest(input *strassenInput, _ unit) uint64 {
	return fold(0, input.c.weigh(input.seed))
}

func (strassen) expected(input *strassenInput) uint64 {
	return fold(0, weighProduct(input.a, input.b, input.seed))
}

func (strassen) operations(input *strassenInput) uint64 {
	leaves := uint64(1)
	for level := 0; level < input.levels; level++ {
		leaves *= strassenProducts
	}
	side := uint64(input.c.stride >> input.levels)
	return leaves * side * side * side
}

func (strassen) footprintBytes(n int64) int64 {
	blocks := blocksFor(n)
	side := paddedFor(blocks)
	return 3*bytesOf(side) + workspaceFor(side, levelsFor(blocks))*blockBytes
}

func (strassen) notes(input *strassenInput) notes {
	return notes{"padded_side": input.c.rows(), "levels": int64(input.levels),
		"workspace_bytes": int64(len(input.workspace)) * blockBytes}
}
