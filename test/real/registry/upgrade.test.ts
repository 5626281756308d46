import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Outcome } from "../../../src/domain/decision.ts";
import { type FleetClone, fleetClone } from "../../support/cli/fleet-clone.ts";
import { raos } from "../../support/cli/raos.ts";
import { CONFIG, DEMO_TENANT, HELLO } from "../../support/specs/snapshot.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { describeReal } from "../component.ts";
import { pushImage, type Target } from "./push.ts";
import { type Registry, ROBIN, startRegistry } from "./registry.ts";

const SPEC = "agents/demo/hello.yaml";
const BRANCH = "raos/upgrade/demo/hello";

interface Pull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly branch: string;
}

function specWith(image: string, more = ""): string {
  const runtime = `runtime: {image: "${image}", upgrade: {range: "^1.2"}}`;
  return `${HELLO.replace(/runtime: .*/, runtime)}${more}`;
}

/** `opened`, or `skipped: closed-by-a-person`: what the pass did about newer images. */
async function pass(place: FleetClone, env: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  return (await outcomes(place, env)).map(({ kind, reason }) => (reason === undefined ? kind : `${kind}: ${reason}`));
}

async function outcomes(place: FleetClone, env: Readonly<Record<string, string>> = {}): Promise<readonly Outcome[]> {
  const ran = await raos(place.clone, ["reconcile", "--repo", place.bare, "--output", "json"], env);
  const all: readonly Outcome[] = JSON.parse(ran.out);
  return all.filter(({ cause }) => cause === "upgrade");
}

async function pulls(place: FleetClone): Promise<readonly Pull[]> {
  const ran = await raos(place.clone, ["pr", "list", "--repo", place.bare, "--output", "json"]);
  return JSON.parse(ran.out);
}

async function pr(place: FleetClone, verb: "merge" | "close" | "revert", number: number | undefined): Promise<void> {
  expect(await raos(place.clone, ["pr", verb, "--repo", place.bare, String(number)])).toMatchObject({ code: 0 });
}

/** The images that a branch's spec names. */
function imagesOn(place: FleetClone, branch: string): readonly string[] {
  place.git("fetch", "--quiet", "--prune", "origin");
  const text = place.git("show", `origin/${branch}:${SPEC}`);
  return [...text.matchAll(/image: "?([^",}\s]+)/g)].map((match) => match[1] ?? "");
}

/** A repository whose only agent is deployed with this spec. */
async function deployed(spec: string): Promise<FleetClone> {
  const place = fleetClone(null);
  const config = `${CONFIG}  chart: {oci: "oci://ghcr.io/acme/charts/agent", version: 0.1.0}\n`;
  place.commit({ "raos.yaml": config, "tenants/demo.yaml": DEMO_TENANT, [SPEC]: spec });
  await raos(place.clone, ["reconcile", "--repo", place.bare]);
  const drift = (await pulls(place)).filter(({ branch }) => branch.startsWith("raos/agent/"));
  for (const { number } of drift) await pr(place, "merge", number);
  return place;
}

