/** The profile that the module is built with. The build reads this file as naming another where it is asked for one (tools/build/limits.mjs). */
export * from "./board";
