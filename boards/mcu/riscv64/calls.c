/* Calls of RISC-V code, packed as tools/board/pack.mjs has it: auipc and jalr that say where the function is, for how far it is. */
#include "mcu.h"

static uint32_t word(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void set_word(uint8_t *at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

void mcu_unpack_calls(uint8_t *code, size_t length)
{
    for (size_t i = 0; i + 8 <= length; i += 2) {
        uint32_t auipc = word(code + i), jalr = word(code + i + 4), half, distance;

        if ((auipc & 0x7f) != 0x17 || (jalr & 0x707f) != 0x67 || (jalr >> 15 & 31) != (auipc >> 7 & 31))
            continue;
        half = auipc >> 24 | (auipc >> 16 & 0xff) << 8 | (auipc >> 12 & 0xf) << 16 | (jalr >> 20) << 20;
        distance = (half << 1 | half >> 31) - (uint32_t)i;
        set_word(code + i, (auipc & 0xfff) | ((distance + 0x800) & 0xfffff000));
        set_word(code + i + 4, (jalr & 0xfffff) | distance << 20);
        i += 6;
    }
}
