import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import type { Evidence } from "../../src/domain/alert/evidence.ts";
import { createEvidenceReader } from "../../src/observe/create-evidence-reader.ts";
import type { LogsRequest, MetricsRequest } from "../../src/observe/evidence-reader.ts";
import { json, type Loopback, startLoopback } from "../servers/loopback.ts";

const END = Date.parse("2026-05-04T10:00:00Z");
const SPAN = { start: END - 3_600_000, end: END };
const METRICS: MetricsRequest = {
  kind: "promql",
  name: "up",
  query: "up",
  unit: "count",
  threshold: undefined,
  ...SPAN,
};
const LOGS: LogsRequest = { kind: "logql", name: "log", query: '{a="b"}', lines: 100, deployedAt: undefined, ...SPAN };
const TOKEN = ["bearer", "of", "tests", "0f1e2d3c"].join("-");

/** Milliseconds for an answer that comes: far more than it takes, also on a busy machine. */
const ANSWERS = 20_000;

let running: Loopback | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

async function look(
  ask: MetricsRequest | LogsRequest,
  answer: (response: ServerResponse) => void,
  signal?: AbortSignal,
  deadlineMs = ANSWERS,
): Promise<Evidence> {
  running = await startLoopback(answer);
  const { url } = running;
  return observatoryAt(url, deadlineMs).read(ask, "e1", signal);
}

function observatoryAt(url: string, deadlineMs = ANSWERS) {
  return createEvidenceReader({
    prometheus: { url, bearer: TOKEN },
    loki: { url, bearer: TOKEN, tenant: "acme" },
    kubernetes: undefined,
    grafana: undefined,
    deadlineMs,
    now: () => END,
  });
}

const matrix = (values: readonly (readonly [unknown, unknown])[]) => ({
  status: "success",
  data: { resultType: "matrix", result: [{ metric: { pod: "a" }, values }] },
});
const streams = (values: readonly (readonly unknown[])[]) => ({
  status: "success",
  data: { resultType: "streams", result: [{ stream: { pod: "a" }, values }] },
});
const failure = (error: string) => ({ status: "error", errorType: "execution", error });
const HOSTILE =
  "no \u202eword\u001b[31m\n# Head <!-- of http://10.0.0.7:9090/x and u:p@db.internal:5432, dial 10.1.2.3:80";

describe("an answer that says it is partial", () => {
  const sample = matrix([[END / 1000, "1"]]);
  const line = [`${END - 1000}000000`, "a line"] as const;

  test.each([
    [
      "warnings of Thanos, Mimir and Promxy",
      { warnings: ["store sidecar-a is away"] },
      ["Prometheus warns: store sidecar-a is away"],
    ],
    ["VictoriaMetrics' mark", { isPartial: true }, ["Prometheus says that its answer is partial"]],
    [
      "a warning with an address",
      { warnings: ["dial 10.1.2.3:10901: refused"] },
      ["Prometheus warns: dial [address]: refused"],
    ],
    [
      "remarks alone",
      { infos: ["PromQL info: metric might not be a counter"], isPartial: false, warnings: [] },
      undefined,
    ],
    ["nothing", {}, undefined],
  ])("%s", async (_, notes, partial) => {
    expect(await look(METRICS, (to) => json(to, { ...sample, ...notes }))).toMatchObject({ kind: "series", partial });
  });

  test("and has no data says both", async () => {
    const empty = { status: "success", data: { resultType: "matrix", result: [] }, warnings: ["a store is away"] };
    const message = "there is no data in this range; Prometheus warns: a store is away";
    expect(await look(METRICS, (to) => json(to, empty))).toMatchObject({ reason: "empty", message });
  });

  test("as many lines as Loki allows are read, where it says how many", async () => {
    running = await startLoopback((response, request) => {
      const limit = new URL(request.url ?? "", "http://x").searchParams.get("limit");
      if (limit === "1") return json(response, streams([line]));
      const refusal = `max entries limit per query exceeded, limit > max_entries_limit_per_query (${limit} > 1)`;
      response.writeHead(400).end(refusal);
    });
    const partial = ["only the newest 1 lines were read"];
    expect(await observatoryAt(running.url).read(LOGS, "e1")).toMatchObject({ kind: "logs", partial });
    expect(running.asked).toHaveLength(2);
  });

  test("as many lines as were asked for are not all lines", async () => {
    const ask = { ...LOGS, lines: 2 };
    expect(await look(ask, (to) => json(to, streams([line, line])))).toMatchObject({
      ...{ kind: "logs", partial: ["only the newest 2 lines were read"] },
    });
    expect(await look(ask, (to) => json(to, streams([line])))).toMatchObject({ kind: "logs", partial: undefined });
    const warned = { ...streams([line]), warnings: ["a zone is away"] };
    expect(await look(ask, (to) => json(to, warned))).toMatchObject({ partial: ["Loki warns: a zone is away"] });
  });
});

