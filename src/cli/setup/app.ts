import { relative, resolve } from "node:path";
import { Command } from "commander";
import { openInBrowser } from "../../app/registration/open-browser.ts";
import { type CredentialTarget, type Registered, registerApp } from "../../app/registration/register-app.ts";
import { type ExitCode, type Shell, UsageError } from "../../app/shell.ts";
import { type GitHubHost, githubHosts } from "../../app/world/forges/github-hosts.ts";
import { outboundFetch } from "../../app/world/outbound-fetch.ts";
import { LONGEST_APP_NAME } from "../../domain/github/app-manifest.ts";

interface Options {
  readonly org?: string;
  readonly name?: string;
  readonly url?: string;
  readonly githubServer?: string;
  readonly outputDir?: string;
  readonly secret?: string;
  readonly namespace?: string;
  readonly print?: boolean;
  readonly open?: boolean;
}

/** `raos app create`: registers the GitHub App of an organisation. */
export function appCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  return new Command("app").addCommand(
    new Command("create")
      .description(
        "register a GitHub App with what RAOS needs, and keep its credentials; a person confirms it in a browser",
      )
      .option("--org <organisation>", "the organisation that owns the App; left out: your own account")
      .option("--name <name>", "name of the App, unique on GitHub; left out: raos-<organisation>")
      .option(
        "--url <address>",
        "where GitHub reaches raos serve, such as https://bot.acme.example; left out: no webhook, RAOS reads on its timer",
      )
      .option("--github-server <address>", "a GitHub Enterprise Server; left out: GITHUB_SERVER_URL, or github.com")
      .option("--output-dir <folder>", "write raos-app.env and the private key there; left out, without --secret: here")
      .option("--secret <name>", "write a Kubernetes Secret of this name, to <name>.secret.yaml")
      .option("--namespace <namespace>", "with --secret: its namespace; left out: the one it is applied to")
      .option("--print", "with --secret: print the Secret to standard output and write no file")
      .option("--open", "open the page in the browser; left out: its address is printed")
      .action(async (options: Options) => {
        const host = hostOf(shell, options.githubServer);
        const targets = targetsOf(shell, options);
        const say = options.print === true ? shell.err : shell.out;
        const fetch = outboundFetch(shell.env);
        const app = { org: orgOf(options.org), name: nameOf(options), url: webhookBase(options.url) };
        shell.hold();
        const done = await registerApp(shell, {
          ...{ host, targets, fetch, ...app },
          waiting(address) {
            say(invitation(host, app.org, address));
            if (options.open === true) openInBrowser(address);
          },
        });
        if (done.printed !== undefined) shell.out(done.printed);
        say(nextSteps(shell, done, options));
        exit(0);
      }),
  );
}

function hostOf({ env }: Shell, server: string | undefined): GitHubHost {
  const [host] = githubHosts(
    server === undefined
      ? env
      : { ...env, GITHUB_SERVER_URL: addressOf(server, "--github-server"), GITHUB_API_URL: "" },
  );
  if (host === undefined) throw new UsageError("no GitHub is known");
  return host;
}

function orgOf(org: string | undefined): string | undefined {
  if (org !== undefined && !/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(org))
    throw new UsageError(`--org: ${JSON.stringify(org)} is no organisation's name; write acme`);
  return org;
}

/** GitHub's rules for names of Apps; that it is not taken, GitHub itself says. */
function nameOf({ org, name }: Options): string {
  const wanted = name ?? `raos-${org ?? "bot"}`.slice(0, LONGEST_APP_NAME);
  if (wanted.trim() !== wanted || wanted.length < 1 || wanted.length > LONGEST_APP_NAME || /[^ -~]/.test(wanted))
    throw new UsageError(`--name: an App's name has 1 to ${LONGEST_APP_NAME} printable ASCII characters`);
  if (/^(github|gist)/i.test(wanted)) throw new UsageError("--name: an App's name cannot begin with GitHub or Gist");
  return wanted;
}

function webhookBase(url: string | undefined): string | undefined {
  return url === undefined ? undefined : addressOf(url, "--url");
}

/** An https address without credentials, query and fragment; http for this machine only. Throws UsageError. */
function addressOf(text: string, option: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = url?.hostname === "localhost" || url?.hostname === "127.0.0.1" || url?.hostname === "[::1]";
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isLocal);
  if (url === undefined || !isSafe || `${url.username}${url.password}${url.search}${url.hash}` !== "")
    throw new UsageError(
      `${option} is no https:// address without credentials and query; write https://bot.acme.example`,
    );
  return url.href;
}

function targetsOf(shell: Shell, { outputDir, secret, namespace, print }: Options): readonly CredentialTarget[] {
  const folder = resolve(shell.cwd, outputDir ?? ".");
  if (secret === undefined) {
    if (namespace !== undefined || print === true)
      throw new UsageError("--namespace and --print are for --secret NAME");
    return [{ kind: "files", folder }];
  }
  if (!/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(secret))
    throw new UsageError("--secret: a Secret's name has lower-case letters, digits, '-' and '.'");
  if (namespace !== undefined && !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace))
    throw new UsageError("--namespace: a namespace has lower-case letters, digits and '-'");
  const target = { kind: "secret", name: secret, namespace, folder: print === true ? "print" : folder } as const;
  return outputDir === undefined ? [target] : [{ kind: "files", folder }, target];
}

function invitation({ origin }: GitHubHost, org: string | undefined, address: string): string {
  return `Open this address in a browser on this machine that is signed in to ${origin} as ${org === undefined ? "the App's owner" : `an owner of ${org}`}:

  ${address}

Waiting for an hour; Ctrl-C stops.
`;
}

function nextSteps(
  shell: Shell,
  { app, files, printed }: Registered,
  { secret, namespace, url, outputDir }: Options,
): string {
  const names = files.map((file) => relative(shell.cwd, file) || file);
  const inNamespace = namespace === undefined ? "" : ` --namespace ${namespace}`;
  const apply = printed === undefined ? [`kubectl apply${inNamespace} -f ${names.at(-1)}`] : [];
  const run =
    secret === undefined || outputDir !== undefined
      ? [`set -a; . ${names[0]?.includes("/") === true ? "" : "./"}${names[0]}; set +a; npx raos doctor`]
      : [];
  const cluster =
    secret === undefined
      ? []
      : [
          ...apply,
          `helm install raos charts/raos${inNamespace}${secret === "raos" ? "" : ` --set 'existingSecrets={${secret}}'`}`,
        ];
  const steps = [`install it on repositories: ${app.page}/installations/new`, ...cluster, ...run];
  return [
    `Registered ${app.page}`,
    ...names.map((name) => `wrote ${name}, readable by you alone`),
    ...(url === undefined
      ? [
          "It has no webhook: RAOS reads on its timer. To add one, set its address and the WEBHOOK_SECRET above in the App's settings.",
        ]
      : []),
    "Next:",
    ...steps.map((step, index) => `  ${index + 1}. ${step}`),
    "",
  ].join("\n");
}
