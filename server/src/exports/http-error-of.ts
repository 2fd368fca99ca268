import { DomainError } from '@outlay/domain/errors'
import { GraphQLError } from 'graphql'
import { HttpError } from '../http/http-error.ts'

const STATUS: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BAD_USER_INPUT: 400,
  UNAVAILABLE: 503,
}

/** What the services shared with GraphQL refuse, as the HTTP edge says it. Anything else stays what it is. */
export function httpErrorOf(error: unknown): unknown {
  if (error instanceof DomainError) return new HttpError(400, 'BAD_USER_INPUT', error.message)
  if (!(error instanceof GraphQLError)) return error
  const code = String(error.extensions['code'])
  const status = STATUS[code]
  return status === undefined ? error : new HttpError(status, code, error.message)
}
