/*
 * What the firmware asks of a board, and nothing else. A board's folder implements it as data: which IP blocks it has,
 * where they are, how its pins are set. Code that drives an IP block is in boards/drivers, code of a core in boards/mcu.
 */
#ifndef POSTERN_BOARD_H
#define POSTERN_BOARD_H

#include "ground.h"

/* Longest frame without FCS, as host/abi.md has it. */
#define FRAME_MAX 1518u

/* An Ethernet port. A driver embeds one; the firmware knows only this. */
struct nic {
    /* Whether a received frame waits. */
    bool (*waiting)(struct nic *nic);
    /* Takes the oldest received frame (without FCS) to `frame`, at most `max` octets. Returns its length, 0: none. */
    unsigned (*receive)(struct nic *nic, uint8_t *frame, unsigned max);
    /* Sends a frame without FCS. False: no room, the frame is lost and counted. */
    bool (*send)(struct nic *nic, const uint8_t *frame, unsigned length);
    /* Takes back the interrupt of what has arrived so far, so that a wait ends only with what arrives from now on. */
    void (*quiet)(struct nic *nic);
    /* Whether a cable with another end is in the port, now. NULL: the port can't tell, and is taken to have one. */
    bool (*link)(struct nic *nic);
    uint32_t received, sent;
    /* Frames that the ring or the wire lost. */
    uint32_t overrun, errors, unsent;
};

/* The eight functions of a board: board_write, board_noise and board_store of ground.h, and these. */

/* Clocks, pins, UART, ports and store, in that order. Called once, with caches on. */
void board_start(void);
/* The next octet from the console; -1: none. */
int board_read(void);
/* Port `number` (Ethernet0 and up); NULL: the board has no more. */
struct nic *board_port(unsigned number);
/* The firmware's loop goes round once more: starts the watchdog or feeds it, takes back interrupts before the rings are looked at. */
void board_feed(void);
/* Starts the board anew (`again`), or switches it off. */
_Noreturn void board_end(bool again);

/* Facts that each board states beside the functions. */
extern const char board_name[];
/* An address in RAM where a loader may put a seed and, 0x100 behind it, flags (tools/board/board.mjs). */
extern const uintptr_t board_handed_over;
/* Why the board started, in words: "power on", "watchdog". */
extern const char *board_reset_reason;

#endif
