import type { Instant } from "./scalars.ts";

/** Who reports alerts. Each knows of its own alone: what one does not list may still fire for another. */
export const SENDERS = ["alertmanager", "grafana", "file"] as const;
export type Sender = (typeof SENDERS)[number];

/**
 * One alert, as Prometheus raised it and a sender reported it, read and bounded already. Labels and annotations are outside
 * text: escaped wherever they are shown, matched exactly wherever they decide.
 */
export interface Alert {
  /** The label `alertname`. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly status: "firing" | "resolved";
  readonly startsAt: Instant;
  /** When it ended; undefined while it fires. */
  readonly endsAt: Instant | undefined;
  /** Where its rule can be looked at: http or https, else undefined. */
  readonly generatorURL: string | undefined;
  /** SHA-256 over the sorted labels: which alert this is, whoever sent it, however often. */
  readonly fingerprint: string;
  readonly sender: Sender;
}
