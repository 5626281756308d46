import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeReal } from "../component.ts";
import { temporaryFolder } from "../process/loopback.ts";
import { helmLint, helmTemplate } from "./helm.ts";

describe.each(["helm", "helm3"] as const)("%s", (version) => {
  describeReal(version, "a chart", () => {
    let chart = "";
    let remove = async () => {};
    beforeAll(async () => {
      const folder = await temporaryFolder();
      ({ path: chart, remove } = folder);
      await mkdir(join(chart, "templates"));
      await writeFile(
        join(chart, "Chart.yaml"),
        "{apiVersion: v2, name: a, version: 1.0.0, icon: https://example.com/a.svg}",
      );
      await writeFile(join(chart, "values.yaml"), "greeting: hello\n");
      await writeFile(join(chart, "values.schema.json"), '{"properties": {"greeting": {"type": "string"}}}');
      await writeFile(
        join(chart, "templates", "a.yaml"),
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: {{ .Values.greeting | quote }}}}\n",
      );
    });
    afterAll(() => remove());

    it("passes the linter, and does not with values that its schema refuses", async () => {
      expect(await helmLint({ version, chart })).toMatchObject({ ok: true });
      const wrong = await helmLint({ version, chart, values: "greeting: 1" });
      expect(wrong).toMatchObject({ ok: false, output: expect.stringContaining("/greeting") });
    });

    it("renders with the values given", async () => {
      expect(await helmTemplate({ version, chart, values: "greeting: good day" })).toContain('{k: "good day"}');
    });
  });
});
