set(BOARD_ARCH arm)
set(BOARD_SOURCES board.c pins.c)
set(BOARD_DRIVERS fec gic imx_uart imx_wdog usdhc)
# RAM pools: the runtime's (the interpreter keeps its own form of the code there), wasm stack, longest configuration.
set(BOARD_DEFINES POOL_SIZE=3145728 WASM_STACK=16384 CONFIG_MAX=49152)
