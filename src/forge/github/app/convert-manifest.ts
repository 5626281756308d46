import { Octokit } from "@octokit/rest";
import * as z from "zod";
import { signalWithin } from "../../../deadline/deadline.ts";
import { ForgeError } from "../../forge.ts";
import { sameOriginFetch } from "../../same-origin-fetch.ts";
import { toForgeError } from "../client/error.ts";

/** A GitHub App that was registered a moment ago, with its secrets. */
export interface RegisteredApp {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  /** Its page, such as `https://github.com/apps/raos-acme`. */
  readonly page: string;
  /** The private key, in PEM. */
  readonly privateKey: string;
  /** Undefined where it has no webhook. */
  readonly webhookSecret: string | undefined;
}

export interface ConversionOptions {
  /** Root of REST. */
  readonly baseUrl: string;
  /** Sends the request; left out, the global one. */
  readonly fetch?: typeof fetch;
}

const Conversion = z.object({
  id: z.int().positive(),
  slug: z.string().regex(/^[a-z0-9][a-z0-9-]{0,99}$/),
  name: z.string().min(1).max(256),
  html_url: z.url({ protocol: /^https?$/ }).max(2048),
  pem: z
    .string()
    .max(65_536)
    .regex(/^-----BEGIN [A-Z ]{1,40}-----/),
  webhook_secret: z
    .string()
    .max(4096)
    .regex(/^[!-~]*$/)
    .nullish(),
});

/** Milliseconds that GitHub has to answer. */
const TIMEOUT = 20_000;

/**
 * Exchanges the code of a registration for the App and its secrets: https://docs.github.com/rest/apps/apps#create-a-github-app-from-a-manifest.
 * GitHub takes a code once, for an hour, so the request is never repeated. Throws ForgeError, whose message holds no secret.
 */
export async function convertManifest(
  code: string,
  { baseUrl, fetch: send }: ConversionOptions,
): Promise<RegisteredApp> {
  const doing = "get the credentials of the App";
  const silent = (): void => {};
  const octokit = new Octokit({
    baseUrl,
    userAgent: "raos",
    log: { debug: silent, info: silent, warn: silent, error: silent },
    request: {
      fetch: (target: string, init: RequestInit) =>
        sameOriginFetch(target, { ...init, signal: signalWithin(TIMEOUT, init.signal) }, send),
    },
  });
  const answer: unknown = await octokit.rest.apps.createFromManifest({ code }).then(
    ({ data }) => data,
    (error: unknown) => {
      throw toForgeError(error, doing);
    },
  );
  const app = Conversion.safeParse(answer).data;
  if (app === undefined) throw new ForgeError("unavailable", `${doing}: GitHub's answer has another shape`);
  const { id, slug, name, html_url: page, pem, webhook_secret: secret } = app;
  const webhookSecret = secret === null || secret === undefined || secret === "" ? undefined : secret;
  return { id, slug, name, page, privateKey: pem, webhookSecret };
}
