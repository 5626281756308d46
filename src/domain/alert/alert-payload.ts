import { createHash } from "node:crypto";
import { stripVTControlCharacters } from "node:util";
import * as z from "zod";
import type { Instant } from "../values/scalars.ts";
import type { Alert, Sender } from "./alert.ts";
import { noDataReasonOf } from "./no-data.ts";

/** What a sender's payload contains. `problems` say what could not be read, and what to do about it. */
export interface AlertReading {
  readonly alerts: readonly Alert[];
  /** The address that the sender gives for itself; it distinguishes several Alertmanagers. Untrusted; http or https. */
  readonly origin: string | undefined;
  /** How many alerts the sender left out of the payload. They have to be read back. */
  readonly truncated: number;
  readonly problems: readonly string[];
}

const MOST_ALERTS = 10_000;
const MOST_LABELS = 64;
/** How far in the future an alert may start, since clocks differ by some minutes. Milliseconds. */
const MOST_CLOCK_DIFFERENCE = 300_000;

/** The most characters of a value. */
const LONGEST = 4096;
const Text = z.string().max(LONGEST);
const Labels = z
  .record(z.string().max(1024), Text)
  .refine((labels) => Object.keys(labels).length <= MOST_LABELS, `has more than ${MOST_LABELS} entries`);
const Moment = z.string().max(64);
const One = z.object({
  status: z
    .union([
      z.enum(["firing", "resolved"]),
      z.object({
        state: z.string().max(32),
        silencedBy: z.array(z.unknown()).nullish(),
        inhibitedBy: z.array(z.unknown()).nullish(),
      }),
    ])
    .optional(),
  labels: Labels,
  // Texts for people: a long one is cut, and the alert is still accepted.
  annotations: z.record(z.string(), z.string()).nullish(),
  startsAt: Moment.nullish(),
  endsAt: Moment.nullish(),
  generatorURL: z.string().max(8192).nullish(),
});
const Payload = z.object({
  version: z.string().max(16).optional(),
  truncatedAlerts: z.int().min(0).max(1_000_000).nullish(),
  alerts: z.array(z.unknown()).max(MOST_ALERTS),
  externalURL: z.unknown().optional(),
  // Only Grafana's webhooks have it.
  orgId: z.unknown().optional(),
});

/**
 * The alerts of a webhook of Alertmanager (version 4) or Grafana (version 1, the same shape), of what `GET /api/v2/alerts`
 * answers, or one alert by itself. Silenced and inhibited ones are left out. Never throws: what cannot be read is a problem.
 * Follows https://prometheus.io/docs/alerting/latest/configuration/#webhook_config.
 */
export function readAlerts(payload: unknown, now: Instant): AlertReading {
  if (Array.isArray(payload)) {
    if (payload.length > MOST_ALERTS)
      return problem(`the list holds more than ${MOST_ALERTS} alerts; send fewer at a time`);
    return readAll(payload, { sender: "alertmanager", now });
  }
  const whole = Payload.safeParse(payload);
  if (whole.success) {
    const { version = "4", alerts, truncatedAlerts } = whole.data;
    if (version !== "4" && version !== "1")
      return problem(`the payload is of version ${JSON.stringify(version)}; send Alertmanager's version 4`);
    const sender = version === "1" || whole.data.orgId !== undefined ? "grafana" : "alertmanager";
    const origin = addressOf(whole.data.externalURL);
    return { ...readAll(alerts, { sender, now }), truncated: truncatedAlerts ?? 0, origin };
  }
  if (One.safeParse(boundEntries(payload)).success) return readAll([payload], { sender: "alertmanager", now });
  const [issue] = whole.error.issues;
  return problem(`no payload of Alertmanager or Grafana: ${placeOf(issue)} ${issue?.message ?? ""}`);
}

/** SHA-256 over the sorted labels: it identifies the alert, whoever sends it. */
export function fingerprintOf(labels: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex");
}

interface Source {
  readonly sender: Sender;
  readonly now: Instant;
}

