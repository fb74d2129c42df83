/* Loading, restarts, and the calls into the module. The order of calls is host/node/instance.ts's. */
#include "instance.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "natives.h"
#include "wasm_export.h"

enum { HALT_RELOAD = 2, KEYLOG_ALLOWED = 1, NARROW = 2 };
/** The runtime makes an operand stack beside AOT code, too; nothing is ever on it. */
enum { AOT_STACK = 1024 };
/** Starts within one second after which the next one waits, and how long it waits at first and at most, in ms. */
enum { RESTARTS_PER_SECOND = 3, PAUSE_FIRST = 1000, PAUSE_MAX = 60000 };

/** The exports that are called, in the order of `struct instance`'s functions. */
enum instance_export { ABI_VERSION, INIT, FRAME_ALLOC, FRAME_FREE, ON_FRAME, POLL, CONSOLE_BUFFER, CONSOLE_IN, DEVICE_KEY, UNPROTECTED, PORT_STATE, EXPORTS };
_Static_assert((unsigned)EXPORTS == INSTANCE_EXPORTS, "each has its place in an instance");

static const char *const export_names[EXPORTS] = { "abi_version", "init", "frame_alloc", "frame_free", "on_frame", "poll", "console_buffer", "console_in", "device_key", "unprotected", "port_state" };

static uint32_t clock_now(const struct instance *router)
{
    return router->host->now(router->host->context);
}

static void say(const struct instance *router, const char *line)
{
    router->host->say(router->host->context, line);
}

static uint32_t little32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/** CRC-32 (IEEE 802.3) of `length` octets: once, over an image. */
static uint32_t crc32(const uint8_t *at, uint32_t length)
{
    /* What an octet comes to that has 0 to 3 others behind it: a megabyte is looked through at every start. */
    static uint32_t octet[4][256];
    const uint8_t *end = at + length;
    uint32_t crc = 0xffffffffu;
    for (uint32_t i = 0; octet[3][255] == 0 && i < 256; i++) {
        uint32_t one = i;
        for (int bit = 0; bit < 8; bit++)
            one = (one >> 1) ^ (0xedb88320u & (0u - (one & 1)));
        octet[0][i] = one;
    }
    for (uint32_t behind = 1; octet[3][255] == 0 && behind < 4; behind++)
        for (uint32_t i = 0; i < 256; i++)
            octet[behind][i] = octet[0][octet[behind - 1][i] & 255] ^ octet[behind - 1][i] >> 8;
    for (; end - at >= 4; at += 4) {
        crc ^= little32(at);
        crc = octet[3][crc & 255] ^ octet[2][crc >> 8 & 255] ^ octet[1][crc >> 16 & 255] ^ octet[0][crc >> 24];
    }
    for (; at < end; at++)
        crc = octet[0][(crc ^ *at) & 255] ^ crc >> 8;
    return ~crc;
}

/** The AOT file without its trailer ("PAOT", CRC-32); 0: damaged. The loader trusts what it reads, so nothing else may reach it. */
static uint32_t checked_aot(const struct image *image)
{
    if (image->aot_size < 16)
        return 0;
    uint32_t length = image->aot_size - 8;
    const uint8_t *trailer = image->aot + length;
    return memcmp(trailer, "PAOT", 4) == 0 && little32(trailer + 4) == crc32(image->aot, length) ? length : 0;
}

/** Calls an export with `count` arguments; its result takes the place of the first. Returns false when the instance has stopped. */
static bool call(struct instance *router, enum instance_export which, uint32_t count, uint32_t *arguments)
{
    return wasm_runtime_call_wasm(router->exec_env, router->functions[which], count, arguments);
}

/** For the module's imports, inside a call: what stops the module stops that call. */
static void give_back(struct instance *router, uint32_t address)
{
    uint32_t arguments[2] = { address };
    call(router, FRAME_FREE, 1, arguments);
}

