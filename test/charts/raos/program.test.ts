import { expect, test } from "vitest";
import { describeReal } from "../../real/component.ts";
import { fleetClone } from "../../support/cli/fleet-clone.ts";
import { serve } from "../../support/cli/serve.ts";
import { waitUntil } from "../../support/wait.ts";
import type { Manifest } from "../fixture-renders.ts";
import { objectsOf, valueSets } from "./value-sets.ts";

/** What the chart starts the program with is what the program understands. */

/** What is about the machine that the test runs on: the places of files, and where it listens. */
const HERE = ["RAOS_CACHE", "HOME", "KUBECONFIG", "NODE_EXTRA_CA_CERTS", "CARD_KEY_FILE"];

describeReal(["helm"], "the program started as the chart starts it", () => {
  test.each(Object.keys(valueSets))("is healthy and ready: %s", async (set) => {
    const { args, env, startupProbe, readinessProbe } = await containerOf(set);
    const [command, ...options] = args;
    expect(command).toBe("serve");
    const untilRepositories = options.includes("--repo") ? options.slice(0, options.indexOf("--repo")) : options;
    const variables = env.flatMap(({ name, value }) =>
      value === undefined || HERE.includes(name) ? [] : [[name, value]],
    );
    const repository = fleetClone().bare;
    const served = await serve(
      [...untilRepositories, "--host=127.0.0.1", "--port=0", "--log-level=info", "--repo", repository],
      Object.fromEntries(variables),
    );
    const statusOf = async ({ httpGet }: Probe) => (await fetch(`${served.url}${httpGet.path}`)).status;
    expect(await statusOf(startupProbe)).toBe(200);
    await waitUntil(async () => (await statusOf(readinessProbe)) === 200);
    expect(await served.stop()).toBe(0);
  });

  test("repositories are the last options, so that none of them swallows another", async () => {
    expect((await containerOf("token")).args.slice(-3)).toEqual([
      ...["--repo", "https://github.com/acme/agents", "https://github.com/acme/platform"],
    ]);
  });
});

interface Probe {
  readonly httpGet: { readonly path: string };
}

interface Container {
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly startupProbe: Probe;
  readonly readinessProbe: Probe;
}

async function containerOf(set: string): Promise<Container> {
  const deployment: Manifest | undefined = (await objectsOf(set)).find(({ kind }) => kind === "Deployment");
  return deployment?.spec.template.spec.containers[0];
}
