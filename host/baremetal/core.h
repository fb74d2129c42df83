/* What the code of this folder asks of the processor core and of the linker script. The rest of a core is in boards/mcu/mcu.h. */
#ifndef POSTERN_CORE_H
#define POSTERN_CORE_H

#include <stddef.h>
#include <stdint.h>

/* Microseconds since the counter started; never goes back. */
uint64_t mcu_us(void);
/* Instructions were written: makes the core see them. */
void mcu_sync_code(void);
/* From now on code runs only from the image's text and from this region, which can't be written any more. */
void mcu_seal(void *code, size_t length);

/* From the linker script. Further RAM, from arena_end on, is for the interpreter alone. */
extern uint8_t arena[], arena_end[], spare_end[], stack_bottom[];

#endif
