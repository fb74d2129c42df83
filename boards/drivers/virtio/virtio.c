#include "virtio.h"
#include "mcu.h"

enum {
    MAGIC = 0x00, VERSION = 0x04, DEVICE = 0x08, DEVICE_FEATURES = 0x10, DEVICE_FEATURES_SEL = 0x14, DRIVER_FEATURES = 0x20,
    DRIVER_FEATURES_SEL = 0x24, QUEUE_SEL = 0x30, QUEUE_MAX = 0x34, QUEUE_NUM = 0x38, QUEUE_READY = 0x44, NOTIFY = 0x50,
    INTERRUPT_STATUS = 0x60, INTERRUPT_ACK = 0x64, STATUS = 0x70, QUEUE_DESC = 0x80, QUEUE_DRIVER = 0x90, QUEUE_DEVICE = 0xa0,
};
enum { ACKNOWLEDGE = 1, DRIVER = 2, DRIVER_OK = 4, FEATURES_OK = 8, DEVICE_WRITES = 2, VERSION_1 = 1 };

bool virtio_start(uintptr_t base, uint32_t kind, uint32_t features)
{
    uint32_t offered;

    if (REG32(base + MAGIC) != 0x74726976 || REG32(base + VERSION) != 2 || REG32(base + DEVICE) != kind)
        return false;
    REG32(base + STATUS) = 0;
    REG32(base + STATUS) = ACKNOWLEDGE | DRIVER;
    REG32(base + DEVICE_FEATURES_SEL) = 0;
    offered = REG32(base + DEVICE_FEATURES);
    REG32(base + DRIVER_FEATURES_SEL) = 0;
    REG32(base + DRIVER_FEATURES) = offered & features;
    REG32(base + DRIVER_FEATURES_SEL) = 1;
    REG32(base + DRIVER_FEATURES) = VERSION_1;
    REG32(base + STATUS) = ACKNOWLEDGE | DRIVER | FEATURES_OK;
    return (REG32(base + STATUS) & FEATURES_OK) != 0;
}

bool virtio_offers(uintptr_t base, uint32_t feature)
{
    REG32(base + DEVICE_FEATURES_SEL) = 0;
    return (REG32(base + DEVICE_FEATURES) & feature) != 0;
}

static void address(uintptr_t base, uint32_t where, volatile void *at)
{
    REG32(base + where) = (uint32_t)(uintptr_t)at;
    REG32(base + where + 4) = (uint32_t)((uint64_t)(uintptr_t)at >> 32);
}

bool virtio_queue(struct virtio_queue *queue, uintptr_t base, uint32_t number, struct virtio_ring *ring)
{
    *queue = (struct virtio_queue){ base, number, ring, 0 };
    REG32(base + QUEUE_SEL) = number;
    if (REG32(base + QUEUE_MAX) < VIRTIO_QUEUE)
        return false;
    REG32(base + QUEUE_NUM) = VIRTIO_QUEUE;
    address(base, QUEUE_DESC, ring->descriptors);
    address(base, QUEUE_DRIVER, &ring->available);
    address(base, QUEUE_DEVICE, &ring->used);
    REG32(base + QUEUE_READY) = 1;
    return true;
}

void virtio_ready(uintptr_t base)
{
    REG32(base + STATUS) = ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK;
}

void virtio_offer(struct virtio_queue *queue, uint16_t id, void *buffer, uint32_t length, bool device_writes)
{
    struct virtio_ring *r = queue->ring;

    r->descriptors[id].address = (uintptr_t)buffer;
    r->descriptors[id].length = length;
    r->descriptors[id].flags = device_writes ? DEVICE_WRITES : 0;
    r->available.ring[r->available.index % VIRTIO_QUEUE] = id;
    mcu_barrier();
    r->available.index++;
    mcu_barrier();
}

void virtio_notify(const struct virtio_queue *queue)
{
    REG32(queue->base + NOTIFY) = queue->number;
}

bool virtio_used(const struct virtio_queue *queue)
{
    return queue->ring->used.index != queue->seen;
}

uint16_t virtio_take(struct virtio_queue *queue, uint32_t *length)
{
    uint32_t at = queue->seen++ % VIRTIO_QUEUE;

    mcu_barrier();
    *length = queue->ring->used.ring[at].length;
    return (uint16_t)queue->ring->used.ring[at].id;
}

void virtio_quiet(uintptr_t base)
{
    REG32(base + INTERRUPT_ACK) = REG32(base + INTERRUPT_STATUS);
    mcu_barrier();
}
