import { randomBytes } from "node:crypto";

/** A page of the registration: its HTML, and the headers that it is sent with. */
export interface Page {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What the first page asks GitHub for. */
export interface FormFields {
  /** Where the form is sent: GitHub's page of new Apps, with the state. */
  readonly action: string;
  readonly manifest: unknown;
  /** What the App may do, for people. */
  readonly permissions: readonly string[];
  readonly name: string;
  /** Who will own it. */
  readonly owner: string;
}

/** The page whose button sends the manifest to GitHub. It loads nothing, runs no script, and may be sent to GitHub alone. */
export function formPage({ action, manifest, permissions, name, owner }: FormFields): Page {
  const items = permissions.map((one) => `<li>${escaped(one)}</li>`).join("");
  const body = `<h1>Register the GitHub App ${escaped(name)}</h1>
<p>Its owner will be <b>${escaped(owner)}</b>. It asks for:</p><ul>${items}</ul>
<form method="post" action="${escaped(action)}">
<input type="hidden" name="manifest" value="${escaped(JSON.stringify(manifest))}">
<button type="submit">Continue on GitHub</button></form>
<p>GitHub shows the name once more before it registers the App. Nobody else can install it.</p>`;
  // The origin is sent on, since GitHub may look at who sends a form; the path, which is a secret, is not.
  return pageOf("Register RAOS on GitHub", body, new URL(action).origin, "strict-origin");
}

/** A page that says how the registration went, with a link to go on, where there is one. */
export function resultPage(
  title: string,
  sentence: string,
  link?: { readonly href: string; readonly text: string },
): Page {
  const next = link === undefined ? "" : `<p><a href="${escaped(link.href)}">${escaped(link.text)}</a></p>`;
  return pageOf(title, `<h1>${escaped(title)}</h1><p>${escaped(sentence)}</p>${next}`, "'none'", "no-referrer");
}

function pageOf(title: string, body: string, formTarget: string, referrer: string): Page {
  const nonce = randomBytes(16).toString("base64");
  const style =
    "body{font:16px/1.5 sans-serif;max-width:40em;margin:4em auto;padding:0 1em}button{font:inherit;padding:.5em 1em}";
  return {
    html: `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title><style nonce="${nonce}">${style}</style><body>${body}</body></html>\n`,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": `default-src 'none'; style-src 'nonce-${nonce}'; form-action ${formTarget}; base-uri 'none'; frame-ancestors 'none'`,
      "referrer-policy": referrer,
      "x-content-type-options": "nosniff",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": "no-store",
      connection: "close",
    },
  };
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
