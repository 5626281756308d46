/**
 * A part of the body in several lengths, the longest first; the last one is short or empty. Each is made only
 * when it is needed.
 */
export type BodySection = readonly (() => string)[];
