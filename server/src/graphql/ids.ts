import { ID_ALPHABET, idText } from '@outlay/domain/ids/id-text'
import { badInput } from './errors.ts'

/** Every kind of id that leaves the house, and the prefix it is told apart by. */
export const ID_PREFIX = {
  Tenant: 'ten',
  Agent: 'agt',
  Client: 'cli',
  ClientLink: 'clk',
  ClientQuestion: 'cqu',
  Project: 'prj',
  Task: 'tsk',
  Rate: 'rat',
  RateCard: 'crd',
  ApiKey: 'key',
  Rerating: 'rrt',
  CostPool: 'pol',
  AllocationPolicy: 'apl',
  AllocationJob: 'alj',
  AllocationRun: 'aln',
  Budget: 'bdg',
  Engagement: 'eng',
  Plan: 'pln',
  Alert: 'alr',
  AlertEvent: 'ale',
  Annotation: 'ann',
  Channel: 'chn',
  Delivery: 'dlv',
  SavedView: 'viw',
  Export: 'exp',
  Report: 'rpt',
  ReportRun: 'rrn',
  ReportEdition: 'red',
  ReportDelivery: 'rdl',
  ReportLink: 'rlk',
  ReportSchedule: 'rsc',
  ProviderStatement: 'pst',
  Invocation: 'inv',
  User: 'usr',
  Session: 'ses',
  AuditEvent: 'aud',
  Invitation: 'ivt',
} as const

export type IdKind = keyof typeof ID_PREFIX

const KIND_BY_PREFIX: ReadonlyMap<string, IdKind> = new Map(
  Object.entries(ID_PREFIX).map(([kind, prefix]) => [prefix, kind as IdKind]),
)

const UUID_ID = /^([a-z]{3})_([0-7][0-9a-hjkmnp-tv-z]{25})$/

/** Kinds whose id is not a uuid of ours but a text of somebody else: the sender's event id, better-auth's ids of users and sessions. */
type TextKind = 'Invocation' | 'User' | 'Session'

/** `encodeId('Agent', '0190…')` is `agt_` and 26 characters. */
export function encodeId(kind: Exclude<IdKind, TextKind>, uuid: string): string {
  return idText(ID_PREFIX[kind], uuid)
}

export function encodeTextId(kind: TextKind, id: string): string {
  return `${ID_PREFIX[kind]}_${Buffer.from(id, 'utf8').toString('base64url')}`
}

/** The text behind an id of such a kind. Throws BAD_USER_INPUT naming the argument when it is not of that kind. */
export function textIdOf(kind: TextKind, id: string, argument: string): string {
  const [prefix, encoded = ''] = [id.slice(0, 4), id.slice(4)]
  const text = prefix === `${ID_PREFIX[kind]}_` ? Buffer.from(encoded, 'base64url').toString('utf8') : ''
  // A text with a NUL is an id of nobody, and nothing that Postgres can be asked for.
  if (text === '' || text.includes('\u0000') || encodeTextId(kind, text) !== id)
    throw badInput(argument, `${argument} is not the id of a ${kind}; such an id begins with ${ID_PREFIX[kind]}_.`)
  return text
}

/** The kind and uuid of an id; null for anything that is not an id of ours, whatever its form. */
export function decodeId(id: string): { kind: IdKind; uuid: string } | null {
  const match = UUID_ID.exec(id)
  const kind = match === null ? undefined : KIND_BY_PREFIX.get(match[1] ?? '')
  if (match === null || kind === undefined) return null
  let value = 0n
  for (const character of match[2] ?? '') value = (value << 5n) | BigInt(ID_ALPHABET.indexOf(character))
  const hex = value.toString(16).padStart(32, '0')
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
  return { kind, uuid }
}

/** The uuid of an id of one kind. Throws BAD_USER_INPUT naming the argument when it is not of that kind. */
export function uuidOf(kind: IdKind, id: string, argument: string): string {
  const decoded = decodeId(id)
  if (decoded?.kind !== kind) {
    throw badInput(argument, `${argument} is not the id of a ${kind}; such an id begins with ${ID_PREFIX[kind]}_.`)
  }
  return decoded.uuid
}
