import { expect, test } from "vitest";
import { endpointOf } from "../../src/domain/values/endpoint.ts";

test.each([
  ["https://a.example", "/api/v1/x", "https://a.example/api/v1/x"],
  ["https://a.example/prometheus/", "/api/v1/x?b=1", "https://a.example/prometheus/api/v1/x?b=1"],
  ["https://a.example/p/?dedup=true", "/api/v1/x", "https://a.example/p/api/v1/x?dedup=true"],
  ["https://a.example?dedup=true", "/x?b=1", "https://a.example/x?dedup=true&b=1"],
  ["https://a.example/?", "/x", "https://a.example/x"],
  ["https://a.example/#top", "/x", "https://a.example/x"],
])("%s with %s", (base, path, endpoint) => expect(endpointOf(base, path)).toBe(endpoint));
