/*
 * Text that survives a power cut: two slots of the board's store, written in turn. A slot is a header of 512 octets -
 * "PSTN", version 1, sequence number, length, CRC-32 of the text, CRC-32 of the header before it, little-endian words - and
 * the text behind it. The header is written last, so a slot is old, new, or refused; the newest good one counts.
 * tools/board/board.mjs writes and reads the same form.
 */
#ifndef POSTERN_RECORDS_H
#define POSTERN_RECORDS_H

#include "ground.h"

#define RECORD_HEADER 512u

struct record {
    const struct store *store;
    unsigned first; /* of the two slots */
    uint32_t sequence;
    uint32_t length;
    unsigned current; /* 0 or 1; meaningful if `found` */
    bool found;
    bool damaged; /* a slot was neither empty nor good */
    bool left; /* `record_replace` could not overwrite what had been there before */
};

/* Finds the newest good slot and reads its text to `to`. Returns its length, 0: there is none. */
uint32_t record_read(struct record *r, void *to, uint32_t max);
/* Stores `length` octets (0: erased) in the other slot. False: the medium failed, and the old text counts. */
bool record_write(struct record *r, const void *from, uint32_t length);
/*
 * As `record_write`, and then once more: the slot that holds what is replaced is overwritten too, be it a key that was taken back or a
 * seed that was used. False: as above. A power cut between the two leaves the new text in one slot.
 */
bool record_replace(struct record *r, const void *from, uint32_t length);

uint32_t crc32(uint32_t before, const void *data, size_t length);

#endif
