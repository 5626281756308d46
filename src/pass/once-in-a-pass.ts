import { ForgeError } from "../forge/forge.ts";
import type { ForgeState, Pass } from "./pass.ts";

/**
 * A read of the forge that happens at most once in a pass; undefined, with a word in the log, where the forge refuses, which must not
 * stop the pull requests.
 */
export function onceInAPass<T>(read: (pass: Pass) => Promise<T | undefined>, refused: string) {
  const known = new WeakMap<ForgeState, Promise<T | undefined>>();
  return (pass: Pass): Promise<T | undefined> => {
    const found = known.get(pass.forge) ?? orRefused(pass, read, refused);
    known.set(pass.forge, found);
    return found;
  };
}

async function orRefused<T>(
  pass: Pass,
  read: (pass: Pass) => Promise<T | undefined>,
  refused: string,
): Promise<T | undefined> {
  try {
    return await read(pass);
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    pass.world.log.warn({ code: error.code, error: error.message }, refused);
    return undefined;
  }
}
