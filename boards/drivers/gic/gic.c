#include "gic.h"
#include "mcu.h"

enum { GICD_CTLR = 0, GICD_ISENABLER = 0x100, GICD_IPRIORITYR = 0x400, GICD_ITARGETSR = 0x800 };
enum { GICC_CTLR = 0, GICC_PMR = 4 };

void gic_start(const struct gic *gic)
{
    REG32(gic->distributor + GICD_CTLR) = 1;
    REG32(gic->cpu_interface + GICC_PMR) = 0xff;
    REG32(gic->cpu_interface + GICC_CTLR) = 1;
    gic_enable(gic, GIC_TIMER_SECURE);
    gic_enable(gic, GIC_TIMER);
}

void gic_enable(const struct gic *gic, unsigned id)
{
    REG8(gic->distributor + GICD_IPRIORITYR + id) = 0;
    if (id >= 32)
        REG8(gic->distributor + GICD_ITARGETSR + id) = 1;
    REG32(gic->distributor + GICD_ISENABLER + id / 32 * 4) = 1u << id % 32;
}
