import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { appManifest, webhookAddress } from "../../../src/domain/github/app-manifest.ts";
import {
  missingEvents,
  missingPermissions,
  WANTED_EVENTS,
  WANTED_PERMISSIONS,
} from "../../../src/domain/github/app-permissions.ts";

const ROOT = join(import.meta.dirname, "../../..");

describe("what the App asks for", () => {
  test("the guide names every permission and event, and no other", () => {
    const text = readFileSync(join(ROOT, "docs/github-app.md"), "utf8").replaceAll("\n", " ");
    const [, sentence = ""] = /The App needs (.*?)\.\s/.exec(text) ?? [];
    const [permissions = "", events = ""] = sentence.split(" and the events ");
    const starred = (part: string) => [...part.matchAll(/\*([^*]+)\*/g)].map(([, word]) => word);
    expect(starred(permissions).toSorted()).toEqual(
      WANTED_PERMISSIONS.map(({ label }) => label)
        .filter((label) => label !== "metadata")
        .toSorted(),
    );
    expect(starred(events).toSorted()).toEqual(WANTED_EVENTS.map(({ label }) => label).toSorted());
  });

  test("the guide says what is off without each", () => {
    const text = readFileSync(join(ROOT, "docs/github-app.md"), "utf8");
    const rows = WANTED_PERMISSIONS.map(({ label, level, without }) => `| ${label} | ${level} | ${without} |`);
    expect(text.split("\n").filter((line) => /\| (read|write) \|/.test(line))).toEqual(rows);
  });

  test("every event has the permission without which GitHub does not send it", () => {
    const names = new Set(WANTED_PERMISSIONS.map(({ name }) => name));
    expect(WANTED_EVENTS.filter(({ permission }) => !names.has(permission))).toEqual([]);
  });

  test("the manifest asks for exactly these, for a private App", () => {
    const manifest = appManifest({
      name: "raos-acme",
      homepage: "https://github.com/acme",
      redirectUrl: "http://127.0.0.1:1/callback",
      url: "https://bot.acme.example/",
    });
    expect(manifest.default_permissions).toEqual({
      checks: "write",
      deployments: "write",
      contents: "write",
      issues: "write",
      members: "read",
      merge_queues: "read",
      metadata: "read",
      pull_requests: "write",
      statuses: "read",
    });
    expect(manifest.default_events.toSorted()).toEqual([
      ...["check_run", "check_suite", "issue_comment", "issues"],
      ...["merge_group", "pull_request", "push", "repository"],
    ]);
    expect(manifest).toMatchObject({
      public: false,
      hook_attributes: { url: "https://bot.acme.example/api/github/webhooks", active: true },
    });
  });
});

test.each([
  ["https://bot.example", "https://bot.example/api/github/webhooks"],
  ["https://bot.example/", "https://bot.example/api/github/webhooks"],
  ["https://bot.example/raos//", "https://bot.example/raos/api/github/webhooks"],
  ["https://bot.example/api/github/webhooks", "https://bot.example/api/github/webhooks"],
])("the webhook below %s is %s", (base, address) => {
  expect(webhookAddress(base)).toBe(address);
});

describe("what an installation lacks", () => {
  const all = Object.fromEntries(WANTED_PERMISSIONS.map(({ name, level }) => [name, level]));
  const names = (granted: Readonly<Record<string, string>>) => missingPermissions(granted).map(({ name }) => name);
  test("nothing, where it has all, or more", () => {
    expect(names(all)).toEqual([]);
    expect(names({ ...all, members: "write", administration: "read", contents: "admin" })).toEqual([]);
  });
  test("what is absent, what is only read, and what has a level that nobody knows", () => {
    expect(names({ ...all, checks: "read", members: "none" })).toEqual(["checks", "members"]);
    const { statuses: _, ...rest } = all;
    expect(names(rest)).toEqual(["statuses"]);
    expect(names({})).toHaveLength(WANTED_PERMISSIONS.length);
  });
  test("events that it is not sent", () => {
    expect(missingEvents(WANTED_EVENTS.map(({ name }) => name).slice(1)).map(({ name }) => name)).toEqual(["push"]);
  });
});
