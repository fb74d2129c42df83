// What the build changes in WAMR's sources, and why: docs/wamr-armv7-simd.md. Each edit names the text that it replaces, which must
// stand in its file exactly once: another WAMR is refused, not half changed.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const COMPILER = "core/iwasm/compilation";

export const edits = [
  {
    what: "armv7 and thumbv7 may have SIMD, where the features say NEON",
    file: `${COMPILER}/aot_llvm.c`,
    find: `        && strcmp(comp_ctx->target_arch, "arc") != 0) {
        /* Disable simd if it isn't supported by target arch */`,
    put: `        && !(is_target_armv7(comp_ctx) && option->cpu_features
             && strstr(option->cpu_features, "+neon"))
        && strcmp(comp_ctx->target_arch, "arc") != 0) {
        /* Disable simd if it isn't supported by target arch */`,
  },
  {
    what: "a module with SIMD for a target without is refused before the code generator meets its vectors",
    file: `${COMPILER}/aot_llvm.c`,
    find: `        option->enable_simd = false;
    }

    if (option->enable_simd) {
        char *tmp;`,
    put: `        option->enable_simd = false;
        aot_set_last_error("the module uses SIMD, which this target has not: "
                           "on armv7 and thumbv7 the features must say +neon");
        goto fail;
    }

    if (option->enable_simd) {
        char *tmp;`,
  },
  {
    what: "which targets have NEON for SIMD",
    file: `${COMPILER}/aot_llvm.h`,
    find: `bool
aot_checked_addr_list_find(`,
    put: `/* 32-bit ARM with NEON's instructions: ARMv7 in either encoding */
static inline bool
is_target_armv7(const AOTCompContext *comp_ctx)
{
    return !strncmp(comp_ctx->target_arch, "armv7", 5)
           || !strncmp(comp_ctx->target_arch, "thumbv7", 7);
}

bool
aot_checked_addr_list_find(`,
  },
  {
    what: "the second check of the same: the features were looked at already",
    file: `${COMPILER}/aot_llvm_extra.cpp`,
    find: `    else if (targetArch == llvm::Triple::arc) {
        return true;`,
    put: `    else if (targetArch == llvm::Triple::arm
             || targetArch == llvm::Triple::thumb
             || targetArch == llvm::Triple::arc) {
        return true;`,
  },
  {
    what: "i8x16.swizzle is a table look-up of ARM's: an index beyond the table gives 0 in both",
    file: `${COMPILER}/simd/simd_access_lanes.c`,
    find: `bool
aot_compile_simd_swizzle(AOTCompContext *comp_ctx, AOTFuncContext *func_ctx)
{
    if (is_target_x86(comp_ctx)) {
        return aot_compile_simd_swizzle_x86(comp_ctx, func_ctx);
    }
`,
    put: `/* lanes [from, from + count) of an i8x16 or of two i8x8 */
static LLVMValueRef
simd_take_octets(AOTCompContext *comp_ctx, LLVMValueRef first,
                 LLVMValueRef second, int from, int count)
{
    LLVMValueRef lanes[16];

    for (int i = 0; i < count; i++)
        lanes[i] = I32_CONST(from + i);
    return LLVMBuildShuffleVector(comp_ctx->builder, first, second,
                                  LLVMConstVector(lanes, count), "octets");
}

/* aarch64: tbl over one register. armv7: vtbl over two halves gives eight
   octets, so it takes two */
static bool
aot_compile_simd_swizzle_arm(AOTCompContext *comp_ctx, AOTFuncContext *func_ctx)
{
    LLVMTypeRef half_type = LLVMVectorType(INT8_TYPE, 8);
    LLVMTypeRef types[3] = { half_type, half_type, half_type };
    LLVMTypeRef wide_types[2] = { V128_i8x16_TYPE, V128_i8x16_TYPE };
    LLVMValueRef mask, vector, undef, low, high, part[2], result;

    if (!(mask = simd_pop_v128_and_bitcast(comp_ctx, func_ctx, V128_i8x16_TYPE,
                                           "mask"))
        || !(vector = simd_pop_v128_and_bitcast(comp_ctx, func_ctx,
                                                V128_i8x16_TYPE, "vec"))) {
        return false;
    }

    if (!is_target_armv7(comp_ctx)) {
        result = aot_call_llvm_intrinsic(
            comp_ctx, func_ctx, "llvm.aarch64.neon.tbl1.v16i8",
            V128_i8x16_TYPE, wide_types, 2, vector, mask);
        return result
               && simd_bitcast_and_push_v128(comp_ctx, func_ctx, result, "ret");
    }

    undef = LLVMGetUndef(V128_i8x16_TYPE);
    low = simd_take_octets(comp_ctx, vector, undef, 0, 8);
    high = simd_take_octets(comp_ctx, vector, undef, 8, 8);
    for (int i = 0; i < 2; i++) {
        part[i] = aot_call_llvm_intrinsic(
            comp_ctx, func_ctx, "llvm.arm.neon.vtbl2", half_type, types, 3, low,
            high, simd_take_octets(comp_ctx, mask, undef, 8 * i, 8));
        if (!part[i])
            return false;
    }
    result = simd_take_octets(comp_ctx, part[0], part[1], 0, 16);
    return simd_bitcast_and_push_v128(comp_ctx, func_ctx, result, "ret");
}

bool
aot_compile_simd_swizzle(AOTCompContext *comp_ctx, AOTFuncContext *func_ctx)
{
    if (is_target_x86(comp_ctx)) {
        return aot_compile_simd_swizzle_x86(comp_ctx, func_ctx);
    }
    else if (is_target_armv7(comp_ctx)
             || !strncmp(comp_ctx->target_arch, "aarch64", 7)) {
        return aot_compile_simd_swizzle_arm(comp_ctx, func_ctx);
    }
`,
  },
  {
    what: "i64x2.extmul is one instruction: extensions and a product of 64 bits are taken apart, and don't always meet again",
    file: `${COMPILER}/simd/simd_conversions.c`,
    find: `    if (!(vec1 = simd_integer_extension(comp_ctx, func_ctx, ext_type[itype],
                                        vec1, lower_half, is_signed))
        || !(vec2 = simd_integer_extension(comp_ctx, func_ctx, ext_type[itype],
                                           vec2, lower_half, is_signed))) {
        return false;
    }

    if (!(result = LLVMBuildMul(comp_ctx->builder, vec1, vec2, "product"))) {`,
    put: `    if (itype == e_i64x2_extmul_i32x4 && is_target_armv7(comp_ctx)) {
        LLVMTypeRef half = LLVMVectorType(I32_TYPE, 2);
        LLVMTypeRef types[2] = { half, half };
        LLVMValueRef undef = LLVMGetUndef(V128_i32x4_TYPE), lanes[2], pick;

        lanes[0] = I32_CONST(lower_half ? 0 : 2);
        lanes[1] = I32_CONST(lower_half ? 1 : 3);
        pick = LLVMConstVector(lanes, 2);
        vec1 = LLVMBuildShuffleVector(comp_ctx->builder, vec1, undef, pick,
                                      "half1");
        vec2 = LLVMBuildShuffleVector(comp_ctx->builder, vec2, undef, pick,
                                      "half2");
        if (!(result = aot_call_llvm_intrinsic(
                  comp_ctx, func_ctx,
                  is_signed ? "llvm.arm.neon.vmulls.v2i64"
                            : "llvm.arm.neon.vmullu.v2i64",
                  V128_i64x2_TYPE, types, 2, vec1, vec2))) {
            return false;
        }
        return simd_bitcast_and_push_v128(comp_ctx, func_ctx, result, "result");
    }

    if (!(vec1 = simd_integer_extension(comp_ctx, func_ctx, ext_type[itype],
                                        vec1, lower_half, is_signed))
        || !(vec2 = simd_integer_extension(comp_ctx, func_ctx, ext_type[itype],
                                           vec2, lower_half, is_signed))) {
        return false;
    }

    if (!(result = LLVMBuildMul(comp_ctx->builder, vec1, vec2, "product"))) {`,
  },
  {
    what: "i16x8.narrow_i32x4 saturates lanes of 32 bits, where there is no instruction of x86",
    file: `${COMPILER}/simd/simd_conversions.c`,
    find: `    if (!(vec1 = simd_saturate(comp_ctx, func_ctx, e_sat_i16x8, vec1, min, max,
                               true))
        || !(vec2 = simd_saturate(comp_ctx, func_ctx, e_sat_i16x8, vec2, min,
                                  max, true))) {`,
    put: `    if (!(vec1 = simd_saturate(comp_ctx, func_ctx, itype, vec1, min, max, true))
        || !(vec2 =
                 simd_saturate(comp_ctx, func_ctx, itype, vec2, min, max, true))) {`,
  },
  {
    what: "the code stands at a multiple of 16 octets, as its own loads of constants take it to",
    file: `${COMPILER}/aot_emit_aot_file.c`,
    find: `    LLVMDisposeSectionIterator(sec_itr);

    return true;
}

static bool
get_relocations_count(`,
    put: `    LLVMDisposeSectionIterator(sec_itr);

    /* The text section begins with the literal's size, and then the literal
       itself: of 12 octets, where there is none of the code generator's. The
       loader puts the section at the beginning of a page. */
    if (obj_data->literal_size == 0) {
        static char filling[12];

        obj_data->literal = filling;
        obj_data->literal_size = (uint32)sizeof(filling);
    }

    return true;
}

static bool
get_relocations_count(`,
  },
  {
    what: "a checked address covers every lower one of the same local, not only its own offset",
    file: `${COMPILER}/aot_llvm.c`,
    find: `        if (node->local_idx == local_idx && node->offset == offset
            && node->bytes >= bytes) {`,
    put: `        if (node->local_idx == local_idx
            && node->offset + node->bytes >= offset + bytes) {`,
  },
  {
    what: "on 32 bits an access takes one comparison, and a covered one none: the sum can't wrap where the bound less the offset can't",
    file: `${COMPILER}/aot_emit_memory.c`,
    find: `    /* 1.1 offset + addr can overflow when it's memory64
     * 2.1 Or when it's on 32-bit platform */
    if (is_memory64 || !is_target_64bit) {
        /* Check whether`,
    put: `    if (comp_ctx->enable_bound_check && is_local_of_aot_value
        && aot_checked_addr_list_find(func_ctx, local_idx_of_aot_value, offset,
                                      bytes)) {
        is_covered = true;
    }

    /* 2.2 Not where the memory always holds offset + bytes: then the bound
     *     less the offset is no less than 0, and addr is compared with it */
    if (!is_target_64bit && !is_memory64 && comp_ctx->enable_bound_check
        && !comp_ctx->enable_shared_heap && !comp_ctx->enable_shared_chain) {
        AOTMemory *memory = &comp_ctx->comp_data->memories[0];

        compares_addr = (uint64)offset + bytes
                        <= (uint64)memory->num_bytes_per_page
                               * memory->init_page_count;
    }

    /* 1.1 offset + addr can overflow when it's memory64
     * 2.1 Or when it's on 32-bit platform */
    if ((is_memory64 || !is_target_64bit) && !is_covered && !compares_addr) {
        /* Check whether`,
  },
  {
    what: "the same: what the two decide",
    file: `${COMPILER}/aot_emit_memory.c`,
    find: `    bool is_target_64bit, is_local_of_aot_value = false;
    bool is_const = false;
#if WASM_ENABLE_SHARED_MEMORY != 0
    bool is_shared_memory =
        comp_ctx->comp_data->memories[0].flags & SHARED_MEMORY_FLAG;
#endif
#if WASM_ENABLE_MEMORY64 == 0
    bool is_memory64 = false;`,
    put: `    bool is_target_64bit, is_local_of_aot_value = false;
    bool is_const = false;
    /* an earlier check of this local holds; addr is compared, not the sum */
    bool is_covered = false, compares_addr = false;
#if WASM_ENABLE_SHARED_MEMORY != 0
    bool is_shared_memory =
        comp_ctx->comp_data->memories[0].flags & SHARED_MEMORY_FLAG;
#endif
#if WASM_ENABLE_MEMORY64 == 0
    bool is_memory64 = false;`,
  },
  {
    what: "the same: a covered access has no check",
    file: `${COMPILER}/aot_emit_memory.c`,
    find: `    if (comp_ctx->enable_bound_check
        && !(is_local_of_aot_value
             && aot_checked_addr_list_find(func_ctx, local_idx_of_aot_value,
                                           offset, bytes))) {
        uint32 init_page_count =`,
    put: `    if (comp_ctx->enable_bound_check && !is_covered) {
        uint32 init_page_count =`,
  },
  {
    what: "the same: the one comparison",
    file: `${COMPILER}/aot_emit_memory.c`,
    find: `        BUILD_ICMP(LLVMIntUGT, offset1, mem_check_bound, cmp, "cmp");

        /* Add basic blocks */
        ADD_BASIC_BLOCK(check_succ, "check_succ");
        LLVMMoveBasicBlockAfter(check_succ, block_curr);

        if (!aot_emit_exception(comp_ctx, func_ctx,
                                EXCE_OUT_OF_BOUNDS_MEMORY_ACCESS, true, cmp,
                                check_succ)) {
            goto fail;
        }

        SET_BUILD_POS(check_succ);

        if (is_local_of_aot_value) {`,
    put: `        if (compares_addr) {
            LLVMValueRef limit;

            BUILD_OP(Sub, mem_check_bound, offset_const, limit, "limit");
            BUILD_ICMP(LLVMIntUGT, addr, limit, cmp, "cmp");
        }
        else {
            BUILD_ICMP(LLVMIntUGT, offset1, mem_check_bound, cmp, "cmp");
        }

        /* Add basic blocks */
        ADD_BASIC_BLOCK(check_succ, "check_succ");
        LLVMMoveBasicBlockAfter(check_succ, block_curr);

        if (!aot_emit_exception(comp_ctx, func_ctx,
                                EXCE_OUT_OF_BOUNDS_MEMORY_ACCESS, true, cmp,
                                check_succ)) {
            goto fail;
        }

        SET_BUILD_POS(check_succ);

        if (is_local_of_aot_value) {`,
  },
];

/** Makes the edits in a text of a file; throws one sentence for a text that is not where it should be, once. */
export function edited(text, list) {
  for (const { what, file, find, put } of list) {
    const found = text.split(find).length - 1;
    if (found !== 1) throw new Error(`postern: WAMR's ${file} has ${found} places, not one, for the edit "${what}" (tools/package/wamr_edits.mjs)`);
    text = text.replace(find, () => put);
  }
  return text;
}

/** Makes the edits in the sources in `folder`. What each file was stays beside it, so that other edits can be made later. */
export function edit(folder, list = edits) {
  for (const file of new Set(list.map((one) => one.file))) {
    const path = join(folder, file);
    const original = `${path}.original`;
    if (!existsSync(original)) writeFileSync(original, readFileSync(path));
    writeFileSync(path, edited(readFileSync(original, "utf8"), list.filter((one) => one.file === file)));
  }
}
