import 'server-only'
import { cache } from 'react'
import { graphql } from '../generated/gql.ts'
import { query } from './api.ts'

const ScopeMembersDocument = graphql(`
  query ScopeMembers {
    agents(first: 100) {
      nodes {
        key
        name
      }
    }
    clients(first: 100) {
      nodes {
        key
        name
      }
    }
    projects(first: 100) {
      nodes {
        key
        name
      }
    }
  }
`)

interface Member {
  key: string
  name: string
}

/** Agents, clients and projects by their names: what a budget, a channel or an annotation can be of. */
export const scopeMembers = cache(async (): Promise<Record<'AGENT' | 'CLIENT' | 'PROJECT', Member[]>> => {
  const { agents, clients, projects } = await query(ScopeMembersDocument)
  const byName = (members: readonly Member[]) =>
    [...members].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
  return { AGENT: byName(agents.nodes), CLIENT: byName(clients.nodes), PROJECT: byName(projects.nodes) }
})
