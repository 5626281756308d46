import type { TextRange } from "../domain/secrets/secret-shapes.ts";

/** User and password before the host of a URL; also a password with a slash in it, but not a port with a path. */
const USERINFO =
  /([a-z][a-z0-9+.-]{1,20}:\\?\/\\?\/)(?!git@)(?:[^\s/?#"'<>\\]{1,4096}@|[^\s/:@?#"'<>\\]{0,128}:(?!\d{1,5}[/,;])[^\s"'<>@\\]{1,256}@(?=[\w.[]))/gi;
/** A parameter of a URL whose value is a secret where it looks like one. */
const PARAMETER = /([?&;](?:code|sig|hmac|state|nonce|key|sid|session|ticket|assertion|hash)=)([^\s&#"'<>\\]{10,})/gi;
/** An e-mail address, also with letters beyond ASCII, but not `git@…`. */
const EMAIL =
  /(?<![\p{L}\p{N}._+-])(?!git@)[\p{L}\p{N}._+-]{1,320}@(?:[\p{L}\p{N}-]{1,63}\.){1,6}\p{L}{2,24}(?![\p{L}\p{N}])/giu;

/**
 * Finds credentials in URLs, secrets in their parameters, and e-mail addresses, in this order: each one searches the text that
 * the one before has masked, in time proportional to it.
 */
export const addressSecrets: ReadonlyArray<(text: string) => readonly TextRange[]> = [
  (text) => (text.includes("/") ? rangesAfterGroup(text, USERINFO, 1, () => true) : []),
  (text) =>
    /[?&;]/.test(text)
      ? rangesAfterGroup(text, PARAMETER, 0, (value) => /\d/.test(value) && /[A-Za-z]/.test(value))
      : [],
  (text) => (text.includes("@") ? rangesAfterGroup(text, EMAIL, 0, () => true) : []),
];

/** The part of each match after its first group, where `isSecret` accepts it. */
function rangesAfterGroup(
  text: string,
  pattern: RegExp,
  tail: number,
  isSecret: (value: string) => boolean,
): readonly TextRange[] {
  const found: TextRange[] = [];
  for (const match of text.matchAll(pattern)) {
    const start = match.index + (match[1]?.length ?? 0);
    const end = match.index + match[0].length - tail;
    if (isSecret(text.slice(start, end))) found.push({ start, end });
  }
  return found;
}
