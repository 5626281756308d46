import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isCredential } from "../../../src/domain/secrets/credential-names.ts";
import { literalSecret } from "../../../src/domain/secrets/literal-secrets.ts";
import { readFleet } from "../../../src/spec/read/read-fleet.ts";
import { confirmed, growthOf, TOO_STEEP } from "../../growth.ts";
import { DEMO_TENANT, HELLO, snapshotOf } from "../../support/specs/snapshot.ts";

/** Put together here, so that no scanner takes this file for a leak. */
const at = "@";
const basic = `Basic ${Buffer.from("user:hunter2").toString("base64")}`;

describe("a text that a program reads", () => {
  test.each([
    "host=pg user=a password=hunter2",
    "host=pg user=a PASSWORD = 'hunter 2'",
    "Server=x;User Id=a;Pwd=hunter2;",
    "Server=x;Password={hunter;2}",
    "Server=x;User Password=hunter2",
    "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=abc",
    "Endpoint=sb://x/;SharedAccessKeyName=n;SharedAccessKey=abc=",
    "BlobEndpoint=https://x/;SharedAccessSignature=sv=2020&sig=abc",
    "redis:6379,password=hunter2,ssl=True",
    'org.apache.kafka.common.security.plain.PlainLoginModule required username="a" password="b";',
    `postgres://u:p/ss${at}h/d`,
    `postgres://u:p#s?s${at}h/d`,
    `postgres://u:$ecret${at}h/d`,
    `mongodb+srv://u:p${at}h`,
    `u:hunter2${at}tcp(h:3306)/d`,
    `u:hunter2${at}h:5432/d`,
    "jdbc:postgresql://h/d?user=a&password=b",
    `jdbc:oracle:thin:scott/tiger${at}h:1521:x`,
    "jdbc:sqlserver://h;user=sa;password=x",
    "https://h/mcp?api_key=abc",
    "https://h/mcp?tavilyApiKey=abc",
    `Authorization: ${basic}`,
    `authorization=${basic.replace(" ", "%20")}`,
    "authorization: bearer abc123",
    "X-Api-Key: abc",
    '{"password":"hunter2"}',
    '{\\"password\\":\\"hunter2\\"}',
    "password%3Dhunter2",
    "export DB_PASS=hunter2; run",
    "--password=hunter2",
    "api-key=abc",
    "curl -H 'X-Auth-Token: abc123'",
    "aws_secret_access_key = wJalr",
  ])("%s", (text) => expect(literalSecret(text, "program")).toBeDefined());

  test.each([
    "host=pg user=a database=b",
    "host=pg password=$(PW)",
    "host=pg password=${PW} sslmode=require",
    `postgres://u:$(DB_PASSWORD)${at}h/x`,
    `postgres://u:\${password}${at}h`,
    `http://host:8080/path${at}version?x=1`,
    `ghcr.io/a/b:1.2${at}sha256:abc`,
    `npm:foo${at}1.2.3`,
    `git${at}github.com:acme/x`,
    "arn:aws:secretsmanager:eu:1:secret:name",
    "Server=x;Integrated Security=true",
    "--max-tokens=4096",
    'sum(rate(x{app="y"}[5m]))',
    "authType: password",
    "tokenURL=https://x/token",
    "password=",
    "partitionKey=customer",
  ])("and yet holds none: %s", (text) => expect(literalSecret(text, "program")).toBeUndefined());
});

describe("a text that people or models read", () => {
  test.each([
    "Use password=hunter2 to log in",
    "The password is hunter2.",
    "password: hunter2",
    "api_key=abc123",
    `Log in at postgres://a:b${at}c/d`,
    'Send {"token":"abc123def"}',
  ])("%s", (text) => expect(literalSecret(text, "people")).toBeDefined());

  test.each([
    "Answer politely. Never ask for a password, token or API key.",
    "Password: required",
    "The token is base64-encoded, the secret is sha256-hashed, and the login is OAuth2.",
    "The password is secret",
    "If asked 'password: what', decline.",
    "token: 4096",
    'Return {"password": "string"}',
    "Bearer of good news",
    "Never reveal the secret: it is dangerous",
    "Your API key is valid. Tell them the password is wrong",
    `user:pass${at}host is a format`,
    "password=<your password>",
    "Reset password: https://example.com/reset1",
  ])("and yet holds none: %s", (text) => expect(literalSecret(text, "people")).toBeUndefined());
});

