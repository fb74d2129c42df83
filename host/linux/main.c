/*
 * postern-linux: the module in WAMR on Linux. Frames, time, entropy and a console go to the instance; it sleeps until the
 * module's next deadline, a frame or a key.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "console.h"
#include "fault.h"
#include "instance.h"
#include "nvram.h"
#include "options.h"
#include "processor.h"
#include "record.h"
#include "supervisor.h"
#include "timeline.h"
#include "turn.h"

/* From host/wamr/blobs.S. */
extern uint8_t blob_wasm[], blob_wasm_end[], blob_aot[], blob_aot_end[];
#if defined(__x86_64__)
extern uint8_t blob_aot_v3[], blob_aot_v3_end[], blob_aot_v4[], blob_aot_v4_end[];
#endif

/** Frames taken from one port before the others have their turn, and before the module works on them. */
enum { BURST = TURN_BURST };
enum { STACK_SIZE = 64 * 1024 };
_Static_assert((int)BURST <= (int)LINK_BURST, "a link reads a burst at once");

static struct options options;
static struct instance router;
static struct image image;
static const struct memory memory = { .stack_size = STACK_SIZE };
static char *startup_text;
static size_t startup_length;
/* The text above was stored, and is not the configuration of the arguments. */
static bool kept;
/* What an instance was started with: it may store another one while it reads. */
static char *given_text;
static uint32_t seed;
static int events_fd = -1;

static uint32_t now(void *context)
{
    struct timespec t;
    (void)context;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint32_t)((uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000);
}

static uint32_t wall(void *context)
{
    (void)context;
    return (uint32_t)time(NULL);
}

static uint32_t entropy(void *context, uint8_t *into, uint32_t length)
{
    uint32_t done = 0;
    (void)context;
    for (; options.seeded && done < length; done++) {
        seed = seed * 1664525u + 1013904223u;
        into[done] = (uint8_t)(seed >> 24);
    }
    while (done < length) {
        ssize_t got = getrandom(into + done, length - done, 0);
        if (got < 0 && errno != EINTR)
            break;
        done += got > 0 ? (uint32_t)got : 0;
    }
    return done;
}

/** A frame that the wire has let through. The capture shows the router's side of the wire. */
static void arrive(uint32_t port, enum fault_direction direction, uint8_t *frame, size_t length)
{
    if (direction == FAULT_OUT) {
        link_send(&options.links[port], frame, length);
        return;
    }
    uint8_t *at = instance_frame_alloc(&router);
    if (at == NULL || length > INSTANCE_FRAME_MAX) {
        if (at != NULL)
            instance_frame(&router, port, at, (uint32_t)length);
        return;
    }
    memcpy(at, frame, length);
    capture_frame(port, frame, length, true);
    instance_frame(&router, port, at, (uint32_t)length);
}

static void send_frame(void *context, uint32_t port, const uint8_t *frame, uint32_t length)
{
    (void)context;
    if (port >= options.link_count)
        return;
    capture_frame(port, frame, length, false);
    if (options.fault == NULL) {
        link_send(&options.links[port], frame, length);
        return;
    }
    uint8_t copy[INSTANCE_FRAME_MAX];
    if (length > sizeof copy)
        return;
    memcpy(copy, frame, length);
    fault_pass(port, FAULT_OUT, copy, length, now(NULL), arrive);
}

static void console_text(void *context, const char *text, uint32_t length)
{
    (void)context;
    console_write(text, length);
}

static void event_text(void *context, const char *text, uint32_t length)
{
    (void)context;
    if (events_fd >= 0 && write(events_fd, text, length) < 0)
        console_say("% An EVENT line could not be written.");
}

static void key_text(void *context, const char *text, uint32_t length)
{
    (void)context;
    keylog_write(text, length);
}

static void say(void *context, const char *line)
{
    (void)context;
    console_say(line);
}

static enum instance_stored store(void *context, const char *text, uint32_t length)
{
    char why[512], line[600];
    (void)context;
    char *copy = malloc((size_t)length + 1);
    if (copy == NULL)
        return STORED_NO_ROOM;
    errno = 0;
    if (options.startup != NULL && !nvram_write(options.startup, text, length, why, sizeof why)) {
        int fault = errno;
        snprintf(line, sizeof line, "%% The startup configuration was not stored: %s", why);
        console_say(line);
        free(copy);
        return fault == ENOSPC || fault == EDQUOT || fault == EFBIG ? STORED_NO_ROOM : fault == EROFS || fault == EACCES || fault == EPERM ? STORED_READ_ONLY : STORED_MEDIUM_FAILED;
    }
    memcpy(copy, text, length);
    free(startup_text);
    startup_text = copy;
    startup_length = length;
    kept = length > 0;
    return STORED_OK;
}

