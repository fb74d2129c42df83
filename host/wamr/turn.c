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

bool turn_burst(struct instance *router, uint32_t port, unsigned most, unsigned *size, turn_receive_burst *receive)
{
    struct turn_frame frames[TURN_BURST];
    unsigned wanted = *size > 1 ? *size : 2, taken = 0;
    while (taken < most) {
        unsigned count = 0, got;
        wanted = wanted < most - taken ? wanted : most - taken;
        while (count < wanted && (frames[count].at = instance_frame_spare(router)) != NULL)
            count++;
        /* Nobody waits for a buffer: one frame is taken, and lost. */
        count = count > 0 ? count : 1;
        got = receive(port, frames, count);
        for (unsigned i = 0; i < count; i++) {
            if (frames[i].at == NULL) {
                if (got > 0)
                    instance_frame_lost(router);
                continue;
            }
            if (i < got && frames[i].length > 0)
                instance_frame(router, port, frames[i].at, frames[i].length);
            else
                instance_frame_free(router, frames[i].at);
        }
        taken += got;
        if (got < count) {
            *size = taken + 1 < TURN_BURST ? taken + 1 : TURN_BURST;
            return false;
        }
        wanted = 2 * wanted < TURN_BURST ? 2 * wanted : TURN_BURST;
    }
    *size = TURN_BURST;
    return true;
}

void turn_input(struct instance *router, const char *program, void (*more)(void), const char *text, uint32_t length)
{
    if (instance_asks_version(text, length)) {
        instance_show(router, program);
        if (more != NULL)
            more();
    }
    instance_input(router, text, length);
}

void turn_watchdog(struct instance *router, const char *why)
{
    router->ending = ENDING_WATCHDOG;
    snprintf(router->why, sizeof router->why, "%s", why);
}
