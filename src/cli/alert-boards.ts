import type { RepoKey } from "../domain/trigger.ts";
import { readActiveAlerts } from "../intake/alertmanager.ts";
import type { AlertIntake } from "../intake/alerts.ts";
import { type AlertBoard, createAlertBoard } from "../queue/alert-board.ts";
import { survey } from "../survey/survey.ts";
import type { Log, World } from "../world.ts";
import { ALERTMANAGER, boundToken } from "./bound-token.ts";
import type { Shell } from "./shell.ts";

/** Alerts remembered for a repository, and how long after they ended. */
const MOST_ALERTS = 50_000;
const DAY = 86_400_000;
/** Milliseconds to read active alerts back. */
const READ_BACK = 10_000;

/** What fires, for each repository that is served: whose an alert is, each of them tells by itself. */
export interface AlertBoards {
  of(repo: RepoKey): AlertBoard;
  /** Takes deliveries; undefined where `ALERTS_TOKEN` is not set. `ring` is called for each repository that may have news. */
  intake(repos: () => Iterable<RepoKey>, ring: (repo: RepoKey) => void): AlertIntake | undefined;
  /** Reads the active alerts back from the Alertmanager of raos.yaml: what was lost while the process was down, and what ended. */
  readBack(repo: RepoKey, world: World, log: Log): Promise<void>;
  /** Whether a sender left something out since this was last asked. */
  lacks(repo: RepoKey): boolean;
  /** Forgets what ended a day ago. */
  forget(): void;
  /** Alerts on the largest board. */
  size(): number;
}

/** Boards in memory. */
export function createAlertBoards(shell: Shell): AlertBoards {
  const boards = new Map<RepoKey, AlertBoard>();
  const truncated = new Set<RepoKey>();
  const boardOf = (repo: RepoKey): AlertBoard => {
    const board = boards.get(repo) ?? createAlertBoard({ most: MOST_ALERTS });
    boards.set(repo, board);
    return board;
  };
  return {
    of: boardOf,
    intake(repos, ring) {
      const { ALERTS_TOKEN: token } = shell.env;
      if (token === undefined || token === "") return undefined;
      const put: AlertIntake["put"] = (alerts, left) => {
        // Until a repository is known the sender has to come again.
        const all = [...repos()];
        const taken = all.map((repo) => boardOf(repo).put(alerts, shell.now()));
        if (taken.length === 0 || taken.includes("full")) return "full";
        for (const repo of all) {
          if (left > 0) truncated.add(repo);
          ring(repo);
        }
        return "taken";
      };
      return { token, now: shell.now, put };
    },
    async readBack(repo, world, log) {
      const url = await alertmanagerOf(world);
      if (url === undefined) return;
      const asked = shell.now();
      try {
        const auth = boundToken(shell.env, ALERTMANAGER, url);
        if (auth.kind === "withheld") throw new Error(auth.message);
        const bearer = auth.kind === "token" ? auth.token : undefined;
        const { alerts, whole } = await readActiveAlerts({ url, bearer, deadlineMs: READ_BACK, now: shell.now });
        if (whole) boardOf(repo).settle(alerts, asked);
        else boardOf(repo).put(alerts, asked);
      } catch (error) {
        log.warn({ error: error instanceof Error ? error.message : String(error) }, "active alerts not read back");
      }
    },
    lacks: (repo) => truncated.delete(repo),
    forget: () => {
      for (const board of boards.values()) board.forget(shell.now() - DAY);
    },
    size: () => Math.max(0, ...[...boards.values()].map((board) => board.size())),
  };
}

/** The Alertmanager that raos.yaml on the default branch names. */
async function alertmanagerOf(world: World): Promise<string | undefined> {
  const head = await world.forge.defaultBranch();
  const view = head.sha === undefined ? undefined : await world.look(head.name, head.sha);
  if (view === undefined) return undefined;
  const seen = await survey(view.source, world.store, world.memory);
  return "kind" in seen ? undefined : seen.fleet.config.spec.alertmanager?.url;
}
