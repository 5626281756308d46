import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { encodeOrigin, originOf } from "../../../src/app/chart/chart-origin.ts";
import { readShippedChart } from "../../../src/app/chart/shipped-chart.ts";
import { type FleetClone, fleetClone } from "../../support/cli/fleet-clone.ts";
import { raos } from "../../support/cli/raos.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const FOLDER = "charts/agent";
const NOTE = `${FOLDER}/.raos-origin.json`;
const SERVICE = `${FOLDER}/templates/service.yaml`;
const VALUES = `${FOLDER}/values.yaml`;
const HELPERS = `${FOLDER}/templates/_helpers.tpl`;
const HOSTS = `${FOLDER}/templates/hosts.yaml`;

const shipped = await readShippedChart();
const shippedText = (path: string) => Buffer.from(shipped.files.get(path.slice(FOLDER.length + 1)) ?? "").toString();

/** The chart as an earlier RAOS shipped it: some files with another first line, one more, one less, another version. */
function earlierChart(): ReadonlyMap<string, Uint8Array> {
  const changed = new Set(["templates/service.yaml", "templates/hosts.yaml", "templates/_helpers.tpl", "values.yaml"]);
  const files = [...shipped.files]
    .filter(([path]) => path !== "templates/configmap.yaml")
    .map(([path, bytes]) => {
      const text = Buffer.from(bytes).toString();
      if (path === "Chart.yaml") return [path, Buffer.from(text.replace(/^version: .*$/m, "version: 0.0.9"))] as const;
      return [path, changed.has(path) ? Buffer.from(`# earlier\n${text}`) : bytes] as const;
    });
  return new Map([...files, ["templates/former.yaml", Buffer.from("# former\n")] as const]);
}

const EARLIER = earlierChart();

/** A repository with the earlier chart, as `raos init` of that RAOS wrote it, and then with a person's changes. */
function repository(yours: Readonly<Record<string, string | undefined>> = {}, hasNote = true): FleetClone {
  const place = fleetClone(null);
  const note = hasNote ? { [NOTE]: Buffer.from(encodeOrigin(originOf(EARLIER))).toString() } : {};
  const chart = [...EARLIER].map(([path, bytes]) => [`${FOLDER}/${path}`, Buffer.from(bytes).toString()]);
  place.commit({ ...Object.fromEntries(chart), ...note });
  if (Object.keys(yours).length > 0) place.commit(yours);
  return place;
}

/** `merged values.yaml`: what an upgrade says of the files that are not as they were shipped. */
function said(out: string): readonly string[] {
  return out.split("\n").flatMap((line) => {
    const [, word, path] = /^(added|replaced|deleted|merged|kept|conflict) +charts\/agent\/([^ :]+)/.exec(line) ?? [];
    return word === undefined ? [] : [`${word} ${path}`];
  });
}

const UNTOUCHED = [
  "replaced Chart.yaml",
  "replaced templates/_helpers.tpl",
  "added templates/configmap.yaml",
  "deleted templates/former.yaml",
  "replaced templates/hosts.yaml",
  "replaced templates/service.yaml",
  "replaced values.yaml",
];

