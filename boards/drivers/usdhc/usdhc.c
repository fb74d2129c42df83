#include "usdhc.h"
#include "mcu.h"
#include <string.h>

enum {
    BLK_ATT = 0x04, CMD_ARG = 0x08, CMD_XFR_TYP = 0x0c, CMD_RSP0 = 0x10, DATA_PORT = 0x20, PRES_STATE = 0x24, PROT_CTRL = 0x28,
    SYS_CTRL = 0x2c, INT_STATUS = 0x30, INT_STATUS_EN = 0x34, INT_SIGNAL_EN = 0x38, WTMK_LVL = 0x44, MIX_CTRL = 0x48,
};
enum { STATE_CIHB = 1, STATE_CDIHB = 2, STATE_SDSTB = 8, STATE_BWEN = 1 << 10, STATE_BREN = 1 << 11 };
enum { INT_CC = 1, INT_TC = 2, INT_ERRORS = 0x107f0000 };
enum { SYS_INITA = 1 << 27, SYS_RSTA = 1 << 24, MIX_READ = 1 << 4 };
/* CMD_XFR_TYP: kind of response, its checks, data. */
enum { R_NONE = 0, R_136 = 1 << 16 | 1 << 19, R_48 = 2 << 16 | 1 << 19 | 1 << 20, R_PLAIN = 2 << 16, R_BUSY = 3 << 16 | 1 << 19 | 1 << 20, DATA = 1 << 21 };

static bool wait_for(struct usdhc *sd, uint32_t where, uint32_t mask, bool set, unsigned ms)
{
    for (uint64_t until = mcu_us() + ms * 1000u;;) {
        if (((REG32(sd->base + where) & mask) != 0) == set)
            return true;
        if (mcu_us() > until)
            return false;
    }
}

static bool command(struct usdhc *sd, unsigned index, uint32_t argument, uint32_t type)
{
    if (!wait_for(sd, PRES_STATE, STATE_CIHB | (type & DATA || type == R_BUSY ? STATE_CDIHB : 0), false, 500))
        return false;
    REG32(sd->base + INT_STATUS) = 0xffffffff;
    REG32(sd->base + CMD_ARG) = argument;
    REG32(sd->base + CMD_XFR_TYP) = index << 24 | type;
    for (uint64_t until = mcu_us() + 500000u;;) {
        uint32_t status = REG32(sd->base + INT_STATUS);

        if (status & INT_ERRORS)
            return false;
        if (status & INT_CC)
            break;
        if (mcu_us() > until)
            return false;
    }
    REG32(sd->base + INT_STATUS) = INT_CC;
    return true;
}

/* 58.6.7: 400 kHz to begin with, then 25 MHz, from a root of 198 MHz; the low four bits are on. */
static void clock(struct usdhc *sd, bool fast)
{
    REG32(sd->base + SYS_CTRL) = fast ? 0x0e << 16 | 1u << 8 | 3u << 4 | 0xf : 0x0e << 16 | 0x20u << 8 | 7u << 4 | 0xf;
    wait_for(sd, PRES_STATE, STATE_SDSTB, true, 10);
}

bool usdhc_start(struct usdhc *sd)
{
    bool version2;
    uint32_t ocr = 0;

    sd->ready = false;
    REG32(sd->base + SYS_CTRL) = SYS_RSTA | 0xf;
    wait_for(sd, SYS_CTRL, SYS_RSTA, false, 10);
    REG32(sd->base + INT_STATUS_EN) = 0xffffffff;
    REG32(sd->base + INT_SIGNAL_EN) = 0;
    REG32(sd->base + PROT_CTRL) = 0x20; /* one data line, little-endian */
    REG32(sd->base + WTMK_LVL) = SD_BLOCK / 4 << 16 | SD_BLOCK / 4;
    REG32(sd->base + MIX_CTRL) = 0;
    clock(sd, false);
    REG32(sd->base + SYS_CTRL) |= SYS_INITA;
    wait_for(sd, SYS_CTRL, SYS_INITA, false, 10);

    /* SD physical layer, 4.2: reset, voltage, identification, selection. */
    if (!command(sd, 0, 0, R_NONE))
        return false;
    version2 = command(sd, 8, 0x1aa, R_48) && (REG32(sd->base + CMD_RSP0) & 0xff) == 0xaa;
    for (uint64_t until = mcu_us() + 1000000u;;) {
        if (!command(sd, 55, 0, R_48) || !command(sd, 41, 0x00ff8000u | (version2 ? 1u << 30 : 0), R_PLAIN))
            return false;
        ocr = REG32(sd->base + CMD_RSP0);
        if (ocr & 1u << 31)
            break;
        if (mcu_us() > until)
            return false;
    }
    sd->by_block = (ocr & 1u << 30) != 0;
    if (!command(sd, 2, 0, R_136) || !command(sd, 3, 0, R_48))
        return false;
    sd->address = REG32(sd->base + CMD_RSP0) & 0xffff0000u;
    clock(sd, true);
    if (!command(sd, 7, sd->address, R_BUSY) || !command(sd, 16, SD_BLOCK, R_48))
        return false;
    sd->ready = true;
    return true;
}

static bool transfer(struct usdhc *sd, uint32_t block, bool read)
{
    if (!sd->ready)
        return false;
    REG32(sd->base + BLK_ATT) = 1u << 16 | SD_BLOCK;
    REG32(sd->base + MIX_CTRL) = read ? MIX_READ : 0;
    return command(sd, read ? 17 : 24, sd->by_block ? block : block * SD_BLOCK, R_48 | DATA);
}

bool usdhc_read(struct usdhc *sd, uint32_t block, void *to)
{
    uint8_t *at = to;

    if (!transfer(sd, block, true) || !wait_for(sd, PRES_STATE, STATE_BREN, true, 500))
        return false;
    for (unsigned i = 0; i < SD_BLOCK; i += 4) {
        uint32_t word = REG32(sd->base + DATA_PORT);
        memcpy(at + i, &word, 4);
    }
    return wait_for(sd, INT_STATUS, INT_TC, true, 500);
}

bool usdhc_write(struct usdhc *sd, uint32_t block, const void *from)
{
    const uint8_t *at = from;

    if (!transfer(sd, block, false) || !wait_for(sd, PRES_STATE, STATE_BWEN, true, 500))
        return false;
    for (unsigned i = 0; i < SD_BLOCK; i += 4) {
        uint32_t word;
        memcpy(&word, at + i, 4);
        REG32(sd->base + DATA_PORT) = word;
    }
    if (!wait_for(sd, INT_STATUS, INT_TC, true, 1000))
        return false;
    /* The card is still busy with it: CMD13 until it is back in the state "transfer" and ready (4.10.1). */
    for (uint64_t until = mcu_us() + 1000000u; mcu_us() < until;)
        if (command(sd, 13, sd->address, R_48) && (REG32(sd->base + CMD_RSP0) & 0x1f00) == 0x900)
            return true;
    return false;
}
