/** A way to write a text so that a search for the text itself does not find it. */
export type Disguise = (text: string) => string;

const bytes = (text: string) => [...Buffer.from(text)];
const hex = (byte: number) => byte.toString(16).padStart(2, "0");
const percent = (text: string) =>
  bytes(text)
    .map((byte) => `%${hex(byte)}`)
    .join("");

/** Each letter for itself, so that eight letters of a secret are a part of the disguised text. */
export const LETTER_BY_LETTER: Readonly<Record<string, Disguise>> = {
  "percent-encoded as far as it must be": encodeURIComponent,
  "percent-encoded twice": (text) => encodeURIComponent(encodeURIComponent(text)),
  "percent-encoded throughout": percent,
  "percent-encoded throughout, in capitals": (text) => percent(text).toUpperCase(),
  "percent-encoded throughout, twice": (text) => encodeURIComponent(percent(text)),
  "percent-encoded throughout, every sign twice": (text) => percent(percent(text)),
  "percent-encoded three times": (text) => encodeURIComponent(encodeURIComponent(percent(text))),
  "\\u escapes": (text) =>
    bytes(text)
      .map((byte) => `\\u00${hex(byte)}`)
      .join(""),
  "%u escapes": (text) =>
    bytes(text)
      .map((byte) => `%u00${hex(byte)}`)
      .join(""),
  "\\x escapes": (text) =>
    bytes(text)
      .map((byte) => `\\x${hex(byte)}`)
      .join(""),
  "octal escapes": (text) =>
    bytes(text)
      .map((byte) => `\\${byte.toString(8).padStart(3, "0")}`)
      .join(""),
  "references of HTML": (text) =>
    bytes(text)
      .map((byte) => `&#${byte};`)
      .join(""),
  "references of HTML, in hexadecimal": (text) =>
    bytes(text)
      .map((byte) => `&#x${hex(byte)};`)
      .join(""),
  hexadecimal: (text) => bytes(text).map(hex).join(""),
  "hexadecimal in capitals": (text) => bytes(text).map(hex).join("").toUpperCase(),
  "hexadecimal, spaced": (text) => bytes(text).map(hex).join(" "),
  "hexadecimal, with colons": (text) => bytes(text).map(hex).join(":"),
  "a list of 0x": (text) =>
    bytes(text)
      .map((byte) => `0x${hex(byte)}`)
      .join(", "),
  "a slice of bytes in Go": (text) => bytes(text).join(" "),
  "a list of bytes in Python": (text) => bytes(text).join(", "),
  "a Buffer in JSON": (text) => bytes(text).join(","),
  "a Buffer in JSON, over lines": (text) => bytes(text).join(",\n    "),
};

/** Whether eight letters of a secret in a row are left, in a disguise that writes each for itself. */
export function letsThrough(secret: string, clean: string, disguise: Disguise, run = 8): boolean {
  for (let at = 0; at + run <= secret.length; at += 1)
    if (clean.includes(disguise(secret.slice(at, at + run)))) return true;
  return false;
}

/** Ways in which a text goes on in the next line, given where it is broken. */
export const WRAPS: Readonly<Record<string, (before: string, after: string) => string>> = {
  "an end of line": (before, after) => `${before}\n${after}`,
  "a carriage return": (before, after) => `${before}\r${after}`,
  "Unicode's": (before, after) => `${before}\u2028${after}`,
  "that of Windows": (before, after) => `${before}\r\n${after}`,
  "an indent": (before, after) => `${before}\n    ${after}`,
  "a tab": (before, after) => `${before}\n\t${after}`,
  "a backslash": (before, after) => `${before}\\\n${after}`,
  "a backslash and an indent": (before, after) => `${before}\\\n    ${after}`,
  "quotes on both sides": (before, after) => `${before}"\n  "${after}`,
  "quotes and a plus": (before, after) => `${before}" +\n  "${after}`,
  "a mark of a quotation": (before, after) => `${before}\n> ${after}`,
  "an escaped end of line": (before, after) => `${before}\\n${after}`,
};
