/*
 * What the code of this folder asks of what it stands on: a board, or on Linux the console alone. Who implements more of a board's
 * functions includes this (boards/board.h).
 */
#ifndef POSTERN_GROUND_H
#define POSTERN_GROUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Memory that outlives power: a few slots of equal size, each erased and written by itself. */
struct store {
    uint32_t slot_size;
    /* `at` and `length` are multiples of 512. False: the medium failed. */
    bool (*read)(unsigned slot, uint32_t at, void *to, uint32_t length);
    bool (*write)(unsigned slot, uint32_t at, const void *from, uint32_t length);
    /* Makes a slot writable; its old content is gone, overwritten to its last octet. */
    bool (*erase)(unsigned slot);
};

/* The slots of every store. */
enum { SLOT_CONFIG_A, SLOT_CONFIG_B, SLOT_SEED_A, SLOT_SEED_B, SLOT_KEY_A, SLOT_KEY_B, SLOTS };

/* Writes to the console, waiting for the UART. */
void board_write(const char *text, size_t length);
/* Raw octets from a true random source, before any conditioning. Returns how many there were; 0: the board has none. */
size_t board_noise(uint8_t *to, size_t length);
/* Where the configuration and the seed are kept; NULL: there is no medium. */
const struct store *board_store(void);

#endif
