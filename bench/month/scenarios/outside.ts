import { only, type Scenario, within } from "../incident.ts";
import { HOUR, type Signals } from "../signals.ts";

const wrong = (why: string) => () => why;

/** Something outside of the spec: nothing but a person helps. */
function outside(name: string, hours: number, why: string, affect: (signals: Signals) => void): Scenario {
  return { name, make: () => ({ hours, expects: "report", affect, judge: wrong(why) }) };
}

export const OUTSIDE: readonly Scenario[] = [
  outside("a tool fails", 6, "the MCP server fails", (signals) => {
    signals.toolErrors = 0.4;
    signals.lines.push('level=error msg="mcp tool search: 502"');
  }),
  outside("a peer fails", 6, "the peer fails", (signals) => {
    signals.peerErrors = 0.5;
    signals.lines.push('level=error msg="a2a invoke: 500"');
  }),
  outside("a Secret is missing", 5, "a Secret is missing", (signals) => {
    signals.waiting = { reason: "CreateContainerConfigError", message: 'secret "llm" not found' };
  }),
  outside("a volume fills", 20, "a volume cannot be grown in place", (signals) => {
    signals.volumeFree = 0.02;
  }),
  outside("errors without a change", 7, "nothing was changed", (signals) => {
    signals.errors = 0.3;
    signals.lines.push('level=error msg="orders-db: connection refused"');
  }),
  {
    name: "messages dropped after timeouts",
    work: "queue",
    make: ({ start, settings }) => ({
      hours: 20,
      expects: "edit",
      affect: (signals, time, now) => {
        const isSlow = now.timeout < 35;
        signals.deadLetters = isSlow ? Math.floor((time - start) / (HOUR / 6)) : 100;
        if (isSlow) signals.lines.push('level=error msg="handler failed: context deadline exceeded"');
      },
      judge: only({ "dapr.resiliency.timeout": within(35, settings.timeout * 3) }),
    }),
  },
  {
    name: "messages that nobody can read",
    work: "queue",
    make: ({ start }) => ({
      hours: 8,
      expects: "report",
      affect: (signals, time) => {
        signals.deadLetters = Math.floor((time - start) / (HOUR / 6));
        signals.lines.push('level=error msg="cannot parse message: unexpected token"');
      },
      judge: wrong("the messages are broken"),
    }),
  },
  {
    name: "Grafana: no data",
    make: () => ({ hours: 6, expects: "report", noData: "NoData", judge: wrong("nothing was measured") }),
  },
  {
    name: "Grafana: the data source fails",
    make: () => ({ hours: 4, expects: "report", noData: "Error", judge: wrong("nothing was measured") }),
  },
];
