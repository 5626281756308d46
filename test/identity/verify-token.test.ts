import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { exportSPKI, SignJWT } from "jose";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { readApiTokens } from "../../src/identity/api-tokens.ts";
import { identify } from "../../src/identity/identify.ts";
import { type Issuer, readIssuers } from "../../src/identity/issuers.ts";
import { createKeySource } from "../../src/identity/key-source.ts";
import { CLAIMS, ISSUER, signingKey } from "../support/identity/signing-key.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const NOW = Date.UTC(2030, 0, 1);
const SECONDS = NOW / 1000;
let key: Awaited<ReturnType<typeof signingKey>>;
let otherCluster: Awaited<ReturnType<typeof signingKey>>;
beforeAll(async () => {
  [key, otherCluster] = await Promise.all([signingKey(), signingKey()]);
});

function proofsOf(issuers: readonly Issuer[], tokens = "") {
  const read = readApiTokens(tokens);
  const owner = "owner" in read ? read.owner : () => undefined;
  const trusted = issuers.map((issuer) => ({ ...issuer, find: createKeySource(issuer, fetch) }));
  return { tokens: owner, issuers: trusted, people: undefined, now: () => NOW };
}

function issuerWith(jwks: string, kind: Issuer["kind"] = "kubernetes"): Issuer {
  const path = join(temporaryFolder(), "jwks.json");
  writeFileSync(path, jwks);
  return { environment: "production", issuer: ISSUER, keys: { kind: "file", path }, kind };
}

async function reasonFor(token: string, issuer = issuerWith(key.jwks)): Promise<string> {
  const found = await identify(`Bearer ${token}`, proofsOf([issuer]));
  return found.kind === "refused" ? found.reason : found.kind;
}

test("a token of a ServiceAccount proves its namespace and name in the environment of its issuer", async () => {
  const act = { sub: "person:robin", act: { sub: "agent:acme/router@production" } };
  const token = await key.sign({ ...CLAIMS, act }, NOW);
  expect(await identify(`Bearer ${token}`, proofsOf([issuerWith(key.jwks)]))).toEqual({
    kind: "workload",
    environment: "production",
    namespace: "acme",
    serviceAccount: "triage",
    chain: ["person:robin", "agent:acme/router@production"],
    scopes: { kind: "unscoped" },
  });
});

test.each([
  ["nobody", undefined, []],
  ["another issuer's", { sub: "robin", iss: "https://idp.example" }, ["robin (https://idp.example)"]],
  ["hostile", { sub: "`]-->@acme/leads|<img" }, ["`]-->@acme/leads|<img"]],
])("who acts for the agent: %s", async (_, act, chain) => {
  const token = await key.sign({ ...CLAIMS, act }, NOW);
  expect(await identify(`Bearer ${token}`, proofsOf([issuerWith(key.jwks)]))).toMatchObject({ chain });
});

/** Actors within actors. */
const nested = (count: number): object | undefined =>
  count === 0 ? undefined : { sub: `actor-${count}`, act: nested(count - 1) };

test.each([
  ["eight actors", nested(8), "workload"],
  ["nine actors", nested(9), "unreadable-token"],
  ["an actor without a name", { sub: "a", act: { iss: "https://idp.example" } }, "unreadable-token"],
  ["a text in place of an actor", "person:robin", "unreadable-token"],
  ["nothing in place of an actor", null, "unreadable-token"],
  ["an actor of two lines", { sub: "robin\n\nApproved by: lead" }, "unreadable-token"],
  ["a long name", { sub: "r".repeat(257) }, "unreadable-token"],
])("%s: %o gives %s", async (_, act, expected) => {
  expect(await reasonFor(await key.sign({ ...CLAIMS, act }, NOW))).toBe(expected);
});

test("a JWT-SVID does so by its SPIFFE id", async () => {
  const token = await key.sign({ iss: ISSUER, aud: ["raos"], sub: "spiffe://acme.example/ns/acme/sa/triage" }, NOW);
  expect(await identify(`Bearer ${token}`, proofsOf([issuerWith(key.jwks, "spiffe")]))).toMatchObject({
    kind: "workload",
    namespace: "acme",
    serviceAccount: "triage",
  });
});

