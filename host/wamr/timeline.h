/*
 * A recorded timeline, replayed: everything that an instance was given, in its order, with its times. What comes out is the
 * SHA-256 of all frames that it sent, which must be one and the same on every engine. tests/boards/machine/timeline.ts records.
 *
 * The format: "PTL1", then u32 seed of the entropy, u32 wall time, u32 `now` of init, then records until the file ends:
 *   u8 kind, u8 port, u16 length, u32 now, `length` octets, zeros up to a multiple of 4.        All numbers little-endian.
 *   kind 1: a frame for frame_alloc and on_frame on `port`     2: poll, until nothing is to be done at once
 *   3: console input for console_in
 * Entropy: for each octet, seed = seed * 1664525 + 1013904223 modulo 2^32, and the octet is seed >> 24.
 * Digested for each frame that is sent: u32 port, u32 length, and its octets.
 */
#ifndef POSTERN_TIMELINE_H
#define POSTERN_TIMELINE_H

#include "instance.h"

struct timeline_result {
  uint32_t records, frames;
  uint8_t digest[32];
  /** "AOT" or "interpreter". */
  const char *engine;
  /** The longest call of `poll`, and of `on_frame`, in microseconds; 0 without a clock. */
  uint32_t longest_poll, longest_frame;
};

/**
 * Replays the timeline of `size` octets on a fresh instance. `say` gets what the instance says. `now` is in the records,
 * so this takes no longer than the work does. `us`: a clock of microseconds, or NULL. Returns false with a sentence in `why`.
 */
bool timeline_replay(const uint8_t *timeline, uint32_t size, struct image *image, const struct memory *memory, uint64_t (*us)(void),
                     void (*say)(void *context, const char *line), void *context, struct timeline_result *result, char *why, size_t why_size);

/** The result as tests/boards/timeline.test.ts and the benchmarks read it. `line` has room for TIMELINE_LINE octets. */
enum { TIMELINE_LINE = 160 };
void timeline_line(const struct timeline_result *result, char line[TIMELINE_LINE]);

#endif
