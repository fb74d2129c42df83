#include "clint.h"
#include "mcu.h"

enum { MTIMECMP = 0x4000, MTIME = 0xbff8 };
#define REG64(address) (*(volatile uint64_t *)(uintptr_t)(address))

uint32_t mcu_timer_hz;
static uintptr_t clint;

void clint_start(uintptr_t base, uint32_t hz)
{
    clint = base;
    mcu_timer_hz = hz;
    REG64(clint + MTIMECMP) = UINT64_MAX;
}

uint64_t mcu_us(void)
{
    uint64_t now = REG64(clint + MTIME);

    return now / mcu_timer_hz * 1000000u + now % mcu_timer_hz * 1000000u / mcu_timer_hz;
}

void mcu_wait(uint64_t us)
{
    REG64(clint + MTIMECMP) = REG64(clint + MTIME) + us * (mcu_timer_hz / 1000u) / 1000u + 1;
    /* Enabled in mie, masked in mstatus: a pending interrupt ends the WFI and is never taken. */
    __asm__ volatile("fence\n wfi" ::: "memory");
    REG64(clint + MTIMECMP) = UINT64_MAX;
}
