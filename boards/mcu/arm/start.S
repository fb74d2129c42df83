/* Start-up of an ARMv7-A core in secure SVC mode, as U-Boot and QEMU leave it: vectors, stacks, .bss, MMU, main. */
    .syntax unified
    .arm
    .section .vectors, "ax"
    .global _start
_start:
    ldr pc, =reset
    ldr pc, =undefined
    ldr pc, =unexpected
    ldr pc, =prefetch_abort
    ldr pc, =data_abort
    nop
    ldr pc, =unexpected
    ldr pc, =unexpected
    .ltorg

    .text
    .arm
reset:
    cpsid if
    mrc p15, 0, r0, c1, c0, 0       @ U-Boot leaves MMU and caches on or off as it likes: off
    bic r0, r0, #0x1000             @ I
    bic r0, r0, #0x0005             @ C, M
    mcr p15, 0, r0, c1, c0, 0
    isb
    mrc p15, 0, r0, c1, c0, 1
    orr r0, r0, #0x40               @ ACTLR.SMP: the caches work only with it
    mcr p15, 0, r0, c1, c0, 1
    ldr r0, =_start
    mcr p15, 0, r0, c12, c0, 0      @ VBAR
    mrc p15, 0, r0, c1, c0, 2
    orr r0, r0, #0xf00000           @ CP10, CP11: the floating-point unit
    mcr p15, 0, r0, c1, c0, 2
    isb
    mov r0, #0x40000000
    vmsr fpexc, r0
    cps #0x17                       @ abort and undefined mode have a stack of their own: the first may be used up
    ldr sp, =fault_stack_top
    cps #0x1b
    ldr sp, =fault_stack_top
    cps #0x13
    ldr sp, =stack_top
    ldr r0, =bss_start
    ldr r1, =bss_end
    mov r2, #0
1:  cmp r0, r1
    strlo r2, [r0], #4
    blo 1b
    bl  mmu_start
    bl  main
2:  b   2b

undefined:
    sub r0, lr, #4
    mov r1, #0
    b   arm_fault
prefetch_abort:
    sub r0, lr, #4
    mov r1, #1
    b   arm_fault
data_abort:
    sub r0, lr, #8
    mov r1, #2
    b   arm_fault
unexpected:
    cps #0x17
    mov r0, lr
    mov r1, #3
    b   arm_fault

    .bss
    .balign 8
fault_stack:
    .space 4096
fault_stack_top:
