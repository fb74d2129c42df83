/* The module twice: wasm, and compiled ahead of time. WAMR writes into the files that it loads, so they are data. */
    .section .data
    .balign 16
    .global blob_wasm, blob_wasm_end, blob_aot, blob_aot_end
blob_wasm:
    .incbin WASM_FILE
blob_wasm_end:
    .balign 16
blob_aot:
    .incbin AOT_FILE
blob_aot_end:
    .balign 16
    .section .note.GNU-stack, "", %progbits
