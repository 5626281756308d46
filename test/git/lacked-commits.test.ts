import { expect, test } from "vitest";
import { commitsLackedBy } from "../../src/git/history/lacked-commits.ts";
import { openRepository } from "../../src/git/repository.ts";
import { fleetClone } from "../support/cli/fleet-clone.ts";

test("a later commit lacks nothing, an earlier one what came after it, and one of a branch what was not merged", async () => {
  const place = fleetClone();
  const commit = (text: string) => {
    place.commit({ "a.txt": text });
    return place.git("rev-parse", "HEAD").trim();
  };
  const [first, second, third] = [commit("1"), commit("2"), commit("3")];
  place.git("checkout", "--quiet", "--detach", first);
  place.git("commit", "--quiet", "--allow-empty", "--message=Beside");
  const beside = place.git("rev-parse", "HEAD").trim();
  place.git("push", "--quiet", "origin", `${beside}:refs/heads/beside`);
  const repository = await openRepository(place.bare, { env: process.env, cache: `${place.clone}.cache` });
  const lacked = (head: string, other: string) => commitsLackedBy(repository.place, head, other);
  expect(await lacked(second, third)).toEqual(new Set());
  expect(await lacked(third, third)).toEqual(new Set());
  expect(await lacked(third, first)).toEqual(new Set([third, second]));
  expect(await lacked(second, beside)).toEqual(new Set([second]));
  expect(await lacked(third, "f".repeat(40))).toBeUndefined();
  expect(await lacked(third, "--all")).toBeUndefined();
  await repository.close();
});
