#include "imx_uart.h"
#include "mcu.h"

enum { URXD = 0x00, UTXD = 0x40, UCR1 = 0x80, UCR2 = 0x84, UCR3 = 0x88, UFCR = 0x90, USR1 = 0x94, USR2 = 0x98, UBIR = 0xa4, UBMR = 0xa8 };
enum { UCR1_UARTEN = 1, UCR1_RRDYEN = 1 << 9 };
/* Ignore RTS, 8 bits, transmitter and receiver on, no reset. */
enum { UCR2_8N1 = 0x4027, UCR3_RXDMUXSEL = 4 };
enum { USR1_TRDY = 1 << 13, USR2_RDR = 1, URXD_ERR = 1 << 14 };

void imx_uart_start(uintptr_t base, uint32_t clock, uint32_t baud)
{
    REG32(base + UCR1) = UCR1_UARTEN;
    REG32(base + UCR2) = UCR2_8N1;
    REG32(base + UCR3) |= UCR3_RXDMUXSEL;
    /* RFDIV 1, a warning from one octet on. */
    REG32(base + UFCR) = 2u << 10 | 5u << 7 | 1;
    if (baud != 0) {
        /* 55.5: baud = clock / (16 * (UBMR + 1) / (UBIR + 1)) */
        REG32(base + UBIR) = 15;
        REG32(base + UBMR) = clock / baud - 1;
    }
    REG32(base + UCR1) = UCR1_UARTEN | UCR1_RRDYEN;
}

void imx_uart_write(uintptr_t base, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        while (!(REG32(base + USR1) & USR1_TRDY))
            ;
        REG32(base + UTXD) = (uint8_t)text[i];
    }
}

int imx_uart_read(uintptr_t base)
{
    while (REG32(base + USR2) & USR2_RDR) {
        uint32_t word = REG32(base + URXD);

        if (!(word & URXD_ERR))
            return (int)(word & 0xff);
    }
    return -1;
}
