/* A 16550 UART with byte-wide registers, polled; its receiver raises an interrupt. */
#ifndef POSTERN_NS16550_H
#define POSTERN_NS16550_H

#include <stddef.h>
#include <stdint.h>

/* `divisor` 0 leaves the rate as it is. */
void ns16550_start(uintptr_t base, unsigned divisor);
void ns16550_write(uintptr_t base, const char *text, size_t length);
/* The next octet; -1: none. */
int ns16550_read(uintptr_t base);

#endif