/** Starts the runtime and loads one form of the module into it. On failure there is no runtime, and `reason` says why. */
static bool load_form(struct instance *router, struct image *image, bool interpreter, char *reason, size_t reason_size)
{
    RuntimeInitArgs init = { .mem_alloc_type = Alloc_With_System_Allocator };
    LoadArgs load = { .name = "", .wasm_binary_freeable = image->loaded != NULL };
    if (image->prepare != NULL)
        image->prepare(image, interpreter);
    uint8_t *form = interpreter ? image->wasm : image->aot;
    uint32_t length = interpreter ? image->wasm_size : form != NULL ? checked_aot(image) : 0;
    if (form == NULL || length == 0) {
        snprintf(reason, reason_size, interpreter ? "there is no module" : "it is damaged");
        return false;
    }
    if (router->memory.take != NULL) {
        init.mem_alloc_type = Alloc_With_Allocator;
        init.mem_alloc_option.allocator.malloc_func = (void *)router->memory.take;
        init.mem_alloc_option.allocator.realloc_func = (void *)router->memory.retake;
        init.mem_alloc_option.allocator.free_func = (void *)router->memory.give;
    }
    if (!wasm_runtime_full_init(&init)) {
        snprintf(reason, reason_size, "the runtime does not start: no memory");
        return false;
    }
    wasm_runtime_set_log_level(WASM_LOG_LEVEL_FATAL);
    if (!natives_register(router, give_back))
        snprintf(reason, reason_size, "the runtime takes no functions: no memory");
    else
        router->module = wasm_runtime_load_ex(form, length, &load, reason, (uint32_t)reason_size);
    if (router->module == NULL) {
        wasm_runtime_destroy();
        return false;
    }
    if (image->loaded != NULL)
        image->loaded(image, interpreter ? NULL : router->module);
    return true;
}

/** Loads the engine that the image allows. */
static bool load(struct instance *router, struct image *image, char *why, size_t why_size)
{
    char reason[128] = "";
    bool wanted = !image->interpreter && image->aot_size > 0;
    router->module = NULL;
    router->engine = "AOT";
    router->aot = true;
    if (wanted && load_form(router, image, false, reason, sizeof reason))
        return true;
    if (wanted) {
        char line[256];
        snprintf(line, sizeof line, "%% The AOT section is refused (%s): the interpreter runs.", reason);
        say(router, line);
    }
    router->engine = "interpreter";
    router->aot = false;
    if (load_form(router, image, true, reason, sizeof reason))
        return true;
    snprintf(why, why_size, "the module can't be loaded: %s", reason);
    return false;
}

static void drop(struct instance *router)
{
    if (router->exec_env != NULL)
        wasm_runtime_destroy_exec_env(router->exec_env);
    if (router->wasm_instance != NULL)
        wasm_runtime_deinstantiate(router->wasm_instance);
    router->exec_env = router->wasm_instance = NULL;
}

/** A fresh instance, of which nothing has been called. On failure there is none, and `why` says why. */
static bool instantiate(struct instance *router, char *why, uint32_t why_size)
{
    drop(router);
    uint32_t stack_size = router->aot ? AOT_STACK : router->memory.stack_size;
    router->halted = false;
    if (router->image->fresh != NULL)
        router->image->fresh(router->image);
    router->wasm_instance = wasm_runtime_instantiate(router->module, stack_size, 0, why, why_size);
    if (router->wasm_instance == NULL)
        return false;
    router->exec_env = wasm_runtime_create_exec_env(router->wasm_instance, stack_size);
    if (router->exec_env == NULL) {
        snprintf(why, why_size, "no memory for the stack");
        drop(router);
        return false;
    }
    for (int i = 0; i < EXPORTS; i++) {
        router->functions[i] = wasm_runtime_lookup_function(router->wasm_instance, export_names[i]);
        if (router->functions[i] == NULL) {
            snprintf(why, why_size, "the module does not export \"%s\"", export_names[i]);
            drop(router);
            return false;
        }
    }
    return true;
}

/** When the next instance may start: at once, but after too many in a second with a pause that doubles. */
static uint32_t next_start(struct instance *router, uint32_t now)
{
    uint32_t kept = 0;
    if (router->recent_count > 0 && now - router->recent[router->recent_count - 1] > PAUSE_MAX)
        router->pause = PAUSE_FIRST;
    for (uint32_t i = 0; i < router->recent_count; i++)
        if (now - router->recent[i] < 1000)
            router->recent[kept++] = router->recent[i];
    router->recent_count = kept;
    if (kept < RESTARTS_PER_SECOND) {
        router->recent[router->recent_count++] = now;
        return now;
    }
    router->recent[kept - 1] = now;
    uint32_t at = now + router->pause;
    router->pause = router->pause * 2 < PAUSE_MAX ? router->pause * 2 : PAUSE_MAX;
    return at;
}