/** What is stored now: the file itself, whatever was meant to be in it. */
static uint32_t stored(void *context, char *into, uint32_t room)
{
    char why[512];
    bool absent;
    size_t length = kept ? startup_length : 0;
    (void)context;
    char *text = options.startup != NULL ? nvram_read(options.startup, &length, &absent, why, sizeof why) : kept ? startup_text : NULL;
    if (text == NULL)
        return 0;
    memcpy(into, text, length < room ? length : room);
    if (options.startup != NULL)
        free(text);
    return (uint32_t)length;
}

static uint32_t startup(void *context, const char **text)
{
    (void)context;
    free(given_text);
    given_text = startup_length > 0 ? malloc(startup_length) : NULL;
    if (given_text == NULL)
        return 0;
    memcpy(given_text, startup_text, startup_length);
    *text = given_text;
    return (uint32_t)startup_length;
}

/** A gateway without a file for its configuration has a key for as long as it runs. */
static bool device_key(void *context, uint8_t *key)
{
    static uint8_t own[INSTANCE_DEVICE_KEY];
    static bool drawn;
    char why[512], line[600];
    if (options.startup == NULL) {
        if (options.seeded)
            return false;
        drawn = drawn || entropy(context, own, sizeof own) == sizeof own;
        memcpy(key, own, sizeof own);
        return drawn;
    }
    if (nvram_device_key(options.startup, key, why, sizeof why))
        return true;
    snprintf(line, sizeof line, "%% There is no device key, and private keys are not stored: %s", why);
    console_say(line);
    return false;
}

/* What the instance knows of its ports' links. */
static bool linked[PORTS];

/** Ports that nobody gave a link have none. */
static bool has_link(void *context, uint32_t port)
{
    (void)context;
    return port < options.link_count && (linked[port] = link_up(&options.links[port]));
}

/** Tells the instance which links have come or gone. */
static void tell_links(void)
{
    for (unsigned i = 0; i < options.link_count; i++) {
        bool up = link_up(&options.links[i]);
        if (up != linked[i])
            instance_port_state(&router, i, up);
        linked[i] = up;
    }
}

/** A port's name, where that is one as interfaces have it; EthernetN is what port N is called anyway. */
static const char *port_name(void *context, uint32_t port)
{
    static const char *const types[] = { "FastEthernet", "GigabitEthernet", "TenGigabitEthernet", "Ethernet", "Serial" };
    (void)context;
    if (port >= options.link_count)
        return NULL;
    for (unsigned i = 0; i < sizeof types / sizeof types[0]; i++) {
        const char *name = options.names[port];
        size_t length = strlen(types[i]), digits;
        if (strncasecmp(name, types[i], length) != 0)
            continue;
        digits = strspn(name + length, "0123456789/");
        if (digits == 0 || name[length + digits] != '\0' || length + digits > 32)
            return NULL;
        return i == 3 && strchr(name, '/') == NULL ? NULL : name;
    }
    return NULL;
}

static struct host host = {
    .now = now, .wall = wall, .random = entropy, .send = send_frame, .console = console_text, .event = event_text, .nvram = store,
    .stored = stored, .startup = startup, .device_key = device_key, .link = has_link, .port_name = port_name, .say = say,
};

static uint32_t take_input(const char *text, uint32_t length)
{
    return turn_input(&router, "postern-linux", NULL, text, length);
}

/** A file that replaces a part of this program. */
static uint8_t *file(const char *path, uint32_t *length)
{
    char why[512];
    bool absent;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    off_t size = fd >= 0 ? lseek(fd, 0, SEEK_END) : -1;
    uint8_t *bytes = size > 0 && size < INT32_MAX ? aligned_alloc(16, ((size_t)size + 15) & ~(size_t)15) : NULL;
    if (bytes == NULL || pread(fd, bytes, (size_t)size, 0) != size) {
        free(nvram_read(path, &(size_t){ 0 }, &absent, why, sizeof why));
        fprintf(stderr, "postern-linux: %s\n", bytes == NULL && size == 0 ? "the file is empty" : why);
        free(bytes);
        bytes = NULL;
    }
    if (fd >= 0)
        close(fd);
    *length = (uint32_t)size;
    return bytes;
}

/** What the operator is told when compiled code could run but for the processor; empty: nothing. */
static char lacking[96];

