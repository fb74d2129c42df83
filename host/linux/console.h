/*
 * The console of postern-linux: standard input and output - with the boards' line editor when it is a terminal, lines as
 * they come when it is a pipe - or a Unix socket, whose clients come and go.
 */
#ifndef POSTERN_CONSOLE_H
#define POSTERN_CONSOLE_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CONSOLE_WAITS = 9 };

/** Input in the form of host/abi.md; returns how many lines of it were refused. */
typedef uint32_t console_input(const char *text, uint32_t length);

/** Opens `where`: "stdio" or "unix:PATH". Without `stay` the end of the input of a pipe ends the program. Returns false with a sentence in `why`. */
bool console_open(const char *where, bool stay, console_input *handle, char *why, size_t why_size);

/** Whether it is a terminal, where a person sits. */
bool console_person(void);

/** Fills in what to wait for, at most CONSOLE_WAITS entries. Returns how many. */
unsigned console_wait(struct pollfd *entries);

/** Takes what has come. Call after each wait. Returns false when the operator wants to leave (Ctrl-D on an empty line of a terminal). */
bool console_tend(void);

/** Whether the input of a pipe has ended that the program ends with, and its last command has. */
bool console_over(void);

/** Output of the module. */
void console_write(const char *text, size_t length);

/** A whole line from the host, without its newline. */
void console_say(const char *line);

void console_close(void);

/** Puts a terminal back as it was; safe in the process that did not open the console. */
void console_restore(void);

#endif
