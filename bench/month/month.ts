import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Opened, openLocal } from "../../src/app/world/open-world.ts";
import { readAlerts } from "../../src/domain/alert/alert-payload.ts";
import { isRevert } from "../../src/domain/alert/revert.ts";
import { branchFor, causeOf } from "../../src/domain/branch-name.ts";
import type { Outcome } from "../../src/domain/decision.ts";
import { ForgeError } from "../../src/forge/forge.ts";
import type { LocalForge } from "../../src/forge/local/forge.ts";
import type { World } from "../../src/pass/world.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import { shellFor } from "../../test/support/cli/raos.ts";
import type { Firing } from "./alerts.ts";
import { makeAgents, type SimAgent, sharedFiles, specPath } from "./fleet.ts";
import { type Incident, incidentOf, type PersonsChange, type Scenario } from "./incident.ts";
import { type Answer, type Verdict, whyWrong } from "./judge.ts";
import { type Chance, chanceOf } from "./random.ts";
import { changesBetween, createSimRepository, type SimRepository } from "./repository.ts";
import { SCENARIOS } from "./scenarios/scenarios.ts";
import { startWorldServer, type WorldServer } from "./server.ts";
import { DAY, HOUR, MINUTE } from "./signals.ts";
import { createWorld, type SimWorld } from "./world.ts";

export interface MonthOptions {
  readonly seed: number;
  readonly days: number;
  readonly agents: number;
  readonly incidents: number;
  /** Left out: all of them. */
  readonly only?: readonly string[];
  /** Told what happens, as it happens. */
  readonly log?: (line: string) => void;
}

export interface MonthResult {
  readonly answers: readonly Answer[];
  readonly verdicts: readonly Verdict[];
  readonly passes: number;
  /** The sources that were asked. */
  readonly sources: ReadonlySet<string>;
}

const START = Date.parse("2026-06-01T00:00:00Z");
const TICK = 10 * MINUTE;
/** How often a pass looks again while something fires. */
const AGAIN = 6 * HOUR;

