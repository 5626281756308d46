import * as z from "zod";
import type { Trigger } from "../../domain/trigger.ts";

const Press = z.object({
  action: z.string(),
  repository: z.object({
    full_name: z
      .string()
      .max(140)
      .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*\/[A-Za-z0-9_.-]+$/)
      .refine((name) => !/\/\.{1,2}$/.test(name)),
  }),
  check_run: z.object({ head_sha: z.string().regex(/^[0-9a-f]{40}$/) }),
  requested_action: z.object({ identifier: z.string() }).nullish(),
  sender: z.object({ login: z.string().max(64) }).nullish(),
  installation: z.object({ id: z.int().positive() }).optional(),
});

/**
 * What a press of a check's button asks for, from the payload of a `check_run` event: *Re-run*, or *Generate files*. "none": another
 * action; undefined: another shape than GitHub describes.
 */
export function triggerOfPress(payload: unknown): Extract<Trigger, { kind: "review" }> | "none" | undefined {
  const { data } = Press.safeParse(payload);
  if (data === undefined) return undefined;
  const { action, repository, check_run: run, requested_action: asked, sender, installation } = data;
  const to = { kind: "review", repo: repository.full_name, installation: installation?.id } as const;
  if (action === "rerequested") return { ...to, rerun: run.head_sha };
  const isGenerate = action === "requested_action" && asked?.identifier === "generate";
  // Without who pressed, nobody can be asked whether they may push.
  if (!isGenerate || sender === undefined || sender === null) return "none";
  return { ...to, generate: { head: run.head_sha, by: sender.login } };
}
