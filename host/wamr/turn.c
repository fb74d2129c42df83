#include "turn.h"

#include <stdio.h>

bool turn_frames(struct instance *router, uint32_t port, unsigned most, turn_waiting *waiting, turn_receive *receive)
{
    for (unsigned n = 0; n < most; n++) {
        if (waiting != NULL && !waiting(port))
            return false;
        uint8_t *at = instance_frame_alloc(router);
        uint32_t length = receive(port, at);
        if (at != NULL && length > 0)
            instance_frame(router, port, at, length);
        else if (at != NULL)
            instance_frame_free(router, at);
        if (length == 0)
            return false;
    }
    return true;
}

/** Reads `count` frames and gives them to the module. Returns how many there were. */
static unsigned round_of(struct instance *router, uint32_t port, unsigned count, turn_receive_burst *receive)
{
    struct turn_frame frames[TURN_BURST];
    unsigned ready = 0;
    while (ready < count && (frames[ready].at = instance_frame_spare(router)) != NULL)
        ready++;
    /* Nobody waits for a buffer: one frame is taken, and lost. */
    count = ready > 0 ? ready : 1;
    unsigned got = receive(port, frames, count);
    for (unsigned i = 0; i < count; i++) {
        if (i < got && frames[i].at == NULL)
            instance_frame_lost(router);
        else if (i < got && frames[i].length > 0)
            instance_frame(router, port, frames[i].at, frames[i].length);
        else if (frames[i].at != NULL)
            instance_frame_free(router, frames[i].at);
    }
    return got;
}

bool turn_burst(struct instance *router, uint32_t port, unsigned most, unsigned *size, turn_receive_burst *receive)
{
    unsigned wanted = *size > 0 ? *size : 1, taken = 0;
    for (;;) {
        wanted = wanted < most - taken ? wanted : most - taken;
        unsigned got = round_of(router, port, wanted, receive);
        taken += got;
        if (got < wanted) {
            *size = taken > 0 ? taken : 1;
            return false;
        }
        if (taken >= most || wanted < TURN_BURST) {
            /* As many as last time, or all that one turn takes. Whether there are more, whoever waits for the port is told: to ask it itself costs a call. */
            *size = 2 * wanted < TURN_BURST ? 2 * wanted : TURN_BURST;
            return taken >= most;
        }
    }
}

uint32_t turn_input(struct instance *router, const char *program, void (*more)(void), const char *text, uint32_t length)
{
    if (instance_asks_version(text, length)) {
        instance_show(router, program);
        if (more != NULL)
            more();
    }
    return instance_input(router, text, length);
}

void turn_watchdog(struct instance *router, const char *why)
{
    router->ending = ENDING_WATCHDOG;
    snprintf(router->why, sizeof router->why, "%s", why);
}
