/** Hosts on a wire and the frames between them, by one name for the tests. */
export * from "../../host/node/net/endpoint.ts";
export * from "../../host/node/net/frame.ts";
