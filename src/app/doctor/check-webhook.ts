import { webhookAddress } from "../../domain/github/app-manifest.ts";
import type { WebhookFacts } from "../../forge/github/app/read-app.ts";
import type { Shell } from "../shell.ts";
import type { Finding } from "./finding.ts";
import { appOptions } from "./github-credential.ts";

/** Whether webhooks arrive, by what GitHub says of its deliveries. Throws ForgeError, UsageError, OutsideError. */
export async function webhookFindings(shell: Shell): Promise<readonly Finding[]> {
  const options = appOptions(shell);
  if (options === undefined) return [];
  const { readWebhook } = await import("../../forge/github/app/read-app.ts");
  const hook = await readWebhook(options);
  const hasSecret = (shell.env.WEBHOOK_SECRET ?? "") !== "";
  const secret: readonly Finding[] = hasSecret
    ? []
    : [
        {
          ...{
            check: "webhook",
            status: "warning",
            message: "WEBHOOK_SECRET is not set, and raos serve does not start without it",
          },
          fix: "set it to the webhook secret of the App",
        },
      ];
  return [webhookFinding(hook, shell.now()), ...secret];
}

function webhookFinding(hook: WebhookFacts, now: number): Finding {
  const check = "webhook";
  const off = { check, status: "off", message: "the App has no webhook: RAOS reads on its timer" } as const;
  if (hook.url === undefined)
    return {
      ...off,
      fix: "set it in the App's settings to the address of raos serve, such as https://bot.acme.example/api/github/webhooks",
    };
  const wrong = addressFault(hook);
  if (wrong !== undefined) return { check, ...wrong };
  const [last] = hook.deliveries;
  if (last === undefined)
    return {
      ...{
        check,
        status: "warning",
        message: `GitHub sent nothing to ${shown(hook.url)} in three days, so nobody can tell whether it arrives`,
      },
      fix: "push a commit, and look again",
    };
  const failed = new Set(hook.deliveries.map(({ guid }) => guid).filter((guid) => isLost(hook, guid))).size;
  const ago = `${Math.max(0, Math.round((now - last.at) / 60_000))} min ago`;
  if (!isGood(last.status))
    return {
      check,
      status: "failed",
      message: `the last delivery (${last.event}, ${ago}) ${outcomeOf(last.status)}`,
      fix: deliveryFix(last.status),
    };
  if (failed > 0)
    return {
      ...{
        check,
        status: "warning",
        message: `the last delivery arrived ${ago}; ${failed} of the last ${hook.deliveries.length} did not`,
      },
      fix: "RAOS reads on its timer what they told; if it goes on, see how the service and what is in front of it fare",
    };
  return {
    check,
    status: "ok",
    message: `${shown(hook.url)} took the last ${hook.deliveries.length} deliveries, the newest ${ago}`,
  };
}

function addressFault({
  url = "",
  isJson,
  isVerified,
}: WebhookFacts): Pick<Finding, "status" | "message" | "fix"> | undefined {
  const path = URL.canParse(url) ? new URL(url).pathname : undefined;
  if (path === undefined || webhookAddress(path) !== path)
    return {
      ...{ status: "failed", message: `its address ${shown(url)} is not that of raos serve` },
      fix: "let it end in /api/github/webhooks, in the App's settings",
    };
  if (!isJson)
    return {
      status: "failed",
      message: "its content type is a form's",
      fix: "choose application/json in the App's settings",
    };
  if (!isVerified)
    return {
      status: "warning",
      message: "GitHub does not verify its TLS certificate",
      fix: "turn SSL verification on in the App's settings",
    };
  return undefined;
}

/** Whether no attempt of a delivery arrived. */
function isLost({ deliveries }: WebhookFacts, guid: string): boolean {
  return !deliveries.some((one) => one.guid === guid && isGood(one.status));
}

function isGood(status: number): boolean {
  return status >= 200 && status < 300;
}

function outcomeOf(status: number): string {
  return status === 0 ? "got no answer" : `was answered ${status}`;
}

function deliveryFix(status: number): string {
  if (status === 400 || status === 401 || status === 403)
    return "WEBHOOK_SECRET is another one than the App's, or something in front of raos serve refuses GitHub";
  if (status === 404)
    return "what answers there is not raos serve; correct the address in the App's settings, or the Ingress";
  if (status === 0)
    return "is raos serve running, and can GitHub reach it: its name, its port, its certificate, a firewall?";
  return "see the log of raos serve and of what is in front of it";
}

/** Scheme, host and path: a query may hold a secret. */
function shown(url: string): string {
  if (!URL.canParse(url)) return "of its webhook";
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
