/* An SD card on the uSDHC of the i.MX family (i.MX 6UltraLite reference manual, chapter 58), by programmed I/O. */
#ifndef POSTERN_USDHC_H
#define POSTERN_USDHC_H

#include <stdbool.h>
#include <stdint.h>

#define SD_BLOCK 512u

struct usdhc {
    uintptr_t base;
    uint32_t address; /* relative card address */
    bool by_block;    /* high capacity: addresses count blocks */
    bool ready;
};

/* Finds and starts the card. False: there is none. */
bool usdhc_start(struct usdhc *sd);
bool usdhc_read(struct usdhc *sd, uint32_t block, void *to);
/* Returns when the card has stored it. */
bool usdhc_write(struct usdhc *sd, uint32_t block, const void *from);

#endif
