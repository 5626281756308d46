import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { encodeIssueMarker } from "../../../src/domain/alert/issue-marker.ts";
import { createLocalForge } from "../../../src/forge/local/forge.ts";
import { openRepository } from "../../../src/git/repository.ts";
import { change, proposal } from "../../support/forge/proposal.ts";
import { openWorkshop, PERSON } from "../../support/git/repository.ts";
import { baseNow } from "../contract/test-repository.ts";

const KEY = "raos/alert/acme/triage/default/out-of-memory";

test("two processes that open the issue of one key at the same moment open one, whatever numbers they are at", async () => {
  const workshop = await openWorkshop("bare");
  await workshop.commit("main", { "README.md": "A fleet\n" });
  const open = async () => {
    const repository = await openRepository(workshop.dir, { env: process.env, cache: join(workshop.root, "cache") });
    const forge = createLocalForge(repository, { clock: () => 0, person: PERSON });
    onTestFinished(async () => {
      await forge.dispose();
      await repository.close();
    });
    return forge;
  };
  const forges = [await open(), await open(), await open()];
  const base = await baseNow(await open());
  for (let round = 0; round < 6; round += 1) {
    const key = `${KEY}/${round}`;
    const report = {
      key,
      title: "No memory",
      body: `Why?\n\n${encodeIssueMarker({ key, lead: "0".repeat(64) })}`,
      labels: [],
    };
    const work = forges.flatMap((forge, index) => [
      // Each process takes as many numbers for pull requests meanwhile as it has opened before.
      ...Array.from({ length: index }, (_, at) =>
        forge.open(
          proposal({
            branch: `raos/agent/acme/a${round}-${index}-${at}`,
            files: [change(`deploy/${round}-${index}-${at}.yaml`, "a: 1\n")],
          }),
          base,
        ),
      ),
      forge.openIssue(report),
    ]);
    await Promise.all(work);
  }
  const { issues } = (await forges[0]?.issues()) ?? { issues: [] };
  expect(issues.map(({ key }) => key).sort()).toEqual(Array.from({ length: 6 }, (_, round) => `${KEY}/${round}`));
});
