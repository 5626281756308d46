import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { marked } from "marked";
import * as z from "zod";
import type { Shell } from "../src/app/shell.ts";
import { openWorld } from "../src/app/world/open-world.ts";
import { showChecks } from "../src/checks/show-checks.ts";
import { reconcile } from "../src/reconcile/reconcile.ts";
import { latestRuns } from "../test/servers/github/checks/check-runs.ts";
import type { Account, CheckRun, Pull, Repository, World } from "../test/servers/github/model/model.ts";
import { push, setBranch } from "../test/servers/github/model/people.ts";
import { APP_PERMISSIONS, addAccount, addRepository, install } from "../test/servers/github/model/world.ts";
import { mergePull } from "../test/servers/github/pulls/merging.ts";
import { createPull } from "../test/servers/github/pulls/pulls.ts";
import { startGitHub } from "../test/servers/github/server.ts";
import { escaped } from "./github-page.ts";

const OWNER = "meridian-retail";
const FLEET = join(import.meta.dirname, "../fixtures/fleet");
const TRIAGE = "agents/support/triage.yaml";
const BILLING = "agents/finance/billing.yaml";

/** What an organisation sees of RAOS: the pull request that introduces it, and a check on a person's pull request. */
export interface OrganisationView {
  readonly onboarding: { readonly title: string; readonly number: number; readonly body: string };
  readonly check: CheckRun;
  readonly dashboard: { readonly title: string; readonly number: number; readonly body: string };
}

/** Installs RAOS on a repository of the fixture fleet on the test GitHub, merges what it proposes, and opens a pull request with a mistake. */
export async function viewOrganisation(folder: string): Promise<OrganisationView> {
  const github = await startGitHub({ root: join(folder, "github"), slug: "raos" });
  const { world, root, url } = github;
  const organisation = addAccount(world, OWNER, "Organization");
  const robin = addAccount(world, "robin", "User");
  const collaborators = { robin: "write" } as const;
  const repository = await addRepository(world, { root, owner: OWNER, name: "agents", collaborators });
  install(world, organisation, APP_PERMISSIONS);
  const { "raos.yaml": _, ...files } = await readFleet();
  const found = {
    "clusters/production/flux-system/gotk-sync.yaml":
      "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n",
    "apps/overlays/staging/kustomization.yaml": "resources: []\n",
    "apps/overlays/production/kustomization.yaml": "resources: []\n",
  };
  await push(world, repository, robin, "main", { ...files, ...found }, "Our agents");
  const env = { APP_ID: String(world.app.id), PRIVATE_KEY: world.app.privateKey, GITHUB_API_URL: url };
  const opened = await openWorld(shellIn(folder, env), `${url}/${OWNER}/agents`);
  try {
    await reconcile(opened.world);
    const [configure] = openPulls(repository);
    if (configure === undefined) throw new Error("nothing was proposed");
    const { title, number, body } = configure;
    await mergeAll(world, repository, robin);
    await reconcile(opened.world);
    await mergeAll(world, repository, robin);
    const dashboard = await showDashboard(world, repository, robin, files, () => reconcile(opened.world));
    const pull = await proposeMistake(world, repository, robin, files);
    await showChecks(opened.world);
    const check = latestRuns(repository, pull.head).find(({ name }) => name === "raos");
    if (check === undefined) throw new Error("no check was shown");
    return { onboarding: { title, number, body }, check, dashboard };
  } finally {
    await opened.close();
    await github.close();
  }
}

const openPulls = (repository: Repository): readonly Pull[] =>
  [...repository.pulls.values()].filter(({ state }) => state === "OPEN");

async function mergeAll(world: World, repository: Repository, user: Account): Promise<void> {
  for (const pull of openPulls(repository))
    await mergePull(world, { kind: "user", user, token: "" }, pull, { method: "MERGE" });
}

