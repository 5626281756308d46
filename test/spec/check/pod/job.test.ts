import { describe, expect, test } from "vitest";
import { cronFault } from "../../../../src/spec/check/rules/pod/cron.ts";
import { CONFIG, HELLO } from "../../../support/specs/snapshot.ts";
import { problemsOf } from "../problems-of.ts";

const job = (runtime: string, more = "", files: Readonly<Record<string, string>> = {}) =>
  problemsOf(`runtime: {image: "ghcr.io/acme/hello:1.0.0", ${runtime}}\n${more}`, "", files);
const CRON = 'workload: CronJob, job: {schedule: "0 6 * * Mon"}';

describe("how a Job or CronJob runs", () => {
  test.each<[string, readonly string[]]>([
    [CRON, []],
    ["workload: Job, job: {backoffLimit: 0, suspend: true}", []],
    ["workload: Job", []],
    ["workload: CronJob", ["runtime/workload: a CronJob needs a schedule; add runtime.job.schedule"]],
    [
      "workload: Job, job: {timeZone: Europe/Berlin}",
      ["runtime/job/timeZone: only a CronJob has timeZone; write runtime.workload: CronJob, or remove it"],
    ],
    [
      "job: {backoffLimit: 1}",
      ["runtime/job: a Deployment does not end; write runtime.workload: CronJob or Job, or remove it"],
    ],
    [
      'workload: CronJob, job: {schedule: "0 25 * * *"}',
      ["runtime/job/schedule: 25 is no hour; write numbers from 0 to 23, *, or */5"],
    ],
    [
      'workload: CronJob, job: {schedule: "@daily", timeZone: Berlin}',
      ['runtime/job/timeZone: unknown time zone "Berlin"; write one such as Europe/Berlin'],
    ],
    [`${CRON}, healthPath: /x`, ["runtime/healthPath: a CronJob ends by itself, so this does nothing; remove it"]],
  ])("%s", (runtime, said) => expect(job(runtime)).toEqual(said));

  test.each([
    "scaling: {min: 1}",
    "a2a: {enabled: true}",
    "access: {callers: [{appId: a, namespace: b}]}",
    "networking: {ingress: [{namespace: b}]}",
    "observability: {slo: {errorRate: 0.01}}",
    "observability: {metricsPath: /metrics}",
    "dapr: {pubsub: {type: pubsub.redis}, subscriptions: [{topic: a, route: /a}]}",
  ])("nothing can use %s", (more) => {
    expect(job(CRON, more)).toEqual([
      expect.stringContaining("a CronJob ends by itself, so this does nothing; remove it"),
    ]);
  });

  test("a stage gives it no replicas", () => {
    for (const stage of ["local", "medium", "planet"]) expect(job(CRON, `stage: ${stage}`)).toEqual([]);
  });

  test("nobody can call it", () => {
    const caller = `${HELLO.replace("name: hello", "name: caller")}  tools: [{agent: {name: hello}}]\n`;
    expect(job(CRON, "", { "agents/demo/caller.yaml": caller })).toEqual([
      "tools/0/agent/name: demo/hello is a Job or CronJob, which nobody can call; remove the peer",
    ]);
  });

  test("Argo CD makes a deleted Job again", () => {
    const config = `${CONFIG}  delivery: argocd\n  argocd: {repoURL: "https://git.example.com/x.git"}\n`;
    expect(job("workload: Job, job: {ttlSecondsAfterFinished: 60}", "", { "raos.yaml": config })).toEqual([
      "runtime/job/ttlSecondsAfterFinished: Argo CD would make the deleted Job again, and so run it for ever; remove it",
    ]);
    expect(job("workload: Job, job: {ttlSecondsAfterFinished: 60}")).toEqual([]);
  });
});

describe("schedules", () => {
  test.each(["* * * * *", "*/5 0-6,12 1 jan-MAR ?", "59 23 31 12 sat", "@hourly", "0 0 * * 0"])("%s", (schedule) =>
    expect(cronFault(schedule)).toBeUndefined(),
  );
  test.each([
    "60 * * * *",
    "* * 0 * *",
    "* * * 13 *",
    "* * * * 7",
    "5-1 * * * *",
    "*/0 * * * *",
    "a * * * *",
    "1/2/3 * * * *",
  ])("not %s", (schedule) => expect(cronFault(schedule)).toBeDefined());
});
