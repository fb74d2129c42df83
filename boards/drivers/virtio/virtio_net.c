#include "virtio_net.h"
#include "mcu.h"
#include <string.h>

enum { RX = 0, TX = 1 };
/* 5.1.3 and 5.1.4: the feature, where the status stands in the device's space, and its bit. */
enum { VIRTIO_NET_F_STATUS = 1 << 16, CONFIG_STATUS = 0x100 + 6, LINK_UP = 1 };

static bool waiting(struct nic *nic)
{
    return virtio_used(&((struct virtio_net *)nic)->rx);
}

static unsigned receive(struct nic *nic, uint8_t *frame, unsigned max)
{
    struct virtio_net *net = (struct virtio_net *)nic;

    while (virtio_used(&net->rx)) {
        uint32_t length;
        uint16_t id = virtio_take(&net->rx, &length);
        unsigned taken = 0;

        if (id >= VIRTIO_QUEUE)
            continue;
        if (length <= VIRTIO_NET_HEADER || length - VIRTIO_NET_HEADER > max)
            nic->errors++;
        else {
            taken = length - VIRTIO_NET_HEADER;
            memcpy(frame, net->memory->rx_buffers[id] + VIRTIO_NET_HEADER, taken);
            nic->received++;
        }
        virtio_offer(&net->rx, id, net->memory->rx_buffers[id], sizeof net->memory->rx_buffers[id], true);
        virtio_notify(&net->rx);
        if (taken != 0)
            return taken;
    }
    return 0;
}

static bool send(struct nic *nic, const uint8_t *frame, unsigned length)
{
    struct virtio_net *net = (struct virtio_net *)nic;
    uint16_t id = net->tx_given % VIRTIO_QUEUE;
    uint8_t *buffer = net->memory->tx_buffers[id];

    for (uint64_t until = mcu_us() + 2000; (uint16_t)(net->tx_given - net->memory->tx.used.index) >= VIRTIO_QUEUE;)
        if (mcu_us() > until) {
            nic->unsent++;
            return false;
        }
    memset(buffer, 0, VIRTIO_NET_HEADER);
    memcpy(buffer + VIRTIO_NET_HEADER, frame, length);
    if (length < 60) {
        memset(buffer + VIRTIO_NET_HEADER + length, 0, 60 - length);
        length = 60;
    }
    virtio_offer(&net->tx, id, buffer, VIRTIO_NET_HEADER + length, false);
    net->tx_given++;
    virtio_notify(&net->tx);
    nic->sent++;
    return true;
}

static void quiet(struct nic *nic)
{
    virtio_quiet(((struct virtio_net *)nic)->base);
}

static bool link(struct nic *nic)
{
    return (REG16(((struct virtio_net *)nic)->base + CONFIG_STATUS) & LINK_UP) != 0;
}

bool virtio_net_start(struct virtio_net *net)
{
    struct virtio_net_memory *m = net->memory;

    net->nic = (struct nic){ .waiting = waiting, .receive = receive, .send = send, .quiet = quiet };
    net->tx_given = 0;
    if (!virtio_start(net->base, VIRTIO_NET, VIRTIO_NET_F_STATUS) || !virtio_queue(&net->rx, net->base, RX, &m->rx) || !virtio_queue(&net->tx, net->base, TX, &m->tx))
        return false;
    if (virtio_offers(net->base, VIRTIO_NET_F_STATUS))
        net->nic.link = link;
    /* What has been sent is found by looking: no interrupt. */
    m->tx.available.flags = 1;
    virtio_ready(net->base);
    for (uint16_t i = 0; i < VIRTIO_QUEUE; i++)
        virtio_offer(&net->rx, i, m->rx_buffers[i], sizeof m->rx_buffers[i], true);
    virtio_notify(&net->rx);
    return true;
}