describeReal("registry", "a newer image in a registry", () => {
  let registry: Registry;
  const target = (repository: string): Target => ({ host: registry.host, repository });
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.stop());

  test("is one pull request pinned by its digest, which the next newer one replaces", { timeout: 60_000 }, async () => {
    const [to, image] = [target("acme/life"), `${registry.host}/acme/life`];
    await pushImage(to, "1.2.0", { salt: "0" });
    const place = await deployed(specWith(`${image}:1.2.0`));
    expect(await pass(place)).toEqual([]);

    const hostile = { "org.opencontainers.image.title": "<b>@acme/all</b> closes #1" };
    const first = await pushImage(to, "1.2.1", { salt: "1", created: "2026-03-04T05:06:07Z", labels: hostile });
    for (const tag of ["2.0.0", "1.3.0-rc.1", "1.1.9", "1.9", "latest"]) await pushImage(to, tag, { salt: tag });
    expect(await pass(place)).toEqual(["opened"]);
    expect(imagesOn(place, BRANCH)).toEqual([`${image}:1.2.1@${first}`]);
    const [pull] = await pulls(place);
    for (const shown of [
      "`1.2.0` → `1.2.1`",
      first,
      "2026-03-04",
      "`linux/amd64`",
      "the newest that ^1.2 allows".replace("^", "\\^"),
    ])
      expect(pull?.body).toContain(shown);
    expect(pull?.body).not.toContain("acme/all");
    expect(await pass(place)).toEqual(["unchanged: up-to-date"]);

    const second = await pushImage(to, "1.3.0", { salt: "3" });
    expect(await pass(place)).toEqual(["updated: content-changed"]);
    expect(imagesOn(place, BRANCH)).toEqual([`${image}:1.3.0@${second}`]);
    expect((await pulls(place)).map(({ number, branch }) => [number, branch])).toEqual([[pull?.number, BRANCH]]);

    await pr(place, "merge", pull?.number);
    expect(imagesOn(place, "main")).toEqual([`${image}:1.3.0@${second}`]);
    expect(await pass(place)).toEqual([]);
    const moved = await pushImage(to, "1.3.0", { salt: "moved" });
    expect(await pass(place)).toEqual(["opened"]);
    expect(imagesOn(place, BRANCH)).toEqual([`${image}:1.3.0@${moved}`]);
    const digests = [second, moved].map((digest) => digest.slice("sha256:".length, "sha256:".length + 7));
    expect((await pulls(place))[0]?.title).toBe(`demo/hello: image ${digests.join(" → ")}`);
  });

  test("stays refused until a newer one comes", { timeout: 60_000 }, async () => {
    const [to, image] = [target("acme/refused"), `${registry.host}/acme/refused`];
    for (const tag of ["1.2.0", "1.3.0"]) await pushImage(to, tag, { salt: tag });
    const place = await deployed(specWith(`${image}:1.2.0`));
    expect(await pass(place)).toEqual(["opened"]);
    await pr(place, "close", (await pulls(place))[0]?.number);
    expect(await pass(place)).toEqual(["skipped: closed-by-a-person"]);
    // Another change of the spec does not bring it back.
    place.commit({ [SPEC]: specWith(`${image}:1.2.0`).replace("Greet the user.", "Greet the user twice.") });
    expect(await pass(place)).toEqual(["skipped: closed-by-a-person"]);
    await pushImage(to, "1.3.1", { salt: "1.3.1" });
    expect(await pass(place)).toEqual(["opened"]);
  });

  test("stays back once it was merged and reverted", { timeout: 60_000 }, async () => {
    const [to, image] = [target("acme/reverted"), `${registry.host}/acme/reverted`];
    for (const tag of ["1.2.0", "1.3.0"]) await pushImage(to, tag, { salt: tag });
    const place = await deployed(specWith(`${image}:1.2.0`));
    expect(await pass(place)).toEqual(["opened"]);
    const [upgrade] = await pulls(place);
    await pr(place, "merge", upgrade?.number);
    await pr(place, "revert", upgrade?.number);
    await pr(place, "merge", (await pulls(place))[0]?.number);
    expect(imagesOn(place, "main")).toEqual([`${image}:1.2.0`]);
    expect(await pass(place)).toEqual(["skipped: version-taken-back"]);
  });

  test("is written where the value stands, and nowhere without a rule", { timeout: 60_000 }, async () => {
    const [to, image] = [target("acme/places"), `${registry.host}/acme/places`];
    for (const tag of ["1.2.0", "1.4.0"]) await pushImage(to, tag, { salt: tag });
    const overlay = `  environments:\n    staging:\n      runtime: {image: "${image}:1.3.0"}\n    production:\n      runtime: {upgrade: null}\n`;
    const place = await deployed(specWith(`${image}:1.2.0`, overlay));
    expect(await pass(place)).toEqual(["opened"]);
    const [production, staging] = imagesOn(place, BRANCH);
    expect(production).toBe(`${image}:1.2.0`);
    expect(staging).toMatch(/:1\.4\.0@sha256:/);
    place.commit({ [SPEC]: specWith(`${image}:1.2.0`).replace(/, upgrade: \{.*?\}/, "") });
    expect(await pass(place)).toEqual(["closed: no-longer-needed"]);
  });

  test("is looked for with Docker's credentials, and only there", { timeout: 60_000 }, async () => {
    const own = await startRegistry({ kind: "htpasswd" });
    try {
      const basic = Buffer.from(`${ROBIN.username}:${ROBIN.password}`).toString("base64");
      const to = { host: own.host, repository: "acme/hello", authorization: `Basic ${basic}` };
      for (const tag of ["1.2.0", "1.2.1"]) await pushImage(to, tag, { salt: tag });
      const place = await deployed(specWith(`${own.host}/acme/hello:1.2.0`));
      const said = async (config: unknown) => {
        const folder = join(temporaryFolder(), "docker");
        mkdirSync(folder);
        writeFileSync(join(folder, "config.json"), JSON.stringify(config));
        const [first] = await outcomes(place, { DOCKER_CONFIG: folder });
        return `${first?.kind} ${first?.message ?? ""}`;
      };
      const refused = `skipped ${own.host} answered 401: `;
      expect(await said({})).toBe(`${refused}Docker's config.json has no credential for it; write one below auths`);
      expect(await said({ credsStore: "pass" })).toBe(
        `${refused}Docker's config.json names the credential helper "pass", which RAOS does not run; write a user and a password below auths`,
      );
      const wrong = Buffer.from("robin:horse").toString("base64");
      expect(await said({ auths: { [own.host]: { auth: wrong } } })).toBe(
        `${refused}it does not accept the credential in Docker's config.json`,
      );
      expect(await said({ auths: { [own.host]: { auth: basic } } })).toBe("opened ");
    } finally {
      await own.stop();
    }
  });

  test("is not known while the registry is broken, and nothing changes", { timeout: 60_000 }, async () => {
    const own = await startRegistry();
    const to = { host: own.host, repository: "acme/hello" };
    for (const tag of ["1.2.0", "1.2.1"]) await pushImage(to, tag, { salt: tag });
    const place = await deployed(specWith(`${own.host}/acme/hello:1.2.0`));
    expect(await pass(place)).toEqual(["opened"]);
    const before = await pulls(place);
    await own.stop();
    const ran = await raos(place.clone, ["reconcile", "--repo", place.bare]);
    expect(ran.code).toBe(0);
    expect(ran.out).toContain("registry-unavailable");
    expect(ran.out).toContain(`${own.host} cannot be reached`);
    expect(ran.err.split("\n").filter((line) => line.includes("registry"))).toHaveLength(1);
    expect(await pulls(place)).toEqual(before);
  });
});
