import type { Instant } from "../values/scalars.ts";
import type { NoDataReason } from "./no-data.ts";

/** Who reports alerts. Each sender knows only its own alerts: an alert that one does not list may still fire at another one. */
export const SENDERS = ["alertmanager", "grafana", "file"] as const;
export type Sender = (typeof SENDERS)[number];

/**
 * One alert, as Prometheus raised it and a sender reported it, parsed and limited in size. Labels and annotations are untrusted:
 * they are escaped wherever they are shown, and compared exactly wherever they decide something.
 */
export interface Alert {
  /** The label `alertname`. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly status: "firing" | "resolved";
  /** When it began; where `isStartUnknown`, when it was received. */
  readonly startsAt: Instant;
  /** When it ended; undefined while it fires. */
  readonly endsAt: Instant | undefined;
  /** The link to its rule: http or https, else undefined. */
  readonly generatorURL: string | undefined;
  /** SHA-256 over the sorted labels: it identifies the alert, whoever sent it and however often. */
  readonly fingerprint: string;
  readonly sender: Sender;
  /** Why no data led to its state, firing or resolved; left out where its rule was evaluated on data. */
  readonly noData?: NoDataReason | undefined;
  /** The sender gave no beginning, and no earlier report of it is known. */
  readonly isStartUnknown?: true | undefined;
}
