import type { Watched } from "./shapes.ts";

const STEP = 30;
const DAY = 1440 / STEP;
const minutes = (days: number) => days * 1440;
const pod = 'namespace="support",pod="triage-6c7d9f4b8d-x2k9p"';
const tokens = (values: string) => ({ [`gen_ai_client_token_usage_sum{${pod}}`]: values });
/** Three weeks with a batch of two hours at the beginning of each. */
const batch = `0+500000x4 2000000x${7 * DAY - 5} 2000000+500000x4 4000000x${7 * DAY - 5} 4000000+500000x4 6000000x${2 * DAY}`;
const dapr = 'app_id="triage",namespace="support",status="200"';
const watched = { [`up{${pod},container="daprd"}`]: `1x${30 * DAY}` };
const story = (series: Watched["series"], firing: Watched["firing"]): Watched => ({
  shape: "ready",
  step: STEP * 60,
  series,
  only: /tokens|TokenCost|calls:sum|Idle/,
  firing,
});

/** Agents that work once a week, are new, or are not always there. */
export const seldom: readonly (readonly [title: string, watched: Watched])[] = [
  ["as many tokens as in each week's batch", story(tokens(batch), { [minutes(14) + 720]: [], [minutes(15)]: [] })],
  [
    "three times as many tokens as in each week's batch",
    story(tokens(batch.replace("4000000+500000x4 6000000", "4000000+1500000x4 10000000")), {
      [minutes(14) - 60]: [],
      [minutes(14) + 720]: ["AgentTokenCostHigh"],
    }),
  ],
  [
    "the first days of an agent that uses many tokens",
    story(tokens(`0+100000x${4 * DAY}`), { [minutes(1)]: [], [minutes(1.5)]: [], [minutes(2)]: [], [minutes(3)]: [] }),
  ],
  [
    "an agent that is there for an hour a day",
    story(tokens(Array.from({ length: 10 }, (_, day) => `${day * 40000}+20000x2 _x${DAY - 3}`).join(" ")), {
      [minutes(9) + 60]: [],
      [minutes(9) + 120]: [],
    }),
  ],
  [
    "called once a week, the last time six hours late",
    story(
      { ...watched, [`dapr_http_client_completed_count{${dapr}}`]: `5x${DAY} 6x${7 * DAY + 12} 7x${4 * DAY}` },
      { [minutes(8) + 480]: [], [minutes(10)]: [] },
    ),
  ],
  [
    "called once, and then no more",
    story(
      { ...watched, [`dapr_http_client_completed_count{${dapr}}`]: `5x${DAY} 6x${12 * DAY}` },
      {
        [minutes(8)]: [],
        [minutes(9)]: ["AgentIdle"],
      },
    ),
  ],
];
