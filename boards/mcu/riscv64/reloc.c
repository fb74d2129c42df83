/*
 * WAMR's relocations for RISC-V, with two that it has in their simplest form only: it takes the low half of a PC-relative
 * address for the instruction right behind the AUIPC with the high half. A compiler may put others between them, or use one
 * AUIPC several times (RISC-V psABI, "PC-Relative Symbol Addresses"): the low half names the AUIPC, whose value is kept here.
 */
#include "aot_reloc.h"
#define apply_relocation wamr_apply_relocation
#include "arch/aot_reloc_riscv.c"
#undef apply_relocation

/* Relocations come in the order of the code, an AUIPC before its users and not far from them; what is farther is refused. */
enum { KEPT = 32 };
static struct { const uint8 *auipc; int32 low; } kept[KEPT];
static uint32 next;

bool apply_relocation(AOTModule *module, uint8 *section, uint32 section_size, uint64 offset, int64 addend, uint32 type, void *symbol, int32 index, char *error, uint32 error_size)
{
    uint8 *at = section + offset;
    int32 high, low;

    if ((type != R_RISCV_PCREL_HI20 && type != R_RISCV_PCREL_LO12_I && type != R_RISCV_PCREL_LO12_S) || offset + 4 > section_size)
        return wamr_apply_relocation(module, section, section_size, offset, addend, type, symbol, index, error, error_size);
    if (type == R_RISCV_PCREL_HI20) {
        intptr_t distance = (uint8 *)symbol + addend - at;

        /* Out of reach: a function of the runtime is called by the table behind the code. */
        if (distance != (int32)distance && index >= 0)
            distance = (uint8 *)module->code + module->code_size - get_plt_table_size() + get_plt_item_size() * index - at;
        if (distance != (int32)distance)
            return wamr_apply_relocation(module, section, section_size, offset, addend, type, symbol, index, error, error_size);
        rv_calc_imm((int32)distance, &high, &low);
        rv_set_val((uint16 *)at, (rv_get_val((uint16 *)at) & 0xfff) | (uint32)high << 12);
        kept[next % KEPT].auipc = at;
        kept[next++ % KEPT].low = low;
        return true;
    }
    for (uint32 back = 1; back <= KEPT; back++) {
        uint32 n = (next - back) % KEPT, insn = rv_get_val((uint16 *)at);

        if (kept[n].auipc != (uint8 *)symbol + addend)
            continue;
        low = kept[n].low;
        if (type == R_RISCV_PCREL_LO12_I)
            insn = (insn & 0x000fffff) | (uint32)low << 20;
        else
            insn = (insn & 0x01fff07f) | ((uint32)low >> 5 & 0x7f) << 25 | ((uint32)low & 0x1f) << 7;
        rv_set_val((uint16 *)at, insn);
        return true;
    }
    set_error_buf(error, error_size, "AOT module load failed: the high half of an address is too far away.");
    return false;
}
