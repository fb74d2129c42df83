#include "regions.h"
#include "core.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define PAGE 4096u
#define REGIONS 24u

struct region {
    uint8_t *start;
    size_t size;
};

/* Sorted by address. */
static struct region taken[REGIONS];
static unsigned count;
static uint8_t *sealed;
static size_t peak;
static bool extended;
static struct region kept;
static bool kept_out;

static uint8_t *end(void)
{
    return extended ? spare_end : arena_end;
}

static size_t pages(size_t size)
{
    return (size + PAGE - 1) & ~(size_t)(PAGE - 1);
}

/* Writes down a region that begins at `at`, before the `i`th. */
static void *enter(unsigned i, uint8_t *at, size_t size)
{
    memmove(&taken[i + 1], &taken[i], (count - i) * sizeof *taken);
    taken[i] = (struct region){ at, size };
    count++;
    if (region_use().now > peak)
        peak = region_use().now;
    memset(at, 0, size);
    return at;
}

void *region_take(size_t size)
{
    uint8_t *at = arena;
    unsigned i;

    size = pages(size);
    if (kept.start != NULL && size == kept.size && !kept_out) {
        kept_out = true;
        return kept.start;
    }
    if (count == REGIONS || size == 0)
        return NULL;
    for (i = 0; i < count && (size_t)(taken[i].start - at) < size; i++)
        at = taken[i].start + taken[i].size;
    if (i == count && size > (size_t)(end() - at))
        return NULL;
    return enter(i, at, size);
}

void *region_take_last(size_t size)
{
    uint8_t *to = end();
    unsigned i;

    size = pages(size);
    if (count == REGIONS || size == 0)
        return NULL;
    for (i = count; i > 0 && (size_t)(to - (taken[i - 1].start + taken[i - 1].size)) < size; i--)
        to = taken[i - 1].start;
    if (i == 0 && size > (size_t)(to - arena))
        return NULL;
    return enter(i, to - size, size);
}

void *region_keep(size_t size)
{
    region_give_kept();
    kept = (struct region){ region_take(size), pages(size) };
    return kept.start;
}

void region_give_kept(void)
{
    void *block = kept.start;

    kept.start = NULL;
    kept_out = false;
    region_give(block);
}

void region_extend(void)
{
    extended = true;
}

void region_give(void *block)
{
    if (block == NULL || block == sealed)
        return;
    if (block == kept.start) {
        kept_out = false;
        return;
    }
    for (unsigned i = 0; i < count; i++)
        if (taken[i].start == block) {
            count--;
            memmove(&taken[i], &taken[i + 1], (count - i) * sizeof *taken);
            return;
        }
}

void region_seal(void *block, size_t size)
{
    if (sealed != NULL)
        return;
    sealed = block;
    mcu_seal(block, size);
}

struct region_use region_use(void)
{
    struct region_use use = { .peak = peak, .size = (size_t)(end() - arena) };

    for (unsigned i = 0; i < count; i++)
        use.now += taken[i].size;
    return use;
}
