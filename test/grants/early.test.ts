import fc from "fast-check";
import { expect, test } from "vitest";
import { earlyRefusals } from "../../src/grants/judge-early.ts";
import { grantRefusals } from "../../src/grants/judge-grant.ts";
import { asking, granting, HOUR, lineageOf, member, viewOf } from "./line.ts";

const ROOT = "acme/triage";
const states = fc.constantFrom("deployed" as const, "planned" as const, "reserved" as const);

/** Grants of the root and of one agent after the other below it, further children, and requests of the last days. */
const line = fc.record({
  grants: fc.array(
    fc.record({
      max: fc.integer({ min: 1, max: 6 }),
      maxDepth: fc.integer({ min: 1, max: 3 }),
      perDay: fc.integer({ min: 1, max: 4 }),
      templates: fc.constantFrom(["support-agent"], ["other"]),
      sponsor: fc.constantFrom("@acme/support", "@acme/other", undefined),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  others: fc.array(fc.record({ below: fc.nat(4), hour: fc.nat(60), state: states }), { maxLength: 10 }),
  requests: fc.array(fc.record({ by: fc.nat(4), hour: fc.nat(60) }), { maxLength: 5 }),
  asker: fc.nat(4),
  tenant: fc.constantFrom("acme", "other"),
  hidden: fc.nat(10),
});

test("what is refused before a plan, the whole judgement refuses with the same words, also where less was known", () => {
  let refused = 0;
  fc.assert(
    fc.property(line, ({ grants, others, requests, asker, tenant, hidden }) => {
      const name = (depth: number) => (depth === 0 ? ROOT : `acme/line-${depth}`);
      const known = Object.fromEntries(grants.map((grant, depth) => [name(depth), granting(grant)]));
      const at = (index: number) => index % grants.length;
      const spine = grants.slice(1).map((_, index) => member(name(index + 1), lineageOf(name(index), index + 1)));
      const more = others.map(({ below, hour, state }, index) =>
        member(`acme/more-${index}`, lineageOf(name(at(below)), at(below) + 1, ROOT, hour), state),
      );
      const members = [...spine, ...more];
      const made = requests.map(({ by, hour }, index) => ({ id: `r${index}`, asker: name(at(by)), at: hour * HOUR }));
      const lineage = lineageOf(name(at(asker)), at(asker) + 1, ROOT, 61);
      const asked = asking(`${tenant}/asked`, lineage);
      const whole = grantRefusals(asked, viewOf(known, members, made)).map(({ reason }) => reason);
      const texts = grantRefusals(asked, viewOf(known, members, made)).map(({ message }) => message);
      const early = earlyRefusals(asked, viewOf(known, members, made));
      for (const { message } of early) expect(texts).toContain(message);
      refused += early.length > 0 ? 1 : 0;
      // The open pull requests are not known, nor the name that a model will choose.
      const lessKnown = viewOf(known, [...spine, ...more.slice(hidden)], []);
      for (const less of [asked, { agent: undefined, template: undefined, lineage }])
        for (const { reason } of earlyRefusals(less, lessKnown)) expect(whole).toContain(reason);
    }),
    { numRuns: 500 },
  );
  // Else nothing was tried.
  expect(refused).toBeGreaterThan(50);
});
