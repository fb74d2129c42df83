/*
 * `--fault loss=0.3,dup=0.1,reorder=0.1,corrupt=0.01,delay=20,seed=7`: a bad wire, the same one for the same seed, and the
 * same as in host/node/link/fault.ts. Each direction of each port has chances of its own.
 */
#ifndef POSTERN_FAULT_H
#define POSTERN_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fault_direction { FAULT_OUT, FAULT_IN };

/** Where a frame goes on. */
typedef void fault_next(uint32_t port, enum fault_direction direction, uint8_t *frame, size_t length);

/** Reads the words. Returns false with a sentence in `why`. */
bool fault_parse(const char *text, char *why, size_t why_size);

/** Lets a frame pass the bad wire: to `next` now or later, once, twice or never. `frame` may be changed. */
void fault_pass(uint32_t port, enum fault_direction direction, uint8_t *frame, size_t length, uint32_t now, fault_next *next);

/** Hands on what is due. */
void fault_due(uint32_t now, fault_next *next);

/** Milliseconds until something is due; UINT32_MAX: nothing waits. */
uint32_t fault_wait(uint32_t now);

#endif
