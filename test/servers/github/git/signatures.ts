import { createHmac, randomBytes } from "node:crypto";
import type { Account, World } from "../model/model.ts";
import type { Commit } from "./commits.ts";

/** Whose key signs: GitHub's own, with which it signs what it commits itself, or one that a person registered. */
export type Signer = "github" | Account;

export interface Signature {
  /** GraphQL's state; REST's reason is the same in small letters. */
  readonly state: "VALID" | "INVALID" | "UNKNOWN_KEY" | "BAD_EMAIL";
  readonly wasSignedByGitHub: boolean;
  readonly signer: Account | undefined;
  readonly email: string;
  readonly armored: string;
  readonly payload: string;
}

/** The account whose address GitHub commits with: the signer of what it signs itself. */
export const WEB_FLOW_ACCOUNT: Account = {
  id: 19_864_447,
  login: "web-flow",
  type: "User",
  name: "GitHub Web Flow",
  email: "noreply@github.com",
};

const SECRET = randomBytes(32);
const PGP = ["-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----"] as const;
const KEY = /^\n\n([A-Za-z0-9+/=]+)\n/;

/** A signature of these bytes of a commit. It takes the place of OpenPGP: nobody without the key of this process can make it. */
export function sign(signer: Signer, payload: string): string {
  const key = signer === "github" ? "github" : String(signer.id);
  const mac = createHmac("sha256", SECRET).update(`${key}\n${payload}`).digest("hex");
  return `${PGP[0]}\n\n${Buffer.from(`${key} ${mac}`).toString("base64")}\n${PGP[1]}`;
}

/**
 * What GitHub says of a commit's signature; undefined where it has none. It is over the whole commit, so that a
 * signature copied from another commit is invalid; and a person's holds for commits with their own committer address
 * only (docs.github.com, "About commit signature verification"). Nobody checks the author's address.
 */
export function verify(world: World, commit: Commit): Signature | undefined {
  if (commit.signature === undefined) return undefined;
  const found = { email: commit.committer.email, armored: commit.signature, payload: commit.payload };
  const [, encoded = ""] = KEY.exec(commit.signature.slice(PGP[0].length)) ?? [];
  const [key = ""] = Buffer.from(encoded, "base64").toString().split(" ");
  const owner = key === "github" ? WEB_FLOW_ACCOUNT : [...world.accounts.values()].find(({ id }) => String(id) === key);
  if (owner === undefined) return { ...found, state: "UNKNOWN_KEY", wasSignedByGitHub: false, signer: undefined };
  const wasSignedByGitHub = key === "github";
  if (sign(wasSignedByGitHub ? "github" : owner, commit.payload) !== commit.signature)
    return { ...found, state: "INVALID", wasSignedByGitHub: false, signer: undefined };
  const isTheirs = wasSignedByGitHub || owner.email.toLowerCase() === commit.committer.email.toLowerCase();
  return { ...found, state: isTheirs ? "VALID" : "BAD_EMAIL", wasSignedByGitHub, signer: owner };
}
