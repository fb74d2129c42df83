#include "cfi_flash.h"
#include "mcu.h"
#include <string.h>

/* The same command to both chips. */
#define BOTH(command) ((uint32_t)(command) | (uint32_t)(command) << 16)
enum { READ_ARRAY = 0xff, CFI_QUERY = 0x98, CLEAR_STATUS = 0x50, ERASE = 0x20, CONFIRM = 0xd0, PROGRAM = 0x40, READY = 0x80, FAILED = 0x7e };

/* Waits for the command at `at`. The chips go on answering with their status until they are told to be an array again. */
static bool done(uintptr_t at, uint64_t ms)
{
    uint32_t status;

    for (uint64_t until = mcu_us() + ms * 1000; ((status = REG32(at)) & BOTH(READY)) != BOTH(READY);)
        if (mcu_us() > until)
            return false;
    return (status & BOTH(FAILED)) == 0;
}

static bool to_array(uintptr_t at, bool ok)
{
    if (!ok)
        REG32(at) = BOTH(CLEAR_STATUS);
    REG32(at) = BOTH(READ_ARRAY);
    return ok;
}

bool cfi_flash_start(uintptr_t base)
{
    bool answers;

    REG32(base + 0x55 * 4) = BOTH(CFI_QUERY);
    answers = (REG32(base + 0x10 * 4) & 0xff) == 'Q' && (REG32(base + 0x11 * 4) & 0xff) == 'R' && (REG32(base + 0x12 * 4) & 0xff) == 'Y';
    REG32(base) = BOTH(READ_ARRAY);
    return answers;
}

bool cfi_flash_erase(uintptr_t base, uintptr_t block)
{
    (void)base;
    REG32(block) = BOTH(ERASE);
    REG32(block) = BOTH(CONFIRM);
    return to_array(block, done(block, 5000));
}

bool cfi_flash_write(uintptr_t base, uintptr_t at, const void *from, uint32_t length)
{
    (void)base;
    bool ok = true;

    for (uint32_t i = 0; ok && i < length; i += 4) {
        uint32_t word;

        memcpy(&word, (const uint8_t *)from + i, 4);
        REG32(at + i) = BOTH(PROGRAM);
        REG32(at + i) = word;
        ok = done(at + i, 100);
    }
    return to_array(at, ok);
}
