/** Stands for "not tagged" in a rollup cell, whose key columns cannot be null. */
export const NIL_UUID = '00000000-0000-0000-0000-000000000000'

/**
 * The grains of the daily cells: which dimension the columns `a` and `b` hold. Numbers are stored, so they never change their meaning.
 * A pair is kept only where it is read every day: the resources of each agent, the agents and the resources of each client, the agents of
 * each project, of which new ones are noticed, and the projects of each client, for what it is charged outside those with terms of their own.
 */
export const Grain = {
  FLEET: 0,
  AGENT: 1,
  CLIENT: 2,
  PROJECT: 3,
  RESOURCE: 4,
  KIND: 5,
  AGENT_RESOURCE: 6,
  CLIENT_AGENT: 7,
  CLIENT_RESOURCE: 8,
  PROJECT_AGENT: 9,
  CLIENT_PROJECT: 10,
} as const

export type Grain = (typeof Grain)[keyof typeof Grain]

export const INVOCATION_KINDS = ['MODEL', 'EMBEDDING', 'TOOL', 'RETRIEVAL', 'AGENT', 'OTHER'] as const
export type InvocationKind = (typeof INVOCATION_KINDS)[number]

const KIND_PREFIX = '00000000-0000-0000-0000-00000000000'

/**
 * A kind as the uuid that a daily cell holds, so that every grain has one key type. MODEL is …0001, OTHER is …0006.
 */
export function kindUuid(kind: InvocationKind): string {
  return `${KIND_PREFIX}${INVOCATION_KINDS.indexOf(kind) + 1}`
}

/** The kind that a daily cell's uuid stands for; null for anything else. */
export function kindOfUuid(uuid: string): InvocationKind | null {
  return uuid.startsWith(KIND_PREFIX) ? (INVOCATION_KINDS[Number(uuid.slice(-1)) - 1] ?? null) : null
}