/** Simulates a month: everything but the world is real. Throws where the world cannot answer a query. */
export async function runMonth(options: MonthOptions): Promise<MonthResult> {
  const folder = mkdtempSync(join(tmpdir(), "raos-month-"));
  const chance = chanceOf(options.seed);
  const agents = makeAgents(options.agents, chance);
  const world = createWorld(agents, START - 10 * DAY);
  const server = await startWorldServer(world);
  const repository = createSimRepository(folder, sharedFiles(agents, server.url), START - 10 * DAY);
  const kubeconfig = join(folder, "kubeconfig");
  writeFileSync(kubeconfig, kubeconfigOf(server.url));
  const cwd = join(folder, "clone");
  const opened = await openLocal(
    shellFor(cwd, () => world.clock.now, { KUBECONFIG: kubeconfig }),
    repository.bare,
  );
  try {
    const month = new Month(options, chance, world, server, repository, opened);
    await month.settle();
    await month.run();
    return { answers: month.answers, verdicts: month.verdicts, passes: month.passes, sources: server.asked };
  } finally {
    await opened.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Scheduled {
  readonly at: number;
  run(): void | Promise<void>;
}

/** An alert as its sender holds it. */
interface Sent extends Firing {
  readonly startsAt: number;
  readonly endsAt: number | undefined;
}

class Month {
  readonly answers: Answer[] = [];
  readonly verdicts: Verdict[] = [];
  passes = 0;
  readonly #sent = new Map<string, Sent>();
  readonly #due: Scheduled[] = [];
  readonly #pulls = new Map<string, Incident>();
  readonly #options: MonthOptions;
  readonly #chance: Chance;
  readonly #world: SimWorld;
  readonly #server: WorldServer;
  readonly #repository: SimRepository;
  readonly #opened: Opened<LocalForge>;

  constructor(
    options: MonthOptions,
    chance: Chance,
    world: SimWorld,
    server: WorldServer,
    repository: SimRepository,
    opened: Opened<LocalForge>,
  ) {
    this.#options = options;
    this.#chance = chance;
    this.#world = world;
    this.#server = server;
    this.#repository = repository;
    this.#opened = opened;
  }

  /** Merges the files that are generated from the specs, days before the month. */
  async settle(): Promise<void> {
    await this.#pass();
    for (const pull of await this.#opened.forge.list("open")) await this.#opened.forge.merge(pull);
    this.#world.clock.now = START - DAY;
    await this.#pass();
  }

  async run(): Promise<void> {
    const { clock } = this.#world;
    const end = START + this.#options.days * DAY;
    for (const [scenario, at] of this.#schedule())
      this.#due.push({ at: at - 4 * HOUR, run: () => this.#begin(scenario, at) });
    let lastPass = 0;
    for (clock.now = START - 4 * HOUR; clock.now < end; clock.now += TICK) {
      const acted = await this.#act();
      const changed = this.#send();
      const isDue = this.#isFiring() && clock.now - lastPass >= AGAIN;
      if (!acted && !changed && !isDue) continue;
      await this.#pass();
      lastPass = clock.now;
    }
  }

  /** Every scenario in turn, at moments that chance gives. */
  #schedule(): readonly (readonly [Scenario, number])[] {
    const { only, incidents, days } = this.#options;
    const some = SCENARIOS.filter(({ name }) => only === undefined || only.includes(name));
    return Array.from({ length: incidents }, (_, index) => {
      const scenario = some[index % some.length];
      if (scenario === undefined) throw new Error("there is no such scenario");
      return [scenario, START + Math.floor(this.#chance.between(0, days * 0.85) * 144) * TICK] as const;
    });
  }

  #begin(scenario: Scenario, start: number): void {
    const free = this.#world.agents.filter(
      (agent) => (scenario.work ?? agent.work) === agent.work && this.#isFree(agent, start),
    );
    const agent = free[this.#chance.whole(0, Math.max(0, free.length - 1))];
    if (agent === undefined) return;
    const incident = incidentOf(scenario, {
      agent,
      start,
      chance: this.#chance,
      settings: this.#world.settings(agent, "production"),
    });
    this.#world.begin(incident);
    this.answers.push({ incident, alerts: 0, right: 0, wrong: 0, reports: 0, skipped: 0 });
    for (const change of incident.changes)
      this.#due.push({ at: start + change.after, run: () => this.#change(agent, change) });
    this.#say(`${scenario.name} begins at ${agent.key}`);
  }

  /** Incidents of one agent do not overlap, and leave it a day to recover. */
  #isFree(agent: SimAgent, start: number): boolean {
    return this.answers.every(({ incident }) => incident.agent !== agent || incident.end + DAY < start);
  }

  #change(agent: SimAgent, { edit, style }: PersonsChange): void {
    this.#repository.change(specPath(agent), edit, style, this.#world.clock.now);
  }

  /** Does what is due. Returns whether something was. */
  async #act(): Promise<boolean> {
    const { now } = this.#world.clock;
    const due = this.#due.filter(({ at }) => at <= now);
    const later = this.#due.filter(({ at }) => at > now);
    this.#due.splice(0, this.#due.length, ...later);
    for (const one of due.toSorted((a, b) => a.at - b.at)) await one.run();
    return due.length > 0;
  }

  /** Evaluates the rules. Returns whether an alert began or ended. */
  #send(): boolean {
    const { now } = this.#world.clock;
    const firing = new Map(this.#world.firing().map((one) => [JSON.stringify(Object.entries(one.labels).sort()), one]));
    let changed = false;
    for (const [key, one] of firing) {
      if (this.#sent.get(key)?.endsAt === undefined && this.#sent.has(key)) continue;
      this.#sent.set(key, { ...one, startsAt: now, endsAt: undefined });
      changed = true;
      this.#count(one);
    }
    for (const [key, one] of this.#sent) {
      if (one.endsAt === undefined && !firing.has(key)) {
        this.#sent.set(key, { ...one, endsAt: now });
        changed = true;
      }
      if (one.endsAt !== undefined && one.endsAt < now - 2 * HOUR) this.#sent.delete(key);
    }
    return changed;
  }

  #count({ labels }: Firing): void {
    // No name of an agent is a part of another's.
    const values = Object.values(labels);
    const agent = this.#world.agents.find(
      ({ name, tenant }) =>
        values.some((value) => value.includes(name)) &&
        values.some((value) => value === tenant || value.startsWith(`${tenant}.`)),
    );
    const answer = agent && this.#answerOf(agent);
    if (answer !== undefined) answer.alerts += 1;
  }

  #answerOf(agent: SimAgent): Answer | undefined {
    const open = this.#world.openOf(agent);
    return (
      this.answers.findLast(({ incident }) => open.includes(incident)) ??
      this.answers.findLast(({ incident }) => incident.agent === agent)
    );
  }

  #isFiring(): boolean {
    return [...this.#sent.values()].some(({ endsAt }) => endsAt === undefined);
  }

  async #pass(): Promise<void> {
    const { now } = this.#world.clock;
    const alerts = (isGrafana: boolean) =>
      [...this.#sent.values()]
        .filter((one) => one.isGrafana === isGrafana)
        .map(({ labels, annotations, startsAt, endsAt }) => ({
          status: endsAt === undefined ? "firing" : "resolved",
          labels,
          annotations,
          startsAt: new Date(startsAt).toISOString(),
          endsAt: endsAt === undefined ? "0001-01-01T00:00:00Z" : new Date(endsAt).toISOString(),
        }));
    const read = [
      readAlerts({ version: "4", truncatedAlerts: 0, alerts: alerts(false) }, now),
      readAlerts({ version: "1", orgId: 1, truncatedAlerts: 0, alerts: alerts(true) }, now),
    ];
    const outcomes = await reconcile(withoutVerdicts(this.#opened.world), {
      alerts: read.flatMap((one) => one.alerts),
      whole: ["alertmanager"],
    });
    this.passes += 1;
    for (const [query, why] of this.#server.unknown) throw new Error(`the world cannot answer ${query}: ${why}`);
    await this.#hear(outcomes);
  }

  async #hear(outcomes: readonly Outcome[]): Promise<void> {
    const opened = new Map(
      outcomes.flatMap((one) =>
        one.kind === "opened" && one.pull !== undefined ? [[one.pull.number, one] as const] : [],
      ),
    );
    for (const [number, outcome] of opened) {
      if (outcome.cause === "alert") this.#judge(outcome, outcome.pull?.branch ?? "");
      this.#plan(number, outcome);
    }
    for (const outcome of outcomes) {
      const answer = this.#answerOfKey(outcome.agent);
      if (outcome.cause !== "alert" || answer === undefined) continue;
      if (outcome.kind === "opened" && outcome.issue !== undefined) {
        answer.reports += 1;
        this.#say(`report ${outcome.remedy} about ${outcome.agent} (${answer.incident.scenario}): ${outcome.reason}`);
      } else if (outcome.kind === "skipped") answer.skipped += 1;
    }
  }

  #answerOfKey(key: string): Answer | undefined {
    const agent = this.#world.agents.find((one) => one.key === key);
    return agent && this.#answerOf(agent);
  }

  /** A person merges it after some hours (what was generated after a push: at once), or refuses it; then it is rolled out. */
  #plan(number: number, outcome: Outcome): void {
    const isAlert = outcome.cause === "alert";
    const wait = isAlert ? this.#chance.between(0.3, 6) * HOUR : TICK;
    const refuses = isAlert && this.#chance.next() < 0.05;
    const at = this.#world.clock.now + wait;
    this.#due.push({ at, run: () => this.#end(number, refuses) });
  }

  async #end(number: number, refuses: boolean): Promise<void> {
    const { forge } = this.#opened;
    const pull = await forge.pull(number);
    if (pull?.state !== "open") return;
    const paths = this.#repository.specsIn(pull.branch);
    const cause = causeOf(pull.branch);
    const agents = this.#world.agents.filter(
      (one) =>
        paths.includes(specPath(one)) ||
        (cause?.kind === "drift" && cause.scope.kind === "agent" && cause.scope.agent === one.key),
    );
    try {
      if (refuses) return await forge.closeAsPerson(pull);
      await forge.merge(pull);
    } catch (error) {
      if (error instanceof ForgeError) return this.#say(`${pull.branch} cannot be merged: ${error.message}`);
      throw error;
    }
    for (const agent of agents) this.#rollOut(agent);
  }

  #rollOut(agent: SimAgent): void {
    const { now } = this.#world.clock;
    const text = this.#repository.read("main", specPath(agent));
    const stuck = Math.max(0, ...this.#world.openOf(agent).map((one) => one.stuckUntil));
    if (text !== undefined) this.#world.rollOut(agent, text, Math.max(stuck, now + this.#chance.whole(4, 15) * MINUTE));
  }

  #judge({ remedy = "" }: Outcome, branch: string): void {
    const { now } = this.#world.clock;
    const cause = causeOf(branch);
    for (const path of this.#repository.specsIn(branch)) {
      const agent = this.#world.agents.find((one) => specPath(one) === path);
      const [before, after] = [this.#repository.read("main", path), this.#repository.read(branch, path)];
      if (agent === undefined || before === undefined || after === undefined) continue;
      const changes = changesBetween(before, after);
      const isBack = cause?.kind === "alert" && isRevert(cause);
      const first = isBack
        ? this.#pulls.get(branchFor({ ...cause, remedy: remedy.replace(/\.revert$/, "") }))
        : undefined;
      const judged = isBack
        ? {
            incident: first,
            why: first !== undefined && now < first.end ? "what it works around is not over" : undefined,
          }
        : whyWrong(changes, this.#world.openOf(agent), (incident) => this.#triesOf(incident));
      const answer = this.answers.find(({ incident }) => incident === judged.incident) ?? this.#answerOf(agent);
      if (answer !== undefined) answer[judged.why === undefined ? "right" : "wrong"] += 1;
      if (judged.incident !== undefined) this.#pulls.set(branch, judged.incident);
      const texts = [
        ...changes.production,
        ...changes.staging.map((one) => ({ ...one, path: `staging: ${one.path}` })),
      ].map(({ path: at, from, to }) => `${at} ${from} → ${to}`);
      const verdict = {
        scenario: answer?.incident.scenario ?? "nothing",
        agent: agent.key,
        remedy,
        at: now,
        why: judged.why,
        changes: texts,
      };
      this.verdicts.push(verdict);
      this.#say(
        `${verdict.why === undefined ? "right" : `WRONG (${verdict.why})`}: ${remedy} at ${agent.key} (${verdict.scenario}): ${texts.join("; ")}`,
      );
    }
  }

  #triesOf(incident: Incident): number {
    const answer = this.answers.find((one) => one.incident === incident);
    return (answer?.right ?? 0) + (answer?.wrong ?? 0);
  }

  #say(line: string): void {
    this.#options.log?.(`${new Date(this.#world.clock.now).toISOString().slice(5, 16)} ${line}`);
  }
}

function kubeconfigOf(url: string): string {
  const names = ["s1", "p1"];
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: names.map((name) => ({
      name,
      cluster: { server: `${url}/cluster/${name}`, "insecure-skip-tls-verify": true },
    })),
    users: [{ name: "raos", user: { token: "none" } }],
    contexts: names.map((name) => ({ name, context: { cluster: name, user: "raos" } })),
    "current-context": "p1",
  });
}

/** The month is about alerts: its Prometheus has nothing by which roll-outs are judged, and nothing about all agents at once. */
function withoutVerdicts(world: World): World {
  return {
    ...world,
    evidenceReader(config, environment) {
      const { readRange: _, readFleetSeries: __, ...reader } = world.evidenceReader(config, environment);
      return reader;
    },
  };
}
