import type { graphql as typed } from '../generated/gql.ts'

/**
 * Marks an operation like the generated `graphql`, for modules that reach the browser: its text as it stands. The generated function finds
 * an operation in the table of all of them, and whoever imports it brings every operation of the portal along. A fragment has to stand in
 * the same text as the operation that spreads it.
 */
export const graphql = ((source: string) => source) as unknown as typeof typed
