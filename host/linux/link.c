#include "link.h"
#include "link_datagram.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/ethernet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

/** Octets that may wait on a stream for a slow peer, and of a peer for us. */
enum { STREAM_BUFFER = 4 << 20, STREAM_INPUT = LINK_FRAME_MAX + 4 };
enum { SOCKET_BUFFER = 4 << 20, RETRY_MS = 500, LOOK_MS = 1000 };

/** A decimal number from 1 to 65535 that ends at `end`; 0: it is none. */
static unsigned port_number(const char *text, const char *end)
{
    unsigned value = 0;
    if (end == text || end - text > 5)
        return 0;
    for (; text < end; text++) {
        if (*text < '0' || *text > '9')
            return 0;
        value = value * 10 + (unsigned)(*text - '0');
    }
    return value <= 65535 ? value : 0;
}

static bool parse_udp(struct link *link, const char *rest, char *why, size_t why_size)
{
    const char *first = strchr(rest, ':'), *last = strrchr(rest, ':');
    char host[256];
    if (first == NULL || first == last || last - first < 2 || (size_t)(last - first) > sizeof host) {
        snprintf(why, why_size, "the link \"%s\" is not of the form udp:LOCALPORT:HOST:PORT", link->text);
        return false;
    }
    unsigned local = port_number(rest, first), remote = port_number(last + 1, last + strlen(last));
    if (local == 0 || remote == 0) {
        snprintf(why, why_size, "a port in the link \"%s\" is not one; allowed are 1 to 65535", link->text);
        return false;
    }
    snprintf(host, sizeof host, "%.*s", (int)(last - first - 1), first + 1);
    link->peer = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)remote) };
    if (inet_pton(AF_INET, host, &link->peer.sin_addr) != 1) {
        /* A static program has no resolver of its own: names beside the loopback's would need the system's libraries. */
        if (strcmp(host, "localhost") != 0) {
            snprintf(why, why_size, "%s: the host \"%s\" is not an IPv4 address", link->text, host);
            return false;
        }
        link->peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    /* Until it is opened, the local port waits here. */
    link->input_used = local;
    return true;
}

static bool parse_stream(struct link *link, const char *rest, char *why, size_t why_size)
{
    size_t length = strlen(rest);
    link->listens = length > 7 && strcmp(rest + length - 7, ":listen") == 0;
    if (link->listens)
        length -= 7;
    if (strncmp(rest, "unix:", 5) != 0 || length == 5) {
        snprintf(why, why_size, "the link \"%s\" is not of the form stream:unix:PATH[:listen]", link->text);
        return false;
    }
    if (length - 5 >= sizeof link->path) {
        snprintf(why, why_size, "the path in the link \"%s\" is too long for a socket; allowed are 107 bytes", link->text);
        return false;
    }
    snprintf(link->path, sizeof link->path, "%.*s", (int)(length - 5), rest + 5);
    return true;
}

bool link_parse(struct link *link, const char *text, char *why, size_t why_size)
{
    *link = (struct link){ .text = text, .fd = -1, .listener = -1 };
    if (strncmp(text, "udp:", 4) == 0) {
        link->kind = LINK_UDP;
        return parse_udp(link, text + 4, why, why_size);
    }
    if (strncmp(text, "stream:", 7) == 0) {
        link->kind = LINK_STREAM;
        return parse_stream(link, text + 7, why, why_size);
    }
    bool tap = strncmp(text, "tap:", 4) == 0;
    if (tap || strncmp(text, "packet:", 7) == 0) {
        const char *name = text + (tap ? 4 : 7);
        link->kind = tap ? LINK_TAP : LINK_PACKET;
        if (name[0] == 0 || strlen(name) >= IFNAMSIZ || strpbrk(name, " \t/,:") != NULL) {
            snprintf(why, why_size, "\"%s\" in the link \"%s\" is not an interface's name; allowed are 1 to 15 characters without blanks, slashes and commas", name, text);
            return false;
        }
        snprintf(link->path, sizeof link->path, "%s", name);
        return true;
    }
    snprintf(why, why_size, "the link \"%s\" is not known; allowed are udp:LOCALPORT:HOST:PORT, stream:unix:PATH[:listen], tap:NAME or packet:INTERFACE", text);
    return false;
}

static bool refuse(struct link *link, const char *what, char *why, size_t why_size)
{
    snprintf(why, why_size, "%s: %s: %s", link->text, what, strerror(errno));
    link_close(link);
    return false;
}

