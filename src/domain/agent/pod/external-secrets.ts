import * as z from "zod";
import { DnsLabel, Duration } from "../../values/scalars.ts";
import { ObjectName } from "./pod-scalars.ts";

/** Where External Secrets reads from; https://external-secrets.io/latest/api/externalsecret/ */
export const SecretStoreRef = z.strictObject({
  kind: z.enum(["SecretStore", "ClusterSecretStore"]).describe("Kind of the store"),
  name: ObjectName.describe("Name of the store"),
});

const RemoteKey = z.string().min(1).max(512);

/** A Secret that External Secrets makes, and keeps up to date, from a store outside of the cluster. */
export const ExternalSecret = z.strictObject({
  name: DnsLabel.describe("Name of the Secret that it makes, to which the rest of the spec refers"),
  secretStoreRef: SecretStoreRef.describe("The store; it has to be in spec.secretStores of the tenant's file"),
  refreshInterval: Duration.optional().describe("How often it is read again; left out: 1h"),
  data: z
    .array(
      z.strictObject({
        secretKey: z
          .string()
          .min(1)
          .max(253)
          .regex(/^[-._a-zA-Z0-9]+$/, "is not a key of a Secret")
          .describe("Key within the Secret"),
        remoteRef: z
          .strictObject({
            key: RemoteKey.describe("Name or path in the store"),
            property: RemoteKey.optional().describe("Field of it, where it holds several"),
            version: RemoteKey.optional().describe("Version; left out: the newest"),
          })
          .describe("Where its value is in the store"),
      }),
    )
    .min(1)
    .max(64)
    .describe("The keys of the Secret"),
});
