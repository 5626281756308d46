/** A text around a secret. */
export type Surrounding = (secret: string) => string;

const quoted = (value: unknown) => JSON.stringify(value);
const base64 = (text: string) => Buffer.from(text).toString("base64");

/** Texts in which only the shape of a secret shows that it is one. */
export const BARE: Readonly<Record<string, Surrounding>> = {
  "plain log line": (secret) => `2026-05-04 10:00:00 ERROR upstream refused ${secret} for customer 42`,
  "alone on its line": (secret) => `first line\n${secret}\nthird line`,
  "at the end of a sentence": (secret) => `It was refused: ${secret}.`,
  "JSON field": (secret) => quoted({ level: "error", detail: secret, attempt: 3 }),
  "JSON within JSON": (secret) => quoted({ log: quoted({ detail: secret, attempt: 3 }) }),
  "JSON within JSON within JSON": (secret) => quoted({ log: quoted({ body: quoted({ detail: secret }) }) }),
  "after an escaped line end": (secret) => quoted({ log: `first line\n${secret}\nthird line` }),
  "after an escaped tab": (secret) => quoted({ log: `first\t${secret}\tthird` }),
  "double quotes with punctuation": (secret) => `cannot use "${secret}"!`,
  "single quotes with punctuation": (secret) => `cannot use '${secret}';`,
  brackets: (secret) => `cannot use (${secret}), [${secret}] or <${secret}>.`,
  backticks: (secret) => `cannot use \`${secret}\``,
  coloured: (secret) => `\u001b[31m${secret}\u001b[0m`,
  "coloured, escaped": (secret) => quoted({ log: `\u001b[1;31m${secret}\u001b[0m` }),
  "percent-encoded sign before it": (secret) => `GET /callback?next=%2Fhome%3Fx%3D${secret} 302`,
  "path of a URL": (secret) => `GET https://api.example/v1/${secret}/items 401`,
  "parameter of a URL": (secret) => `GET https://api.example/v1/items?page=2&x=${secret}&size=10 401`,
  "Python's traceback": (secret) =>
    `Traceback (most recent call last):\n  File "/app/client.py", line 31, in connect\n    raise Refused(value)\nclient.Refused: ${secret}`,
  "Go's struct": (secret) => `config &{Endpoint:https://api.example Value:${secret} Retries:3}`,
  "list in JSON": (secret) => quoted({ values: ["a", secret, "b"] }),
  table: (secret) => `| a | ${secret} | b |`,
  "comma separated": (secret) => `2026-05-04,42,${secret},refused`,
};

/** Texts in which the name of the field shows that it is a secret. */
export const NAMED: Readonly<Record<string, Surrounding>> = {
  "key=value": (secret) => `connecting user=agent api_token=${secret}`,
  "key=value, quoted": (secret) => `connecting user=agent api_token="${secret}" tries=3`,
  "key: value": (secret) => `connecting with password: ${secret}`,
  "shell export": (secret) => `export SERVICE_API_KEY='${secret}'`,
  "shell, double quotes": (secret) => `DB_PASSWORD="${secret}" ./run --fast`,
  flag: (secret) => `exec ./agent --verbose --client-secret '${secret}' --port 80`,
  "flag with equals": (secret) => `exec ./agent --verbose "--auth-token=${secret}" --port 80`,
  "JSON field": (secret) => quoted({ user: "agent", apiKey: secret, tries: 3 }),
  "JSON within JSON": (secret) => quoted({ log: quoted({ user: "agent", access_token: secret, tries: 3 }) }),
  "JSON within JSON within JSON": (secret) => quoted({ log: quoted({ body: quoted({ password: secret, n: 1 }) }) }),
  "pretty JSON": (secret) => JSON.stringify({ user: "agent", clientSecret: secret, tries: 3 }, null, 2),
  "Authorization header": (secret) => `> Authorization: Bearer ${secret}\n> Accept: */*`,
  "header in JSON": (secret) => quoted({ headers: { authorization: `Bearer ${secret}`, accept: "*/*" } }),
  "header in curl": (secret) => `curl -sS -H 'X-Api-Key: ${secret}' https://api.example`,
  "Basic header": (secret) => `authorization: Basic ${base64(`agent:${secret}`)}`,
  "list of headers": (secret) => `[["accept","*/*"],["x-api-key",${quoted(secret)}]]`,
  cookie: (secret) => `Cookie: theme=dark; session=${encodeURIComponent(secret)}; lang=en`,
  YAML: (secret) => `auth:\n  user: agent\n  password: "${secret}"\n  tries: 3`,
  "YAML block": (secret) => `auth:\n  password: |-\n    ${secret}\n  tries: 3`,
  "list of variables in YAML": (secret) =>
    `env:\n  - name: DB_PASSWORD\n    value: "${secret}"\n  - name: PORT\n    value: "80"`,
  "list of variables in JSON": (secret) => quoted([{ name: "API_TOKEN", value: secret }]),
  "Secret in base64": (secret) => `data:\n  password: ${base64(secret)}\ntype: Opaque`,
  "Python's dict": (secret) => `{'user': 'agent', 'api_key': '${secret}', 'tries': 3}`,
  "Python's bytes": (secret) => `Client(user='agent', token=b'${secret}')`,
  "Python's traceback": (secret) =>
    `Traceback (most recent call last):\n  File "/app/client.py", line 31, in connect\n    Client(api_key="${secret}")\nValueError: refused`,
  "Ruby's hash": (secret) => `{:user=>"agent", :password=>"${secret}"}`,
  XML: (secret) => `<user>agent</user><password>${secret}</password>`,
  "parameter of a URL": (secret) =>
    `GET https://api.example/v1?page=2&access_token=${encodeURIComponent(secret)}&n=1 401`,
  "user of a URL": (secret) => `dial postgres://agent:${encodeURIComponent(secret)}@db.example:5432/app failed`,
  "escaped slashes": (secret) => `{"url":"https:\\/\\/agent:${encodeURIComponent(secret)}@db.example\\/app"}`,
  "connection string": (secret) => `Server=db;User=agent;Password="${secret}";Encrypt=yes`,
  German: (secret) => `Anmeldung mit Passwort: "${secret}"`,
};
