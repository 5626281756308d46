import type { IncomingMessage } from "node:http";

/** Who sent a request. */
export type RequestCaller =
  /** An application that the sidecar names, as `app-id.namespace`. */
  | { readonly kind: "application"; readonly name: string }
  /** Somebody whom `networking.ingress` lets past the sidecar. */
  | { readonly kind: "outside" }
  /** The sidecar itself: a message of a topic, a job; or a caller that hides its name. */
  | { readonly kind: "nameless" }
  /** A caller that gives itself a name beside its own. */
  | { readonly kind: "forged" };

const NAME = /^[a-z0-9](?:[-a-z0-9]{0,251}[a-z0-9])?$/;
const LOOPBACK = ["127.0.0.1", "::1", "::ffff:127.0.0.1"];

/**
 * Who sent a request. Only the sidecar is on loopback, so that a name in a request from elsewhere counts nothing. Daprd adds the caller's
 * name and namespace to what the caller sent: a forged one stands beside the true one, which a list with a comma shows. A caller may also
 * have both dropped by the header `Connection`; then nothing tells it from the sidecar itself, and it is nobody's task that it sees.
 */
export function requestCaller({ headers, socket }: IncomingMessage, hasSidecar: boolean): RequestCaller {
  if (!LOOPBACK.includes(socket.remoteAddress ?? "")) return { kind: "outside" };
  const [name, namespace] = ["dapr-caller-app-id", "dapr-caller-namespace"].map((header) => headers[header]);
  if (name === undefined && namespace === undefined) return { kind: hasSidecar ? "nameless" : "outside" };
  if (typeof name !== "string" || typeof namespace !== "string" || !NAME.test(name) || !NAME.test(namespace))
    return { kind: "forged" };
  return { kind: "application", name: `${name}.${namespace}` };
}
