import type { AgentSpec } from "../../../domain/agent/agent.ts";
import { endsByItself } from "../../../domain/agent/workload.ts";
import { nameOf, tenantOf } from "../../../domain/agent-key.ts";
import { acceptsTenant } from "../../../domain/consent.ts";
import type { Agent } from "../../../domain/fleet.ts";
import type { AgentTemplate } from "../../../domain/kinds/kinds.ts";
import { redact } from "../../../observe/redact.ts";
import type { Pass } from "../../../pass/pass.ts";
import { nameKey, outsideNames } from "../../../request/language/names.ts";
import { seenAgents, wordsOf, wordsShared } from "./seen-agents.ts";

/** What a model may choose from, for one request. */
export interface Offer {
  readonly tenants: readonly string[];
  readonly templates: readonly string[];
  /** What it is shown of the repository, part by part. */
  readonly parts: Readonly<Record<string, unknown>>;
  /** Images, addresses and Secrets that an agent of a tenant may name: those of templates, Models, and the tenant's agents. */
  namesOf(tenant: string): ReadonlySet<string>;
}

const MOST_TENANTS = 100;
const MOST_TEMPLATES = 40;
/** Characters of one part, so that it is whole in the prompt. */
const LONGEST_PART = 7500;

/** The names that exist, those first that have most to do with the words; a large fleet is not listed as a whole. Throws GitError. */
export async function gatherOffer(pass: Pass, words: string, tenant: string | undefined): Promise<Offer> {
  const { fleet, environments } = pass.survey;
  const said = wordsOf(words);
  const byWords = (a: string, b: string) => wordsShared(b, said) - wordsShared(a, said);
  const tenants = tenant === undefined ? [...fleet.tenants.keys()].toSorted(byWords).slice(0, MOST_TENANTS) : [tenant];
  const templates = [...fleet.templates].toSorted(([a], [b]) => byWords(a, b)).slice(0, MOST_TEMPLATES);
  const seen = await seenAgents(pass, words, tenant);
  const models = [...fleet.models].filter(
    ([, model]) => model.spec.tenants === undefined || model.spec.tenants.some((one) => tenants.includes(one)),
  );
  const shared = [...templates.map(([, { spec }]) => spec.agent), ...models.map(([, { spec }]) => spec)];
  const peers = await Promise.all(seen.map((agent) => peerOf(agent, tenants, pass)));
  const parts = {
    Environments: environments,
    Tenants: tenants,
    Templates: whole(templates.map(([name, template]) => templateOf(name, template))),
    "Models (spec.modelRef)": whole(
      models.map(([name, { spec }]) => ({ name, model: spec.name, provider: spec.provider })),
    ),
    "Agents that there are, and tenants whose agents may call each": whole(peers.filter((peer) => peer !== undefined)),
    "MCP servers in use": whole(serversOf(seen)),
    "Addresses, Secrets and images in use, by tenant": whole(
      namesByTenant(seen.filter((agent) => tenants.includes(agent.tenant))),
    ),
  };
  return {
    tenants,
    templates: templates.map(([name]) => name),
    parts,
    namesOf(owner) {
      const own = seen.filter((agent) => agent.tenant === owner).flatMap(specsOf);
      // The address of an MCP server is no secret of a tenant.
      const servers = serversOf(seen).map(({ url }) => nameKey("address", url));
      return new Set([...outsideNames([...shared, ...own]).map(({ kind, text }) => nameKey(kind, text)), ...servers]);
    },
  };
}

/** The first items that together are not too long to be shown as a whole. */
function whole<T>(items: readonly T[]): readonly T[] {
  let left = LONGEST_PART;
  return items.filter((item) => {
    left -= JSON.stringify(item).length + 1;
    return left >= 0;
  });
}

function specsOf(agent: Agent): readonly AgentSpec[] {
  return [...agent.environments.values()].map(({ spec }) => spec);
}

async function peerOf(agent: Agent, tenants: readonly string[], { survey }: Pass) {
  const [spec] = specsOf(agent);
  if (spec === undefined || endsByItself(spec.runtime.workload)) return undefined;
  const callers = tenants.filter((tenant) => acceptsTenant(tenantOf(agent.key), tenant, survey.fleet));
  // Who may not call it need not know of it.
  if (callers.length === 0) return undefined;
  const description = (await redact(spec.description)).slice(0, 200);
  return { name: nameOf(agent.key), namespace: agent.tenant, description, callers: callers.slice(0, 20) };
}

function templateOf(name: string, { spec: { parameters = [], agent } }: AgentTemplate) {
  const sets = JSON.stringify(agent).slice(0, 900).toWellFormed();
  return { name, parameters, sets };
}

function serversOf(agents: readonly Agent[]) {
  const known = new Map<
    string,
    { readonly name: string; readonly transport: string; readonly url: string; readonly tools: readonly string[] }
  >();
  for (const { mcp } of agents.flatMap(specsOf).flatMap(({ tools = [] }) => tools.filter((tool) => "mcp" in tool))) {
    const transport = mcp.streamableHTTP === undefined ? "sse" : "streamableHTTP";
    const url = (mcp.streamableHTTP ?? mcp.sse)?.url;
    if (url === undefined) continue;
    const tools = [...new Set([...(known.get(url)?.tools ?? []), ...(mcp.allow ?? [])])].slice(0, 64);
    known.set(url, { name: mcp.name, transport, url, tools });
  }
  return [...known.values()];
}

function namesByTenant(agents: readonly Agent[]) {
  return [...Map.groupBy(agents, ({ tenant }) => tenant)].map(([tenant, list]) => {
    const names = outsideNames(list.flatMap(specsOf));
    const of = (kind: string) => [...new Set(names.filter((one) => one.kind === kind).map(({ text }) => text))];
    return { tenant, addresses: of("address"), secrets: of("secret"), images: of("image") };
  });
}
