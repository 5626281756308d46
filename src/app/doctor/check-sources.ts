import * as z from "zod";
import { contradictionOf, sourcesOf } from "../../domain/kinds/environment-sources.ts";
import type { Config } from "../../domain/kinds/kinds.ts";
import { connectionFailure } from "../../domain/network/connection-failure.ts";
import { endpointOf } from "../../domain/values/endpoint.ts";
import { type JsonRead, readJson } from "../../observe/read-json.ts";
import type { SourceFetch } from "../../observe/read-options.ts";
import { sourceRequest } from "../../observe/source-request.ts";
import type { Shell } from "../shell.ts";
import { namesFor, type TokenName } from "../world/bound-token.ts";
import { sourceAccess } from "../world/source-access.ts";
import type { Check, Finding } from "./finding.ts";

const DEADLINE = 5000;
const LIMIT = 4 * 1024 * 1024;

type Kind = "PROMETHEUS" | "LOKI" | "ALERTMANAGER";

/** A source of an environment, as raos.yaml names it. */
interface NamedSource {
  readonly kind: Kind;
  readonly environment: string;
  readonly url: string;
  readonly tenant?: string | undefined;
}

/** What a source answered; or why it did not, and what to do about it. */
type Answer =
  | { readonly kind: "answer"; readonly value: unknown }
  | { readonly kind: "none"; readonly message: string; readonly fix: string };

type Get = (path: string) => Promise<Answer>;

/** Prometheus, Loki and Alertmanager of an environment: they answer, this credential is let in, and they know the environment. */
export function sourceChecks(shell: Shell, config: Config, environment: string, where: string): readonly Check[] {
  const sources = sourcesOf(config, environment);
  const at = `${environment}${where}`;
  const check = (
    kind: Kind,
    source: { readonly url: string; readonly tenant?: string | undefined } | undefined,
  ): Check => {
    const name = `${WORDS[kind].check} ${at}`;
    return {
      name,
      key: JSON.stringify([kind, environment, source, sources.prometheus?.matchers]),
      find: async () => {
        if (source === undefined) return [{ check: name, status: "off", ...WORDS[kind].off }];
        const foreign = kind === "ALERTMANAGER" ? undefined : contradictionOf(config, environment, FIELDS[kind]);
        if (foreign !== undefined) return [{ check: name, status: "failed", message: foreign }];
        const named = { kind, environment, url: source.url, tenant: source.tenant };
        const labels = kind === "PROMETHEUS" ? (sources.prometheus?.matchers ?? {}) : {};
        return [{ check: name, ...(await examineSource(shell, named, labels)) }];
      },
    };
  };
  return [
    check("PROMETHEUS", sources.prometheus),
    check("LOKI", sources.loki),
    check("ALERTMANAGER", sources.alertmanager),
  ];
}

const FIELDS = { PROMETHEUS: "prometheus", LOKI: "loki" } as const;

const WORDS: Readonly<Record<Kind, { readonly check: string; readonly off: Pick<Finding, "message" | "fix"> }>> = {
  PROMETHEUS: {
    check: "prometheus",
    off: {
      message: "none is configured: remedies that need metrics cannot prove their edits",
      fix: "set prometheus.url in raos.yaml",
    },
  },
  LOKI: {
    check: "loki",
    off: { message: "none is configured: alerts are looked at without logs", fix: "set loki.url in raos.yaml" },
  },
  ALERTMANAGER: {
    check: "alertmanager",
    off: {
      message: "none is configured: alerts are taken from webhooks alone, and not read back after a loss",
      fix: "set alertmanager.url in raos.yaml",
    },
  },
};

type Verdict = Omit<Finding, "check">;

async function examineSource(
  shell: Shell,
  source: NamedSource,
  labels: Readonly<Record<string, string>>,
): Promise<Verdict> {
  const names = namesFor(shell.env, source.kind, source.environment);
  const access = await sourceAccess(shell, names, source.url)();
  if ("withheld" in access) return { status: "failed", message: access.withheld };
  const get: Get = async (path) => {
    let cause: string | undefined;
    const send: SourceFetch = access.fetch ?? fetch;
    const request = sourceRequest(
      { ...access, url: source.url, tenant: source.tenant },
      {
        ...{ deadlineMs: DEADLINE, grafana: undefined, signal: undefined },
        fetch: undefined,
      },
    );
    const read = await readJson({
      ...request,
      url: endpointOf(source.url, path),
      limit: LIMIT,
      fetch: (url, init) =>
        send(url, init).catch((error: unknown) => {
          cause = connectionFailure(error);
          throw error;
        }),
    });
    if (read.kind === "json") return { kind: "answer", value: read.value };
    return { kind: "none", message: reasonOf(read, cause), fix: fixOf(read, names, source.url) };
  };
  switch (source.kind) {
    case "PROMETHEUS":
      return examinePrometheus(get, labels);
    case "LOKI":
      return examineLoki(get);
    case "ALERTMANAGER":
      return examineAlertmanager(get);
    default:
      return source.kind satisfies never;
  }
}

