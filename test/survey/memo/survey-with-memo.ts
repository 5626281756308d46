import { openRepository } from "../../../src/git/repository.ts";
import { SurveyStore } from "../../../src/survey/memo/store.ts";
import { gitView } from "../../../src/survey/source/commit-view.ts";
import { survey } from "../../../src/survey/survey.ts";

/** Surveys a commit with a memo, and prints what it saw: `node survey-with-memo.ts <repository> <sha> <memo>`. */
const [folder = "", sha = "", memo = ""] = process.argv.slice(2);
const repository = await openRepository(folder, { env: process.env, cache: folder });
const objects = repository.objects();
const warnings: string[] = [];
const store = new SurveyStore(memo, (_, message) => warnings.push(message));
const seen = await survey(gitView(repository.place, objects, sha).source, store);
if ("kind" in seen) throw new Error("raos.yaml cannot be read");
const { drifts, problems, driftedTenants: tenantDrifts } = seen;
process.stdout.write(
  JSON.stringify({ seen: { drifts: drifts(), problems, tenantDrifts }, warnings, inMemory: store.inMemory }),
);
store.close();
await objects.close();
await repository.close();
