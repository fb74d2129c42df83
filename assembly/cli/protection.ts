/** What a refused line leaves unprotected. */

/** Refused lines of the startup configuration that would have filtered, translated, authenticated or encrypted. */
export let refusedLines: u32 = 0;
