import type { Alert } from "../../src/domain/alert/alert.ts";
import { createAlertBoard } from "../../src/queue/alert-board.ts";
import { createAlertStore } from "../../src/queue/alert-store.ts";

/** A process that takes alerts, prints `saved` once they are on disk (`unsaved` where they are not), and then waits to be killed: `<folder> <how many>`. */
const [folder = "", count = "0"] = process.argv.slice(2);
const store = createAlertStore({ folder, all: () => [], warn: (fields, message) => console.log(message, fields) });
const most = 100_000;
const board = createAlertBoard({
  limits: { most, unknown: most, ofAgent: most, ofName: most },
  ownerOf: () => "acme/x",
  journal: store.journal("acme/fleet", "alertmanager"),
});
for (const { entry } of store.readNew()) board.restore(entry);
const alerts = Array.from({ length: Number(count) }, (_, index): Alert => {
  const labels = { alertname: "AgentDown", pod: String(index) };
  const rest = { annotations: {}, startsAt: 100, endsAt: undefined, generatorURL: undefined };
  return { name: "AgentDown", labels, status: "firing", ...rest, fingerprint: `f${index}`, sender: "alertmanager" };
});
board.put(alerts, { receivedAt: 1 });
await store.save().catch((error: Error) => console.log(`unsaved: ${error.message}`));
board.mark("f0", { tries: 3, triedAt: 9 });
store.writeSoon();
console.log("saved");
setInterval(() => {}, 1000);
