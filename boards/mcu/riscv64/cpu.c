/*
 * Physical memory protection (RISC-V privileged architecture 1.12, 3.7) for machine mode itself, so entries are locked. They
 * match in order: the page below the stack to nobody; text readable and executable; constants readable; and - once the
 * code compiled ahead of time is in place - that code readable and executable, the boot ROM too, all the rest readable and
 * writable.
 *
 * A reset may leave locked entries as they are (QEMU before 8.2 does), and the next start must write compiled code again.
 * So the entry of that code is not locked: machine mode may execute there, and its loads and stores are done with the
 * rights of supervisor mode (mstatus.MPRV, 3.1.6.3), which the entry binds all the same.
 */
#include "board.h"
#include "mcu.h"

enum { R = 1, W = 2, X = 4, TOR = 1 << 3, NAPOT = 3 << 3, LOCKED = 1 << 7 };
enum { MSTATUS_MPP = 3 << 11, MSTATUS_MPP_S = 1 << 11, MSTATUS_MPRV = 1 << 17 };
/* Where a reset begins. */
enum { BOOT_ROM = 0, BOOT_ROM_SIZE = 0x10000 };

static void entry(unsigned number, uint64_t address, uint64_t config)
{
    switch (number) {
#define CASE(n) \
    case n: \
        __asm__ volatile("csrw pmpaddr" #n ", %0" ::"r"(address)); \
        break;
        CASE(0) CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7)
#undef CASE
    }
    /* pmpcfg0 holds the eight first. */
    __asm__ volatile("csrs pmpcfg0, %0" ::"r"(config << 8 * number) : "memory");
}

void pmp_start(void);

void pmp_start(void)
{
    /* NAPOT: a page of 4096 octets. */
    entry(0, (uintptr_t)guard_start >> 2 | 0x1ff, NAPOT | LOCKED);
    /* TOR: from the address of the entry before it. */
    entry(1, (uintptr_t)image_start >> 2, 0);
    entry(2, (uintptr_t)text_end >> 2, TOR | R | X | LOCKED);
    entry(3, (uintptr_t)rodata_end >> 2, TOR | R | LOCKED);
    mcu_sync_code();
}

void mcu_seal(void *code, size_t length)
{
    mcu_sync_code();
    entry(4, (uintptr_t)code >> 2, 0);
    entry(5, ((uintptr_t)code + length + 4095) >> 12 << 10, TOR | R | X);
    entry(6, BOOT_ROM >> 2 | (BOOT_ROM_SIZE / 8 - 1), NAPOT | R | X | LOCKED);
    entry(7, ~0ull >> 10, NAPOT | R | W | LOCKED);
    /* A trap sets MPP to machine mode: its handler has all rights. */
    __asm__ volatile("sfence.vma\n csrc mstatus, %0\n csrs mstatus, %1" ::"r"(MSTATUS_MPP), "r"(MSTATUS_MPP_S | MSTATUS_MPRV) : "memory");
}

void mcu_sync_code(void)
{
    __asm__ volatile("fence rw, rw\n fence.i" ::: "memory");
}

void mcu_barrier(void)
{
    __asm__ volatile("fence iorw, iorw" ::: "memory");
}

_Noreturn void riscv_fault(uint64_t cause, uint64_t pc, uint64_t address);

void riscv_fault(uint64_t cause, uint64_t pc, uint64_t address)
{
    static const char *const names[] = { "misaligned jump", "instruction fetch refused", "undefined instruction", "breakpoint", "misaligned load", "load refused", "misaligned store", "store refused" };

    /* The only interrupt that is taken is the timer's, the watchdog: a start that nobody announced is its work. */
    if (cause >> 63)
        board_end(true);
    firmware_fault(cause < 8 ? names[cause] : "unexpected exception", pc, address);
}