test.each<readonly [name: string, value: string, expected: boolean]>([
  ["DB_PASSWORD", "hunter2", true],
  ["PGPASSWORD", "x", true],
  ["MYSQL_PWD", "1234", true],
  ["DBPASS", "x", true],
  ["DB_PASSWORD_2", "x", true],
  ["SECRET_KEY_BASE", "x", true],
  ["API_KEY", "abc", true],
  ["OPENAI_API_KEY", "ollama", false],
  ["accessKey", "abc", true],
  ["masterKey", "x", true],
  ["seedKey", "SUABC", true],
  ["sasToken", "x", true],
  ["HF_TOKEN", "hunter2", true],
  ["EOS_TOKEN", "</s>", false],
  ["MAX_TOKENS", "4096", false],
  ["redisPassword", "$ecret", true],
  ["password", "/S3cret!", true],
  ["password", "/var/run/x", false],
  ["password", "$(X)", false],
  ["password", "vault:kv/x#y", false],
  ["password", "secret:hunter2", true],
  ["REQUIRE_PASSWORD", "true", false],
  ["MIN_PASSWORD", "8", false],
  ["saslUsername", "a", false],
  ["PARTITION_KEY", "customer-id", false],
  ["compass", "x", false],
])("the value that a program reads under %s, %s, is a credential: %s", (name, value, expected) =>
  expect(isCredential(name, value, true)).toBe(expected),
);

const problems = (more: string, files: Readonly<Record<string, string>> = {}) =>
  readFleet(
    snapshotOf({ "tenants/demo.yaml": DEMO_TENANT, "agents/demo/hello.yaml": `${HELLO}${more}`, ...files }),
  ).problems.map(({ pointer, message }) => `${pointer}: ${message}`);
const component = (metadata: string) => `  dapr: {state: {type: state.postgresql, metadata: {${metadata}}}}\n`;
const PLACE = "put it into a Secret and write {secretKeyRef: {name: <Secret>, key: <its key>}} in place of the value";
const VARIABLE = "(runtime.env with valueFrom: {secretKeyRef: {name: <Secret>, key: <its key>}})";

