import { createHash } from "node:crypto";
import * as z from "zod";
import type { ImageInRegistry, RegistryFailure, TagDigest } from "./registry-answers.ts";
import { failure } from "./registry-request.ts";
import { bodyJson, type RegistrySession } from "./registry-session.ts";

/** Most bytes of a manifest (as distribution has it) and of an image's configuration. */
const MANIFEST_LIMIT = 4_194_304;
const MOST_PLATFORMS = 64;

const INDEXES = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];
const MANIFESTS = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];
const CONFIGS = ["application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"];
const ACCEPT = [...INDEXES, ...MANIFESTS].join(", ");

const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const Word = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,31}$/);
const Platform = z.object({ os: Word, architecture: Word, variant: Word.optional().catch(undefined) });
type Platform = z.infer<typeof Platform>;
const Index = z.object({
  manifests: z
    .array(
      z.object({ digest: Digest, mediaType: z.string().optional(), platform: Platform.optional().catch(undefined) }),
    )
    .max(1000),
});
const Manifest = z.object({ config: z.object({ digest: Digest, mediaType: z.string() }) });
const Config = z.object({
  created: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/)
    .optional()
    .catch(undefined),
  ...{ os: Word.optional().catch(undefined), architecture: Word.optional().catch(undefined) },
  variant: Word.optional().catch(undefined),
});

/** What a tag or a digest names. Whatever is fetched by its digest is compared with it. Never throws. */
export async function readImage(
  session: RegistrySession,
  reference: string,
): Promise<ImageInRegistry | RegistryFailure> {
  const manifest = await readBytes(session, `manifests/${reference}`, reference);
  if (manifest.kind === "failed") return manifest;
  const { digest, value } = manifest;
  const index = Index.safeParse(value);
  if (index.success) return describeIndex(session, digest, index.data);
  const single = Manifest.safeParse(value);
  if (!single.success || !CONFIGS.includes(single.data.config.mediaType))
    return failure(session.place, "unreadable", `has no image at ${shown(reference)}`);
  const config = await readConfig(session, single.data);
  if (config.kind === "failed") return config;
  return { kind: "image", digest, created: config.created, platforms: config.platforms };
}

/** Asks for the digest of what a tag names, without its bytes. Never throws. */
export async function readDigest(session: RegistrySession, tag: string): Promise<TagDigest | RegistryFailure> {
  const { origin, repository } = session.place;
  const url = `${origin}/v2/${repository}/manifests/${tag}`;
  const answer = await session.ask({ url, method: "HEAD", accept: ACCEPT, limit: MANIFEST_LIMIT });
  if (answer.kind === "failed") return answer;
  const digest = Digest.safeParse(answer.headers.get("docker-content-digest"));
  return digest.success
    ? { kind: "digest", digest: digest.data }
    : failure(session.place, "unreadable", `does not say the digest of ${shown(tag)}`);
}

/** An index is as old as the first image in it that runs somewhere; attestations run nowhere. */
async function describeIndex(
  session: RegistrySession,
  digest: string,
  { manifests }: z.infer<typeof Index>,
): Promise<ImageInRegistry | RegistryFailure> {
  const images = manifests.filter(({ platform }) => platform !== undefined && platform.os !== "unknown");
  const [first] = images;
  if (first === undefined)
    return failure(session.place, "unreadable", "has an index without an image for any platform");
  const platforms = images.flatMap(({ platform }) => (platform === undefined ? [] : [nameOf(platform)]));
  const manifest = await readBytes(session, `manifests/${first.digest}`, first.digest);
  if (manifest.kind === "failed") return manifest;
  const single = Manifest.safeParse(manifest.value);
  const config = single.success ? await readConfig(session, single.data) : NO_CONFIG;
  if (config.kind === "failed") return config;
  return { kind: "image", digest, created: config.created, platforms: sorted(platforms) };
}

interface ConfigRead {
  readonly kind: "config";
  readonly created: string | undefined;
  readonly platforms: readonly string[];
}
const NO_CONFIG: ConfigRead = { kind: "config", created: undefined, platforms: [] };

async function readConfig(
  session: RegistrySession,
  { config }: z.infer<typeof Manifest>,
): Promise<ConfigRead | RegistryFailure> {
  if (!CONFIGS.includes(config.mediaType)) return NO_CONFIG;
  const blob = await readBytes(session, `blobs/${config.digest}`, config.digest);
  if (blob.kind === "failed") return blob;
  const read = Config.safeParse(blob.value);
  if (!read.success) return NO_CONFIG;
  const { created, os, architecture, variant } = read.data;
  const platforms = os === undefined || architecture === undefined ? [] : [nameOf({ os, architecture, variant })];
  return { kind: "config", created, platforms };
}

interface BytesRead {
  readonly kind: "bytes";
  readonly digest: string;
  readonly value: unknown;
}

/** Reads JSON with its digest, which has to be the one that was asked for and the one that the registry says. */
async function readBytes(
  session: RegistrySession,
  path: string,
  reference: string,
): Promise<BytesRead | RegistryFailure> {
  const { origin, repository } = session.place;
  const url = `${origin}/v2/${repository}/${path}`;
  const answer = await session.ask({ url, accept: path.startsWith("blobs/") ? "*/*" : ACCEPT, limit: MANIFEST_LIMIT });
  if (answer.kind === "failed") return answer;
  const digest = `sha256:${createHash("sha256").update(answer.body).digest("hex")}`;
  const said = answer.headers.get("docker-content-digest") ?? digest;
  const wanted = reference.startsWith("sha256:") ? reference : digest;
  // A registry may say the digest by another algorithm, which proves nothing either way.
  if ((said.startsWith("sha256:") && said !== digest) || wanted !== digest)
    return failure(session.place, "unreadable", `sent other bytes for ${shown(reference)} than its digest says`);
  return { kind: "bytes", digest, value: bodyJson(answer.body) };
}

function nameOf({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join("/");
}

function sorted(platforms: readonly string[]): readonly string[] {
  return [...new Set(platforms)].sort().slice(0, MOST_PLATFORMS);
}

function shown(reference: string): string {
  return reference.slice(0, 19);
}
