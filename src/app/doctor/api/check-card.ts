import { readFile } from "node:fs/promises";
import type { Finding } from "../finding.ts";

/** Whether the card of A2A is signed. */
export async function cardFinding(file: string | undefined): Promise<Omit<Finding, "check">> {
  if (file === undefined)
    return {
      ...{ status: "off", message: "the card of A2A is not signed" },
      fix: "set CARD_KEY_FILE to a private key in PEM (api.cardKeySecret in the chart): openssl genpkey -algorithm ed25519",
    };
  try {
    const { createCardSigner } = await import("../../../a2a/sign-card.ts");
    const [key] = (await createCardSigner(await readFile(file, "utf8"))).keys.keys;
    return { status: "ok", message: `the card of A2A is signed (${key?.alg}, key ${key?.kid})` };
  } catch {
    return {
      ...{ status: "failed", message: `${file} holds no private key, and raos serve does not start so` },
      fix: "write a private key in PEM there: EC on P-256, Ed25519, or RSA of 2,048 bits and more",
    };
  }
}
