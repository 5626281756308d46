import { join } from "node:path";
import { type Alert, SENDERS, type Sender } from "../domain/alert.ts";
import type { AlertReading } from "../domain/alert-payload.ts";
import type { AgentKey } from "../domain/fleet.ts";
import type { RepoKey } from "../domain/trigger.ts";
import type { AlertProgress } from "../incidents/desk.ts";
import { directoryOf } from "../incidents/directory.ts";
import { readActiveAlerts } from "../intake/alertmanager.ts";
import type { AlertIntake } from "../intake/alerts.ts";
import { type AlertBoard, createAlertBoard, type Entry } from "../queue/alert-board.ts";
import type { BoardLimits, Dropped } from "../queue/alert-places.ts";
import { createAlertStore, type Kept } from "../queue/alert-store.ts";
import { whoseAlert } from "../remedy/whose-alert.ts";
import { type Survey, survey } from "../survey/survey.ts";
import type { Log, World } from "../world.ts";
import { createProgress } from "./alert-progress.ts";
import { ALERTMANAGER, boundToken } from "./bound-token.ts";
import { cacheFolder } from "./open-world.ts";
import type { Shell } from "./shell.ts";

/** Room of one sender's alerts in one repository. */
const LIMITS: BoardLimits = { most: 50_000, unknown: 5000, ofAgent: 2000, ofName: 500 };
/** How long an alert is remembered after it ended, and one that fires after it was last heard of: senders repeat within hours. */
const DAY = 86_400_000;
const WEEK = 7 * DAY;
/** Milliseconds to read active alerts back; less where alerts wait that no pass has acted on yet. */
const READ_BACK = 10_000;
const READ_BACK_FIRST = 2000;

/** What fires, for each repository that is served: whose an alert is, each of them tells by itself. */
export interface AlertBoards {
  /** Reads what an earlier process with this cache left, and what another one left that has ended. */
  restore(): void;
  /** What a pass over a repository acts on: of an alert that several report, that it fires, as long as one says so. */
  present(repo: RepoKey): readonly Alert[];
  /** Senders that were read back whole; false: none. */
  whole(repo: RepoKey): readonly Sender[] | false;
  /** How far the work on a repository's alerts has come. `isStopped`: the process is about to end in good order. */
  progress(repo: RepoKey): AlertProgress & { end(how: "ended" | "given-up" | "failed"): void };
  /** Takes deliveries; undefined where `ALERTS_TOKEN` is not set. `ring` is called for each repository that may have news. */
  intake(repos: () => Iterable<RepoKey>, ring: (repo: RepoKey) => void): AlertIntake | undefined;
  /** Looks whose alerts are, in the fleet as it is on the default branch now. */
  know(repo: RepoKey, world: World): Promise<void>;
  /** Whether it was not looked yet. */
  isUnknown(repo: RepoKey): boolean;
  /** Reads the active alerts back from the Alertmanager of raos.yaml: what was lost while the process was down, and what ended. */
  readBack(repo: RepoKey, world: World, log: Log): Promise<void>;
  /** Whether a sender left something out since this was last asked. */
  lacks(repo: RepoKey): boolean;
  /** Forgets what ended a day ago. */
  forget(): void;
  /** Alerts on the largest boards. */
  size(): number;
  /** Whether what is taken is on disk. */
  isSafe(): boolean;
  close(): void;
}

export interface BoardEvents {
  readonly dropped: (what: Dropped) => void;
  readonly warn: (fields: Readonly<Record<string, unknown>>, message: string) => void;
}

type Whose = (alert: Alert) => AgentKey | null;

