/* Pages for WAMR's os_mmap: the module's memory, and code compiled ahead of time with its data. */
#ifndef POSTERN_REGIONS_H
#define POSTERN_REGIONS_H

#include <stddef.h>

/* Zeroed pages, first fit; NULL: none. */
void *region_take(size_t size);
/* Gives a region back; NULL is nothing. A sealed one stays. */
void region_give(void *block);
/* The code at `block` is complete: its pages are executable from now on, and never written again. Once. */
void region_seal(void *block, size_t size);

struct region_use {
    size_t now, peak, size;
};

struct region_use region_use(void);

#endif
