import { expect, test } from "vitest";
import { identityOf } from "../../../src/app/service/identity.ts";
import { UsageError } from "../../../src/app/shell.ts";
import { shellFor } from "../../support/cli/raos.ts";

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const identity = (env: Readonly<Record<string, string>>, repos?: readonly string[]) =>
  identityOf(shellFor("/tmp", Date.now, env), { repos }, log);

test.each([{}, { WEBHOOK_SECRET: "" }])("folders need no secret: %o, and one that nobody knows is made", (env) => {
  const [one, other] = [identity(env, ["./fleet"]), identity(env, ["./fleet"])];
  expect(one).toMatchObject({ secret: expect.stringMatching(/^[0-9a-f]{64}$/), app: undefined });
  expect(other.secret).not.toBe(one.secret);
});

test("a secret that is given is used for folders, too", () => {
  expect(identity({ WEBHOOK_SECRET: "known" }, ["./fleet"]).secret).toBe("known");
});

test.each([{}, { WEBHOOK_SECRET: "" }])("a repository on GitHub needs one: %o", (env) => {
  expect(() => identity(env, ["https://github.com/acme/fleet"])).toThrow(UsageError);
});
