/** A fault to inject: what goes wrong, for how many requests, and for which. */
export interface Fault {
  readonly kind: "status" | "truncate" | "reset" | "hang" | "slow";
  /** For `status`: 500, 502, 503 … */
  readonly status: number;
  readonly milliseconds: number;
  /** Whether the request takes effect before its answer goes wrong. */
  readonly effect: boolean;
  times: number;
  /** Matches method and path, `POST /graphql`, as a substring. */
  readonly route: string;
  /** Matches the body, as a substring. */
  readonly body: string;
}

/** A fault from `POST /_test/faults`, with what was left out filled in. */
export function readFault(value: Readonly<Record<string, unknown>>): Fault {
  const kind = (["status", "truncate", "reset", "hang", "slow"] as const).find((each) => each === value.kind);
  if (kind === undefined) throw new Error("kind is status, truncate, reset, hang or slow");
  return {
    kind,
    status: typeof value.status === "number" ? value.status : 502,
    milliseconds: typeof value.milliseconds === "number" ? value.milliseconds : 1000,
    effect: typeof value.effect === "boolean" ? value.effect : kind === "truncate" || kind === "slow",
    times: typeof value.times === "number" ? value.times : 1,
    route: typeof value.route === "string" ? value.route : "",
    body: typeof value.body === "string" ? value.body : "",
  };
}

/** The first fault that fits the request, used up by one. */
export function takeFault(faults: Fault[], route: string, body: string): Fault | undefined {
  const found = faults.find((fault) => fault.times > 0 && route.includes(fault.route) && body.includes(fault.body));
  if (found !== undefined) found.times--;
  return found;
}
