import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { stringify } from "yaml";
import type { RegisteredApp } from "../../forge/github/app/convert-manifest.ts";
import { OutsideError, UsageError } from "../shell.ts";

/** What RAOS runs with. */
export interface AppCredentials extends Pick<RegisteredApp, "id" | "privateKey"> {
  readonly webhookSecret: string;
  /** The GitHub, where it is not github.com. */
  readonly server: string | undefined;
}

/** Files that were made empty before there is anything to write, so that a secret given once is not lost to a full name. */
export interface ReservedFiles {
  /** Writes all of them; `texts` are in the order of the paths. Throws OutsideError. */
  write(texts: readonly string[]): Promise<void>;
  /** Removes them. */
  discard(): Promise<void>;
}

/** Makes the files, readable by their owner alone. Throws UsageError where one is there already, OutsideError otherwise. */
export async function reserveFiles(paths: readonly string[]): Promise<ReservedFiles> {
  const handles: FileHandle[] = [];
  const made: string[] = [];
  const discard = async () => {
    await Promise.all(handles.map((handle) => handle.close().catch(() => {})));
    await Promise.all(made.map((path) => rm(path, { force: true })));
  };
  try {
    for (const path of paths) {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      handles.push(await open(path, "wx", 0o600));
      made.push(path);
    }
  } catch (error) {
    await discard();
    throw unwritable(error, paths[made.length] ?? "");
  }
  return {
    discard,
    async write(texts) {
      for (const [index, handle] of handles.entries()) {
        try {
          await handle.writeFile(texts[index] ?? "");
          await handle.sync();
          await handle.close();
        } catch (error) {
          throw unwritable(error, paths[index] ?? "");
        }
      }
    },
  };
}

function unwritable(error: unknown, path: string): Error {
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  if (code === "EEXIST") return new UsageError(`${path} is there already, and nothing is overwritten; move it away`);
  return new OutsideError(`cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`);
}

/** The variables of `raos serve`, as a file for `set -a; . file`, `docker --env-file` and systemd. */
export function environmentFile({ id, webhookSecret, server }: AppCredentials, keyFile: string): string {
  const path = resolve(keyFile);
  const isPlain = /^[\w./@:+-]{1,4096}$/.test(path);
  return [
    `APP_ID=${id}`,
    `PRIVATE_KEY_PATH=${isPlain ? path : `'${path.replaceAll("'", "'\\''")}'`}`,
    `WEBHOOK_SECRET=${webhookSecret}`,
    ...(server === undefined ? [] : [`GITHUB_SERVER_URL=${server}`]),
    "",
  ].join("\n");
}

/** The same as a Secret whose keys are names of variables, for `envFrom` and the chart's `existingSecrets`. */
export function secretManifest(
  { id, privateKey, webhookSecret, server }: AppCredentials,
  name: string,
  namespace: string | undefined,
): string {
  return stringify({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    type: "Opaque",
    stringData: {
      APP_ID: String(id),
      PRIVATE_KEY: privateKey,
      WEBHOOK_SECRET: webhookSecret,
      ...(server === undefined ? {} : { GITHUB_SERVER_URL: server }),
    },
  });
}
