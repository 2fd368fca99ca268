import 'server-only'
import { graphql } from '../generated/gql.ts'
import { query } from './api.ts'
import type { ChainTask } from './chain.ts'

const WholeChainDocument = graphql(`
  query WholeChain($key: String!, $first: Int!, $skip: Int!) {
    taskCost(taskKey: $key) {
      task {
        name
      }
      cost {
        ...AttributedCost
      }
      traces {
        ...ChainTrace
      }
    }
  }
`)

/** A task's chain with so many spans of each of its traces; null when there is no such task. */
export async function wholeChain(key: string, first: number): Promise<ChainTask | null> {
  return (await query(WholeChainDocument, { key, first, skip: 0 })).taskCost ?? null
}
