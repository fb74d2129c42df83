#include "entropy.h"
#include "records.h"
#include "sha256.h"
#include <string.h>

static uint8_t key[32];
static uint64_t taken;
static bool ready;
static bool source_failed;

/*
 * SP 800-90B, 4.4.1 and 4.4.2 for octets of at least 1 bit of entropy, a false alarm in 2^30: the same octet 31 times, or an
 * octet's value more than 410 times in 512 (4.4.2, H = 1: the cutoff for W = 512 is 410 at 2^-30).
 */
static bool healthy(const uint8_t *at, size_t length)
{
    enum { REPEATED = 31, WINDOW = 512, PROPORTION = 410 };
    unsigned run = 1, same = 0;

    for (size_t i = 0; i < length; i++) {
        if (i > 0) {
            run = at[i] == at[i - 1] ? run + 1 : 1;
            if (run >= REPEATED)
                return false;
        }
        if (i % WINDOW == 0)
            same = 0;
        same += at[i] == at[i - i % WINDOW];
        if (same >= PROPORTION)
            return false;
    }
    return true;
}

/* 1024 octets at start (4.3: start-up tests), hashed. False: no source, or a broken one. */
static bool from_noise(struct sha256 *h)
{
    static uint8_t raw[1024];
    size_t length = 0;

    for (unsigned tries = 0; length < sizeof raw && tries < 64; tries++) {
        size_t n = board_noise(raw + length, sizeof raw - length);

        if (n == 0)
            break;
        length += n;
    }
    if (length == 0)
        return false;
    if (length < sizeof raw || !healthy(raw, length)) {
        source_failed = true;
        return false;
    }
    sha256_add(h, raw, length);
    memset(raw, 0, sizeof raw);
    return true;
}

static void derive(uint8_t to[32], const uint8_t from[32], const char *what, uint64_t number)
{
    struct sha256 h;

    sha256_start(&h);
    sha256_add(&h, from, 32);
    sha256_add(&h, what, strlen(what));
    sha256_add(&h, &number, sizeof number);
    sha256_end(&h, to);
}

const char *entropy_start(const uint8_t *loaded)
{
    static struct record seed;
    static uint8_t bytes[SEED_LENGTH];
    struct sha256 h;
    bool noise, stored = false, handed = loaded != NULL && memcmp(loaded, "PSEED1\n", 8) == 0;

    ready = source_failed = false;
    taken = 0;
    sha256_start(&h);
    noise = from_noise(&h);
    if (source_failed)
        return "none: the random number generator fails its health tests";
    seed.store = board_store();
    seed.first = SLOT_SEED_A;
    if (seed.store != NULL) {
        stored = record_read(&seed, bytes, sizeof bytes) == SEED_LENGTH;
        if (stored)
            sha256_add(&h, bytes, SEED_LENGTH);
    }
    if (handed)
        sha256_add(&h, loaded + 8, SEED_LENGTH);
    sha256_end(&h, key);
    if (!noise && !stored && !handed)
        return "none: this board has no random number generator, and no seed was given to it";
    if (seed.store != NULL) {
        bool written;

        derive(bytes, key, "next seed, first half", 0);
        derive(bytes + 32, key, "next seed, second half", 0);
        /* The old seed must be gone from its slot as well, so that it can't count a second time. */
        written = record_replace(&seed, bytes, SEED_LENGTH) && !seed.left;
        if (!written && !noise)
            return "none: the seed can't be replaced, and may not be used twice";
    }
    memset(bytes, 0, sizeof bytes);
    derive(key, key, "this start", 0);
    ready = true;
    return noise ? "a random number generator" : stored ? "a stored seed, replaced by a fresh one" : "a seed given at start";
}

bool entropy_ready(void)
{
    return ready;
}

uint32_t entropy_take(uint8_t *to, uint32_t length)
{
    uint8_t out[32];

    if (!ready)
        return 0;
    if (taken > 0) {
        /* Later requests get fresh noise where there is a source; each moves the key on. */
        struct sha256 h;

        sha256_start(&h);
        sha256_add(&h, key, sizeof key);
        from_noise(&h);
        sha256_end(&h, key);
        if (source_failed) {
            ready = false;
            return 0;
        }
    }
    for (uint32_t at = 0; at < length; at += sizeof out) {
        uint32_t n = length - at < sizeof out ? length - at : (uint32_t)sizeof out;

        derive(out, key, "output", ++taken);
        memcpy(to + at, out, n);
    }
    derive(key, key, "next", taken);
    memset(out, 0, sizeof out);
    return length;
}
