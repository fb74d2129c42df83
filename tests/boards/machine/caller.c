/*
 * Calls the exports of an AOT file, as lines of the standard input ask, with numbers of 32 bits:
 *
 *   NAME NUMBER ...        answers "= NUMBER", or "! REASON" for a trap
 *   memory FROM LENGTH     answers the octets in hexadecimal digits
 *   fill FROM LENGTH SEED  puts octets there that look like any; SEED 0, 1: all are 0, 255
 *   octets FROM HEX        puts these octets there, at most 480
 *   secret FROM LENGTH     memcheck is told that the octets are undefined, where it runs this (with VALGRIND)
 *   public FROM LENGTH     that they are defined
 *
 * Before and behind a call stands a system call that does nothing but be seen (watch.c).
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "wasm_export.h"
#ifdef VALGRIND
#include <valgrind/memcheck.h>
#else
#define VALGRIND_MAKE_MEM_UNDEFINED(at, length) (void)(at)
#define VALGRIND_MAKE_MEM_DEFINED(at, length) (void)(at)
#endif

enum { BEGIN = 0x706f7301, END = 0x706f7302 };

static void fill(uint8_t *at, uint32_t length, uint32_t seed)
{
    for (uint32_t i = 0; i < length; i++) {
        if (seed > 1)
            seed = seed * 1664525u + 1013904223u;
        at[i] = seed > 1 ? (uint8_t)(seed >> 24) : (uint8_t)(0 - seed);
    }
}

/** Puts octets there that are given in hexadecimal digits. */
static void octets(uint8_t *at, const char *digits)
{
    unsigned value;
    for (; digits != NULL && sscanf(digits, "%2x", &value) == 1; digits += 2)
        *at++ = (uint8_t)value;
}

/** What is no export: something about the memory. */
static bool about_memory(wasm_module_inst_t instance, const char *name, const uint32_t *numbers)
{
    bool dumps = strcmp(name, "memory") == 0, fills = strcmp(name, "fill") == 0, hides = strcmp(name, "secret") == 0;
    if (!dumps && !fills && !hides && strcmp(name, "public") != 0)
        return false;
    uint8_t *at = wasm_runtime_addr_app_to_native(instance, numbers[0]);
    if (dumps) {
        for (uint32_t i = 0; i < numbers[1]; i++)
            printf("%02x", at[i]);
        putchar('\n');
    } else if (fills)
        fill(at, numbers[1], numbers[2]);
    else if (hides)
        VALGRIND_MAKE_MEM_UNDEFINED(at, numbers[1]);
    else
        VALGRIND_MAKE_MEM_DEFINED(at, numbers[1]);
    return true;
}

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
    char line[1024], why[128] = "the file can't be read";
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
        uint32_t numbers[12] = { 0 }, count = 0;
        char *name = strtok(line, " \n");
        if (strcmp(name, "octets") == 0) {
            uint8_t *at = wasm_runtime_addr_app_to_native(instance, strtoul(strtok(NULL, " \n"), NULL, 10));
            octets(at, strtok(NULL, " \n"));
            continue;
        }
        for (char *word; count < 12 && (word = strtok(NULL, " \n")) != NULL;)
            numbers[count++] = (uint32_t)strtoul(word, NULL, 10);
        if (about_memory(instance, name, numbers))
            continue;
        wasm_function_inst_t function = wasm_runtime_lookup_function(instance, name);
        if (function == NULL) {
            fprintf(stderr, "caller: there is no %s\n", name);
            return 1;
        }
        syscall(SYS_getpgid, BEGIN);
        bool returned = wasm_runtime_call_wasm(env, function, count, numbers);
        syscall(SYS_getpgid, END);
        VALGRIND_MAKE_MEM_DEFINED(numbers, sizeof numbers);
        if (returned)
            printf("= %u\n", numbers[0]);
        else
            printf("! %s\n", wasm_runtime_get_exception(instance));
        wasm_runtime_clear_exception(instance);
    }
    return 0;
}
