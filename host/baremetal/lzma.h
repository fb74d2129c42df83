/* LZMA, decompression from memory to memory: the module's two forms are kept packed. */
#ifndef POSTERN_LZMA_H
#define POSTERN_LZMA_H

#include <stddef.h>
#include <stdint.h>

/*
 * Unpacks a raw stream (lc=1, lp=1, pb=1: tools/board/pack.mjs) until its end mark, or until `room` is full: the beginning of
 * a stream can be had by itself. Returns how many octets were written to `to`; 0: the input is no such stream.
 */
size_t lzma_unpack(uint8_t *to, size_t room, const uint8_t *from, size_t length);

#endif
