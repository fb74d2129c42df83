/* The UART of the i.MX family (i.MX 6UltraLite reference manual, chapter 55), polled; its receiver ends a wait. */
#ifndef POSTERN_IMX_UART_H
#define POSTERN_IMX_UART_H

#include <stddef.h>
#include <stdint.h>

/* `clock`: of the UART module, Hz; `baud` 0 leaves the rate as the boot loader set it. */
void imx_uart_start(uintptr_t base, uint32_t clock, uint32_t baud);
void imx_uart_write(uintptr_t base, const char *text, size_t length);
/* The next octet; -1: none. */
int imx_uart_read(uintptr_t base);

#endif
