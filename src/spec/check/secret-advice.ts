/** What to write in place of a secret, depending on the field at `path`. */
export function instead(path: readonly PropertyKey[]): string {
  return `${remedy(path)}, and replace the secret everywhere it is used`;
}

const REFERENCE = "secretKeyRef: {name: <Secret>, key: <its key>}";

function remedy(path: readonly PropertyKey[]): string {
  const [field, parent] = [path.at(-1), path.at(-2)];
  if (path.includes("env") && field === "value")
    return `put it into a Secret and write valueFrom: {${REFERENCE}} in place of value`;
  if (path.includes("dapr") && parent === "metadata")
    return `put it into a Secret and write {${REFERENCE}} in place of the value`;
  if (path.includes("stdio") || path.includes("streamableHTTP") || path.includes("sse"))
    return `put it into a Secret, give it to the agent as a variable (runtime.env with valueFrom: {${REFERENCE}}), and have the server's client read that`;
  if (parent === "args" || parent === "command")
    return `put it into a Secret, give it to the agent as a variable (runtime.env with valueFrom: {${REFERENCE}}), and write $(VARIABLE) here`;
  if (path.includes("instructions") || path.includes("a2a"))
    return `remove it; write what the agent itself needs as a variable (runtime.env with valueFrom: {${REFERENCE}})`;
  return "put it into a Secret and refer to it (valueFrom.secretKeyRef, apiKeySecretRef or secretRef)";
}
