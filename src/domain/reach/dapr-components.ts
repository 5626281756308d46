/** A value of a component's metadata: plain, or a key of a Secret in the agent's namespace. */
export type MetadataValue =
  | string
  | number
  | boolean
  | { readonly secretKeyRef: { readonly name: string; readonly key: string } };

/** A Dapr component as the spec has it: state store or broker. */
export interface ComponentSpec {
  readonly type: string;
  readonly version: string;
  readonly secretRef?: string | undefined;
  readonly host?: string | undefined;
  readonly metadata?: { readonly [key: string]: MetadataValue } | undefined;
}

/** Facts about a component type, from Dapr's component reference. */
export interface ComponentKind {
  /** The metadata field that holds the address; `host` has a port. */
  readonly address: (host: string, agent: string) => Readonly<Record<string, string>>;
  /** The host where the spec names none: a Service of this name in the agent's namespace. */
  readonly host: string;
  readonly port: number;
  /** Metadata fields read from the Secret, whose keys have the same names. */
  readonly secrets: readonly string[];
  /** The Secret's connection string holds the address, so the host only opens the network. */
  readonly addressIsSecret?: true;
}

const redis: ComponentKind = {
  address: (host) => ({ redisHost: host }),
  host: "redis",
  port: 6379,
  secrets: ["redisPassword"],
};
const postgresql: ComponentKind = {
  address: (host, agent) => ({
    connectionString: `host=${name(host)} port=${portOf(host) ?? 5432} user=${agent} database=${agent}`,
  }),
  host: "postgresql",
  port: 5432,
  secrets: ["connectionString"],
  addressIsSecret: true,
};

const kinds: { readonly [type: string]: ComponentKind } = {
  "state.redis": redis,
  "pubsub.redis": redis,
  "state.postgresql": postgresql,
  "state.cockroachdb": { ...postgresql, host: "cockroachdb-public", port: 26257 },
  "state.mysql": {
    address: (host, agent) => ({ connectionString: `${agent}@tcp(${host})/${agent}` }),
    host: "mysql",
    port: 3306,
    secrets: ["connectionString"],
    addressIsSecret: true,
  },
  "state.mongodb": { address: (host) => ({ host }), host: "mongodb", port: 27017, secrets: ["username", "password"] },
  "state.etcd": { address: (host) => ({ endpoints: host }), host: "etcd", port: 2379, secrets: [] },
  "pubsub.kafka": {
    address: (host) => ({ brokers: host }),
    host: "kafka",
    port: 9092,
    secrets: ["saslUsername", "saslPassword"],
  },
  "pubsub.rabbitmq": {
    address: (host) => ({ connectionString: `amqp://${host}` }),
    host: "rabbitmq",
    port: 5672,
    secrets: ["connectionString"],
    addressIsSecret: true,
  },
  "pubsub.jetstream": {
    address: (host) => ({ natsURL: `nats://${host}` }),
    host: "nats",
    port: 4222,
    secrets: ["jwt", "seedKey"],
  },
  "pubsub.pulsar": { address: (host) => ({ host }), host: "pulsar-broker", port: 6650, secrets: ["token"] },
  "pubsub.mqtt3": {
    address: (host) => ({ url: `tcp://${host}` }),
    host: "mqtt",
    port: 1883,
    secrets: ["url"],
    addressIsSecret: true,
  },
};

/** The facts about a component type; undefined for a type that this table does not have. */
export function componentKind(type: string): ComponentKind | undefined {
  return Object.hasOwn(kinds, type) ? kinds[type] : undefined;
}

/** The metadata fields that a component with a `secretRef` reads from its Secret, whose keys have the same names. */
export function secretFields(type: string): readonly string[] {
  return componentKind(type)?.secrets ?? ["connectionString"];
}

/**
 * `host:port` of each server the component talks to, by its `host` or its type; empty where only its metadata
 * or its Secret holds it.
 */
export function servers(spec: Partial<ComponentSpec> & Pick<ComponentSpec, "type">): readonly string[] {
  const kind = componentKind(spec.type);
  if (spec.host === undefined && kind === undefined) return [];
  const port = kind?.port;
  return (spec.host ?? kind?.host ?? "")
    .split(",")
    .flatMap((host) => (host === "" ? [] : [port === undefined ? host : onePort(host, port)]));
}

/** The hosts, each with a port. */
export function withPort(hosts: string, port: number): string {
  return hosts
    .split(",")
    .map((host) => onePort(host, port))
    .join(",");
}

function onePort(host: string, port: number): string {
  return portOf(host) === undefined ? `${host}:${port}` : host;
}

function portOf(host: string): number | undefined {
  const digits = /:(\d{1,5})$/.exec(host)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function name(host: string): string {
  return host.replace(/:\d{1,5}$/, "");
}
