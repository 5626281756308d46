import { Marked } from "marked";
import { withoutMarker } from "../../src/pr/marker.ts";

/** What GitHub would act on in a body: mentions, references, links that are not ours, HTML that is not ours. */
export function dangers(body: string): readonly string[] {
  const html = new Marked({ gfm: true }).parse(withoutMarker(body), { async: false });
  const prose = html.replace(/<(code|pre)[^>]*>[\s\S]*?<\/\1>/g, "").replaceAll("&#8203;", "\u200b");
  const tags = [...prose.matchAll(/<\/?([a-z0-9]+)/gi)].map((match) => match[1] ?? "");
  const known = /^(p|strong|em|ul|ol|li|table|thead|tbody|tr|th|td|blockquote|details|summary|br|sub|hr)$/;
  const text = prose.replace(/<[^>]*>/g, " ").replace(/&(#39|quot|amp|lt|gt);/g, " ");
  return [
    ...tags.filter((tag) => !known.test(tag)),
    ...(text.match(/@[\w-]+|#\d+|GH-\d+|\w+:\/\/|www\.\w|(?!\n|\t)[\p{Cc}\u202a-\u202e\u2066-\u2069]/giu) ?? []),
  ];
}
