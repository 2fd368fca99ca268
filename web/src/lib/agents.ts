import 'server-only'
import { cache } from 'react'
import { graphql } from '../generated/gql.ts'
import { query } from './api.ts'
import { agentColours, type ColourOf } from './colours.ts'

const AgentsDocument = graphql(`
  query AgentsForColours {
    agents(first: 100) {
      nodes {
        key
        createdAt
      }
    }
  }
`)

/** The colour of every agent of the tenant, asked once per request. */
export const colourOfAgents = cache(async (): Promise<ColourOf> =>
  agentColours((await query(AgentsDocument)).agents.nodes),
)
