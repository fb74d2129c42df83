#include "timeline.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sha256.h"

enum { HEADER = 16, KIND_FRAME = 1, KIND_POLL = 2, KIND_INPUT = 3, SETTLES = 100000 };

struct replay {
    uint32_t now, wall, seed, frames;
    struct sha256 hash;
    void (*say)(void *context, const char *line);
    void *say_context;
};

static uint32_t little32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint32_t replay_now(void *context)
{
    return ((struct replay *)context)->now;
}

static uint32_t replay_wall(void *context)
{
    return ((struct replay *)context)->wall;
}

static uint32_t replay_random(void *context, uint8_t *into, uint32_t length)
{
    struct replay *replay = context;
    for (uint32_t i = 0; i < length; i++) {
        replay->seed = replay->seed * 1664525u + 1013904223u;
        into[i] = (uint8_t)(replay->seed >> 24);
    }
    return length;
}

static void replay_send(void *context, uint32_t port, const uint8_t *frame, uint32_t length)
{
    struct replay *replay = context;
    uint8_t head[8];
    for (int i = 0; i < 4; i++) {
        head[i] = (uint8_t)(port >> 8 * i);
        head[4 + i] = (uint8_t)(length >> 8 * i);
    }
    sha256_add(&replay->hash, head, sizeof head);
    sha256_add(&replay->hash, frame, length);
    replay->frames++;
}

static void replay_text(void *context, const char *text, uint32_t length)
{
    (void)context, (void)text, (void)length;
}

static enum instance_stored replay_nvram(void *context, const char *text, uint32_t length)
{
    (void)context, (void)text, (void)length;
    return STORED_OK;
}

static uint32_t replay_startup(void *context, const char **text)
{
    (void)context;
    *text = "";
    return 0;
}

static void replay_say(void *context, const char *line)
{
    struct replay *replay = context;
    replay->say(replay->say_context, line);
}

static uint64_t no_clock(void)
{
    return 0;
}

/** Takes note of a call that began at `begun`. */
static void lasted(uint32_t *longest, uint64_t begun, uint64_t now)
{
    if (now - begun > *longest)
        *longest = (uint32_t)(now - begun);
}

/** Gives one record. Returns false when it is of no known kind. */
static bool give(struct instance *router, const uint8_t *record, uint32_t length, uint64_t (*us)(void), struct timeline_result *result)
{
    switch (record[0]) {
    case KIND_FRAME: {
        uint8_t *at = length <= INSTANCE_FRAME_MAX ? instance_frame_alloc(router) : NULL;
        if (at != NULL) {
            memcpy(at, record + 8, length);
            uint64_t begun = us();
            instance_frame(router, record[1], at, length);
            lasted(&result->longest_frame, begun, us());
        }
        return true;
    }
    case KIND_POLL:
        /* Builds cut long work into other slices: all get as far. */
        for (uint32_t polls = 0, wait = 0; polls < SETTLES && wait == 0; polls++) {
            uint64_t begun = us();
            wait = instance_poll(router);
            lasted(&result->longest_poll, begun, us());
        }
        return true;
    case KIND_INPUT:
        instance_input(router, (const char *)record + 8, length);
        return true;
    default:
        return false;
    }
}

bool timeline_replay(const uint8_t *timeline, uint32_t size, struct image *image, const struct memory *memory, uint64_t (*us)(void),
                     void (*say)(void *context, const char *line), void *context, struct timeline_result *result, char *why, size_t why_size)
{
    static struct replay replay;
    static struct instance router;
    static const struct host host = {
        .context = &replay, .now = replay_now, .wall = replay_wall, .random = replay_random, .send = replay_send,
        .console = replay_text, .nvram = replay_nvram, .startup = replay_startup, .say = replay_say,
    };
    if (size < HEADER || memcmp(timeline, "PTL1", 4) != 0) {
        snprintf(why, why_size, "it is not a timeline");
        return false;
    }
    replay = (struct replay){ .seed = little32(timeline + 4), .wall = little32(timeline + 8), .now = little32(timeline + 12), .say = say, .say_context = context };
    sha256_start(&replay.hash);
    if (!instance_open(&router, &host, image, memory, why, why_size))
        return false;
    *result = (struct timeline_result){ .engine = router.engine };
    bool whole = true;
    for (uint32_t at = HEADER; whole && at < size;) {
        uint32_t length = size - at >= 8 ? (uint32_t)timeline[at + 2] | (uint32_t)timeline[at + 3] << 8 : 0;
        whole = size - at >= 8 && size - at - 8 >= length;
        if (whole) {
            replay.now = little32(timeline + at + 4);
            whole = give(&router, timeline + at, length, us != NULL ? us : no_clock, result);
        }
        at += 8 + ((length + 3) & ~3u);
        result->records++;
    }
    bool stopped = router.ending != ENDING_NONE;
    if (!whole)
        snprintf(why, why_size, "record %u is not of the format", (unsigned)result->records);
    else if (stopped)
        snprintf(why, why_size, "the module stopped: %s", router.why);
    instance_close(&router);
    result->frames = replay.frames;
    sha256_end(&replay.hash, result->digest);
    return whole && !stopped;
}

void timeline_line(const struct timeline_result *result, char line[TIMELINE_LINE])
{
    int used = snprintf(line, TIMELINE_LINE, "replay engine=%s records=%" PRIu32 " frames=%" PRIu32 " sha256=", result->engine, result->records, result->frames);
    for (unsigned i = 0; i < sizeof result->digest; i++)
        used += snprintf(line + used, TIMELINE_LINE - (size_t)used, "%02x", result->digest[i]);
}
