import type { RegistryFailure, TagList } from "./registry-answers.ts";
import { failure } from "./registry-request.ts";
import { bodyJson, type RegistrySession } from "./registry-session.ts";

/** Tags asked for at a time, most pages of them, and most tags of a repository. */
const PAGE = 1000;
const MOST_PAGES = 200;
const MOST_TAGS = 50_000;
/** Most bytes of a page. */
const PAGE_LIMIT = 4_194_304;

/** A tag by the grammar of OCI's distribution specification. */
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/**
 * Lists every tag of a repository, page by page; tags that are none are left out. All or nothing: a list that was cut off could make
 * an old tag look like the newest. Never throws.
 */
export async function listTags(session: RegistrySession): Promise<TagList | RegistryFailure> {
  const { origin, repository } = session.place;
  const list = `${origin}/v2/${repository}/tags/list`;
  const tags = new Set<string>();
  let url: string | undefined = `${list}?n=${PAGE}`;
  for (let page = 0; url !== undefined; page += 1) {
    if (page === MOST_PAGES || tags.size > MOST_TAGS)
      return failure(
        session.place,
        "too-large",
        `has more than ${MOST_TAGS} tags of ${repository}, or says so in too many pages`,
      );
    const answer = await session.ask({ url, limit: PAGE_LIMIT });
    if (answer.kind === "failed") return answer;
    const names = namesIn(bodyJson(answer.body));
    if (names === undefined) return failure(session.place, "unreadable", "answered with no list of tags");
    for (const name of names) if (typeof name === "string" && TAG.test(name)) tags.add(name);
    const next = nextPage(answer.headers.get("link"), url);
    if (next !== undefined && new URL(next).origin + new URL(next).pathname !== list)
      return failure(session.place, "unreadable", "continues its list of tags elsewhere, which is not followed");
    url = next;
  }
  return { kind: "tags", tags: [...tags] };
}

/** The list in a page; `null` stands for an empty one. */
function namesIn(value: unknown): readonly unknown[] | undefined {
  const tags: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "tags") : undefined;
  if (tags === null) return [];
  return Array.isArray(tags) ? tags : undefined;
}

/** The address in `Link: </v2/…>; rel="next"`, which is relative to the page (RFC 8288). */
function nextPage(header: string | null, page: string): string | undefined {
  const [, target] = /^\s?<([^<>]{1,4096})>\s{0,4};\s{0,4}rel="?next"?/i.exec(header ?? "") ?? [];
  return target === undefined ? undefined : URL.parse(target, page)?.href;
}
