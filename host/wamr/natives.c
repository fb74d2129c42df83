/*
 * What the module asks of its host. WAMR has checked that every buffer lies in the module's memory ("*~" in the
 * signatures) before a function here runs.
 */
#include "natives.h"

#include "wasm_export.h"

enum stream { STREAM_CONSOLE, STREAM_EVENT, STREAM_NVRAM, STREAM_KEYLOG };

static natives_give_back *give_back;

static struct instance *router_of(wasm_exec_env_t environment)
{
    return wasm_runtime_get_function_attachment(environment);
}

static uint32_t native_random(wasm_exec_env_t environment, uint8_t *into, uint32_t length)
{
    const struct host *host = router_of(environment)->host;
    return host->random(host->context, into, length);
}

static void native_send_frame(wasm_exec_env_t environment, uint32_t port, const uint8_t *frame, uint32_t length)
{
    struct instance *router = router_of(environment);
    const struct host *host = router->host;
    /* What a host does with a frame, it does with room for the longest one: no other gets there. */
    if (length > INSTANCE_FRAME_MAX)
        router->counters.too_long++;
    else {
        router->counters.frames_out++;
        host->send(host->context, port, frame, length);
    }
    /* Given back at once, as every host does it: which buffer comes next is then the same everywhere. */
    give_back(router, (uint32_t)wasm_runtime_addr_native_to_app(wasm_runtime_get_module_inst(environment), (void *)(uintptr_t)frame));
}

static uint32_t native_write(wasm_exec_env_t environment, uint32_t stream, const char *text, uint32_t length)
{
    const struct host *host = router_of(environment)->host;
    if (stream == STREAM_CONSOLE)
        host->console(host->context, text, length);
    else if (stream == STREAM_EVENT && host->event != NULL)
        host->event(host->context, text, length);
    else if (stream == STREAM_NVRAM)
        return host->nvram(host->context, text, length);
    else if (stream == STREAM_KEYLOG && host->keylog != NULL)
        host->keylog(host->context, text, length);
    return STORED_OK;
}

static uint32_t native_read_startup(wasm_exec_env_t environment, char *into, uint32_t room)
{
    const struct host *host = router_of(environment)->host;
    return host->stored != NULL ? host->stored(host->context, into, room) : 0;
}

static void native_halt(wasm_exec_env_t environment, uint32_t code, uint32_t line)
{
    struct instance *router = router_of(environment);
    router->halted = true;
    router->halt_code = code;
    router->halt_line = line;
    /* The engine unwinds out of the module when this returns. */
    wasm_runtime_set_exception(wasm_runtime_get_module_inst(environment), "halt");
}

static NativeSymbol natives[] = {
    { "random", (void *)native_random, "(*~)i", NULL },
    { "send_frame", (void *)native_send_frame, "(i*~)", NULL },
    { "write", (void *)native_write, "(i*~)i", NULL },
    { "read_startup", (void *)native_read_startup, "(*~)i", NULL },
    { "halt", (void *)native_halt, "(ii)", NULL },
};

bool natives_register(struct instance *router, natives_give_back *give)
{
    give_back = give;
    for (size_t i = 0; i < sizeof natives / sizeof *natives; i++)
        natives[i].attachment = router;
    return wasm_runtime_register_natives("host", natives, sizeof natives / sizeof *natives);
}
