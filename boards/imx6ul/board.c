/* NXP i.MX6UL EVK (MCIMX6UL-EVKB): addresses from the reference manual (IMX6ULRM) and the board's schematic. */
#include "arm.h"
#include "board.h"
#include "imx.h"

enum { ENET1 = 0x02188000, ENET2 = 0x020b4000 };

const char board_name[] = "imx6ul";
const uintptr_t board_handed_over = 0x86000000;
const struct arm_region arm_devices[] = { { 0x00a00000, 0x100000 }, { 0x02000000, 0x400000 }, { 0, 0 } };

const struct imx_board imx_board = {
    .gic = { 0x00a01000, 0x00a02000 },
    .uart = 0x02020000, .uart_clock = 80000000, .uart_irq = 32 + 26,
    .wdog = 0x020bc000, .snvs = 0x020cc000, .usdhc = 0x02194000, /* uSDHC2 */
    .bus_mhz = 66,
    /* Both PHYs of the EVK hang on ENET2's MDIO, at 2 and 1; QEMU's answer each at its own MAC. */
    .ports = {
        { .base = ENET1, .irq = 32 + 118, .irqs = 1, .phy = { ENET1, 2 }, .other = { ENET2, 2 } },
        { .base = ENET2, .irq = 32 + 120, .irqs = 1, .phy = { ENET2, 1 } },
    },
};
