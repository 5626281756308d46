import { readFile, stat } from "node:fs/promises";
import { createLocalJWKSet, createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from "jose";
import * as z from "zod";
import { signalWithin } from "../deadline/deadline.ts";
import type { Issuer } from "./issuers.ts";

/** Bytes of a key set, and milliseconds between two reads because of a key that is not there. */
const LARGEST = 256 * 1024;
const COOLDOWN = 30_000;
const ANSWERS_WITHIN = 5000;

/** The keys cannot be read now; whoever asks may try again. */
export class KeysUnavailable extends Error {
  override readonly name = "KeysUnavailable";
}

const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(100) });

/** The keys of an issuer as they are now, read anew. Throws KeysUnavailable. */
export async function readKeySet(keys: Issuer["keys"], send: typeof fetch): Promise<z.infer<typeof KeySet>> {
  const where = keys.kind === "file" ? `in ${keys.path}` : `at ${new URL(keys.url).origin}`;
  try {
    return keys.kind === "file"
      ? await readFileOfKeys(keys.path)
      : KeySet.parse(
          await (await boundedFetch(keys.url, send)(keys.url, { signal: signalWithin(ANSWERS_WITHIN) })).json(),
        );
  } catch (error) {
    if (error instanceof KeysUnavailable) throw error;
    throw new KeysUnavailable(`the keys ${where} cannot be read`);
  }
}

async function readFileOfKeys(path: string): Promise<z.infer<typeof KeySet>> {
  const { size } = await stat(path);
  if (size > LARGEST) throw new Error("too large");
  return KeySet.parse(JSON.parse(await readFile(path, "utf8")));
}

/** The public keys of an issuer. A key set at a URL is fetched again for an unknown key at most every 30 seconds. */
export function createKeySource({ keys }: Issuer, send: typeof fetch): JWTVerifyGetKey {
  return keys.kind === "file" ? fromFile(keys.path) : fromUrl(keys.url, send);
}

function fromFile(path: string): JWTVerifyGetKey {
  let known: { readonly stamp: string; readonly find: JWTVerifyGetKey } | undefined;
  return async (header, token) => {
    try {
      const { mtimeMs, size, ino } = await stat(path);
      const stamp = `${mtimeMs} ${size} ${ino}`;
      if (known?.stamp !== stamp) known = { stamp, find: createLocalJWKSet(await readFileOfKeys(path)) };
    } catch {
      throw new KeysUnavailable(`the keys in ${path} cannot be read`);
    }
    return known.find(header, token);
  };
}

function fromUrl(url: string, send: typeof fetch): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(url), {
    cooldownDuration: COOLDOWN,
    timeoutDuration: ANSWERS_WITHIN,
    [customFetch]: boundedFetch(url, send),
  });
}

function boundedFetch(url: string, send: typeof fetch) {
  return async (address: string, options: RequestInit): Promise<Response> => {
    const response = await send(address, { ...options, redirect: "error" }).catch(() => undefined);
    if (response?.status !== 200) throw new KeysUnavailable(`the keys at ${new URL(url).origin} cannot be read`);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > LARGEST) throw new KeysUnavailable(`the key set at ${new URL(url).origin} is too large`);
      chunks.push(chunk);
    }
    return new Response(Buffer.concat(chunks), { status: 200 });
  };
}
