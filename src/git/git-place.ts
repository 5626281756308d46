import { BOT } from "./bot.ts";

/** A repository and the environment of its Git commands: plain data, so that it can be sent to another thread. */
export interface GitPlace {
  /** Absolute path of the repository: the bare one, or the `.git` of a working folder. */
  readonly gitDir: string;
  /** Top folder of the working files, or undefined where there are none. */
  readonly workTree: string | undefined;
  /** Whether it has no working folder of its own; it may have linked ones. */
  readonly bare: boolean;
  readonly env: Readonly<Record<string, string>>;
}

/** The variables of this process that Git children get; not `GIT_*`, `HOME`, `XDG_*`, `SSH_*`, nor proxies. */
const PASSED_ON = ["PATH", "TMPDIR", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR"];

/**
 * Settings of every Git child. Hooks, file-system monitors, credential helpers and submodules are off, since they run other
 * programs or connect to other hosts. Redirects, and bundles and packs from addresses that a server names, are off too. A blob
 * above the threshold is streamed instead of read into Git's memory. Lock timeouts are in milliseconds.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  "core.hooksPath": "/dev/null",
  "core.fsmonitor": "false",
  "core.attributesFile": "/dev/null",
  "core.excludesFile": "/dev/null",
  "core.bigFileThreshold": "10m",
  "core.filesRefLockTimeout": "3000",
  "core.packedRefsTimeout": "10000",
  "credential.helper": "",
  "fetch.recurseSubmodules": "false",
  "fetch.uriProtocols": "",
  "submodule.recurse": "false",
  "gc.autoDetach": "false",
  "http.followRedirects": "false",
  "http.lowSpeedLimit": "1000",
  "http.lowSpeedTime": "30",
  "init.defaultBranch": "main",
  "transfer.bundleURI": "false",
};

export type ProcessEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * The whole environment of a Git child: the variables it needs, no configuration of the machine or the user, and these
 * settings in addition to the fixed ones. `protocols` is Git's allow-list, such as `https` or `file`.
 */
export function gitEnvironment(
  outside: ProcessEnvironment,
  protocols: string,
  settings: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const passed = PASSED_ON.flatMap((name): [string, string][] => {
    const value = outside[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    ...Object.fromEntries(passed),
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_LITERAL_PATHSPECS: "1",
    GIT_ALLOW_PROTOCOL: protocols,
    GIT_COMMITTER_NAME: BOT.name,
    GIT_COMMITTER_EMAIL: BOT.email,
    ...configuration({ ...SETTINGS, ...settings }),
  };
}

/** Git configuration as environment variables: other users of the machine can read a program's arguments, but not these. */
function configuration(settings: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(settings);
  const pairs = entries.flatMap(([key, value], index): [string, string][] => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(entries.length), ...Object.fromEntries(pairs) };
}

/** The place's environment with the repository's paths, so that Git does not search for one. */
export function placeEnvironment(place: GitPlace): Readonly<Record<string, string>> {
  const workTree = place.workTree === undefined ? {} : { GIT_WORK_TREE: place.workTree };
  return { ...place.env, GIT_DIR: place.gitDir, ...workTree };
}