describe("is a Problem that says what to write instead", () => {
  test.each<readonly [string, string, string]>([
    [
      "a connection string",
      component('connectionString: "host=pg user=a password=hunter2"'),
      `/spec/dapr/state/metadata/connectionString: looks like a password or key written out, under password; ${PLACE}`,
    ],
    [
      "a number",
      component("password: 12345678"),
      `/spec/dapr/state/metadata/password: looks like a secret, by its name password; ${PLACE}`,
    ],
    [
      "an access key",
      component("accessKey: abc"),
      `/spec/dapr/state/metadata/accessKey: looks like a secret, by its name accessKey; ${PLACE}`,
    ],
    [
      "a variable",
      '  environments: {default: {runtime: {image: "ghcr.io/acme/hello:1.0.0", env: [{name: API_KEY, value: abc}]}}}\n',
      "/spec/environments/default/runtime/env/0/value: looks like a secret, by its name API_KEY; put it into a Secret and write valueFrom: {secretKeyRef: {name: <Secret>, key: <its key>}} in place of value",
    ],
    [
      "headers in a variable",
      `  environments: {default: {runtime: {env: [{name: OTEL_EXPORTER_OTLP_HEADERS, value: "api-key=abc"}]}}}\n`,
      "/spec/environments/default/runtime/env/0/value: looks like a password or key written out, under api-key; put it into a Secret and write valueFrom: {secretKeyRef: {name: <Secret>, key: <its key>}} in place of value",
    ],
    [
      "an argument",
      "  environments: {default: {runtime: {args: [-u, 'admin:hunter2']}}}\n",
      `/spec/environments/default/runtime/args/1: looks like a secret, by its name password; put it into a Secret, give it to the agent as a variable ${VARIABLE}, and write $(VARIABLE) here`,
    ],
    [
      "an argument of an MCP server",
      "  tools: [{mcp: {name: x, stdio: {command: npx, args: [--header, 'X-Api-Key: abc']}}}]\n",
      `/spec/tools/0/mcp/stdio/args/1: looks like a password or key written out, under X-Api-Key; put it into a Secret, give it to the agent as a variable ${VARIABLE}, and have the server's client read that`,
    ],
    [
      "an MCP server's URL",
      '  tools: [{mcp: {name: x, streamableHTTP: {url: "https://h.example.com/mcp?apiKey=abc"}}}]\n',
      `/spec/tools/0/mcp/streamableHTTP/url: looks like a password or key written out, under apiKey; put it into a Secret, give it to the agent as a variable ${VARIABLE}, and have the server's client read that`,
    ],
    [
      "an example of a skill",
      "  a2a: {skills: [{id: a, name: a, description: a, tags: [a], examples: ['Log in with password=hunter2']}]}\n",
      `/spec/a2a/skills/0/examples/0: looks like a password or key written out, under password; remove it; write what the agent itself needs as a variable ${VARIABLE}`,
    ],
  ])("%s", (_name, more, expected) => {
    const found = problems(more);
    expect(found).toEqual([`${expected}, and replace the secret everywhere it is used`]);
    expect(found.join()).not.toContain("hunter2");
  });

  test("a secret that a template and its parameters make together", () => {
    const template = `apiVersion: raos.dev/v1alpha1
kind: AgentTemplate
metadata: {name: t}
spec:
  parameters: [{name: x, type: string}]
  agent: {dapr: {state: {type: state.postgresql, metadata: {connectionString: "host=pg password=\${x}"}}}}
`;
    const found = problems("  template: {ref: t, parameters: {x: hunter2}}\n", { "templates/t.yaml": template });
    expect(found).toEqual([
      `/spec/template/parameters/x: from template t, /spec/dapr/state/metadata/connectionString: looks like a password or key written out, under password; ${PLACE}, and replace the secret everywhere it is used`,
    ]);
  });

  test("that does not repeat it where the value fits nothing", () => {
    const wrong = [
      '  dapr: {state: {type: state.redis, host: "pg password=hunter2"}}\n',
      "  dapr: {state: {type: state.redis, version: 'password=hunter2'}}\n",
      "  scaling: {min: 'apiKey: hunter2'}\n",
      '  observability: {tracing: {endpoint: "u:hunter2@h"}}\n',
    ];
    for (const more of wrong) {
      expect(problems(more).length).toBe(1);
      expect(problems(more).join()).not.toContain("hunter2");
    }
  });

  test("a prompt file", () => {
    const spec = HELLO.replace("inline: Greet the user.", "file: prompts/x.md");
    const files = { "agents/demo/hello.yaml": spec, "prompts/x.md": "Log in. The password is hunter2.\n" };
    expect(problems("", files)).toEqual([
      "/spec/instructions/file: the prompt holds what looks like a password in a sentence; remove it, and replace the secret everywhere it is used",
    ]);
  });
});

test("the search takes time in proportion to the text", () => {
  const unit = fc.constantFrom(
    "a",
    "=",
    ":",
    "://",
    "@",
    "password",
    "key ",
    " ",
    "bearer ",
    "is ",
    '"',
    "%3D",
    "-",
    "a1",
    "{",
    "$(",
    "thin:",
    "/",
  );
  const work = (text: string) => {
    for (const reader of ["program", "people"] as const) literalSecret(text, reader);
  };
  fc.assert(
    fc.property(fc.array(unit, { minLength: 1, maxLength: 5 }), (units) => {
      const text = (length: number) => units.join("").repeat(length).slice(0, length);
      const measure = () => growthOf(40_000, text, work);
      expect(confirmed(measure(), measure)).toBeLessThan(TOO_STEEP);
    }),
    { numRuns: 60 },
  );
});
