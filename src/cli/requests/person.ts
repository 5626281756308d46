import { userInfo } from "node:os";
import type { Principal } from "../../domain/request/principal.ts";

/** Who runs the command: whoever may push to the repository may ask for changes in it, and is named in the pull request. */
export function personAtTheKeyboard(): Principal {
  const login = userInfo()
    .username.replace(/[^A-Za-z0-9._-]/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "");
  return { kind: "person", login: login === "" ? "unknown" : login.slice(0, 64) };
}
