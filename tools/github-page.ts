import { createRequire } from "node:module";
import { marked } from "marked";
import type { Browser, Page } from "playwright-core";
import { chromium } from "playwright-core";

/** A pull request or an issue, as it is shown. */
export interface Shown {
  readonly title: string;
  readonly number: number;
  readonly body: string;
  /** The line below the title, as HTML of ours. */
  readonly meta: string;
}

const MERMAID = createRequire(import.meta.url).resolve("mermaid/dist/mermaid.min.js");

/** Starts an installed Chromium, which connects to nothing by itself. */
export function openBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/** Shows it as GitHub does, Mermaid charts drawn; throws where one of them is no chart that Mermaid can draw. */
export async function showOnGitHub(page: Page, shown: Shown): Promise<void> {
  await page.setContent(pageOf(shown));
  await page.addScriptTag({ path: MERMAID });
  await page.evaluate(
    "mermaid.initialize({startOnLoad: false, xyChart: {width: 780, height: 300}}); mermaid.run({querySelector: '.mermaid'}).catch((error) => { throw new Error(`no chart: ${error.str ?? error.message}`); })",
  );
}

/** Bar of the title, for an open pull request. */
export function pullMeta({ base, branch }: { readonly base: string; readonly branch: string }): string {
  return `<span class="state">Open</span> &nbsp; <b>raos</b> wants to merge 1 commit into <span class="branch">${escaped(base)}</span> from <span class="branch">${escaped(branch)}</span>`;
}

function pageOf({ title, number, body, meta }: Shown): string {
  const html = marked
    .parse(admonitions(body), { async: false, gfm: true })
    .replace(/<pre><code class="language-mermaid">([\s\S]*?)<\/code><\/pre>/g, '<pre class="mermaid">$1</pre>');
  return `<!doctype html><meta charset="utf-8"><style>
    body { font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; color: #1f2328; margin: 28px 36px; }
    h1 { font-size: 26px; font-weight: 400; margin: 0 0 8px; } h1 span { color: #59636e; font-weight: 300; }
    .state { background: #1f883d; color: white; border-radius: 2em; padding: 5px 12px; font-weight: 500; }
    .merged { background: #8250df; }
    .branch, code { font: 85% "DejaVu Sans Mono", monospace; background: #818b981f; border-radius: 6px; padding: .2em .4em; }
    .meta { color: #59636e; margin-bottom: 18px; } .branch { background: #ddf4ff; color: #0969da; }
    .card { border: 1px solid #d1d9e0; border-radius: 6px; } .card > header { background: #f6f8fa; padding: 8px 16px; border-bottom: 1px solid #d1d9e0; color: #59636e; border-radius: 6px 6px 0 0; }
    .card > div { padding: 6px 16px 12px; } table { border-collapse: collapse; margin-bottom: 16px; } td, th { border: 1px solid #d1d9e0; padding: 6px 13px; text-align: left; vertical-align: top; }
    tr:nth-child(2n) { background: #f6f8fa; } blockquote { margin: 0 0 16px; padding: 8px 16px; border-left: 4px solid #8250df; } blockquote b { color: #8250df; }
    li:has(> input) { list-style: none; } summary { font-weight: 600; } pre { background: #f6f8fa; padding: 12px; border-radius: 6px; overflow: hidden; } pre code { background: none; padding: 0; }
    pre.mermaid { background: none; padding: 0; }
  </style><h1>${escaped(title)} <span>#${number}</span></h1>
  <div class="meta">${meta}</div>
  <div class="card"><header><b>raos</b> bot commented now</header><div>${html}</div></div>`;
}

/** GitHub draws `> [!IMPORTANT]` as a box with that word. */
function admonitions(markdown: string): string {
  return markdown.replace(
    /^> \[!(\w)(\w+)\]$/gm,
    (_all, first: string, rest: string) => `> **${first}${rest.toLowerCase()}**  `,
  );
}

/** Text as HTML shows it. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
