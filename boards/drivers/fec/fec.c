#include "fec.h"
#include "mcu.h"
#include <string.h>

enum {
    EIR = 0x004, EIMR = 0x008, RDAR = 0x010, TDAR = 0x014, ECR = 0x024, MMFR = 0x040, MSCR = 0x044, RCR = 0x084, TCR = 0x0c4,
    TFWR = 0x144, RDSR = 0x180, TDSR = 0x184, MRBR = 0x188, IEEE_R_DROP = 0x2c8, IEEE_R_MACERR = 0x2d8,
};
enum { EIR_MII = 1 << 23, EIR_RXF = 1 << 25, EIR_EBERR = 1 << 22 };
enum { ECR_RESET = 1, ECR_ETHEREN = 2, ECR_DBSWP = 1 << 8 };
enum { RCR_MII = 1 << 2, RCR_PROM = 1 << 3, RCR_RGMII = 1 << 6, RCR_RMII = 1 << 8, RCR_10M = 1 << 9, TCR_FDEN = 1 << 2, TFWR_STRFWD = 1 << 8 };
enum { RX_E = 0x8000, RX_W = 0x2000, RX_L = 0x0800, RX_LG = 0x20, RX_NO = 0x10, RX_CR = 0x04, RX_OV = 0x02, RX_TR = 0x01 };
enum { TX_R = 0x8000, TX_W = 0x2000, TX_L = 0x0800, TX_TC = 0x0400 };
/* MMFR, 22.5.6: start, operation, turnaround. */
enum { MII_WRITE = 1 << 30 | 1 << 28 | 2 << 16, MII_READ = 1 << 30 | 2 << 28 | 2 << 16 };
/* IEEE 802.3, 22.2.4.2.13: it stays 0 after a loss of the link until it has been read. */
enum { PHY_STATUS_LINK = 1 << 2 };
enum { PHY_CONTROL = 0, PHY_STATUS = 1, PHY_ID1 = 2, PHY_ID2 = 3, PHY_PARTNER = 5 };
#define FCS 4u

static uint32_t mdio(const struct fec *fec, uint32_t operation, unsigned number, uint32_t value)
{
    uint64_t until = mcu_us() + 2000;

    REG32(fec->mdio + EIR) = EIR_MII;
    REG32(fec->mdio + MMFR) = operation | fec->phy << 23 | number << 18 | value;
    while (!(REG32(fec->mdio + EIR) & EIR_MII))
        if (mcu_us() > until)
            return 0xffff;
    return REG32(fec->mdio + MMFR) & 0xffff;
}

static bool waiting(struct nic *nic)
{
    struct fec *fec = (struct fec *)nic;

    return !(fec->memory->rx[fec->rx_at].flags & RX_E);
}

static unsigned receive(struct nic *nic, uint8_t *frame, unsigned max)
{
    struct fec *fec = (struct fec *)nic;

    for (;;) {
        struct fec_descriptor *d = &fec->memory->rx[fec->rx_at];
        uint16_t flags = d->flags;
        unsigned length = d->length, taken = 0;

        if (flags & RX_E)
            return 0;
        mcu_barrier();
        if (flags & RX_OV)
            nic->overrun++;
        if (!(flags & RX_L) || flags & (RX_LG | RX_NO | RX_CR | RX_OV | RX_TR) || length <= FCS || length - FCS > max)
            nic->errors++;
        else {
            taken = length - FCS;
            memcpy(frame, fec->memory->rx_buffers[fec->rx_at], taken);
            nic->received++;
        }
        d->flags = (uint16_t)(RX_E | (flags & RX_W));
        mcu_barrier();
        REG32(fec->base + RDAR) = 1u << 24;
        fec->rx_at = (fec->rx_at + 1) % FEC_RX;
        if (taken != 0)
            return taken;
    }
}

static bool send(struct nic *nic, const uint8_t *frame, unsigned length)
{
    struct fec *fec = (struct fec *)nic;
    struct fec_descriptor *d = &fec->memory->tx[fec->tx_at];

    /* A full ring drains at the speed of the wire: 2 ms are 16 frames of 1518 octets at 100 Mbit/s. */
    for (uint64_t until = mcu_us() + 2000; d->flags & TX_R;)
        if (mcu_us() > until) {
            nic->unsent++;
            return false;
        }
    memcpy(fec->memory->tx_buffers[fec->tx_at], frame, length);
    if (length < 60) {
        memset(fec->memory->tx_buffers[fec->tx_at] + length, 0, 60 - length);
        length = 60;
    }
    d->length = (uint16_t)length;
    mcu_barrier();
    d->flags = (uint16_t)(TX_R | TX_L | TX_TC | (d->flags & TX_W));
    mcu_barrier();
    REG32(fec->base + TDAR) = 1u << 24;
    fec->tx_at = (fec->tx_at + 1) % FEC_TX;
    nic->sent++;
    return true;
}

