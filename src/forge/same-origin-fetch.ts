/** Redirects followed one after the other; GitHub needs one for a repository that was renamed. */
const MOST = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * `fetch` that follows redirects only within the same origin (scheme, host and port), since a redirect sends credentials and
 * content to its target. `send` sends each request. A write follows only 307 and 308, which keep its method and body. For other redirects it throws an
 * Error, which names no address; otherwise it throws as `fetch` does.
 */
export async function sameOriginFetch(
  target: string,
  init: RequestInit = {},
  send: typeof fetch = fetch,
): Promise<Response> {
  const isRead = init.method === undefined || /^(?:get|head)$/i.test(init.method);
  let url = new URL(target);
  for (let hop = 0; hop <= MOST; hop += 1) {
    const response = await send(url, { ...init, redirect: "manual" });
    const location = response.headers.get("location");
    if (!REDIRECTS.has(response.status) || location === null) return response;
    await response.body?.cancel();
    const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
    if (next?.origin !== url.origin)
      throw new Error("the answer redirects to another host, where no credential is sent");
    if (!isRead && response.status < 307)
      throw new Error("the answer redirects to an address to which nothing is written");
    url = next;
  }
  throw new Error(`more than ${MOST} redirects, one after the other`);
}