describe("raos init --upgrade", () => {
  test("brings a chart that nobody changed to the shipped one, and then has nothing to do", async () => {
    const { clone } = repository();
    const ran = await raos(clone, ["init", "--upgrade"]);
    expect([ran.code, ran.err, said(ran.out)]).toEqual([0, "", UNTOUCHED]);
    expect(ran.out).toContain(
      "charts/agent/: 0.0.9 → 0.1.0; review it with git diff, and commit it: RAOS then opens one pull request per tenant",
    );
    for (const path of shipped.files.keys())
      expect(readFileSync(join(clone, FOLDER, path), "utf8"), path).toBe(shippedText(`${FOLDER}/${path}`));
    expect(existsSync(join(clone, FOLDER, "templates/former.yaml"))).toBe(false);
  });

  test("says the same in a dry run, and writes nothing", async () => {
    const place = repository();
    const ran = await raos(place.clone, ["init", "--upgrade", "--dry-run"]);
    expect([ran.code, said(ran.out)]).toEqual([0, UNTOUCHED]);
    expect(ran.out).toContain("nothing was written");
    expect(place.git("status", "--porcelain")).toBe("");
  });

  test("keeps what a person changed: merged where it can be, else theirs with what RAOS changed", async () => {
    const text = (path: string) => Buffer.from(EARLIER.get(path.slice(FOLDER.length + 1)) ?? "").toString();
    const place = repository({
      [VALUES]: `${text(VALUES)}# ours\n`,
      [HELPERS]: text(HELPERS).replace("# earlier", "# ours"),
      [HOSTS]: undefined,
      [`${FOLDER}/templates/former.yaml`]: "# former, and ours\n",
      [`${FOLDER}/templates/dapr.yaml`]: `${shippedText(`${FOLDER}/templates/dapr.yaml`)}# ours\n`,
      [`${FOLDER}/templates/ours.yaml`]: "# ours\n",
    });
    const ran = await raos(place.clone, ["init", "--upgrade"]);
    expect([ran.code, said(ran.out)]).toEqual([
      1,
      [
        "replaced Chart.yaml",
        "conflict templates/_helpers.tpl",
        "added templates/configmap.yaml",
        "kept templates/dapr.yaml",
        "conflict templates/former.yaml",
        "conflict templates/hosts.yaml",
        "replaced templates/service.yaml",
        "merged values.yaml",
      ],
    ]);
    expect(ran.out).toContain("--- a/charts/agent/templates/_helpers.tpl\n+++ b/charts/agent/templates/_helpers.tpl\n");
    expect(ran.out).toContain("\n-# earlier\n");
    expect(place.read(VALUES)).toBe(`${shippedText(VALUES)}# ours\n`);
    expect(place.read(HELPERS)).toContain("# ours\n");
    expect(place.read(`${FOLDER}/templates/ours.yaml`)).toBe("# ours\n");
    expect(place.read(`${FOLDER}/templates/former.yaml`)).toBe("# former, and ours\n");
    expect(existsSync(join(place.clone, HOSTS))).toBe(false);

    place.git("add", ".");
    place.git("commit", "--quiet", "--message=Upgrade");
    const again = await raos(place.clone, ["init", "--upgrade"]);
    expect([again.code, said(again.out)]).toEqual([
      1,
      [
        "conflict templates/_helpers.tpl",
        "kept templates/dapr.yaml",
        "conflict templates/hosts.yaml",
        "kept values.yaml",
      ],
    ]);
    expect(again.out).toContain("charts/agent/: nothing was written; the files above wait for you");
    const settled = await raos(place.clone, ["init", "--upgrade", "--keep-mine"]);
    expect(settled.code).toBe(0);
    place.git("commit", "--quiet", "--all", "--message=Settled");
    const last = await raos(place.clone, ["init", "--upgrade"]);
    expect([last.code, last.out.split("\n").at(-2)]).toEqual([
      0,
      "charts/agent/ is up to date with 0.1.0, which this RAOS ships, but for your changes",
    ]);
  });

  test("without a note of what was shipped keeps every file that differs, until a commit is named that holds it", async () => {
    const place = repository({ [VALUES]: `${Buffer.from(EARLIER.get("values.yaml") ?? "")}# ours\n` }, false);
    const blind = await raos(place.clone, ["init", "--upgrade", "--dry-run"]);
    expect(blind.code).toBe(1);
    expect(said(blind.out)).toContain("conflict values.yaml");
    expect(blind.out).toContain("--base <commit> names a commit with the chart as RAOS wrote it");
    const ran = await raos(place.clone, ["init", "--upgrade", "--base", "HEAD~1"]);
    expect([ran.code, said(ran.out)]).toEqual([0, UNTOUCHED.with(-1, "merged values.yaml")]);
    expect(place.read(VALUES)).toBe(`${shippedText(VALUES)}# ours\n`);
  });

  test("prints JSON for other programs", async () => {
    const { clone } = repository();
    const { out } = await raos(clone, ["init", "--upgrade", "--dry-run", "--output", "json"]);
    const { files, ...rest } = JSON.parse(out);
    expect(rest).toEqual({ chart: "charts/agent", from: "0.0.9", to: "0.1.0", dryRun: true });
    expect(files).toContainEqual({ path: "templates/service.yaml", change: "replaced" });
  });

  test.each<[string, (place: FleetClone) => readonly string[], string]>([
    [
      "a change is not committed",
      (place) => {
        place.write({ [SERVICE]: "# ours\n" });
        return [];
      },
      "charts/agent/ has changes that are not committed (charts/agent/templates/service.yaml); commit them, or take them back, first",
    ],
    [
      "there is no chart",
      (place) => {
        place.commit({
          "raos.yaml": "apiVersion: raos.dev/v1alpha1\nkind: Config\nspec: {chart: {path: charts/ours}}\n",
        });
        return [];
      },
      "there is no chart in charts/ours/ to upgrade; raos init writes it, where it is not from a registry",
    ],
    ["the base is no commit", () => ["--base", "nowhere"], "--base: there is no commit nowhere in this repository"],
    ["the base is an option", () => ["--base=--help"], '--base: "--help" is no commit'],
  ])("does nothing, and says what to do, where %s", async (_name, prepare, expected) => {
    const place = repository();
    const more = prepare(place);
    const before = place.git("status", "--porcelain");
    expect(await raos(place.clone, ["init", "--upgrade", ...more])).toEqual({
      code: 2,
      out: "",
      err: `raos: ${expected}\n`,
    });
    expect(place.git("status", "--porcelain")).toBe(before);
  });

  test("does nothing in a folder of no repository, and takes its options only with --upgrade", async () => {
    const folder = temporaryFolder();
    expect((await raos(folder, ["init"])).code).toBe(0);
    const outside = await raos(folder, ["init", "--upgrade"]);
    expect([outside.code, outside.err]).toEqual([2, expect.stringContaining("the folder is in no Git repository")]);
    expect(await raos(folder, ["init", "--dry-run"])).toEqual({
      code: 2,
      out: "",
      err: "raos: --dry-run is for --upgrade\n",
    });
  });
});

describe("an older chart is told of", () => {
  test("raos init keeps it, and names --upgrade; a new one is not told of", async () => {
    const { clone } = repository();
    expect((await raos(clone, ["init"])).out).toContain(
      "kept  charts/agent/; this RAOS ships a newer chart: raos init --upgrade\n",
    );
    const fresh = temporaryFolder();
    expect((await raos(fresh, ["init"])).out).toContain("wrote charts/agent/\n");
    expect((await raos(fresh, ["init"])).out).toContain("kept  charts/agent/\n");
  });

  test("validate and plan warn of values that its schema refuses", async () => {
    const place = fleetClone(null);
    await raos(place.clone, ["init"]);
    const path = `${FOLDER}/values.schema.json`;
    const schema = JSON.parse(place.read(path));
    delete schema.properties.runtime.properties.pod;
    place.write({ [path]: JSON.stringify(schema) });
    const warning =
      "warning: charts/agent/values.schema.json:1:1: does not know runtime.pod, which this RAOS may write: Helm would refuse an agent that uses it; raos init --upgrade brings the chart up to date\n";
    expect(await raos(place.clone, ["validate"])).toMatchObject({ code: 0, err: warning });
    expect(await raos(place.clone, ["plan", "-q"])).toMatchObject({ code: 0, err: warning });
  });
});
