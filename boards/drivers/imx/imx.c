#include "imx.h"
#include "board.h"
#include "fec.h"
#include "imx_uart.h"
#include "imx_wdog.h"
#include "mcu.h"
#include "usdhc.h"
#include <string.h>

/* The store on the SD card: SLOTS slots from here, as tools/board/store.mjs lays it out. */
enum { STORE_BLOCK = 4096, STORE_SLOT = 64 * 1024 };
/* SNVS_LP's control register: DP_EN, TOP and the clock on, which is power off. */
enum { SNVS_LPCR = 0x38, LPCR_OFF = 0x61 };
enum { BAUD = 115200, WATCHDOG_HALF_SECONDS = 10 };

const char *board_reset_reason = "power on";

static struct fec_memory fec_memory[IMX_PORTS] DMA;
static struct fec fecs[IMX_PORTS];
static struct usdhc sd;

static void port_start(unsigned n)
{
    const struct imx_port *port = &imx_board.ports[n];
    struct fec *fec = &fecs[n];

    for (unsigned i = 0; i < port->irqs; i++)
        gic_enable(&imx_board.gic, port->irq + i);
    *fec = (struct fec){ .base = port->base, .mdio = port->phy.mdio, .phy = port->phy.address, .bus_mhz = imx_board.bus_mhz, .rgmii = imx_board.rgmii, .memory = &fec_memory[n] };
    if (fec_start(fec) == 0 && port->other.mdio != 0) {
        fec->mdio = port->other.mdio;
        fec->phy = port->other.address;
        fec_start(fec);
    }
}

void board_start(void)
{
    pins_start();
    imx_uart_start(imx_board.uart, imx_board.uart_clock, BAUD);
    if (imx_wdog_fired(imx_board.wdog))
        board_reset_reason = "watchdog";
    gic_start(&imx_board.gic);
    gic_enable(&imx_board.gic, imx_board.uart_irq);
    for (unsigned n = 0; n < IMX_PORTS; n++)
        port_start(n);
    sd.base = imx_board.usdhc;
    usdhc_start(&sd);
}

void board_write(const char *text, size_t length)
{
    imx_uart_write(imx_board.uart, text, length);
}

int board_read(void)
{
    return imx_uart_read(imx_board.uart);
}

struct nic *board_port(unsigned number)
{
    return number < IMX_PORTS ? &fecs[number].nic : NULL;
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

/*
 * A card erases by itself; the header goes first, so that half-written text never stands behind a good one. Then the rest, or the end of
 * a longer text would stay: blocks that are empty already are only read.
 */
static bool store_erase(unsigned slot)
{
    static const uint8_t nothing[SD_BLOCK];
    static uint8_t block[SD_BLOCK] __attribute__((aligned(4)));

    for (uint32_t at = 0; at < STORE_SLOT; at += SD_BLOCK) {
        if (at > 0 && store_read(slot, at, block, SD_BLOCK) && memcmp(block, nothing, SD_BLOCK) == 0)
            continue;
        if (!store_write(slot, at, nothing, SD_BLOCK))
            return false;
    }
    return true;
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
        imx_wdog_start(imx_board.wdog, WATCHDOG_HALF_SECONDS);
    started = true;
    imx_wdog_feed(imx_board.wdog);
}

void board_end(bool again)
{
    if (again)
        imx_wdog_reset(imx_board.wdog);
    for (;;)
        REG32(imx_board.snvs + SNVS_LPCR) = LPCR_OFF;
}
