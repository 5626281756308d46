import type { MeasureUnit } from "../domain/alert/evidence.ts";
import type { Expression } from "../domain/expression/expression.ts";
import type { Peak } from "../domain/query/peaks.ts";
import type { JsonPointer, Path } from "../domain/values/scalars.ts";

interface Wanted {
  readonly name: string;
  /** Whether nothing is proposed without it. */
  readonly required: boolean;
}

/** Evidence a remedy asks for, its expressions planned. */
export type WantedEvidence = Wanted &
  (
    | {
        readonly kind: "promql";
        readonly query: string;
        readonly rangeMs: number;
        readonly unit: MeasureUnit;
        /** Undefined: the usual one of the query. */
        readonly peak: Peak | undefined;
        readonly threshold: Expression | undefined;
      }
    | { readonly kind: "logql"; readonly query: string; readonly rangeMs: number; readonly lines: number }
    | { readonly kind: "kubernetes"; readonly what: "pods" | "events" | "workload" | "quota" | "autoscaler" }
    | { readonly kind: "history" }
  );

/** An edit of a remedy, its expressions planned; `to` undefined removes the value. */
export interface RemedyEdit {
  readonly at: JsonPointer;
  readonly to: Expression | undefined;
  readonly when: Expression | undefined;
  readonly as: "memory" | "cpu" | "integer" | "json";
  /** The largest and the smallest value that the edit may set. */
  readonly most: Expression | undefined;
  readonly least: Expression | undefined;
  readonly rollback: boolean;
  readonly why: string;
}

/** A sentence of an issue, and when it is said. */
export interface RemedyNote {
  readonly when: Expression | undefined;
  readonly say: string;
  /** Whether no edit is made where it is said. */
  readonly holds: boolean;
}

/** A query about every agent of an environment; its series have to be there for `forMs`. */
export interface FleetQuery {
  readonly promql: string;
  readonly forMs: number;
}

/** When a remedy is applied. */
export type RemedyTrigger =
  | { readonly kind: "alerts" }
  /** Without a query: to every agent. */
  | {
      readonly kind: "schedule";
      readonly cron: string;
      readonly timezone: string;
      readonly query: FleetQuery | undefined;
    }
  | { readonly kind: "query"; readonly query: FleetQuery };

/** A remedy that can be used: every expression in it is planned. Spans are milliseconds. */
export interface CompiledRemedy {
  readonly name: string;
  readonly path: Path;
  readonly description: string;
  readonly isEnabled: boolean;
  /** The names of the alerts it answers; none where `trigger` is another. */
  readonly alerts: readonly string[];
  readonly trigger: RemedyTrigger;
  readonly when: Expression | undefined;
  readonly evidence: readonly WantedEvidence[];
  readonly edits: readonly RemedyEdit[];
  readonly otherwise: "ask" | "report" | "none";
  readonly notes: readonly RemedyNote[];
  readonly fold: Expression | undefined;
  readonly cooldownMs: number;
  readonly whenResolved: "keep" | "close";
  /** How long all must be well before its merged change is taken back; undefined: never. */
  readonly revertAfterMs: number | undefined;
  readonly verify: { readonly promql: string; readonly afterSeconds: number } | undefined;
}