describe("what is refused, by name", () => {
  test.each([
    ["no-token", ""],
    ["unknown-token", "something-that-nobody-issued"],
    ["unreadable-token", "a.b.c"],
    ["unreadable-token", "x".repeat(10_000)],
  ])("%s", async (reason, token) => {
    expect(await reasonFor(token)).toBe(reason);
  });

  test.each([
    ["expired", { ...CLAIMS, exp: SECONDS - 60 }],
    ["not-yet-valid", { ...CLAIMS, nbf: SECONDS + 600 }],
    ["wrong-audience", { ...CLAIMS, aud: ISSUER }],
    ["wrong-audience", { ...CLAIMS, aud: undefined }],
    ["unknown-issuer", { ...CLAIMS, iss: "https://other.example" }],
    ["unreadable-token", { ...CLAIMS, exp: undefined }],
    ["not-a-workload", { ...CLAIMS, sub: "system:serviceaccount:acme:somebody-else" }],
    ["not-a-workload", { ...CLAIMS, "kubernetes.io": undefined }],
    ["not-a-workload", { ...CLAIMS, "kubernetes.io": { namespace: "../x", serviceaccount: { name: "triage" } } }],
  ])("%s: %o", async (reason, claims) => {
    expect(await reasonFor(await key.sign(claims, NOW))).toBe(reason);
  });

  test("bad-signature: another cluster's key of the same name, and a token that was changed", async () => {
    expect(await reasonFor(await otherCluster.sign(CLAIMS, NOW))).toBe("bad-signature");
    const [head, , signature] = (await key.sign(CLAIMS, NOW)).split(".");
    const forged = Buffer.from(JSON.stringify({ ...CLAIMS, exp: SECONDS + 99 })).toString("base64url");
    expect(await reasonFor(`${head}.${forged}.${signature}`)).toBe("bad-signature");
  });

  test("wrong-algorithm: none, and an HMAC made with the public key", async () => {
    const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    expect(await reasonFor(`${encoded({ alg: "none" })}.${encoded({ ...CLAIMS, exp: SECONDS + 60 })}.`)).toBe(
      "wrong-algorithm",
    );
    const secret = new TextEncoder().encode(await exportSPKI(key.publicKey));
    const hmac = await new SignJWT({ ...CLAIMS, exp: SECONDS + 60 })
      .setProtectedHeader({ alg: "HS256", kid: "key-1" })
      .sign(secret);
    expect(await reasonFor(hmac)).toBe("wrong-algorithm");
  });

  test("keys-unavailable: the key set is not there, or no key set", async () => {
    const token = await key.sign(CLAIMS, NOW);
    const missing = { kind: "file", path: "/nowhere/jwks.json" } as const;
    expect(await reasonFor(token, { ...issuerWith(key.jwks), keys: missing })).toBe("keys-unavailable");
    expect(await reasonFor(token, issuerWith("[]"))).toBe("keys-unavailable");
  });
});

test("a file of keys is read again when it changes: keys rotate", async () => {
  const next = await signingKey("key-2");
  const issuer = issuerWith(key.jwks);
  const proofs = proofsOf([issuer]);
  const kinds = async () =>
    Promise.all([key, next].map(async (one) => (await identify(`Bearer ${await one.sign(CLAIMS, NOW)}`, proofs)).kind));
  expect(await kinds()).toEqual(["workload", "refused"]);
  if (issuer.keys.kind === "file")
    writeFileSync(issuer.keys.path, JSON.stringify({ keys: [next.jwk, key.jwk, key.jwk].slice(0, 2) }));
  expect(await kinds()).toEqual(["workload", "workload"]);
});

test("for unknown keys, a key set is not fetched again and again", async () => {
  let fetched = 0;
  const server = createServer((_, response) => {
    fetched += 1;
    response.setHeader("content-type", "application/json").end(key.jwks);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address: AddressInfo | string | null = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const issuer: Issuer = { ...issuerWith(key.jwks), keys: { kind: "url", url: `http://127.0.0.1:${port}/jwks` } };
  const proofs = proofsOf([issuer]);
  expect((await identify(`Bearer ${await key.sign(CLAIMS, NOW)}`, proofs)).kind).toBe("workload");
  for (let index = 0; index < 20; index += 1) {
    const stranger = await signingKey(`stranger-${index % 2}`);
    expect(await identify(`Bearer ${await stranger.sign(CLAIMS, NOW)}`, proofs)).toMatchObject({
      reason: "bad-signature",
    });
  }
  expect(fetched).toBeLessThanOrEqual(2);
});

describe("API_TOKENS", () => {
  const tokens = JSON.stringify({
    "a-token-of-sixteen": "person:robin",
    "another-token-of-acme": "agent:acme/triage@staging",
  });

  test("a token is a person or an agent", async () => {
    const proofs = proofsOf([], tokens);
    expect(await identify("Bearer a-token-of-sixteen", proofs)).toMatchObject({
      principal: { kind: "person", login: "robin" },
    });
    expect(await identify("bearer another-token-of-acme", proofs)).toMatchObject({
      principal: { agent: "acme/triage" },
    });
    expect(await identify("Bearer a-token-of-sixteeN", proofs)).toMatchObject({ reason: "unknown-token" });
  });

  test.each(["{", "[]", '{"a-token-of-sixteen": "robin"}', '{"short": "person:robin"}', '{"a-token-of-sixteen": 1}'])(
    "%s is wrong, and the message names no token",
    (text) => {
      const read = readApiTokens(text);
      expect(read).toMatchObject({ wrong: expect.any(String) });
      expect(JSON.stringify(read)).not.toContain("a-token-of-sixteen");
    },
  );
});

test.each([
  ['[{"environment": "production", "issuer": "https://a"}]', "jwksFile or jwksUrl"],
  ['[{"environment": "production", "issuer": "https://a", "jwksUrl": "http://10.0.0.1/jwks"}]', "https address"],
  [
    '[{"environment": "a", "issuer": "i", "jwksFile": "f"}, {"environment": "b", "issuer": "i", "jwksFile": "g"}]',
    "twice",
  ],
])("AGENT_ISSUERS: %s is wrong", (text, message) => {
  expect(readIssuers(text)).toEqual({ wrong: expect.stringContaining(message) });
});
