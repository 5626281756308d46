import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import * as z from "zod";
import type { Base } from "../../../src/forge/forge.ts";
import type { GiteaForge } from "../../../src/forge/gitea/forge.ts";
import { describeReal } from "../../real/component.ts";
import { askGitea, createToken, type GiteaAccount } from "../../real/gitea/account.ts";
import { type Gitea, startGitea } from "../../real/gitea/gitea.ts";
import { createGiteaRepository, type GiteaRepository } from "../../real/gitea/repository.ts";
import { BRANCH, change, proposal } from "../../support/forge/proposal.ts";
import { waitUntil } from "../../support/wait.ts";
import { baseNow, FLEET } from "../contract/test-repository.ts";

const stateOf = (issue: unknown) => z.object({ state: z.string() }).parse(issue).state;

vi.setConfig({ testTimeout: 180_000 });

describeReal("gitea", "people on a real Gitea", () => {
  let gitea: Gitea;
  let owner: GiteaAccount;
  let bot: GiteaAccount;
  beforeAll(async () => {
    gitea = await startGitea();
    owner = await gitea.user("robin");
    bot = await gitea.user("raos-bot");
  });
  afterAll(() => gitea?.stop());

  let repository: GiteaRepository;
  let forge: GiteaForge;
  let base: Base;
  beforeEach(async () => {
    repository = await createGiteaRepository(owner, bot, FLEET);
    forge = await repository.forge();
    base = await baseNow(forge);
  });
  afterEach(() => repository.end());

  const open = () => forge.open(proposal({}), base);

  test("who amends the bot's commit makes it theirs, also with the bot's name and its proof in it", async () => {
    const pull = await open();
    const copy = await repository.fetched();
    const [tree, message] = [
      await copy.git("rev-parse", "main^{tree}"),
      await copy.git("log", "-1", "--format=%B", pull.head),
    ];
    expect(message).toMatch(/^Deploy triage\n\nRAOS-Proof: 1 [\w-]{43}$/);
    const names = ["-c", "user.name=raos[bot]", "-c", "user.email=raos[bot]@users.noreply.github.com"];
    const forged = await copy.git(...names, "commit-tree", "-p", base.sha, "-m", message, tree);
    await repository.setBranch(BRANCH, forged);
    expect(await forge.pull(pull.number)).toMatchObject({ head: forged, botOnly: false, state: "open" });
    await expect(open()).rejects.toMatchObject({ code: "conflict" });
    expect(await repository.branchHead(BRANCH)).toBe(forged);
  });

  test("the button that merges the base into the branch is a person's commit", async () => {
    const pull = await open();
    await repository.commit("main", { "other.txt": "other\n" });
    await repository.ask("POST", `/pulls/${pull.number}/update?style=merge`);
    await waitUntil(async () => (await repository.branchHead(BRANCH)) !== pull.head, 50);
    expect(await forge.pull(pull.number)).toMatchObject({ botOnly: false });
  });

  test("a person's commit between reading and pushing is never lost", async () => {
    const pull = await open();
    const theirs = await repository.commit(BRANCH, { "mine.txt": "mine\n" });
    await expect(forge.close(pull, "No longer needed.")).resolves.toBeUndefined();
    expect(await repository.branchHead(BRANCH)).toBe(theirs);
  });

  test("what Gitea closes for the late deletion of an earlier branch of that name was refused by nobody, and merges", async () => {
    const pull = await open();
    await repository.fetched();
    const path = `/repos/${repository.name}`;
    await askGitea(bot, "DELETE", `${path}/branches/${encodeURIComponent(BRANCH)}`);
    await waitUntil(
      async () => (await askGitea(bot, "GET", `${path}/issues/${pull.number}`).then(stateOf)) === "closed",
      50,
    );
    await repository.setBranch(BRANCH, pull.head);
    expect(await forge.pull(pull.number)).toMatchObject({ state: "closed", closedByBot: true });
    const sha = await forge.merge(pull);
    expect(await repository.branchHead("main")).toBe(sha);
  });

  test("an edit of the text is seen, whoever made it with whatever account; the bot's own text is proven again after it", async () => {
    const pull = await open();
    await repository.ask("PATCH", `/pulls/${pull.number}`, { body: "Merge me, I am fine." });
    const edited = await forge.pull(pull.number);
    expect(edited).toMatchObject({ textByBot: false, openedByBot: true, botOnly: true, body: "Merge me, I am fine." });
    if (edited === undefined) return;
    await forge.update(edited, proposal({}), base, false);
    expect(await forge.pull(pull.number)).toMatchObject({ textByBot: true, body: "Why." });
    await repository.ask("PATCH", `/pulls/${pull.number}`, { title: "Other words" });
    expect(await forge.pull(pull.number)).toMatchObject({ textByBot: false, title: "Other words" });
  });

  test("the text of an earlier commit proves nothing for a later one", async () => {
    const pull = await open();
    const before = await repository.ask("GET", `/pulls/${pull.number}`);
    const files = [change("deploy/triage.yaml", "replicas: 2\n")];
    await forge.update(pull, proposal({ body: "Two.", files }), base, false);
    const body: unknown = before instanceof Object ? Reflect.get(before, "body") : "";
    await repository.ask("PATCH", `/pulls/${pull.number}`, { body });
    expect(await forge.pull(pull.number)).toMatchObject({ textByBot: false, body: "Why." });
  });

  test("with a new token of the same account the work of the old one counts where it is named", async () => {
    const pull = await open();
    const token = await createToken(gitea.url, bot.login, ["all"]);
    const [forgetful, knowing] = [
      await repository.forge({ token }),
      await repository.forge({ token, formerTokens: [bot.token] }),
    ];
    expect(await forgetful.pull(pull.number)).toMatchObject({ openedByBot: true, botOnly: false, textByBot: false });
    expect(await knowing.pull(pull.number)).toMatchObject({ openedByBot: true, botOnly: true, textByBot: true });
  });

  test("with a person's own token, that person's commits are still theirs, and so is their close", async () => {
    const mine = await repository.forge({ token: owner.token });
    const pull = await mine.open(proposal({}), base);
    expect(await mine.pull(pull.number)).toMatchObject({ openedByBot: true, botOnly: true });
    await repository.commit(BRANCH, { "mine.txt": "mine\n" });
    expect(await mine.pull(pull.number)).toMatchObject({ openedByBot: true, botOnly: false });
    await repository.ask("PATCH", `/pulls/${pull.number}`, { state: "closed" });
    expect(await mine.pull(pull.number)).toMatchObject({ state: "closed", closedByBot: false });
  });

  test("what the bot closed and a person opened again and closed is closed by the person", async () => {
    const pull = await open();
    await forge.close(pull, "No longer needed.", { keepBranch: true });
    expect(await forge.pull(pull.number)).toMatchObject({ state: "closed", closedByBot: true });
    await repository.ask("PATCH", `/pulls/${pull.number}`, { state: "open" });
    expect((await forge.pullRequests([BRANCH])).pulls).toMatchObject([{ number: pull.number, state: "open" }]);
    await repository.ask("PATCH", `/pulls/${pull.number}`, { state: "closed" });
    expect((await forge.pullRequests([BRANCH])).pulls).toMatchObject([
      { number: pull.number, state: "closed", closedByBot: false },
    ]);
  });

  test("a pull request of a stranger on the bot's branch name is in nobody's way: from a fork, or pushed without a branch", async () => {
    const stranger = await gitea.user(`stranger-${repository.name.split("-").at(-1)}`);
    const copy = await repository.fetched();
    const theirs = await copy.commit("topic", { "deploy/triage.yaml": "evil: true\n" });
    const header = `http.extraHeader=Authorization: Basic ${Buffer.from(`x:${stranger.token}`).toString("base64")}`;
    await copy.git("-c", header, "push", "--quiet", repository.address, `${theirs}:refs/for/main/${BRANCH}`);
    expect(await forge.pullRequests([BRANCH])).toMatchObject({ pulls: [], complete: true });
    expect(await open()).toMatchObject({ state: "open", botOnly: true });
    expect((await forge.pullRequests([BRANCH])).pulls).toHaveLength(1);
  });

  test("a repository that closes its pull requests to the bot is a clear word", async () => {
    await repository.ask("POST", "/branch_protections", { rule_name: "raos/**", enable_push: false });
    await expect(open()).rejects.toMatchObject({
      code: "forbidden",
      message: expect.stringMatching(/protected branch/i),
    });
    expect(await repository.branchHead(BRANCH)).toBeUndefined();
  });

  test("the statuses of a head are its checks", async () => {
    const pull = await open();
    const report = (state: string, context: string) =>
      repository.ask("POST", `/statuses/${pull.head}`, { state, context, description: state });
    expect(await forge.checks(pull)).toBe("none");
    await report("pending", "build");
    expect(await forge.checks(pull)).toBe("pending");
    await report("success", "build");
    expect(await forge.checks(pull)).toBe("passing");
    await report("warning", "lint");
    expect(await forge.checks(pull)).toBe("failing");
  });

  test("its own check is a status: found again by its key, and no proof of anything where somebody else wrote it", async () => {
    const pull = await open();
    const report = {
      ...{ conclusion: "failure" as const, title: "1 mistake", summary: "", text: undefined, offersGenerate: false },
      annotations: [{ path: "agents/a.yaml", line: 3, column: 1, level: "failure" as const, message: "unknown key" }],
    };
    const [subject] = (await forge.ownChecks?.subjects("main", "raos")) ?? [];
    expect(subject).toMatchObject({ pull: pull.number, head: pull.head, branch: BRANCH, shown: undefined });
    if (subject === undefined) return;
    await forge.ownChecks?.show(subject, "raos", "raos:1:abc", report);
    const status = { context: "raos", status: "failure", description: "1 mistake (agents/a.yaml:3: unknown key)" };
    expect(await repository.ask("GET", `/commits/${pull.head}/statuses`)).toMatchObject([status]);
    const other = await repository.forge();
    expect(await other.ownChecks?.subjects("main", "raos")).toMatchObject([{ shown: "raos:1:abc" }]);
    expect(await forge.checks(pull)).toBe("failing");
    await forge.ownChecks?.show(subject, "raos", "raos:1:def", { ...report, conclusion: "neutral" });
    expect(await forge.checks(pull)).toBe("none");
    const forged = { state: "success", context: "raos", target_url: "http://x/#raos-check-raos:1:xyz" };
    await repository.ask("POST", `/statuses/${pull.head}`, forged);
    const third = await repository.forge();
    expect(await third.ownChecks?.subjects("main", "raos")).toMatchObject([{ shown: undefined }]);
    expect(await third.checks(pull)).toBe("passing");
  });

  test("comments are read back with who wrote them, seen at once, and answered; who may push is asked of the Gitea", async () => {
    const { conversation } = forge;
    if (conversation === undefined) throw new Error("it has none");
    const pull = await open();
    const since = Date.now() - 60_000;
    await repository.ask("POST", `/issues/${pull.number}/comments`, { body: "/raos plan" });
    await repository.ask("POST", "/issues", { title: "A question" });
    await repository.ask("POST", `/issues/${pull.number + 1}/comments`, { body: "Why?" });
    await conversation.answer(pull.number, "Because.");
    const comments = await conversation.commentsSince(since);
    expect(comments).toMatchObject([
      { number: pull.number, author: owner.login, byPerson: true, isOwn: false, isEdited: false, body: "/raos plan" },
      { number: pull.number + 1, author: owner.login, body: "Why?" },
      { number: pull.number, author: bot.login, byPerson: false, isOwn: true, body: "Because." },
    ]);
    const [first] = comments;
    for (let count = 0; count < 2; count += 1) await conversation.acknowledge(first?.id ?? 0);
    const reactions = await repository.ask("GET", `/issues/comments/${first?.id}/reactions`);
    expect(reactions).toMatchObject([{ content: "eyes", user: { login: bot.login } }]);
    expect(await conversation.commentsSince(Date.now() + 60_000)).toEqual([]);
    // An account with write access may not look; then nobody may push.
    expect(await conversation.standingOf(owner.login)).toBe("may-read");
    await repository.ask("PUT", `/collaborators/${bot.login}`, { permission: "admin" });
    expect(await conversation.standingOf(owner.login)).toBe("may-push");
    expect(await conversation.standingOf("nobody-at-all")).toBe("none");
  });

  test("open issues with a label are read with their comments, and nothing else is", async () => {
    const { conversation } = forge;
    if (conversation === undefined) throw new Error("it has none");
    // Gitea answers all issues where it does not know the label.
    await repository.ask("POST", "/issues", { title: "Something else" });
    expect(await conversation.labelledIssues("raos-create")).toEqual([]);
    const label = await repository.ask("POST", "/labels", { name: "raos-create", color: "#0e8a16" });
    const labels = [z.object({ id: z.int() }).parse(label).id];
    const Numbered = z.object({ number: z.int() });
    const numberOf = async (issue: object) => Numbered.parse(await repository.ask("POST", "/issues", issue)).number;
    const first = await numberOf({ title: "An agent that greets", body: "In German.", labels });
    const second = await numberOf({ title: "An agent that sings", labels });
    const closed = await numberOf({ title: "An agent that sleeps", labels });
    await repository.ask("PATCH", `/issues/${closed}`, { state: "closed" });
    const pull = await open();
    await repository.ask("POST", `/issues/${pull.number}/labels`, { labels });
    const author = owner.login;
    expect(await conversation.labelledIssues("raos-create")).toEqual([
      { number: first, author, byPerson: true, title: "An agent that greets", body: "In German." },
      { number: second, author, byPerson: true, title: "An agent that sings", body: "" },
    ]);
    await conversation.answer(first, "Done.");
    expect(await conversation.commentsOn(first)).toMatchObject([{ number: first, isOwn: true, body: "Done." }]);
    expect(await conversation.commentsOn(second)).toEqual([]);
  });

  test("files are committed to a person's branch on the head that was seen alone, and the default branch is merged into it", async () => {
    await repository.setBranch("topic", base.sha);
    const head = await repository.commit("topic", { "agents/a.yaml": "a: 1\n" });
    await repository.ask("POST", "/pulls", { head: "topic", base: "main", title: "An agent" });
    const [subject] = (await forge.ownChecks?.subjects("main", "raos")) ?? [];
    if (subject === undefined || forge.headWriter === undefined) throw new Error("there is none");
    expect(subject).toMatchObject({ head, branch: "topic" });
    await forge.headWriter.commit(subject, [change("deploy/a.yaml", "a: 1\n")], "Generate the files of acme/a");
    const written = await repository.branchHead("topic");
    expect(await (await repository.fetched()).git("log", "-1", "--format=%P", written ?? "")).toBe(head);
    await expect(forge.headWriter.commit(subject, [change("deploy/a.yaml", "a: 2\n")], "Again")).rejects.toMatchObject({
      code: "stale",
    });
    expect(await repository.branchHead("topic")).toBe(written);
    const other = await repository.commit("main", { "README.md": "A larger fleet\n" });
    await forge.headWriter.catchUp({ ...subject, head: written ?? "" });
    const merged = await repository.branchHead("topic");
    expect(await (await repository.fetched()).git("log", "-1", "--format=%P", merged ?? "")).toBe(
      `${written} ${other}`,
    );
    await expect(forge.headWriter.commit({ ...subject, branch: undefined }, [], "x")).rejects.toMatchObject({
      code: "forbidden",
    });
  });

  test("labels are made once, and a reviewer that nobody knows stops nothing", async () => {
    const wanted = { labels: ["raos", "needs review"], reviewers: ["@nobody-at-all", `@${owner.login}`] };
    const pull = await forge.open(proposal(wanted), base);
    // They are made side by side, and Gitea lists the one it made first before the other.
    expect(pull.labels.toSorted()).toEqual(["needs review", "raos"]);
    const other = { branch: "raos/agent/acme/b", labels: ["raos"], files: [change("b.yaml", "b\n")] };
    await forge.open(proposal(other), base);
    expect(await repository.ask("GET", "/labels")).toHaveLength(2);
    expect(await repository.ask("GET", `/pulls/${pull.number}`)).toMatchObject({
      requested_reviewers: [{ login: owner.login }],
    });
  });
});
