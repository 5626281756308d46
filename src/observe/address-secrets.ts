/** What stands before the host of a URL; also a password with a slash in it, which is no port with a path behind it. */
const USERINFO =
  /([a-z][a-z0-9+.-]{1,20}:\\?\/\\?\/)(?!git@)(?:[^\s/?#"'<>\\]{1,512}@|[^\s/:@?#"'<>\\]{0,128}:(?!\d{1,5}[/,;])[^\s"'<>@\\]{1,256}@(?=[\w.[]))/gi;
/** A parameter of a URL whose value is a secret where it looks like one. */
const PARAMETER = /([?&;](?:code|sig|hmac|state|nonce|key|sid|session|ticket|assertion|hash)=)([^\s&#"'<>\\]{10,})/gi;
/** An e-mail address; also percent-encoded, and with letters beyond ASCII. Git's own user is nobody. */
const EMAIL =
  /(?<![\p{L}\p{N}._%+-])(?!git@)[\p{L}\p{N}._%+-]{1,320}(?:@|%40|\\u0040)(?:[\p{L}\p{N}-]{1,63}\.){1,6}\p{L}{2,24}(?![\p{L}\p{N}])/giu;

/** The text without credentials in URLs and without e-mail addresses. Linear in the text. */
export function withoutAddressSecrets(text: string, mask: string): string {
  const plain = text.includes("/")
    ? text.replace(USERINFO, (_, scheme: string) => `${scheme}${mask}@`).replace(PARAMETER, parameter(mask))
    : text;
  return /@|%40|u0040/.test(plain) ? plain.replace(EMAIL, mask) : plain;
}

function parameter(mask: string) {
  return (whole: string, name: string, value: string) =>
    /\d/.test(value) && /[A-Za-z]/.test(value) ? `${name}${mask}` : whole;
}
