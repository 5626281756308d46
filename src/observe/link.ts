import { withoutTrailing } from "../domain/trim.ts";

/** A link to Prometheus' own page of a query, over a range in seconds; undefined where it would be too long. */
export function prometheusLink(url: string, query: string, from: number, to: number): string | undefined {
  const parts = new URLSearchParams({
    "g0.expr": query,
    "g0.tab": "0",
    "g0.range_input": `${to - from}s`,
    "g0.end_input": new Date(to * 1000).toISOString().slice(0, 16).replace("T", " "),
  });
  return linkTo(url, "graph", parts);
}

/** A link to Grafana's Explore, over a range in seconds; its panes are JSON in the address. */
export function exploreLink(url: string, expr: string, from: number, to: number): string | undefined {
  const panes = {
    a: { queries: [{ refId: "A", expr }], range: { from: String(from * 1000), to: String(to * 1000) } },
  };
  return linkTo(url, "explore", new URLSearchParams({ schemaVersion: "1", panes: JSON.stringify(panes) }));
}

/**
 * Below a base address, whose credentials and parameters stay behind. Nothing in a link ends a link of Markdown; a longer
 * one than browsers take is none, and so is one that is not of the web.
 */
function linkTo(base: string, page: string, parts: URLSearchParams): string | undefined {
  if (!URL.canParse(base)) return undefined;
  const { protocol, host, pathname } = new URL(base);
  if (protocol !== "http:" && protocol !== "https:") return undefined;
  const rest = `${withoutTrailing(pathname, "/")}/${page}?${parts}`.replace(
    /[()<>\s'"`[\]|\\]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
  const link = `${protocol}//${host}${rest}`;
  return link.length > 4000 ? undefined : link;
}
