/*
 * The order in the arena, for an AOT module: the pool, code and data of the module, its memory. The unpacked file stands
 * at the far end, where the module's memory will be: it is gone before that is made. The interpreter's form of the code
 * is several times as large; with it, the arena goes on into the board's further RAM.
 */
#include "engine.h"
#include "aot_runtime.h"
#include "lzma.h"
#include "mcu.h"
#include "mem_alloc.h"
#include "regions.h"
#include "wasm_export.h"
#include <stdio.h>
#include <string.h>

/* From host/wamr/blobs.S: each form as tools/board/pack.mjs packs it, behind a head. */
extern uint8_t blob_wasm[], blob_wasm_end[], blob_aot[], blob_aot_end[];

/* Of the engine that was tried last. */
static uint8_t *file, *pool;
static mem_allocator_t small;
static uint32_t pool_size;
/*
 * Longer blocks have pages of their own: the AOT loader's lists beside the file, for they go before the module's memory is
 * made; the interpreter's beside its pool, for they stay. What stays of an AOT module is shorter, or would stand in its memory's
 * way: the longest list is that of the globals, 24 octets each on a core of 32 bits, 40 on one of 64.
 */
enum { SMALL_MAX = 64 * 1024 };
static bool lists_stay;
/* An AOT module, its memory, and how much of the file's beginning holds the data segments, each at its origin. */
static AOTModule *aot;
static uint8_t *linear;
static uint32_t linear_size, head, *origins;

/* How long the form is, and from where to where there is code whose calls are packed. */
struct form {
    uint32_t length, code, code_end;
};

static struct form form_of(const uint8_t *blob, const uint8_t *end)
{
    struct form form = { 0 };

    if ((size_t)(end - blob) > sizeof form)
        memcpy(&form, blob, sizeof form);
    return form;
}

/* As much as there is room for, with calls as they are packed. */
static void unpack(uint8_t *to, uint32_t room, const uint8_t *blob, const uint8_t *end)
{
    lzma_unpack(to, room, blob + sizeof(struct form), (size_t)(end - blob) - sizeof(struct form));
}

static void give_all(void)
{
    region_give(file);
    region_give(pool);
    region_give_kept();
    file = pool = linear = NULL;
    aot = NULL;
}

static bool in_pool(const void *block)
{
    return (const uint8_t *)block >= pool && (const uint8_t *)block < pool + pool_size;
}

static void *take(unsigned size)
{
    if (size <= SMALL_MAX)
        return mem_allocator_malloc(small, size);
    return lists_stay ? region_take(size) : region_take_last(size);
}

static void give(void *block)
{
    if (in_pool(block))
        mem_allocator_free(small, block);
    else
        region_give(block);
}

/* What is in a region of its own stays there: nothing that the runtime makes larger is that large. */
static void *retake(void *block, unsigned size)
{
    return block == NULL ? take(size) : size <= SMALL_MAX && in_pool(block) ? mem_allocator_realloc(small, block, size) : NULL;
}

static const struct memory memory = { .take = take, .retake = retake, .give = give, .stack_size = WASM_STACK };

/* What does not unpack is refused as damaged by its check. */
static void prepare(struct image *image, bool interpreter)
{
    const uint8_t *blob = interpreter ? blob_wasm : blob_aot, *end = interpreter ? blob_wasm_end : blob_aot_end;
    struct form form = form_of(blob, end);

    give_all();
    lists_stay = interpreter;
    if (interpreter)
        region_extend();
    pool_size = interpreter ? INTERPRETER_POOL : AOT_POOL;
    pool = region_take(pool_size);
    small = pool == NULL ? NULL : mem_allocator_create(pool, pool_size);
    file = region_take_last(form.length);
    if (file == NULL)
        form.length = 0;
    else
        unpack(file, form.length, blob, end);
    if (form.code < form.code_end && form.code_end <= form.length)
        mcu_unpack_calls(file + form.code, form.code_end - form.code);
    if (interpreter) {
        image->wasm = file;
        image->wasm_size = form.length;
    } else {
        image->aot = file;
        image->aot_size = form.length;
    }
}

/*
 * Where the module's memory will stand is settled now, and its data segments point to their own places there: the file
 * goes, and no copy of them stays. (wasm_runtime_load_ex sets is_binary_freeable behind the loader: aot_unload would free
 * segments that were never allocated.) False: the module is of another kind than ours, and keeps its file.
 */
static bool settle(AOTModule *module)
{
    uint32_t count = module->mem_init_data_count, data_end = 0;
    uint64_t size = module->memory_count == 1 ? (uint64_t)module->memories[0].init_page_count * module->memories[0].num_bytes_per_page : 0;

    module->is_binary_freeable = false;
    head = 0;
    for (uint32_t i = 0; i < count; i++) {
        const AOTMemInitData *row = module->mem_init_data_list[i];
        uint32_t end = (uint32_t)(row->bytes + row->byte_count - file), to = (uint32_t)row->offset.u.unary.v.i32;

        if (row->is_passive || row->offset.init_expr_type != INIT_EXPR_TYPE_I32_CONST || to > size || row->byte_count > size - to)
            return false;
        head = end > head ? end : head;
        data_end = to + row->byte_count > data_end ? to + row->byte_count : data_end;
    }
    origins = take(count * sizeof *origins + 1);
    if (size == 0 || origins == NULL || data_end + (uint64_t)head > size)
        return false;
    for (uint32_t i = 0; i < count; i++)
        origins[i] = (uint32_t)(module->mem_init_data_list[i]->bytes - file);
    region_give(file);
    file = NULL;
    linear = region_keep((size_t)size);
    linear_size = (uint32_t)size;
    for (uint32_t i = 0; linear != NULL && i < count; i++)
        module->mem_init_data_list[i]->bytes = linear + module->mem_init_data_list[i]->offset.u.unary.v.i32;
    aot = module;
    return true;
}

static void loaded(struct image *image, void *module)
{
    (void)image;
    if (module == NULL) {
        region_give(file);
        file = NULL;
    } else
        settle(module);
}

/* A fresh instance's memory: the file's beginning, which has the data, is unpacked at the memory's end, and goes from there to its places. */
static void fresh(struct image *image)
{
    uint8_t *from = linear + linear_size - head;

    (void)image;
    if (aot == NULL || linear == NULL)
        return;
    memset(linear, 0, linear_size);
    unpack(from, head, blob_aot, blob_aot_end);
    for (uint32_t i = 0; i < aot->mem_init_data_count; i++)
        memcpy(aot->mem_init_data_list[i]->bytes, from + origins[i], aot->mem_init_data_list[i]->byte_count);
    memset(from, 0, head);
}

struct image engine_image(bool interpreter)
{
    return (struct image){
        .aot_size = form_of(blob_aot, blob_aot_end).length, .wasm_size = form_of(blob_wasm, blob_wasm_end).length, .interpreter = interpreter, .prepare = prepare, .loaded = loaded, .fresh = fresh,
    };
}

const struct memory *engine_memory(void)
{
    return &memory;
}

void engine_show(void (*say)(const char *line))
{
    char line[160];
    struct region_use use = region_use();
    mem_alloc_info_t heap = { 0 };

    mem_allocator_get_alloc_info(small, &heap);
    snprintf(line, sizeof line, "Memory: %lu of %lu kB reserved are in use, at most %lu; the runtime's pool has used %lu of its %lu kB", (unsigned long)(use.now / 1024), (unsigned long)(use.size / 1024),
             (unsigned long)(use.peak / 1024), (unsigned long)(heap.highmark_size / 1024), (unsigned long)(heap.total_size / 1024));
    say(line);
}
