import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Page } from "playwright-core";
import { run } from "../src/cli/index.ts";
import { escaped, openBrowser, pullMeta, showOnGitHub } from "./github-page.ts";
import { checkPage, shellIn, viewOrganisation } from "./organisation-pictures.ts";

/** `npm run pictures`: the README's pictures, from a demo run now and drawn by Chromium (`CHROMIUM`, else /usr/bin/chromium). */

const DOCS = resolve(import.meta.dirname, "../docs");
const WIDTH = 1000;
const COLOURS: Readonly<Record<string, string>> = {
  "1": "font-weight:bold",
  "2": "opacity:.6",
  "31": "color:#ff7b72",
  "32": "color:#7ee787",
  "33": "color:#e3b341",
  "36": "color:#79c0ff",
};
const ESCAPE = new RegExp(`${String.fromCharCode(27)}\\[(\\d+)m`, "g");

const folder = await mkdtemp(join(tmpdir(), "raos-pictures-"));
const browser = await openBrowser(process.env.CHROMIUM ?? "/usr/bin/chromium");
try {
  const repository = join(folder, "agents");
  const demo = await raos(["demo", repository]);
  const json = async (...argv: readonly string[]) =>
    JSON.parse(await raos(["pr", ...argv, "--repo", repository, "--output", "json"], false));
  const shown = async (branch: string): Promise<PullShown> => {
    const pulls: readonly PullShown[] = await json("list", "--state", "all");
    return json("show", String(pulls.find((one) => one.branch === branch)?.number));
  };
  /** The pull request in this state whose title begins so. */
  const titled = async (state: "merged" | "open", title: string): Promise<PullShown> => {
    const pulls: readonly PullShown[] = await json("list", "--state", state);
    return json("show", String(pulls.find((one) => one.title.startsWith(title))?.number));
  };
  const merged = (title: string) => titled("merged", title);
  const waiting = (title: string) => titled("open", title);
  const told = demo.replaceAll(folder, "/tmp/raos-demo");
  // The first line of part 8, the alert: its number may stand behind codes of colours.
  const at = told.search(/^\S*8\. /m);
  if (at === -1) throw new Error("the demo prints no part 8");
  const [deploy, alert] = [told.slice(0, at), told.slice(at)];
  await draw((page) => page.setContent(terminal(`$ npm run demo\n${deploy}`)), join(DOCS, "demo.png"), 1560);
  await draw((page) => page.setContent(terminal(alert)), join(DOCS, "demo-alert.png"), 1400);
  await draw((page) => showPull(page, shown("raos/agent/support/triage")), join(DOCS, "pull-request.png"), 1500);
  await draw(
    (page) => showPull(page, shown("raos/alert/support/triage/production/out-of-memory")),
    join(DOCS, "alert-pull-request.png"),
    2300,
  );
  await draw((page) => showPull(page, waiting("Deploy support/refunds")), join(DOCS, "requested.png"), 1500);
  await draw((page) => showRollout(page, merged("support/triage: version")), join(DOCS, "verified.png"), 1500);
  await draw((page) => showRollout(page, merged("support/faq: image")), join(DOCS, "taken-back.png"), 700);
  const { onboarding, check, dashboard } = await viewOrganisation(folder);
  const meta = pullMeta({ base: "main", branch: "raos/onboarding" });
  await draw((page) => showOnGitHub(page, { ...onboarding, meta }), join(DOCS, "onboarding.png"), 1900);
  await draw((page) => page.setContent(checkPage(check)), join(DOCS, "check.png"), 1500);
  const opened = '<span class="state">Open</span> &nbsp; <b>raos</b> opened this issue';
  await draw((page) => showOnGitHub(page, { ...dashboard, meta: opened }), join(DOCS, "dashboard.png"), 1500);
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}

async function raos(argv: readonly string[], colour = true): Promise<string> {
  let printed = "";
  const print = (text: string) => {
    printed += text;
  };
  await run(argv, { ...shellIn(folder), input: () => process.stdin, terminal: colour, out: print, err: print });
  return printed;
}

/** Draws a page, at most `most` pixels high. */
async function draw(show: (page: Page) => Promise<void>, file: string, most: number): Promise<void> {
  const page = await browser.newPage({ viewport: { width: WIDTH, height: 400 }, deviceScaleFactor: 1.5 });
  await show(page);
  const height = await page.evaluate("document.documentElement.scrollHeight");
  await page.setViewportSize({ width: WIDTH, height: Math.min(Number(height), most) });
  await page.screenshot({ path: file });
  await page.close();
}

async function showPull(page: Page, asked: Promise<PullShown>): Promise<void> {
  const pull = await asked;
  await showOnGitHub(page, { ...pull, meta: pullMeta(pull) });
}

/** What the last comment of a merged pull request says became of it. */
async function showRollout(page: Page, asked: Promise<PullShown>): Promise<void> {
  const { comments, ...pull } = await asked;
  const body = (comments.at(-1)?.body ?? "").replace("<details>", "<details open>");
  const meta = `<span class="state merged">Merged</span> &nbsp; <b>raos</b> says what became of it`;
  await showOnGitHub(page, { ...pull, body, meta });
}

interface PullShown {
  readonly comments: readonly { readonly body: string }[];
  readonly title: string;
  readonly number: number;
  readonly body: string;
  readonly branch: string;
  readonly base: string;
}

function terminal(text: string): string {
  const html = escaped(text.replace(/^\n+/, "")).replace(ESCAPE, (_all, code: string) => {
    const style = COLOURS[code];
    return style === undefined ? "</span>" : `<span style="${style}">`;
  });
  return `<!doctype html><style>body { background: #0d1117; color: #e6edf3; margin: 24px 28px; }
    pre { font: 13px/1.45 "DejaVu Sans Mono", monospace; margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }</style><pre>${html}</pre>`;
}
