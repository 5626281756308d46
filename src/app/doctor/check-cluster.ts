import { namespaceOf } from "../../compile/namespace.ts";
import type { Evidence } from "../../domain/alert/evidence.ts";
import type { Fleet } from "../../domain/fleet.ts";
import { sourcesOf } from "../../domain/kinds/environment-sources.ts";
import type { EvidenceReader, ObjectsRequest } from "../../observe/evidence-reader.ts";
import type { Shell } from "../shell.ts";
import { createRemoteServices } from "../world/remote-services.ts";
import type { Check, Finding } from "./finding.ts";

/** Namespaces that are tried. */
const MOST = 3;
const KINDS: readonly ObjectsRequest["what"][] = ["pods", "events", "workload", "quota", "autoscaler"];

/** Whether the cluster of an environment can be read as evidence is: by the same reader, for an agent that is not there. */
export function clusterCheck(shell: Shell, fleet: Fleet, environment: string, where: string): Check {
  const name = `kubernetes ${environment}${where}`;
  const tenants = [...fleet.tenants.keys()].slice(0, MOST);
  const namespaces = tenants.length === 0 ? ["default"] : tenants.map((tenant) => namespaceOf(tenant, fleet));
  const { kubernetesContext: context } = sourcesOf(fleet.config, environment);
  return {
    name,
    key: JSON.stringify(["kubernetes", context ?? environment, namespaces]),
    find: async () => {
      const reader = readerOf(shell, fleet, environment);
      if (reader === undefined)
        return [
          {
            ...{
              check: name,
              status: "failed",
              message: "the file that KUBECONFIG names cannot be read as a kubeconfig",
            },
            fix: "set KUBECONFIG to a file that kubectl takes, too",
          },
        ];
      const asked = namespaces.flatMap((namespace) => KINDS.map((what) => ({ namespace, what })));
      const answers = await Promise.all(
        asked.map(async (one) => {
          const request = { kind: "kubernetes", name: "doctor", agent: "raos-doctor", ...one } as const;
          return { ...one, evidence: await reader.read(request, "doctor") };
        }),
      );
      return [{ check: name, ...verdict(answers, namespaces) }];
    },
  };
}

/** The reader of evidence; undefined where the kubeconfig cannot be read. */
function readerOf(shell: Shell, { config }: Fleet, environment: string): EvidenceReader | undefined {
  // What is wrong with other credentials is said by their own checks.
  const { KUBECONFIG, KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT, ...rest } = shell.env;
  const proxies = Object.fromEntries(Object.entries(rest).filter(([name]) => /^(https?|all|no)_proxy$/i.test(name)));
  const env = { ...proxies, KUBECONFIG, KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT };
  try {
    return createRemoteServices({ ...shell, env }, { wait: false }).evidenceReader(config, environment);
  } catch {
    return undefined;
  }
}

interface Answered {
  readonly namespace: string;
  readonly what: ObjectsRequest["what"];
  readonly evidence: Evidence;
}

function verdict(answers: readonly Answered[], namespaces: readonly string[]): Omit<Finding, "check"> {
  const missing = answers.flatMap((one) =>
    one.evidence.kind === "missing" && one.evidence.reason !== "empty" ? [{ ...one, ...one.evidence }] : [],
  );
  const [first] = missing;
  if (first === undefined)
    return { status: "ok", message: `what evidence needs can be listed in ${namespaces.join(", ")}` };
  if (first.reason === "not-configured" && first.message === "no Kubernetes is configured")
    return {
      ...{ status: "off", message: "no cluster is configured: alerts are looked at without pods and events" },
      fix: "set KUBECONFIG, or run RAOS in the cluster",
    };
  if (first.reason === "refused") {
    const kinds = [...new Set(missing.filter(({ reason }) => reason === "refused").map(({ what }) => RESOURCES[what]))];
    const places = [...new Set(missing.map(({ namespace }) => namespace))].join(", ");
    return {
      ...{ status: "failed", message: `${first.message} to a list of ${kinds.join(", ")} in ${places}` },
      fix: first.message.endsWith("401")
        ? "the credential of the kubeconfig, or of the service account, is not accepted; renew it"
        : "give RAOS' account get and list of pods, events, deployments, statefulsets, resourcequotas and horizontalpodautoscalers",
    };
  }
  const fix =
    first.reason === "not-configured"
      ? "correct kubernetes.context in raos.yaml, or KUBECONFIG"
      : "see whether this machine reaches the API server of the kubeconfig, and whether the certificate in it is the server's";
  return { status: "failed", message: first.message, fix };
}

const RESOURCES: Readonly<Record<ObjectsRequest["what"], string>> = {
  pods: "pods",
  events: "events",
  workload: "deployments and statefulsets",
  quota: "resourcequotas",
  autoscaler: "horizontalpodautoscalers",
};
