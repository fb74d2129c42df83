#include "regions.h"
#include "mcu.h"
#include <string.h>

#define PAGE 4096u
#define REGIONS 24u

struct region {
    uint8_t *start;
    size_t size; /* 0: the entry is free */
};

/* Sorted by address. */
static struct region taken[REGIONS];
static unsigned count;
static struct region code;
static bool sealed;
static size_t peak;

static size_t rounded(size_t size)
{
    return (size + PAGE - 1) & ~(size_t)(PAGE - 1);
}

void *region_take(size_t size, bool executable)
{
    uint8_t *at = arena;
    unsigned i;

    size = rounded(size);
    if (executable) {
        if (code.size != 0 || sealed || size > (size_t)(code_arena_end - code_arena))
            return NULL;
        code = (struct region){ code_arena, size };
        memset(code_arena, 0, size);
        return code_arena;
    }
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
    if (block != NULL && block == code.start) {
        if (!sealed)
            code = (struct region){ NULL, 0 };
        return;
    }
    for (unsigned i = 0; i < count; i++)
        if (taken[i].start == block) {
            count--;
            memmove(&taken[i], &taken[i + 1], (count - i) * sizeof *taken);
            return;
        }
}

void region_seal(void *block)
{
    if (block == NULL || (uint8_t *)block < code.start || (uint8_t *)block >= code.start + code.size)
        return;
    mcu_seal(code.start, code.size);
    sealed = true;
}

struct region_use region_use(void)
{
    struct region_use use = { .data_peak = peak, .data_size = (size_t)(arena_end - arena), .code = code.size, .code_size = (size_t)(code_arena_end - code_arena) };

    for (unsigned i = 0; i < count; i++)
        use.data += taken[i].size;
    return use;
}
