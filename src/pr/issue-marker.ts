/** The key of an issue as an HTML comment, which readers do not see; Base64, so that nothing in it can end the comment. */
export function encodeIssueMarker(key: string): string {
  return `<!-- raos:issue ${Buffer.from(JSON.stringify({ version: 1, key })).toString("base64")} -->`;
}
