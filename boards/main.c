/*
 * The firmware: one loop between the ports, the console and the module. It never sleeps with a frame waiting, costs
 * nothing while there is none, and feeds the watchdog only when it has gone round.
 */
#include "board.h"
#include "engine.h"
#include "entropy.h"
#include "instance.h"
#include "mcu.h"
#include "records.h"
#include "text.h"
#include "timeline.h"
#include "turn.h"
#include <stdio.h>
#include <string.h>

#ifndef FIRMWARE_VERSION
#define FIRMWARE_VERSION "0"
#endif
#define PORTS 4u
/* Frames taken from one port before the others have their turn, and before the module works on them. */
#define BURST 16u
/* Longest wait, so that the watchdog is fed and the ports' links are looked at. */
#define WAIT_MAX_MS 1000u
#define LINK_LOOK_MS 1000u
/* What the board calls its ports, by commas; "": nothing of its own. board.json says it, in the manner of FastEthernet0/0. */
#ifndef PORT_NAMES
#define PORT_NAMES ""
#endif

/* From host/wamr/blobs.S: the configuration that this image starts with where none is stored. */
extern uint8_t blob_config[], blob_config_end[];

/* What a loader asks for, behind the seed at board_handed_over; zeros where there is no loader. tools/board/board.mjs writes it. */
struct flags {
    char interpreter[12]; /* "interpreter" */
    uint8_t events;       /* 1: EVENT lines go to the console, behind the word EVENT */
    uint8_t raw;          /* 1: the console's other end is a program */
    uint8_t unused[2];
    char replay[8]; /* "replay": a timeline follows */
    uint32_t replay_size;
    uint8_t timeline[];
};
enum { FLAGS_AT = 0x100 };

/* Outlives a reset, not power: what the next start has to tell. */
struct legacy {
    uint32_t magic, watchdogs, faults, running, crc;
    char why[120];
};
#define legacy (*(struct legacy *)legacy_page)
enum { LEGACY = 0x1e6ac7 };

static struct instance router;
static struct nic *ports[PORTS];
static unsigned port_count;
static struct record config;
static char config_text[CONFIG_MAX];
static bool config_stored;

static void say(const char *line)
{
    text_say(line);
}

#define SAY(...)                                  \
    do {                                          \
        char line_[320];                          \
        snprintf(line_, sizeof line_, __VA_ARGS__); \
        say(line_);                               \
    } while (0)

static void legacy_seal(void)
{
    legacy.magic = LEGACY;
    legacy.crc = 0;
    legacy.crc = crc32(0, &legacy, sizeof legacy);
}

static void legacy_open(void)
{
    uint32_t crc = legacy.crc;

    legacy.crc = 0;
    if (legacy.magic != LEGACY || crc32(0, &legacy, sizeof legacy) != crc)
        memset(&legacy, 0, sizeof legacy);
    legacy.why[sizeof legacy.why - 1] = 0;
}

void firmware_fault(const char *what, uintptr_t pc, uintptr_t address)
{
    legacy.faults++;
    legacy.running = 0;
    snprintf(legacy.why, sizeof legacy.why, "%s at 0x%lx, address 0x%lx", what, (unsigned long)pc, (unsigned long)address);
    legacy_seal();
    board_write("\r\n% The firmware stopped: ", 26);
    board_write(legacy.why, strlen(legacy.why));
    board_write("\r\n", 2);
    board_end(true);
}

/* The functions of struct host. */

static uint32_t now_ms(void *context)
{
    (void)context;
    return (uint32_t)(mcu_us() / 1000);
}

static uint32_t wall(void *context)
{
    (void)context;
    return 0;
}

static uint32_t entropy(void *context, uint8_t *into, uint32_t length)
{
    (void)context;
    return entropy_take(into, length);
}

static void send(void *context, uint32_t port, const uint8_t *frame, uint32_t length)
{
    (void)context;
    if (port < port_count)
        ports[port]->send(ports[port], frame, length);
}

static void console(void *context, const char *text, uint32_t length)
{
    (void)context;
    if (length > 0)
        text_module(text, length);
}

static void event(void *context, const char *text, uint32_t length)
{
    (void)context;
    if (length > 0) {
        text_write("EVENT ", 6);
        text_write(text, length);
    }
}

