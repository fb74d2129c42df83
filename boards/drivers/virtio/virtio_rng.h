/* An entropy device of virtio 1.1 (OASIS, section 5.4). */
#ifndef POSTERN_VIRTIO_RNG_H
#define POSTERN_VIRTIO_RNG_H

#include "virtio.h"
#include <stddef.h>

struct virtio_rng_memory {
    struct virtio_ring ring;
    uint8_t buffer[256];
};

struct virtio_rng {
    uintptr_t base;
    struct virtio_rng_memory *memory;
    struct virtio_queue queue;
    bool ready;
};

bool virtio_rng_start(struct virtio_rng *rng);
/* Waits at most 100 ms. Returns how many octets there were. */
size_t virtio_rng_read(struct virtio_rng *rng, uint8_t *to, size_t length);

#endif
