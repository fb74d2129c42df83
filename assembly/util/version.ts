/** The version of this module (package.json's) and of the host contract (host/abi.md). */
export const VERSION: string = "0.5.0";
export const ABI: u32 = 2;
