/*
 * A board with a chip of NXP's i.MX family that has FEC or ENET ports, uSDHC, UART, watchdog and SNVS: the eight functions
 * of board.h over the family's blocks. The board's folder says where they are and sets its pins.
 */
#ifndef POSTERN_IMX_H
#define POSTERN_IMX_H

#include <stdbool.h>
#include <stdint.h>
#include "gic.h"

#define IMX_PORTS 2u

/* An Ethernet port: its MAC, and its PHY at the MDIO of one MAC - or, where none answers, of the other (QEMU gives each MAC its own). */
struct imx_port {
    uint32_t base;
    unsigned irq, irqs; /* the first of its interrupts, and how many there are */
    struct imx_phy {
        uint32_t mdio;
        unsigned address;
    } phy, other;
};

struct imx_board {
    struct gic gic;
    uint32_t uart, uart_clock;
    unsigned uart_irq;
    uint32_t wdog, snvs, usdhc;
    unsigned bus_mhz; /* of the bus that MDC is made from */
    bool rgmii;       /* the PHYs are on RGMII, else on RMII */
    struct imx_port ports[IMX_PORTS];
};

extern const struct imx_board imx_board;

/* Clock gates, multiplexers, the PHYs' reference clocks. In the board's folder. */
void pins_start(void);

#endif