function addressOf(given: unknown): string | undefined {
  return typeof given === "string" && given.length <= 512 && /^https?:\/\/[^\s<>"'`()]+$/.test(given)
    ? given
    : undefined;
}

function readAll(list: readonly unknown[], source: Source): AlertReading {
  const alerts: Alert[] = [];
  const problems: string[] = [];
  for (const [index, one] of list.entries()) {
    const read = One.safeParse(boundEntries(one));
    if (!read.success) {
      const [issue] = read.error.issues;
      problems.push(`alerts.${index}.${placeOf(issue)}: ${issue?.message ?? "is no alert"}`);
      continue;
    }
    const alert = alertOf(read.data, source);
    if (typeof alert === "string") problems.push(`alerts.${index}: ${alert}`);
    else if (alert !== undefined) alerts.push(alert);
  }
  return { alerts, origin: undefined, truncated: 0, problems };
}

/**
 * The alert with at most so many labels and annotations, since there may be a million. One label too many is kept, so that
 * the check fails.
 */
function boundEntries(one: unknown): unknown {
  if (typeof one !== "object" || one === null) return one;
  const { labels, annotations }: { readonly labels?: unknown; readonly annotations?: unknown } = one;
  return { ...one, labels: firstEntries(labels, MOST_LABELS + 1), annotations: firstEntries(annotations, MOST_LABELS) };
}

function firstEntries(entries: unknown, most: number): unknown {
  if (typeof entries !== "object" || entries === null || Array.isArray(entries)) return entries;
  const kept: [string, unknown][] = [];
  for (const entry of Object.entries(entries)) {
    if (kept.length >= most) break;
    kept.push(entry);
  }
  return Object.fromEntries(kept);
}

function alertOf(one: z.infer<typeof One>, { sender, now }: Source): Alert | string | undefined {
  const { status, labels } = one;
  const name = labels.alertname;
  if (name === undefined || name === "") return "has no label alertname";
  const isHeld =
    typeof status === "object" &&
    (status.state === "suppressed" || (status.silencedBy?.length ?? 0) > 0 || (status.inhibitedBy?.length ?? 0) > 0);
  if (isHeld) return undefined;
  const began = momentOf(one.startsAt);
  const ended = momentOf(one.endsAt) ?? Number.NaN;
  // The endsAt of a firing alert is in the year 1, or, from the API, some minutes ahead.
  const isOver = status === "resolved" || (typeof status !== "string" && ended <= now);
  // Alertmanager refuses it too: one of the two times is wrong, so it is unknown whether the alert has ended.
  const startsAt = began ?? (isOver && ended < now ? ended : now);
  if (Number.isNaN(startsAt)) return "startsAt is no moment; write 2026-01-31T12:00:00Z";
  if (startsAt > now + MOST_CLOCK_DIFFERENCE)
    return "startsAt lies in the future; compare the clocks of sender and RAOS";
  if (typeof status !== "string" && began !== undefined && ended < startsAt)
    return "endsAt is before startsAt; send the status, or compare the clocks of sender and RAOS";
  const annotations = textsOf(one.annotations ?? {});
  const noData = noDataReasonOf({ name, labels, annotations, status: isOver ? "resolved" : "firing" });
  return {
    name,
    labels,
    annotations,
    status: isOver ? "resolved" : "firing",
    startsAt: Math.min(startsAt, now),
    endsAt: isOver ? Math.min(Math.max(Number.isFinite(ended) ? ended : now, startsAt), now) : undefined,
    generatorURL: /^https?:\/\/[^\s<>"'`()]+$/.test(one.generatorURL ?? "")
      ? (one.generatorURL ?? undefined)
      : undefined,
    fingerprint: fingerprintOf(labels),
    sender,
    ...(noData === undefined ? {} : { noData }),
    ...(began === undefined ? { isStartUnknown: true } : {}),
  };
}

/**
 * The moment of a text; undefined where none is given: absent, empty, or a zero time, which is the year 1 in Go and 1970
 * elsewhere. NaN where it cannot be read.
 */
function momentOf(text: string | null | undefined): Instant | undefined {
  if (text === undefined || text === null || text === "") return undefined;
  const moment = Date.parse(text);
  return moment <= 0 ? undefined : moment;
}

function textsOf(annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(annotations)
      .slice(0, MOST_LABELS)
      .map(([key, text]) => [plainText(key.slice(0, 1024)), plainText(text.slice(0, LONGEST))]),
  );
}

/** The text without terminal colours, control characters and marks that change the direction of text. */
function plainText(text: string): string {
  return stripVTControlCharacters(text).replace(/(?![\n\t])[\p{Cc}\p{Cf}]/gu, "");
}

/** The path in the payload. It may hold names of labels, which are untrusted, so it is cut and has no control characters. */
function placeOf(issue: z.core.$ZodIssue | undefined): string {
  const path = issue?.path.map((part) => plainText(String(part).slice(0, 64)).replace(/\s/g, " ")) ?? [];
  return path.join(".");
}

function problem(message: string): AlertReading {
  return { alerts: [], origin: undefined, truncated: 0, problems: [message] };
}
