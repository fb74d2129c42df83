/* The platform-level interrupt controller of RISC-V systems, as a doorbell: sources end a WFI. */
#ifndef POSTERN_PLIC_H
#define POSTERN_PLIC_H

#include <stdint.h>

/* Context 0: machine mode of hart 0. */
void plic_enable(uintptr_t base, unsigned source);
/* Claims and completes what is pending, so that the next level is seen. */
void plic_quiet(uintptr_t base);

#endif
