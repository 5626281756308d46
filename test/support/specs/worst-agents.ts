/** As many environments as raos.yaml may name. */
export const ENVIRONMENTS = Array.from({ length: 32 }, (_, index) => `e${index}`);

const LIMITS = "limits: {openPulls: 10000, pullsPerHour: 10000}";
/** A repository around the specs below: raos.yaml and the tenant. */
export const AROUND: Readonly<Record<string, string>> = {
  "raos.yaml": `apiVersion: raos.dev/v1alpha1\nkind: Config\nspec: {environments: [${ENVIRONMENTS.map((name) => `{name: ${name}}`).join(", ")}], ${LIMITS}}\n`,
  "tenants/acme.yaml": "apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: acme}\nspec: {}\n",
};

/** The slowest texts to search, repeated up to a length. */
export const HOSTILE: readonly string[] = [
  " ",
  "`",
  "<!--",
  "](",
  "\\",
  "~",
  "a@",
  "=",
  '"',
  "'",
  "[",
  "{{",
  "${",
  "\n",
  " \n",
  "x\n",
  "x: \n",
  "- \n",
  "-",
  "eyJa.",
  "://a:",
  "key=",
  "0",
  "-----BEGIN ",
  "AAAA",
];

export function repeated(piece: string, length: number): string {
  return piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
}

/**
 * Specs that are accepted and as large as they may be, each in another way, by what is at its maximum: the file
 * `agents/acme/<name>.json`. `version` 2 differs from 1 in everything that can differ.
 */
export function worstAgents(version: 1 | 2): Readonly<Record<string, string>> {
  const mark = version === 1 ? "a" : "b";
  const specs: Readonly<Record<string, object>> = {
    spaces: { instructions: { inline: `${mark}${repeated(" ", 262_000)}${mark}` } },
    lines: { instructions: { inline: repeated(`${mark}\n`, 262_000) } },
    prompts: {
      environments: environments(3, (index) => ({ instructions: { inline: repeated(`${mark}${index} \``, 250_000) } })),
    },
    texts: {
      runtime: {
        image: "ghcr.io/acme/agent:1.0.0",
        env: list(64, (index) => ({ name: `V${index}`, value: repeated(`${mark} ](`, 4096) })),
        args: list(64, (index) => repeated(`${mark}${index} \\`, 4096)),
      },
      labels: Object.fromEntries(list(64, (index) => [`l${index}`, `${mark}${index}`])),
      dapr: { state: { type: "state.redis", metadata: texts(64, mark) } },
    },
    tools: {
      tools: list(9, (index) => ({
        mcp: {
          name: `s${index}`,
          streamableHTTP: { url: `https://${mark}.example.com/mcp` },
          allow: list(256, (tool) => `${mark}${tool}`),
          requireApproval: list(256, (tool) => `${mark}${tool}`),
        },
      })),
    },
    servers: {
      tools: list(128, (index) => ({
        mcp: { name: `s${index}`, sse: { url: `https://${mark}.example.com/${index}` } },
      })),
      networking: { egress: list(64, (index) => ({ cidr: `10.0.${index}.0/24`, description: repeated(mark, 256) })) },
      a2a: {
        enabled: true,
        skills: list(64, (index) => ({
          id: `s${index}`,
          name: mark,
          description: repeated(mark, 1024),
          tags: list(20, String),
        })),
      },
    },
    overlays: {
      environments: environments(32, (index) => ({
        labels: Object.fromEntries(list(60, (label) => [`l${label}`, `${mark}${index}`])),
        description: repeated(`${mark}${index} `, 2048),
      })),
    },
  };
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [`agents/acme/${name}.json`, agent(name, mark, spec)]),
  );
}

function agent(name: string, mark: string, spec: object): string {
  const least = { description: `${mark} agent`, model: { name: "m" }, instructions: { inline: mark } };
  return JSON.stringify({
    apiVersion: "raos.dev/v1alpha1",
    kind: "Agent",
    metadata: { name, namespace: "acme" },
    spec: { ...least, ...spec },
  });
}

function environments<T>(most: number, make: (index: number) => T): Readonly<Record<string, T>> {
  return Object.fromEntries(ENVIRONMENTS.slice(0, most).map((name, index) => [name, make(index)]));
}

function texts(most: number, mark: string): Readonly<Record<string, string>> {
  return Object.fromEntries(list(most, (index) => [`k${index}`, repeated(`${mark}<!--`, 4096)]));
}

function list<T>(length: number, make: (index: number) => T): readonly T[] {
  return Array.from({ length }, (_, index) => make(index));
}