/** The compiled code that suits this processor best. */
static uint8_t *compiled(uint32_t *size)
{
#if defined(__x86_64__)
    uint8_t *const forms[][2] = { [PROCESSOR_PLAIN] = { blob_aot, blob_aot_end }, [PROCESSOR_V3] = { blob_aot_v3, blob_aot_v3_end }, [PROCESSOR_V4] = { blob_aot_v4, blob_aot_v4_end } };
    uint8_t *const *form = forms[processor_form()];
#else
    uint8_t *const form[] = { blob_aot, blob_aot_end };
#endif
    *size = (uint32_t)(form[1] - form[0]);
    return form[0];
}

/** What is run: the parts of this program, or the files of the arguments. */
static bool choose_image(void)
{
    image = (struct image){ .wasm = blob_wasm, .wasm_size = (uint32_t)(blob_wasm_end - blob_wasm), .interpreter = options.interpreter };
    image.aot = compiled(&image.aot_size);
    if (options.module != NULL) {
        image.aot_size = 0;
        image.wasm = file(options.module, &image.wasm_size);
    }
    if (options.aot != NULL)
        image.aot = file(options.aot, &image.aot_size);
    const char *lacks = image.interpreter || image.aot_size == 0 ? NULL : processor_lacks();
    if (lacks != NULL) {
        snprintf(lacking, sizeof lacking, "%% This processor has no %s: the interpreter runs the scalar module.", lacks);
        image.aot_size = 0;
    }
    return image.wasm != NULL && image.aot != NULL;
}

static bool read_startup(void)
{
    const char *paths[] = { options.startup, options.config };
    for (int i = 0; i < 2 && startup_length == 0; i++) {
        char why[512];
        bool absent = false;
        if (paths[i] == NULL)
            continue;
        free(startup_text);
        startup_text = nvram_read(paths[i], &startup_length, &absent, why, sizeof why);
        if (startup_text == NULL && !(i == 0 && absent)) {
            fprintf(stderr, "postern-linux: %s\n", why);
            return false;
        }
        if (startup_text != NULL && strlen(startup_text) != startup_length) {
            fprintf(stderr, "postern-linux: %s is not a text\n", paths[i]);
            return false;
        }
    }
    return true;
}

/** The same over a bad wire. */
static bool receive_badly(uint32_t port)
{
    static uint8_t frame[LINK_FRAME_MAX];
    for (int i = 0; i < BURST; i++) {
        size_t length = link_receive(&options.links[port], frame, sizeof frame);
        if (length == 0)
            return false;
        fault_pass(port, FAULT_IN, frame, length <= sizeof frame ? length : sizeof frame, now(NULL), arrive);
    }
    return true;
}

/** Without a buffer the frame is taken all the same, and lost: nobody would wait for it. */
static unsigned receive_well(uint32_t port, struct turn_frame *frames, unsigned count)
{
    uint8_t spare[LINK_HEADER];
    struct link_frame read[LINK_BURST];
    for (unsigned i = 0; i < count; i++)
        read[i] = frames[i].at != NULL ? (struct link_frame){ frames[i].at, INSTANCE_FRAME_MAX, 0 } : (struct link_frame){ spare, sizeof spare, 0 };
    unsigned got = link_receive_burst(&options.links[port], read, count);
    for (unsigned i = 0; i < got; i++) {
        size_t length = read[i].length;
        frames[i].length = (uint32_t)length;
        if (frames[i].at != NULL && length > 0)
            capture_frame(port, frames[i].at, length < INSTANCE_FRAME_MAX ? length : INSTANCE_FRAME_MAX, true);
    }
    return got;
}

/** Takes at most BURST frames from a port. Returns whether more may wait. */
static bool receive(uint32_t port)
{
    static unsigned sizes[PORTS];
    return options.fault != NULL ? receive_badly(port) : turn_burst(&router, port, BURST, &sizes[port], receive_well);
}

/** One turn: what is due, a wait, what has come. Returns false when the operator leaves. */
static bool turn(uint32_t *wait)
{
    struct pollfd entries[2 * PORTS + CONSOLE_WAITS];
    unsigned first[PORTS + 1], count = 0;
    for (unsigned i = 0; i < options.link_count; i++) {
        uint32_t tend = link_tend(&options.links[i], now(NULL));
        *wait = tend < *wait ? tend : *wait;
        first[i] = count;
        count += link_wait(&options.links[i], entries + count);
    }
    first[options.link_count] = count;
    unsigned console = count;
    count += console_wait(entries + count);
    uint32_t due = fault_wait(now(NULL));
    *wait = due < *wait ? due : *wait;
    int timeout = *wait > INT32_MAX ? -1 : (int)*wait;
    if (poll(entries, count, timeout) < 0 && errno != EINTR)
        return false;
    watchdog_feed();
    bool more = false, keys = false;
    for (unsigned i = 0; i < options.link_count; i++)
        for (unsigned n = first[i]; n < first[i + 1]; n++)
            if (entries[n].revents != 0 && entries[n].fd == options.links[i].fd)
                more |= receive(i);
    for (unsigned n = console; n < count; n++)
        keys |= entries[n].revents != 0;
    if (keys && !console_tend())
        return false;
    fault_due(now(NULL), arrive);
    tell_links();
    *wait = instance_poll(&router);
    if (more)
        *wait = 0;
    return !console_over();
}

