#include "regions.h"
#include "mcu.h"
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

void *region_take(size_t size)
{
    uint8_t *at = arena;
    unsigned i;

    size = (size + PAGE - 1) & ~(size_t)(PAGE - 1);
    if (count == REGIONS || size == 0)
        return NULL;
    for (i = 0; i < count && (size_t)(taken[i].start - at) < size; i++)
        at = taken[i].start + taken[i].size;
    if (i == count && size > (size_t)(arena_end - at))
        return NULL;
    memmove(&taken[i + 1], &taken[i], (count - i) * sizeof *taken);
    taken[i] = (struct region){ at, size };
    count++;
    if ((size_t)(taken[count - 1].start + taken[count - 1].size - arena) > peak)
        peak = (size_t)(taken[count - 1].start + taken[count - 1].size - arena);
    memset(at, 0, size);
    return at;
}

void region_give(void *block)
{
    if (block == NULL || block == sealed)
        return;
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
    struct region_use use = { .peak = peak, .size = (size_t)(arena_end - arena) };

    for (unsigned i = 0; i < count; i++)
        use.now += taken[i].size;
    return use;
}