static enum instance_stored nvram(void *context, const char *text, uint32_t length)
{
    (void)context;
    if (length > sizeof config_text) {
        SAY("%% The startup configuration was not stored: %lu octets are more than %lu.", (unsigned long)length, (unsigned long)sizeof config_text);
        return STORED_NO_ROOM;
    }
    if (config.store == NULL || !record_replace(&config, text, length)) {
        SAY("%% The startup configuration was not stored: %s.", config.store == NULL ? "the board has no medium for it" : "the medium failed; the old one counts");
        return config.store == NULL ? STORED_NO_MEDIUM : STORED_MEDIUM_FAILED;
    }
    if (config.left)
        say("% The startup configuration is stored, but the medium keeps the old one beside it: its keys can be read there.");
    memcpy(config_text, text, length);
    config_stored = length > 0;
    return STORED_OK;
}

/* What the medium holds is what was read from it at the start, or written and found in it since. */
static uint32_t stored(void *context, char *into, uint32_t room)
{
    (void)context;
    if (!config_stored)
        return 0;
    memcpy(into, config_text, config.length < room ? config.length : room);
    return config.length;
}

static uint32_t startup(void *context, const char **text)
{
    (void)context;
    if (config_stored) {
        *text = config_text;
        return config.length;
    }
    *text = (const char *)blob_config;
    return (uint32_t)(blob_config_end - blob_config);
}

/*
 * The key under which the module wraps private keys: made at random when it is first wanted, in slots of its own. A board has nothing
 * that could hold it away from whoever holds the board (SECURITY.md).
 */
static bool device_key(void *context, uint8_t *key)
{
    static struct record kept;
    static uint8_t made[INSTANCE_DEVICE_KEY];
    static bool known;

    if (!known) {
        kept.store = board_store();
        kept.first = SLOT_KEY_A;
        if (kept.store == NULL)
            return false;
        known = record_read(&kept, made, sizeof made) == sizeof made;
        if (!known && kept.damaged)
            say("% The device key is damaged: stored private keys can't be read; a new one is made.");
        if (!known)
            known = entropy(context, made, sizeof made) == sizeof made && record_write(&kept, made, sizeof made);
        if (!known)
            return false;
    }
    memcpy(key, made, sizeof made);
    return true;
}

static void host_say(void *context, const char *line)
{
    (void)context;
    say(line);
}

/* What the instance knows of the ports' links, and when they were looked at. */
static bool linked[PORTS];
static uint32_t looked_at;

/** Ports that the board does not have are without a link. */
static bool has_link(void *context, uint32_t port)
{
    (void)context;
    return port < port_count && (linked[port] = ports[port]->link == NULL || ports[port]->link(ports[port]));
}

/* Once a second: tells the instance which cables have come or gone. */
static void links(void)
{
    uint32_t now = now_ms(NULL);

    if (now - looked_at < LINK_LOOK_MS)
        return;
    looked_at = now;
    for (unsigned i = 0; i < port_count; i++) {
        bool before = linked[i];

        if (has_link(NULL, i) != before)
            instance_port_state(&router, i, linked[i]);
    }
}

/* A board with names has no ports beside those that it names: such a one keeps EthernetN, which no configuration gives another name. */
static const char *port_name(void *context, uint32_t port)
{
    static char name[33];
    const char *at = PORT_NAMES;

    (void)context;
    if (at[0] == 0)
        return NULL;
    for (uint32_t n = port; n > 0 && at != NULL; n--)
        at = strchr(at, ',') != NULL ? strchr(at, ',') + 1 : NULL;
    if (at != NULL)
        snprintf(name, sizeof name, "%.*s", (int)strcspn(at, ","), at);
    else
        snprintf(name, sizeof name, "Ethernet%lu", (unsigned long)port);
    return name;
}

static struct host host = {
    .now = now_ms, .wall = wall, .random = entropy, .send = send, .console = console, .nvram = nvram, .stored = stored, .startup = startup,
    .device_key = device_key, .link = has_link, .port_name = port_name, .say = host_say,
};

/* What the firmware adds to `show version`. */
static void show(void)
{
    SAY("Board %s, started by %s; %lu watchdog resets and %lu faults since power on%s%s", board_name, board_reset_reason, (unsigned long)legacy.watchdogs, (unsigned long)legacy.faults,
        legacy.why[0] ? ", the last: " : "", legacy.why);
    engine_show(say);
    for (unsigned i = 0; i < port_count; i++)
        SAY("Ethernet%u: %lu frames in, %lu out, lost %lu by the ring, %lu damaged, %lu unsent", i, (unsigned long)ports[i]->received, (unsigned long)ports[i]->sent,
            (unsigned long)ports[i]->overrun, (unsigned long)ports[i]->errors, (unsigned long)ports[i]->unsent);
}

/* True: an octet was taken. */
static bool keyboard(void)
{
    int octet = board_read();

    if (octet < 0)
        return false;
    struct text_input input = text_key(octet);
    if (input.length > 0) {
        turn_input(&router, "Postern firmware " FIRMWARE_VERSION, show, input.text, (uint32_t)input.length);
        text_taken();
    }
    return true;
}

