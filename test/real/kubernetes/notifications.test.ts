import { afterAll, beforeAll, expect, it } from "vitest";
import { notificationObjects } from "../../../src/compile/index.ts";
import { Config } from "../../../src/domain/kinds/kinds.ts";
import { describeReal } from "../component.ts";
import { type ApiServer, apiServerTools, startApiServer } from "./apiserver.ts";

describeReal(apiServerTools, "what tells RAOS about roll-outs", () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await startApiServer();
  });
  afterAll(() => server?.stop());

  const config = Config.parse({
    apiVersion: "raos.dev/v1alpha1",
    kind: "Config",
    spec: { environments: [{ name: "staging" }] },
  });
  const address = "https://raos.acme.example/api/rollouts";

  it.each(["acme/agents", undefined])("is valid for Flux's definitions, with %s as repository", async (repository) => {
    const [[path, text = ""] = []] = notificationObjects(config, { address, repository });
    expect(path).toBe("clusters/staging/notifications.yaml");
    expect(await server.applyYaml(text)).toEqual([]);
  });

  it("is judged by definitions that refuse an unknown type and field", async () => {
    const [[, text = ""] = []] = notificationObjects(config, { address, repository: undefined });
    expect(await server.applyYaml(text.replace("generic-hmac", "generic-mac"))).toEqual([
      expect.stringMatching(/^Provider raos: .*spec\.type/),
    ]);
    expect(await server.applyYaml(text.replace("eventMetadata", "eventMetaData"))).toEqual([
      expect.stringMatching(/^Alert raos: .*eventMetaData: field not declared in schema/),
    ]);
  });
});
