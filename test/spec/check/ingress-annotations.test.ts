import { expect, test } from "vitest";
import { problemsOf } from "./problems-of.ts";

const host = (key: string) =>
  `networking: {ingress: [{namespace: ingress-nginx}], hosts: [{host: a.shop.example.com, ingress: {annotations: {"${key}": x}}}]}`;
const said = (key: string, more = "") => problemsOf(host(key), `hosts: [a.shop.example.com]${more}`);

test.each([
  "nginx.ingress.kubernetes.io/proxy-read-timeout",
  "alb.ingress.kubernetes.io/scheme",
  "cert-manager.io/cluster-issuer",
  "example.com/team",
])("an agent may set %s", (key) => expect(said(key)).toEqual([]));

test.each([
  "nginx.ingress.kubernetes.io/configuration-snippet",
  "nginx.ingress.kubernetes.io/server-snippet",
  "nginx.ingress.kubernetes.io/auth-snippet",
  "nginx.org/location-snippets",
  "haproxy.org/backend-config-snippet",
  "nginx.ingress.kubernetes.io/server-alias",
  "nginx.ingress.kubernetes.io/auth-url",
  "nginx.ingress.kubernetes.io/mirror-target",
  "alb.ingress.kubernetes.io/group.name",
])("%s reaches beyond the host, unless the tenant's file names it", (key) => {
  expect(said(key)).toEqual([
    expect.stringContaining(`${key} reaches beyond this host; remove it, or let the platform team add`),
  ]);
  expect(said(key, `, ingressAnnotations: ["${key}"]`)).toEqual([]);
});

test.each(["external-dns.alpha.kubernetes.io/hostname", "kubernetes.io/ingress.class", "argocd.argoproj.io/sync-wave"])(
  "%s is reserved",
  (key) => expect(said(key)).toEqual([expect.stringContaining(`annotation ${key} is set or read by`)]),
);
