#include "ns16550.h"
#include "mcu.h"

enum { RBR = 0, THR = 0, DLL = 0, IER = 1, DLM = 1, FCR = 2, LCR = 3, LSR = 5 };
enum { LCR_8N1 = 3, LCR_DLAB = 0x80, FCR_ON_CLEAR = 7, LSR_DATA = 1, LSR_ROOM = 0x20, IER_RECEIVE = 1 };

void ns16550_start(uintptr_t base, unsigned divisor)
{
    REG8(base + LCR) = LCR_8N1;
    if (divisor != 0) {
        REG8(base + LCR) = LCR_8N1 | LCR_DLAB;
        REG8(base + DLL) = (uint8_t)divisor;
        REG8(base + DLM) = (uint8_t)(divisor >> 8);
        REG8(base + LCR) = LCR_8N1;
    }
    REG8(base + FCR) = FCR_ON_CLEAR;
    REG8(base + IER) = IER_RECEIVE;
}

void ns16550_write(uintptr_t base, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        while (!(REG8(base + LSR) & LSR_ROOM))
            ;
        REG8(base + THR) = (uint8_t)text[i];
    }
}

int ns16550_read(uintptr_t base)
{
    return REG8(base + LSR) & LSR_DATA ? REG8(base + RBR) : -1;
}
