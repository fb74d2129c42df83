#include "plic.h"
#include "mcu.h"

enum { PRIORITY = 0, ENABLE = 0x2000, THRESHOLD = 0x200000, CLAIM = 0x200004 };

void plic_enable(uintptr_t base, unsigned source)
{
    REG32(base + PRIORITY + 4 * source) = 1;
    REG32(base + ENABLE + source / 32 * 4) |= 1u << source % 32;
    REG32(base + THRESHOLD) = 0;
}

void plic_quiet(uintptr_t base)
{
    for (uint32_t source; (source = REG32(base + CLAIM)) != 0;)
        REG32(base + CLAIM) = source;
}
