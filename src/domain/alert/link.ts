import { withoutTrailing } from "../values/trim.ts";

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

/** A data source of Grafana; without its uid, Explore takes the default one. */
export interface GrafanaSource {
  readonly type: "prometheus" | "loki";
  readonly uid: string | undefined;
}

/**
 * A link to Grafana's Explore, over a range in seconds; its panes are JSON in the address:
 * https://grafana.com/docs/grafana/latest/explore/#generate-explore-urls-from-external-tools
 */
export function exploreLink(
  url: string,
  { type, uid }: GrafanaSource,
  expr: string,
  from: number,
  to: number,
): string | undefined {
  const [pane, query] = uid === undefined ? [{}, {}] : [{ datasource: uid }, { datasource: { type, uid } }];
  const panes = {
    a: {
      ...pane,
      queries: [{ refId: "A", expr, ...query }],
      range: { from: String(from * 1000), to: String(to * 1000) },
    },
  };
  return linkTo(url, "explore", new URLSearchParams({ schemaVersion: "1", panes: JSON.stringify(panes) }));
}

/**
 * A link below a base address, without the base's credentials and parameters. Every character that could end a Markdown link is
 * escaped. Undefined where it is longer than browsers accept, or is not http or https.
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
