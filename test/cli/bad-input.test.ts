import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type FleetClone, fleetClone } from "../support/cli/fleet-clone.ts";
import { raos } from "../support/cli/raos.ts";

const HELLO = "agents/support/hello.yaml";

async function outcomes(place: FleetClone): Promise<
  readonly {
    readonly kind: string;
    readonly agent: string;
    readonly reason?: string;
    readonly problems?: readonly { readonly file: string; readonly message: string }[];
  }[]
> {
  const { out, code, err } = await raos(place.clone, ["reconcile", "--repo", place.bare, "--output", "json"]);
  expect([0, 1]).toContain(code);
  expect(err).toBe("");
  return JSON.parse(out);
}

async function kinds(place: FleetClone): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const { kind } of await outcomes(place)) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

describe("a repository that is not as it should be", () => {
  test("empty: a named skip", async () => {
    expect(await outcomes(fleetClone(null))).toEqual([
      { cause: "drift", agent: "*", kind: "skipped", reason: "repository-is-empty" },
    ]);
  });

  test("without raos.yaml, where it works with the defaults already: they stay, one environment named default", async () => {
    const place = fleetClone();
    place.commit({ "raos.yaml": undefined, "deploy/default/support/tenant.yaml": "" });
    const opened = (await outcomes(place)).filter((outcome) => outcome.kind === "opened");
    // Specs with overlays name environments that there are not now.
    expect(opened.length).toBeGreaterThan(0);
    expect(place.files("raos/agent/support/hello")).toContain("deploy/default/support/hello/values.yaml");
  });

  test("with a broken raos.yaml: its Problem, and nothing else is done", async () => {
    const place = fleetClone();
    place.commit({ "raos.yaml": "kind: Config\nspec: {delivery: fluxx}\n" });
    const [outcome, ...rest] = await outcomes(place);
    expect([outcome?.kind, rest]).toEqual(["problem", []]);
    expect(outcome?.problems?.map((problem) => problem.message).join("\n")).toContain('did you mean "flux"?');
  });

  test("a renamed default branch is followed", async () => {
    const place = fleetClone();
    await outcomes(place);
    place.git("push", "--quiet", "origin", "main:trunk");
    execFileSync("git", ["symbolic-ref", "HEAD", "refs/heads/trunk"], { cwd: place.bare });
    expect(await kinds(place)).not.toHaveProperty("opened");
    place.git("push", "--quiet", "origin", ":main");
    expect(await kinds(place)).not.toHaveProperty("problem");
  });

  test("a force-pushed default branch is read as it is now", async () => {
    const place = fleetClone();
    await outcomes(place);
    place.git("checkout", "--quiet", "--orphan", "other");
    place.git("rm", "--quiet", "-r", "--cached", "agents/finance");
    place.git("commit", "--quiet", "--message=Another history");
    place.git("push", "--quiet", "--force", "origin", "other:main");
    // Beside a history that shares nothing with the branches, whose commits they hold is in doubt: nothing is closed.
    const after = await outcomes(place);
    expect(after.filter((outcome) => outcome.agent.startsWith("finance/")).map((outcome) => outcome.reason)).toEqual(
      Array(4).fill("person-edited-the-branch"),
    );
  });

  test.each([
    ["a folder that is no repository", "."],
    ["one that does not exist", "nowhere"],
    ["an option for a name", "--upload-pack=touch"],
    ["another transport", "ext::sh -c touch% x"],
    ["a URL with a credential", "https://user:secret@127.0.0.1:1/o/r"],
  ])("%s: refused in a sentence, without the credential", async (_name, repo) => {
    const { clone } = fleetClone(null);
    const { code, err, out } = await raos(join(clone, ".."), ["reconcile", `--repo=${repo}`]);
    expect([2, 3]).toContain(code);
    expect(err).toMatch(/^raos: /);
    expect(err + out).not.toContain("secret");
    expect(err).not.toContain("bug in raos");
  });
});

