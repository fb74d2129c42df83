/* NXP i.MX7D SABRE (MCIMX7SABRE): addresses from the reference manual (IMX7DRM). The blocks are those of the i.MX6UL. */
#include "arm.h"
#include "board.h"
#include "imx.h"

enum { ENET1 = 0x30be0000, ENET2 = 0x30bf0000 };

const char board_name[] = "imx7d";
const uintptr_t board_handed_over = 0x86000000;
const struct arm_region arm_devices[] = { { 0x30000000, 0x1100000 }, { 0, 0 } };

const struct imx_board imx_board = {
    .gic = { 0x31001000, 0x31002000 },
    .uart = 0x30860000, .uart_clock = 24000000, .uart_irq = 32 + 26,
    .wdog = 0x30280000, .snvs = 0x30370000, .usdhc = 0x30b40000, /* uSDHC1 */
    .bus_mhz = 133, .rgmii = true,
    /* On the board both PHYs are believed to hang on ENET1's MDIO, at 0 and 1; QEMU's answer each at its own MAC. Three lines each: the rings' and the rest. */
    .ports = {
        { .base = ENET1, .irq = 32 + 118, .irqs = 3, .phy = { ENET1, 0 } },
        { .base = ENET2, .irq = 32 + 100, .irqs = 3, .phy = { ENET2, 0 }, .other = { ENET1, 1 } },
    },
};
