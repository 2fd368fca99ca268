import { isAllowed, type Action, type Asker, type Role } from '@outlay/domain/audience/policy'
import type { ExportAsker } from '@outlay/db/exports/export-asker'
import type { TenantSql } from '@outlay/db/sql/tenant-sql'
import type { EventTopic, Subscription } from '@outlay/workers/events'
import type { Loaders } from './loaders.ts'
import type { Services } from './services.ts'

/** Who asks, after authentication. */
export type Principal =
  | { kind: 'key'; keyId: string; scopes: readonly string[] }
  | {
      kind: 'user'
      userId: string
      /** Of the session that the request came with. */
      sessionId: string
      email: string
      name: string
      role: Role
      /** The client that a CLIENT belongs to. */
      clientId: string | null
      /** The clients that a project manager is limited to; null for whoever sees all of them. */
      clientIds: readonly string[] | null
    }

/** The tenant a request is about: the only one it can reach. */
export interface TenantInfo {
  id: string
  key: string
  name: string
  currency: string
  timeZone: string
}

/** What every resolver gets; made anew for each request, so no loader outlives it. */
export interface Context {
  requestId: string
  principal: Principal
  tenant: TenantInfo
  db: TenantSql
  loaders: Loaders
  services: Services
  /** The instant the request is answered at, in milliseconds. */
  now: number
  /** Hints of what changes; only where the asker can be told later, over a socket. */
  live?: { subscribe: (topic: EventTopic) => Subscription }
}

export function mayDo(context: Pick<Context, 'principal'>, action: Action): boolean {
  return isAllowed(askerOf(context.principal), action)
}

/** The clients that whoever asks is limited to; null: all of the tenant. */
export function limitOf({ principal }: Pick<Context, 'principal'>): readonly string[] | null {
  return principal.kind === 'user' ? principal.clientIds : null
}

function askerOf(principal: Principal): Asker {
  return principal.kind === 'key'
    ? { kind: 'key', scopes: principal.scopes }
    : { kind: 'user', role: principal.role, isLimited: principal.clientIds !== null }
}

/** The same for what outlives the request: whose it is. */
export function exportAskerOf(principal: Principal): ExportAsker {
  return principal.kind === 'key' ? { kind: 'KEY', id: principal.keyId } : { kind: 'USER', id: principal.userId }
}
