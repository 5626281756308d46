import { signalWithin } from "../../deadline/deadline.ts";
import { imageReference } from "../../domain/values/image.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import type { DockerConfig, RegistryCredential } from "./docker-config.ts";
import { listTags } from "./list-tags.ts";
import { readDigest, readImage } from "./read-image.ts";
import type { RegistryFailure, RegistryReader } from "./registry-answers.ts";
import { registryPlace } from "./registry-place.ts";
import type { RegistrySender } from "./registry-request.ts";
import { openSession } from "./registry-session.ts";

export interface RegistryReaderOptions {
  readonly fetch: typeof fetch;
  now(): Instant;
  /** Docker's configuration as it is now; undefined: there is none. A problem is said where a registry refuses. */
  dockerConfig(): Promise<DockerConfig | { readonly problem: string } | undefined>;
}

/** How long an answer and a failure are remembered, in milliseconds, and how many of them. */
const HOUR = 3_600_000;
const FAILED = 300_000;
const MOST_KEPT = 2000;
/** Milliseconds that everything about one repository or image may take. */
const WHOLE = 60_000;

/** A reader that asks each registry at most once an hour about the same thing, and not again while it is told to wait. */
export function createRegistryReader(options: RegistryReaderOptions): RegistryReader {
  const waits = new Map<string, { readonly failure: RegistryFailure; readonly until: Instant }>();
  const session = async (image: string) => {
    const place = registryPlace(image);
    const whole = signalWithin(WHOLE);
    const sender: RegistrySender = {
      fetch: options.fetch,
      now: options.now,
      within: (milliseconds) => AbortSignal.any([whole, signalWithin(milliseconds)]),
    };
    return openSession(sender, place, await credentialFor(options, imageReference(image).name));
  };
  const unlessWaiting = async <T extends { readonly kind: string }>(
    image: string,
    work: (open: Awaited<ReturnType<typeof session>>) => Promise<T | RegistryFailure>,
  ): Promise<T | RegistryFailure> => {
    const { origin } = registryPlace(image);
    const waiting = waits.get(origin);
    if (waiting !== undefined && waiting.until > options.now()) return waiting.failure;
    const read = await work(await session(image));
    // One that does not answer about one repository would keep a pass waiting for each of the others.
    if (isFailure(read) && (read.retryAt !== undefined || read.reason === "unreachable"))
      waits.set(origin, { failure: read, until: read.retryAt ?? options.now() + FAILED });
    return read;
  };
  const tags = rememberAnswers(options.now, (image: string) => unlessWaiting(image, listTags));
  const digests = rememberAnswers(options.now, (image: string) =>
    unlessWaiting(image, (open) => readDigest(open, imageReference(image).tag)),
  );
  const images = rememberAnswers(options.now, (image: string) =>
    unlessWaiting(image, (open) => readImage(open, imageReference(image).tag)),
  );
  return {
    tags: (image) => tags(imageReference(image).name),
    digest: (image, tag) => digests(`${imageReference(image).name}:${tag}`),
    image: (image, tag) => images(`${imageReference(image).name}:${tag}`),
  };
}

async function credentialFor({ dockerConfig }: RegistryReaderOptions, repository: string): Promise<RegistryCredential> {
  const config = await dockerConfig();
  if (config === undefined) return { kind: "none" };
  return "problem" in config ? { kind: "not-used", why: config.problem } : config.credentialFor(repository);
}

interface Remembered<T> {
  readonly read: Promise<T>;
  until: Instant;
}

/** Answers that were asked for once are given again for a while; requests for the same thing at the same time are one. */
function rememberAnswers<T extends { readonly kind: string }>(
  now: () => Instant,
  ask: (key: string) => Promise<T | RegistryFailure>,
): (key: string) => Promise<T | RegistryFailure> {
  const known = new Map<string, Remembered<T | RegistryFailure>>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined && found.until > now()) return found.read;
    if (known.size >= MOST_KEPT) known.clear();
    const entry: Remembered<T | RegistryFailure> = { read: ask(key), until: Number.POSITIVE_INFINITY };
    known.set(key, entry);
    entry.read.then(
      (read) => {
        entry.until = isFailure(read) ? (read.retryAt ?? now() + FAILED) : now() + HOUR;
      },
      () => known.delete(key),
    );
    return entry.read;
  };
}

function isFailure(read: { readonly kind: string }): read is RegistryFailure {
  return read.kind === "failed";
}
