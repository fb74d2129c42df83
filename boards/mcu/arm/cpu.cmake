# Cortex-A7, Thumb-2, NEON; the runtime's target must be the AOT file's.
set(CPU_TOOLS arm-none-eabi-)
set(CPU_FLAGS -mcpu=cortex-a7 -mfpu=neon-vfpv4 -mfloat-abi=hard -mthumb)
set(CPU_LINK --specs=nano.specs --specs=nosys.specs)
set(CPU_SOURCES start.S mmu.c cpu.c calls.c)
set(CPU_INVOKE invokeNative_thumb_vfp.s)
set(CPU_RELOC arch/aot_reloc_thumb.c)
set(CPU_SIMD 1)
set(CPU_DEFINES BUILD_TARGET_THUMB_VFP BUILD_TARGET="THUMBV7")
# Runs before the MMU does.
set_source_files_properties(${CMAKE_CURRENT_SOURCE_DIR}/mcu/arm/mmu.c PROPERTIES COMPILE_OPTIONS -mno-unaligned-access)