type Case = readonly [what: string, answer: (response: ServerResponse) => void, reason: string, message: RegExp];

const BOTH: readonly Case[] = [
  ["422", (to) => json(to, failure("no such thing"), 422), "refused", /^it answered 422: no such thing$/],
  [
    "400 in words",
    (to) => to.writeHead(400).end("parse error at line 1, col 3"),
    "refused",
    /^it answered 400: parse error at line 1, col 3$/,
  ],
  ["401", (to) => to.writeHead(401).end("no"), "refused", /^it answered 401: no$/],
  [
    "403 of a proxy",
    (to) => to.writeHead(403).end("<html><a href=x>sign in</a></html>"),
    "refused",
    /^it answered 403$/,
  ],
  ["429", (to) => to.writeHead(429).end(), "refused", /^it answered 429$/],
  ["503", (to) => json(to, failure("starting up"), 503), "unreachable", /^it answered 503: starting up$/],
  [
    "500 and hostile words",
    (to) => json(to, failure(HOSTILE), 500),
    "unreachable",
    /^it answered 500: no word # Head <!-- of \[address\] and/,
  ],
  [
    "302",
    (to) => to.writeHead(302, { location: "http://127.0.0.1:1/login" }).end(),
    "refused",
    /^it answered 302, a redirect to another address, which is not followed$/,
  ],
  ["no answer at all", () => {}, "timed-out", /^no answer within 300 ms$/],
  [
    "half an answer, then none",
    (to) => void to.writeHead(200).write('{"status":'),
    "timed-out",
    /^no answer within 300 ms$/,
  ],
  ["a cut connection", (to) => void to.socket?.destroy(), "unreachable", /^there is no connection$/],
  [
    "half an answer, then a cut",
    (to) => void to.writeHead(200).write('{"status":', () => to.socket?.destroy()),
    "unreachable",
    /^there is no connection$/,
  ],
  ["a web page", (to) => to.writeHead(200).end("<html></html>"), "unreadable", /^the answer is not JSON$/],
  ["nothing", (to) => to.writeHead(200).end(), "unreadable", /^the answer is not JSON$/],
  ["null", (to) => json(to, null), "unreadable", /in another shape$/],
  ["a list", (to) => json(to, []), "unreadable", /in another shape$/],
  ["an error with 200", (to) => json(to, failure("odd")), "unreadable", /in another shape$/],
  ["a huge body", (to) => huge(to), "too-large", /^the answer is larger than \d+ bytes$/],
];

/** Twenty megabytes of white space, as long as they are wanted. */
function huge(to: ServerResponse): void {
  to.writeHead(200);
  const piece = " ".repeat(1024 * 1024);
  const more = (left: number) => {
    if (left === 0) to.end("{}");
    else to.write(piece, (error) => error ?? more(left - 1));
  };
  more(20);
}

