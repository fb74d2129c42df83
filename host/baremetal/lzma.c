/*
 * LZMA as Igor Pavlov's specification has it: a range coder over adaptive probabilities of single bits, by which literals,
 * and matches with lengths and distances, are chosen. A literal's context is the highest bit of the octet before it and the
 * lowest of its position (lc=1, lp=1), a match's the latter (pb=1): compiled code, which is in halfwords, gains 1.5 per cent by
 * that, wasm loses a thousandth, and more context gains next to nothing. The model is 8.1 kB.
 */
#include "lzma.h"

#include <stdbool.h>
#include <string.h>

enum {
    POSITIONS = 2, STATES = 12, LITERALS = 2, SLOTS = 64, LENGTH_CLASSES = 4,
    /* Distances from this slot on have bits without a model, and four low ones with. */
    FIRST_DIRECT = 14, ALIGN_BITS = 4,
    MATCH_LEAST = 2, FIRST_MATCH_STATE = 7,
    ONE = 1 << 11, HALF = ONE / 2, SPEED = 5,
};
static const uint32_t END = 0xffffffff;

typedef uint16_t probability;

struct lengths {
    probability choice, choice2, low[POSITIONS][8], middle[POSITIONS][8], high[256];
};

/* Nothing but probabilities: `begin` sets them all to one half. */
static struct model {
    probability match[STATES][POSITIONS], rep[STATES], rep0[STATES], rep1[STATES], rep2[STATES], rep0_long[STATES][POSITIONS];
    probability literal[POSITIONS][LITERALS][0x300], slot[LENGTH_CLASSES][SLOTS], distance[128], align[1 << ALIGN_BITS];
    struct lengths match_length, rep_length;
} model;

static struct coder {
    const uint8_t *from, *end;
    uint32_t range, code;
    bool failed;
} coder;

static void shift_in(void)
{
    if (coder.from == coder.end) {
        coder.failed = true;
        return;
    }
    coder.range <<= 8;
    coder.code = coder.code << 8 | *coder.from++;
}

static unsigned bit(probability *p)
{
    uint32_t bound;

    if (coder.range < 1u << 24)
        shift_in();
    bound = (coder.range >> 11) * *p;
    if (coder.code < bound) {
        coder.range = bound;
        *p = (probability)(*p + ((ONE - *p) >> SPEED));
        return 0;
    }
    coder.range -= bound;
    coder.code -= bound;
    *p = (probability)(*p - (*p >> SPEED));
    return 1;
}

/* `n` bits, the highest first, each in the context of those before it. */
static unsigned tree(probability *p, unsigned n)
{
    unsigned at = 1;

    for (unsigned i = 0; i < n; i++)
        at = at << 1 | bit(p + at);
    return at - (1u << n);
}

/* The same with the lowest bit first. */
static unsigned reverse_tree(probability *p, unsigned n)
{
    unsigned at = 1, value = 0;

    for (unsigned i = 0; i < n; i++) {
        unsigned b = bit(p + at);

        at = at << 1 | b;
        value |= b << i;
    }
    return value;
}

static uint32_t direct(unsigned n)
{
    uint32_t value = 0;

    for (; n > 0; n--) {
        if (coder.range < 1u << 24)
            shift_in();
        coder.range >>= 1;
        value <<= 1;
        if (coder.code >= coder.range) {
            coder.code -= coder.range;
            value |= 1;
        }
    }
    return value;
}

static unsigned read_length(struct lengths *l, unsigned position)
{
    if (bit(&l->choice) == 0)
        return tree(l->low[position], 3);
    if (bit(&l->choice2) == 0)
        return 8 + tree(l->middle[position], 3);
    return 16 + tree(l->high, 8);
}

/* How far back a match of this length begins, less one; END: the mark of the end. */
static uint32_t read_distance(unsigned length)
{
    unsigned slot = tree(model.slot[length < LENGTH_CLASSES ? length : LENGTH_CLASSES - 1], 6), more = (slot >> 1) - 1;
    uint32_t distance = 2 | (slot & 1);

    if (slot < 4)
        return slot;
    distance <<= more;
    /* The trees of the slots stand one behind the other, each at its distance. */
    if (slot < FIRST_DIRECT)
        return distance + reverse_tree(model.distance + distance - slot, more);
    distance += direct(more - ALIGN_BITS) << ALIGN_BITS;
    return distance + reverse_tree(model.align, ALIGN_BITS);
}

/* A literal in its context; behind a match its bits are told in that of the octet, too, that the match would have gone on with. */
static uint8_t read_literal(probability *literal, bool matched, unsigned expected)
{
    unsigned at = 1;

    while (matched && at < 0x100) {
        unsigned wanted = expected >> 7 & 1, b;

        expected <<= 1;
        b = bit(literal + ((1 + wanted) << 8) + at);
        at = at << 1 | b;
        matched = b == wanted;
    }
    while (at < 0x100)
        at = at << 1 | bit(literal + at);
    return (uint8_t)at;
}

static bool begin(const uint8_t *from, size_t length)
{
    probability *all = (probability *)&model;

    for (size_t i = 0; i < sizeof model / sizeof *all; i++)
        all[i] = HALF;
    coder = (struct coder){ .from = from + 5, .end = from + length, .range = 0xffffffff };
    if (length < 5 || from[0] != 0)
        return false;
    for (unsigned i = 1; i < 5; i++)
        coder.code = coder.code << 8 | from[i];
    return true;
}

size_t lzma_unpack(uint8_t *to, size_t room, const uint8_t *from, size_t length)
{
    uint32_t rep[4] = { 0 };
    unsigned state = 0;
    size_t out = 0;

    if (!begin(from, length))
        return 0;
    while (out < room) {
        unsigned position = out % POSITIONS, n;

        if (bit(&model.match[state][position]) == 0) {
            bool matched = state >= FIRST_MATCH_STATE;

            if (matched && rep[0] >= out)
                return 0;
            to[out] = read_literal(model.literal[position][out > 0 ? to[out - 1] >> 7 : 0], matched, matched ? to[out - rep[0] - 1] : 0);
            out++;
            state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
        } else {
            n = 0;
            if (bit(&model.rep[state]) == 0) {
                memmove(rep + 1, rep, 3 * sizeof *rep);
                n = MATCH_LEAST + read_length(&model.match_length, position);
                rep[0] = read_distance(n - MATCH_LEAST);
                if (rep[0] == END)
                    return coder.failed ? 0 : out;
                state = state < FIRST_MATCH_STATE ? 7 : 10;
            } else {
                unsigned which = bit(&model.rep0[state]) == 0 ? 0 : bit(&model.rep1[state]) == 0 ? 1 : 2 + bit(&model.rep2[state]);
                uint32_t again = rep[which];

                if (which == 0 && bit(&model.rep0_long[state][position]) == 0) {
                    n = 1;
                    state = state < FIRST_MATCH_STATE ? 9 : 11;
                } else {
                    memmove(rep + 1, rep, which * sizeof *rep);
                    rep[0] = again;
                    n = MATCH_LEAST + read_length(&model.rep_length, position);
                    state = state < FIRST_MATCH_STATE ? 8 : 11;
                }
            }
            if (rep[0] >= out)
                return 0;
            for (; n > 0 && out < room; n--, out++)
                to[out] = to[out - rep[0] - 1];
        }
        if (coder.failed)
            return 0;
    }
    return out;
}