/** Takes note of how the instance ended in `where`, and drops it. */
static void ended(struct instance *router, const char *where, const char *message)
{
    static const char *const names[] = { "", "trap", "assertion", "reload", "watchdog" };
    char line[320], pause[24] = "";
    bool reload = router->halted && router->halt_code == HALT_RELOAD;
    router->ending = reload ? ENDING_RELOAD : router->halted ? ENDING_ASSERTION : ENDING_TRAP;
    if (router->halted && !reload)
        snprintf(router->why, sizeof router->why, "assertion at line %" PRIu32 " in %s", router->halt_line, where);
    else if (!reload)
        snprintf(router->why, sizeof router->why, "%s in %s: %s", names[router->ending], where, message);
    else
        snprintf(router->why, sizeof router->why, "reload");
    if (reload)
        router->counters.reloads++;
    else if (router->halted)
        router->counters.assertions++;
    else
        router->counters.traps++;
    drop(router);
    uint32_t now = clock_now(router);
    router->stopped_at = now;
    router->starts_at = next_start(router, now);
    router->waiting = true;
    if (router->starts_at != now)
        snprintf(pause, sizeof pause, " in %" PRIu32 " s", (router->starts_at - now) / 1000);
    if (reload)
        snprintf(line, sizeof line, "%% Reload: a fresh instance starts with the startup configuration.");
    else
        snprintf(line, sizeof line, "%% The module stopped (%s); a fresh instance starts with the startup configuration%s (stop %" PRIu32 " since the host started).",
                 router->why, pause, router->counters.traps + router->counters.assertions);
    say(router, line);
}

/** Calls an export from the outside: what stops it ends the instance. `arguments` has room for four. */
static bool enter(struct instance *router, enum instance_export which, uint32_t count, uint32_t *arguments)
{
    if (call(router, which, count, arguments))
        return true;
    const char *message = wasm_runtime_get_exception(router->wasm_instance);
    char copy[96] = "stopped";
    if (message != NULL)
        snprintf(copy, sizeof copy, "%s", strncmp(message, "Exception: ", 11) == 0 ? message + 11 : message);
    ended(router, export_names[which], copy);
    return false;
}

/** Gives console input, divided at ends of lines where it is longer than the buffer. Returns the lines that were refused. */
static uint32_t give(struct instance *router, const char *text, uint32_t length)
{
    uint32_t refused = 0;
    while (length > 0 && router->exec_env != NULL) {
        uint32_t part = length, arguments[4] = { 0 };
        if (part > INSTANCE_CONSOLE_BUFFER) {
            part = INSTANCE_CONSOLE_BUFFER;
            while (part > 0 && text[part - 1] != '\n')
                part--;
            if (part == 0)
                part = INSTANCE_CONSOLE_BUFFER;
        }
        if (!enter(router, CONSOLE_BUFFER, 0, arguments))
            break;
        if (!wasm_runtime_validate_app_addr(router->wasm_instance, arguments[0], part)) {
            ended(router, export_names[CONSOLE_BUFFER], "an address outside the memory");
            break;
        }
        memcpy(wasm_runtime_addr_app_to_native(router->wasm_instance, arguments[0]), text, part);
        arguments[0] = part;
        if (enter(router, CONSOLE_IN, 1, arguments))
            refused += arguments[0];
        text += part;
        length -= part;
    }
    return refused;
}

/** What the host says of itself before the startup configuration: what its ports are called, and that a person sits at the console. Returns its length. */
static uint32_t introduction(const struct host *host, char *text, size_t size)
{
    size_t used = 0;
    for (uint32_t port = 0; port < INSTANCE_PORTS && host->port_name != NULL; port++) {
        const char *name = host->port_name(host->context, port);
        if (name != NULL)
            used += (size_t)snprintf(text + used, size - used, "port-name %" PRIu32 " %.32s\n", port, name);
    }
    if (host->person)
        used += (size_t)snprintf(text + used, size - used, "terminal editing\n");
    return (uint32_t)used;
}

/**
 * Gives the startup configuration, without carriage returns, framed as host/abi.md says, behind the host's introduction. The first piece has both: between
 * them the module would print a prompt.
 */
static uint32_t give_startup(struct instance *router, const char *text, uint32_t length)
{
    static const char begin[] = "configure startup\n", end[] = "end startup\n";
    static char lines[2048];
    uint32_t used = introduction(router->host, lines, sizeof lines - sizeof begin);
    if (length == 0)
        return used > 0 ? give(router, lines, used) : 0;
    memcpy(lines + used, begin, sizeof begin - 1);
    uint32_t refused = give(router, lines, used + (uint32_t)sizeof begin - 1);
    used = 0;
    char last = '\n';
    while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r'))
        length--;
    /* In pieces that end where lines end; a line longer than a piece is none of the grammar's. */
    for (uint32_t i = 0; i < length; i++) {
        if (text[i] == '\r')
            continue;
        lines[used++] = last = text[i];
        uint32_t whole = used;
        if (used == sizeof lines || i + 1 == length) {
            if (used == sizeof lines)
                while (whole > 0 && lines[whole - 1] != '\n')
                    whole--;
            if (whole == 0 || i + 1 == length)
                whole = used;
            refused += give(router, lines, whole);
            memmove(lines, lines + whole, used - whole);
            used -= whole;
        }
    }
    if (last != '\n')
        refused += give(router, "\n", 1);
    return refused + give(router, end, sizeof end - 1);
}

