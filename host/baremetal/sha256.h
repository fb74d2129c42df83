/* SHA-256 (FIPS 180-4), for the board's seed: the module's own is out of reach before the module runs. */
#ifndef POSTERN_SHA256_H
#define POSTERN_SHA256_H

#include <stddef.h>
#include <stdint.h>

struct sha256 {
    uint32_t state[8];
    uint64_t length;
    uint8_t block[64];
};

void sha256_start(struct sha256 *h);
void sha256_add(struct sha256 *h, const void *data, size_t length);
void sha256_end(struct sha256 *h, uint8_t digest[32]);

#endif
