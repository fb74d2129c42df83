#ifndef POSTERN_PINS_H
#define POSTERN_PINS_H

/* Clock gates, multiplexers, and the PHYs' reference clocks. */
void pins_start(void);

#endif
