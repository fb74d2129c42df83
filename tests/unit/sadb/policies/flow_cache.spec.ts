// The cache of what the policy list said: it answers for the very flow that it was told, and for no other.
import { FLOWS, PORTS } from "../../../../assembly/limits";
import * as flows from "../../../../assembly/sadb/policies/flow_cache";
import { NO_PORTS, Policy } from "../../../../assembly/sadb/policies/policy";
import { NET_A, NET_B, ref } from "../world";

const policy: Policy = changetype<Policy>(memory.data(256, 8));
const other: Policy = changetype<Policy>(memory.data(256, 8));

/** What `find` says of a flow of the local port 53 + `base`, whose part `at` in the order of its parameters is changed by `by`. */
function found(at: u32 = 9, by: u32 = 0, base: u32 = 0): usize {
  return ref(
    flows.find(
      1 + (at == 0 ? by % PORTS : 0),
      NET_A + 7 + (at == 1 ? by : 0),
      NET_B + 9 + (at == 2 ? by : 0),
      17 ^ (at == 3 ? by & 0xff : 0),
      53 + base + (at == 4 ? by : 0),
      1234 + (at == 5 ? by : 0),
    ),
  );
}

beforeEach(() => {
  flows.init();
});

describe("flows that ran last", () => {
  test("found once they are kept, not before", () => {
    for (let i = 0; i < 3; i++) {
      expect(found()).toBe(0);
      expect(flows.hit).toBe(false);
    }
    flows.keep(policy);
    for (let i = 0; i < 3; i++) {
      expect(found()).toBe(ref(policy));
      expect(flows.hit).toBe(true);
    }
  });

  test("that no policy has them is kept as well", () => {
    found();
    flows.keep(null);
    expect(found()).toBe(0);
    expect(flows.hit).toBe(true);
  });

  test("a flow that differs in any part is another, wherever its entry is", () => {
    for (let at: u32 = 0; at < 6; at++) {
      flows.forget();
      // So many tries that some fall on the same entry.
      const most: u32 = at == 0 ? PORTS - 1 : at == 3 ? 255 : 16 * FLOWS;
      let wrong = 0;
      for (let i: u32 = 0; i < 16 * FLOWS; i++) {
        const by = 1 + (i % most);
        const base = i / most;
        found(9, 0, base);
        if (!flows.hit) flows.keep(policy);
        if (found(9, 0, base) != ref(policy) || !flows.hit) wrong++;
        if (found(at, by, base) != 0 || flows.hit) wrong++;
      }
      expect(wrong).toBe(0, "part " + at.toString());
    }
  });

  test("one without ports is not one whose ports are 0", () => {
    flows.find(1, NET_A, NET_B, 17, 0, 0);
    flows.keep(policy);
    flows.find(1, NET_A, NET_B, 17 | NO_PORTS, 0, 0);
    expect(flows.hit).toBe(false);
  });

  test("ports count whole", () => {
    for (let bit: u32 = 0; bit < 32; bit++) {
      const ports: u32 = (1 << bit) ^ 0x00350036;
      flows.find(1, NET_A, NET_B, 17, 0x35, 0x36);
      flows.keep(policy);
      flows.find(1, NET_A, NET_B, 17, ports >>> 16, ports & 0xffff);
      expect(flows.hit).toBe(false);
    }
  });

  test("an entry that another flow took is gone, even where that one was not kept", () => {
    let taken = 0;
    let wrong = 0;
    for (let by: u32 = 1; by <= 16 * FLOWS; by++) {
      found();
      if (!flows.hit) flows.keep(policy);
      for (let k = 0; k < 2; k++) if (found(2, by) != 0 || flows.hit) wrong++;
      const answer = found();
      if (!flows.hit) taken++;
      if (answer != (flows.hit ? ref(policy) : 0)) wrong++;
    }
    expect(wrong).toBe(0);
    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThan(64);
  });

  test("a new list makes all of them old", () => {
    found();
    flows.keep(policy);
    flows.forget();
    expect(found()).toBe(0);
    expect(flows.hit).toBe(false);
    flows.keep(other);
    expect(found()).toBe(ref(other));
    flows.forget();
    flows.init();
    found();
    expect(flows.hit).toBe(false);
    flows.keep(policy);
    flows.init();
    found();
    expect(flows.hit).toBe(false);
  });

  test("an empty table knows no flow, not even that of zeros", () => {
    flows.find(0, 0, 0, 0, 0, 0);
    expect(flows.hit).toBe(false);
  });

  test("neighbours have entries of their own, whatever they differ in", () => {
    for (let at: u32 = 1; at < 6; at++) {
      for (let by: u32 = 0; by < 32; by++) {
        found(at, by);
        flows.keep(policy);
      }
      let hits = 0;
      for (let by: u32 = 0; by < 32; by++) {
        found(at, by);
        if (flows.hit) hits++;
        else flows.keep(policy);
      }
      expect(hits).toBeGreaterThan(15, "part " + at.toString());
      flows.forget();
    }
  });
});
