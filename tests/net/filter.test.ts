/** Access lists on interfaces, inspection of flows, checks of sources: what passes, what is counted, what is said. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ip, ipv4, udpDatagram } from "../support/world/frame.ts";
import { Lan, lastIcmp } from "./lan.ts";

export {};
