/* QEMU's RISC-V machine `virt` (-M virt -bios none): virtio on MMIO, a 16550, CLINT, PLIC, two banks of CFI flash. */
#include "board.h"
#include "cfi_flash.h"
#include "clint.h"
#include "mcu.h"
#include "ns16550.h"
#include "plic.h"
#include "virtio_net.h"
#include "virtio_rng.h"
#include <string.h>

enum { TEST = 0x100000, CLINT = 0x2000000, PLIC = 0xc000000, UART = 0x10000000, UART_IRQ = 10, VIRTIO = 0x10001000, VIRTIO_STEP = 0x1000, VIRTIO_IRQ = 1, VIRTIO_SLOTS = 8 };
/* The second bank; the first would be booted from. Slots are its first erase blocks. */
enum { FLASH = 0x22000000, FLASH_BLOCK = 256 * 1024 };
/* A turn of the firmware's loop that takes longer is none. */
enum { WATCHDOG_MS = 5000 };

const char board_name[] = "riscv-virt";
const char *board_reset_reason = "power on";
const uintptr_t board_handed_over = 0x86000000;

static struct virtio_net_memory net_memory[2] DMA;
static struct virtio_rng_memory rng_memory DMA;
static struct virtio_net nets[2] = { { .memory = &net_memory[0] }, { .memory = &net_memory[1] } };
static struct virtio_rng rng = { .memory = &rng_memory };
static unsigned ports;
static bool flash;

void board_start(void)
{
    clint_start(CLINT, 10000000);
    ns16550_start(UART, 0);
    plic_enable(PLIC, UART_IRQ);
    /* The first -device has the highest slot: ports are in the order of the options. */
    for (unsigned slot = VIRTIO_SLOTS; slot-- > 0;) {
        uintptr_t base = VIRTIO + slot * VIRTIO_STEP;

        if (ports < 2) {
            nets[ports].base = base;
            if (virtio_net_start(&nets[ports])) {
                plic_enable(PLIC, VIRTIO_IRQ + slot);
                ports++;
                continue;
            }
        }
        if (!rng.ready) {
            rng.base = base;
            virtio_rng_start(&rng);
        }
    }
    flash = cfi_flash_start(FLASH);
}

void board_write(const char *text, size_t length)
{
    ns16550_write(UART, text, length);
}

int board_read(void)
{
    return ns16550_read(UART);
}

struct nic *board_port(unsigned number)
{
    return number < ports ? &nets[number].nic : NULL;
}

size_t board_noise(uint8_t *to, size_t length)
{
    return virtio_rng_read(&rng, to, length);
}

static bool store_read(unsigned slot, uint32_t at, void *to, uint32_t length)
{
    memcpy(to, (const void *)((uintptr_t)FLASH + slot * FLASH_BLOCK + at), length);
    return true;
}

static bool store_write(unsigned slot, uint32_t at, const void *from, uint32_t length)
{
    return cfi_flash_write(FLASH, (uintptr_t)FLASH + slot * FLASH_BLOCK + at, from, length);
}

static bool store_erase(unsigned slot)
{
    return cfi_flash_erase(FLASH, (uintptr_t)FLASH + slot * FLASH_BLOCK);
}

const struct store *board_store(void)
{
    static const struct store store = { FLASH_BLOCK, store_read, store_write, store_erase };

    return flash ? &store : NULL;
}

/* The machine has no watchdog of its own: the timer's interrupt is one (boards/riscv-virt/README.md). */
void board_feed(void)
{
    clint_watch(WATCHDOG_MS);
    plic_quiet(PLIC);
}

void board_end(bool again)
{
    for (;;)
        REG32(TEST) = again ? 0x7777 : 0x5555;
}
