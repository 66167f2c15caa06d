package main

// workloads/matmul.hpp

type matmulInput struct {
	a, b, c grid
	seed    uint64
}

type matmul struct{}

// matmulAdd is c += a * b, where c has rows x columns blocks, a rows x depth, b depth x columns: the
// longest side is halved. Halves of rows or columns are forked, those of the depth write the same part
// of c and follow one another.
//
//go:noinline
func matmulAdd(c, a, b grid, rows, columns, depth int64) {
	switch {
	case rows == 1 && columns == 1 && depth == 1:
		multiplyAdd(c.at(0, 0), a.at(0, 0), b.at(0, 0))
	case rows >= columns && rows >= depth:
		half := rows / 2
		lower := fork(func() unit {
			matmulAdd(c.from(half, 0), a.from(half, 0), b, rows-half, columns, depth)
			return unit{}
		})
		matmulAdd(c, a, b, half, columns, depth)
		lower.join()
	case columns >= depth:
		half := columns / 2
		right := fork(func() unit {
			matmulAdd(c.from(0, half), a, b.from(0, half), rows, columns-half, depth)
			return unit{}
		})
		matmulAdd(c, a, b, rows, half, depth)
		right.join()
	default:
		half := depth / 2
		matmulAdd(c, a, b, rows, columns, half)
		matmulAdd(c, a.from(0, half), b.from(half, 0), rows, columns, depth-half)
	}
}

func (matmul) about() about {
	return about{
		Name:      "matmul",
		Summary:   "divide and conquer with leaves of microseconds",
		Source:    "Frigo, Leiserson, Prokop, Ramachandran, FOCS 1999",
		Operation: "block product",
		Parameter: "side",
		Sizes:     []sizes{{"small", 256}, {"medium", 768}, {"large", 2048}},
		NMin:      1,
		NMax:      1 << 14,
	}
}

func (matmul) prepare(n int64, seed uint64) *matmulInput {
	side := blocksFor(n)
	input := &matmulInput{newMatrix(side), newMatrix(side), newMatrix(side), seed}
	input.a.fill(n, seed, 1)
	input.b.fill(n, seed, 2)
	return input
}

func (matmul) reset(input *matmulInput) { input.c.clear() }

func (matmul) run(input *matmulInput) unit {
	side := input.c.stride
	matmulAdd(input.c, input.a, input.b, side, side, side)
	return unit{}
}

func (matmul) digest(input *matmulInput, _ unit) uint64 { return fold(0, input.c.weigh(input.seed)) }

func (matmul) expected(input *matmulInput) uint64 {
	return fold(0, weighProduct(input.a, input.b, input.seed))
}

func (matmul) operations(input *matmulInput) uint64 {
	side := uint64(input.c.stride)
	return side * side * side
}

func (matmul) footprintBytes(n int64) int64 { return 3 * bytesOf(blocksFor(n)) }

func (matmul) notes(input *matmulInput) notes {
	return notes{"padded_side": input.c.rows(), "multiply_adds_per_op": blockSide * blockSide * blockSide}
}
