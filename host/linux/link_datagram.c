#include "link_datagram.h"
#include "ring.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/** The longest frame that waits: an Ethernet's. */
enum { QUEUED_MAX = 1518 };

_Static_assert((int)LINK_BURST <= (int)RING_WRITES, "a tap's frames go out at once");

/** Frames that go out together: copies, for the module has its buffers back at once. */
struct link_queue {
    unsigned count;
    struct mmsghdr messages[LINK_BURST];
    struct iovec parts[LINK_BURST];
    uint8_t frames[LINK_BURST][QUEUED_MAX];
};

/** Fills in the check sum that the sender's kernel left to a card: its field holds the pseudo-header's sum (RFC 1071). */
static void complete_checksum(uint8_t *frame, size_t length)
{
    size_t header = LINK_HEADER + (length > LINK_HEADER ? (size_t)(frame[LINK_HEADER] & 15) * 4 : 0);
    if (length < LINK_HEADER + 20 || frame[12] != 0x08 || frame[13] != 0x00 || header > length)
        return;
    uint8_t protocol = frame[LINK_HEADER + 9];
    size_t total = (size_t)frame[LINK_HEADER + 2] << 8 | frame[LINK_HEADER + 3], end = LINK_HEADER + total;
    size_t at = header + (protocol == IPPROTO_TCP ? 16u : 6u);
    if ((protocol != IPPROTO_TCP && protocol != IPPROTO_UDP) || end > length || at + 2 > end)
        return;
    uint32_t sum = 0;
    for (size_t i = header; i < end; i++)
        sum += (uint32_t)frame[i] << ((i - header) % 2 == 0 ? 8 : 0);
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    sum ^= 0xffff;
    if (sum == 0 && protocol == IPPROTO_UDP)
        sum = 0xffff;
    frame[at] = (uint8_t)(sum >> 8);
    frame[at + 1] = (uint8_t)sum;
}

/** What the kernel says of a frame of a real interface. It takes VLAN tags off before it shows it: true then, as it is not of this network. */
static bool of_another_network(struct msghdr *message, const struct link_frame *frame, size_t length)
{
    bool foreign = false;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL; c = CMSG_NXTHDR(message, c)) {
        struct tpacket_auxdata about;
        if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA)
            continue;
        memcpy(&about, CMSG_DATA(c), sizeof about);
        foreign = (about.tp_status & TP_STATUS_VLAN_VALID) != 0;
        if ((about.tp_status & TP_STATUS_CSUMNOTREADY) != 0 && length <= frame->room)
            complete_checksum(frame->into, length);
    }
    return foreign;
}

unsigned datagrams_receive(struct link *link, struct link_frame *frames, unsigned count)
{
    union { struct cmsghdr head; char octets[CMSG_SPACE(sizeof(struct tpacket_auxdata))]; } control[LINK_BURST];
    struct sockaddr_in from[LINK_BURST];
    struct iovec parts[LINK_BURST];
    struct mmsghdr messages[LINK_BURST];
    bool udp = link->kind == LINK_UDP;
    int got;
    if (link->fd < 0)
        return 0;
    memset(messages, 0, count * sizeof *messages);
    for (unsigned i = 0; i < count; i++) {
        struct msghdr *message = &messages[i].msg_hdr;
        parts[i] = (struct iovec){ frames[i].into, frames[i].room };
        message->msg_iov = &parts[i];
        message->msg_iovlen = 1;
        message->msg_name = udp ? &from[i] : NULL;
        message->msg_namelen = udp ? sizeof from[i] : 0;
        message->msg_control = udp ? NULL : &control[i];
        message->msg_controllen = udp ? 0 : sizeof control[i];
    }
    do
        got = recvmmsg(link->fd, messages, count, MSG_TRUNC | MSG_DONTWAIT, NULL);
    while (got < 0 && (errno == EINTR || errno == ECONNREFUSED));
    for (int i = 0; i < got; i++) {
        size_t length = messages[i].msg_len;
        link_judge(link, &frames[i], length, udp ? from[i].sin_addr.s_addr != link->peer.sin_addr.s_addr : of_another_network(&messages[i].msg_hdr, &frames[i], length));
    }
    return got > 0 ? (unsigned)got : 0;
}

/**
 * A tap takes one frame a write. All behind one another, and in one call where that can be, they cost less than each behind its
 * sealing: a write runs the kernel's receive path as far as the station's socket, whose code and tables stay at hand.
 */
static void flush_tap(struct link *link)
{
    struct link_queue *queue = link->queue;
    bool gone[LINK_BURST] = { false };
    if (queue->count > 1 && link->fd >= 0)
        ring_write(link->fd, queue->parts, queue->count, gone);
    for (unsigned i = 0; i < queue->count; i++) {
        /* A ring that does not know how to write to a tap says so of each. */
        if (!gone[i])
            gone[i] = link->fd >= 0 && write(link->fd, queue->parts[i].iov_base, queue->parts[i].iov_len) >= 0;
        link->out += gone[i];
        link->dropped += !gone[i];
    }
    queue->count = 0;
}

void datagrams_flush(struct link *link)
{
    struct link_queue *queue = link->queue;
    if (queue == NULL || queue->count == 0)
        return;
    if (link->kind == LINK_TAP) {
        flush_tap(link);
        return;
    }
    for (unsigned done = 0; done < queue->count;) {
        int sent = link->fd < 0 ? -1 : sendmmsg(link->fd, queue->messages + done, queue->count - done, MSG_DONTWAIT);
        if (sent < 0 && link->fd >= 0 && errno == EINTR)
            continue;
        /* What can't be sent is lost, as on a wire; the next one may do. */
        link->out += sent > 0 ? (uint32_t)sent : 0;
        link->dropped += sent > 0 ? 0 : 1;
        done += sent > 0 ? (unsigned)sent : 1;
    }
    queue->count = 0;
}

void datagrams_send(struct link *link, const uint8_t *frame, size_t length)
{
    struct link_queue *queue = link->queue != NULL ? link->queue : calloc(1, sizeof *queue);
    link->queue = queue;
    if (queue == NULL || length > QUEUED_MAX) {
        link->dropped++;
        return;
    }
    if (queue->count == LINK_BURST)
        datagrams_flush(link);
    unsigned i = queue->count++;
    memcpy(queue->frames[i], frame, length);
    queue->parts[i] = (struct iovec){ queue->frames[i], length };
    queue->messages[i].msg_hdr = (struct msghdr){ .msg_iov = &queue->parts[i], .msg_iovlen = 1 };
    if (link->kind == LINK_UDP) {
        queue->messages[i].msg_hdr.msg_name = &link->peer;
        queue->messages[i].msg_hdr.msg_namelen = sizeof link->peer;
    }
}
