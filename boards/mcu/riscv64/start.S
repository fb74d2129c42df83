/* Start-up of an RV64 core in machine mode: one hart goes on, .bss, thread pointer, main. */
    .section .vectors, "ax"
    .global _start
_start:
    csrr t0, mhartid
    bnez t0, park
    la t0, fault
    csrw mtvec, t0
    csrw mie, zero
    li t0, 0x2000                   # mstatus.FS: the floating-point unit
    csrs mstatus, t0
    csrw fcsr, zero
    .option push
    .option norelax
    la gp, __global_pointer$
    .option pop
    la sp, stack_top
    la t0, bss_start
    la t1, bss_end
1:  bgeu t0, t1, 2f
    sd zero, 0(t0)
    addi t0, t0, 8
    j 1b
2:  la tp, thread_local             # the C library's errno
    call pmp_start
    call main
park:
    wfi
    j park

    .balign 4
fault:
    la sp, fault_stack_top
    csrr a0, mcause
    csrr a1, mepc
    csrr a2, mtval
    j riscv_fault

    .bss
    .balign 16
fault_stack:
    .space 4096
fault_stack_top:
