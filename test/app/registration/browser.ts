/** A plain HTTP client in place of a browser in which an owner is signed in: sends the forms of pages, follows nothing. */

/** A form as a page holds it. */
export interface Form {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** The only form of a page. Throws where there is none. */
export function formIn(html: string): Form {
  const action = /<form method="post" action="([^"]*)"/.exec(html)?.[1];
  if (action === undefined) throw new Error(`no form in: ${html}`);
  const inputs = [...html.matchAll(/<input ([^>]*)>/g)].map(([, text = ""]) => [
    /name="([^"]*)"/.exec(text)?.[1] ?? "",
    unescaped(/value="([^"]*)"/.exec(text)?.[1] ?? ""),
  ]);
  return { action: unescaped(action), fields: Object.fromEntries(inputs) };
}

/** Sends a form from a page at an address. */
export function submit(from: string, { action, fields }: Form, changed: Readonly<Record<string, string>> = {}) {
  return fetch(new URL(action, from), {
    method: "POST",
    body: new URLSearchParams({ ...fields, ...changed }),
    redirect: "manual",
  });
}

/** From the page of `raos app create` to the address that GitHub sends the browser back to. */
export async function confirmOnGitHub(address: string, changed: Readonly<Record<string, string>> = {}): Promise<URL> {
  const page = formIn(await (await fetch(address)).text());
  const confirm = await submit(address, page);
  if (confirm.status !== 200) throw new Error(await confirm.text());
  const sent = await submit(confirm.url, formIn(await confirm.text()), changed);
  return new URL(sent.headers.get("location") ?? "");
}

function unescaped(text: string): string {
  return text
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
