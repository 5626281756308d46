import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decisionIn } from "../../src/agent/a2a/decision.ts";
import { plainTextPart } from "../../src/agent/a2a/message-text.ts";
import { eventMessage } from "../../src/agent/events/event-message.ts";
import { createOpenRuns } from "../../src/agent/run/open-runs.ts";
import type { RunRecord } from "../../src/agent/run/run-record.ts";
import { createMemoryState } from "../../src/agent/state/memory-state.ts";

describe("a message of a topic", () => {
  const event = fc.record({ id: fc.string(), source: fc.string(), topic: fc.string(), data: fc.jsonValue() });

  test("is read or refused, whatever it is, and its id is one of a task", () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), event), (value) => {
        const message = eventMessage(value);
        if (message !== undefined) expect(message.id).toMatch(/^event-[0-9a-f]{40}$/);
      }),
    );
  });

  test("is the same task as another only where source, topic and id are the same", () => {
    fc.assert(
      fc.property(event, event, (one, other) => {
        const [a, b] = [eventMessage(one)?.id, eventMessage(other)?.id];
        if (a === undefined || b === undefined) return;
        const isSame = one.id === other.id && one.source === other.source && one.topic === other.topic;
        expect(a === b).toBe(isSame);
        expect(eventMessage({ ...one, data: "delivered again", traceid: "x" })?.id).toBe(a);
      }),
    );
  });
});

describe("an answer to a question for approval", () => {
  test("is a yes only where nothing but a yes is said", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const isYes = decisionIn([plainTextPart(text)])?.approved === true;
        expect(isYes).toBe(/^(approve|approved|yes)[.!]?$/i.test(text.trim()));
      }),
    );
  });

  test.each([
    "I do not approve",
    "approve if it is cheap",
    "yes, but not now",
    "approve\nreject",
    "disapprove",
    '"approve"',
  ])("%j is no yes", (text) => expect(decisionIn([plainTextPart(text)])?.approved).not.toBe(true));

  test("a no gives at most 2000 characters of its reason", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 5000 }), (reason) => {
        const answer = decisionIn([plainTextPart(`reject: ${reason}`)]);
        expect(answer?.approved).toBe(false);
        expect(answer?.reason.length).toBeLessThanOrEqual(2000);
      }),
    );
  });
});

describe("leases", () => {
  const runOf = (id: string): RunRecord => ({
    ...{ id, contextId: id, caller: "c", source: "a2a", text: "x", hops: 0, attempts: 0, pauses: 0 },
  });
  const step = fc.oneof(
    fc.record({ kind: fc.constant("open" as const), who: fc.nat(2), id: fc.nat(4) }),
    fc.record({ kind: fc.constant("renew" as const), who: fc.nat(2) }),
    fc.record({ kind: fc.constant("crash" as const), who: fc.nat(2) }),
    fc.record({ kind: fc.constant("leave" as const), who: fc.nat(2) }),
    fc.record({ kind: fc.constant("close" as const), who: fc.nat(2), id: fc.nat(4) }),
    fc.record({ kind: fc.constant("wait" as const), seconds: fc.integer({ min: 1, max: 4 }) }),
  );

  test("no two live processes work at a run, and none is lost, whatever happens in whatever order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const store = createMemoryState();
        let clock = 0;
        const start = (owner: string) => createOpenRuns({ store, owner, leaseMs: 20_000, now: () => clock });
        const processes = ["a", "b", "c"].map((owner) => ({ runs: start(owner), own: new Set<string>() }));
        const kept = new Set<string>();
        const renew = async ({ runs, own }: (typeof processes)[number]) => {
          const { taken, gone } = await runs.renew(new Set(own));
          for (const { id } of taken) own.add(id);
          for (const id of gone) own.delete(id);
        };
        const check = () => {
          const held = processes.flatMap(({ own }) => [...own]);
          expect(new Set(held).size).toBe(held.length);
        };
        for (const one of steps) {
          if (one.kind === "wait") {
            // Live processes renew far more often than their leases end.
            clock += one.seconds * 1000;
            for (const each of processes) if (each.own.size > 0) await renew(each);
            check();
            continue;
          }
          const each = processes[one.who];
          if (each === undefined) throw new Error("there are three");
          if (one.kind === "open" && !kept.has(`run${one.id}`)) {
            expect(await each.runs.open(runOf(`run${one.id}`))).toBe(true);
            each.own.add(`run${one.id}`);
            kept.add(`run${one.id}`);
          } else if (one.kind === "open") expect(await each.runs.open(runOf(`run${one.id}`))).toBe(false);
          else if (one.kind === "renew") await renew(each);
          else if (one.kind === "crash") each.own.clear();
          else if (one.kind === "leave") {
            await each.runs.release(each.own);
            each.own.clear();
          } else if (each.own.delete(`run${one.id}`)) {
            await each.runs.close(`run${one.id}`);
            kept.delete(`run${one.id}`);
          }
          check();
        }
        clock += 60_000;
        for (const each of processes) each.own.clear();
        const [first] = processes;
        if (first !== undefined) await renew(first);
        expect([...(first?.own ?? [])].toSorted()).toEqual([...kept].toSorted());
      }),
      { numRuns: 60 },
    );
  });
});
