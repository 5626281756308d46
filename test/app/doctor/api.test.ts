import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { exportJWK } from "jose";
import { describe, expect, test } from "vitest";
import { json, listen } from "../../servers/loopback.ts";
import { ISSUER, signingKey } from "../../support/identity/signing-key.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { doctor, examined, of } from "./doctor.ts";

const TOKENS = JSON.stringify({ "token-of-robin-0123456789": "person:robin" });

/** What is said of the API, by the names of its checks. */
async function said(env: Readonly<Record<string, string>>) {
  const found = await doctor(temporaryFolder(), [], env);
  return {
    text: JSON.stringify(found),
    api: found.filter(({ check }) => check === "api").map(({ check: _, ...rest }) => rest),
    issuers: of(found, "issuer"),
    people: of(found, "api people"),
    card: of(found, "api card"),
  };
}

const fileOf = (text: string) => {
  const file = join(temporaryFolder(), "file");
  writeFileSync(file, text);
  return file;
};

const issuersOf = (keys: object) => JSON.stringify([{ environment: "production", issuer: ISSUER, ...keys }]);

test("where nobody may ask, that is off, and how it is turned on is said once", async () => {
  const { api, issuers, people, card } = await said({});
  expect(api).toEqual([
    {
      status: "off",
      message: "nobody may ask over MCP or A2A",
      fix: expect.stringMatching(/API_PEOPLE=github .* AGENT_ISSUERS .* API_TOKENS/),
    },
  ]);
  expect([...issuers, ...people, ...card]).toEqual([]);
});

test("all that is set and works: the address, who may ask, the keys, the card", async () => {
  const { jwks } = await signingKey();
  const { privateKey } = generateKeyPairSync("ed25519");
  const { api, issuers, people, card, text } = await said({
    ...{ API_URL: "https://raos.acme.example", API_TOKENS: TOKENS, API_PEOPLE: "github" },
    AGENT_ISSUERS: issuersOf({ jwksFile: fileOf(jwks) }),
    CARD_KEY_FILE: fileOf(privateKey.export({ type: "pkcs8", format: "pem" }).toString()),
  });
  expect([...api, ...issuers, ...people, ...card]).toEqual([
    {
      status: "ok",
      message:
        "MCP at https://raos.acme.example/mcp, A2A at https://raos.acme.example/a2a: people by GitHub, agents of production, those whom API_TOKENS names",
    },
    { status: "ok", message: expect.stringMatching(/^1 key at \/.* for tokens of https:\/\/kubernetes/) },
    { status: "ok", message: "their own tokens of GitHub, of which https://api.github.com is asked" },
    { status: "ok", message: expect.stringMatching(/^the card of A2A is signed \(EdDSA, key /) },
  ]);
  expect(text).not.toContain("token-of-robin");
});

test.each([
  ["", { status: "warning", message: expect.stringContaining("only this machine may ask") }],
  ["http://raos.acme.example", { status: "warning", message: expect.stringContaining("tokens go there unencrypted") }],
  ["http://localhost:3000", { status: "ok" }],
  ["https://raos.acme.example/mcp", { status: "failed", message: expect.stringContaining("API_URL: ") }],
])("with the address %j", async (url, expected) => {
  expect((await said({ API_TOKENS: TOKENS, API_URL: url })).api).toMatchObject([expected]);
});

describe("the keys of an issuer", () => {
  test("are counted at an address, too", async () => {
    const key = JSON.parse((await signingKey()).jwks);
    const url = await listen((_, response) => json(response, { keys: [...key.keys, ...key.keys] }));
    expect((await said({ AGENT_ISSUERS: issuersOf({ jwksUrl: `${url}/jwks?token=hush` }) })).issuers).toEqual([
      { status: "ok", message: `2 keys at ${url}/jwks for tokens of ${ISSUER}` },
    ]);
  });

  test("that cannot be read are said to be so, with what to do", async () => {
    const url = await listen((_, response) => json(response, {}, 403));
    expect((await said({ AGENT_ISSUERS: issuersOf({ jwksUrl: url }) })).issuers).toEqual([
      {
        status: "failed",
        message: `the keys at ${url} cannot be read, so that no token of ${ISSUER} is accepted`,
        fix: expect.stringContaining("network policy"),
      },
    ]);
    for (const file of ["/nowhere/jwks.json", fileOf("{}"), fileOf('{"keys": []}')])
      expect((await said({ AGENT_ISSUERS: issuersOf({ jwksFile: file }) })).issuers).toMatchObject([
        { status: "failed", fix: expect.stringContaining("kubectl get --raw /openid/v1/jwks") },
      ]);
  });

  test("of an environment that no raos.yaml has prove nobody", async () => {
    const env = { AGENT_ISSUERS: issuersOf({ jwksFile: fileOf((await signingKey()).jwks) }) };
    expect(of(await examined({ environments: [{ name: "production" }] }, env), "issuer")).toMatchObject([
      { status: "ok" },
    ]);
    expect(of(await examined({ environments: [{ name: "staging" }, { name: "live" }] }, env), "issuer")).toEqual([
      expect.objectContaining({ status: "ok" }),
      {
        ...{ status: "warning", fix: "write one of these in AGENT_ISSUERS: staging, live" },
        message: "no raos.yaml has the environment production, so that its tokens prove nobody",
      },
    ]);
  });

  test("with a private key among them are a failure, and the key is not printed", async () => {
    const jwk = await exportJWK(generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey);
    const file = fileOf(JSON.stringify({ keys: [jwk] }));
    const { issuers, text } = await said({ AGENT_ISSUERS: issuersOf({ jwksFile: file }) });
    expect(issuers).toMatchObject([{ status: "failed", message: expect.stringContaining("holds a private key") }]);
    expect(text).not.toContain(jwk.d ?? "-");
  });
});

test("a card whose key is none is a failure", async () => {
  const { card } = await said({ API_TOKENS: TOKENS, CARD_KEY_FILE: fileOf("hush") });
  expect(card).toMatchObject([{ status: "failed", message: expect.stringContaining("holds no private key") }]);
});
