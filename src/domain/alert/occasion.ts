import type { Instant } from "../values/scalars.ts";

/** Why a remedy is applied although no alert fires: its time has come, or its query holds. */
export type Occasion =
  | {
      readonly kind: "schedule";
      /** Five fields of cron. */
      readonly cron: string;
      /** IANA time zone. */
      readonly timezone: string;
      /** The scheduled time; evidence is read as of it, so that a later look finds the same. */
      readonly at: Instant;
    }
  | { readonly kind: "query"; readonly forMs: number };

/** A moment of which evidence is read: a scheduled time, else now. */
export function momentOf(occasion: Occasion | undefined, now: Instant): Instant {
  return occasion?.kind === "schedule" ? Math.min(occasion.at, now) : now;
}
