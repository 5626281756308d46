import { withoutTrailing } from "./trim.ts";

/**
 * The address of an endpoint below a base address, whose path may end in a slash. Parameters of the base come first, such as
 * Thanos' `?dedup=true` and VictoriaMetrics' `?deny_partial_response=1`; `path` may have its own. A fragment is left out.
 */
export function endpointOf(base: string, path: string): string {
  const [address = ""] = base.split("#", 1);
  const mark = address.indexOf("?");
  if (mark < 0) return `${withoutTrailing(address, "/")}${path}`;
  const [own, more] = [address.slice(mark + 1), path.indexOf("?")];
  const [below, parameters] = more < 0 ? [path, ""] : [path.slice(0, more), path.slice(more + 1)];
  const all = [own, parameters].filter((part) => part !== "").join("&");
  return `${withoutTrailing(address.slice(0, mark), "/")}${below}${all === "" ? "" : `?${all}`}`;
}