/** Initializes the instance - a fresh one if there is none - and gives it the startup configuration. */
/** Puts the device key where the module wants it. Returns false when the instance has stopped. */
static bool give_device_key(struct instance *router)
{
    uint8_t key[INSTANCE_DEVICE_KEY];
    uint32_t arguments[1] = { 0 };
    if (!router->host->device_key(router->host->context, key))
        return true;
    if (!enter(router, DEVICE_KEY, 0, arguments))
        return false;
    if (!wasm_runtime_validate_app_addr(router->wasm_instance, arguments[0], sizeof key)) {
        ended(router, export_names[DEVICE_KEY], "an address outside the memory");
        return false;
    }
    memcpy(wasm_runtime_addr_app_to_native(router->wasm_instance, arguments[0]), key, sizeof key);
    memset(key, 0, sizeof key);
    return true;
}

void instance_port_state(struct instance *router, uint32_t port, bool up)
{
    uint32_t arguments[2] = { port, up };
    if (router->exec_env != NULL)
        (void)enter(router, PORT_STATE, 2, arguments);
}

static void boot(struct instance *router)
{
    const struct host *host = router->host;
    char why[128] = "";
    router->waiting = false;
    router->counters.starts++;
    if (router->exec_env == NULL && !instantiate(router, why, sizeof why)) {
        ended(router, "instantiation", why);
        return;
    }
    uint32_t arguments[4] = { clock_now(router), host->wall(host->context), (host->keylog != NULL ? KEYLOG_ALLOWED : 0) | (sizeof(void *) == 4 ? NARROW : 0) };
    if (!enter(router, INIT, 3, arguments))
        return;
    if (host->device_key != NULL && !give_device_key(router))
        return;
    for (uint32_t port = 0; port < INSTANCE_PORTS && host->link != NULL; port++)
        if (!host->link(host->context, port))
            instance_port_state(router, port, false);
    if (router->exec_env == NULL)
        return;
    const char *text = NULL;
    uint32_t length = host->startup(host->context, &text);
    router->refused_lines = give_startup(router, text, length);
    if (router->exec_env == NULL || !enter(router, UNPROTECTED, 0, arguments))
        return;
    router->unprotected = arguments[0];
    router->restart_ms = clock_now(router) - router->stopped_at;
}

/** Makes the instance that is due, if one is. Returns whether one runs. */
static bool ready(struct instance *router)
{
    while (router->exec_env == NULL && router->waiting && (int32_t)(clock_now(router) - router->starts_at) >= 0)
        boot(router);
    return router->exec_env != NULL;
}

bool instance_open(struct instance *router, const struct host *host, struct image *image, const struct memory *memory, char *why, size_t why_size)
{
    memset(router, 0, sizeof *router);
    router->host = host;
    router->image = image;
    router->memory = *memory;
    router->pause = PAUSE_FIRST;
    if (!load(router, image, why, why_size))
        return false;
    char reason[128] = "";
    uint32_t arguments[4] = { 0 };
    bool opened = false;
    if (!instantiate(router, reason, sizeof reason))
        snprintf(why, why_size, "the module can't be started: %s", reason);
    else if (!call(router, ABI_VERSION, 0, arguments))
        snprintf(why, why_size, "the module can't be started: %s", wasm_runtime_get_exception(router->wasm_instance));
    else if (arguments[0] != INSTANCE_ABI_VERSION)
        snprintf(why, why_size, "the module speaks version %" PRIu32 " of the host contract, this host version %u", arguments[0], INSTANCE_ABI_VERSION);
    else
        opened = true;
    if (opened)
        boot(router);
    else
        instance_close(router);
    return opened;
}

void instance_close(struct instance *router)
{
    drop(router);
    if (router->module != NULL)
        wasm_runtime_unload(router->module);
    router->module = NULL;
    wasm_runtime_destroy();
}

bool instance_running(const struct instance *router)
{
    return router->exec_env != NULL;
}

void instance_frame_lost(struct instance *router)
{
    if (router->exec_env == NULL)
        router->counters.lost_in_restart++;
    else
        router->counters.no_buffer++;
}

