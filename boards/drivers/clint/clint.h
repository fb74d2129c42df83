/* The core-local interruptor of RISC-V systems: the time, and the timer's interrupt that ends a wait. */
#ifndef POSTERN_CLINT_H
#define POSTERN_CLINT_H

#include <stdint.h>

/* mcu_us and mcu_wait of the core use this one. `hz`: ticks a second. */
void clint_start(uintptr_t base, uint32_t hz);

#endif