function reasonOf({ message }: Extract<JsonRead, { kind: "missing" }>, cause: string | undefined): string {
  return message === "there is no connection" && cause !== undefined ? cause : message;
}

function fixOf(read: Extract<JsonRead, { kind: "missing" }>, names: TokenName, url: string): string {
  const files = names.files;
  const status = /answered (\d{3})/.exec(read.message)?.[1];
  if (status === "401" || status === "403")
    return `set ${names.token}, or ${names.basic?.username} with ${names.basic?.password}; of several tenants, ${names.field.replace("url", "tenant")} in raos.yaml`;
  if (status === "404") return `${names.field} in raos.yaml is the base: what comes before /api`;
  if (read.message.includes("TLS certificate")) return `set ${files?.ca} to the file of its CA`;
  if (read.reason === "refused" || read.reason === "unreadable" || read.reason === "too-large")
    return `see whether ${names.field} in raos.yaml leads there, and not to a page of sign-in`;
  if (/\.svc(\.|$)/.test(new URL(url).hostname))
    return "its name is good inside the cluster alone: run raos doctor there, where raos serve runs";
  return `see whether it runs, and whether this machine may reach ${names.field} of raos.yaml`;
}

const Instant = z.object({
  status: z.literal("success"),
  data: z.object({ result: z.array(z.unknown()).max(100_000) }),
});
const Build = z.object({ data: z.object({ version: z.string().max(60) }) });
const LokiBuild = z.object({ version: z.string().max(60) });

async function examinePrometheus(get: Get, labels: Readonly<Record<string, string>>): Promise<Verdict> {
  const matchers = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const query = `count(up{${matchers.join(",")}})`;
  const [found, build] = await Promise.all([
    get(`/api/v1/query?${new URLSearchParams({ query })}`),
    get("/api/v1/status/buildinfo"),
  ]);
  if (found.kind === "none") return { status: "failed", message: found.message, fix: found.fix };
  const answer = Instant.safeParse(found.value).data;
  if (answer === undefined)
    return {
      status: "failed",
      message: "it does not answer as a Prometheus",
      fix: "prometheus.url in raos.yaml is the base: what comes before /api/v1",
    };
  const version = build.kind === "answer" ? Build.safeParse(build.value).data?.data.version : undefined;
  if (answer.data.result.length === 0)
    return {
      status: "warning",
      message:
        matchers.length === 0
          ? "it answers, and scrapes no target"
          : `it answers, and has no target (up) with ${matchers.join(", ")}`,
      fix: "are tenant, and alerts and externalLabels of the environment in raos.yaml, those of this Prometheus?",
    };
  return { status: "ok", message: said(version, "has targets of this environment") };
}

async function examineLoki(get: Get): Promise<Verdict> {
  const [found, build] = await Promise.all([get("/loki/api/v1/labels"), get("/loki/api/v1/status/buildinfo")]);
  if (found.kind === "none") return { status: "failed", message: found.message, fix: found.fix };
  const Labels = z.object({ status: z.literal("success"), data: z.array(z.string()).max(100_000).nullish() });
  const answer = Labels.safeParse(found.value).data;
  if (answer === undefined)
    return {
      status: "failed",
      message: "it does not answer as a Loki",
      fix: "loki.url in raos.yaml is the base: what comes before /loki",
    };
  const version = build.kind === "answer" ? LokiBuild.safeParse(build.value).data?.version : undefined;
  if ((answer.data ?? []).length === 0)
    return {
      status: "warning",
      message: "it answers, and has no line of the last hours",
      fix: "is loki.tenant in raos.yaml the tenant that the agents' logs go to?",
    };
  return { status: "ok", message: said(version, "has logs") };
}

async function examineAlertmanager(get: Get): Promise<Verdict> {
  const found = await get("/api/v2/status");
  if (found.kind === "none") return { status: "failed", message: found.message, fix: found.fix };
  const Status = z.object({
    uptime: z.string().max(60),
    versionInfo: z
      .object({ version: z.string().max(60) })
      .partial()
      .optional(),
  });
  const answer = Status.safeParse(found.value).data;
  if (answer === undefined)
    return {
      status: "failed",
      message: "it does not answer as an Alertmanager",
      fix: "alertmanager.url in raos.yaml is the base: what comes before /api/v2",
    };
  return { status: "ok", message: said(answer.versionInfo?.version, "answers") };
}

function said(version: string | undefined, what: string): string {
  return version === undefined ? what : `${version}, ${what}`;
}
