import type { DebianPin } from "./pins.ts";
import { run } from "./run.ts";

/** Installs a package of the distribution. Throws where that takes rights that this process has not. */
export async function installDebian(pin: DebianPin): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error(`it takes root: apt-get install ${pin.package}`);
  const install = ["install", "-y", "-q", "--no-install-recommends", pin.package];
  // RUNLEVEL=1 keeps the package's scripts from starting a server of their own.
  const env = { DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  try {
    await run("apt-get", install, { env });
  } catch {
    // The lists may be missing or older than the packages that the mirror still holds.
    await run("apt-get", ["update", "-q"], { env });
    await run("apt-get", install, { env });
  }
}
