import { tenantOf } from "../../domain/agent-key.ts";
import type { Config } from "../../domain/kinds/kinds.ts";
import type { FoundSetup } from "../../domain/review/onboarding.ts";
import { DnsLabel, type Path } from "../../domain/values/scalars.ts";
import type { Pass } from "../../pass/pass.ts";
import { firstFiles, firstTenant } from "../../plan/first-files.ts";
import { type OrganisationFields, readOrganisation } from "../../spec/read/organisation-config.ts";

/** The files that configure a repository, by path; only those that it does not hold yet. */
export interface Foundation {
  readonly config: Config;
  readonly files: ReadonlyMap<Path, Uint8Array>;
  /** The organisation's raos.yaml; undefined where nothing is inherited. */
  readonly inherits: OrganisationFields | undefined;
}

/** Tenants for which a file is written. */
const MOST_TENANTS = 100;

/**
 * What `raos init` would write for what was found: raos.yaml, a file for each tenant without one, what points the clusters at
 * deploy/, and the chart. The JSON schema of a megabyte is left to `raos schema`. Throws GitError.
 */
export async function foundationOf({ commit, world }: Pass, found: FoundSetup): Promise<Foundation> {
  const { delivery, environments } = found;
  const organisation = readOrganisation(await (await commit.source.shared()).load());
  const inherits = organisation.kind === "read" ? organisation : undefined;
  const first = firstFiles({
    delivery: delivery.kind === "argocd" ? { kind: "argocd", repoURL: delivery.repoURL } : { kind: "flux" },
    chart: { kind: "copied" },
    environments: environments.names,
    folder: commit.source.below ?? "",
    hasSchema: false,
    inherits,
  });
  // Names and URL were checked when they were found.
  if (first.kind === "invalid") throw new RangeError(`the first configuration is invalid: ${first.message}`);
  const tenants = tenantsOf(found).map((tenant) => [`tenants/${tenant}.yaml`, firstTenant(tenant, false)] as const);
  const texts = [...first.files, ...tenants].map(([path, text]) => ({ path, bytes: Buffer.from(text) }));
  const held = await commit.slice([...texts.map(({ path }) => path), "tenants/", "charts/agent/"]);
  const isHeld = (path: Path) => held.oid(path) !== undefined || isOtherSpelling(path, held);
  const { chart } = first.config.spec;
  // The chart that ships is for the folder that it ships in.
  const hasChart = !("path" in chart && chart.path === "charts/agent") || [...held.list("charts/agent")].length > 0;
  const all = [...texts, ...(hasChart ? [] : await world.shippedChart())];
  return {
    config: first.config,
    inherits,
    files: new Map(all.filter(({ path }) => !isHeld(path)).map(({ path, bytes }) => [path, bytes])),
  };
}

function tenantsOf({ agents }: FoundSetup): readonly string[] {
  const names = [...new Set(agents.map(tenantOf))].filter((name) => DnsLabel.safeParse(name).success);
  return names.sort().slice(0, MOST_TENANTS);
}

/** Whether a tenant's file is there as JSON, or with the longer ending. */
function isOtherSpelling(path: Path, held: { oid(path: Path): unknown }): boolean {
  return (
    path.startsWith("tenants/") &&
    ["yml", "json"].some((ending) => held.oid(path.replace(/yaml$/, ending)) !== undefined)
  );
}
