# RV64GC; the runtime's target must be the AOT file's.
set(CPU_TOOLS riscv64-unknown-elf-)
set(CPU_FLAGS -march=rv64gc -mabi=lp64d -mcmodel=medany --specs=picolibc.specs)
set(CPU_LINK)
set(CPU_SOURCES start.S cpu.c calls.c)
set(CPU_INVOKE invokeNative_riscv.S)
set(CPU_RELOC ${CMAKE_CURRENT_LIST_DIR}/reloc.c)
set(CPU_SIMD 0)
set(CPU_DEFINES BUILD_TARGET_RISCV64_LP64D)
