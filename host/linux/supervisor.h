/*
 * Two processes: one runs the router, one watches it. The watchdog: a turn of the loop that computes for longer than
 * it may ends the router's process; so does a fault of the host itself. The watcher starts it again, counts, and hands the
 * reason on. Idle, neither of them ever wakes.
 */
#ifndef POSTERN_SUPERVISOR_H
#define POSTERN_SUPERVISOR_H

#include <stdbool.h>
#include <stdint.h>

/** What one life of the router leaves for the next. */
struct legacy {
  uint32_t watchdogs, faults;
  char why[120];
};

/** Runs `life` in a process of its own until it returns; ends with its status. `seconds` of computing in one turn are allowed. */
int supervise(int (*life)(const struct legacy *legacy), unsigned seconds);

/** The router's process: the loop has gone round. */
void watchdog_feed(void);

/** The router's process: whether a signal asks it to end. */
bool supervisor_ends(void);

#endif
