/*
 * Several writes to a file in one system call, by io_uring where the kernel has it and lets us. A tap takes one frame a write, and each write may
 * wake a station that takes the processor from us before the next: between the writes of one call nobody does.
 */
#ifndef POSTERN_RING_H
#define POSTERN_RING_H

#include <stdbool.h>
#include <sys/uio.h>

/** Most writes at once. */
enum { RING_WRITES = 32 };

/**
 * Writes `count` pieces to `fd`, RING_WRITES at most, in their order, and notes of each that has gone that it has: of none where there is no ring. The
 * pieces are free again when it returns.
 */
void ring_write(int fd, const struct iovec *pieces, unsigned count, bool *gone);

#endif
