// Calls OpenAI's client under OpenTelemetry's instrumentation, and serves the metrics. Arguments: packages, base URL, key, port.
import { createRequire } from "node:module";

const [packages, baseURL, apiKey, port] = process.argv.slice(2);
const load = createRequire(`${packages}/`);
const { metrics } = load("@opentelemetry/api");
const { PrometheusExporter } = load("@opentelemetry/exporter-prometheus");
const { registerInstrumentations } = load("@opentelemetry/instrumentation");
const { OpenAIInstrumentation } = load("@opentelemetry/instrumentation-openai");
const { MeterProvider } = load("@opentelemetry/sdk-metrics");

const meterProvider = new MeterProvider({
  readers: [new PrometheusExporter({ host: "127.0.0.1", port: Number(port) })],
});
metrics.setGlobalMeterProvider(meterProvider);
registerInstrumentations({ instrumentations: [new OpenAIInstrumentation()], meterProvider });

// The instrumentation comes first.
const { OpenAI } = load("openai");
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const statuses = [...Array(8).fill(200), 400, 400, 429, 429, 503, 503, 503];
for (const status of statuses) {
  const messages = [{ role: "user", content: `Answer ${status}` }];
  await client.chat.completions.create({ model: "gpt-5-mini", messages }).catch(() => undefined);
}
console.log("serving");
// The exporter alone does not keep the process alive.
setTimeout(() => undefined, 300_000);
