#include "inflate.h"
#include <stdbool.h>
#include <string.h>

enum { LONGEST = 15, LITERALS = 288, DISTANCES = 30 };

/* A canonical code (RFC 1951, 3.2.2): how many codes there are of each length, and the symbols in order. */
struct code {
    uint16_t count[LONGEST + 1], symbol[LITERALS];
};

struct stream {
    const uint8_t *from, *end;
    uint32_t bits;
    unsigned have;
    bool failed;
};

static unsigned take(struct stream *s, unsigned n)
{
    unsigned value;

    while (s->have < n) {
        if (s->from == s->end) {
            s->failed = true;
            return 0;
        }
        s->bits |= (uint32_t)*s->from++ << s->have;
        s->have += 8;
    }
    value = s->bits & ((1u << n) - 1);
    s->bits >>= n;
    s->have -= n;
    return value;
}

static void build(struct code *c, const uint8_t *lengths, unsigned symbols)
{
    uint16_t at[LONGEST + 1];

    memset(c->count, 0, sizeof c->count);
    for (unsigned i = 0; i < symbols; i++)
        c->count[lengths[i]]++;
    c->count[0] = 0;
    at[1] = 0;
    for (unsigned n = 1; n < LONGEST; n++)
        at[n + 1] = (uint16_t)(at[n] + c->count[n]);
    for (unsigned i = 0; i < symbols; i++)
        if (lengths[i] != 0)
            c->symbol[at[lengths[i]]++] = (uint16_t)i;
}

static unsigned decode(struct stream *s, const struct code *c)
{
    unsigned code = 0, first = 0, index = 0;

    for (unsigned n = 1; n <= LONGEST; n++) {
        code |= take(s, 1);
        if (code - first < c->count[n])
            return c->symbol[index + code - first];
        index += c->count[n];
        first = (first + c->count[n]) << 1;
        code <<= 1;
    }
    s->failed = true;
    return 0;
}

/* 3.2.7: the lengths of both codes, packed by a third one. */
static void read_codes(struct stream *s, struct code *literals, struct code *distances)
{
    static const uint8_t order[19] = { 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15 };
    uint8_t lengths[LITERALS + 32] = { 0 };
    unsigned nlit = take(s, 5) + 257, ndist = take(s, 5) + 1, ncode = take(s, 4) + 4, n = 0;

    for (unsigned i = 0; i < ncode; i++)
        lengths[order[i]] = (uint8_t)take(s, 3);
    build(literals, lengths, 19);
    memset(lengths, 0, sizeof lengths);
    if (nlit > 286 || ndist > DISTANCES)
        s->failed = true;
    while (!s->failed && n < nlit + ndist) {
        unsigned symbol = decode(s, literals), repeat = 1;
        uint8_t value = (uint8_t)symbol;

        if (symbol == 16) {
            if (n == 0) {
                s->failed = true;
                break;
            }
            value = lengths[n - 1];
            repeat = 3 + take(s, 2);
        } else if (symbol >= 17) {
            value = 0;
            repeat = symbol == 17 ? 3 + take(s, 3) : 11 + take(s, 7);
        }
        if (n + repeat > nlit + ndist) {
            s->failed = true;
            break;
        }
        memset(lengths + n, value, repeat);
        n += repeat;
    }
    build(literals, lengths, nlit);
    build(distances, lengths + nlit, ndist);
}

/* 3.2.6 */
static void fixed_codes(struct code *literals, struct code *distances)
{
    uint8_t lengths[LITERALS];

    memset(lengths, 8, 144);
    memset(lengths + 144, 9, 112);
    memset(lengths + 256, 7, 24);
    memset(lengths + 280, 8, 8);
    build(literals, lengths, LITERALS);
    memset(lengths, 5, DISTANCES);
    build(distances, lengths, DISTANCES);
}

size_t inflate(uint8_t *to, size_t room, const uint8_t *from, size_t length)
{
    static const uint16_t bases[29] = { 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258 };
    static const uint16_t distance_bases[30] = { 1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577 };
    static struct code literals, distances;
    struct stream s = { from, from + length, 0, 0, false };
    size_t out = 0;
    bool last;

    do {
        unsigned kind;

        last = take(&s, 1);
        kind = take(&s, 2);
        if (s.failed || kind == 3)
            return 0;
        if (kind == 0) {
            size_t n;

            s.bits = s.have = 0;
            if (s.end - s.from < 4)
                return 0;
            n = (size_t)(s.from[0] | s.from[1] << 8);
            s.from += 4;
            if ((size_t)(s.end - s.from) < n || room - out < n)
                return 0;
            memcpy(to + out, s.from, n);
            s.from += n;
            out += n;
            continue;
        }
        if (kind == 1)
            fixed_codes(&literals, &distances);
        else
            read_codes(&s, &literals, &distances);
        for (;;) {
            unsigned symbol = s.failed ? 256 : decode(&s, &literals);

            if (s.failed)
                return 0;
            if (symbol == 256)
                break;
            if (symbol < 256) {
                if (out == room)
                    return 0;
                to[out++] = (uint8_t)symbol;
                continue;
            }
            symbol -= 257;
            if (symbol >= 29)
                return 0;
            /* 3.2.5: extra bits begin with the ninth length and the fifth distance. */
            unsigned n = bases[symbol] + take(&s, symbol < 8 || symbol == 28 ? 0 : symbol / 4 - 1);
            unsigned d = decode(&s, &distances);

            if (d >= DISTANCES)
                return 0;
            size_t back = distance_bases[d] + (size_t)take(&s, d < 4 ? 0 : d / 2 - 1);
            if (s.failed || back > out || room - out < n)
                return 0;
            for (; n > 0; n--, out++)
                to[out] = to[out - back];
        }
    } while (!last);
    return out;
}