static void quiet(struct nic *nic)
{
    struct fec *fec = (struct fec *)nic;

    REG32(fec->base + EIR) = EIR_RXF | EIR_EBERR;
    mcu_barrier();
}

/* A loss since the last look is told once, even if the link is there again. A PHY that does not answer any more says nothing against it. */
static bool link(struct nic *nic)
{
    struct fec *fec = (struct fec *)nic;

    return (mdio(fec, (uint32_t)MII_READ, PHY_STATUS, 0) & PHY_STATUS_LINK) != 0;
}

/* Which PHY answers, at the address that the board states or at another one of the bus. */
static uint32_t find_phy(struct fec *fec)
{
    unsigned stated = fec->phy;

    for (unsigned n = 0; n <= 32; n++) {
        fec->phy = n == 0 ? stated : n - 1;
        uint32_t id = mdio(fec, (uint32_t)MII_READ, PHY_ID1, 0);

        if (id != 0xffff && id != 0)
            return id << 16 | mdio(fec, (uint32_t)MII_READ, PHY_ID2, 0);
        if (id == 0xffff && n > 0 && fec->mdio != fec->base)
            continue;
    }
    fec->phy = stated;
    return 0;
}

uint32_t fec_start(struct fec *fec)
{
    struct fec_memory *m = fec->memory;
    uint32_t id;

    REG32(fec->base + ECR) = ECR_RESET;
    for (uint64_t until = mcu_us() + 1000; REG32(fec->base + ECR) & ECR_RESET && mcu_us() < until;)
        ;
    REG32(fec->base + EIMR) = 0;
    REG32(fec->base + EIR) = 0xffffffff;
    /* 22.5.7: MDC = bus / (2 * (speed + 1)), at most 2.5 MHz; 30 ns of hold time. */
    REG32(fec->base + MSCR) = (fec->bus_mhz / 5) << 1 | 1u << 8;
    if (fec->mdio != fec->base)
        REG32(fec->mdio + MSCR) = (fec->bus_mhz / 5) << 1 | 1u << 8;
    id = find_phy(fec);
    fec->link_100 = true;
    if (id != 0) {
        /* Auto-negotiation; a link that is up at 10 Mbit/s is taken as such. */
        mdio(fec, (uint32_t)MII_WRITE, PHY_CONTROL, 1u << 12 | 1u << 9);
        uint32_t partner = mdio(fec, (uint32_t)MII_READ, PHY_PARTNER, 0);
        if (partner != 0xffff && (partner & 0x60) != 0 && (partner & 0x180) == 0)
            fec->link_100 = false;
    }

    memset(m, 0, sizeof m->rx + sizeof m->tx);
    for (unsigned i = 0; i < FEC_RX; i++) {
        m->rx[i].address = (uint32_t)(uintptr_t)m->rx_buffers[i];
        m->rx[i].flags = (uint16_t)(RX_E | (i == FEC_RX - 1 ? RX_W : 0));
    }
    for (unsigned i = 0; i < FEC_TX; i++) {
        m->tx[i].address = (uint32_t)(uintptr_t)m->tx_buffers[i];
        m->tx[i].flags = i == FEC_TX - 1 ? TX_W : 0;
    }
    fec->rx_at = fec->tx_at = 0;
    REG32(fec->base + RDSR) = (uint32_t)(uintptr_t)m->rx;
    REG32(fec->base + TDSR) = (uint32_t)(uintptr_t)m->tx;
    REG32(fec->base + MRBR) = FEC_BUFFER;
    REG32(fec->base + RCR) = (FRAME_MAX + FCS) << 16 | (fec->rgmii ? RCR_RGMII : RCR_RMII) | RCR_MII | RCR_PROM | (fec->link_100 ? 0 : RCR_10M);
    REG32(fec->base + TCR) = TCR_FDEN;
    REG32(fec->base + TFWR) = TFWR_STRFWD;
    REG32(fec->base + EIMR) = EIR_RXF | EIR_EBERR;
    mcu_barrier();
    REG32(fec->base + ECR) = ECR_ETHEREN | ECR_DBSWP;
    REG32(fec->base + RDAR) = 1u << 24;
    fec->nic = (struct nic){ .waiting = waiting, .receive = receive, .send = send, .quiet = quiet, .link = id != 0 ? link : NULL };
    return id;
}
