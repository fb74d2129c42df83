/* NOR flash with Intel's command set (JEDEC JESD68.01, CFI), two 16-bit chips side by side on a 32-bit bus. */
#ifndef POSTERN_CFI_FLASH_H
#define POSTERN_CFI_FLASH_H

#include <stdbool.h>
#include <stdint.h>

/* Whether CFI chips answer at `base`. */
bool cfi_flash_start(uintptr_t base);
/* Erases the block that begins at `block`. */
bool cfi_flash_erase(uintptr_t base, uintptr_t block);
/* Programs erased words; all are multiples of 4. */
bool cfi_flash_write(uintptr_t base, uintptr_t at, const void *from, uint32_t length);

#endif
