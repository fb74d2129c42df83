/*
 * One router in WAMR: an instance of the module, its restarts, and the octets that cross the contract (host/abi.md).
 * Linux and the boards share it. Nothing here looks at a clock, a device or a file: `struct host` does. The counterpart
 * in Node is host/node/instance.ts, and both keep the same order of calls, so that the same timeline gives the same frames.
 *
 *   instance_open(&router, &host, &image, &memory, why, sizeof why);
 *   for (;;) {
 *     while (a frame waits on a port && (at = instance_frame_alloc(&router)) != NULL)
 *       instance_frame(&router, port, at, octets read to at);
 *     sleep at most instance_poll(&router) milliseconds, or until a frame or an octet of the console comes;
 *   }
 *
 * A trap or `halt` ends the wasm instance, never the program: instance_poll makes the fresh one, with the startup
 * configuration, and `say`s why. No function here may be called from inside a function of `struct host`.
 */
#ifndef POSTERN_INSTANCE_H
#define POSTERN_INSTANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The version of host/abi.md that this host was written for. */
#define INSTANCE_ABI_VERSION 2u
/** Octets that may be written from the address that instance_frame_alloc gives, and the most that come out as a frame. */
#define INSTANCE_FRAME_MAX 1518u
/** Octets that the module's console buffer takes. */
#define INSTANCE_CONSOLE_BUFFER 16384u
/** Octets of the device key. */
#define INSTANCE_DEVICE_KEY 32
/** Ports that the module can drive. */
#define INSTANCE_PORTS 4u
/** Functions of the module that are called (host/abi.md). */
#define INSTANCE_EXPORTS 11u
/** `instance_poll` answers this when the module has no deadline. */
#define INSTANCE_NO_DEADLINE 0xffffffffu

/** Whether NVRAM has a configuration; in all cases but the first what was stored before is stored still (host/abi.md). */
enum instance_stored { STORED_OK, STORED_NO_ROOM, STORED_READ_ONLY, STORED_MEDIUM_FAILED, STORED_NO_MEDIUM };

/** What the instance asks of its surroundings. `context` is given back to every function. None may be NULL but as said. */
struct host {
  void *context;
  /** Milliseconds, any origin, never going back; wraps. */
  uint32_t (*now)(void *context);
  /** Seconds since 1970; 0: there is no clock. */
  uint32_t (*wall)(void *context);
  /** Writes true entropy; returns how many octets it wrote. Fewer than `length`: IKE will not start, and the console says so. */
  uint32_t (*random)(void *context, uint8_t *into, uint32_t length);
  /** A frame without FCS goes out on `port`, of at most INSTANCE_FRAME_MAX octets. `frame` is valid until this returns: copy it, or
      let the device take it. */
  void (*send)(void *context, uint32_t port, const uint8_t *frame, uint32_t length);
  /** What a person reads; not terminated by a zero. */
  void (*console)(void *context, const char *text, uint32_t length);
  /** EVENT lines. NULL: nobody reads them. */
  void (*event)(void *context, const char *text, uint32_t length);
  /** The complete startup configuration is to be stored, whole or not at all; length 0: erased. */
  enum instance_stored (*nvram)(void *context, const char *text, uint32_t length);
  /** Copies at most `room` octets of what is stored to `into`; returns how many are stored, 0 for nothing. NULL: nothing ever is. */
  uint32_t (*stored)(void *context, char *into, uint32_t room);
  /** Keys of sessions. NULL: they do not leave the module. */
  void (*keylog)(void *context, const char *text, uint32_t length);
  /** Where the startup configuration is; returns its length, 0 for none. Must stay as it is until this is called again, whatever
      `nvram` is given meanwhile: a startup configuration may say `do write memory`. */
  uint32_t (*startup)(void *context, const char **text);
  /** Writes INSTANCE_DEVICE_KEY octets, the same at each start, under which the module wraps private keys for NVRAM. Returns false: there
      is none. NULL: there never is. */
  bool (*device_key)(void *context, uint8_t *key);
  /** Whether a port has a link by now. NULL: all have. */
  bool (*link)(void *context, uint32_t port);
  /** What a port is called, in the manner of GigabitEthernet0/0; NULL: the configuration says. NULL in place of the function: of none. */
  const char *(*port_name)(void *context, uint32_t port);
  /** A person sits at the console, and answers questions (host/abi.md, `terminal editing`). */
  bool person;
  /** One line for the operator from the host itself, without a newline. */
  void (*say)(void *context, const char *line);
};

/** The runtime's memory (the module's own comes from os_mmap). */
struct memory {
  /** What the runtime allocates with, as malloc, realloc and free have it; NULL: it is these. */
  void *(*take)(unsigned size);
  void *(*retake)(void *block, unsigned size);
  void (*give)(void *block);
  /** Octets of the interpreter's stack of operands and locals. (AOT code has the native one, and is stopped at its end.) */
  uint32_t stack_size;
};

