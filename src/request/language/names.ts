import { pointerOf } from "../../domain/values/json-pointer.ts";
import type { JsonPointer } from "../../domain/values/scalars.ts";
import { isMap } from "../../spec/values.ts";

/** A name in a spec that stands for something outside of it, which has to exist. */
export interface OutsideName {
  readonly kind: "image" | "address" | "secret";
  readonly text: string;
  readonly at: JsonPointer;
}

const ADDRESSES = new Set(["url", "endpoint", "host", "documentationUrl"]);
const SECRETS = new Set(["secretRef"]);
const SECRET_KEYS = new Set(["secretKeyRef", "apiKeySecretRef"]);

/** Every image, address and Secret that a spec names. A Secret's key is named with it, as `name/key`. */
export function outsideNames(value: unknown, path: readonly string[] = ["spec"]): readonly OutsideName[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => outsideNames(item, [...path, String(index)]));
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([key, part]): readonly OutsideName[] => {
    const at = [...path, key];
    if (SECRET_KEYS.has(key) && isMap(part))
      return [{ kind: "secret", text: `${part.name}/${part.key}`, at: pointerOf(at) }];
    if (typeof part !== "string") return outsideNames(part, at);
    if (SECRETS.has(key)) return [{ kind: "secret", text: part, at: pointerOf(at) }];
    if (key === "image") return [{ kind: "image", text: part, at: pointerOf(at) }];
    return ADDRESSES.has(key) ? [{ kind: "address", text: part, at: pointerOf(at) }] : [];
  });
}

/** What may be named: what is in the fleet already, and what whoever asks wrote letter by letter. */
export interface GivenNames {
  readonly fleet: ReadonlySet<string>;
  /** Undefined: only what the fleet has may be named. */
  readonly words: string | undefined;
}

/** A sentence for each name that nobody gave, for the model that invented it. */
export function inventedNames(names: readonly OutsideName[], known: GivenNames): readonly string[] {
  return names.flatMap(({ kind, text, at }) => {
    if (known.fleet.has(nameKey(kind, text)) || isWritten(kind, text, known.words)) return [];
    return [`${at}: ${WHAT[kind]} ${text.slice(0, 200)} is not in the fleet, and the request does not name it`];
  });
}

/** How a name is looked up: names of one kind are no names of another. */
export function nameKey(kind: OutsideName["kind"], text: string): string {
  return `${kind} ${text}`;
}

const WHAT = { image: "the image", address: "the address", secret: "the Secret" } as const;

/** A Secret's name and key are words of their own in a sentence. */
function isWritten(kind: OutsideName["kind"], text: string, words: string | undefined): boolean {
  if (words === undefined) return false;
  const said = new Set(words.split(/[\s"'`,;()[\]{}<>]+/).map((word) => word.replace(/[.:!?]$/, "")));
  return said.has(text) || (kind === "secret" && text.includes("/") && text.split("/").every((part) => said.has(part)));
}
