import { spawn } from "node:child_process";
import { platform } from "node:os";

const OPENERS: Readonly<Record<string, readonly string[]>> = {
  darwin: ["open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

/** Asks the system to show an address of ours in the browser. What does not work is not said: the address is printed too. */
export function openInBrowser(address: string): void {
  const [program = "xdg-open", ...first] = OPENERS[platform()] ?? [];
  const child = spawn(program, [...first, address], { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}
