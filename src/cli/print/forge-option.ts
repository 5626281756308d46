import { Option } from "commander";

/** `--forge <kind>`: what the server of an https address is, where that should not be told from the environment. */
export function forgeOption(): Option {
  const help = "what the server is; left out: a Gitea or Forgejo below GITEA_URL, else a GitHub";
  return new Option("--forge <kind>", help).choices(["github", "gitea"]);
}
