import { describe, expect, it } from "vitest";
import type { Sender } from "../../src/domain/alert/alert.ts";
import { wereAllReadBack } from "../../src/pass/reported-alerts.ts";
import { sendersIn, sendersNote } from "../../src/pr/senders.ts";
import { ownAlert } from "../support/alerts/alert-of.ts";

const from = (...senders: readonly Sender[]) => senders.map((sender) => ownAlert("acme/triage", {}, { sender }));

describe("who reported an incident", () => {
  it.each<[string, readonly Sender[], string]>([
    ["nobody", [], ""],
    ["Alertmanager alone", ["alertmanager", "alertmanager"], ""],
    ["Grafana", ["grafana"], "<!-- raos:senders grafana -->"],
    ["both", ["grafana", "alertmanager"], "<!-- raos:senders alertmanager,grafana -->"],
    ["a file", ["file"], "<!-- raos:senders file -->"],
  ])("%s", (_, senders, note) => {
    expect(sendersNote(from(...senders))).toBe(note);
    if (senders.length > 0) expect(new Set(sendersIn(`text\n\n${note}`))).toEqual(new Set(senders));
  });

  it.each(["<!-- raos:senders  -->", "<!-- raos:senders grafana,", "no note"])(
    "a body that says %j is Alertmanager's, as those of old are",
    (body) => {
      expect(sendersIn(body)).toEqual(["alertmanager"]);
    },
  );

  it("is over for the senders that were read back, and no others", () => {
    const body = sendersNote(from("alertmanager", "grafana"));
    expect([
      wereAllReadBack(["alertmanager"], { body: "" }),
      wereAllReadBack(["alertmanager"], { body }),
      wereAllReadBack(["alertmanager", "grafana"], { body }),
      wereAllReadBack(true, { body }),
      wereAllReadBack(false, { body: "" }),
    ]).toEqual([true, false, true, true, false]);
  });
});
