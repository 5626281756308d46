import * as z from "zod";

/** What somebody asked for by a box, and what came of it. */
export interface AnsweredTick {
  /** The login; undefined: the forge does not say who. */
  readonly by: string | undefined;
  /** A phrase in plain text, such as `open acme/triage`. */
  readonly asked: string;
  /** A sentence in plain text. */
  readonly answer: string;
}

/** Answers that a dashboard keeps; older ones are dropped. */
const KEPT = 5;
const OPEN = "<!-- raos:ticks ";
const CLOSE = " -->";
const Ticks = z
  .array(
    z.strictObject({
      by: z.string().max(64).optional(),
      asked: z.string().max(400),
      answer: z.string().max(400),
    }),
  )
  .max(KEPT);

/** The last answers as an HTML comment; Base64, so that nothing in them can end it. "" without any. */
export function encodeAnswers(ticks: readonly AnsweredTick[]): string {
  const last = ticks.slice(-KEPT).map(({ by, asked, answer }) => ({
    ...(by === undefined ? {} : { by: by.slice(0, 64) }),
    ...{ asked: asked.slice(0, 400), answer: answer.slice(0, 400) },
  }));
  return last.length === 0 ? "" : `${OPEN}${Buffer.from(JSON.stringify(last)).toString("base64")}${CLOSE}`;
}

/** The answers that a dashboard keeps; none where they cannot be read. The text is untrusted. */
export function decodeAnswers(body: string): readonly AnsweredTick[] {
  const start = body.lastIndexOf(OPEN);
  const end = start < 0 ? -1 : body.indexOf(CLOSE, start);
  if (end < 0 || end - start > 16_384) return [];
  const encoded = body.slice(start + OPEN.length, end);
  try {
    const { data = [] } = Ticks.safeParse(JSON.parse(Buffer.from(encoded, "base64").toString()));
    return data.map(({ by, asked, answer }) => ({ by, asked, answer }));
  } catch {
    return [];
  }
}
