import { readFault } from "./faults/faults.ts";
import { randomFrom } from "./faults/random.ts";
import { NO_LIMITS, REAL_LIMITS } from "./limits.ts";
import { timestamp } from "./model/model.ts";
import type { Answer } from "./reply.ts";
import type { TestGitHub } from "./server.ts";

const done = (body: unknown): Answer => ({ status: 200, headers: {}, body });

/** Routes for tests, which GitHub does not have: `POST /_test/faults`, `/_test/limits`, `/_test/suspend`, `/_test/mischief` (of webhooks), `/_test/seed` (of the randomness), `GET /_test/requests`, `DELETE` of either list. */
export async function answerTest(github: TestGitHub, method: string, url: URL, body: string): Promise<Answer> {
  const asked = readObject(body);
  switch (`${method} ${url.pathname}`) {
    case "POST /_test/faults":
      try {
        github.faults.push(readFault(asked));
      } catch (error) {
        return { status: 400, headers: {}, body: { message: error instanceof Error ? error.message : "no fault" } };
      }
      return done(github.faults);
    case "POST /_test/mischief":
      github.webhooks.deliveryFaults = {
        twice: Number(asked.twice ?? 0),
        late: Number(asked.late ?? 0),
        lost: Number(asked.lost ?? 0),
      };
      return done(github.webhooks.deliveryFaults);
    case "POST /_test/seed":
      github.random = randomFrom(Number(asked.seed ?? 1));
      return done({});
    case "DELETE /_test/faults":
      github.faults.splice(0);
      return done([]);
    case "GET /_test/requests": {
      const withBodies = url.searchParams.has("bodies");
      const shown = github.requests.map(({ method: verb, path, status, body: sent }) => ({
        method: verb,
        path,
        status,
        body: sent,
      }));
      return done(withBodies ? shown : shown.map(({ body: _, ...rest }) => rest));
    }
    case "DELETE /_test/requests":
      github.requests.splice(0);
      return done([]);
    case "POST /_test/limits":
      github.limiter.limits = { ...(asked.real === true ? REAL_LIMITS : NO_LIMITS), ...asked };
      return done(github.limiter.limits);
    case "POST /_test/suspend": {
      for (const installation of github.world.installations.values()) {
        installation.suspendedAt = asked.suspended === false ? undefined : timestamp(github.world);
        github.world.emit({
          kind: "installation",
          action: asked.suspended === false ? "unsuspend" : "suspend",
          installation,
          actor: installation.account,
        });
      }
      return done({});
    }
    case "POST /_test/hook":
      github.webhooks.hookUrl = typeof asked.url === "string" ? asked.url : undefined;
      return done({});
    default:
      return { status: 404, headers: {}, body: { message: "Not Found" } };
  }
}

function readObject(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body === "" ? "{}" : body);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
