import { expect, test } from "vitest";
import { createStreamLimit } from "../../src/a2a/stream-limit.ts";
import type { Caller } from "../../src/identity/caller.ts";
import { API_SCOPES, type ApiScope } from "../../src/identity/scopes.ts";

const caller = (login: string, held: readonly ApiScope[] = API_SCOPES): Caller => {
  const scopes = { kind: "scoped", scopes: held } as const;
  return { kind: "principal", principal: { kind: "person", login }, trusted: true, scopes };
};

test("one caller has 8 streams, everybody 64, and a stream that ended leaves its place", () => {
  const limit = createStreamLimit();
  const leave = Array.from({ length: 8 }, () => limit.enter(caller("robin")));
  expect(limit.enter(caller("robin"))).toBeUndefined();
  // Another token of the same person is no other caller.
  expect(limit.enter(caller("robin", ["raos:read"]))).toBeUndefined();
  leave[0]?.();
  expect(limit.enter(caller("robin"))).toBeDefined();
  const others = Array.from({ length: 100 }, (_, at) => limit.enter(caller(`p${at}`)));
  expect(others.filter((one) => one !== undefined)).toHaveLength(56);
});
