import type { RepoKey } from "../../domain/trigger.ts";
import { readActiveAlerts } from "../../http/alertmanager.ts";
import type { Log } from "../../pass/world.ts";
import type { AlertBoard } from "../../queue/alert-board.ts";
import type { DroppedAlerts } from "../../queue/board-capacity.ts";
import type { Shell } from "../shell.ts";
import { namesFor } from "../world/bound-token.ts";
import { sourceAccess } from "../world/source-access.ts";
import type { AlertOwners, EnvironmentAlertmanager } from "./alert-owners.ts";

/** Milliseconds to read active alerts back; less where alerts wait that no pass has acted on yet. */
const READ_BACK = 10_000;
const READ_BACK_FIRST = 2000;

export interface ReadBackOptions {
  readonly shell: Shell;
  readonly owners: AlertOwners;
  readonly dropped: (what: DroppedAlerts) => void;
  /** The board of what Alertmanagers send. */
  readonly board: (repo: RepoKey) => AlertBoard;
  /** Whether alerts wait that no pass has acted on yet. */
  readonly waits: (repo: RepoKey) => boolean;
}

/** Reads the active alerts of repositories from the Alertmanagers of their environments. */
export interface ReadBack {
  /** Each Alertmanager ends only the alerts of its own environments. The log says which could not be read; never throws. */
  read(repo: RepoKey, log: Log): Promise<void>;
  /** Whether some alerts that Alertmanagers send were not read when this was last tried. */
  isPartial(repo: RepoKey): boolean;
}

/** Creates the reader of active alerts. */
export function createReadBack({ shell, owners, dropped, board, waits }: ReadBackOptions): ReadBack {
  const partial = new Set<RepoKey>();
  const accesses = new Map<string, ReturnType<typeof sourceAccess>>();

  /** What may be sent to an Alertmanager, kept so that its files are read only when they change. */
  function accessOf(url: string, environment: string): ReturnType<typeof sourceAccess> {
    const key = `${environment} ${url}`;
    const access = accesses.get(key) ?? sourceAccess(shell, namesFor(shell.env, "ALERTMANAGER", environment), url);
    accesses.set(key, access);
    return access;
  }

  /**
   * Reads the active alerts of an Alertmanager onto the board. Returns whether they are all. Throws where its credential may
   * not be sent there, or it does not answer.
   */
  async function readOne(repo: RepoKey, { url, environment, isOf }: EnvironmentAlertmanager): Promise<boolean> {
    const asked = shell.now();
    const access = await accessOf(url, environment)();
    if ("withheld" in access) throw new Error(access.withheld);
    const deadlineMs = waits(repo) ? READ_BACK_FIRST : READ_BACK;
    const active = await readActiveAlerts({ url, ...access, deadlineMs, now: shell.now });
    const alerts = active.alerts.filter((alert) => isOf(alert) || owners.ownerOf(repo, alert) === null);
    if (active.isComplete) dropped(board(repo).replaceFiring(alerts, asked, isOf));
    else {
      const result = board(repo).put(alerts, { receivedAt: asked });
      if (result.kind === "taken") dropped(result.dropped);
    }
    return active.isComplete;
  }

  return {
    async read(repo, log) {
      const { servers, isEveryEnvironment } = owners.alertmanagersOf(repo);
      const read = await Promise.all(
        servers.map((one) =>
          readOne(repo, one).catch((error: unknown) => {
            const message = error instanceof Error ? error.message : String(error);
            const where = servers.length > 1 ? { environment: one.environment } : {};
            log.warn({ error: message, ...where }, "active alerts not read back");
            return false;
          }),
        ),
      );
      // Of a single server that cannot be read, the board keeps what it knew of it.
      const isPartial = !isEveryEnvironment || (servers.length > 1 && read.includes(false));
      partial[isPartial ? "add" : "delete"](repo);
    },
    isPartial: (repo) => partial.has(repo),
  };
}
