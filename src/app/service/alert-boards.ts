import { join } from "node:path";
import { type Alert, SENDERS, type Sender } from "../../domain/alert/alert.ts";
import type { AlertReading } from "../../domain/alert/alert-payload.ts";
import type { RepoKey } from "../../domain/trigger.ts";
import type { AlertReceiver } from "../../http/alerts.ts";
import type { AlertProgress } from "../../pass/reported-alerts.ts";
import type { Log, World } from "../../pass/world.ts";
import { type AlertBoard, type BoardEntry, createAlertBoard } from "../../queue/alert-board.ts";
import type { StoredAlert } from "../../queue/alert-rows.ts";
import { createAlertStore } from "../../queue/alert-store.ts";
import type { DroppedAlerts } from "../../queue/board-capacity.ts";
import type { BoardLimits } from "../../queue/board-limits.ts";
import type { Shell } from "../shell.ts";
import { cacheFolder } from "../world/cache-folder.ts";
import { createAlertOwners } from "./alert-owners.ts";
import { createProgress } from "./alert-progress.ts";
import { latestEntries } from "./latest-entries.ts";
import { createReadBack } from "./read-back.ts";

/** Most alerts of one sender in one repository. */
const LIMITS: BoardLimits = { most: 50_000, unknown: 5000, ofAgent: 2000, ofName: 500 };
/** How long a resolved alert is kept after its end (a day), and a firing one after its last report (a week). */
const DAY = 86_400_000;
const WEEK = 7 * DAY;
/** The active alerts of each repository that is served. Each repository decides which agent an alert belongs to. */
export interface AlertBoards {
  /** Reads the alerts that an earlier process with this cache kept on disk, and those of another process that has ended. */
  restore(): void;
  /** The alerts that a pass over a repository acts on. An alert that several senders report fires as long as one says so. */
  alerts(repo: RepoKey): readonly Alert[];
  /** The senders whose active alerts were read back completely; false: none. */
  completeSenders(repo: RepoKey): readonly Sender[] | false;
  /** The progress of the work on a repository's alerts; `end` says how a pass ended. */
  progress(repo: RepoKey): AlertProgress & { end(how: "ended" | "given-up" | "failed"): void };
  /** Accepts deliveries; undefined where `ALERTS_TOKEN` is not set. Calls `queuePass` for each repository with new alerts. */
  receiver(repos: () => Iterable<RepoKey>, queuePass: (repo: RepoKey) => void): AlertReceiver | undefined;
  /** Reads which agents there are on the default branch now, and assigns the alerts to them. */
  readFleet(repo: RepoKey, world: World): Promise<void>;
  /** Whether the fleet of the repository was read. */
  isFleetRead(repo: RepoKey): boolean;
  /**
   * Reads the active alerts from the Alertmanagers of raos.yaml: finds what was lost while the process was down, and what
   * ended. `isFleetKnown`: the default branch has not moved since the fleet was read.
   */
  readBack(repo: RepoKey, world: World, log: Log, options?: { readonly isFleetKnown: boolean }): Promise<void>;
  /** Whether a sender left alerts out of a delivery since this was last called. */
  takeTruncated(repo: RepoKey): boolean;
  /** Deletes the alerts that ended a day ago. */
  forget(): void;
  /** Deletes every alert of a repository. */
  clear(repo: RepoKey): void;
  /** Gives the alerts of a repository to its new name. */
  rename(from: RepoKey, to: RepoKey): void;
  /** Alerts on the largest boards. */
  size(): number;
  /** Whether accepted alerts are written to disk. */
  isOnDisk(): boolean;
  close(): void;
}

export interface BoardEvents {
  readonly dropped: (what: DroppedAlerts) => void;
  readonly warn: (fields: Readonly<Record<string, unknown>>, message: string) => void;
}