static bool open_udp(struct link *link, char *why, size_t why_size)
{
    unsigned local = (unsigned)link->input_used;
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)local) };
    int size = SOCKET_BUFFER;
    link->input_used = 0;
    if ((ntohl(link->peer.sin_addr.s_addr) >> 24) == 127)
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    link->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (link->fd < 0 || bind(link->fd, (struct sockaddr *)&address, sizeof address) != 0)
        return refuse(link, "the UDP port can't be had", why, why_size);
    setsockopt(link->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    setsockopt(link->fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    return true;
}

static bool unix_address(const struct link *link, struct sockaddr_un *address)
{
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    memcpy(address->sun_path, link->path, sizeof address->sun_path - 1);
    return true;
}

static bool open_stream(struct link *link, char *why, size_t why_size)
{
    struct sockaddr_un address;
    struct stat status;
    link->input = malloc(STREAM_INPUT);
    link->output = malloc(STREAM_BUFFER);
    if (link->input == NULL || link->output == NULL)
        return refuse(link, "no memory", why, why_size);
    if (!link->listens)
        return true;
    unix_address(link, &address);
    if (lstat(link->path, &status) == 0) {
        int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        errno = EEXIST;
        if (!S_ISSOCK(status.st_mode))
            return close(probe), refuse(link, "the path is not a socket", why, why_size);
        bool used = connect(probe, (struct sockaddr *)&address, sizeof address) == 0;
        close(probe);
        errno = EADDRINUSE;
        if (used)
            return refuse(link, "a running program has the path", why, why_size);
        unlink(link->path);
    }
    link->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (link->listener < 0 || bind(link->listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(link->listener, 4) != 0)
        return refuse(link, "the path can't be listened on", why, why_size);
    return true;
}

static bool open_tap(struct link *link, char *why, size_t why_size)
{
    struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };
    memcpy(request.ifr_name, link->path, IFNAMSIZ - 1);
    link->fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (link->fd < 0 || ioctl(link->fd, TUNSETIFF, &request) != 0)
        return refuse(link, "the interface can't be had", why, why_size);
    int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool up = control >= 0 && ioctl(control, SIOCGIFFLAGS, &request) == 0;
    request.ifr_flags |= IFF_UP;
    up = up && ioctl(control, SIOCSIFFLAGS, &request) == 0;
    int error = errno;
    close(control);
    errno = error;
    return up || refuse(link, "the interface can't be set up", why, why_size);
}

static bool open_packet(struct link *link, char *why, size_t why_size)
{
    struct ifreq request = { 0 };
    int size = SOCKET_BUFFER, on = 1;
    memcpy(request.ifr_name, link->path, IFNAMSIZ - 1);
    link->fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (link->fd < 0 || ioctl(link->fd, SIOCGIFINDEX, &request) != 0)
        return refuse(link, "the interface can't be had", why, why_size);
    struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = request.ifr_ifindex };
    /* The module has an Ethernet address of its own, which the interface's filter does not know. */
    struct packet_mreq all = { .mr_ifindex = request.ifr_ifindex, .mr_type = PACKET_MR_PROMISC };
    setsockopt(link->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    setsockopt(link->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on);
    if (setsockopt(link->fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof on) != 0)
        return refuse(link, "the interface can't be listened on", why, why_size);
    if (setsockopt(link->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof all) != 0 || bind(link->fd, (struct sockaddr *)&address, sizeof address) != 0)
        return refuse(link, "the interface can't be listened on", why, why_size);
    return true;
}

bool link_open(struct link *link, char *why, size_t why_size)
{
    switch (link->kind) {
    case LINK_UDP:
        return open_udp(link, why, why_size);
    case LINK_STREAM:
        return open_stream(link, why, why_size);
    case LINK_TAP:
        return open_tap(link, why, why_size);
    default:
        return open_packet(link, why, why_size);
    }
}

unsigned link_wait(const struct link *link, struct pollfd *entries)
{
    unsigned count = 0;
    if (link->fd >= 0)
        entries[count++] = (struct pollfd){ .fd = link->fd, .events = (short)(POLLIN | (link->output_used > 0 ? POLLOUT : 0)) };
    if (link->listener >= 0)
        entries[count++] = (struct pollfd){ .fd = link->listener, .events = POLLIN };
    return count;
}

static void disconnect(struct link *link)
{
    if (link->fd >= 0) {
        close(link->fd);
        link->gone = true;
    }
    link->fd = -1;
    link->input_used = link->output_used = 0;
}

/** Sends what waits on a stream. */
static void flush(struct link *link)
{
    while (link->fd >= 0 && link->output_used > 0) {
        ssize_t sent = send(link->fd, link->output, link->output_used, MSG_NOSIGNAL);
        if (sent <= 0) {
            if (errno != EAGAIN && errno != EINTR)
                disconnect(link);
            return;
        }
        memmove(link->output, link->output + sent, link->output_used - (size_t)sent);
        link->output_used -= (size_t)sent;
    }
}

/** Asks the system for the state of a link's interface. What it does not tell leaves the link up. */
static void look(struct link *link)
{
    struct ifreq request = { 0 };
    int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    memcpy(request.ifr_name, link->path, IFNAMSIZ - 1);
    if (control < 0)
        return;
    bool told = ioctl(control, SIOCGIFFLAGS, &request) == 0;
    link->gone = told ? (request.ifr_flags & IFF_UP) == 0 || (request.ifr_flags & IFF_RUNNING) == 0 : errno == ENODEV;
    close(control);
}

bool link_up(const struct link *link)
{
    return !link->gone;
}

uint32_t link_tend(struct link *link, uint32_t now)
{
    datagrams_flush(link);
    if (link->kind == LINK_UDP)
        return UINT32_MAX;
    if (link->kind != LINK_STREAM) {
        if ((int32_t)(now - link->look_at) >= 0) {
            look(link);
            link->look_at = now + LOOK_MS;
        }
        return link->look_at - now;
    }
    if (link->listener >= 0) {
        int fd = accept4(link->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            /* One peer at a time, the newest. */
            disconnect(link);
            link->fd = fd;
            link->gone = false;
        }
    } else if (link->fd < 0) {
        if ((int32_t)(now - link->dial_at) < 0)
            return link->dial_at - now;
        struct sockaddr_un address;
        unix_address(link, &address);
        link->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (link->fd >= 0 && connect(link->fd, (struct sockaddr *)&address, sizeof address) != 0) {
            close(link->fd);
            link->fd = -1;
            link->dial_at = now + RETRY_MS;
            return RETRY_MS;
        }
        if (link->fd >= 0)
            link->gone = false;
    }
    flush(link);
    return UINT32_MAX;
}

/** The next frame of a stream. */
static size_t receive_stream(struct link *link, uint8_t *into, size_t room)
{
    for (;;) {
        if (link->input_used >= 4) {
            const uint8_t *head = link->input;
            size_t length = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
            if (length > LINK_FRAME_MAX) {
                /* The peer speaks something else. */
                disconnect(link);
                return 0;
            }
            if (link->input_used >= 4 + length) {
                memcpy(into, head + 4, length < room ? length : room);
                link->input_used -= 4 + length;
                memmove(link->input, link->input + 4 + length, link->input_used);
                if (length > 0)
                    return length;
                continue;
            }
        }
        ssize_t got = recv(link->fd, link->input + link->input_used, STREAM_INPUT - link->input_used, 0);
        if (got <= 0) {
            if (got == 0 || (errno != EAGAIN && errno != EINTR))
                disconnect(link);
            return 0;
        }
        link->input_used += (size_t)got;
    }
}

/** A frame of a tap. It cuts off what has no room, and says nothing of it: one octet more tells. */
static ssize_t receive_tap(const struct link *link, uint8_t *into, size_t room)
{
    uint8_t more;
    struct iovec parts[] = { { into, room }, { &more, 1 } };
    ssize_t got;
    do
        got = readv(link->fd, parts, 2);
    while (got < 0 && errno == EINTR);
    return got;
}

unsigned link_receive_burst(struct link *link, struct link_frame *frames, unsigned count)
{
    if (link->kind == LINK_UDP || link->kind == LINK_PACKET)
        return datagrams_receive(link, frames, count);
    for (unsigned i = 0; i < count; i++) {
        ssize_t got = link->fd < 0 ? 0 : link->kind == LINK_STREAM ? (ssize_t)receive_stream(link, frames[i].into, frames[i].room) : receive_tap(link, frames[i].into, frames[i].room);
        if (got <= 0)
            return i;
        link_judge(link, &frames[i], (size_t)got, false);
    }
    return count;
}

void link_judge(struct link *link, struct link_frame *frame, size_t length, bool foreign)
{
    bool taken = length >= LINK_HEADER && !foreign;
    frame->length = taken ? length : 0;
    link->in += taken;
    link->dropped += !taken;
}

size_t link_receive(struct link *link, uint8_t *into, size_t room)
{
    struct link_frame frame = { into, room, 0 };
    while (link_receive_burst(link, &frame, 1) == 1)
        if (frame.length > 0)
            return frame.length;
    return 0;
}

void link_send(struct link *link, const uint8_t *frame, size_t length)
{
    bool sent = false;
    if (link->kind != LINK_STREAM) {
        datagrams_send(link, frame, length);
        return;
    }
    if (link->fd >= 0 && STREAM_BUFFER - link->output_used >= length + 4) {
        uint8_t *at = link->output + link->output_used;
        for (int i = 0; i < 4; i++)
            at[i] = (uint8_t)(length >> (24 - 8 * i));
        memcpy(at + 4, frame, length);
        link->output_used += length + 4;
        flush(link);
        sent = true;
    }
    if (sent)
        link->out++;
    else
        link->dropped++;
}

void link_close(struct link *link)
{
    datagrams_flush(link);
    disconnect(link);
    if (link->listener >= 0) {
        close(link->listener);
        unlink(link->path);
    }
    link->listener = -1;
    free(link->input);
    free(link->output);
    free(link->queue);
    link->input = link->output = NULL;
    link->queue = NULL;
}
