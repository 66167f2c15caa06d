#include "core/fiber/context.hpp"

#ifndef __x86_64__
#error "core/fiber/context.cpp is written for x86-64"
#endif

// On a fiber's stack, from the top: nothing, where the caller's stack was left, the address behind the
// call. An unwinder ends there: the caller's stack may have gone on elsewhere.
asm(R"(
  .text
  .p2align 6
  .globl an_context_call
  .type an_context_call, @function
an_context_call:
  .cfi_startproc
  movq %rbx, 0(%rdi)
  movq %rbp, 8(%rdi)
  movq %r12, 16(%rdi)
  movq %r13, 24(%rdi)
  movq %r14, 32(%rdi)
  movq %r15, 40(%rdi)
  movq %rsp, 48(%rdi)
  movq %rsp, -16(%rsi)
  leaq -16(%rsi), %rsp
  .cfi_remember_state
  .cfi_undefined rip
  movq %rcx, %rdi
  movq %r8, %rsi
  call *%rdx
  movq (%rsp), %rsp
  .cfi_restore_state
  xorl %eax, %eax
  ret
  .cfi_endproc
  .size an_context_call, . - an_context_call

  .p2align 6
  .globl an_context_switch
  .type an_context_switch, @function
an_context_switch:
  .cfi_startproc
  movq %rbx, 0(%rdi)
  movq %rbp, 8(%rdi)
  movq %r12, 16(%rdi)
  movq %r13, 24(%rdi)
  movq %r14, 32(%rdi)
  movq %r15, 40(%rdi)
  movq %rsp, 48(%rdi)
  movq %rsi, %rdi
  jmp an_context_resume
  .cfi_endproc
  .size an_context_switch, . - an_context_switch

  .p2align 6
  .globl an_context_resume
  .type an_context_resume, @function
an_context_resume:
  .cfi_startproc
  movq 0(%rdi), %rbx
  movq 8(%rdi), %rbp
  movq 16(%rdi), %r12
  movq 24(%rdi), %r13
  movq 32(%rdi), %r14
  movq 40(%rdi), %r15
  movq 48(%rdi), %rsp
  movl $1, %eax
  ret
  .cfi_endproc
  .size an_context_resume, . - an_context_resume
)");
