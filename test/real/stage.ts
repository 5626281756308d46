import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { limitIn, rulesOf, startExporter } from "./alert-stage.ts";
import { startAlertmanager, startPrometheus } from "./prometheus/prometheus.ts";

const USAGE = `npm run stage -- REPOSITORY [--hook URL]

Starts a Prometheus with the rules that RAOS generated for support/router in REPOSITORY (what \`raos demo\` leaves), an
Alertmanager that tells RAOS, and an exporter of made-up numbers, on loopback, until Ctrl-C. Needs Helm, Prometheus and
Alertmanager: \`npm run tools -- --only helm,prometheus,alertmanager\` builds what is missing.`;

const PORTS = { prometheus: 9090, alertmanager: 9093, exporter: 9109 } as const;
const TOKEN = "stage";
/** An agent that Alertmanager has said nothing of in the demonstration. */
const POD = "router-6c7d9f4b8d-x2k9p";
const VALUES = "deploy/production/support/router/values.yaml";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    hook: { type: "string", default: "http://127.0.0.1:3000/api/alerts" },
    help: { type: "boolean", default: false },
  },
});
const [repository] = positionals;
if (values.help || repository === undefined) console.log(USAGE);
else await main(resolve(repository));

async function main(root: string): Promise<void> {
  // A folder holds the default branch checked out, a bare repository has it as its head.
  const generated = () => execFileSync("git", ["-C", root, "show", `HEAD:${VALUES}`], { encoding: "utf8" });
  const exporter = await startExporter(POD, async () => limitIn(generated()), PORTS.exporter);
  const alertmanager = await startAlertmanager({ port: PORTS.alertmanager, webhook: values.hook, token: TOKEN });
  const prometheus = await startPrometheus({
    port: PORTS.prometheus,
    targets: [exporter.address],
    // The demonstration's environments share one Prometheus, which tells their clusters apart.
    labels: { cluster: "prod-eu" },
    rules: await rulesOf("router", generated()),
    alertmanager: `127.0.0.1:${PORTS.alertmanager}`,
  });
  console.log(guide(root, { prometheus: prometheus.url, alertmanager: alertmanager.url, exporter: exporter.address }));
  const stop = async () => {
    await Promise.all([exporter.stop(), alertmanager.stop(), prometheus.stop()]);
    process.exit(0);
  };
  process.once("SIGINT", () => void stop());
  process.once("SIGTERM", () => void stop());
}

interface Addresses {
  readonly prometheus: string;
  readonly alertmanager: string;
  readonly exporter: string;
}

function guide(root: string, { prometheus, alertmanager, exporter }: Addresses): string {
  const edits = [
    `-e 's#prometheus: {url: .*}#prometheus: {url: "${prometheus}"}#'`,
    `-e 's#alertmanager: {url: .*}#alertmanager: {url: "${alertmanager}"}#'`,
    "-e '/^  loki:/d'",
  ];
  return `Prometheus ${prometheus}, Alertmanager ${alertmanager}, until Ctrl-C. The numbers are made up.

1. Tell RAOS where they are, and let it listen, in a second terminal:
   sed -i ${edits.join(" ")} ${root}/raos.yaml
   git -C ${root} commit -qam "Where to look"
   ALERTS_TOKEN=${TOKEN} npx raos serve --repo ${root}

2. Kill support/router, in a third:
   curl -X POST http://${exporter}/kill

3. Some seconds later there is a pull request. Read it, and merge it:
   npx raos pr list --repo ${root}
   npx raos pr show --repo ${root} NUMBER
   npx raos pr merge --repo ${root} NUMBER

4. The generated values hold the fix, and within a minute the alert has ended:
   grep resources ${root}/${VALUES}
   curl -s ${alertmanager}/api/v2/alerts`;
}
