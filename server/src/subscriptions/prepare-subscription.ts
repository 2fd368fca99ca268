import { getOperationAST, GraphQLError, parse, validate, type ExecutionArgs } from 'graphql'
import { checkDocument, LIMITS } from '../graphql/document-limits.ts'
import { apiError } from '../graphql/errors.ts'
import { checkCost } from '../graphql/query-cost.ts'
import { schema } from '../graphql/schema.ts'

/** What a client sends to begin a subscription. */
export interface AskedSubscription {
  query: string
  variables?: Record<string, unknown> | null | undefined
  operationName?: string | null | undefined
}

/**
 * Reads the document of a subscription under the limits that hold for one over HTTP: its size before it is validated, its cost before it
 * runs. Throws a GraphQLError with its code.
 */
export function prepareSubscription(asked: AskedSubscription): Omit<ExecutionArgs, 'contextValue'> {
  const { query, variables, operationName = null } = asked
  checkDocument(query)
  const document = parse(query, { maxTokens: LIMITS.tokens, noLocation: true })
  const operation = getOperationAST(document, operationName)
  if (operation === null || operation === undefined)
    throw invalid('Name the operation that is meant by operationName: the document has none or several.')
  if (operation.operation !== 'subscription')
    throw apiError('BAD_USER_INPUT', 'This socket is for subscriptions; send queries and mutations as POST /graphql.')
  const [problem] = validate(schema, document, undefined, { maxErrors: LIMITS.errors })
  if (problem !== undefined) throw invalid(problem.message)
  const variableValues = variables ?? {}
  checkCost({ schema, document, operation, variables: variableValues })
  return { schema, document, operationName, variableValues }
}

function invalid(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } })
}
