import * as z from "zod";
import { signalWithin } from "../../deadline/deadline.ts";
import type { Config } from "../../domain/kinds/kinds.ts";
import { connectionFailure } from "../../domain/network/connection-failure.ts";
import type { CommitView } from "../../survey/source/commit-view.ts";
import type { Shell } from "../shell.ts";
import { outboundFetch } from "../world/outbound-fetch.ts";
import type { Check, Finding } from "./finding.ts";

type Verdict = Omit<Finding, "check">;

/** Whether the chart that agents are deployed with is where raos.yaml says. */
export function chartCheck(shell: Shell, { spec }: Config, commit: CommitView, where: string): Check {
  const name = `chart${where}`;
  const { chart } = spec;
  const find = async () => [
    {
      check: name,
      ...("path" in chart
        ? await chartInTree(commit, chart.path)
        : await chartInRegistry(shell, chart.oci, chart.version)),
    },
  ];
  return "path" in chart ? { name, find } : { name, find, key: JSON.stringify(chart) };
}

async function chartInTree(commit: CommitView, path: string): Promise<Verdict> {
  const file = `${path.replace(/^\.\//, "").replace(/\/$/, "")}/Chart.yaml`;
  const files = await commit.slice([file]);
  if (files.oid(file) !== undefined) return { status: "ok", message: `${path} is a chart of the repository` };
  return {
    ...{ status: "failed", message: `${file} is not in the default branch, so nothing can be deployed` },
    fix: "raos init copies the chart there; or name one in a registry with chart.oci in raos.yaml",
  };
}

const ACCEPT = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json";
const TIMEOUT = 5000;

/**
 * Whether a registry has the chart, as anybody may read it: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests.
 * RAOS itself does not pull it, and has no credential for it, so what cannot be read from here is only a warning.
 */
async function chartInRegistry(shell: Shell, oci: string, version: string): Promise<Verdict> {
  const url = manifestUrl(oci, version);
  const elsewhere = "Flux or Argo CD pulls it, maybe by another way and with a credential that RAOS does not have";
  if (url === undefined)
    return {
      status: "failed",
      message: `chart.oci in raos.yaml names no chart`,
      fix: "write oci://ghcr.io/acme/charts/agent",
    };
  const send = outboundFetch(shell.env);
  const ask = (token: string | undefined) =>
    send(url, {
      headers: { accept: ACCEPT, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      redirect: "manual",
      signal: signalWithin(TIMEOUT),
    });
  try {
    let answer = await ask(undefined);
    await answer.body?.cancel();
    const challenge = answer.status === 401 ? answer.headers.get("www-authenticate") : null;
    const token = challenge === null ? undefined : await anonymousToken(send, challenge, url);
    if (token !== undefined) {
      answer = await ask(token);
      await answer.body?.cancel();
    }
    return registryVerdict(answer.status, url.host, version, elsewhere);
  } catch (error) {
    return { status: "warning", message: `${url.host}: ${connectionFailure(error) ?? "no answer"}`, fix: elsewhere };
  }
}

function registryVerdict(status: number, host: string, version: string, elsewhere: string): Verdict {
  if (status === 200) return { status: "ok", message: `${host} has version ${version}` };
  if (status === 404)
    return {
      status: "failed",
      message: `${host} has no version ${version} of it`,
      fix: "correct chart.oci or chart.version in raos.yaml, or push it",
    };
  if (status === 401 || status === 403)
    return {
      status: "warning",
      message: `${host} shows it to nobody without a credential, so it cannot be checked from here`,
      fix: elsewhere,
    };
  return { status: "warning", message: `${host} answered ${status}`, fix: elsewhere };
}

function manifestUrl(oci: string, version: string): URL | undefined {
  const [, host = "", path = ""] = /^oci:\/\/([a-zA-Z0-9.:[\]-]{1,255})\/([a-z0-9._/-]{1,255})$/.exec(oci) ?? [];
  const text = `${isLoopback(host) ? "http" : "https"}://${host}/v2/${path}/manifests/${encodeURIComponent(version.replaceAll("+", "_"))}`;
  return host === "" || !URL.canParse(text) ? undefined : new URL(text);
}

function isLoopback(host: string): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/.test(host);
}

/** The token that a registry gives to anybody; undefined where it gives none. https://distribution.github.io/distribution/spec/auth/token */
async function anonymousToken(send: typeof fetch, challenge: string, from: URL): Promise<string | undefined> {
  const parts = challenge.slice(0, 8192).matchAll(/\b(realm|service|scope)="([^"]{1,2000})"/g);
  const values = new Map([...parts].map(([, name, value]) => [name, value]));
  const realm = values.get("realm");
  if (realm === undefined || !URL.canParse(realm)) return undefined;
  const url = new URL(realm);
  if (url.protocol !== "https:" && !(isLoopback(url.host) && isLoopback(from.host))) return undefined;
  for (const name of ["service", "scope"]) {
    const given = values.get(name);
    if (given !== undefined) url.searchParams.set(name, given);
  }
  const answer = await send(url, { redirect: "manual", signal: signalWithin(TIMEOUT) });
  const text = answer.ok ? (await answer.text()).slice(0, 65_536) : "";
  const Token = z.object({ token: z.string().optional(), access_token: z.string().optional() });
  const read = text.startsWith("{") ? Token.safeParse(JSON.parse(text)).data : undefined;
  return read?.token ?? read?.access_token;
}
