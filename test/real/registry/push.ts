import { createHash } from "node:crypto";

/** Where and as whom images are pushed. */
export interface Target {
  readonly host: string;
  readonly repository: string;
  readonly authorization?: string;
}

/** What an image says about itself. */
export interface ImageContent {
  readonly created?: string;
  readonly os?: string;
  readonly architecture?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Makes the image another one. */
  readonly salt?: string;
}

const OCI = "application/vnd.oci.image";

/** Pushes an image with one layer, as `docker push` does, and returns its digest. */
export async function pushImage(target: Target, tag: string, content: ImageContent = {}): Promise<string> {
  const { created, os = "linux", architecture = "amd64", labels = {}, salt = "" } = content;
  const layer = Buffer.from(`a layer ${salt}`);
  const config = Buffer.from(
    JSON.stringify({
      ...(created === undefined ? {} : { created }),
      ...{ os, architecture, config: { Labels: labels } },
      rootfs: { type: "layers", diff_ids: [digestOf(layer)] },
    }),
  );
  await Promise.all([pushBlob(target, layer), pushBlob(target, config)]);
  return putManifest(target, tag, `${OCI}.manifest.v1+json`, {
    schemaVersion: 2,
    mediaType: `${OCI}.manifest.v1+json`,
    config: { mediaType: `${OCI}.config.v1+json`, digest: digestOf(config), size: config.length },
    layers: [{ mediaType: `${OCI}.layer.v1.tar`, digest: digestOf(layer), size: layer.length }],
  });
}

/** Pushes an index of one image for each architecture, and an attestation, as buildx makes them. */
export async function pushIndex(
  target: Target,
  tag: string,
  architectures: readonly string[],
  created: string,
): Promise<string> {
  const entries = [];
  for (const architecture of architectures) {
    const digest = await pushImage(target, `of-${architecture}`, { architecture, created, salt: architecture });
    entries.push({ mediaType: `${OCI}.manifest.v1+json`, digest, size: 1, platform: { os: "linux", architecture } });
  }
  const attestation = await pushImage(target, "attestation", { salt: "attestation" });
  const unknown = { os: "unknown", architecture: "unknown" };
  entries.unshift({ mediaType: `${OCI}.manifest.v1+json`, digest: attestation, size: 1, platform: unknown });
  return putManifest(target, tag, `${OCI}.index.v1+json`, {
    schemaVersion: 2,
    mediaType: `${OCI}.index.v1+json`,
    manifests: entries,
  });
}

/** Gives an image that was pushed further tags. */
export async function tagImage(target: Target, from: string, tags: readonly string[]): Promise<void> {
  const type = `${OCI}.manifest.v1+json`;
  const held = await fetch(urlOf(target, `manifests/${from}`), { headers: { accept: type, ...signIn(target) } });
  const manifest: unknown = await held.json();
  for (const tag of tags) await putManifest(target, tag, type, manifest);
}

async function pushBlob(target: Target, bytes: Uint8Array): Promise<void> {
  const started = await fetch(urlOf(target, "blobs/uploads/"), { method: "POST", headers: signIn(target) });
  const url = new URL(started.headers.get("location") ?? "", urlOf(target, ""));
  url.searchParams.set("digest", digestOf(bytes));
  const headers = { "content-type": "application/octet-stream", ...signIn(target) };
  const put = await fetch(url, { method: "PUT", body: Buffer.from(bytes), headers });
  if (put.status !== 201) throw new Error(`the blob is refused: ${put.status} ${await put.text()}`);
}

async function putManifest(target: Target, tag: string, type: string, manifest: unknown): Promise<string> {
  const body = JSON.stringify(manifest);
  const headers = { "content-type": type, ...signIn(target) };
  const put = await fetch(urlOf(target, `manifests/${tag}`), { method: "PUT", body, headers });
  if (put.status !== 201) throw new Error(`the manifest is refused: ${put.status} ${await put.text()}`);
  return digestOf(Buffer.from(body));
}

function urlOf({ host, repository }: Target, path: string): string {
  return `http://${host}/v2/${repository}/${path}`;
}

function signIn({ authorization }: Target): Record<string, string> {
  return authorization === undefined ? {} : { authorization };
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
