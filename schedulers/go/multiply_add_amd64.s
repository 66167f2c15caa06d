// The base kernel of matmul and strassen: tiles of 4 x 8 sums in eight registers, as in
// workloads/matrix.cpp. A row of a block is 256 bytes.

#include "textflag.h"

// One row of the tile: sums LEFT and RIGHT, factor at OFFSET of a's column.
#define MULTIPLY_ADD_ROW(OFFSET, LEFT, RIGHT) \
	VBROADCASTSD OFFSET(R11), Y10   \
	VMULPD       Y8, Y10, Y11       \
	VADDPD       Y11, LEFT, LEFT    \
	VMULPD       Y9, Y10, Y12       \
	VADDPD       Y12, RIGHT, RIGHT

// func multiplyAdd(c, a, b *block)
TEXT ·multiplyAdd(SB), NOSPLIT, $0-24
	MOVQ c+0(FP), DI
	MOVQ a+8(FP), SI
	MOVQ b+16(FP), DX
	MOVQ $8, R8              // rows of tiles left

rows:
	MOVQ DX, R10             // columns of b
	MOVQ $4, R9              // tiles left in this row

tile:
	VMOVUPD (DI), Y0
	VMOVUPD 32(DI), Y4
	VMOVUPD 256(DI), Y1
	VMOVUPD 288(DI), Y5
	VMOVUPD 512(DI), Y2
	VMOVUPD 544(DI), Y6
	VMOVUPD 768(DI), Y3
	VMOVUPD 800(DI), Y7
	MOVQ    SI, R11          // a column of a
	MOVQ    R10, R12         // a row of b
	MOVQ    $32, CX

depth:
	VMOVUPD (R12), Y8
	VMOVUPD 32(R12), Y9
	MULTIPLY_ADD_ROW(0, Y0, Y4)
	MULTIPLY_ADD_ROW(256, Y1, Y5)
	MULTIPLY_ADD_ROW(512, Y2, Y6)
	MULTIPLY_ADD_ROW(768, Y3, Y7)
	ADDQ    $8, R11
	ADDQ    $256, R12
	DECQ    CX
	JNZ     depth

	VMOVUPD Y0, (DI)
	VMOVUPD Y4, 32(DI)
	VMOVUPD Y1, 256(DI)
	VMOVUPD Y5, 288(DI)
	VMOVUPD Y2, 512(DI)
	VMOVUPD Y6, 544(DI)
	VMOVUPD Y3, 768(DI)
	VMOVUPD Y7, 800(DI)
	ADDQ    $64, DI
	ADDQ    $64, R10
	DECQ    R9
	JNZ     tile

	ADDQ    $768, DI         // four rows on: 1,024 bytes, of which the tiles took 256
	ADDQ    $1024, SI
	DECQ    R8
	JNZ     rows

	VZEROUPPER
	RET
