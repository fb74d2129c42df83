/* The watchdog of the i.MX family (i.MX 6UltraLite reference manual, chapter 59). */
#ifndef POSTERN_IMX_WDOG_H
#define POSTERN_IMX_WDOG_H

#include <stdbool.h>
#include <stdint.h>

/* Resets the board `half_seconds` / 2 s after the last feed. It can't be stopped any more. */
void imx_wdog_start(uintptr_t base, unsigned half_seconds);
void imx_wdog_feed(uintptr_t base);
/* Whether the last reset was the watchdog's. */
bool imx_wdog_fired(uintptr_t base);
_Noreturn void imx_wdog_reset(uintptr_t base);

#endif
