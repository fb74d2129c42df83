#include "virtio_rng.h"
#include "mcu.h"
#include <string.h>

bool virtio_rng_start(struct virtio_rng *rng)
{
    rng->ready = virtio_start(rng->base, VIRTIO_RNG, 0) && virtio_queue(&rng->queue, rng->base, 0, &rng->memory->ring);
    if (rng->ready) {
        rng->memory->ring.available.flags = 1;
        virtio_ready(rng->base);
    }
    return rng->ready;
}

size_t virtio_rng_read(struct virtio_rng *rng, uint8_t *to, size_t length)
{
    uint32_t got;

    if (!rng->ready)
        return 0;
    if (length > sizeof rng->memory->buffer)
        length = sizeof rng->memory->buffer;
    virtio_offer(&rng->queue, 0, rng->memory->buffer, (uint32_t)length, true);
    virtio_notify(&rng->queue);
    for (uint64_t until = mcu_us() + 100000; !virtio_used(&rng->queue);)
        if (mcu_us() > until) {
            /* The buffer is the device's for good. */
            rng->ready = false;
            return 0;
        }
    virtio_take(&rng->queue, &got);
    if (got > length)
        got = (uint32_t)length;
    memcpy(to, rng->memory->buffer, got);
    memset(rng->memory->buffer, 0, sizeof rng->memory->buffer);
    return got;
}
