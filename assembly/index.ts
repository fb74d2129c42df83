/** The module's exports: host/abi.md, and nothing else. */
export { abi_version, init, frame_alloc, frame_free, on_frame, poll, console_buffer, console_in, device_key, unprotected, port_state } from "./device";
