#include "fault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PORTS = 4, WAITING = 1024, ETHERNET_HEADER = 14 };

static struct { double loss, dup, reorder, corrupt, delay, seed; } spec = { .seed = 1 };
/** The state of SplitMix32 by port and direction. */
static uint32_t state[PORTS][2];

static struct waiting {
    uint32_t at, order, port;
    enum fault_direction direction;
    size_t length;
    uint8_t *frame;
} waiting[WAITING];
static unsigned waiting_count;
static uint32_t order;

/** From 0 to less than 1. */
static double chance(uint32_t *s)
{
    uint32_t z = *s += 0x9e3779b9u;
    z = (z ^ z >> 16) * 0x21f0aaadu;
    z = (z ^ z >> 15) * 0x735a2d97u;
    return (z ^ z >> 15) / 4294967296.0;
}

bool fault_parse(const char *text, char *why, size_t why_size)
{
    const struct { const char *name; double *value, most; } keys[] = {
        { "loss=", &spec.loss, 1 }, { "dup=", &spec.dup, 1 }, { "reorder=", &spec.reorder, 1 }, { "corrupt=", &spec.corrupt, 1 },
        { "delay=", &spec.delay, 10000 }, { "seed=", &spec.seed, 4294967295.0 },
    };
    for (const char *word = text; word != NULL;) {
        bool known = false;
        for (size_t i = 0; i < sizeof keys / sizeof *keys && !known; i++) {
            size_t length = strlen(keys[i].name);
            char *end;
            if (strncmp(word, keys[i].name, length) != 0)
                continue;
            double value = strtod(word + length, &end);
            known = end != word + length && (*end == 0 || *end == ',') && value >= 0 && value <= keys[i].most;
            *keys[i].value = value;
        }
        if (!known) {
            snprintf(why, why_size, "--fault \"%s\": allowed are loss, dup, reorder and corrupt (0 to 1), delay (0 to 10000 ms), seed (0 to 4294967295), as in loss=0.3,seed=7", text);
            return false;
        }
        const char *comma = strchr(word, ',');
        word = comma == NULL ? NULL : comma + 1;
    }
    uint32_t mix = (uint32_t)spec.seed;
    for (int i = 0; i < 2 * PORTS; i++)
        state[i / 2][i & 1] = (uint32_t)(chance(&mix) * 4294967296.0);
    return true;
}

static void later(uint32_t port, enum fault_direction direction, const uint8_t *frame, size_t length, uint32_t at)
{
    uint8_t *copy = waiting_count < WAITING ? malloc(length) : NULL;
    if (copy == NULL)
        return;
    memcpy(copy, frame, length);
    waiting[waiting_count++] = (struct waiting){ at, order++, port, direction, length, copy };
}

void fault_pass(uint32_t port, enum fault_direction direction, uint8_t *frame, size_t length, uint32_t now, fault_next *next)
{
    uint32_t *s = &state[port][direction];
    /* As many draws for each frame whatever becomes of it: one frame's fate does not shift another's. */
    double lost = chance(s), hit = chance(s), where = chance(s), doubled = chance(s), late = chance(s), late_by = chance(s), again = chance(s);
    if (lost < spec.loss)
        return;
    if (hit < spec.corrupt && length > ETHERNET_HEADER) {
        size_t bit = (size_t)(where * (double)((length - ETHERNET_HEADER) * 8));
        frame[ETHERNET_HEADER + bit / 8] ^= (uint8_t)(1u << (bit & 7));
    }
    uint32_t delay = (uint32_t)spec.delay;
    if (doubled < spec.dup)
        later(port, direction, frame, length, now + delay + (uint32_t)(again * 20));
    uint32_t first = delay + (late < spec.reorder ? 10 + (uint32_t)(late_by * 40) : 0);
    if (first == 0)
        next(port, direction, frame, length);
    else
        later(port, direction, frame, length, now + first);
}

/** The place of what is due first; WAITING: nothing waits. */
static unsigned earliest(void)
{
    unsigned first = WAITING;
    for (unsigned i = 0; i < waiting_count; i++) {
        int32_t before = first == WAITING ? -1 : (int32_t)(waiting[i].at - waiting[first].at);
        if (before < 0 || (before == 0 && (int32_t)(waiting[i].order - waiting[first].order) < 0))
            first = i;
    }
    return first;
}

void fault_due(uint32_t now, fault_next *next)
{
    for (unsigned first = earliest(); first != WAITING && (int32_t)(now - waiting[first].at) >= 0; first = earliest()) {
        struct waiting due = waiting[first];
        waiting[first] = waiting[--waiting_count];
        next(due.port, due.direction, due.frame, due.length);
        free(due.frame);
    }
}

uint32_t fault_wait(uint32_t now)
{
    unsigned first = earliest();
    if (first == WAITING)
        return UINT32_MAX;
    int32_t left = (int32_t)(waiting[first].at - now);
    return left > 0 ? (uint32_t)left : 0;
}
