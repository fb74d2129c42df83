/* virtio 1.1 over MMIO (OASIS, sections 2.6 and 4.2), modern devices: a queue with one buffer a descriptor. */
#ifndef POSTERN_VIRTIO_H
#define POSTERN_VIRTIO_H

#include <stdbool.h>
#include <stdint.h>

#define VIRTIO_QUEUE 16u

enum { VIRTIO_NET = 1, VIRTIO_RNG = 4 };

/* All of one queue that the device reads and writes: place it in DMA memory. 2.6: descriptors, available ring, used ring. */
struct virtio_ring {
    struct {
        volatile uint64_t address;
        volatile uint32_t length;
        volatile uint16_t flags, next;
    } descriptors[VIRTIO_QUEUE];
    struct {
        volatile uint16_t flags, index, ring[VIRTIO_QUEUE], event;
    } available;
    struct {
        volatile uint16_t flags, index;
        struct {
            volatile uint32_t id, length;
        } ring[VIRTIO_QUEUE];
        volatile uint16_t event;
    } used __attribute__((aligned(8)));
};

struct virtio_queue {
    uintptr_t base;
    uint32_t number;
    struct virtio_ring *ring;
    uint16_t seen;
};

/* The device of kind `kind` at `base`, with `features` of the first 32 accepted where offered. False: there is none. */
bool virtio_start(uintptr_t base, uint32_t kind, uint32_t features);
/* Whether the device has a feature of the first 32, which virtio_start then accepts if it is asked to. */
bool virtio_offers(uintptr_t base, uint32_t feature);
bool virtio_queue(struct virtio_queue *queue, uintptr_t base, uint32_t number, struct virtio_ring *ring);
void virtio_ready(uintptr_t base);
/* Offers the buffer of descriptor `id` to the device. */
void virtio_offer(struct virtio_queue *queue, uint16_t id, void *buffer, uint32_t length, bool device_writes);
void virtio_notify(const struct virtio_queue *queue);
bool virtio_used(const struct virtio_queue *queue);
/* Takes the next used buffer: returns its descriptor, its length in `*length`. Only after virtio_used. */
uint16_t virtio_take(struct virtio_queue *queue, uint32_t *length);
void virtio_quiet(uintptr_t base);

#endif
