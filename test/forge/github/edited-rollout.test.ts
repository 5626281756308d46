import { expect, test } from "vitest";
import { editComment } from "../../servers/github/pulls/comments.ts";
import { proposalFor } from "../../support/forge/proposal.ts";
import { start } from "./start.ts";

test("what a person wrote into the bot's comment on a roll-out does not count, until the bot writes it again", async () => {
  const at = await start();
  const merged = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
  await at.forge.merge(merged);
  await at.forge.showRollout(merged, "Worse than before");
  const pull = at.repository.pulls.get(merged.number);
  const comment = pull?.comments.at(-1);
  if (pull === undefined || comment === undefined) throw new Error("nothing was said");
  const said = async () => (await at.connect().pull(merged.number))?.rollout;
  expect(await said()).toBe("Worse than before");
  const person = { kind: "user", user: at.person, token: "" } as const;
  editComment(at.github.world, person, pull, comment, comment.body.replace("Worse than before", "Verified"));
  expect(await said()).toBeUndefined();
  await at.forge.showRollout(merged, "Worse than before");
  expect(await said()).toBe("Worse than before");
});
