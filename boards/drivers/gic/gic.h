/* The ARM generic interrupt controller, version 2 (IHI 0048), as a doorbell: sources end a WFI, nothing is ever taken. */
#ifndef POSTERN_GIC_H
#define POSTERN_GIC_H

#include <stdint.h>

/* Private interrupts of the generic timer, secure and not. */
enum { GIC_TIMER_SECURE = 29, GIC_TIMER = 30 };

struct gic {
    uintptr_t distributor, cpu_interface;
};

void gic_start(const struct gic *gic);
/* Lets source `id` (a shared one is 32 + its number) end a wait. Its interrupt is level-sensitive. */
void gic_enable(const struct gic *gic, unsigned id);

#endif
