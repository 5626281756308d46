import { createHash } from "node:crypto";
import type { CheckReport } from "../../domain/review/check-report.ts";

/** The key of a report, kept beside it on the forge: a report with the key that is shown already is not written again. */
export function checkKeyOf(report: CheckReport): string {
  const content = [report.conclusion, report.title, report.summary, report.text ?? "", report.annotations];
  return `raos:1:${createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 32)}`;
}