/** Boards in memory, one a repository and sender, that are kept on disk in the cache folder. */
export function createAlertBoards(shell: Shell, { dropped, warn }: BoardEvents): AlertBoards {
  const boards = new Map<RepoKey, Map<Sender, AlertBoard>>();
  const fleets = new Map<RepoKey, Whose>();
  const alertmanagers = new Map<RepoKey, string | undefined>();
  const truncated = new Set<RepoKey>();
  const store = createAlertStore({ folder: join(cacheFolder(shell), "alerts"), all, warn });

  function* all(): Generator<Kept> {
    for (const [repo, ofRepo] of boards)
      for (const [sender, board] of ofRepo) for (const entry of board.present()) yield { repo, sender, entry };
  }

  function boardOf(repo: RepoKey, sender: Sender): AlertBoard {
    const ofRepo = boards.get(repo) ?? new Map<Sender, AlertBoard>();
    boards.set(repo, ofRepo);
    const whose = (alert: Alert) => fleets.get(repo)?.(alert);
    const known = ofRepo.get(sender);
    const board = known ?? createAlertBoard({ limits: LIMITS, whose, journal: store.journal(repo, sender) });
    ofRepo.set(sender, board);
    return board;
  }

  const entriesOf = (repo: RepoKey): readonly Entry[] =>
    merged([...(boards.get(repo)?.values() ?? [])].flatMap((board) => board.present()));

  /** Of several repositories an alert goes to the one it is about; what is nobody's, to each, in case it is somebody's soon. */
  function sharesOf(alerts: readonly Alert[], repos: readonly RepoKey[]): ReadonlyMap<RepoKey, readonly Alert[]> {
    if (repos.length < 2) return new Map(repos.map((repo) => [repo, alerts]));
    const shares = new Map<RepoKey, Alert[]>(repos.map((repo) => [repo, []]));
    for (const alert of alerts) {
      const owners = repos.filter((repo) => fleets.get(repo)?.(alert) !== null);
      for (const repo of owners.length > 0 ? owners : repos) shares.get(repo)?.push(alert);
    }
    return shares;
  }

  function take({ alerts, origin, truncated: left }: AlertReading, repos: readonly RepoKey[]) {
    const rung: RepoKey[] = [];
    let isFull = false;
    for (const [repo, share] of sharesOf(alerts, repos)) {
      let isNews = left > 0;
      for (const [sender, some] of Map.groupBy(share, (alert) => alert.sender)) {
        const put = boardOf(repo, sender).put(some, { receivedAt: shell.now(), origin });
        if (put.kind === "full") isFull = true;
        else {
          dropped(put.dropped);
          isNews ||= put.taken > 0;
        }
      }
      if (left > 0) truncated.add(repo);
      if (isNews) rung.push(repo);
    }
    return { rung, isFull };
  }

  async function know(repo: RepoKey, world: World): Promise<void> {
    const seen = await surveyNow(world);
    if (seen === undefined) return;
    const { fleet } = seen;
    alertmanagers.set(repo, fleet.config.spec.alertmanager?.url);
    const directory = directoryOf(fleet);
    fleets.set(repo, (alert) => {
      const whose = whoseAlert(alert, directory);
      return whose.kind === "agent" ? whose.agent : null;
    });
    for (const board of boards.get(repo)?.values() ?? []) dropped(board.sort());
  }

  return {
    restore() {
      for (const { repo, sender, entry } of store.read()) boardOf(repo, sender).restore(entry);
    },
    present: (repo) => entriesOf(repo).map(({ alert }) => alert),
    whole(repo) {
      const found = SENDERS.filter((sender) => boards.get(repo)?.get(sender)?.isWhole() === true);
      return found.length > 0 && found;
    },
    progress: (repo) => createProgress((sender) => boardOf(repo, sender), store.note, shell.now),
    intake(repos, ring) {
      const { ALERTS_TOKEN: token } = shell.env;
      if (token === undefined || token === "") return undefined;
      const put: AlertIntake["put"] = async (reading) => {
        const known = [...repos()];
        // Until a repository is known the sender has to come again.
        if (known.length === 0) return "full";
        const { rung, isFull } = take(reading, known);
        const isSaved = await store.saved().then(
          () => true,
          () => false,
        );
        for (const repo of rung) ring(repo);
        return isFull ? "full" : isSaved ? "taken" : "unsaved";
      };
      return { token, now: shell.now, put };
    },
    isUnknown: (repo) => !fleets.has(repo),
    know,
    async readBack(repo, world, log) {
      await know(repo, world);
      const url = alertmanagers.get(repo);
      if (url === undefined) return;
      const asked = shell.now();
      const whose = fleets.get(repo);
      const isPressing = entriesOf(repo).some(({ alert, isHandled }) => !isHandled && whose?.(alert) !== null);
      try {
        const auth = boundToken(shell.env, ALERTMANAGER, url);
        if (auth.kind === "withheld") throw new Error(auth.message);
        const bearer = auth.kind === "token" ? auth.token : undefined;
        const deadlineMs = isPressing ? READ_BACK_FIRST : READ_BACK;
        const { alerts, whole } = await readActiveAlerts({ url, bearer, deadlineMs, now: shell.now });
        const board = boardOf(repo, "alertmanager");
        if (whole) dropped(board.settle(alerts, asked));
        else {
          const put = board.put(alerts, { receivedAt: asked });
          if (put.kind === "taken") dropped(put.dropped);
        }
      } catch (error) {
        log.warn({ error: error instanceof Error ? error.message : String(error) }, "active alerts not read back");
      }
    },
    lacks: (repo) => truncated.delete(repo),
    forget() {
      const now = shell.now();
      for (const ofRepo of boards.values())
        for (const board of ofRepo.values()) board.forget({ ended: now - DAY, heard: now - WEEK });
    },
    size: () =>
      Math.max(0, ...[...boards.values()].map((ofRepo) => sum([...ofRepo.values()].map((one) => one.size())))),
    isSafe: store.isUp,
    close: store.close,
  };
}

/** The fleet on the default branch; undefined where there is none, or raos.yaml cannot be read. */
async function surveyNow(world: World): Promise<Survey | undefined> {
  const head = await world.forge.defaultBranch();
  const view = head.sha === undefined ? undefined : await world.look(head.name, head.sha);
  if (view === undefined) return undefined;
  const seen = await survey(view.source, world.store, world.memory);
  return "kind" in seen ? undefined : seen;
}

/** One of each alert: that it fires for somebody, else the later end. In the order of their beginning. */
function merged(entries: readonly Entry[]): readonly Entry[] {
  const kept = new Map<string, Entry>();
  for (const entry of entries) {
    const other = kept.get(entry.alert.fingerprint);
    if (other === undefined || isRather(entry.alert, other.alert)) kept.set(entry.alert.fingerprint, entry);
  }
  return [...kept.values()].sort((a, b) => a.alert.startsAt - b.alert.startsAt);
}

function isRather(one: Alert, other: Alert): boolean {
  if (one.status !== other.status) return one.status === "firing";
  return one.startsAt !== other.startsAt ? one.startsAt > other.startsAt : (one.endsAt ?? 0) > (other.endsAt ?? 0);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
