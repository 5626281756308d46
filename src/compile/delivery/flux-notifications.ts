import type { Config } from "../../domain/kinds/kinds.ts";
import type { Json } from "../../domain/values/scalars.ts";

/** Name of the Secret in Flux's namespace whose key `token` holds the value of `ROLLOUTS_SECRET`. */
export const NOTIFICATION_SECRET = "raos-rollouts";

/** Where RAOS is told about roll-outs, and for which repository. */
export interface NotificationTarget {
  /** The whole address, https://…/api/rollouts. */
  readonly address: string;
  /** `owner/name`; undefined: an event rings every repository that RAOS serves. */
  readonly repository: string | undefined;
}

/**
 * The Provider and the Alert (notification.toolkit.fluxcd.io/v1beta3) with which Flux tells RAOS what happens in an environment. Both
 * are in the namespace of the HelmReleases, since an Alert of another namespace may be forbidden to see them.
 */
export function fluxNotifications(
  environment: string,
  config: Config,
  { address, repository }: NotificationTarget,
): readonly Json[] {
  const apiVersion = "notification.toolkit.fluxcd.io/v1beta3";
  const metadata = { name: "raos", namespace: config.spec.flux.sourceRef.namespace };
  return [
    {
      apiVersion,
      kind: "Provider",
      metadata,
      spec: { type: "generic-hmac", address, secretRef: { name: NOTIFICATION_SECRET } },
    },
    {
      apiVersion,
      kind: "Alert",
      metadata,
      spec: {
        providerRef: { name: "raos" },
        eventSeverity: "info",
        eventSources: [
          { kind: "Kustomization", name: "*" },
          { kind: "HelmRelease", name: "*" },
        ],
        eventMetadata: { environment, ...(repository === undefined ? {} : { repository }) },
      },
    },
  ];
}
