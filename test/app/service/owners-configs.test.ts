import { expect, test } from "vitest";
import { createOwnersConfigs } from "../../../src/app/service/repositories/owners-configs.ts";

test("an owner is asked once a minute for all its repositories, that there is none included", async () => {
  let now = 0;
  let asked = 0;
  const owners = createOwnersConfigs(() => now);
  const none = async () => {
    asked += 1;
    return undefined;
  };
  for (let index = 0; index < 100; index += 1) await owners.share(`acme/fleet-${index}`, none);
  expect(asked).toBe(1);
  await owners.share("bank/fleet", none);
  expect(asked).toBe(2);
  now = 60_000;
  await owners.share("acme/fleet-1", none);
  expect(asked).toBe(3);
  owners.forget("Acme/fleet-2");
  await owners.share("acme/fleet-1", none);
  expect(asked).toBe(4);
});

test("a failure is no answer, and what the owner's own repository inherits says nothing about others", async () => {
  const owners = createOwnersConfigs(() => 0);
  await expect(owners.share("acme/fleet", () => Promise.reject(new Error("no network")))).rejects.toThrow("no network");
  const config = { owner: "acme", text: "kind: Config\n" };
  await owners.share("acme/.github", async () => undefined);
  expect(await owners.share("acme/fleet", async () => config)).toBe(config);
  expect(await owners.share("acme/other", async () => undefined)).toBe(config);
});
