import 'server-only'
import { cache } from 'react'
import { graphql } from '../generated/gql.ts'
import type { ViewerQuery } from '../generated/graphql.ts'
import { query } from './api.ts'

const ViewerDocument = graphql(`
  query Viewer {
    viewer {
      id
      email
      name
      role
      client {
        key
        name
      }
      clients {
        key
        name
      }
      memberships {
        tenantKey
        tenantName
        role
        isDemo
        isExample
        exampleOf
      }
      tenant {
        id
        key
        name
        currency
        timeZone
        today
        dataThrough
      }
    }
  }
`)

export type Viewer = ViewerQuery['viewer']
export type Tenant = Viewer['tenant']

/** Who looks, and for which tenant; asked once per request. Somebody not signed in is sent to the sign-in page. */
export const currentViewer = cache(async (): Promise<Viewer> => (await query(ViewerDocument)).viewer)

/** Whether they see the clients of `viewer.clients` only, and nothing of the whole firm. */
export function isLimited({ clients }: Pick<Viewer, 'clients'>): boolean {
  return clients != null
}

/** Whether this role may set what a task is billed at. The server decides again; this only hides a form that would be refused. */
export function maySetBilled(role: Viewer['role']): boolean {
  return role === 'OWNER' || role === 'ADMIN' || role === 'FINANCE' || role === 'PROJECT_MANAGER'
}

/** Whether they act on alerts; with mayManageBudgets, whether they keep budgets, rules and channels too. */
export function mayHandleAlerts(role: Viewer['role']): boolean {
  return role === 'OWNER' || role === 'ADMIN' || role === 'FINANCE' || role === 'PROJECT_MANAGER'
}

/** Whether this role has finance packs and client statements made, and sends reports to whom it likes. */
export function mayManageReports(role: Viewer['role']): boolean {
  return role === 'OWNER' || role === 'ADMIN' || role === 'FINANCE'
}

/** Whether this role has project weeklies made, too. */
export function mayRequestReports(role: Viewer['role']): boolean {
  return mayManageReports(role) || role === 'PROJECT_MANAGER'
}

/** Whether this role sees what clients are shown, and publishes links to it. */
export function mayShowClients(role: Viewer['role']): boolean {
  return role === 'OWNER' || role === 'ADMIN' || role === 'FINANCE' || role === 'PROJECT_MANAGER'
}

/** Whether they set budgets, rules and channels: not for who is limited to clients. */
export function mayManageBudgets(viewer: Viewer): boolean {
  return mayHandleAlerts(viewer.role) && !isLimited(viewer)
}

export function mayManageKeys(role: Viewer['role']): boolean {
  return role === 'OWNER' || role === 'ADMIN'
}

/** Whether this role records usage by themselves, from a file or in the explorer. */
export function mayRecordUsage(role: Viewer['role']): boolean {
  return role === 'OWNER' || role === 'ADMIN'
}

/** Whether this role keeps the money: publishes rates, re-rates and corrects; keeps cost pools, runs them and decides how they are split. */
export function mayKeepRates(role: Viewer['role']): boolean {
  return role === 'OWNER' || role === 'ADMIN' || role === 'FINANCE'
}

/** Whether they see the terms of engagements, what they charge, and the margins. */
export function mayReadBilling(viewer: Pick<Viewer, 'role' | 'clients'>): boolean {
  return !isLimited(viewer) && viewer.role !== 'VIEWER' && viewer.role !== 'CLIENT'
}

export function mayChangeSettings(role: Viewer['role']): boolean {
  return role === 'OWNER' || role === 'ADMIN'
}

/** Whether this role loads and removes example data. */
export function mayManageDemo(role: Viewer['role']): boolean {
  return role === 'OWNER' || role === 'ADMIN'
}

/** Whether this role sees, invites and changes members. */
export function mayManageMembers(role: Viewer['role']): boolean {
  return role === 'OWNER' || role === 'ADMIN'
}

export function mayReadAudit(role: Viewer['role']): boolean {
  return role === 'OWNER' || role === 'ADMIN' || role === 'FINANCE'
}
