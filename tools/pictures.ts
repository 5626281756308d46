import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { marked } from "marked";
import { chromium } from "playwright-core";
import { run } from "../src/cli/index.ts";

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
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
try {
  const repository = join(folder, "agents");
  const demo = await raos(["demo", repository]);
  const shown = await raos(["pr", "show", "--repo", repository, "12", "--output", "json"], false);
  await draw(terminal(demo.replaceAll(folder, "/tmp/raos-demo")), join(DOCS, "demo.png"), 1560);
  await draw(pull(JSON.parse(shown)), join(DOCS, "pull-request.png"), 1500);
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}

async function raos(argv: readonly string[], colour = true): Promise<string> {
  let printed = "";
  const print = (text: string) => {
    printed += text;
  };
  const cache = join(folder, "cache");
  const env = { PATH: process.env.PATH, RAOS_CACHE: cache };
  await run(argv, {
    env,
    cwd: folder,
    terminal: colour,
    out: print,
    input: () => process.stdin,
    err: print,
    now: Date.now,
    signal: new AbortController().signal,
  });
  return printed;
}

/** Draws a page, at most `most` pixels high. */
async function draw(html: string, file: string, most: number): Promise<void> {
  const page = await browser.newPage({ viewport: { width: WIDTH, height: 400 }, deviceScaleFactor: 1.5 });
  await page.setContent(html);
  const height = await page.evaluate("document.documentElement.scrollHeight");
  await page.setViewportSize({ width: WIDTH, height: Math.min(Number(height), most) });
  await page.screenshot({ path: file });
  await page.close();
}

function pull(shown: {
  readonly title: string;
  readonly number: number;
  readonly body: string;
  readonly branch: string;
  readonly base: string;
}): string {
  const body = marked.parse(admonitions(shown.body), { async: false, gfm: true });
  return `<!doctype html><style>
    body { font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; color: #1f2328; margin: 28px 36px; }
    h1 { font-size: 26px; font-weight: 400; margin: 0 0 8px; } h1 span { color: #59636e; font-weight: 300; }
    .state { background: #1f883d; color: white; border-radius: 2em; padding: 5px 12px; font-weight: 500; }
    .branch, code { font: 85% "DejaVu Sans Mono", monospace; background: #818b981f; border-radius: 6px; padding: .2em .4em; }
    .meta { color: #59636e; margin-bottom: 18px; } .branch { background: #ddf4ff; color: #0969da; }
    .card { border: 1px solid #d1d9e0; border-radius: 6px; } .card > header { background: #f6f8fa; padding: 8px 16px; border-bottom: 1px solid #d1d9e0; color: #59636e; border-radius: 6px 6px 0 0; }
    .card > div { padding: 6px 16px 12px; } table { border-collapse: collapse; } td, th { border: 1px solid #d1d9e0; padding: 6px 13px; text-align: left; vertical-align: top; }
    tr:nth-child(2n) { background: #f6f8fa; } blockquote { margin: 0 0 16px; padding: 8px 16px; border-left: 4px solid #8250df; } blockquote b { color: #8250df; }
    summary { font-weight: 600; } pre { background: #f6f8fa; padding: 12px; border-radius: 6px; overflow: hidden; }
  </style><h1>${escaped(shown.title)} <span>#${shown.number}</span></h1>
  <div class="meta"><span class="state">Open</span> &nbsp; <b>raos</b> wants to merge 1 commit into <span class="branch">${escaped(shown.base)}</span> from <span class="branch">${escaped(shown.branch)}</span></div>
  <div class="card"><header><b>raos</b> bot commented now</header><div>${body}</div></div>`;
}

/** GitHub draws `> [!IMPORTANT]` as a box with that word. */
function admonitions(markdown: string): string {
  return markdown.replace(
    /^> \[!(\w)(\w+)\]$/gm,
    (_all, first: string, rest: string) => `> **${first}${rest.toLowerCase()}**  `,
  );
}

function terminal(text: string): string {
  const html = escaped(`$ npm run demo\n${text}`).replace(ESCAPE, (_all, code: string) => {
    const style = COLOURS[code];
    return style === undefined ? "</span>" : `<span style="${style}">`;
  });
  return `<!doctype html><style>body { background: #0d1117; color: #e6edf3; margin: 24px 28px; }
    pre { font: 13px/1.45 "DejaVu Sans Mono", monospace; margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }</style><pre>${html}</pre>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
