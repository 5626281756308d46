import { expect, test } from "vitest";
import { unitOfQuery } from "../../../src/domain/query/unit-of-query.ts";

test.each([
  ["container_memory_working_set_bytes", "bytes"],
  ['max by (pod) (max_over_time(container_memory_working_set_bytes{pod=~"a_ratio.*"}[5m]))', "bytes"],
  ["topk(3, process_start_time_seconds)", "seconds"],
  ["avg(cache_hit_ratio) ", "ratio"],
  ["rate(network_receive_bytes[5m])", undefined],
  ["used_bytes / limit_bytes", undefined],
  ["count(used_bytes)", undefined],
  ["up", undefined],
  ['{__name__="used_bytes"}', undefined],
  ["max(used_bytes or up)", undefined],
  ["used_bytes{", undefined],
  ["", undefined],
])("the values of %j are in %j", (query, unit) => {
  expect(unitOfQuery(query)).toBe(unit);
});
