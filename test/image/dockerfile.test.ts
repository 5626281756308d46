import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";

/** The Dockerfile, the package and the chart say the same. */

const ROOT = resolve(import.meta.dirname, "../..");
const read = (name: string) => readFileSync(join(ROOT, name), "utf8");
const [build = "", final = ""] = read("Dockerfile")
  .replace(/\\\n/g, " ")
  .split(/^(?=FROM )/m)
  .filter((stage) => stage.startsWith("FROM "));
const values = parse(read("charts/raos/values.yaml"));
const deployment = read("charts/raos/templates/deployment.yaml");

/** What a stage says with an instruction, each time. */
const said = (stage: string, instruction: string) =>
  [...stage.matchAll(new RegExp(`^${instruction} (.*)$`, "gm"))].map(([, text = ""]) => text.trim());

test("the image gets the files that the tests run, and nothing else of the build", () => {
  const [copied = ""] = said(final, "COPY");
  const [, from = ""] = /^--from=build (\S+) \/opt\/raos$/.exec(copied) ?? [];
  expect(said(build, "RUN").at(-1)).toBe(`node tools/image-files.ts ${from}`);
  expect(said(final, "COPY")).toHaveLength(1);
  expect(said(final, "ADD")).toEqual([]);
});

test("both stages have the Node that the package asks for", () => {
  const { engines } = JSON.parse(read("package.json"));
  const major = /\d+/.exec(engines.node)?.[0];
  for (const stage of [build, final]) expect(stage).toMatch(new RegExp(`^FROM node:${major}-bookworm-slim\\b`));
});

test("it runs as the chart's user, by numbers, since a cluster cannot prove that a name is not root", () => {
  expect(said(final, "USER")).toEqual([`${values.runAs.user}:${values.runAs.group}`]);
});

test("it keeps its cache where the chart mounts the volume, and listens where the chart says", () => {
  const [cache = ""] = said(final, "VOLUME");
  expect(said(final, "ENV").join(" ")).toContain(`RAOS_CACHE=${cache}`);
  expect(deployment).toContain(`{name: cache, mountPath: ${cache}}`);
  expect(said(final, "EXPOSE")).toEqual([String(values.serve.port)]);
});

test("no shell stands before the bot, which takes the signals itself", () => {
  const [start, first] = [...said(final, "ENTRYPOINT"), ...said(final, "CMD")].map((text) => JSON.parse(text));
  expect(start).toEqual(["node", "/opt/raos/bin/raos.js"]);
  expect(first[0]).toBe("serve");
});
