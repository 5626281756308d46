import * as z from "zod";

const Version = z.object({ version: z.string().regex(/^[\w.+-]{1,100}$/) });

/** Milliseconds that a server may take to say what it is, and the most bytes of its answer. */
const PATIENCE = 5000;
const LARGEST = 4096;

/**
 * The version of the Gitea or Forgejo at an address, such as `1.26.0`; undefined where there is none, or no answer. Sends no
 * credential, and follows no redirect. Never throws.
 */
export async function readGiteaVersion(url: string, send: typeof fetch = fetch): Promise<string | undefined> {
  try {
    const response = await send(`${url}/api/v1/version`, {
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
      headers: { accept: "application/json", "user-agent": "raos" },
    });
    const isShort = Number(response.headers.get("content-length") ?? 0) <= LARGEST;
    if (response.status !== 200 || !isShort || response.body === null) {
      await response.body?.cancel();
      return undefined;
    }
    return Version.safeParse(JSON.parse(await shortText(response.body))).data?.version;
  } catch {
    return undefined;
  }
}

/** The text of a short body; "" where it is longer. */
async function shortText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > LARGEST) return "";
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}
