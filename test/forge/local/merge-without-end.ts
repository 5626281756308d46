import { createLocalForge } from "../../../src/forge/local/forge.ts";
import { openRepository } from "../../../src/git/repository.ts";
import { change, proposal } from "../../support/forge/proposal.ts";

/** A process that opens and merges pull requests until it is killed: `node merge-without-end.ts <folder> <cache> <round>`. */
const [folder = "", cache = "", round = ""] = process.argv.slice(2);
const repository = await openRepository(folder, { env: process.env, cache });
const forge = createLocalForge(repository, { clock: Date.now });
for (let next = 0; ; next += 1) {
  const { name, sha = "" } = await forge.defaultBranch();
  const files = [
    change("deploy/changing.yaml", `round: ${round}.${next}\n`),
    change(`deploy/${round}-${next}.yaml`, "new\n".repeat(20_000)),
    ...(next > 1 ? [change(`deploy/${round}-${next - 2}.yaml`, undefined)] : []),
  ];
  const pull = await forge.open(proposal({ branch: `raos/agent/acme/a${round}-${next}`, files }), {
    branch: name,
    sha,
  });
  process.stdout.write(`opened ${pull.number}\n`);
  await forge.merge(pull);
  process.stdout.write(`merged ${pull.number}\n`);
}
