/** How deep causes of causes are looked at. */
const DEEPEST = 6;

/** What the errors of a connection mean, by their codes in Node and undici. */
const MEANINGS: Readonly<Record<string, string>> = {
  EAI_AGAIN: "its name cannot be resolved: the DNS server does not answer",
  ECONNRESET: "the connection was closed before the answer came",
  EPIPE: "the connection was closed before the answer came",
  UND_ERR_SOCKET: "the connection was closed before the answer came",
  ETIMEDOUT: "the connection was not made in time",
  UND_ERR_CONNECT_TIMEOUT: "the connection was not made in time",
  UND_ERR_HEADERS_TIMEOUT: "no answer came in time",
  UND_ERR_BODY_TIMEOUT: "the answer did not end in time",
  EHOSTUNREACH: "there is no route to it",
  ENETUNREACH: "there is no route to it",
  EPROTO: "it does not speak TLS there",
};

/**
 * Why a request got no answer, as a clause that holds no credential and no address but that of the connection itself: "the name
 * git.acme.example cannot be resolved (ENOTFOUND)". Undefined for an error that is not one of a connection.
 */
export function connectionFailure(error: unknown): string | undefined {
  for (const one of causesOf(error)) {
    const clause = clauseOf(one);
    if (clause !== undefined) return clause;
  }
  return undefined;
}

/** The error and the causes of it; of several attempts, the first. */
function causesOf(error: unknown): readonly Error[] {
  const found: Error[] = [];
  let next: unknown = error;
  while (next instanceof Error && found.length < DEEPEST) {
    found.push(next);
    next = next instanceof AggregateError && next.errors.length > 0 ? next.errors[0] : next.cause;
  }
  return found;
}

function clauseOf(error: Error): string | undefined {
  const proxy = /^Proxy response \((\d{3})\)/.exec(error.message)?.[1];
  if (proxy === "407") return "the proxy answered 407: it wants a user and a password, http://user:password@host:port";
  if (proxy !== undefined) return `the proxy answered ${proxy}`;
  if (error.name === "TimeoutError") return "no answer came in time";
  const code = wordOf(error, "code", /^[A-Z][A-Z0-9_]{2,60}$/);
  if (code === undefined) return undefined;
  const meaning = meaningOf(error, code);
  return meaning && `${meaning} (${code})`;
}

function meaningOf(error: Error, code: string): string | undefined {
  if (code === "ENOTFOUND") {
    const host = wordOf(error, "hostname", /^[\w.:-]{1,255}$/);
    return host === undefined ? "its name cannot be resolved" : `the name ${host} cannot be resolved`;
  }
  if (code === "ECONNREFUSED") {
    const [address, port] = [wordOf(error, "address", /^[\w.:-]{1,255}$/), wordOf(error, "port", /^\d{1,5}$/)];
    return address === undefined ? "it refuses the connection" : `${address} refuses the connection to port ${port}`;
  }
  if (/CERT|SIGNATURE|ISSUER/.test(code))
    return "its TLS certificate is not accepted; NODE_EXTRA_CA_CERTS may name the file of your CA";
  return MEANINGS[code] ?? (/^ERR_(?:SSL|TLS)_/.test(code) ? "TLS failed" : undefined);
}

function wordOf(error: Error, property: string, shape: RegExp): string | undefined {
  const value: unknown = Reflect.get(error, property);
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && shape.test(text) ? text : undefined;
}
