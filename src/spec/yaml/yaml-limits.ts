/** Most bytes of a spec file. */
export const MAX_SPEC_BYTES = 1024 * 1024;
/** Most bytes of a prompt file. */
export const MAX_PROMPT_BYTES = 256 * 1024;
/** Deepest nesting of a YAML document; an agent's spec is a dozen deep. */
export const MAX_DEPTH = 64;
/** Most keys and values of a spec file, including lists and mappings; an agent with 50 tools has about 1,500. */
export const MAX_NODES = 5_000;
/** Most documents of a file below policies/. */
export const MAX_DOCUMENTS = 256;
/** Most keys and values of a file that may hold several documents, such as the fixtures of a guardrail. */
export const MAX_NODES_OF_DOCUMENTS = 50_000;
/** Most Problems that are reported for one file: the rest follow once these are fixed. */
export const MAX_PROBLEMS = 20;
