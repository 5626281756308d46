import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { raos } from "../../support/cli/raos.ts";
import { politeGuardrail } from "../../support/specs/acme-fleet.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const GUARDRAIL = politeGuardrail("Says hello", "it does not say please");
const PLACES = [
  "agents/demo/hello.yaml:1:1: polite denies it: it does not say please (in production)",
  "agents/demo/hello.yaml:1:1: polite denies it: it does not say please (in staging)",
];

describe("what the guardrails deny is seen before anything is merged", () => {
  let folder = "";
  beforeEach(async () => {
    folder = temporaryFolder();
    await raos(folder, ["init"]);
    mkdirSync(join(folder, "policies"));
    writeFileSync(join(folder, "policies", "polite.yaml"), GUARDRAIL);
  });
  const linesOf = (text: string) => text.trim().split("\n").toSorted();

  test("raos plan names it with its file, and exits with 1, also with --quiet", async () => {
    const { code, out, err } = await raos(folder, ["plan", "--quiet"]);
    expect({ code, out, err: linesOf(err) }).toEqual({
      code: 1,
      out: "denied by the guardrails: demo/hello\n",
      err: PLACES,
    });
  });

  test("raos plan --output json says deny, by which guardrail and why", async () => {
    const { code, out } = await raos(folder, ["plan", "--output", "json"]);
    const read = JSON.parse(out);
    expect({ code, ...read }).toMatchObject({
      code: 1,
      pulls: [
        {
          agents: ["demo/hello"],
          decision: "denied",
          verdict: "deny",
          reason: "polite: it does not say please",
          violations: [
            { guardrail: "polite", message: "it does not say please", environment: "staging" },
            { guardrail: "polite", message: "it does not say please", environment: "production" },
          ],
        },
      ],
      problems: [{ file: "agents/demo/hello.yaml", line: 1 }, { file: "agents/demo/hello.yaml" }],
    });
  });

  test("raos validate --policies prints it as Problems; without the flag specs alone are checked", async () => {
    expect(await raos(folder, ["validate"])).toMatchObject({ code: 0, out: "1 agent, no problems\n" });
    const { code, out, err } = await raos(folder, ["validate", "--policies"]);
    expect({ code, out, err: linesOf(err) }).toEqual({ code: 1, out: "", err: PLACES });
  });

  test.each(["hello.yml", "hello.json"])("a spec in %s is named by that file", async (name) => {
    const text = readFileSync(join(folder, "agents/demo/hello.yaml"), "utf8");
    rmSync(join(folder, "agents/demo/hello.yaml"));
    writeFileSync(join(folder, "agents/demo", name), name.endsWith("json") ? JSON.stringify(parse(text)) : text);
    const places = PLACES.map((place) => place.replace("hello.yaml", name));
    expect(linesOf((await raos(folder, ["plan", "--quiet"])).err)).toEqual(places);
    expect(linesOf((await raos(folder, ["validate", "--policies"])).err)).toEqual(places);
  });

  test("once it is allowed, nothing is said", async () => {
    writeFileSync(join(folder, "policies", "polite.yaml"), GUARDRAIL.replace("Says hello", "Shouts"));
    expect(await raos(folder, ["validate", "--policies"])).toEqual({
      code: 0,
      out: "1 agent, no problems, and the guardrails deny nothing\n",
      err: "",
    });
    expect(await raos(folder, ["plan", "--quiet"])).toMatchObject({ code: 0 });
  });
});
