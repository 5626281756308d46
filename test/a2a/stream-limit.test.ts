import { expect, test } from "vitest";
import { createStreamLimit } from "../../src/a2a/stream-limit.ts";

const caller = (login: string) => ({ kind: "principal", principal: { kind: "person", login }, trusted: true }) as const;

test("one caller has 8 streams, everybody 64, and a stream that ended leaves its place", () => {
  const limit = createStreamLimit();
  const leave = Array.from({ length: 8 }, () => limit.enter(caller("robin")));
  expect(limit.enter(caller("robin"))).toBeUndefined();
  leave[0]?.();
  expect(limit.enter(caller("robin"))).toBeDefined();
  const others = Array.from({ length: 100 }, (_, at) => limit.enter(caller(`p${at}`)));
  expect(others.filter((one) => one !== undefined)).toHaveLength(56);
});
