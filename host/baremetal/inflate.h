/* DEFLATE (RFC 1951), decompression from memory to memory: the module's two forms are kept packed. */
#ifndef POSTERN_INFLATE_H
#define POSTERN_INFLATE_H

#include <stddef.h>
#include <stdint.h>

/* Returns how many octets were written to `to`; 0: the input is no DEFLATE stream, or longer than `room`. */
size_t inflate(uint8_t *to, size_t room, const uint8_t *from, size_t length);

#endif
