/* The arguments of postern-linux. */
#ifndef POSTERN_OPTIONS_H
#define POSTERN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "link.h"

enum { PORTS = 4 };

struct options {
  const char *config, *startup, *console, *events, *replay, *module, *aot, *pcap, *keylog, *fault;
  struct link links[PORTS];
  char names[PORTS][33];
  unsigned link_count, watchdog;
  bool interpreter, seeded, lenient, stay;
  uint32_t seed;
};

/** Reads the arguments of main, once. Returns 0; or what main returns at once, everything being said: 2 for what can't be used, 0 - with `*done` - for --help. */
int options_read(struct options *options, int count, char **words, bool *done);

#endif
