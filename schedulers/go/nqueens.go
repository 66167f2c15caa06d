package main

// workloads/nqueens.hpp

import "math/bits"

// board has a bit per column of the row to be filled next: which have no queen yet, and which the
// queens above attack along the two diagonals.
type board struct {
	free, falling, rising uint32
}

func emptyBoard(n int64) board { return board{free: 1<<n - 1} }

func (b board) legal() uint32 { return b.free &^ (b.falling | b.rising) }

func (b board) with(queen uint32) board {
	return board{b.free ^ queen, (b.falling | queen) >> 1, (b.rising | queen) << 1}
}

// lowerHalf is the part of `set` below the middle between its lowest and its highest bit. Requires two
// bits or more.
func lowerHalf(set uint32) uint32 {
	middle := (bits.TrailingZeros32(set) + 32 - bits.LeadingZeros32(set)) / 2
	return set & (1<<middle - 1)
}

// countOver counts solutions below the board with the next queen on one of the columns of `choices`
// (not empty).
//
//go:noinline
func countOver(b board, choices uint32) uint64 {
	if choices&(choices-1) == 0 {
		next := b.with(choices)
		if next.free == 0 {
			return 1
		}
		legal := next.legal()
		if legal == 0 {
			return 0
		}
		return countOver(next, legal)
	}
	lower := lowerHalf(choices)
	above := fork(func() uint64 { return countOver(b, choices^lower) })
	below := countOver(b, lower)
	return below + above.join()
}

// placementsBelow counts the queens placed when the first stands in `column`, itself included; by a
// stack of columns to try.
func placementsBelow(n, column int64) uint64 {
	type row struct {
		board   board
		untried uint32
	}
	first := emptyBoard(n).with(1 << column)
	rows := []row{{first, first.legal()}}
	placed := uint64(1)
	for len(rows) > 0 {
		top := &rows[len(rows)-1]
		if top.untried == 0 {
			rows = rows[:len(rows)-1]
			continue
		}
		next := top.board.with(top.untried & -top.untried)
		top.untried &= top.untried - 1
		placed++
		rows = append(rows, row{next, next.legal()})
	}
	return placed
}

// countPlacements counts the queens placed by the whole search: half of the first row, for the board is
// its own mirror image.
func countPlacements(n int64) uint64 {
	half := uint64(0)
	for column := int64(0); column < n/2; column++ {
		half += placementsBelow(n, column)
	}
	if n%2 == 1 {
		return 2*half + placementsBelow(n, n/2)
	}
	return 2 * half
}

// OEIS A000170, n = 1..15.
var solutions = [...]uint64{1, 0, 0, 2, 10, 4, 40, 92, 352, 724, 2680, 14200, 73712, 365596, 2279184}

type nqueensInput struct {
	n          int64
	placements uint64
}

type nqueens struct{}

func (nqueens) about() about {
	return about{
		Name:      "nqueens",
		Summary:   "backtracking: an irregular tree of forks",
		Source:    "Duran et al., BOTS, ICPP 2009; OEIS A000170",
		Operation: "node",
		Parameter: "n",
		Sizes:     []sizes{{"small", 8}, {"medium", 11}, {"large", 13}},
		NMin:      1,
		NMax:      int64(len(solutions)),
	}
}

func (nqueens) prepare(n int64, _ uint64) nqueensInput { return nqueensInput{n, countPlacements(n)} }
func (nqueens) reset(nqueensInput)                     {}

func (nqueens) run(input nqueensInput) uint64 {
	empty := emptyBoard(input.n)
	return countOver(empty, empty.legal())
}

func (nqueens) digest(_ nqueensInput, answer uint64) uint64 { return fold(0, answer) }
func (nqueens) expected(input nqueensInput) uint64          { return fold(0, solutions[input.n-1]) }
func (nqueens) operations(input nqueensInput) uint64        { return input.placements }
func (nqueens) footprintBytes(int64) int64                  { return 16 }
func (nqueens) notes(nqueensInput) notes                    { return notes{} }
