/* The startup configuration in a file, stored whole or not at all. The file is `postern run --startup`'s. */
#ifndef POSTERN_NVRAM_H
#define POSTERN_NVRAM_H

#include <stdbool.h>
#include <stddef.h>

enum { NVRAM_MAX = 1 << 20 };

/** Reads a text file into a new buffer, ended by a zero. NULL with a sentence in `why`; with `absent` set when there is no such file. */
char *nvram_read(const char *path, size_t *length, bool *absent, char *why, size_t why_size);

/** Replaces the file: a power cut leaves the old text or the new. Returns false with a sentence in `why`, the old one being in place. */
bool nvram_write(const char *path, const char *text, size_t length, char *why, size_t why_size);

/**
 * The key under which the module wraps private keys for the startup configuration: 32 octets, in `PATH.key` beside it as 64 hexadecimal digits,
 * which only its owner reads; made at the first start. The file is `postern run --startup`'s. Returns false with a sentence in `why`.
 */
bool nvram_device_key(const char *path, unsigned char key[32], char *why, size_t why_size);

#endif
