import { DomainError } from '../errors.ts'
import { isAllowed, type Role } from './policy.ts'

/** A change of who belongs to a tenant. */
export interface MemberChange {
  /** The role of who makes it. */
  by: Role
  /** The role before; null for somebody who joins. */
  from: Role | null
  /** The role after; null for somebody who goes. */
  to: Role | null
  /** OWNERs of the tenant before it. */
  owners: number
}

/** Why a change is not made. */
export type MemberRefusal = 'NOT_ALLOWED' | 'OWNERS_ONLY' | 'LAST_OWNER'

/**
 * Whether a change of members may be made; null when it may. Only OWNERs make, change and remove OWNERs, and a tenant always has one.
 *
 *     refusalOf({ by: 'ADMIN', from: 'VIEWER', to: 'OWNER', owners: 2 }) // 'OWNERS_ONLY'
 *     refusalOf({ by: 'OWNER', from: 'OWNER', to: null, owners: 1 })     // 'LAST_OWNER'
 */
export function refusalOf({ by, from, to, owners }: MemberChange): MemberRefusal | null {
  if (!isAllowed({ kind: 'user', role: by }, 'member.manage')) return 'NOT_ALLOWED'
  if (by !== 'OWNER' && (from === 'OWNER' || to === 'OWNER')) return 'OWNERS_ONLY'
  if (from === 'OWNER' && to !== 'OWNER' && owners <= 1) return 'LAST_OWNER'
  return null
}

const WORDS: Record<MemberRefusal, string> = {
  NOT_ALLOWED: 'Members are changed by owners and administrators.',
  OWNERS_ONLY: 'Only an OWNER makes, changes or removes an OWNER.',
  LAST_OWNER: 'This is the last OWNER; make somebody else one first.',
}

/** Throws DomainError with the code and words of refusalOf; `field` is the input at fault. */
export function checkMemberChange(change: MemberChange, field: string): void {
  const refusal = refusalOf(change)
  if (refusal !== null) throw new DomainError(refusal, WORDS[refusal], field)
}
