import * as z from "zod";

/** What one task of the stock agent may take, and what all of them may cost in a day. */
export const RunLimits = z
  .strictObject({
    turns: z.int().min(1).max(1000).optional().describe("Most answers of the model for one task; left out: 20"),
    tokens: z.int().min(1).max(100_000_000).optional().describe("Most tokens of one task; left out: 200000"),
    seconds: z.int().min(1).max(86_400).optional().describe("Longest time of one task, in seconds; left out: 300"),
    dollarsPerDay: z
      .number()
      .min(0)
      .max(1_000_000)
      .optional()
      .describe(
        "Most that the model of all replicas may cost a day, in US dollars; left out: 10. It counts against the budget of the agent that asked for this one, which has to say it",
      ),
  })
  .describe("What a task may take and a day may cost; of the stock agent, an image of your own has its own limits");
