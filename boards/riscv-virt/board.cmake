set(BOARD_ARCH riscv64)
set(BOARD_SOURCES board.c)
set(BOARD_DRIVERS ns16550 clint plic virtio cfi_flash)
# RAM pools: the runtime's (the interpreter keeps its own form of the code there), wasm stack, longest configuration.
set(BOARD_DEFINES POOL_SIZE=4194304 WASM_STACK=16384 CONFIG_MAX=49152)
