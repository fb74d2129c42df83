/*
 * What the guests of bench/core share: lines of words on standard input, octets as hexadecimal digits, and the marks between
 * which instructions are counted (count.c).
 */
#ifndef GUEST_H
#define GUEST_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char line[1 << 16];

static inline char *word(void)
{
    return strtok(NULL, " \n");
}

/** Writes the octets of a word to `into`; returns how many. */
static inline size_t octets(uint8_t *into, const char *digits)
{
    size_t n = 0;
    unsigned value;
    for (; digits != NULL && sscanf(digits + 2 * n, "%2x", &value) == 1; n++)
        into[n] = (uint8_t)value;
    return n;
}

static inline void show(const uint8_t *from, size_t length)
{
    for (size_t i = 0; i < length; i++)
        printf("%02x", from[i]);
    puts("");
    fflush(stdout);
}

static inline void begin(void)
{
    close((int)0x7ab10001);
}

static inline void end(void)
{
    close((int)0x7ab10002);
}

/** Does `work` once so that what is set up at first use is there, puts the inputs back, and counts it. */
#define COUNTED(prepare, work) do { prepare; work; prepare; begin(); work; end(); } while (0)
#endif