uint8_t *instance_frame_alloc(struct instance *router)
{
    uint8_t *at = instance_frame_spare(router);
    if (at == NULL)
        instance_frame_lost(router);
    return at;
}

uint8_t *instance_frame_spare(struct instance *router)
{
    uint32_t arguments[4] = { 0 };
    if (!ready(router) || !enter(router, FRAME_ALLOC, 0, arguments) || arguments[0] == 0)
        return NULL;
    if (!wasm_runtime_validate_app_addr(router->wasm_instance, arguments[0], INSTANCE_FRAME_MAX)) {
        ended(router, export_names[FRAME_ALLOC], "an address outside the memory");
        return NULL;
    }
    return wasm_runtime_addr_app_to_native(router->wasm_instance, arguments[0]);
}

void instance_frame_free(struct instance *router, uint8_t *at)
{
    uint32_t arguments[4] = { 0 };
    if (router->exec_env == NULL)
        return;
    arguments[0] = (uint32_t)wasm_runtime_addr_native_to_app(router->wasm_instance, at);
    enter(router, FRAME_FREE, 1, arguments);
}

void instance_frame(struct instance *router, uint32_t port, uint8_t *at, uint32_t length)
{
    if (router->exec_env == NULL)
        return;
    if (length > INSTANCE_FRAME_MAX) {
        router->counters.too_long++;
        instance_frame_free(router, at);
        return;
    }
    router->counters.frames_in++;
    uint32_t arguments[4] = { clock_now(router), port, (uint32_t)wasm_runtime_addr_native_to_app(router->wasm_instance, at), length };
    enter(router, ON_FRAME, 4, arguments);
}

uint32_t instance_poll(struct instance *router)
{
    uint32_t arguments[4] = { 0 };
    if (ready(router)) {
        arguments[0] = clock_now(router);
        if (enter(router, POLL, 1, arguments))
            return arguments[0];
    }
    if (!router->waiting)
        return INSTANCE_NO_DEADLINE;
    int32_t left = (int32_t)(router->starts_at - clock_now(router));
    return left > 0 ? (uint32_t)left : 0;
}

uint32_t instance_input(struct instance *router, const char *text, uint32_t length)
{
    /* Input brings no time: what it shows is as of now, and not of the last frame. */
    if (ready(router))
        instance_poll(router);
    return router->exec_env != NULL ? give(router, text, length) : 0;
}

void instance_show(const struct instance *router, const char *program)
{
    const struct instance_counters *c = &router->counters;
    char line[256];
    snprintf(line, sizeof line, "%s, %s; instances %" PRIu32 ", traps %" PRIu32 ", assertions %" PRIu32 ", reloads %" PRIu32 ", watchdog resets %" PRIu32,
             program, router->engine, c->starts, c->traps, c->assertions, c->reloads, c->watchdogs);
    say(router, line);
    int used = snprintf(line, sizeof line, "Last stop: %s", router->ending == ENDING_NONE ? "none" : router->why);
    if (router->ending != ENDING_NONE && router->ending != ENDING_WATCHDOG && router->exec_env != NULL)
        snprintf(line + used, sizeof line - (size_t)used, "; a fresh instance ran %" PRIu32 " ms later", router->restart_ms);
    say(router, line);
    if (c->no_buffer + c->too_long + c->lost_in_restart > 0) {
        snprintf(line, sizeof line, "Frames lost at the module: no buffer %" PRIu32 ", too long %" PRIu32 ", in a restart %" PRIu32, c->no_buffer, c->too_long, c->lost_in_restart);
        say(router, line);
    }
}

/** The next word of a line, cut off its front; returns whether it abbreviates `whole` with at least `least` letters. */
static bool next_word_is(const char **text, const char *end, const char *whole, size_t least)
{
    while (*text < end && (**text == ' ' || **text == '\t'))
        (*text)++;
    const char *word = *text;
    while (*text < end && **text != ' ' && **text != '\t' && **text != '\n' && **text != '\r')
        (*text)++;
    size_t length = (size_t)(*text - word);
    bool fits = length >= least && length <= strlen(whole) && strncmp(word, whole, length) == 0;
    if (!fits)
        *text = word;
    return fits;
}

bool instance_asks_version(const char *text, uint32_t length)
{
    const char *end = text + length;
    next_word_is(&text, end, "do", 2);
    if (!next_word_is(&text, end, "show", 2) || !next_word_is(&text, end, "version", 1))
        return false;
    while (text < end && (*text == ' ' || *text == '\r'))
        text++;
    return text < end && *text == '\n';
}
