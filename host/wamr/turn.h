/* What Linux and the boards do alike around an instance: frames from a port, a line from the operator, what an earlier program left. */
#ifndef POSTERN_TURN_H
#define POSTERN_TURN_H

#include "instance.h"

/**
 * Reads a frame of `port` to `at`, at most INSTANCE_FRAME_MAX octets of it, and returns its length: 0 where there is none, more
 * than INSTANCE_FRAME_MAX where it was longer. `at` is NULL when the module has no buffer: what is read then is lost.
 */
typedef uint32_t turn_receive(uint32_t port, uint8_t *at);

/** Whether a frame waits; where this can't be told, it is read. */
typedef bool turn_waiting(uint32_t port);

/** Gives the module at most `most` frames of a port; `waiting` may be NULL. Returns whether more may wait. */
bool turn_frames(struct instance *router, uint32_t port, unsigned most, turn_waiting *waiting, turn_receive *receive);

enum { TURN_BURST = 32 };

/** A frame of a burst: where its octets go (NULL: the module has no buffer, and it is lost), and its length as `turn_receive` has it. */
struct turn_frame {
    uint8_t *at;
    uint32_t length;
};

/** Reads at most `count` frames of `port`, and returns how many it has taken: fewer where no more waits. A length of 0 is no frame of ours. */
typedef unsigned turn_receive_burst(uint32_t port, struct turn_frame *frames, unsigned count);

/**
 * As `turn_frames`, for a port that gives several frames at once: they go where the module wants them. `size` is kept for
 * each port, 0 at first: how many frames are worth asking for, which follows what came last. False says that none waits, or that
 * the wait for the port ends at once.
 */
bool turn_burst(struct instance *router, uint32_t port, unsigned most, unsigned *size, turn_receive_burst *receive);

/** Gives console input; before `show version` the host says what it knows, `program` with a version first, then with `more` (NULL: nothing). Returns how many lines were refused. */
uint32_t turn_input(struct instance *router, const char *program, void (*more)(void), const char *text, uint32_t length);

/** An earlier program was ended by its watchdog, as `why` says: what `show version` tells as the last stop. */
void turn_watchdog(struct instance *router, const char *why);

#endif
