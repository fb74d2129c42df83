/*
 * Calls the exports of an AOT file, as lines of the standard input ask, with numbers of 32 bits:
 *
 *   NAME NUMBER ...        answers "= NUMBER", or "! REASON" for a trap
 *   memory FROM LENGTH     answers the octets in hexadecimal digits
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wasm_export.h"

static uint8_t *file(const char *path, uint32_t *length)
{
    FILE *from = fopen(path, "rb");
    uint8_t *bytes = aligned_alloc(16, 1 << 24);
    if (from == NULL || bytes == NULL)
        return NULL;
    *length = (uint32_t)fread(bytes, 1, 1 << 24, from);
    /* Behind it: "PAOT" and a check sum. */
    *length -= *length > 8 ? 8 : 0;
    fclose(from);
    return bytes;
}

int main(int argc, char **argv)
{
    char line[512], why[128] = "the file can't be read";
    uint32_t length = 0;
    uint8_t *bytes = argc == 2 ? file(argv[1], &length) : NULL;
    LoadArgs load = { .name = "" };
    wasm_module_t module = NULL;
    wasm_module_inst_t instance = NULL;
    if (bytes != NULL && wasm_runtime_init())
        module = wasm_runtime_load_ex(bytes, length, &load, why, sizeof why);
    if (module != NULL)
        instance = wasm_runtime_instantiate(module, 1024, 0, why, sizeof why);
    wasm_exec_env_t env = instance != NULL ? wasm_runtime_create_exec_env(instance, 1024) : NULL;
    if (env == NULL) {
        fprintf(stderr, "caller: %s\n", why);
        return 1;
    }
    while (fgets(line, sizeof line, stdin) != NULL) {
        uint32_t numbers[8] = { 0 }, count = 0;
        char *name = strtok(line, " \n");
        for (char *word; count < 8 && (word = strtok(NULL, " \n")) != NULL;)
            numbers[count++] = (uint32_t)strtoul(word, NULL, 10);
        if (strcmp(name, "memory") == 0) {
            const uint8_t *at = wasm_runtime_addr_app_to_native(instance, numbers[0]);
            for (uint32_t i = 0; i < numbers[1]; i++)
                printf("%02x", at[i]);
            putchar('\n');
            continue;
        }
        wasm_function_inst_t function = wasm_runtime_lookup_function(instance, name);
        if (function == NULL) {
            fprintf(stderr, "caller: there is no %s\n", name);
            return 1;
        }
        if (wasm_runtime_call_wasm(env, function, count, numbers))
            printf("= %u\n", numbers[0]);
        else
            printf("! %s\n", wasm_runtime_get_exception(instance));
        wasm_runtime_clear_exception(instance);
    }
    return 0;
}
