/* Pages for WAMR's os_mmap: the module's memory, data of compiled code, and the code itself from an arena of its own. */
#ifndef POSTERN_REGIONS_H
#define POSTERN_REGIONS_H

#include <stdbool.h>
#include <stddef.h>

/* Zeroed pages, first fit; NULL: none. `code`: from the arena that can become executable. */
void *region_take(size_t size, bool code);
/* Gives a region back; NULL is nothing. */
void region_give(void *block);
/* The code region at `block` is complete: executable from now on, and never written again. */
void region_seal(void *block);

struct region_use {
    size_t data, data_peak, data_size, code, code_size;
};

struct region_use region_use(void);

#endif
