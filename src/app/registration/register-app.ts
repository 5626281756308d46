import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { RegisteredApp } from "../../forge/github/app/convert-manifest.ts";
import { OutsideError, type Shell } from "../shell.ts";
import type { GitHubHost } from "../world/forges/github-hosts.ts";
import { environmentFile, reserveFiles, secretManifest } from "./credential-files.ts";
import { type Registration, startRegistration } from "./start-registration.ts";

/** Where the credentials go. */
export type CredentialTarget =
  | { readonly kind: "files"; readonly folder: string }
  | {
      readonly kind: "secret";
      readonly name: string;
      readonly namespace: string | undefined;
      /** The folder of its file; "print": it is printed instead. */
      readonly folder: string | "print";
    };

export interface RegisterOptions {
  readonly host: GitHubHost;
  readonly org: string | undefined;
  readonly name: string;
  readonly url: string | undefined;
  readonly targets: readonly CredentialTarget[];
  readonly fetch: typeof fetch;
  /** Called with the address to open. */
  readonly waiting: (address: string) => void;
  /** Milliseconds until it gives up; left out, an hour: GitHub's own limit of a code. */
  readonly timeoutMs?: number;
}

/** A registered App, and where its credentials are now. */
export interface Registered {
  readonly app: RegisteredApp;
  /** Paths of files, in the order of the targets. */
  readonly files: readonly string[];
  /** A manifest to print, where that was asked for. */
  readonly printed: string | undefined;
}

const HOUR = 3_600_000;

/**
 * Registers a GitHub App by GitHub's manifest flow, with a person at a browser, and keeps its credentials. Throws UsageError where
 * a file is there already, ForgeError where GitHub refuses, OutsideError where the time is over or the shell's signal aborts; then
 * no file is left.
 */
export async function registerApp(shell: Shell, options: RegisterOptions): Promise<Registered> {
  // Loaded now, so that nothing can fail between the code and its exchange.
  const { convertManifest } = await import("../../forge/github/app/convert-manifest.ts");
  const paths = options.targets.flatMap(pathsOf);
  const reserved = await reserveFiles(paths);
  let printed: string | undefined;
  let registration: Registration | undefined;
  const { host, org, name, url, targets } = options;
  try {
    registration = await startRegistration({
      ...{ server: host.origin, org, name, url },
      async complete(code) {
        const app = await convertManifest(code, { baseUrl: host.api, fetch: options.fetch });
        const texts = targets.map((target) => textsOf(target, app, host));
        printed = texts.find((one) => one.printed !== undefined)?.printed;
        await reserved.write(texts.flatMap((one) => one.files));
        return app;
      },
    });
    options.waiting(registration.address);
    const app = await firstOf(registration.registered, shell.signal, options.timeoutMs ?? HOUR);
    return { app, files: paths, printed };
  } catch (error) {
    await reserved.discard();
    throw error;
  } finally {
    await registration?.stop();
  }
}

const KEY_FILE = "raos-app.private-key.pem";

function pathsOf(target: CredentialTarget): readonly string[] {
  if (target.kind === "files") return [join(target.folder, "raos-app.env"), join(target.folder, KEY_FILE)];
  return target.folder === "print" ? [] : [join(target.folder, `${target.name}.secret.yaml`)];
}

function textsOf(
  target: CredentialTarget,
  app: RegisteredApp,
  { origin }: GitHubHost,
): { readonly files: readonly string[]; readonly printed?: string } {
  const credentials = {
    ...app,
    // An App without a webhook has no secret; `raos serve` wants one, for the day on which a webhook is set.
    webhookSecret: app.webhookSecret ?? OWN_SECRET,
    server: origin === "https://github.com" ? undefined : origin,
  };
  if (target.kind === "files")
    return { files: [environmentFile(credentials, join(target.folder, KEY_FILE)), app.privateKey] };
  const manifest = secretManifest(credentials, target.name, target.namespace);
  return target.folder === "print" ? { files: [], printed: manifest } : { files: [manifest] };
}

/** One for the process: every file of a registration has the same. */
const OWN_SECRET = randomBytes(32).toString("hex");

async function firstOf<T>(work: Promise<T>, signal: AbortSignal, ms: number): Promise<T> {
  const end = Promise.withResolvers<never>();
  const stop = (why: string) => end.reject(new OutsideError(`${why}; no App was registered here, and no file is left`));
  const aborted = () => stop("stopped");
  const timer = setTimeout(
    () => stop(`nobody registered the App within ${ms >= 60_000 ? `${ms / 60_000} minutes` : `${ms} ms`}`),
    ms,
  );
  if (signal.aborted) aborted();
  signal.addEventListener("abort", aborted, { once: true });
  try {
    return await Promise.race([work, end.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", aborted);
  }
}
