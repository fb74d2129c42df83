/* A network device of virtio 1.1 (OASIS, section 5.1) as a port. */
#ifndef POSTERN_VIRTIO_NET_H
#define POSTERN_VIRTIO_NET_H

#include "board.h"
#include "virtio.h"

#define VIRTIO_NET_HEADER 12u

struct virtio_net_memory {
    struct virtio_ring rx, tx;
    uint8_t rx_buffers[VIRTIO_QUEUE][2048], tx_buffers[VIRTIO_QUEUE][2048];
};

struct virtio_net {
    struct nic nic; /* first */
    uintptr_t base;
    struct virtio_net_memory *memory;
    struct virtio_queue rx, tx;
    uint16_t tx_given;
};

bool virtio_net_start(struct virtio_net *net);

#endif
