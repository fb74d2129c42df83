/* NXP i.MX7D SABRE (MCIMX7SABRE): addresses from the reference manual (IMX7DRM). The blocks are those of the i.MX6UL. */
#include "board.h"
#include "arm.h"
#include "fec.h"
#include "gic.h"
#include "imx_uart.h"
#include "imx_wdog.h"
#include "mcu.h"
#include "pins.h"
#include "usdhc.h"

enum {
    WDOG1 = 0x30280000, SNVS_LP = 0x30370000, UART1 = 0x30860000, USDHC1 = 0x30b40000, ENET1 = 0x30be0000, ENET2 = 0x30bf0000,
    UART1_IRQ = 32 + 26, ENET1_IRQ = 32 + 118, ENET2_IRQ = 32 + 100,
};
/* The store on the SD card: SLOTS slots from here, as tools/image.mjs lays it out. */
enum { STORE_BLOCK = 4096, STORE_SLOT = 64 * 1024 };

const char board_name[] = "imx7d";
const char *board_reset_reason = "power on";
const struct arm_region arm_devices[] = { { 0x30000000, 0x1100000 }, { 0, 0 } };
const uint32_t arm_handed_over = 0x86000000;
const uint8_t *const board_loaded_seed = (const uint8_t *)0x86000000;
const uint8_t *const board_loaded_flags = (const uint8_t *)0x86000100;

static const struct gic gic = { 0x31001000, 0x31002000 };
static struct fec_memory fec_memory[2] DMA;
/* On the board both PHYs are believed to hang on ENET1's MDIO, at 0 and 1; QEMU's answer each at its own MAC. */
static struct fec fecs[2] = {
    { .base = ENET1, .mdio = ENET1, .phy = 0, .bus_mhz = 133, .rgmii = true, .memory = &fec_memory[0] },
    { .base = ENET2, .mdio = ENET2, .phy = 0, .bus_mhz = 133, .rgmii = true, .memory = &fec_memory[1] },
};
static struct usdhc sd = { .base = USDHC1 };

void board_start(void)
{
    pins_start();
    imx_uart_start(UART1, 24000000, 115200);
    if (imx_wdog_fired(WDOG1))
        board_reset_reason = "watchdog";
    gic_start(&gic);
    gic_enable(&gic, UART1_IRQ);
    /* Three lines each: the rings' and the rest. */
    for (unsigned i = 0; i < 3; i++) {
        gic_enable(&gic, ENET1_IRQ + i);
        gic_enable(&gic, ENET2_IRQ + i);
    }
    fec_start(&fecs[0]);
    if (fec_start(&fecs[1]) == 0) {
        fecs[1].mdio = ENET1;
        fecs[1].phy = 1;
        fec_start(&fecs[1]);
    }
    usdhc_start(&sd);
}

void board_write(const char *text, size_t length)
{
    imx_uart_write(UART1, text, length);
}

int board_read(void)
{
    return imx_uart_read(UART1);
}

struct nic *board_port(unsigned number)
{
    return number < 2 ? &fecs[number].nic : NULL;
}

/* The CAAM's generator is not driven: the seed is the only source. */
size_t board_noise(uint8_t *to, size_t length)
{
    (void)to;
    (void)length;
    return 0;
}

static uint32_t block_of(unsigned slot, uint32_t at)
{
    return STORE_BLOCK + slot * (STORE_SLOT / SD_BLOCK) + at / SD_BLOCK;
}

static bool store_read(unsigned slot, uint32_t at, void *to, uint32_t length)
{
    for (uint32_t i = 0; i < length; i += SD_BLOCK)
        if (!usdhc_read(&sd, block_of(slot, at + i), (uint8_t *)to + i))
            return false;
    return true;
}

static bool store_write(unsigned slot, uint32_t at, const void *from, uint32_t length)
{
    for (uint32_t i = 0; i < length; i += SD_BLOCK)
        if (!usdhc_write(&sd, block_of(slot, at + i), (const uint8_t *)from + i))
            return false;
    return true;
}

/* A card erases by itself; the header goes first, so that half-written text never stands behind a good one. */
static bool store_erase(unsigned slot)
{
    static const uint8_t nothing[SD_BLOCK];

    return store_write(slot, 0, nothing, SD_BLOCK);
}

const struct store *board_store(void)
{
    static const struct store store = { STORE_SLOT, store_read, store_write, store_erase };

    return sd.ready ? &store : NULL;
}

void board_feed(void)
{
    static bool started;

    if (!started)
        imx_wdog_start(WDOG1, 10);
    started = true;
    imx_wdog_feed(WDOG1);
}

void board_end(bool again)
{
    if (again)
        imx_wdog_reset(WDOG1);
    for (;;)
        REG32(SNVS_LP + 0x38) = 0x61; /* LPCR: DP_EN, TOP, SRTC on */
}
