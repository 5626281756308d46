import { agent, type Row, silent, silentTypes } from "../rows.ts";

const MODEL = "model: {name: gpt-5-mini, apiKeySecretRef: {name: llm, key: key}";
const MCP = (more: string) => `tools: [{mcp: {name: files, ${more}}}]`;
const HTTP = 'streamableHTTP: {url: "http://mcp.tools:8080"';
const peer = (more: string) => ({
  "agents/demo/other.yaml": `apiVersion: raos.dev/v1alpha1
kind: Agent
metadata: {name: other, namespace: demo}
spec:
  description: Answers
  runtime: {image: "ghcr.io/acme/other:1.0.0"}
  instructions: {inline: Answer.}
  model: {name: gpt-5-mini, apiKeySecretRef: {name: llm, key: key}}
${more}`,
});

/** Identity, prompt, model and tools. */
export const agentRows: readonly Row[] = [
  silentTypes(
    ["list", "map", "object"],
    "nothing",
    "an empty list takes away what a lower layer lists, and an empty mapping is the same as leaving it out",
  ),
  agent("description", "miss", 'description: "  "', "description: is blank; write a text"),
  silent("description", "moot", "it is always on the card and in the values"),
  agent("version", "miss", "version: v1.2.0", 'version: "v1.2.0" is not a semantic version; write 1.2.0'),
  silent("version", "moot", "it is a label of the values, and on the card where there is one"),
  silent("stage", "moot", "each explicit field wins over the stage, which is what a stage is for"),
  agent("template.ref", "miss", "template: {ref: t}", 'template/ref: unknown template "t"; add it under templates/'),
  agent(
    "template.parameters",
    "moot",
    "template: {parameters: {a: 1}}",
    "template/ref: ref is missing; add the name of an AgentTemplate",
  ),
  silent(
    ["template", "template.ref"],
    "moot",
    "fields of the agent win over those of the template, as is said of templates",
  ),
  agent("modelRef.name", "miss", "modelRef: {name: gpt}", 'modelRef/name: unknown Model "gpt"; add models/gpt.yaml'),
  silent(
    ["modelRef", "modelRef.name"],
    "moot",
    "fields of spec.model win over those of the Model, one by one, as is said of Models",
  ),
  agent(
    "labels",
    "nothing",
    "labels: {team: x y}",
    `labels/team: "x y" is not a label's value: letters, digits, '-', '_' and '.'`,
  ),
  agent(
    "labels",
    "moot",
    "labels: {app.kubernetes.io/name: other}",
    "labels/app.kubernetes.io~1name: label app.kubernetes.io/name is set or read by RAOS, Helm or Dapr, so a spec may not set it; remove it, or choose another name",
  ),
  agent("instructions", "nothing", "instructions: {}", "instructions: instructions are empty; write inline or file"),
  agent("instructions.inline", "miss", 'instructions: {inline: "  "}', "instructions/inline: is blank; write a text"),
  agent(
    "instructions.file",
    "miss",
    "instructions: {file: prompt/x.md}",
    "instructions/file: no file prompt/x.md in this repository; add it, or correct the path (from the root; no symbolic link)",
  ),
  agent(
    ["instructions", "instructions.inline", "instructions.file"],
    "moot",
    "instructions: {inline: Greet., file: prompts/x.md}",
    "instructions/file: both inline and file; keep one of the two",
  ),

  agent(
    ["model", "model.apiKeySecretRef"],
    "nothing",
    "model: {name: gpt-5-mini}",
    "warning: model: openai wants a key, and the agent has none; add model.apiKeySecretRef",
  ),
  agent(
    "model.provider",
    "miss",
    "model: {provider: openia, name: gpt-5-mini}",
    'model/provider: "openia" is none of openai, azure-openai, anthropic, bedrock, gemini, mistral, ollama, vertex, custom; did you mean "openai"?',
  ),
  agent(
    "model.provider",
    "nothing",
    "model: {provider: ollama, name: llama3}",
    "model/provider: provider ollama has no endpoint of its own; add model.endpoint",
  ),
  silent("model.provider", "moot", "with an endpoint it still says which client and which variables are used"),
  agent(
    "model.name",
    "miss",
    "model: {name: claude-sonnet-4-5, apiKeySecretRef: {name: llm, key: key}}",
    'warning: model/name: "claude-sonnet-4-5" is a model of anthropic, and the provider is openai; write model.provider: anthropic, or another name',
  ),
  agent(
    "model.name",
    "miss",
    'model: {name: "gpt-5-mini ", apiKeySecretRef: {name: llm, key: key}}',
    'model/name: a blank before or after the name; write "gpt-5-mini"',
  ),
  silent(["model", "model.name"], "moot", "nothing takes its place: fallbacks come after it"),
  agent(
    "model.region",
    "moot",
    `${MODEL}, region: eu-central-1}`,
    "model/region: provider openai has no regions; remove it",
  ),
  agent(
    "model.region",
    "miss",
    "model: {provider: bedrock, name: nova, region: EU}",
    'model/region: "EU" is not a region, such as eu-central-1',
  ),
  agent(
    "model.endpoint",
    "miss",
    `${MODEL}, endpoint: "https://llm.example.com/v1/chat/completions"}`,
    "warning: model/endpoint: clients put /chat/completions after the base URL themselves; write it without",
  ),
  agent(
    "model.endpoint",
    "miss",
    `${MODEL}, endpoint: "http://localhost:11434/v1"}`,
    'warning: model/endpoint: "http://localhost:11434/v1" is the agent\'s own pod, in which no sidecar listens; write the address of the server',
  ),
  silent("model.endpoint", "moot", "every provider's client takes an address of its own"),
  silent(
    "model.apiKeySecretRef",
    "moot",
    "a variable of the same name wins, which is how a key is replaced for a while",
  ),
  agent(
    "model.fallbacks",
    "moot",
    `${MODEL}, fallbacks: [gpt-5-mini]}`,
    "warning: model/fallbacks/0: a second model gpt-5-mini; name each only once",
  ),
  agent(
    "model.maxConcurrency",
    "unit",
    `${MODEL}, maxConcurrency: 0}`,
    "model/maxConcurrency: 0 is too small; at least 1",
  ),
  silent("model.maxConcurrency", "moot", "it bounds calls of each replica, whatever else does"),

  silent(
    ["tools", "tools[].mcp", "tools[].agent"],
    "moot",
    "each entry stands for itself, and a second one of a name is a Problem",
  ),
  agent(
    "tools[].mcp",
    "nothing",
    MCP("allow: [a]"),
    "tools/0/mcp: no transport; write exactly one of streamableHTTP, sse and stdio",
  ),
  agent(
    "tools[].mcp.name",
    "miss",
    'tools: [{mcp: {name: files, sse: {url: "http://a"}}}, {mcp: {name: files, sse: {url: "http://b"}}}]',
    "tools/1: a second MCP server files; name each only once",
  ),
  silent("tools[].mcp.name", "moot", "it names the server in the agent's list of servers"),
  agent(
    ["tools[].mcp.streamableHTTP", "tools[].mcp.sse", "tools[].mcp.stdio"],
    "moot",
    MCP(`${HTTP}}, stdio: {command: server}`),
    "tools/0/mcp: more than one transport; write exactly one of streamableHTTP, sse and stdio",
  ),
  agent(
    "tools[].mcp.streamableHTTP.url",
    "miss",
    MCP("streamableHTTP: {url: mcp.tools:8080}"),
    'tools/0/mcp/streamableHTTP/url: "mcp.tools:8080" is not an http(s) URL without credentials',
  ),
  silent("tools[].mcp.streamableHTTP.url", "moot", "nothing else says where the server is"),
  agent(
    "tools[].mcp.streamableHTTP.timeout",
    "unit",
    MCP(`${HTTP}, timeout: 30ms}`),
    "warning: tools/0/mcp/streamableHTTP/timeout: an agent's call hardly ever takes less than 30ms; if seconds are meant, write 30s",
  ),
  agent(
    "tools[].mcp.streamableHTTP.timeout",
    "unit",
    MCP(`${HTTP}, timeout: 30}`),
    "tools/0/mcp/streamableHTTP/timeout: 30 is no duration without a unit; write 30s",
  ),
  agent(
    "tools[].mcp.streamableHTTP.timeout",
    "nothing",
    MCP(`${HTTP}, timeout: 0s}`),
    "tools/0/mcp/streamableHTTP/timeout: 0s is no time at all; write such as 30s",
  ),
  silent(
    "tools[].mcp.streamableHTTP.timeout",
    "moot",
    "Dapr's own timeouts are about peers and components, not about servers of tools",
  ),
  agent(
    [
      "tools[].mcp.streamableHTTP.headers",
      "tools[].mcp.streamableHTTP.headers[].value",
      "tools[].mcp.streamableHTTP.headers[].secretKeyRef",
      "tools[].mcp.streamableHTTP.headers[].serviceAccountToken",
    ],
    "moot",
    MCP(`${HTTP}, headers: [{name: A, value: b, secretKeyRef: {name: c, key: d}}]}`),
    "tools/0/mcp/streamableHTTP/headers/0: header A needs exactly one of value, secretKeyRef and serviceAccountToken",
  ),
  agent(
    "tools[].mcp.streamableHTTP.headers[].name",
    "miss",
    MCP(`${HTTP}, headers: [{name: "Authorization:", value: b}]}`),
    'tools/0/mcp/streamableHTTP/headers/0/name: "Authorization:" is not a header\'s name, such as Authorization',
  ),
  agent(
    "tools[].mcp.streamableHTTP.headers[].name",
    "moot",
    MCP(`${HTTP}, headers: [{name: A, value: b}, {name: a, value: c}]}`),
    "tools/0/mcp/streamableHTTP/headers/1/name: a second header a; name each only once",
  ),
  agent(
    "tools[].mcp.streamableHTTP.headers[].serviceAccountToken.audience",
    "miss",
    MCP(`${HTTP}, headers: [{name: A, serviceAccountToken: {audience: "../raos"}}]}`),
    'tools/0/mcp/streamableHTTP/headers/0/serviceAccountToken/audience: "../raos" is not an audience of lower-case letters, digits, dots and dashes',
  ),
  silent(
    "tools[].mcp.streamableHTTP.headers[].serviceAccountToken.audience",
    "moot",
    "a token may be for any audience, and only the server knows which it takes",
  ),
  silent("tools[].mcp.streamableHTTP.headers[].value", "miss", "only the server knows which values it takes"),
  agent(
    "tools[].mcp.stdio.command",
    "miss",
    MCP("stdio: {command: npx -y server}"),
    'warning: tools/0/mcp/stdio/command: no shell takes "npx -y server" apart: it would be the name of one program; write each argument as an entry of its own',
  ),
  silent(
    ["tools[].mcp.stdio.command", "tools[].mcp.stdio.args"],
    "moot",
    "the program runs in the agent's container, and gets these arguments",
  ),
  agent(
    ["tools[].mcp.allow", "tools[].mcp.requireApproval"],
    "moot",
    MCP(`${HTTP}}, allow: [delete_user], requireApproval: [delete-user]`),
    'tools/0/mcp/requireApproval/0: allow does not hold "delete-user"; did you mean "delete_user"?',
  ),
  agent(
    "tools[].mcp.requireApproval",
    "moot",
    MCP(`${HTTP}}, allow: [read], requireApproval: [remove_all]`),
    'warning: tools/0/mcp/requireApproval/0: allow does not hold "remove_all", so that it is never called; add it there, or remove it',
  ),
  agent(
    "tools[].mcp.requireApproval",
    "nothing",
    `${MCP(`${HTTP}}, requireApproval: [remove_all]`)}\nruntime: {image: null}`,
    "warning: tools/0/mcp/requireApproval: nobody may approve, so that each of these calls waits until its task is cancelled; add who asks people to access.callers, with approves: true",
  ),
  agent(
    "tools[].mcp.allow",
    "nothing",
    MCP(`${HTTP}}, allow: []`),
    "tools/0/mcp/allow: an empty list is too short; at least 1 entry",
  ),
  agent(
    "tools[].agent.name",
    "miss",
    "tools: [{agent: {name: othr}}]",
    'tools/0/agent/name: unknown agent demo/othr; did you mean "demo/other"?',
    { files: peer("") },
  ),
  agent(
    "tools[].agent.name",
    "nothing",
    "tools: [{agent: {name: other}}]",
    "warning: tools/0/agent/name: demo/other serves no A2A, so that this agent finds no card there; write a2a.enabled: true in it, unless it is called otherwise",
    { files: peer("") },
  ),
  agent(
    "tools[].agent.name",
    "moot",
    "dapr: {enabled: false}\ntools: [{agent: {name: other}}]",
    "tools/0/agent: peers are called through Dapr; write dapr.enabled: true, or remove the peer",
    { files: peer("  a2a: {enabled: true}\n") },
  ),
  agent(
    "tools[].agent.namespace",
    "miss",
    "tools: [{agent: {name: other, namespace: demos}}]",
    'tools/0/agent/name: unknown agent demos/other; did you mean "demo/other"? Then write its namespace too',
    { files: peer("") },
  ),
  silent("tools[].agent.namespace", "moot", "the agent's own tenant may be written out"),
];