describe.each([
  ["Prometheus", METRICS],
  ["Loki", LOGS],
] as const)("%s that misbehaves becomes missing evidence", (_, ask) => {
  test.each(BOTH)("%s", async (_, answer, reason, message) => {
    const evidence = await look(ask, answer, undefined, reason === "timed-out" ? 300 : ANSWERS);
    expect(evidence).toMatchObject({ kind: "missing", id: "e1", name: ask.name, query: ask.query, reason });
    const said = evidence.kind === "missing" ? evidence.message : "";
    expect(said).toMatch(message);
    expect(said).not.toMatch(/127\.0\.0\.1|10\.0\.0\.7|10\.1\.2\.3|db\.internal|localhost|u:p@|[\p{Cc}\p{Cf}]/u);
    expect(said).not.toContain(TOKEN);
    expect(said.length).toBeLessThan(300);
  });

  test.each([400, 401, 403, 404, 429, 500])("whether %i refuses who asks", async (status) => {
    const evidence = await look(ask, (to) => to.writeHead(status).end("no"));
    const source = ask.kind === "promql" ? "Prometheus" : "Loki";
    const refusal = status === 401 || status === 403 ? { source, status } : undefined;
    expect(evidence).toMatchObject({ kind: "missing", refusal });
  });

  test("there is no such server", async () => {
    for (const url of ["http://127.0.0.1:1", "http://nowhere.invalid"])
      expect(await observatoryAt(url).read(ask, "e1")).toMatchObject({
        kind: "missing",
        reason: "unreachable",
        message: "there is no connection",
      });
  });

  test("it is given up", async () => {
    const evidence = await look(ask, () => {}, AbortSignal.timeout(50));
    expect(evidence).toMatchObject({
      kind: "missing",
      reason: "timed-out",
      message: "the pass ended before the answer came",
    });
  });

  test("a token goes with the request, and nowhere else", async () => {
    await look(ask, (to) => json(to, null));
    const [request] = running?.asked ?? [];
    expect(request?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(`${request?.url} ${request?.body}`).not.toContain(TOKEN);
    if (ask.kind === "logql") expect(request?.headers["x-scope-orgid"]).toBe("acme");
  });

  test("a credential that the answer repeats is not shown", async () => {
    const [username, password] = ["123456", "glc_x"];
    const encoded = Buffer.from(`${username}:${password}`).toString("base64");
    running = await startLoopback((to, request) =>
      to.writeHead(401).end(`${password} is no password of ${username}; got ${request.headers.authorization} ${TOKEN}`),
    );
    const { url } = running;
    for (const signIn of [{ basic: { username, password } }, { bearer: TOKEN }]) {
      const source = { url, ...signIn };
      const reader = createEvidenceReader({
        ...{ prometheus: source, loki: source, kubernetes: undefined, grafana: undefined, deadlineMs: 2000 },
        now: () => END,
      });
      const told = JSON.stringify(await reader.read(ask, "e1"));
      expect(told).toContain("it answered 401: ");
      for (const secret of "basic" in signIn ? [password, encoded] : [TOKEN]) expect(told).not.toContain(secret);
    }
    expect(running.asked.map(({ headers }) => headers.authorization)).toEqual([`Basic ${encoded}`, `Bearer ${TOKEN}`]);
  });

  test("where nothing is configured", async () => {
    const none = { prometheus: undefined, loki: undefined, kubernetes: undefined, grafana: undefined };
    const observatory = createEvidenceReader({ ...none, deadlineMs: 300, now: () => END });
    const what = ask.kind === "promql" ? "Prometheus" : "Loki";
    expect(await observatory.read(ask, "e7")).toEqual({
      ...{ kind: "missing", id: "e7", name: ask.name, query: ask.query },
      ...{ reason: "not-configured", message: `no ${what} is configured` },
    });
  });
});

describe("what Prometheus answers", () => {
  const at = END / 1000 - 60;
  test.each<readonly [string, unknown, string]>([
    ["no series", { status: "success", data: { resultType: "matrix", result: [] } }, "empty"],
    ["series without points", matrix([]), "empty"],
    [
      "NaN and infinities alone",
      matrix([
        [at, "NaN"],
        [at + 1, "+Inf"],
        [at + 2, "-Inf"],
      ]),
      "empty",
    ],
    [
      "points of another time",
      matrix([
        [at - 90_000, "1"],
        [at + 90_000, "2"],
      ]),
      "empty",
    ],
    [
      "a native histogram",
      { status: "success", data: { resultType: "matrix", result: [{ metric: {}, histograms: [] }] } },
      "empty",
    ],
    ["a vector", { status: "success", data: { resultType: "vector", result: [] } }, "unreadable"],
    ["a value that is no text", matrix([[at, 1]]), "unreadable"],
    ["a value that is no number", matrix([[at, "lots"]]), "unreadable"],
    ["an empty value", matrix([[at, ""]]), "unreadable"],
    ["a time that is a text", matrix([["now", "1"]]), "unreadable"],
    [
      "a label that is no text",
      { status: "success", data: { resultType: "matrix", result: [{ metric: { a: 1 }, values: [] }] } },
      "unreadable",
    ],
  ])("%s", async (_, answer, reason) => {
    expect(await look(METRICS, (to) => json(to, answer))).toMatchObject({ kind: "missing", reason });
  });

  test("numbers between others that are none, in order", async () => {
    const values = [
      [at + 20, "3"],
      [at, "1e3"],
      [at + 10, "NaN"],
      [at + 30, "-0.5"],
    ] as const;
    const evidence = await look(METRICS, (to) => json(to, matrix(values)));
    expect(evidence).toMatchObject({
      kind: "series",
      series: [
        {
          points: [
            [at * 1000, 1000],
            [(at + 20) * 1000, 3],
            [(at + 30) * 1000, -0.5],
          ],
        },
      ],
      stats: { min: -0.5, max: 1000, last: -0.5, count: 3, p95: 1000 },
    });
  });

  test("the twenty largest of many series, their labels redacted, numbers of all", async () => {
    const password = ["hun", "ter2", "hunter2"].join("");
    const result = Array.from({ length: 50 }, (_, n) => ({
      metric: {
        pod: `a-${n}`,
        path: `/x?token=${password}`,
        password,
        owner: "jane@acme.example",
        long: "y".repeat(9000),
      },
      values: [[at, String(n)]],
    }));
    const evidence = await look(METRICS, (to) =>
      json(to, { status: "success", data: { resultType: "matrix", result } }),
    );
    if (evidence.kind !== "series") throw new Error("there are series");
    expect(evidence.series).toHaveLength(20);
    expect(evidence.series[0]?.labels.pod).toBe("a-49");
    expect(evidence.stats).toMatchObject({ count: 50, max: 49, min: 0, last: 49 });
    expect(evidence.series[0]?.labels.long?.length).toBe(500);
    expect(JSON.stringify(evidence)).not.toMatch(/hunter2|jane/);
  });

  test("the link leads to the query, without what it is read with", async () => {
    const evidence = await look({ ...METRICS, query: 'up{a=")](x) <b>"}' }, (to) => json(to, matrix([[at, "1"]])));
    const link = evidence.kind === "series" ? (evidence.link ?? "") : "";
    expect(new URL(link).searchParams.get("g0.expr")).toBe('up{a=")](x) <b>"}');
    expect(link).not.toMatch(/[()<>\s'"[\]]/);
    expect(link).not.toContain(TOKEN);
  });
});

test.each(["https://agent:hunter2@grafana.example/sub/", "https://grafana.example/sub?apiKey=hunter2#x"])(
  "a link below %s holds nothing but its place",
  async (url) => {
    running = await startLoopback((to) => json(to, matrix([[END / 1000 - 60, "1"]])));
    const prometheus = { url: running.url };
    const rest = { loki: undefined, kubernetes: undefined, deadlineMs: 2000, now: () => END };
    const evidence = await createEvidenceReader({ prometheus, grafana: { url }, ...rest }).read(METRICS, "e1");
    const link = evidence.kind === "series" ? evidence.link : undefined;
    expect(link).toMatch(/^https:\/\/grafana\.example\/sub\/explore\?schemaVersion=1&panes=/);
    expect(link).not.toContain("hunter2");
  },
);

describe("what Loki answers", () => {
  const ns = (ms: number) => `${ms}000000`;
  test.each<readonly [string, unknown, string]>([
    ["no streams", { status: "success", data: { resultType: "streams", result: [] } }, "empty"],
    ["a stream without lines", streams([]), "empty"],
    ["a matrix", matrix([]), "unreadable"],
    ["times in seconds", streams([[String(END / 1000), "x"]]), "unreadable"],
    ["times in words", streams([["2026-05-04T10:00:00Z", "x"]]), "unreadable"],
    ["times that are numbers", streams([[END, "x"]]), "unreadable"],
    ["negative times", streams([[`-${ns(END)}`, "x"]]), "unreadable"],
    ["times of another day", streams([[ns(END + 90_000_000), "x"]]), "unreadable"],
    ["lines that are no text", streams([[ns(END - 1), { a: 1 }]]), "unreadable"],
  ])("%s", async (_, answer, reason) => {
    expect(await look(LOGS, (to) => json(to, answer))).toMatchObject({ kind: "missing", reason });
  });

  test("lines with structured metadata, more than were asked for", async () => {
    const values = Array.from({ length: 300 }, (_, n) => [ns(END - n * 10), `line ${n}`, { trace: "x" }]);
    const evidence = await look(LOGS, (to) => json(to, streams(values)));
    expect(evidence).toMatchObject({ kind: "logs", lines: 100, templates: [{ template: "line <*>", count: 100 }] });
  });

  test("a key that was printed line by line in one millisecond, newest first, between other lines", async () => {
    const body = Array.from({ length: 12 }, (_, n) => `MIIE${"vQIBADANBgkqhkiG9w0B".repeat(3).slice(n)}`.slice(0, 64));
    const key = [`-----BEGIN ${"PRIVATE"} KEY-----`, ...body, "dGhlIGVuZA==", `-----END ${"PRIVATE"} KEY-----`];
    const mine = key.map((line, n) => [`${END - 5000}${String(100_000 + n)}`, line]).toReversed();
    const other = key.map((_, n) => [`${END - 5000}${String(100_000 + n)}`, `request ${n} served`]);
    const result = [mine, other].map((values, n) => ({ stream: { pod: String(n) }, values }));
    const evidence = await look(LOGS, (to) => json(to, { status: "success", data: { resultType: "streams", result } }));
    expect(evidence).toMatchObject({ kind: "logs", lines: 30 });
    const told = JSON.stringify(evidence);
    for (const line of [...body, "dGhlIGVuZA"]) expect(told).not.toContain(line.slice(0, 8));
    expect(told).toContain("request <*> served");
  });

  test("a secret that the cut of a line would break, and one that JSON hides", async () => {
    const token = ["gh", "p_", "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zaB3dE6gH"].join("");
    const hidden = [...token].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
    const values = [
      [ns(END - 3), `${"x ".repeat(240)}${token} end`],
      [ns(END - 2), `${"y ".repeat(990)}${token} end`],
      [ns(END - 1), `{"msg":"used ${hidden}"}`],
      [ns(END - 1), `used gh\u200bp_${token.slice(4)}`],
    ];
    const told = JSON.stringify(await look(LOGS, (to) => json(to, streams(values))));
    for (let from = 4; from + 8 <= token.length; from += 1) expect(told).not.toContain(token.slice(from, from + 8));
  });

  test("lines from before the deploy are asked for where the newest are all younger", async () => {
    const deployedAt = END - 60_000;
    running = await startLoopback((to, request) => {
      const end = Number(new URL(request.url ?? "", "http://x").searchParams.get("end")?.slice(0, -6));
      const lines = end === END ? ["ERROR quite new here", "INFO served 1"] : ["INFO served 2"];
      json(to, streams(lines.map((line, n) => [ns(end - 1000 - n), line])));
    });
    const evidence = await observatoryAt(running.url).read({ ...LOGS, deployedAt }, "e1");
    expect(evidence).toMatchObject({
      lines: 3,
      templates: [
        { template: "ERROR quite new here", isNew: true, count: 1 },
        { template: "INFO served <*>", isNew: false, count: 2 },
      ],
    });
    expect(running.asked).toHaveLength(2);
  });

  test("without any older line nothing is called new", async () => {
    const answer = (to: ServerResponse) => json(to, streams([[ns(END - 1000), "ERROR x"]]));
    const evidence = await look({ ...LOGS, deployedAt: END - 60_000 }, answer);
    expect(evidence).toMatchObject({ lines: 1, templates: [{ isNew: false }] });
  });
});
