package main

// workloads/integrate.hpp. The conversions to float64 forbid the compiler to contract a multiplication
// and an addition into one rounding.

import "math"

// An interval is accepted when halving it changes its area by less than this.
const integrateEpsilon = 1e-6

// Relative.
const integrateTolerance = 0x1p-47

type integrateInput struct {
	n      int64
	joins  uint64
	excess float64 // by how much the trapezoids exceed the true area
}

type integrate struct{}

func curve(x float64) float64 {
	return (float64(x*x) + 1) * x
}

// areaOf is the area under the curve from x1 to x2, whose values there are y1 and y2 and whose trapezoid
// has the area `whole`.
//
//go:noinline
func areaOf(x1, y1, x2, y2, whole float64) float64 {
	half := (x2 - x1) / 2
	middle := x1 + half
	y := curve(middle)
	lower := float64((y1 + y) / 2 * half)
	upper := float64((y + y2) / 2 * half)
	if math.Abs(lower+upper-whole) < integrateEpsilon {
		return lower + upper
	}
	right := fork(func() float64 { return areaOf(middle, y, x2, y2, upper) })
	left := areaOf(x1, y1, middle, y, lower)
	return left + right.join()
}

func trapezoid(x1, x2 float64) float64 {
	return float64((curve(x1) + curve(x2)) / 2 * (x2 - x1))
}

// excessOf is by how much the trapezoid over [x1, x2] exceeds the area under the curve.
func excessOf(x1, x2 float64) float64 {
	width := x2 - x1
	return float64(width * width * width * (x1 + float64(width/2)) / 2)
}

// integrateWalk searches the accepted intervals of [0, n] without recursion and without adding an area:
// the far half is put aside, the near one looked at next.
func integrateWalk(n int64) integrateInput {
	input := integrateInput{n: n}
	waiting := [][2]float64{{0, float64(n)}}
	for len(waiting) > 0 {
		x1, x2 := waiting[len(waiting)-1][0], waiting[len(waiting)-1][1]
		waiting = waiting[:len(waiting)-1]
		middle := x1 + float64((x2-x1)/2)
		halved := trapezoid(x1, middle) + trapezoid(middle, x2)
		if math.Abs(halved-trapezoid(x1, x2)) < integrateEpsilon {
			input.excess += excessOf(x1, middle) + excessOf(middle, x2)
			continue
		}
		input.joins++
		waiting = append(waiting, [2]float64{middle, x2}, [2]float64{x1, middle})
	}
	return input
}

func (integrate) about() about {
	return about{
		Name:      "integrate",
		Summary:   "adaptive quadrature: forks with a little arithmetic",
		Source:    "Frigo et al., Cilk-5, PLDI 1998; its integrate.cilk",
		Operation: "join",
		Parameter: "n",
		Sizes:     []sizes{{"small", 150}, {"medium", 3000}, {"large", 20000}},
		NMin:      1,
		NMax:      20000,
	}
}

func (integrate) prepare(n int64, _ uint64) integrateInput { return integrateWalk(n) }
func (integrate) reset(integrateInput)                     {}

func (integrate) run(input integrateInput) float64 {
	end := float64(input.n)
	return areaOf(0, curve(0), end, curve(end), curve(end)/2*end)
}

func (input integrateInput) rightAnswer() float64 {
	square := float64(input.n * input.n)
	return float64(square*square/4) + float64(square/2) + input.excess
}

// An area within the tolerance counts as the right one; any other counts as it is.
func (integrate) digest(input integrateInput, answer float64) uint64 {
	right := input.rightAnswer()
	if math.Abs(answer-right) <= integrateTolerance*right {
		answer = right
	}
	return fold(0, math.Float64bits(answer))
}

func (integrate) expected(input integrateInput) uint64 {
	return fold(0, math.Float64bits(input.rightAnswer()))
}

func (integrate) operations(input integrateInput) uint64 { return input.joins }
func (integrate) footprintBytes(int64) int64             { return 24 }

func (integrate) notes(input integrateInput) notes {
	return notes{"intervals": int64(2 * (input.joins + 1))}
}
