/*
 * The serial console: text out, and a small line editor in front of the module's console: cursor keys, Home, End, Delete, the control keys of IOS,
 * and the lines that were entered last. What answers a prompt that conceals it (host/abi.md, "The console") is neither shown nor kept.
 */
#ifndef POSTERN_TEXT_H
#define POSTERN_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#define TEXT_LINE 1024u

/* Text to the UART, each newline as CR LF. */
void text_write(const char *text, size_t length);
/* The module's console output; what the operator has typed so far is drawn again behind it. */
void text_module(const char *text, size_t length);
/* A whole line from the firmware. */
void text_say(const char *line);

/* Whether text ends with what a prompt ends with whose answer is not to be seen. */
bool text_conceals(const char *text, size_t length);

/* Something for the module: `length` octets at `text`, as host/abi.md has console input. */
struct text_input {
    const char *text;
    size_t length;
};

/* The other end is a program: no echo, no editing. */
void text_raw(void);

/* Takes one octet from the UART. Returns input with length 0 while the line is not complete. */
struct text_input text_key(int octet);
/* The module has taken the input, and answered. */
void text_taken(void);

#endif