static bool waiting(uint32_t port)
{
    return ports[port]->waiting(ports[port]);
}

/* Without a buffer the frame waits in the ring: the ring is the queue, and what it loses is counted. */
static uint32_t receive(uint32_t port, uint8_t *at)
{
    return at == NULL ? 0 : ports[port]->receive(ports[port], at, FRAME_MAX);
}

/* Gives what has arrived to the module. True: something had. */
static bool frames(void)
{
    bool any = false;

    for (unsigned i = 0; i < port_count; i++) {
        ports[i]->quiet(ports[i]);
        any |= waiting(i);
        turn_frames(&router, i, BURST, waiting, receive);
    }
    return any;
}

static void read_config(void)
{
    uint32_t length;

    config.store = board_store();
    config.first = SLOT_CONFIG_A;
    if (config.store == NULL) {
        say("% There is no medium for the startup configuration; what is configured is lost with power.");
        return;
    }
    length = record_read(&config, config_text, sizeof config_text);
    config_stored = length > 0;
    if (config.damaged)
        SAY("%% A slot of the startup configuration is damaged; %s.", config.found ? "the other one is used" : "the default configuration is used");
}

static void replay_say(void *context, const char *line)
{
    host_say(context, line);
}

/*
 * A loader put a recorded timeline in memory (tests/boards/machine/timeline.ts): gives it to the module and prints the digest of
 * what comes out. No watchdog, no ports, no console.
 */
static void replay(struct image *image, const uint8_t *timeline, uint32_t size)
{
    struct timeline_result result;
    char why[160], line[TIMELINE_LINE];
    uint64_t begun = mcu_us();

    if (!timeline_replay(timeline, size, image, engine_memory(), mcu_us, replay_say, NULL, &result, why, sizeof why)) {
        SAY("%% %s", why);
        board_end(false);
    }
    timeline_line(&result, line);
    SAY("%s us=%lu poll=%lu frame=%lu", line, (unsigned long)(mcu_us() - begun), (unsigned long)result.longest_poll, (unsigned long)result.longest_frame);
    board_end(false);
}

int main(void)
{
    const struct flags *flags = (const struct flags *)(board_handed_over + FLAGS_AT);
    struct image image = engine_image(memcmp(flags->interpreter, "interpreter", 11) == 0);
    char why[160];

    legacy_open();
    board_start();
    /* Where the board can't tell: a start without power gone, from a loop that never ended, is the watchdog's. */
    if (legacy.running)
        board_reset_reason = "watchdog";
    SAY("\nPostern firmware %s on %s, started by %s.", FIRMWARE_VERSION, board_name, board_reset_reason);
    if (strcmp(board_reset_reason, "watchdog") == 0) {
        legacy.watchdogs++;
        snprintf(legacy.why, sizeof legacy.why, "watchdog: the module did not return");
        say("% The watchdog reset the board: the module had not returned.");
    } else if (legacy.why[0] != 0)
        SAY("%% Before this start: %s.", legacy.why);
    legacy.running = 0;
    legacy_seal();
    while (port_count < PORTS && (ports[port_count] = board_port(port_count)) != NULL)
        port_count++;
    read_config();
    SAY("%sEntropy: %s.", "", entropy_start((const uint8_t *)board_handed_over));
    if (!entropy_ready())
        say("% IKE does not start without entropy.");
    if (flags->events == 1)
        host.event = event;
    host.person = flags->raw != 1;
    if (flags->raw == 1)
        text_raw();
    if (memcmp(flags->replay, "replay", 6) == 0)
        replay(&image, flags->timeline, flags->replay_size);
    board_feed();
    legacy.running = 1;
    legacy_seal();
    if (!instance_open(&router, &host, &image, engine_memory(), why, sizeof why)) {
        SAY("%% %s", why);
        legacy.running = 0;
        legacy_seal();
        board_end(false);
    }
    router.counters.watchdogs = legacy.watchdogs;
    if (strcmp(board_reset_reason, "watchdog") == 0)
        turn_watchdog(&router, legacy.why);
    SAY("Ready after %lu ms, module run by %s.", (unsigned long)(mcu_us() / 1000), router.engine);

    for (;;) {
        uint32_t wait;
        bool busy;

        board_feed();
        busy = frames();
        for (unsigned n = 0; n < 64 && keyboard(); n++)
            busy = true;
        links();
        wait = instance_poll(&router);
        if (!busy && wait > 0)
            mcu_wait((uint64_t)(wait < WAIT_MAX_MS ? wait : WAIT_MAX_MS) * 1000);
    }
}
