/* Calls of Thumb-2 code, packed as tools/board/pack.mjs has it: BL and B.W that say where the function is, for how far it is. */
#include "mcu.h"

void mcu_unpack_calls(uint8_t *code, size_t length)
{
    for (size_t i = 0; i + 4 <= length; i += 2) {
        uint32_t first = code[i] | (uint32_t)code[i + 1] << 8, second = code[i + 2] | (uint32_t)code[i + 3] << 8, distance;

        if (first >> 11 != 0x1e || (second >> 11 != 0x1f && second >> 11 != 0x17))
            continue;
        distance = ((first & 0x7ff) << 11 | (second & 0x7ff)) - (uint32_t)(i / 2);
        code[i] = (uint8_t)(distance >> 11);
        code[i + 1] = (uint8_t)(0xf0 | (distance >> 19 & 7));
        code[i + 2] = (uint8_t)distance;
        code[i + 3] = (uint8_t)((second >> 8 & 0xf8) | (distance >> 8 & 7));
        i += 2;
    }
}
