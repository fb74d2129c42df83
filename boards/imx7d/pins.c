/*
 * Clocks of the i.MX7D: IMX7DRM chapter 5 (CCM). U-Boot has set pins, roots and the PHYs' reset, and started the
 * system counter; this opens the gates of what
 * the firmware uses. QEMU models none of it.
 */
#include "imx.h"
#include "mcu.h"

enum { CCM_CCGR0_SET = 0x30384004, CCGR_STEP = 16 };

void pins_start(void)
{
    /* 5.2.5: gates of ENET1 and ENET2 (112, 113), USDHC1 (108), UART1 (148), WDOG1 (156): on in every mode. */
    static const unsigned char gates[] = { 108, 112, 113, 148, 156 };

    for (unsigned i = 0; i < sizeof gates; i++)
        REG32(CCM_CCGR0_SET + gates[i] * CCGR_STEP) = 3;
}
