/* The core-local interruptor of RISC-V systems: the time, and the timer's interrupt that ends a wait. */
#ifndef POSTERN_CLINT_H
#define POSTERN_CLINT_H

#include <stdint.h>

/* mcu_us and mcu_wait of the core use this one. `hz`: ticks a second. */
void clint_start(uintptr_t base, uint32_t hz);
/* From now on the timer's interrupt comes `ms` milliseconds after the last call, but never in mcu_wait: a watchdog. */
void clint_watch(uint32_t ms);

#endif
