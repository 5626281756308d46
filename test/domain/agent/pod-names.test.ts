import { expect, test } from "vitest";
import { podPattern } from "../../../src/domain/agent/pod-names.ts";

const HASH = "6c7d9f4b8d";

/** The name that the API server makes of a ReplicaSet's pod: what stands before the random characters is cut to 58. */
const podOf = (agent: string, hash = HASH) => `${`${agent}-${hash}-`.slice(0, 58)}x2k9p`;
const named = (length: number) =>
  "triage-of-tickets-and-of-complaints-about-deliveries-x".slice(0, length - 1).concat("y");
const matches = (pattern: string, pod: string) => new RegExp(`^(?:${pattern})$`).test(pod);

test("short names keep the shape that a reader knows", () => {
  expect(podPattern("triage", "Deployment")).toBe("triage-[0-9a-z]{1,10}-[0-9a-z]{5}");
  expect(podPattern("triage", "StatefulSet")).toBe("triage-[0-9]+");
  expect(podPattern("triage", "any")).toBe("triage-([0-9a-z]{1,10}-[0-9a-z]{5}|[0-9]+)");
});

test("pods of names of every length are matched, with hashes of every length", () => {
  for (let length = 1; length <= 53; length++)
    for (let hash = 5; hash <= 10; hash++)
      for (const owner of ["Deployment", "any"] as const) {
        const pod = podOf(named(length), HASH.slice(0, hash));
        expect([pod, pod.length <= 63, matches(podPattern(named(length), owner), pod)]).toEqual([pod, true, true]);
      }
  expect(podOf(named(48))).toMatch(/y-6c7d9f4b8x2k9p$/);
});

test("pods of a StatefulSet are matched, however long its name", () => {
  for (const owner of ["StatefulSet", "any"] as const)
    expect(matches(podPattern(named(52), owner), `${named(52)}-12`)).toBe(true);
});

test("pods of another agent, whose name begins with this one's, are not matched", () => {
  for (let length = 1; length <= 53; length++)
    for (const ending of ["-b", "-b2", "-x2k9p", "-6c7d9f4b8d", "-1"]) {
      const other = `${named(length)}${ending}`;
      if (other.length > 53) continue;
      const pattern = podPattern(named(length), "any");
      expect([podOf(other), `${other}-0`].filter((pod) => matches(pattern, pod))).toEqual([]);
    }
});

test("pods of an agent whose name this one's begins with are not matched", () => {
  expect(matches(podPattern(named(53), "any"), podOf(named(53).slice(0, 40)))).toBe(false);
});
