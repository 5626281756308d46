import type { TextRange } from "../domain/secret-shapes.ts";

/** What stands before the host of a URL; also a password with a slash in it, which is no port with a path behind it. */
const USERINFO =
  /([a-z][a-z0-9+.-]{1,20}:\\?\/\\?\/)(?!git@)(?:[^\s/?#"'<>\\]{1,4096}@|[^\s/:@?#"'<>\\]{0,128}:(?!\d{1,5}[/,;])[^\s"'<>@\\]{1,256}@(?=[\w.[]))/gi;
/** A parameter of a URL whose value is a secret where it looks like one. */
const PARAMETER = /([?&;](?:code|sig|hmac|state|nonce|key|sid|session|ticket|assertion|hash)=)([^\s&#"'<>\\]{10,})/gi;
/** An e-mail address, also with letters beyond ASCII. Git's own user is nobody. */
const EMAIL =
  /(?<![\p{L}\p{N}._+-])(?!git@)[\p{L}\p{N}._+-]{1,320}@(?:[\p{L}\p{N}-]{1,63}\.){1,6}\p{L}{2,24}(?![\p{L}\p{N}])/giu;

/**
 * Credentials in URLs, secrets in their parameters, and e-mail addresses: in this order, each in what the one before left. Every
 * one is linear in the text.
 */
export const addressSecrets: ReadonlyArray<(text: string) => readonly TextRange[]> = [
  (text) => (text.includes("/") ? behind(text, USERINFO, 1, () => true) : []),
  (text) =>
    /[?&;]/.test(text) ? behind(text, PARAMETER, 0, (value) => /\d/.test(value) && /[A-Za-z]/.test(value)) : [],
  (text) => (text.includes("@") ? behind(text, EMAIL, 0, () => true) : []),
];

/** What each match holds behind its first group, less what follows it. */
function behind(
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
