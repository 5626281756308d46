import { isRandom } from "../domain/secrets/secret-shapes.ts";

/** How a value is named. */
export interface Naming {
  /** The word that says that the value is secret, such as `token`. */
  readonly name: string;
  /** What follows it in the same name, such as `_PROD` or `_count`. */
  readonly rest: string;
  /** Whether only a space is between name and value: then it is most likely prose. */
  readonly isLoose: boolean;
}

/** Ends of names that are about a secret but hold none, such as `token_count`. */
const ABOUT =
  /(?:^|[_.-])(?:types?|counts?|names?|modes?|ids?|limits?|usages?|versions?|expir\w{0,20}|lengths?|sizes?|at|ttl|status|ur[il]s?|paths?|files?|methods?|providers?|schemes?|sources?|ref|hosts?|endpoints?|issuers?|kind|enabled|required|budgets?|rates?|per|total|used|left|max|min|time|timeout|seconds|ms|index|format|header|prefix|level|error|failed|failures|py|ts|js|go|java|rs|rb)$/i;

/** Words that often follow the name of a secret and are not its value. */
const WORD =
  /^(?:true|false|yes|no|null|none|nil|undefined|empty|blank|required|missing|invalid|valid|expired|revoked|incorrect|wrong|mismatch|failed|denied|rejected|unauthorized|forbidden|unknown|default|disabled|enabled|optional|absent|present|set|unset|ok|is|are|was|has|have|had|and|or|not|for|from|with|without|in|on|of|to|by|at|as|the|an?|your|this|must|should|may|can|cannot|does|did|do|too|please|could|would|will|str|string|text|hidden|masked|redacted|protected|opaque|authentication|authorization|auth|credentials?|error|changed|reset|found|given|provided|expected|received|got|but|bearer|basic|token)$/i;

/** Numbers, spans of time, and places in a file such as 42:13. */
const NUMBER = /^[+-]?\d{1,9}(?:[.,:/]\d{1,9}){0,3}(?:ns|us|µs|ms|s|m|h|d|%|[kKMG]i?B?)?$/;
/** `${NAME}`, `$(NAME)`, `{{ … }}`, `<name>`, `%s`, `***`, `…`. */
const REFERENCE = /^(?:\$[({A-Za-z_]|\{\{|<[^>]*>?$|%[sdvq]$|%\(|[*•xX.…]{3,}$)/;
const PATH = /^(?:\.{0,2}\/)[a-z0-9._-]+(?:\/[a-z0-9._-]+)+\/?$/i;
/** A place in a file, such as (auth.ts:42:13. */
const PLACE = /^\(?[\w./@-]{1,200}\.[a-z]{1,4}:\d{1,9}(?::\d{1,9})?$/i;
/** A short word of configuration; a name in code. */
const LOWER_WORD = /^[a-z]{1,7}$/;
const CODE = /^[A-Za-z_]+(?:\.[A-Za-z_]+)+[([]?$/;
/** Values of these shapes are never secrets. */
const SHAPES = [NUMBER, WORD, REFERENCE, PATH, PLACE];
const KEBAB = /^[A-Za-z]+(?:\d[a-z0-9]*)?(?:[-./:_][A-Za-z0-9]+)+$/;

/** Whether a value is not a secret although its name says so. Masking such values would make logs useless. */
export function isHarmless(value: string, naming: Naming): boolean {
  return SHAPES.some((shape) => shape.test(value)) || (harmlessByName(value, naming) ?? isPlainWord(value, naming));
}

/** Whether the name shows that a value is harmless, or that it is not; undefined where the name does not decide. */
function harmlessByName(value: string, { name, rest, isLoose }: Naming): boolean | undefined {
  if (/^[a-z]/.test(rest) && /[a-z]$/.test(name))
    return !(rest.startsWith("s") && hasLettersAndDigits(value, 10) && !isLoose);
  if (ABOUT.test(rest) || (/^[A-Z]/.test(rest) && ABOUT.test(`_${/[A-Z][a-z]+$/.exec(rest)?.[0] ?? ""}`)))
    return !isRandom(value);
  if (isLoose) return !hasLettersAndDigits(value, 10) || KEBAB.test(value) || /=|^\d{4}-\d\d-\d\d/.test(value);
  return undefined;
}

function isPlainWord(value: string, { name }: Naming): boolean {
  if (/^key$/i.test(name)) return !isRandom(value) || /[/:.\s]/.test(value);
  if (/^(?:pass|pwd|secret|kennwort|contrase|senha|mot|пароль|密|パ)/i.test(name)) return false;
  return LOWER_WORD.test(value) || CODE.test(value);
}

/** Whether a value has letters and digits, and at least `length` characters. */
function hasLettersAndDigits(value: string, length: number): boolean {
  return value.length >= length && /\d/.test(value) && /\p{L}/u.test(value);
}
