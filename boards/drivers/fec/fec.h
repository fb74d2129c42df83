/* The Ethernet MAC of the i.MX family, FEC or ENET (i.MX 6UltraLite reference manual, chapter 22), with legacy descriptors. */
#ifndef POSTERN_FEC_H
#define POSTERN_FEC_H

#include "board.h"

#define FEC_RX 32u
#define FEC_TX 8u
#define FEC_BUFFER 1536u

/* 22.6.13: legacy descriptors. */
struct fec_descriptor {
    volatile uint16_t length, flags;
    volatile uint32_t address;
};

/* All that the device reads and writes: place it in DMA memory. */
struct fec_memory {
    struct fec_descriptor rx[FEC_RX], tx[FEC_TX];
    uint8_t rx_buffers[FEC_RX][FEC_BUFFER], tx_buffers[FEC_TX][FEC_BUFFER];
};

struct fec {
    struct nic nic; /* first: the firmware holds a pointer to it */
    uintptr_t base;
    /* Where this port's PHY answers: the MAC whose MDIO it hangs on (several boards share one), and its address. */
    uintptr_t mdio;
    unsigned phy;
    /* Of the bus that MDC is made from, MHz. */
    unsigned bus_mhz;
    struct fec_memory *memory;
    unsigned rx_at, tx_at;
    /* The PHY is on RGMII; else on RMII. */
    bool rgmii;
    bool link_100;
};

/* Resets the MAC, finds its PHY, starts the rings. Returns the PHY's identifier, 0: none answers. */
uint32_t fec_start(struct fec *fec);

#endif
