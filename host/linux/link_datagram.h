/*
 * Links whose frames are datagrams of a socket, udp: and packet:, read and sent in bursts: one system call for as many as there are.
 * A tap's frames are sent from here as well.
 */
#ifndef POSTERN_LINK_DATAGRAM_H
#define POSTERN_LINK_DATAGRAM_H

#include "link.h"

/** As link_receive_burst. */
unsigned datagrams_receive(struct link *link, struct link_frame *frames, unsigned count);

/** Keeps a copy of a frame for datagrams_flush, which it calls itself when it is one too many. */
void datagrams_send(struct link *link, const uint8_t *frame, size_t length);

/** Sends what is kept. */
void datagrams_flush(struct link *link);

#endif
