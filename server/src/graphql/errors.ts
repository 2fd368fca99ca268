import { DomainError } from '@outlay/domain/errors'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'

/** The stable codes of top-level errors; what a user can mend in a mutation is in its `userErrors` instead. */
export type ErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'BAD_USER_INPUT'
  | 'QUERY_TOO_COMPLEX'
  | 'RATE_LIMITED'
  | 'UNAVAILABLE'
  | 'INTERNAL_SERVER_ERROR'

const HTTP_STATUS: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  QUERY_TOO_COMPLEX: 400,
  RATE_LIMITED: 429,
}

/** An error for the top level of an answer. `argument` is the one at fault. */
export function apiError(code: ErrorCode, message: string, argument?: string): GraphQLError {
  const status = HTTP_STATUS[code]
  return new GraphQLError(message, {
    extensions: {
      code,
      ...(argument === undefined ? {} : { argument }),
      ...(status === undefined ? {} : { http: { status } }),
    },
  })
}

export function notFound(what: string): GraphQLError {
  return apiError('NOT_FOUND', `${what} does not exist.`)
}

/** An input of a query that cannot be used, naming the argument. */
export function badInput(argument: string, message: string): GraphQLError {
  return apiError('BAD_USER_INPUT', message, argument)
}

const KNOWN_CODES: ReadonlySet<string> = new Set<string>([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'BAD_USER_INPUT',
  'QUERY_TOO_COMPLEX',
  'RATE_LIMITED',
  'UNAVAILABLE',
  // Apollo's own
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
])

/** What happened, for the log: never part of the answer. */
export interface ErrorReport {
  requestId: string
  path: string
  error: unknown
}

/**
 * The one place where an error becomes an answer. Ours and the input's keep their message and code; anything else is a bug of ours or a
 * fault around us, is reported, and answers with a sentence that tells nothing about the inside (no SQL, no stack, no path).
 */
export function formatError(
  formatted: GraphQLFormattedError,
  error: unknown,
  requestId: string,
  report: (report: ErrorReport) => void,
): GraphQLFormattedError {
  const original = error instanceof GraphQLError ? (error.originalError ?? error) : error
  const place = {
    ...(formatted.locations === undefined ? {} : { locations: formatted.locations }),
    ...(formatted.path === undefined ? {} : { path: formatted.path }),
  }
  if (original instanceof DomainError) {
    const argument = original.field === undefined ? {} : { argument: original.field }
    return {
      message: original.message,
      ...place,
      extensions: { code: 'BAD_USER_INPUT', reason: original.code, ...argument, requestId },
    }
  }
  const code = formatted.extensions?.['code']
  if (typeof code === 'string' && KNOWN_CODES.has(code)) {
    const argument = formatted.extensions?.['argument']
    const extensions = { code, ...(typeof argument === 'string' ? { argument } : {}), requestId }
    return { message: withoutSuggestions(formatted.message), ...place, extensions }
  }
  report({ requestId, path: (formatted.path ?? []).join('.'), error: original })
  if (isUnreachableDatabase(original)) {
    const message = 'The database does not answer at the moment; try again in a few seconds.'
    return { message, ...place, extensions: { code: 'UNAVAILABLE', requestId } }
  }
  const message = 'Something went wrong on our side; the request id tells us what.'
  return { message, ...place, extensions: { code: 'INTERNAL_SERVER_ERROR', requestId } }
}

/** SQLSTATE classes of a server that is gone, full or closing, and the socket errors of Node. */
export function isUnreachableDatabase(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (/^(08|53|57P)/.test(code) || /^E(CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|NOTFOUND|HOSTUNREACH)$/.test(code))
    return true
  return /connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/i.test(
    error.message,
  )
}

// "Did you mean …" would tell an outsider the names of the schema.
function withoutSuggestions(message: string): string {
  return message.replace(/ ?Did you mean [^?]*\?/g, '')
}
