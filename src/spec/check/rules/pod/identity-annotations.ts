import { displayValue } from "../../../problems/display-value.ts";
import { didYouMean } from "../../../problems/nearest.ts";

interface Identity {
  readonly domain: string;
  readonly keys: readonly string[];
}

/** Annotations of a ServiceAccount that the clouds read. Sources: the documentation of each cloud's workload identity. */
const IDENTITIES: readonly Identity[] = [
  {
    domain: "eks.amazonaws.com/",
    keys: ["role-arn", "audience", "sts-regional-endpoints", "token-expiration"],
  },
  {
    domain: "azure.workload.identity/",
    keys: ["client-id", "tenant-id", "service-account-token-expiration"],
  },
  { domain: "iam.gke.io/", keys: ["gcp-service-account", "return-principal-id-as-email"] },
];

/** What the values of those look like that name an identity. */
const SHAPES: Readonly<Record<string, readonly [pattern: RegExp, example: string]>> = {
  "eks.amazonaws.com/role-arn": [
    /^arn:aws[a-z-]{0,12}:iam::\d{12}:role\/\S{1,512}$/,
    "arn:aws:iam::123456789012:role/agents",
  ],
  "iam.gke.io/gcp-service-account": [
    /^[a-z0-9-]{1,63}@[a-z0-9.:-]{1,200}\.iam\.gserviceaccount\.com$/,
    "agents@project.iam.gserviceaccount.com",
  ],
  "azure.workload.identity/client-id": [
    /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
    "a client's id, such as 00000000-0000-0000-0000-000000000000",
  ],
};

/** Why a cloud would not read an annotation, or know the identity that it names; undefined where it may. */
export function identityFault(key: string, value: string): string | undefined {
  const identity = IDENTITIES.find(({ domain }) => key.startsWith(domain));
  if (identity === undefined) return undefined;
  const name = key.slice(identity.domain.length);
  if (!identity.keys.includes(name)) {
    const known = identity.keys.map((each) => `${identity.domain}${each}`);
    return `no cloud reads ${key}; ${didYouMean(key, known, `there are ${known.join(", ")}`)}`;
  }
  const [pattern, example] = SHAPES[key] ?? [];
  if (pattern === undefined || pattern.test(value)) return undefined;
  return `${displayValue(value)} names no identity; write ${example}`;
}
