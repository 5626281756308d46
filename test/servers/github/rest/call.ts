import type { RequestContext } from "../graphql/types.ts";
import { canSee } from "../model/access.ts";
import { findRepository, type Pull, type Repository } from "../model/model.ts";
import { Refusal } from "../model/refusal.ts";
import type { TestGitHub } from "../server.ts";

export interface Call extends RequestContext {
  readonly github: TestGitHub;
  readonly at: Readonly<Record<string, string>>;
  readonly url: URL;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Made {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
export type Route = (call: Call) => Promise<Made> | Made;

export const ok = (body: unknown, status = 200): Made => ({ status, body });

/** A page of a list, with GitHub's `link` to the others where there are any. */
export function paged<T>(call: Call, items: readonly T[], shape: (items: readonly T[]) => unknown): Made {
  const size = Math.max(1, Math.min(100, Number(call.url.searchParams.get("per_page") ?? 30) || 30));
  const number = Math.max(1, Number(call.url.searchParams.get("page") ?? 1) || 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const to = (page: number, rel: string): string => {
    const url = new URL(call.url);
    url.searchParams.set("page", String(page));
    return `<${url.href}>; rel="${rel}"`;
  };
  const before = number > 1 ? [to(number - 1, "prev"), to(1, "first")] : [];
  const links = [...before, ...(number < last ? [to(number + 1, "next"), to(last, "last")] : [])];
  const body = shape(items.slice((number - 1) * size, number * size));
  return { status: 200, body, ...(links.length === 0 ? {} : { headers: { link: links.join(", ") } }) };
}

/** The repository of the path, if the caller may know of it. */
export function repositoryAt(call: Call): Repository {
  const found = findRepository(call.world, call.at.owner ?? "", call.at.repo ?? "");
  if (found === undefined || !canSee(call.world, call.caller, found)) throw new Refusal("NOT_FOUND", "Not Found");
  return found;
}

export function pullAt(call: Call, repository: Repository): Pull {
  const found = repository.pulls.get(Number(call.at.pull_number ?? call.at.issue_number));
  if (found === undefined) throw new Refusal("NOT_FOUND", "Not Found");
  return found;
}

export const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
