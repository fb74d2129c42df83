/* Pages of one arena: for WAMR's os_mmap - the module's memory, code compiled ahead of time - and for its pool. */
#ifndef POSTERN_REGIONS_H
#define POSTERN_REGIONS_H

#include <stddef.h>

/* Zeroed pages, first fit; NULL: none. */
void *region_take(size_t size);
/* Zeroed pages, as near to the end of the arena as there are; NULL: none. */
void *region_take_last(size_t size);
/*
 * Takes a region for what is mapped again and again: region_take and region_give of this size are this one, as it is, until
 * region_give_kept. NULL: none.
 */
void *region_keep(size_t size);
void region_give_kept(void);
/* The arena goes on into the board's further RAM. */
void region_extend(void);
/* Gives a region back; NULL is nothing. A sealed one stays. */
void region_give(void *block);
/* The code at `block` is complete: its pages are executable from now on, and never written again. Once. */
void region_seal(void *block, size_t size);

struct region_use {
    size_t now, peak, size;
};

struct region_use region_use(void);

#endif
