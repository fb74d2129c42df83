/* What postern-linux writes down on request: frames (pcapng) and the keys of sessions (Wireshark's own tables). */
#ifndef POSTERN_RECORD_H
#define POSTERN_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Makes the capture anew, with an interface for each name. Returns false with a sentence in `why`. */
bool capture_open(const char *path, const char *const *names, unsigned count, char *why, size_t why_size);

/** Records a frame as the router sees it, where a capture is open. */
void capture_frame(uint32_t port, const uint8_t *frame, size_t length, bool in);

/** Opens the tables in `folder`, its owner's alone; rows of earlier runs stay. Returns false with a sentence in `why`. */
bool keylog_open(const char *folder, char *why, size_t why_size);

/** Takes KEYLOG lines (host/abi.md). */
void keylog_write(const char *text, size_t length);

#endif
