import { expect, test } from "vitest";
import { openCommitLog } from "../../../src/git/write/commit-log.ts";
import { placeOf } from "../../support/git/place.ts";
import { openWorkshop } from "../../support/git/repository.ts";

test("knows every commit that was added, by this process or another, however many ask at the same moment", async () => {
  const workshop = await openWorkshop("working");
  try {
    const place = placeOf(workshop, "working");
    const [log, other] = [openCommitLog(place), openCommitLog(place)];
    const ids = Array.from({ length: 60 }, (_, index) => index.toString(16).padStart(40, "0"));
    await log.add(ids.slice(0, 2));
    await Promise.all(Array.from({ length: 5 }, () => log.known()));
    await other.add(ids.slice(2, 30));
    await log.add(ids.slice(30));
    expect([...(await log.known())].sort()).toEqual(ids);
    expect([...(await other.known())].sort()).toEqual(ids);
  } finally {
    await workshop.remove();
  }
});
