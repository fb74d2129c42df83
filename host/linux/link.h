/*
 * The links of postern-linux, in the words of `postern run` (docs/HOST.md): udp:LOCALPORT:HOST:PORT,
 * stream:unix:PATH[:listen], tap:NAME, and packet:INTERFACE for a real interface. A link never blocks: what can't be
 * sent is lost and counted, as on a wire.
 */
#ifndef POSTERN_LINK_H
#define POSTERN_LINK_H

#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct link {
    enum { LINK_UDP, LINK_STREAM, LINK_TAP, LINK_PACKET } kind;
    /** What the user wrote after `NAME=`. */
    const char *text;
    /** Frames come from here; -1: not connected. */
    int fd;
    uint32_t in, out, dropped;
    /** The other end is known to have gone: see link_up. */
    bool gone;
    /* tap, packet: when the system is asked again whether there is a carrier */
    uint32_t look_at;
    /* udp */
    struct sockaddr_in peer;
    /* stream */
    bool listens;
    char path[108];
    int listener;
    uint32_t dial_at;
    uint8_t *input, *output;
    size_t input_used, output_used;
    /* all but streams: frames that wait for link_tend to send them all at once */
    struct link_queue *queue;
};

/** LINK_BURST: frames that are read or sent at once. */
enum { LINK_HEADER = 14, LINK_FRAME_MAX = 65536, LINK_BURST = 32 };

/** Where a frame of a burst goes, `room` octets at most, and its length, which may be more. */
struct link_frame {
    uint8_t *into;
    size_t room, length;
};

/** Reads `text` into `link`. Returns false with a sentence in `why`. */
bool link_parse(struct link *link, const char *text, char *why, size_t why_size);

/** Opens it. Returns false with a sentence in `why`. */
bool link_open(struct link *link, char *why, size_t why_size);

/** Fills in what to wait for (at most two entries). Returns how many. */
unsigned link_wait(const struct link *link, struct pollfd *entries);

/** Connections: accepts, connects again, sends what waits. Call after each wait; `now` in milliseconds. Returns when it wants to be called again, in ms from now; UINT32_MAX: no matter. */
uint32_t link_tend(struct link *link, uint32_t now);

/**
 * Whether the other end is there, as far as it is known: an interface is set up and has a carrier, a stream has not lost its peer. As
 * of the last link_tend.
 */
bool link_up(const struct link *link);

/** Reads one frame to `into`, at most `room` octets of it. Returns its length - which may be more than `room` -, 0 for none. */
size_t link_receive(struct link *link, uint8_t *into, size_t room);

/** Reads at most `count` frames, LINK_BURST at most. Returns how many it has taken: fewer than `count` when no more waits. A length of 0: one was dropped. */
unsigned link_receive_burst(struct link *link, struct link_frame *frames, unsigned count);

/** Writes down what has come: `length` octets, dropped when they are no frame, or `foreign`. */
void link_judge(struct link *link, struct link_frame *frame, size_t length, bool foreign);

/** Sends a frame, or keeps a copy until link_tend. */
void link_send(struct link *link, const uint8_t *frame, size_t length);

void link_close(struct link *link);

#endif
