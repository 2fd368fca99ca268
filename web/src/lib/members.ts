import 'server-only'
import { cache } from 'react'
import { graphql } from '../generated/gql.ts'
import type { ScopeMembersQueryVariables } from '../generated/graphql.ts'
import { query } from './api.ts'

const ScopeMembersDocument = graphql(`
  query ScopeMembers(
    $agents: Boolean!
    $clients: Boolean!
    $projects: Boolean!
    $afterAgent: String
    $afterClient: String
    $afterProject: String
  ) {
    agents(first: 100, after: $afterAgent) @include(if: $agents) {
      nodes {
        key
        name
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
    clients(first: 100, after: $afterClient) @include(if: $clients) {
      nodes {
        key
        name
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
    projects(first: 100, after: $afterProject) @include(if: $projects) {
      nodes {
        key
        name
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`)

export interface Member {
  key: string
  name: string
}

interface Members {
  agents: Member[]
  clients: Member[]
  projects: Member[]
}

const KINDS = ['agents', 'clients', 'projects'] as const
const CURSORS = { agents: 'afterAgent', clients: 'afterClient', projects: 'afterProject' } as const

/** All members of some kinds by their names, however many there are; a page of each kind at a time. Other kinds are empty. */
async function membersOf(wanted: readonly (keyof Members)[]): Promise<Members> {
  const members: Members = { agents: [], clients: [], projects: [] }
  const ask: ScopeMembersQueryVariables = {
    agents: wanted.includes('agents'),
    clients: wanted.includes('clients'),
    projects: wanted.includes('projects'),
  }
  while (KINDS.some((kind) => ask[kind])) {
    const page = await query(ScopeMembersDocument, ask)
    for (const kind of KINDS) {
      const { nodes = [], pageInfo } = page[kind] ?? {}
      members[kind].push(...nodes)
      ask[kind] = pageInfo?.hasNextPage === true
      ask[CURSORS[kind]] = pageInfo?.endCursor
    }
  }
  for (const kind of KINDS) members[kind].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
  return members
}

/** Agents, clients and projects by their names: what a budget, a channel or an annotation can be of. */
export const scopeMembers = cache(async (): Promise<Record<'AGENT' | 'CLIENT' | 'PROJECT', Member[]>> => {
  const { agents, clients, projects } = await membersOf(KINDS)
  return { AGENT: agents, CLIENT: clients, PROJECT: projects }
})

/** The agents by their names. */
export const agentMembers = cache(async (): Promise<Member[]> => (await membersOf(['agents'])).agents)

/** The clients by their names; for who is limited to some, those. */
export const clientMembers = cache(async (): Promise<Member[]> => (await membersOf(['clients'])).clients)
