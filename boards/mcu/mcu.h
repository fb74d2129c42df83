/* What a processor core does for the firmware, the same for every architecture. */
#ifndef POSTERN_MCU_H
#define POSTERN_MCU_H

#include <stdbool.h>

#include "core.h"

/* Waits until an enabled interrupt source is raised or `us` microseconds have gone; it may end early. */
void mcu_wait(uint64_t us);
/* Orders memory before a device is told of it. */
void mcu_barrier(void);
/* Code as tools/board/pack.mjs packs it becomes code: calls that say where the function is get to say how far it is. Any octets may be there. */
void mcu_unpack_calls(uint8_t *code, size_t length);

/* Set by the board before the first use of mcu_us where the core does not tell: ticks a second. */
extern uint32_t mcu_timer_hz;

/* From the linker script. */
extern uint8_t image_start[], text_end[], rodata_end[], data_end[], bss_start[], bss_end[];
extern uint8_t dma_start[], dma_end[], guard_start[], stack_top[];
extern uint8_t legacy_page[];

/* Memory that devices read and write. */
#define DMA __attribute__((section(".dma"), aligned(64)))

/* Registers of a device. */
#define REG32(address) (*(volatile uint32_t *)(uintptr_t)(address))
#define REG16(address) (*(volatile uint16_t *)(uintptr_t)(address))
#define REG8(address) (*(volatile uint8_t *)(uintptr_t)(address))

/* The core stopped at an exception of its own: says so and starts the board anew. In boards/main.c. */
_Noreturn void firmware_fault(const char *what, uintptr_t pc, uintptr_t address);

#endif
