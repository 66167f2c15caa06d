package main

// workloads/matrix.hpp: square matrices in blocks of 32 x 32, and the check of a product. The base
// kernel, multiplyAdd, stands in multiply_add_amd64.s.

const (
	blockSide  = 32
	blockBytes = 8 * blockSide * blockSide

	rowWeights    = 101 // streams of the seed
	columnWeights = 102
)

// block is row by row.
type block [blockSide * blockSide]float64

// multiplyAdd is c += a * b: 32,768 multiplications, as many additions, in the vector instructions of
// the C++ kernel, which the compiler does not generate.
//
//go:noescape
func multiplyAdd(c, a, b *block)

// grid is a window on a matrix; a reference, not a copy. Distances are in blocks.
type grid struct {
	blocks []block
	stride int64
}

func (g grid) at(row, column int64) *block { return &g.blocks[row*g.stride+column] }

func (g grid) from(row, column int64) grid {
	return grid{g.blocks[row*g.stride+column:], g.stride}
}

// blocksFor is the number of blocks that cover n rows.
func blocksFor(n int64) int64 { return (n + blockSide - 1) / blockSide }

// bytesOf is what a matrix of `side` blocks occupies.
func bytesOf(side int64) int64 { return side * side * blockBytes }

// newMatrix is all zeros; `side` is in blocks.
func newMatrix(side int64) grid {
	return grid{make([]block, side*side), side}
}

// rows is the side of a whole matrix in elements, padding included.
func (g grid) rows() int64 { return g.stride * blockSide }

func (g grid) element(row, column int64) *float64 {
	return &g.at(row/blockSide, column/blockSide)[row%blockSide*blockSide+column%blockSide]
}

func (g grid) clear() {
	for i := range g.blocks {
		g.blocks[i] = block{}
	}
}

// fill draws the first n rows and columns from [-8, 8), row by row; the padding stays as it is.
func (g grid) fill(n int64, seed, stream uint64) {
	r := streamOf(seed, stream)
	for row := int64(0); row < n; row++ {
		for column := int64(0); column < n; column++ {
			*g.element(row, column) = float64(r.below(16)) - 8
		}
	}
}

// times is the products of every row with the vector.
func (g grid) times(vector []uint64) []uint64 {
	product := make([]uint64, len(vector))
	for row := range product {
		for column, weight := range vector {
			product[row] += integerOf(*g.element(int64(row), int64(column))) * weight
		}
	}
	return product
}

// weigh is the weighted sum of all elements, padding included. O(n^2).
func (g grid) weigh(seed uint64) uint64 {
	rows := int(g.rows())
	return dot(oddWeights(rows, seed, rowWeights), g.times(oddWeights(rows, seed, columnWeights)))
}

// weighProduct is the weighted sum of a * b, from two products of a matrix and a vector (Freivalds).
func weighProduct(a, b grid, seed uint64) uint64 {
	rows := int(a.rows())
	return dot(oddWeights(rows, seed, rowWeights), a.times(b.times(oddWeights(rows, seed, columnWeights))))
}
