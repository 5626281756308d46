/** Redirects followed one after the other; GitHub needs one for a repository that was renamed. */
const MOST = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * `fetch`, with redirects followed within the origin that was asked (scheme, host and port) and no further: credentials,
 * and what is written, would go along. A write follows only where its method and body stay (307, 308). Throws an Error that
 * names no address where an answer leads elsewhere; else as `fetch` does.
 */
export async function sameOriginFetch(target: string, init: RequestInit = {}): Promise<Response> {
  const isRead = init.method === undefined || /^(?:get|head)$/i.test(init.method);
  let url = new URL(target);
  for (let hop = 0; hop <= MOST; hop += 1) {
    const response = await fetch(url, { ...init, redirect: "manual" });
    const location = response.headers.get("location");
    if (!REDIRECTS.has(response.status) || location === null) return response;
    await response.body?.cancel();
    const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
    if (next?.origin !== url.origin) throw new Error("the answer leads to another host, where no credential is sent");
    if (!isRead && response.status < 307) throw new Error("the answer leads elsewhere, where nothing is written");
    url = next;
  }
  throw new Error(`more than ${MOST} redirects, one after the other`);
}
