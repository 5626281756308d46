"""Calls OpenAI's client under one instrumentation, then serves the metrics. Arguments: instrumentation, base URL, key, port."""

import importlib
import sys
import time

from opentelemetry import metrics
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from prometheus_client import start_http_server

instrumentation, base_url, key, port = sys.argv[1:]
metrics.set_meter_provider(MeterProvider(metric_readers=[PrometheusMetricReader()]))
importlib.import_module(instrumentation).OpenAIInstrumentor().instrument()

import openai  # noqa: E402  the instrumentation comes first

client = openai.OpenAI(base_url=base_url, api_key=key, max_retries=0)
for status in [200] * 8 + [400] * 2 + [429] * 2 + [503] * 3:
    try:
        client.chat.completions.create(
            model="gpt-5-mini", messages=[{"role": "user", "content": f"Answer {status}"}]
        )
    except openai.APIError:
        pass
start_http_server(int(port), addr="127.0.0.1")
print("serving", flush=True)
time.sleep(300)
