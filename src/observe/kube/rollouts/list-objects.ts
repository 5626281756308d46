import { CustomObjectsApi, type KubeConfig } from "@kubernetes/client-node";
import * as z from "zod";
import { yieldToOthers } from "../../../deadline/slices.ts";
import type { Listed } from "../../../domain/rollout/facts.ts";
import type { Json } from "../../../domain/values/scalars.ts";
import { clientsUntil, rejectOnAbort } from "../load-cluster.ts";
import { readFailure, statusOf } from "../read-failure.ts";

/** A kind of objects to list: in one namespace, or in all. */
export interface ObjectKind {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace?: string;
  readonly labelSelector?: string;
}

/** Objects of a page. A larger one takes more memory than it saves time. */
const PAGE = 500;
/** Milliseconds that one page may take. */
const PAGE_DEADLINE = 30_000;
/** How often a list begins again whose continuation has expired, as it does after minutes. */
const MOST_RESTARTS = 2;
const EXPIRED = 410;
const MOST_PAGES = 600;

const Page = z.object({
  metadata: z.object({ continue: z.string().optional() }).default({}),
  items: z.array(z.json()),
});

/**
 * Lists objects page by page, and keeps of each what `read` makes of it, so that a list of any length needs the memory of one page.
 * Objects are taken as JSON: the client's own types would be built field by field. Returns why there is no list; never throws.
 */
export async function listObjects<T>(
  config: KubeConfig,
  kind: ObjectKind,
  read: (object: Json) => T | undefined,
  signal: AbortSignal | undefined,
): Promise<Listed<readonly T[]>> {
  for (let restarts = 0; ; restarts += 1) {
    const deadline: { current: AbortSignal } = { current: AbortSignal.timeout(PAGE_DEADLINE) };
    try {
      return await readPages(config, kind, read, signal, deadline);
    } catch (error) {
      const status = statusOf(error);
      if (status === 404) return { kind: "absent" };
      if (status !== EXPIRED || restarts === MOST_RESTARTS)
        return { kind: "unreadable", words: failure(error, deadline.current, kind) };
    }
  }
}

async function readPages<T>(
  config: KubeConfig,
  kind: ObjectKind,
  read: (object: Json) => T | undefined,
  signal: AbortSignal | undefined,
  deadline: { current: AbortSignal },
): Promise<Listed<readonly T[]>> {
  const found: T[] = [];
  let next = "";
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    deadline.current = AbortSignal.timeout(PAGE_DEADLINE);
    const until = signal === undefined ? deadline.current : AbortSignal.any([deadline.current, signal]);
    const page = Page.parse(await rejectOnAbort(until, requestPage(config, kind, next, until)));
    found.push(...page.items.flatMap((object) => read(object) ?? []));
    next = page.metadata.continue ?? "";
    if (next === "") return { kind: "listed", items: found };
    await yieldToOthers();
  }
  return { kind: "unreadable", words: `there are more than ${MOST_PAGES * PAGE} ${kind.plural}.${kind.group}` };
}

function requestPage(config: KubeConfig, kind: ObjectKind, next: string, until: AbortSignal): Promise<unknown> {
  const { group, version, plural, namespace, labelSelector } = kind;
  const api = new CustomObjectsApi(clientsUntil(config, until));
  const request = {
    ...{ group, version, plural, limit: PAGE },
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(next === "" ? {} : { _continue: next }),
  };
  return namespace === undefined
    ? api.listClusterCustomObject(request)
    : api.listNamespacedCustomObject({ ...request, namespace });
}

/** Why a list cannot be read, and what to do. */
function failure(error: unknown, deadline: AbortSignal, { group, plural, namespace }: ObjectKind): string {
  const status = statusOf(error);
  const where = namespace === undefined ? "in all namespaces" : `in the namespace ${namespace}`;
  if (status === 403)
    return `the API server forbids to list ${plural}.${group} ${where}; give this account the right to list them`;
  if (status === 401) return "the API server does not accept the credentials of the kubeconfig (401)";
  if (error instanceof z.ZodError) return `the API server answered in another shape to a list of ${plural}.${group}`;
  return `${readFailure(error, deadline).message} (list of ${plural}.${group})`;
}