/** Boards in memory, one for each repository and sender, kept on disk in the cache folder. */
export function createAlertBoards(shell: Shell, { dropped, warn }: BoardEvents): AlertBoards {
  const boards = new Map<RepoKey, Map<Sender, AlertBoard>>();
  const owners = createAlertOwners();
  const truncated = new Set<RepoKey>();
  const store = createAlertStore({ folder: join(cacheFolder(shell), "alerts"), all: storedAlerts, warn });

  function* storedAlerts(): Generator<StoredAlert> {
    for (const [repo, bySender] of boards)
      for (const [sender, board] of bySender) for (const entry of board.list()) yield { repo, sender, entry };
  }

  function boardOf(repo: RepoKey, sender: Sender): AlertBoard {
    const bySender = boards.get(repo) ?? new Map<Sender, AlertBoard>();
    boards.set(repo, bySender);
    const ownerOf = (alert: Alert) => owners.ownerOf(repo, alert);
    const known = bySender.get(sender);
    const board = known ?? createAlertBoard({ limits: LIMITS, ownerOf, journal: store.journal(repo, sender) });
    bySender.set(sender, board);
    return board;
  }

  const entriesOf = (repo: RepoKey): readonly BoardEntry[] =>
    latestEntries([...(boards.get(repo)?.values() ?? [])].flatMap((board) => board.list()));

  /** Puts a delivery on the boards. Returns the repositories with new alerts, and whether a board was full. */
  function put({ alerts, origin, truncated: left }: AlertReading, repos: readonly RepoKey[]) {
    const changed: RepoKey[] = [];
    let isFull = false;
    for (const [repo, share] of owners.divide(alerts, repos)) {
      let isNews = left > 0;
      for (const [sender, some] of Map.groupBy(share, (alert) => alert.sender)) {
        const result = boardOf(repo, sender).put(some, { receivedAt: shell.now(), origin });
        if (result.kind === "full") isFull = true;
        else {
          dropped(result.dropped);
          isNews ||= result.taken > 0;
        }
      }
      if (left > 0) truncated.add(repo);
      if (isNews) changed.push(repo);
    }
    return { changed, isFull };
  }

  async function readFleet(repo: RepoKey, world: World): Promise<void> {
    if (!(await owners.read(repo, world))) return;
    for (const board of boards.get(repo)?.values() ?? []) dropped(board.reassignOwners());
  }

  const readBack = createReadBack({
    shell,
    owners,
    dropped,
    board: (repo) => boardOf(repo, "alertmanager"),
    waits: (repo) => entriesOf(repo).some(({ alert, isHandled }) => !isHandled && owners.ownerOf(repo, alert) !== null),
  });

  function clear(repo: RepoKey): void {
    const all = { ended: Number.POSITIVE_INFINITY, heard: Number.POSITIVE_INFINITY };
    for (const board of boards.get(repo)?.values() ?? []) board.forget(all);
    owners.forget(repo);
    truncated.delete(repo);
    store.writeSoon();
  }

  return {
    clear,
    rename(from, to) {
      for (const [sender, board] of boards.get(from) ?? [])
        for (const entry of board.list()) boardOf(to, sender).restore(entry);
      clear(from);
    },
    restore() {
      for (const { repo, sender, entry } of store.readNew()) boardOf(repo, sender).restore(entry);
    },
    alerts: (repo) => entriesOf(repo).map(({ alert }) => alert),
    completeSenders(repo) {
      const found = SENDERS.filter(
        (sender) =>
          boards.get(repo)?.get(sender)?.isComplete() === true &&
          !(sender === "alertmanager" && readBack.isPartial(repo)),
      );
      return found.length > 0 && found;
    },
    progress: (repo) => createProgress((sender) => boardOf(repo, sender), store.writeSoon, shell.now),
    receiver(repos, queuePass) {
      const { ALERTS_TOKEN: token } = shell.env;
      if (token === undefined || token === "") return undefined;
      const receive: AlertReceiver["put"] = async (reading) => {
        const known = [...repos()];
        // Until a repository is known, the sender has to try again.
        if (known.length === 0) return "full";
        const { changed, isFull } = put(reading, known);
        const isSaved = await store.save().then(
          () => true,
          () => false,
        );
        for (const repo of changed) queuePass(repo);
        return isFull ? "full" : isSaved ? "taken" : "unsaved";
      };
      return { token, now: shell.now, put: receive };
    },
    isFleetRead: owners.isRead,
    readFleet,
    async readBack(repo, world, log, { isFleetKnown } = { isFleetKnown: false }) {
      if (!isFleetKnown) await readFleet(repo, world);
      await readBack.read(repo, log);
    },
    takeTruncated: (repo) => truncated.delete(repo),
    forget() {
      const now = shell.now();
      for (const bySender of boards.values())
        for (const board of bySender.values()) board.forget({ ended: now - DAY, heard: now - WEEK });
    },
    size: () => Math.max(0, ...[...boards.values()].map(sizeOf)),
    isOnDisk: store.isUp,
    close: store.close,
  };
}

function sizeOf(bySender: ReadonlyMap<Sender, AlertBoard>): number {
  return [...bySender.values()].reduce((total, board) => total + board.size(), 0);
}
