import * as z from "zod";
import { type StateStore, updateState } from "../state/state-store.ts";
import { RunRecord } from "./run-record.ts";

/** Runs that are not finished, each leased to the process that works at it, so that another one takes it up after a crash. */
export interface OpenRuns {
  /** Keeps the record and takes the lease. False: it is there already, so that a message that came twice is one run. */
  open(run: RunRecord): Promise<boolean>;
  /** Keeps what a run came to; the lease stays. */
  keep(run: RunRecord): Promise<void>;
  /** Gives up the lease of a run that waits for a person: nobody works at it. */
  rest(id: string): Promise<void>;
  find(id: string): Promise<RunRecord | undefined>;
  /** Takes the lease of a run that waited. */
  resume(run: RunRecord): Promise<void>;
  close(id: string): Promise<void>;
  /** Prolongs the leases of these runs, takes over those whose lease has ended, and names those that somebody else closed. */
  renew(own: ReadonlySet<string>): Promise<{ readonly taken: readonly RunRecord[]; readonly gone: readonly string[] }>;
  /** Gives up the leases of these runs, for another process to go on at once. */
  release(own: ReadonlySet<string>): Promise<void>;
}

interface OpenRunsOptions {
  readonly store: StateStore;
  /** Name of this process that a restart in the same pod keeps: it takes up its own runs at once. */
  readonly owner: string;
  readonly leaseMs: number;
  readonly now: () => number;
}

/** The runs are spread over as many values, so that replicas seldom write the same one at the same time. */
const SHARDS = 4;

const Lease = z.object({ owner: z.string(), until: z.number() });
type Lease = z.infer<typeof Lease>;
const Leases = z.record(z.string(), Lease);
type LeaseTable = z.infer<typeof Leases>;

export function createOpenRuns({ store, owner, leaseMs, now }: OpenRunsOptions): OpenRuns {
  const recordKey = (id: string) => `run-${id}`;
  const lease = () => ({ owner, until: now() + leaseMs });
  const change = (id: string, next: (leases: LeaseTable) => LeaseTable) =>
    updateState(store, shardOf(id), (value) => next(leasesIn(value)));
  const take = (id: string) => change(id, (leases) => ({ ...leases, [id]: lease() }));
  const give = (id: string) => change(id, ({ [id]: _gone, ...leases }) => leases);
  // Redis takes no blind write of a value that was made by a conditional one.
  const keep = (run: RunRecord) => updateState(store, recordKey(run.id), () => run);
  const find = async (id: string) => RunRecord.safeParse((await store.read(recordKey(id))).value).data;

  /** The ids of a shard that this process now holds and did not before, and those that it held and are gone. */
  async function renewShard(shard: string, own: ReadonlySet<string>) {
    let taken: readonly string[] = [];
    let gone: readonly string[] = [];
    await updateState(store, shard, (value) => {
      const leases = leasesIn(value);
      const isMine = (id: string, held: Lease) => own.has(id) || held.owner === owner || held.until < now();
      const mine = Object.entries(leases).filter(([id, held]) => isMine(id, held));
      taken = mine.map(([id]) => id).filter((id) => !own.has(id));
      gone = [...own].filter((id) => shardOf(id) === shard && leases[id] === undefined);
      return mine.length === 0 ? undefined : { ...leases, ...Object.fromEntries(mine.map(([id]) => [id, lease()])) };
    });
    return { taken, gone };
  }

  /** The record of a run that this process takes up. */
  async function takeUp(id: string): Promise<RunRecord | undefined> {
    const run = await find(id);
    if (run === undefined) {
      await give(id);
      return undefined;
    }
    const again = { ...run, attempts: run.attempts + 1 };
    await keep(again);
    return again;
  }

  return {
    find,
    async open(run) {
      if (!(await store.writeIf(recordKey(run.id), run, undefined))) return false;
      await take(run.id);
      return true;
    },
    keep,
    rest: give,
    async resume(run) {
      await keep(run);
      await take(run.id);
    },
    async close(id) {
      await give(id);
      await store.remove(recordKey(id));
    },
    async renew(own) {
      const shards = Array.from({ length: SHARDS }, (_, shard) => renewShard(`open-${shard}`, own));
      const found = await Promise.all(shards);
      const records = await Promise.all(found.flatMap(({ taken }) => taken.map(takeUp)));
      return { taken: records.filter((run) => run !== undefined), gone: found.flatMap(({ gone }) => gone) };
    },
    async release(own) {
      for (const id of own) await change(id, (leases) => ({ ...leases, [id]: { owner: "", until: 0 } }));
    },
  };
}

function shardOf(id: string): string {
  return `open-${[...id].reduce((sum, character) => sum + character.charCodeAt(0), 0) % SHARDS}`;
}

function leasesIn(value: unknown): LeaseTable {
  return Leases.safeParse(value).data ?? {};
}
