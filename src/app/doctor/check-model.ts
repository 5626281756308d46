import * as z from "zod";
import type { Config } from "../../domain/kinds/kinds.ts";
import { connectionFailure } from "../../domain/network/connection-failure.ts";
import { endpointOf } from "../../domain/values/endpoint.ts";
import { readJson } from "../../observe/read-json.ts";
import type { Shell } from "../shell.ts";
import { outboundFetch } from "../world/outbound-fetch.ts";
import { modelAccess } from "../world/sources/model-access.ts";
import type { Check, Finding } from "./finding.ts";

const HOME = "https://api.openai.com/v1";
const Models = z.object({ data: z.array(z.object({ id: z.string().max(256) })).max(100_000) });

/** Whether the model that investigates can be asked: by the list of models, which costs nothing. */
export function modelCheck(shell: Shell, config: Config, where: string): Check {
  const name = `model${where}`;
  return {
    name,
    key: JSON.stringify(["model", config.spec.model]),
    find: async () => [{ check: name, ...(await examineModel(shell, config.spec.model)) }],
  };
}

async function examineModel(shell: Shell, model: Config["spec"]["model"]): Promise<Omit<Finding, "check">> {
  const access = modelAccess(shell.env, model);
  if (model === undefined || access.kind === "off")
    return {
      ...{
        status: "off",
        message: `${access.kind === "off" ? access.message : "no model"}: where no remedy fits, alerts become issues without a diagnosis, and nobody can ask in words`,
      },
      fix: model === undefined ? "set model in raos.yaml, and OPENAI_API_KEY" : "set OPENAI_API_KEY",
    };
  if (access.kind === "withheld") return { status: "failed", message: access.message };
  let cause: string | undefined;
  const send = outboundFetch(shell.env);
  const read = await readJson({
    url: endpointOf(access.endpoint ?? HOME, "/models"),
    signIn: { bearer: access.apiKey },
    ...{ deadlineMs: 10_000, limit: 4 * 1024 * 1024 },
    fetch: (url, init) =>
      send(url, init).catch((error: unknown) => {
        cause = connectionFailure(error);
        throw error;
      }),
  });
  if (read.kind === "json") return listedVerdict(model.name, read.value);
  const status = /answered (\d{3})/.exec(read.message)?.[1];
  if (status === "404" || status === "405")
    return {
      status: "warning",
      message: "it answers, and has no list of models, so neither key nor model can be checked",
    };
  const message = read.message === "there is no connection" && cause !== undefined ? cause : read.message;
  const fix =
    status === "401" || status === "403"
      ? "OPENAI_API_KEY is not accepted there; set another one"
      : "see whether model.endpoint of raos.yaml, or OPENAI_BASE_URL, is right, and whether this machine may reach it";
  return { status: "failed", message, fix };
}

function listedVerdict(name: string, value: unknown): Omit<Finding, "check"> {
  const models = Models.safeParse(value).data?.data.map(({ id }) => id);
  if (models === undefined)
    return {
      status: "failed",
      message: "it does not answer as OpenAI's API",
      fix: "model.endpoint ends in /v1, as a rule",
    };
  if (models.includes(name)) return { status: "ok", message: `${name} is there, and the key is accepted` };
  const some = models.slice(0, 8).join(", ");
  return {
    ...{ status: "failed", message: `the key is accepted, and there is no model ${JSON.stringify(name)}` },
    fix: `set model.name in raos.yaml to one of: ${some}${models.length > 8 ? ", …" : ""}`,
  };
}
