import type { AgentSpec } from "../../domain/agent/agent.ts";
import { amounts } from "./rules/amount-rules.ts";
import { furtherComponents } from "./rules/component-rules.ts";
import { actorStores, componentMetadata, componentPlaces } from "./rules/dapr/metadata-rules.ts";
import { collectors, daprContainer, zeroTimes } from "./rules/dapr/sidecar-rules.ts";
import { components, subscriptions } from "./rules/dapr-rules.ts";
import { models, prompts } from "./rules/model-rules.ts";
import { nearlyKnownTypes, sidecar } from "./rules/plausible-rules.ts";
import { initContainers } from "./rules/pod/container-rules.ts";
import { externalKeys } from "./rules/pod/external-keys.ts";
import { fieldPaths } from "./rules/pod/field-paths.ts";
import { fileModes } from "./rules/pod/file-modes.ts";
import { jobs, serving } from "./rules/pod/job-rules.ts";
import { probes } from "./rules/pod/probe-rules.ts";
import { scheduling } from "./rules/pod/scheduling-rules.ts";
import { serviceAccounts } from "./rules/pod/service-account-rules.ts";
import { environmentSources, podVolumes, volumeMounts } from "./rules/pod/volume-rules.ts";
import { devices, resources, storage, variables } from "./rules/runtime-rules.ts";
import { autoscaling, replicas } from "./rules/scaling-rules.ts";
import type { SpecFault } from "./rules/spec-fault.ts";
import { texts } from "./rules/text-rules.ts";
import { skills, tools } from "./rules/tool-rules.ts";
import { upgrades } from "./rules/upgrade-rules.ts";

/** Faults in a spec in effect that the schema cannot find. */
export function checkSpec(spec: AgentSpec): readonly SpecFault[] {
  return RULES.flatMap((rule) => rule(spec));
}

/** A new rule is a function in `rules/` and a line here. */
const RULES: readonly ((spec: AgentSpec) => readonly SpecFault[])[] = [
  texts,
  prompts,
  models,
  replicas,
  autoscaling,
  resources,
  amounts,
  storage,
  variables,
  upgrades,
  devices,
  podVolumes,
  volumeMounts,
  environmentSources,
  fileModes,
  fieldPaths,
  externalKeys,
  initContainers,
  probes,
  scheduling,
  serviceAccounts,
  jobs,
  serving,
  tools,
  sidecar,
  components,
  nearlyKnownTypes,
  furtherComponents,
  componentMetadata,
  componentPlaces,
  actorStores,
  daprContainer,
  zeroTimes,
  collectors,
  subscriptions,
  skills,
];
