/*
 * The crypto core, compiled ahead of time, in WAMR:  ours FILE.aot, and lines on standard input
 *   put ADDRESS OCTETS     into the module's memory
 *   get ADDRESS LENGTH     prints octets
 *   call NAME NUMBER ...   prints what the function returns, a number
 *   count NAME NUMBER ...  the same between the marks
 */
#include "guest.h"
#include "wasm_export.h"

static uint32_t host_random(wasm_exec_env_t environment, uint8_t *into, uint32_t length)
{
    (void)environment;
    memset(into, 7, length);
    return length;
}

static void host_halt(wasm_exec_env_t environment, uint32_t code, uint32_t at)
{
    (void)environment;
    fprintf(stderr, "halt %u at line %u\n", code, at);
    exit(1);
}

static NativeSymbol imports[] = { { "random", host_random, "(*~)i", NULL }, { "halt", host_halt, "(ii)", NULL } };

int main(int argc, char **argv)
{
    static uint8_t file[8 << 20];
    char why[128] = "no file";
    RuntimeInitArgs init = { .mem_alloc_type = Alloc_With_System_Allocator };
    FILE *in = argc == 2 ? fopen(argv[1], "rb") : NULL;
    size_t size = in == NULL ? 0 : fread(file, 1, sizeof file, in);
    /* Behind the code stand "PAOT" and a checksum (tools/build/aot.mjs). */
    if (size > 8 && memcmp(file + size - 8, "PAOT", 4) == 0)
        size -= 8;
    if (!wasm_runtime_full_init(&init) || !wasm_runtime_register_natives("host", imports, 2))
        return 1;
    wasm_module_t module = size == 0 ? NULL : wasm_runtime_load(file, (uint32_t)size, why, sizeof why);
    wasm_module_inst_t instance = module == NULL ? NULL : wasm_runtime_instantiate(module, 65536, 0, why, sizeof why);
    wasm_exec_env_t environment = instance == NULL ? NULL : wasm_runtime_create_exec_env(instance, 65536);
    if (environment == NULL) {
        fprintf(stderr, "the module can't be loaded: %s\n", why);
        return 1;
    }
    while (fgets(line, sizeof line, stdin) != NULL) {
        const char *verb = strtok(line, " \n"), *first = word();
        uint32_t values[16] = { 0 }, count = 0;
        if (verb == NULL || first == NULL)
            continue;
        if (strcmp(verb, "put") == 0) {
            octets(wasm_runtime_addr_app_to_native(instance, strtoul(first, NULL, 10)), word());
            continue;
        }
        if (strcmp(verb, "get") == 0) {
            show(wasm_runtime_addr_app_to_native(instance, strtoul(first, NULL, 10)), strtoul(word(), NULL, 10));
            continue;
        }
        for (const char *next = word(); next != NULL && count < 16; next = word())
            values[count++] = (uint32_t)strtoul(next, NULL, 10);
        wasm_function_inst_t function = wasm_runtime_lookup_function(instance, first);
        bool good = function != NULL;
        if (good && verb[1] == 'o')
            begin();
        good = good && wasm_runtime_call_wasm(environment, function, count, values);
        if (good && verb[1] == 'o')
            end();
        if (!good) {
            fprintf(stderr, "%s: %s\n", first, function == NULL ? "no such function" : wasm_runtime_get_exception(instance));
            return 1;
        }
        printf("%u\n", values[0]);
        fflush(stdout);
    }
    return 0;
}