/** One life of the router. */
static int run(const struct legacy *legacy)
{
    char why[512];
    uint32_t wait = 0;
    seed = options.seed;
    if (!read_startup())
        return 2;
    if (options.events != NULL && (events_fd = open(options.events, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) < 0) {
        fprintf(stderr, "postern-linux: %s can't be used: %s\n", options.events, strerror(errno));
        return 2;
    }
    int status = 2;
    unsigned opened = 0;
    const char *names[PORTS] = { options.names[0], options.names[1], options.names[2], options.names[3] };
    bool records = (options.pcap == NULL || capture_open(options.pcap, names, options.link_count, why, sizeof why)) && (options.keylog == NULL || keylog_open(options.keylog, why, sizeof why));
    if (options.keylog != NULL)
        host.keylog = key_text;
    while (records && opened < options.link_count && link_open(&options.links[opened], why, sizeof why))
        opened++;
    if (records && opened == options.link_count && console_open(options.console, options.stay, take_input, why, sizeof why)) {
        char line[256];
        host.person = console_person();
        if (legacy->why[0] != 0) {
            snprintf(line, sizeof line, "%% The router was started again (%s)", legacy->why);
            console_say(line);
        }
        for (unsigned i = 0; i < options.link_count; i++) {
            snprintf(line, sizeof line, "postern-linux: Ethernet%u is %s, %s", i, options.names[i], options.links[i].text);
            console_say(line);
        }
        if (lacking[0] != 0)
            console_say(lacking);
        for (unsigned i = 0; i < options.link_count; i++) {
            /* Due now, whatever the clock counts from. */
            options.links[i].look_at = options.links[i].dial_at = now(NULL);
            link_tend(&options.links[i], options.links[i].dial_at);
        }
        if (options.seeded)
            console_say("% NOT SECURE: --seed makes all keys predictable.");
        status = instance_open(&router, &host, &image, &memory, why, sizeof why) ? 0 : 2;
        if (status == 0) {
            router.counters.watchdogs = legacy->watchdogs;
            if (legacy->why[0] != 0)
                turn_watchdog(&router, legacy->why);
            snprintf(line, sizeof line, "postern-linux: the module runs in WAMR, %s", router.engine);
            console_say(line);
            if (router.unprotected > 0 && !options.lenient) {
                snprintf(why, sizeof why, "%u refused line%s would have filtered, translated, authenticated or encrypted; --no-strict starts all the same, with the interfaces concerned shut down",
                         (unsigned)router.unprotected, router.unprotected == 1 ? "" : "s");
                status = 2;
            } else
                wait = instance_poll(&router);
            while (status == 0 && !supervisor_ends() && turn(&wait)) {
            }
            instance_close(&router);
        }
        console_close();
    }
    if (status != 0)
        fprintf(stderr, "postern-linux: %s\n", why);
    for (unsigned i = 0; i < opened; i++)
        link_close(&options.links[i]);
    return status;
}

static void say_plain(void *context, const char *line)
{
    (void)context;
    fprintf(stderr, "%s\n", line);
}

static int replay(void)
{
    char why[256], line[TIMELINE_LINE];
    uint32_t length = 0;
    struct timeline_result result;
    uint8_t *timeline = file(options.replay, &length);
    if (timeline == NULL)
        return 2;
    if (lacking[0] != 0)
        say_plain(NULL, lacking);
    if (!timeline_replay(timeline, length, &image, &memory, NULL, say_plain, NULL, &result, why, sizeof why)) {
        fprintf(stderr, "postern-linux: %s: %s\n", options.replay, why);
        return 1;
    }
    timeline_line(&result, line);
    puts(line);
    return 0;
}

int main(int argc, char **argv)
{
    bool done = false;
    int status = options_read(&options, argc, argv, &done);
    if (status != 0 || done)
        return status;
    if (!choose_image())
        return 2;
    if (options.replay != NULL)
        return replay();
    return supervise(run, options.watchdog);
}
