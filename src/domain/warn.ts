/** Writes a warning to the log: what it is about, in fields, and a fixed sentence. */
export type Warn = (fields: Readonly<Record<string, unknown>>, message: string) => void;
