import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { toolPath } from "../../../tools/find.ts";
import { startChild, untilReady } from "../process/child.ts";
import { temporaryFolder } from "../process/loopback.ts";

export interface Running {
  readonly url: string;
  log(): string;
  stop(): Promise<void>;
}

/**
 * Prometheus on a port of loopback: scrapes and evaluates once a second. `rules` is the text of a rule file, `history` what it has
 * scraped before, as OpenMetrics text with time stamps; promtool writes it.
 */
export async function startPrometheus(options: {
  readonly port: number;
  readonly targets: readonly string[];
  /** Labels of all that these targets give, such as their cluster's. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Further scrape configurations, for labels and options of their own. */
  readonly scrapes?: readonly object[];
  readonly rules?: string;
  readonly alertmanager?: string;
  readonly history?: string;
}): Promise<Running> {
  const folder = await temporaryFolder();
  if (options.history !== undefined) {
    const [file, data] = [join(folder.path, "history.txt"), join(folder.path, "data")];
    await writeFile(file, options.history);
    execFileSync(toolPath("promtool"), ["tsdb", "create-blocks-from", "openmetrics", file, data], { stdio: "pipe" });
  }
  const config = {
    global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
    rule_files: ["rules.yaml"],
    scrape_configs: [
      {
        job_name: "test",
        honor_labels: true,
        static_configs: [{ targets: options.targets, labels: options.labels ?? {} }],
      },
      ...(options.scrapes ?? []),
    ],
    ...(options.alertmanager === undefined
      ? {}
      : { alerting: { alertmanagers: [{ static_configs: [{ targets: [options.alertmanager] }] }] } }),
  };
  await writeFile(join(folder.path, "prometheus.yaml"), stringify(config));
  await writeFile(join(folder.path, "rules.yaml"), options.rules ?? "groups: []\n");
  const url = `http://127.0.0.1:${options.port}`;
  const child = startChild(toolPath("prometheus"), [
    `--config.file=${join(folder.path, "prometheus.yaml")}`,
    `--storage.tsdb.path=${join(folder.path, "data")}`,
    `--web.listen-address=127.0.0.1:${options.port}`,
    "--rules.alert.resend-delay=1s",
  ]);
  await untilReady(child, "prometheus", () => answers(`${url}/-/ready`));
  return { url, log: child.log, stop: () => child.stop().then(folder.remove) };
}

/** Alertmanager on a port of loopback that sends at once to one webhook, with a bearer token. */
export async function startAlertmanager(options: {
  readonly port: number;
  readonly webhook: string;
  readonly token: string;
}): Promise<Running> {
  const folder = await temporaryFolder();
  const webhook = {
    url: options.webhook,
    send_resolved: true,
    http_config: { authorization: { type: "Bearer", credentials: options.token } },
  };
  const config = {
    route: { receiver: "raos", group_by: ["alertname"], group_wait: "0s", group_interval: "1s", repeat_interval: "1h" },
    receivers: [{ name: "raos", webhook_configs: [webhook] }],
  };
  await writeFile(join(folder.path, "alertmanager.yaml"), stringify(config));
  const url = `http://127.0.0.1:${options.port}`;
  const child = startChild(toolPath("alertmanager"), [
    `--config.file=${join(folder.path, "alertmanager.yaml")}`,
    `--storage.path=${join(folder.path, "data")}`,
    `--web.listen-address=127.0.0.1:${options.port}`,
    "--cluster.listen-address=",
  ]);
  await untilReady(child, "alertmanager", () => answers(`${url}/-/ready`));
  return { url, log: child.log, stop: () => child.stop().then(folder.remove) };
}

/** Most lines that this Loki answers; its own default is 5000. */
export const MOST_LINES = 4000;

/** Loki on a port of loopback, in memory and a temporary folder. */
export async function startLoki({ ports }: { readonly ports: readonly [number, number] }): Promise<Running> {
  const folder = await temporaryFolder();
  const [port, grpc] = ports;
  const config = {
    auth_enabled: false,
    server: {
      http_listen_address: "127.0.0.1",
      http_listen_port: port,
      grpc_listen_address: "127.0.0.1",
      grpc_listen_port: grpc,
      log_level: "warn",
    },
    common: {
      instance_addr: "127.0.0.1",
      path_prefix: folder.path,
      replication_factor: 1,
      ring: { kvstore: { store: "inmemory" } },
      storage: {
        filesystem: { chunks_directory: join(folder.path, "chunks"), rules_directory: join(folder.path, "rules") },
      },
    },
    schema_config: {
      configs: [
        {
          from: "2024-01-01",
          store: "tsdb",
          object_store: "filesystem",
          schema: "v13",
          index: { prefix: "index_", period: "24h" },
        },
      ],
    },
    limits_config: { max_entries_limit_per_query: MOST_LINES },
    analytics: { reporting_enabled: false },
    ingester: { lifecycler: { min_ready_duration: "0s" } },
  };
  await writeFile(join(folder.path, "loki.yaml"), stringify(config));
  const url = `http://127.0.0.1:${port}`;
  const child = startChild(toolPath("loki"), [`-config.file=${join(folder.path, "loki.yaml")}`]);
  await untilReady(child, "loki", () => answers(`${url}/ready`));
  return { url, log: child.log, stop: () => child.stop().then(folder.remove) };
}

/** Pushes lines of one stream, each with the same structured metadata. */
export async function pushLines(
  loki: string,
  stream: Readonly<Record<string, string>>,
  lines: readonly (readonly [number, string])[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const values = lines.map(([at, line]) => [`${Math.floor(at)}000000`, line, metadata]);
  const response = await fetch(`${loki}/loki/api/v1/push`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-scope-orgid": "meridian" },
    body: JSON.stringify({ streams: [{ stream, values }] }),
  });
  if (!response.ok) throw new Error(`Loki does not take lines: ${response.status} ${await response.text()}`);
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}
