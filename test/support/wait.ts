import { setTimeout as sleep } from "node:timers/promises";

/** Asks again and again until there is an answer. The test's own time limit ends it where there never is one. */
export async function waitFor<T>(ask: () => T | undefined | Promise<T | undefined>, everyMs = 25): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(everyMs);
  }
}

/** Returns once the condition holds. The test's own time limit ends it where it never does. */
export async function waitUntil(holds: () => boolean | Promise<boolean>, everyMs = 10): Promise<void> {
  await waitFor(async () => ((await holds()) ? true : undefined), everyMs);
}
