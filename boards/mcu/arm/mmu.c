/*
 * The MMU of ARMv7-A (ARM DDI 0406, B3.5): the image's 8 MB in small pages, devices in 1 MB sections, nothing else.
 * No page can be both written and executed (SCTLR.WXN), and the page below the stack can't be reached at all.
 */
#include "mcu.h"
#include "arm.h"
#include "board.h"

#define WINDOW_MB 8u
#define PAGE 4096u

static uint32_t sections[4096] __attribute__((aligned(16384)));
static uint32_t pages[WINDOW_MB * 256] __attribute__((aligned(1024)));

/* Small-page descriptors, B3.5.1: TEX[8:6] C[3] B[2], AP[2]=bit 9 read-only, AP[0]=bit 4 privileged, XN=bit 0. */
enum {
    NORMAL = 2 | 1 << 6 | 1 << 3 | 1 << 2 | 1 << 4,
    UNCACHED = 2 | 1 << 6 | 1 << 4,
    READ_ONLY = 1 << 9,
    NO_EXECUTE = 1,
};
/* Sections: B[2] device memory, XN=bit 4, AP[0]=bit 10, AP[2]=bit 15, TEX[14:12] C[3]. */
enum { DEVICE_SECTION = 2 | 1 << 2 | 1 << 4 | 1 << 10, RAM_SECTION_READ = 2 | 1 << 12 | 1 << 3 | 1 << 2 | 1 << 4 | 1 << 10 | 1 << 15 };

static uintptr_t window(void)
{
    return (uintptr_t)image_start & ~(uintptr_t)0xfffff;
}

static void map(const void *from, const void *to, uint32_t kind)
{
    uintptr_t first = (uintptr_t)from & ~(uintptr_t)(PAGE - 1), end = ((uintptr_t)to + PAGE - 1) & ~(uintptr_t)(PAGE - 1);

    for (uintptr_t at = first; at < end; at += PAGE)
        pages[(at - window()) / PAGE] = kind == 0 ? 0 : (uint32_t)at | kind;
}

static void forget(void)
{
    __asm__ volatile("dsb\n mcr p15, 0, %0, c8, c7, 0\n mcr p15, 0, %0, c7, c5, 6\n dsb\n isb" ::"r"(0) : "memory");
}

/* Called by start.S with the MMU off: no unaligned access may be made here. */
void mmu_start(void)
{
    uint32_t sctlr;

    for (unsigned i = 0; arm_devices[i].length != 0; i++)
        for (uint32_t at = arm_devices[i].start >> 20; at <= (arm_devices[i].start + (arm_devices[i].length - 1)) >> 20; at++)
            sections[at] = at << 20 | DEVICE_SECTION;
    sections[board_handed_over >> 20] = (board_handed_over & 0xfff00000u) | RAM_SECTION_READ;
    for (unsigned i = 0; i < WINDOW_MB; i++)
        sections[(window() >> 20) + i] = (uint32_t)(uintptr_t)&pages[i * 256] | 1;
    map(image_start, text_end, NORMAL | READ_ONLY);
    map(text_end, rodata_end, NORMAL | READ_ONLY | NO_EXECUTE);
    map(rodata_end, dma_start, NORMAL | NO_EXECUTE);
    map(dma_start, dma_end, UNCACHED | NO_EXECUTE);
    map(stack_bottom, legacy_page + PAGE, NORMAL | NO_EXECUTE);
    map(guard_start, stack_bottom, 0);

    __asm__ volatile("dsb\n mcr p15, 0, %0, c2, c0, 0" ::"r"(sections) : "memory"); /* TTBR0 */
    __asm__ volatile("mcr p15, 0, %0, c2, c0, 2" ::"r"(0));                         /* TTBCR */
    __asm__ volatile("mcr p15, 0, %0, c3, c0, 0" ::"r"(1));                         /* DACR: domain 0 is checked */
    __asm__ volatile("mcr p15, 0, %0, c7, c5, 0" ::"r"(0));                         /* ICIALLU */
    forget();
    __asm__ volatile("mrc p15, 0, %0, c1, c0, 0" : "=r"(sctlr));
    sctlr &= ~(1u << 1 | 1u << 29 | 1u << 28);           /* A, AFE, TRE */
    sctlr |= 1u << 19 | 1u << 12 | 1u << 11 | 1u << 2 | 1; /* WXN, I, Z, C, M */
    __asm__ volatile("mcr p15, 0, %0, c1, c0, 0\n isb" ::"r"(sctlr) : "memory");
}

void mcu_sync_code(void)
{
    /* Clean by address to the point of unification, then forget fetched instructions. */
    for (uintptr_t at = (uintptr_t)arena; at < (uintptr_t)arena_end; at += 32)
        __asm__ volatile("mcr p15, 0, %0, c7, c11, 1" ::"r"(at) : "memory");
    __asm__ volatile("dsb\n mcr p15, 0, %0, c7, c5, 0\n mcr p15, 0, %0, c7, c5, 6\n dsb\n isb" ::"r"(0) : "memory");
}

void mcu_seal(void *code, size_t length)
{
    mcu_sync_code();
    map(code, (uint8_t *)code + length, NORMAL | READ_ONLY);
    /* The tables are in cached memory; the walker of a Cortex-A7 reads the caches. */
    forget();
}