/** The same module twice. */
struct image {
  /** Compiled ahead of time for this target by tools/build/aot.mjs, which puts a check sum behind it (a damaged file is refused, and
      the interpreter runs); NULL or size 0: none. Must be writable, and 8-aligned. */
  uint8_t *aot;
  uint32_t aot_size;
  /** The wasm module, for the interpreter: the fall-back when the AOT file is refused. NULL: none. Must be writable. */
  uint8_t *wasm;
  uint32_t wasm_size;
  /** The interpreter is asked for, whatever the AOT file is. */
  bool interpreter;
  /** Where memory is short: before an engine is tried, makes its form of the module ready, and memory for the runtime. NULL:
      the forms are there. */
  void (*prepare)(struct image *image, bool interpreter);
  /** Where memory is short: the module is loaded, and nothing points into its file any more but the rows of the data segments
      of an AOT module (`module`; NULL for the interpreter's): once they point elsewhere, the file may go. NULL: it stays. */
  void (*loaded)(struct image *image, void *module);
  /** Before every fresh wasm instance. NULL: nothing is to be done. */
  void (*fresh)(struct image *image);
};

enum instance_ending { ENDING_NONE, ENDING_TRAP, ENDING_ASSERTION, ENDING_RELOAD, ENDING_WATCHDOG };

struct instance_counters {
  uint32_t starts, traps, assertions, reloads, watchdogs;
  uint32_t frames_in, frames_out, no_buffer, too_long, lost_in_restart;
};

/** Public to be placed by the caller (no allocation); only `counters`, `engine`, `ending`, `why`, `refused_lines` and `unprotected` are for reading. */
struct instance {
  struct instance_counters counters;
  /** "AOT" or "interpreter". */
  const char *engine;
  /** How the last wasm instance ended, and a sentence about it; also the place for what ended an earlier program (watchdog). */
  enum instance_ending ending;
  char why[160];
  /** Refused lines of the startup configuration at the last start, and those of them that would have protected something. */
  uint32_t refused_lines, unprotected;

  const struct host *host;
  struct image *image;
  struct memory memory;
  void *module, *wasm_instance, *exec_env;
  void *functions[INSTANCE_EXPORTS];
  uint32_t halt_code, halt_line;
  bool aot, halted, waiting;
  /** When the last one ended, and after how many ms the next one had read its startup configuration. */
  uint32_t stopped_at, restart_ms;
  uint32_t starts_at, pause, recent[3];
  uint32_t recent_count;
};

/**
 * Loads the module - the AOT file, or the interpreter when it is absent, refused (a line says why) or not wanted - and
 * starts the first wasm instance with the startup configuration. The image must stay where it is. One instance a program.
 * Returns false with a sentence in `why`: nothing can be loaded, or the module speaks another version (both numbers).
 */
bool instance_open(struct instance *router, const struct host *host, struct image *image, const struct memory *memory,
                   char *why, size_t why_size);

/** Ends everything; instance_open may follow. */
void instance_close(struct instance *router);

/** Whether a wasm instance runs; false between a stop and the next start. */
bool instance_running(const struct instance *router);

/** A port has a link, or has lost it; then `instance_poll`. */
void instance_port_state(struct instance *router, uint32_t port, bool up);

/** A packet buffer: where the first octet of a frame goes. NULL: none is left, or no instance runs: drop the frame (counted). */
uint8_t *instance_frame_alloc(struct instance *router);

/** The same for a frame that may come: nothing is counted. */
uint8_t *instance_frame_spare(struct instance *router);

/** Counts a frame that had come and found no buffer. */
void instance_frame_lost(struct instance *router);

/** Gives back a buffer that was not used. */
void instance_frame_free(struct instance *router, uint8_t *at);

/** Gives the frame of `length` octets at `at` (from instance_frame_alloc) to the module. Longer than 1518: dropped, counted. */
void instance_frame(struct instance *router, uint32_t port, uint8_t *at, uint32_t length);

/** Lets the module work, or makes the fresh instance that is due. Returns milliseconds until the next call, 0: at once, INSTANCE_NO_DEADLINE: never. */
uint32_t instance_poll(struct instance *router);

/** Console input as host/abi.md has it ("The console"). Returns how many lines were refused. Follow with instance_poll. */
uint32_t instance_input(struct instance *router, const char *text, uint32_t length);

/** Writes the lines that the host adds to `show version` - engine, starts, the last stop and its reason - each with `say`. */
void instance_show(const struct instance *router, const char *program);

/** Whether console input is the line `show version`, abbreviated or behind `do`: the host then says its lines first (instance_show). */
bool instance_asks_version(const char *text, uint32_t length);

#endif
