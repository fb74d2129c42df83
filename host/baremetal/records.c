#include "records.h"
#include <string.h>

enum { MAGIC = 0x4e545350, VERSION = 1 };

struct header {
    uint32_t magic, version, sequence, length, text_crc, header_crc;
};

static uint8_t block[RECORD_HEADER] __attribute__((aligned(4)));

/* ISO 3309, as in Ethernet. */
uint32_t crc32(uint32_t before, const void *data, size_t length)
{
    uint32_t crc = ~before;

    for (const uint8_t *at = data; length > 0; length--) {
        crc ^= *at++;
        for (unsigned i = 0; i < 8; i++)
            crc = crc >> 1 ^ (0xedb88320u & -(crc & 1));
    }
    return ~crc;
}

static uint32_t up(uint32_t length)
{
    return (length + RECORD_HEADER - 1) & ~(RECORD_HEADER - 1);
}

/* Reads one slot's text, by blocks. False: not good; `*damaged` tells a torn one from an empty one. */
static bool good(const struct record *r, unsigned slot, struct header *h, uint8_t *to, uint32_t max, bool *damaged)
{
    uint32_t crc = 0;

    if (!r->store->read(r->first + slot, 0, block, RECORD_HEADER))
        return false;
    memcpy(h, block, sizeof *h);
    if (h->magic != MAGIC) {
        for (unsigned i = 0; i < 16; i++)
            if (block[i] != 0 && block[i] != 0xff)
                *damaged = true;
        return false;
    }
    *damaged = true;
    if (h->version != VERSION || h->header_crc != crc32(0, h, offsetof(struct header, header_crc)) || h->length > max || up(h->length) + RECORD_HEADER > r->store->slot_size)
        return false;
    for (uint32_t at = 0; at < h->length; at += RECORD_HEADER) {
        uint32_t n = h->length - at < RECORD_HEADER ? h->length - at : RECORD_HEADER;

        if (!r->store->read(r->first + slot, RECORD_HEADER + at, block, RECORD_HEADER))
            return false;
        crc = crc32(crc, block, n);
        if (to != NULL)
            memcpy(to + at, block, n);
    }
    if (crc != h->text_crc)
        return false;
    *damaged = false;
    return true;
}

uint32_t record_read(struct record *r, void *to, uint32_t max)
{
    struct header h[2];
    bool ok[2], damaged = false;

    r->found = false;
    r->sequence = r->length = 0;
    for (unsigned slot = 0; slot < 2; slot++) {
        bool bad = false;

        ok[slot] = good(r, slot, &h[slot], NULL, max, &bad);
        damaged |= bad;
    }
    r->damaged = damaged;
    if (!ok[0] && !ok[1])
        return 0;
    /* Sequence numbers wrap. */
    r->current = ok[0] && ok[1] ? (int32_t)(h[1].sequence - h[0].sequence) > 0 : ok[1];
    r->found = good(r, r->current, &h[0], to, max, &damaged);
    if (!r->found)
        return 0;
    r->sequence = h[0].sequence;
    return r->length = h[0].length;
}

bool record_write(struct record *r, const void *from, uint32_t length)
{
    unsigned slot = r->found ? !r->current : 0;
    const uint8_t *text = from;
    struct header h = { MAGIC, VERSION, r->sequence + 1, length, crc32(0, from, length), 0 };
    bool ok = true;

    if (up(length) + RECORD_HEADER > r->store->slot_size || !r->store->erase(r->first + slot))
        return false;
    for (uint32_t at = 0; ok && at < length; at += RECORD_HEADER) {
        uint32_t n = length - at < RECORD_HEADER ? length - at : RECORD_HEADER;

        memset(block, 0xff, sizeof block);
        memcpy(block, text + at, n);
        ok = r->store->write(r->first + slot, RECORD_HEADER + at, block, RECORD_HEADER);
    }
    h.header_crc = crc32(0, &h, offsetof(struct header, header_crc));
    memset(block, 0xff, sizeof block);
    memcpy(block, &h, sizeof h);
    if (!ok || !r->store->write(r->first + slot, 0, block, RECORD_HEADER))
        return false;
    /* Believed only when it reads back. */
    bool damaged;
    if (!good(r, slot, &h, NULL, length, &damaged))
        return false;
    r->found = true;
    r->current = slot;
    r->sequence++;
    r->length = length;
    return true;
}

bool record_replace(struct record *r, const void *from, uint32_t length)
{
    r->left = false;
    if (!record_write(r, from, length))
        return false;
    r->left = !record_write(r, from, length);
    return true;
}
