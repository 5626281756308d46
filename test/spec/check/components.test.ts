import { expect, test } from "vitest";
import { problemsOf } from "./problems-of.ts";

test.each<[string, readonly string[]]>([
  ["{components: [{name: nightly, type: bindings.cron, metadata: {schedule: '@daily'}}]}", []],
  [
    "{components: [{name: a, type: binding.cron}]}",
    ['dapr/components/0/type: "binding.cron" is not a component of Dapr; did you mean "bindings"?'],
  ],
  [
    "{components: [{name: state, type: state.redis}]}",
    ["dapr/components/0/name: the chart has a component state of its own; choose another name"],
  ],
  [
    "{enabled: false, components: [{name: a, type: bindings.cron}]}",
    ["dapr/components: components need Dapr; write dapr.enabled: true, or remove them"],
  ],
  [
    "{state: {type: state.redis, actor: true}, components: [{name: a, type: state.redis, metadata: {actorStateStore: true}}]}",
    [
      "dapr/components/0/metadata/actorStateStore: dapr.state keeps the actors already, and an agent has one such store; remove one of the two",
    ],
  ],
])("dapr: %s", (dapr, said) => expect(problemsOf(`dapr: ${dapr}`)).toEqual(said));