/** Several changes at once where few pull requests may be open, with a mistake and a denial among them. */
async function showDashboard(
  world: World,
  repository: Repository,
  user: Account,
  files: Readonly<Record<string, string>>,
  pass: () => Promise<unknown>,
): Promise<OrganisationView["dashboard"]> {
  const config = await repository.git.git("show", "main:raos.yaml");
  const larger = (path: string, from: string, to: string) => ({ [path]: files[path]?.replace(from, to) });
  const changed = {
    "raos.yaml": `${config.trimEnd()}\n  limits: {openPulls: 2}\n  dashboard: true\n`,
    ...larger("agents/finance/invoices.yaml", "limits: {memory: 2Gi}", "limits: {memory: 3Gi}"),
    ...larger("agents/finance/fraud-screen.yaml", "limits: {memory: 1536Mi}", "limits: {memory: 2Gi}"),
    ...larger("agents/logistics/route-planner.yaml", "limits: {memory: 6Gi}", "limits: {memory: 8Gi}"),
    ...larger(TRIAGE, "scaling:", "scalling:"),
    ...larger(BILLING, "max: 8", "max: 12"),
  };
  const before = await repository.git.git("rev-parse", "refs/heads/main");
  await push(world, repository, user, "main", changed, "More memory");
  await pass();
  const issue = [...repository.issues.values()].find((one) => one.title === "RAOS dashboard");
  if (issue === undefined) throw new Error("no dashboard was shown");
  const { title, number, body } = issue;
  await setBranch(world, repository, user, "main", before.trim());
  return { title, number, body };
}

/** A person's pull request that raises a limit, and has a wrong unit in another agent. */
async function proposeMistake(
  world: World,
  repository: Repository,
  user: Account,
  files: Readonly<Record<string, string>>,
): Promise<Pull> {
  const changed = {
    [TRIAGE]: files[TRIAGE]?.replace("limits: {memory: 768Mi}", "limits: {memory: 1Gi}"),
    [BILLING]: files[BILLING]?.replace("memory: 1Gi", "memory: 1Gb"),
  };
  const from = (await repository.git.resolve("refs/heads/main")) ?? "";
  await push(world, repository, user, "more-memory", changed, "Give triage more memory", { from });
  const words = { title: "Give triage more memory", body: "", baseRef: "main", draft: false, headRef: "more-memory" };
  return createPull(world, { kind: "user", user, token: "" }, repository, { ...words, headRepository: repository });
}

async function readFleet(): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(FLEET, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = files.map(async (file) => [file.slice(FLEET.length + 1), await readFile(file, "utf8")] as const);
  return Object.fromEntries(await Promise.all(read));
}

/** What a command or a world in this process is given, with its cache in a folder; it prints nowhere. */
export function shellIn(folder: string, env: Readonly<Record<string, string>> = {}): Shell {
  return {
    env: { PATH: process.env.PATH, RAOS_CACHE: join(folder, "cache"), ...env },
    cwd: folder,
    terminal: false,
    input: () => Readable.from([]),
    out: () => {},
    err: () => {},
    now: Date.now,
    signal: new AbortController().signal,
    hold: () => {},
  };
}

const Annotation = z.object({ path: z.string(), start_line: z.int(), message: z.string() });

/** A check as GitHub's page of checks shows it: annotations, what the App wrote, and its button. */
export function checkPage({ conclusion, title, summary, text, annotations }: CheckRun): string {
  const rows = annotations.map((one) => {
    const { path, start_line: line, message } = Annotation.parse(one);
    return `<div class="note"><b>Check failure on line ${line} in ${escaped(path)}</b><pre>${escaped(message)}</pre></div>`;
  });
  const html = (markdown: string | undefined) => marked.parse(markdown ?? "", { async: false, gfm: true });
  const mark = conclusion === "success" ? "&#10003;" : "&#10007;";
  return `<!doctype html><meta charset="utf-8"><style>
    body { font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; color: #1f2328; margin: 24px 32px; }
    h1 { font-size: 20px; font-weight: 600; margin: 0 0 4px; } h1 i { font-style: normal; color: ${conclusion === "success" ? "#1a7f37" : "#d1242f"}; }
    .by { color: #59636e; margin-bottom: 16px; } .box { border: 1px solid #d1d9e0; border-radius: 6px; padding: 8px 18px; }
    .note { border: 1px solid #d1d9e0; border-left: 4px solid #d1242f; border-radius: 6px; padding: 8px 14px; margin: 0 0 16px; }
    .note pre { background: none; margin: 4px 0 0; padding: 0; white-space: pre-wrap; }
    code { font: 85% "DejaVu Sans Mono", monospace; background: #818b981f; border-radius: 6px; padding: .2em .4em; }
    table { border-collapse: collapse; } td, th { border: 1px solid #d1d9e0; padding: 6px 13px; text-align: left; }
    summary { font-weight: 600; } pre { background: #f6f8fa; padding: 12px; border-radius: 6px; white-space: pre-wrap; } pre code { background: none; padding: 0; }
  </style><h1><i>${mark}</i> raos / ${escaped(title ?? "")}</h1><div class="by">on <b>Give triage more memory</b> by robin</div>
  ${rows.join("")}<div class="box">${html(summary)}${html(text)}</div>`;
}
