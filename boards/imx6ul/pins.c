/*
 * Clocks and pins of the i.MX6UL EVK: IMX6ULRM chapters 18 (CCM) and 32 (IOMUXC). U-Boot has set most of it; this sets what
 * the firmware uses. QEMU models none of it.
 */
#include "imx.h"
#include "mcu.h"

enum { CCM = 0x020c4000, CCM_CCGR0 = 0x68, ANALOG_PLL_ENET = 0x020c80e0, IOMUXC_GPR1 = 0x020e4004, SCTR_CNTCR = 0x021dc000 };

void pins_start(void)
{
    /* Every gate on: the gates of the ports, UART1, USDHC2 and the watchdog are among them. */
    for (unsigned i = 0; i < 7; i++)
        REG32(CCM + CCM_CCGR0 + 4 * i) = 0xffffffff;
    /* 18.7.12: both ENET references at 50 MHz, enabled, not bypassed, powered. */
    REG32(ANALOG_PLL_ENET) = 1u << 21 | 1u << 20 | 1u << 13 | 1u << 2 | 1u;
    /* 32.4.2: the pins' clocks go out to the PHYs (ENET1_TX_CLK_DIR, ENET2_TX_CLK_DIR), and not in. */
    REG32(IOMUXC_GPR1) = (REG32(IOMUXC_GPR1) & ~(3u << 13)) | 3u << 17;
    /* The system counter that the generic timer reads. */
    REG32(SCTR_CNTCR) |= 1;
}
