/* The module twice, each packed behind its length (tools/board/firmware.mjs), and the default configuration. */
    .section .blobs, "aw"
    .balign 16
    .global blob_wasm, blob_wasm_end, blob_aot, blob_aot_end, blob_config, blob_config_end
blob_wasm:
    .incbin WASM_FILE
blob_wasm_end:
    .balign 16
blob_aot:
#ifdef AOT_FILE
    .incbin AOT_FILE
#endif
blob_aot_end:
    .balign 16
blob_config:
    .incbin CONFIG_FILE
blob_config_end:
    .balign 16
