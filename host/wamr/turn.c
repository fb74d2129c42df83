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
