/* The generic timer (ARM DDI 0406, B8), waiting, and exceptions of an ARMv7-A core. */
#include "mcu.h"

uint32_t mcu_timer_hz;

static uint64_t ticks(void)
{
    uint64_t value;

    __asm__ volatile("isb\n mrrc p15, 0, %Q0, %R0, c14" : "=r"(value)::"memory"); /* CNTPCT */
    return value;
}

static uint32_t hz(void)
{
    if (mcu_timer_hz == 0)
        __asm__ volatile("mrc p15, 0, %0, c14, c0, 0" : "=r"(mcu_timer_hz)); /* CNTFRQ */
    return mcu_timer_hz;
}

uint64_t mcu_us(void)
{
    uint64_t now = ticks();

    return now / hz() * 1000000u + now % hz() * 1000000u / hz();
}

void mcu_wait(uint64_t us)
{
    uint64_t wait = us > 60000000u ? 60u * (uint64_t)hz() : us * hz() / 1000000u + 1;

    if (wait > 0x7fffffffu)
        wait = 0x7fffffffu;
    /* CNTP_TVAL, CNTP_CTL.ENABLE: the timer's interrupt is enabled in the GIC, masked in the core, and ends the WFI. */
    __asm__ volatile("mcr p15, 0, %0, c14, c2, 0\n mcr p15, 0, %1, c14, c2, 1\n isb" ::"r"((uint32_t)wait), "r"(1));
    __asm__ volatile("dsb\n wfi" ::: "memory");
    __asm__ volatile("mcr p15, 0, %0, c14, c2, 1\n isb" ::"r"(0));
}

void mcu_barrier(void)
{
    __asm__ volatile("dsb" ::: "memory");
}

_Noreturn void arm_fault(uint32_t pc, uint32_t kind);

void arm_fault(uint32_t pc, uint32_t kind)
{
    static const char *const names[] = { "undefined instruction", "instruction fetch refused", "memory access refused", "unexpected exception" };
    uint32_t address = 0;

    if (kind == 1)
        __asm__ volatile("mrc p15, 0, %0, c6, c0, 2" : "=r"(address)); /* IFAR */
    else if (kind == 2)
        __asm__ volatile("mrc p15, 0, %0, c6, c0, 0" : "=r"(address)); /* DFAR */
    firmware_fault(names[kind], pc, address);
}
