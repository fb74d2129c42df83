/*
 * What the module takes as true entropy. Sources, all of them hashed together at start: the board's random number generator
 * (watched by the health tests of SP 800-90B, 4.4), the seed that the flasher wrote to the store, and a seed that a loader
 * put in memory. A seed counts once: the store holds a fresh one before the module gets the first octet.
 */
#ifndef POSTERN_ENTROPY_H
#define POSTERN_ENTROPY_H

#include "ground.h"

#define SEED_LENGTH 64u

/* Gathers; `loaded` is a record "PSEED1\n\0" and 64 octets in memory, or NULL. Returns where it came from or why there is none, in words. */
const char *entropy_start(const uint8_t *loaded);
bool entropy_ready(void);
/* Returns how many octets were written: all, or none. */
uint32_t entropy_take(uint8_t *to, uint32_t length);

#endif
