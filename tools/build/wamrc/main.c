/*
 * Compiles a wasm module ahead of time for WAMR.
 *
 *   wamrc arch=NAME abi=NAME cpu=NAME [features=LIST] [opt=0..3] [size=0..3] [attribute=NAME] IN.wasm OUT.aot
 *
 * `attribute` is LLVM's for every function: optsize or minsize. Architecture, ABI and CPU must be named: what is left out would be taken from the machine that compiles, and the file
 * would differ from machine to machine. Every load and store is checked against the memory's size and every call against
 * the stack, on every target: the compiler's defaults leave both out on some. Status: 0, 1 it could not, 2 arguments.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <llvm-c/Support.h>

#include "aot_export.h"
#include "bh_read_file.h"
#include "wasm_export.h"

struct request {
    char *arch, *abi, *cpu, *features, *opt, *size, *attribute, *in, *out;
};

static int usage(const char *why)
{
    fprintf(stderr, "wamrc: %s\nusage: wamrc arch=NAME abi=NAME cpu=NAME [features=LIST] [opt=0..3] [size=0..3] [attribute=NAME] IN.wasm OUT.aot\n", why);
    return 2;
}

/** Sorts the arguments into `r`; returns what is wrong with them, or NULL. */
static const char *read_arguments(struct request *r, int count, char **words)
{
    const struct { const char *name; char **value; } named[] = {
        { "arch=", &r->arch }, { "abi=", &r->abi }, { "cpu=", &r->cpu }, { "features=", &r->features }, { "opt=", &r->opt }, { "size=", &r->size },
        { "attribute=", &r->attribute },
    };
    for (int i = 0; i < count; i++) {
        char **to = NULL;
        for (size_t n = 0; n < sizeof named / sizeof *named; n++) {
            size_t length = strlen(named[n].name);
            if (strncmp(words[i], named[n].name, length) == 0) {
                to = named[n].value;
                words[i] += length;
                break;
            }
        }
        if (to == NULL)
            to = r->in == NULL ? &r->in : &r->out;
        if (*to != NULL)
            return "an argument is given twice";
        *to = words[i];
    }
    if (r->arch == NULL || r->abi == NULL || r->cpu == NULL)
        return "arch, abi and cpu must be named";
    return r->in == NULL || r->out == NULL ? "two files must be named" : NULL;
}

static int compile(const struct request *r, uint8_t *bytes, uint32_t length)
{
    char why[256] = "";
    LoadArgs load = { .name = "" };
    wasm_module_t module = wasm_runtime_load_ex(bytes, length, &load, why, sizeof why);
    if (module == NULL) {
        fprintf(stderr, "wamrc: %s: %s\n", r->in, why);
        return 1;
    }
    AOTCompOption options = {
        .target_arch = r->arch,
        .target_abi = r->abi,
        .target_cpu = r->cpu,
        .cpu_features = r->features,
        .opt_level = r->opt == NULL ? 3 : (uint32_t)atoi(r->opt),
        .size_level = r->size == NULL ? 3 : (uint32_t)atoi(r->size),
        .bounds_checks = 1,
        .stack_bounds_checks = 1,
        .enable_bulk_memory = true,
        .enable_bulk_memory_opt = true,
        .enable_ref_types = true,
        .enable_simd = true,
        .enable_call_indirect_overlong = true,
        .enable_extended_const = true,
        .output_format = AOT_FORMAT_FILE,
    };
    if (r->attribute != NULL) {
        char option[64];
        snprintf(option, sizeof option, "-force-attribute=%s", r->attribute);
        const char *words[] = { "wamrc", option };
        LLVMParseCommandLineOptions(2, words, NULL);
        options.llvm_passes = "forceattrs";
    }
    aot_call_stack_features_init_default(&options.call_stack_features);
    int status = 1;
    aot_comp_data_t data = aot_create_comp_data(module, options.target_arch, false);
    aot_comp_context_t context = data == NULL ? NULL : aot_create_comp_context(data, &options);
    if (context != NULL && aot_compile_wasm(context) && aot_emit_aot_file(context, data, r->out))
        status = 0;
    else
        fprintf(stderr, "wamrc: %s for %s/%s/%s: %s\n", r->in, r->arch, r->abi, r->cpu, aot_get_last_error());
    if (context != NULL)
        aot_destroy_comp_context(context);
    if (data != NULL)
        aot_destroy_comp_data(data);
    wasm_runtime_unload(module);
    return status;
}

int main(int argc, char **argv)
{
    struct request request = { 0 };
    const char *wrong = read_arguments(&request, argc - 1, argv + 1);
    if (wrong != NULL)
        return usage(wrong);
    RuntimeInitArgs init = { .mem_alloc_type = Alloc_With_Allocator };
    init.mem_alloc_option.allocator.malloc_func = (void *)malloc;
    init.mem_alloc_option.allocator.realloc_func = (void *)realloc;
    init.mem_alloc_option.allocator.free_func = (void *)free;
    if (!wasm_runtime_full_init(&init) || !aot_compiler_init()) {
        fputs("wamrc: the compiler does not start\n", stderr);
        return 1;
    }
    uint32_t length = 0;
    uint8_t *bytes = (uint8_t *)bh_read_file_to_buffer(request.in, &length);
    int status = 1;
    if (bytes != NULL) {
        status = compile(&request, bytes, length);
        wasm_runtime_free(bytes);
    }
    aot_compiler_destroy();
    wasm_runtime_destroy();
    return status;
}
