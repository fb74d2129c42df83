#include "clint.h"
#include "mcu.h"

enum { MTIMECMP = 0x4000, MTIME = 0xbff8 };
#define REG64(address) (*(volatile uint64_t *)(uintptr_t)(address))

uint32_t mcu_timer_hz;
static uintptr_t clint;
/* When the watchdog strikes; UINT64_MAX: it does not watch. */
static uint64_t deadline = UINT64_MAX;
/* mie, RISC-V privileged architecture 1.12, 3.1.9. */
enum { MTIE = 1 << 7, MEIE = 1 << 11, MSTATUS_MIE = 1 << 3 };

void clint_start(uintptr_t base, uint32_t hz)
{
    clint = base;
    mcu_timer_hz = hz;
    REG64(clint + MTIMECMP) = deadline;
}

void clint_watch(uint32_t ms)
{
    deadline = REG64(clint + MTIME) + (uint64_t)ms * (mcu_timer_hz / 1000u);
    REG64(clint + MTIMECMP) = deadline;
    /* Of the interrupts only the timer's is ever taken, and its handler does not come back. */
    __asm__ volatile("csrw mie, %0\n csrs mstatus, %1" ::"r"(MTIE), "r"(MSTATUS_MIE) : "memory");
}

uint64_t mcu_us(void)
{
    uint64_t now = REG64(clint + MTIME);

    return now / mcu_timer_hz * 1000000u + now % mcu_timer_hz * 1000000u / mcu_timer_hz;
}

void mcu_wait(uint64_t us)
{
    /* Enabled in mie, masked in mstatus: a pending interrupt ends the WFI and is not taken. */
    __asm__ volatile("csrc mstatus, %0\n csrw mie, %1" ::"r"(MSTATUS_MIE), "r"(MTIE | MEIE) : "memory");
    REG64(clint + MTIMECMP) = REG64(clint + MTIME) + us * (mcu_timer_hz / 1000u) / 1000u + 1;
    __asm__ volatile("fence\n wfi" ::: "memory");
    REG64(clint + MTIMECMP) = deadline;
    if (deadline != UINT64_MAX)
        __asm__ volatile("csrw mie, %0\n csrs mstatus, %1" ::"r"(MTIE), "r"(MSTATUS_MIE) : "memory");
}
