/** Whether the agent, its template or an overlay sets a value, and not only a stage or the schema. */
export type Declares = (...steps: readonly string[]) => boolean;