describe("a hostile file is a Problem and holds nobody up", () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x]\n${Array.from({ length: 9 }, (_, index) => `${"bcdefghij"[index]}: &${"bcdefghij"[index]} [${Array(8).fill(`*${"abcdefghi"[index]}`).join(",")}]`).join("\n")}\n`;
  test.each<[string, string | Buffer]>([
    ["an alias bomb", bomb],
    ["deep nesting", `spec: ${"[".repeat(50_000)}`],
    ["a duplicate key", "kind: Agent\nkind: Agent\n"],
    ["a tag", "spec: !!js/function x\n"],
    ["many documents", "kind: Agent\n---\nkind: Agent\n"],
    ["not UTF-8", Buffer.from([0x6b, 0x3a, 0xff, 0xfe])],
    ["NUL", "kind: A\0gent\n"],
    ["10 MB", `# ${"x".repeat(10_000_000)}\n`],
    ["a prototype key", "__proto__: {polluted: true}\n"],
    ["an empty file", ""],
  ])("%s", async (_name, content) => {
    const place = fleetClone();
    mkdirSync(join(place.clone, "agents/support"), { recursive: true });
    writeFileSync(join(place.clone, "agents/support/zz-evil.yaml"), content);
    place.commit({});
    const all = await outcomes(place);
    expect(all.filter((outcome) => outcome.kind === "opened")).toHaveLength(12);
    expect(all.filter((outcome) => outcome.kind === "problem").map((outcome) => outcome.agent)).toEqual([
      "support/zz-evil",
    ]);
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });

  test("a symbolic link is no spec, and a prompt behind one is not read", async () => {
    const place = fleetClone();
    symlinkSync("/etc/passwd", join(place.clone, "agents/support/link.yaml"));
    symlinkSync("/etc/passwd", join(place.clone, "prompts/link.md"));
    place.commit({ [HELLO]: place.read(HELLO).replace(/instructions:.*/, "instructions: {file: prompts/link.md}") });
    const all = await outcomes(place);
    expect(all.filter((outcome) => outcome.kind === "problem").map((outcome) => outcome.agent)).toEqual([
      "support/hello",
    ]);
    expect(JSON.stringify(all)).not.toContain("root:");
  });

  test.each(["../../etc/passwd", "/etc/passwd", "prompts/../../x", ".git/config"])(
    "a prompt outside the repository: %s",
    async (file) => {
      const place = fleetClone();
      place.commit({ [HELLO]: place.read(HELLO).replace(/instructions:.*/, `instructions: {file: "${file}"}`) });
      const problems = (await outcomes(place)).flatMap((outcome) => outcome.problems ?? []);
      expect(problems.map((problem) => problem.file)).toEqual([HELLO]);
    },
  );

  test("names that differ only by case", async () => {
    const place = fleetClone();
    place.commit({ "agents/support/Hello.yaml": place.read(HELLO) });
    const all = await outcomes(place);
    expect(all.filter((outcome) => outcome.kind === "opened")).toHaveLength(11);
    expect(all.filter((outcome) => outcome.kind === "problem").map((outcome) => outcome.agent)).toContain(
      "support/Hello",
    );
  });

  test("a branch or commit message with a terminal's escapes is printed without them", async () => {
    const place = fleetClone();
    place.commit({ [HELLO]: place.read(HELLO).replace("description:", "descripti\u001b[31mon:") });
    const { err } = await raos(place.clone, ["reconcile", "--repo", place.bare]);
    expect(err).not.toContain("\u001b");
  });
});

describe("validate and plan of a working folder", () => {
  test("reads what is not committed, and writes nothing", async () => {
    const place = fleetClone();
    writeFileSync(join(place.clone, HELLO), place.read(HELLO).replace("metadata", "metadatta"));
    const before = place.git("status", "--porcelain");
    const validated = await raos(place.clone, ["validate", "--output", "json"]);
    expect(validated.code).toBe(1);
    expect(JSON.parse(validated.out)[0]).toMatchObject({
      file: HELLO,
      line: expect.any(Number),
      column: expect.any(Number),
      pointer: expect.any(String),
      message: expect.stringContaining("metadata"),
    });
    expect(
      (await raos(place.clone, ["plan", "--quiet"])).out.split("\n").filter((line) => line.startsWith("would open")),
    ).toHaveLength(11);
    expect(place.git("status", "--porcelain")).toBe(before);
  });

  test("in GitHub Actions Problems are annotations", async () => {
    const place = fleetClone();
    writeFileSync(join(place.clone, HELLO), "kind: [\n");
    const { err } = await raos(place.clone, ["validate"], { GITHUB_ACTIONS: "true" });
    expect(err).toMatch(/^::error file=agents\/support\/hello.yaml,line=\d+,col=\d+/);
  });

  test.each([
    [["nonsense"]],
    [["pr", "merge", "--repo", ".", "x"]],
    [["validate", "--output", "xml"]],
    [["reconcile"]],
    [["compile", ".", "--agent", "no/body"]],
    [["plan", "a", "b"]],
  ])("usage: raos %j exits with 2", async (argv) => {
    const place = fleetClone();
    expect((await raos(place.clone, argv)).code).toBe(2);
  });
});
