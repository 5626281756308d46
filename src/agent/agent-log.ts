/** The log of an agent: one JSON line each. Secrets in it are masked by whoever makes it. */
export interface AgentLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}
