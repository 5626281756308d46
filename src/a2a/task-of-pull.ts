import { type Artifact, type Message, type Part, Role, type Task, TaskState } from "@a2a-js/sdk";
import type { PullRequest } from "../domain/pull-request.ts";
import { type RolloutReport, reasonOfReport } from "../domain/rollout/report.ts";
import type { Json } from "../domain/values/scalars.ts";

/** A pull request, as much as its task says of it. */
export interface TaskedPull {
  /** The task's id: the repository and the request's id. */
  readonly id: string;
  readonly pull: PullRequest;
  /** What its own comment says of what became of it; undefined: nothing yet. */
  readonly report: RolloutReport | undefined;
  /** Whether somebody watches what runs; else a merge is the end. */
  readonly isWatched: boolean;
}

/** Agents of which the status says why they run worse, and characters of each reason. */
const MOST_WORSE = 5;
const LONGEST_REASON = 500;

/** The task that a pull request of a request is. Nothing of it is kept anywhere but in the forge. */
export function taskOfPull(tasked: TaskedPull): Task {
  const { id, pull, report } = tasked;
  const { state, words } = stateOf(tasked);
  return {
    id,
    contextId: id,
    status: {
      state,
      message: agentMessage(`${id}-status`, [wordsPart(words)], id),
      timestamp: new Date(pull.endedAt ?? pull.headAt).toISOString(),
    },
    artifacts: artifactsOf(pull, report),
    history: [],
    metadata: undefined,
  };
}

/** Whether nothing will change any more of a task. */
export function isEnded(state: TaskState | undefined): boolean {
  return (
    state === TaskState.TASK_STATE_COMPLETED ||
    state === TaskState.TASK_STATE_FAILED ||
    state === TaskState.TASK_STATE_CANCELED ||
    state === TaskState.TASK_STATE_REJECTED
  );
}

function stateOf({ pull, report, isWatched }: TaskedPull): { readonly state: TaskState; readonly words: string } {
  const { number, url } = pull;
  switch (pull.state) {
    case "open":
      return { state: TaskState.TASK_STATE_INPUT_REQUIRED, words: `Pull request #${number} waits for review: ${url}` };
    case "closed":
      return pull.closedByBot
        ? { state: TaskState.TASK_STATE_CANCELED, words: `Pull request #${number} was withdrawn.` }
        : { state: TaskState.TASK_STATE_REJECTED, words: `A person closed pull request #${number}.` };
    case "merged":
      return report === undefined ? mergedState(number, isWatched) : reportedState(number, report);
    default:
      return pull.state satisfies never;
  }
}

function mergedState(number: number, isWatched: boolean) {
  return isWatched
    ? {
        state: TaskState.TASK_STATE_WORKING,
        words: `Pull request #${number} is merged, and on its way to the clusters.`,
      }
    : { state: TaskState.TASK_STATE_COMPLETED, words: `Pull request #${number} is merged; nobody watches what runs.` };
}

function reportedState(number: number, report: RolloutReport) {
  const reason = reasonOfReport(report);
  switch (reason) {
    case "rolling-out":
    case "verifying":
      return { state: TaskState.TASK_STATE_WORKING, words: `Pull request #${number} is merged: ${reason}.` };
    case "verified":
      return { state: TaskState.TASK_STATE_COMPLETED, words: `Pull request #${number} runs, and is verified.` };
    case "worse":
      return {
        state: TaskState.TASK_STATE_FAILED,
        words: `Pull request #${number} runs worse than what was before${worseWords(report)}`,
      };
    case "cannot-tell":
      return {
        state: TaskState.TASK_STATE_COMPLETED,
        words: `Pull request #${number} runs; whether it is better cannot be told.`,
      };
    case "replaced":
      return {
        state: TaskState.TASK_STATE_COMPLETED,
        words: `A later change took the place of pull request #${number}.`,
      };
    default:
      return reason satisfies never;
  }
}

/** Where it runs worse, and why, in the words of the cluster. */
function worseWords({ rows }: RolloutReport): string {
  const worse = rows.filter(({ outlook }) => outlook === "worse").slice(0, MOST_WORSE);
  const lines = worse.map(({ agent, environment, reason }) => {
    const why = reason === undefined ? "" : `: ${reason.slice(0, LONGEST_REASON)}`;
    return `${agent} in ${environment}${why}`;
  });
  return lines.length === 0 ? "." : `: ${lines.join("; ")}`;
}

function artifactsOf(
  { number, url, title, branch, state }: PullRequest,
  report: RolloutReport | undefined,
): Artifact[] {
  const pull = artifact("pull-request", "The pull request", { number, url, title, branch, state });
  if (report === undefined) return [pull];
  const rows = report.rows.slice(0, 50).map((row) => ({
    agent: row.agent,
    environment: row.environment,
    state: row.state,
    ...(row.reason === undefined ? {} : { reason: row.reason.slice(0, LONGEST_REASON) }),
    ...(row.outlook === undefined ? {} : { verdict: row.outlook }),
  }));
  return [
    pull,
    artifact("verdict", "What became of it", { verdict: reasonOfReport(report), isFinal: report.isFinal, rows }),
  ];
}

function artifact(artifactId: string, name: string, value: Json): Artifact {
  return { artifactId, name, description: "", parts: [dataPart(value)], metadata: undefined, extensions: [] };
}

/** A message of RAOS. */
export function agentMessage(messageId: string, parts: Part[], taskId = ""): Message {
  return {
    ...{ messageId, taskId, contextId: taskId, parts },
    ...{ role: Role.ROLE_AGENT, metadata: undefined, extensions: [], referenceTaskIds: [] },
  };
}

export function wordsPart(value: string): Part {
  return { content: { $case: "text", value }, metadata: undefined, filename: "", mediaType: "text/plain" };
}

export function dataPart(value: Json): Part {
  return { content: { $case: "data", value }, metadata: undefined, filename: "", mediaType: "application/json" };
}
