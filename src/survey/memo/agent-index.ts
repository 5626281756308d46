import type { AgentKey } from "../../domain/fleet.ts";
import type { Path } from "../../domain/values/scalars.ts";
import type { MemoDatabase } from "./memo-database.ts";

/** Finds agents by what they share: tenant, template, Model, prompt file, name, namespace, or calls. Lists are sorted. */
export class AgentIndex {
  readonly #database: MemoDatabase;

  constructor(database: MemoDatabase) {
    this.#database = database;
  }

  callersOf(key: AgentKey): readonly AgentKey[] {
    return this.#database.column("select distinct caller as value from calls where callee = ? order by caller", key);
  }

  /** Agents that another agent calls. */
  calledAgents(): readonly AgentKey[] {
    return this.#database.column("select distinct callee as value from calls order by callee");
  }

  /** The agents of a tenant, or the first `most` of them. */
  keysOfTenant(tenant: string, most = -1): readonly AgentKey[] {
    return this.#database.column(
      `select distinct key as value from specs where key >= ? and key < ? order by key limit ${most}`,
      `${tenant}/`,
      `${tenant}0`,
    );
  }

  /** The keys after this one, at most so many; of one tenant where it is named. */
  keysAfter(key: AgentKey, most: number, tenant: string | undefined): readonly AgentKey[] {
    const start = tenant === undefined || key > `${tenant}/` ? key : `${tenant}/`;
    return this.#database.column(
      `select distinct key as value from specs where key > ? and key < ? order by key limit ${most}`,
      start,
      tenant === undefined ? "\u{10ffff}" : `${tenant}0`,
    );
  }

  /** Whether a tenant has at least one agent whose file has no Problem of its own. */
  hasAgents(tenant: string): boolean {
    return (
      this.#database.one(
        "select 1 as value from specs where key >= ? and key < ? and facts is not null limit 1",
        `${tenant}/`,
        `${tenant}0`,
      ) !== undefined
    );
  }

  keysOfTemplate(template: string): readonly AgentKey[] {
    return this.#database.column("select distinct key as value from specs where template = ? order by key", template);
  }

  keysOfModel(model: string): readonly AgentKey[] {
    return this.#database.column(
      "select distinct key as value from specs join models using (path) where model = ? order by key",
      model,
    );
  }

  keysOfPrompt(file: Path): readonly AgentKey[] {
    return this.#database.column(
      "select distinct key as value from specs join prompts using (path) where file = ? order by key",
      file,
    );
  }

  keys(): readonly AgentKey[] {
    return this.#database.column("select distinct key as value from specs order by key");
  }

  /** Agents that may have Problems together with other agents; `crossCheck` then compares these. */
  keysToCompare(): readonly AgentKey[] {
    return this.#database.column(`
      select key as value from specs where lower(key) in (select lower(key) from specs group by lower(key) having count(*) > 1)
      union select caller from calls where caller = callee
      union select caller from calls left join specs on key = callee where key is null or facts is null
      union select caller from calls where substr(caller, 1, instr(caller, '/')) <> substr(callee, 1, instr(callee, '/'))
      union select caller from calls join specs a on a.path = calls.path join specs b on b.key = callee
        where a.environments <> b.environments
      union select caller from calls join specs on key = callee where instr(facts, '"endsByItself":true') > 0
      union select key from specs where instr(facts, '"daprAgents":true') > 0
      union select key from specs where namespace is not null and (namespace, substr(key, instr(key, '/') + 1)) in
        (select namespace, substr(key, instr(key, '/') + 1) from specs where namespace is not null group by 1, 2 having count(*) > 1)
      order by 1`);
  }

  /** Files that define the agent; upper and lower case count as the same. */
  claimants(key: AgentKey): readonly Path[] {
    return this.#database.column("select path as value from specs where lower(key) = lower(?) order by path", key);
  }

  /** Agents of a namespace whose Dapr components have fixed names. Which facts they have is known by the text of their JSON. */
  daprAgents(namespace: string): readonly AgentKey[] {
    return this.#database.column(
      `select key as value from specs where namespace = ? and instr(facts, '"daprAgents":true') > 0 order by key`,
      namespace,
    );
  }

  /** Agents whose images move to newer versions, sorted. */
  keysWithUpgrades(): readonly AgentKey[] {
    return this.#database.column(
      `select distinct key as value from specs where instr(facts, '"upgrades":') > 0 order by key`,
    );
  }

  /** Agents that were asked for below a root, over all generations, sorted. */
  keysOfRoot(root: AgentKey): readonly AgentKey[] {
    return this.#database.column("select distinct key as value from lineages where root = ? order by key", root);
  }

  /** Agents that other agents asked for, sorted. */
  keysWithLineage(): readonly AgentKey[] {
    return this.#database.column("select distinct key as value from lineages order by key");
  }

  /** Whether something is generated for the agent. */
  isDeployed(key: AgentKey): boolean {
    return this.#database.one("select 1 as value from drifts where key = ? and state = 'new'", key) === undefined;
  }

  /** Agents with this namespace and name, of any tenant: two of them have the same Dapr app-id. */
  keysOfAppId(namespace: string, name: string): readonly AgentKey[] {
    return this.#database.column(
      "select key as value from specs where namespace = ? and substr(key, instr(key, '/') + 1) = ? and namespace is not null order by key",
      namespace,
      name,
    );
  }
}
