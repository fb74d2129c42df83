#include "imx_wdog.h"
#include "mcu.h"

enum { WCR = 0, WSR = 2, WRSR = 4 };
/* WDE on; SRS and WDA are active low. */
enum { WCR_WDE = 1 << 2, WCR_SRS = 1 << 4, WCR_WDA = 1 << 5, WRSR_TOUT = 1 << 1 };

void imx_wdog_start(uintptr_t base, unsigned half_seconds)
{
    REG16(base + WCR) = (uint16_t)((half_seconds - 1) << 8 | WCR_WDA | WCR_SRS);
    REG16(base + WCR) = (uint16_t)((half_seconds - 1) << 8 | WCR_WDA | WCR_SRS | WCR_WDE);
    imx_wdog_feed(base);
}

void imx_wdog_feed(uintptr_t base)
{
    REG16(base + WSR) = 0x5555;
    REG16(base + WSR) = 0xaaaa;
}

bool imx_wdog_fired(uintptr_t base)
{
    return (REG16(base + WRSR) & WRSR_TOUT) != 0;
}

void imx_wdog_reset(uintptr_t base)
{
    for (;;)
        REG16(base + WCR) = WCR_WDE;
}
