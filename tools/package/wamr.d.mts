/** The folder of WAMR's sources; fetched when they are not there. Throws with one sentence. */
export function wamr(options?: { log?: (line: string) => void }): string;
