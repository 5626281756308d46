import { agent, type Row } from "../rows.ts";

const upgrade = (more: string, image = "ghcr.io/acme/hello:1.2.3") =>
  `runtime: {image: "${image}", upgrade: {${more}}}`;

/** How an image moves to newer versions. */
export const upgradeRows: readonly Row[] = [
  agent(
    "runtime.upgrade",
    "moot",
    'runtime: {upgrade: {range: "^1.2"}}',
    "runtime/upgrade: the stock runtime is not upgraded by it; write runtime.image, or remove it",
  ),
  agent(
    "runtime.upgrade",
    "moot",
    upgrade('range: "^1.2"', "ghcr.io/acme/hello"),
    "runtime/image: it has no tag, so that nothing says what is newer; write name:1.2.3, with its digest or without",
  ),
  agent(
    "runtime.upgrade",
    "moot",
    upgrade('range: "^1.2"', `ghcr.io/acme/hello@sha256:${"a".repeat(64)}`),
    "runtime/image: it is pinned by its digest and has no tag, so that nothing says what is newer; write name:1.2.3, with its digest or without",
  ),
  agent(
    "runtime.upgrade",
    "moot",
    upgrade('range: "^1.2"', "ghcr.io/acme/hello:latest"),
    'runtime/image: its tag "latest" is no semantic version; write one such as 1.2.3, or set runtime.upgrade.scheme',
  ),
  agent(
    "runtime.upgrade",
    "moot",
    upgrade("scheme: calendar", "ghcr.io/acme/hello:1.2.3"),
    'runtime/image: its tag "1.2.3" is no calendar version; write one such as 2026.11.28, or set runtime.upgrade.scheme',
  ),
  agent(
    "runtime.upgrade",
    "moot",
    `runtime: {image: "ghcr.io/acme/hello:1.2.3"}\nenvironments:\n  staging: {runtime: {upgrade: {range: "^1.2"}}}`,
    "environments/staging/runtime/upgrade: an environment without it has the same value of runtime.image, which so never moves; write it for all of them, or an image of its own into the overlay",
  ),
  agent(
    "runtime.upgrade",
    "nothing",
    upgrade(""),
    "runtime/upgrade: nothing says how far it may go; add range, such as ^1.2",
  ),
  agent(
    "runtime.upgrade.range",
    "miss",
    upgrade('range: "^1.2 or 2"'),
    'runtime/upgrade/range: "^1.2 or 2" is not a range of versions; write ^1.2, ~1.2.3 or >=1.2 <2',
  ),
  agent(
    "runtime.upgrade.range",
    "moot",
    upgrade('range: ">2 <1"'),
    'runtime/upgrade/range: ">2 <1" allows no version at all; write ^1.2, or >=1.2 <2',
  ),
  agent(
    "runtime.upgrade.range",
    "moot",
    upgrade('range: "^1.0"', "ghcr.io/acme/hello:2.0.0"),
    'runtime/upgrade/range: "^1.0" allows nothing newer than "2.0.0"; raise it',
  ),
  agent(
    "runtime.upgrade.scheme",
    "moot",
    upgrade("scheme: pattern"),
    "runtime/upgrade/scheme: scheme: pattern needs a pattern; add runtime.upgrade.pattern",
  ),
  agent(
    "runtime.upgrade.pattern",
    "miss",
    upgrade('scheme: pattern, pattern: "(?<mayor>\\\\d+)"'),
    'runtime/upgrade/pattern: has the group "mayor"; the groups are major, minor, patch, build, prerelease, compatibility',
  ),
  agent(
    "runtime.upgrade.pattern",
    "miss",
    upgrade('scheme: pattern, pattern: "b(?<minor>\\\\d+)"'),
    "runtime/upgrade/pattern: has no group major; write the first number as (?<major>\\d+)",
  ),
  agent(
    "runtime.upgrade.pattern",
    "miss",
    upgrade('scheme: pattern, pattern: "(?<major>1"'),
    "runtime/upgrade/pattern: is not an RE2 pattern: missing closing ): `(?<major>1`",
  ),
  agent(
    "runtime.upgrade.pattern",
    "moot",
    upgrade('range: "^1.2", pattern: "(?<major>1)"'),
    "runtime/upgrade/pattern: only scheme: pattern reads it; write that, or remove it",
  ),
  agent(
    "runtime.upgrade.pattern",
    "moot",
    upgrade('scheme: pattern, pattern: "b(?<major>\\\\d+)"'),
    'runtime/image: its tag "1.2.3" is not what runtime.upgrade.pattern matches; correct one of the two',
  ),
];
