/** Most bytes of a spec file. */
export const MAX_SPEC_BYTES = 1024 * 1024;
/** Most bytes of a prompt file. */
export const MAX_PROMPT_BYTES = 256 * 1024;
/** Deepest nesting of a YAML document; an agent's spec is a dozen deep. */
export const MAX_DEPTH = 64;
/** Most documents of a file that may hold several. */
export const MAX_DOCUMENTS = 256;
