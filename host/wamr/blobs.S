/*
 * The module twice: wasm, and compiled ahead of time (AOT_FILE) - on the boards each packed behind a head
 * (tools/board/pack.mjs) -, and the boards' default configuration (CONFIG_FILE). WAMR writes into the files that it loads, so they
 * are data, in a section that the boards' linker scripts place.
 */
    .section .blobs, "aw", %progbits
    .balign 16
    .global blob_wasm, blob_wasm_end, blob_aot, blob_aot_end
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
/* The same for processors of x86-64 that have more (host/linux/processor.c). */
#ifdef AOT_FILE_V3
    .global blob_aot_v3, blob_aot_v3_end, blob_aot_v4, blob_aot_v4_end
blob_aot_v3:
    .incbin AOT_FILE_V3
blob_aot_v3_end:
    .balign 16
blob_aot_v4:
    .incbin AOT_FILE_V4
blob_aot_v4_end:
    .balign 16
#endif
#ifdef CONFIG_FILE
    .global blob_config, blob_config_end
blob_config:
    .incbin CONFIG_FILE
blob_config_end:
    .balign 16
#endif
    .section .note.GNU-stack, "", %progbits
