import 'server-only'
import { headers } from 'next/headers'
import { notFound, redirect } from 'next/navigation'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { cache } from 'react'
import type { TypedDocumentString } from '../generated/graphql.ts'
import { ApiError } from './api-error.ts'
import { env } from './env.ts'

interface GraphqlError {
  message: string
  path?: readonly (string | number)[]
  extensions?: { code?: string; requestId?: string }
}

interface Answer<Result> {
  data?: Result | null
  errors?: readonly GraphqlError[]
}

/** The most an answer may take before the page says so, instead of holding the visitor. */
const TIMEOUT_MS = 20_000

async function post(body: unknown): Promise<Response> {
  const incoming = await headers()
  const forwarded: Record<string, string> = {
    'content-type': 'application/json',
    'apollo-require-preflight': 'true',
  }
  for (const name of ['cookie', 'user-agent', 'x-request-id', 'x-forwarded-for']) {
    const value = incoming.get(name)
    if (value !== null) forwarded[name] = value
  }
  try {
    return await fetch(`${env().apiUrl}/graphql`, {
      method: 'POST',
      headers: forwarded,
      body: JSON.stringify(body),
      cache: 'no-store',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
  } catch (cause) {
    throw new ApiError('UNREACHABLE', null, `The GraphQL server at ${env().apiUrl} does not answer: ${String(cause)}`)
  }
}

async function answerOf<Result>(response: Response): Promise<Answer<Result>> {
  const requestId = response.headers.get('x-request-id')
  try {
    return (await response.json()) as Answer<Result>
  } catch {
    throw new ApiError('BAD_ANSWER', requestId, `The GraphQL server answered ${response.status} without JSON.`)
  }
}

/** The address of the page being rendered, for coming back after signing in; src/proxy.ts puts it there. */
export async function currentPath(): Promise<string> {
  return (await headers()).get('x-outlay-path') ?? '/'
}

type Asked<Result, Variables> = [
  document: TypedDocumentString<Result, Variables>,
  ...rest: Variables extends Record<string, never> ? [] : [Variables],
]

/** Runs one operation as the visitor. Throws an ApiError for whatever is not an answer. */
async function ask<Result, Variables>(...[document, variables]: Asked<Result, Variables>): Promise<Result> {
  const response = await post({ query: document.toString(), variables: variables ?? {} })
  const answer = await answerOf<Result>(response)
  const error = answer.errors?.[0]
  const requestId = response.headers.get('x-request-id')
  if (error !== undefined) {
    throw new ApiError(error.extensions?.code ?? 'INTERNAL', error.extensions?.requestId ?? requestId, error.message)
  }
  if (answer.data === null || answer.data === undefined) {
    throw new ApiError('BAD_ANSWER', requestId, 'The GraphQL server answered no data.')
  }
  return answer.data
}

/** What this request has asked ahead, by operation and variables. */
const early = cache(() => new Map<string, Promise<unknown>>())

function keyOf<Result, Variables>([document, variables]: Asked<Result, Variables>): string {
  return JSON.stringify([document.toString(), variables ?? {}])
}

/**
 * Asks now, right behind what the page itself asks, what a part of it will `query` with the same variables: a part below a skeleton is
 * rendered when the page's own facts are there, and would ask only then. A failure is the part's, when it asks.
 */
export function ahead<Result, Variables>(...asked: Asked<Result, Variables>): void {
  const answer = nextTurn().then(() => ask(...asked))
  answer.catch(() => {})
  early().set(keyOf(asked), answer)
}

/** As `ask`, with the answer of what was asked ahead. */
function answered<Result, Variables>(...asked: Asked<Result, Variables>): Promise<Result> {
  return (early().get(keyOf(asked)) as Promise<Result> | undefined) ?? ask(...asked)
}

/** Where an error of the API leads: to the sign-in page and back, to the not-found page, or to the error page. */
async function leave(error: unknown): Promise<never> {
  if (error instanceof ApiError) {
    if (error.code === 'UNAUTHENTICATED') redirect(`/login?next=${encodeURIComponent(await currentPath())}`)
    if (error.code === 'NOT_FOUND') notFound()
  }
  throw error
}

/**
 * Runs one operation as the visitor and answers its data.
 *
 * Not signed in: to the sign-in page and back. Not there, or not theirs: the not-found page. Anything else throws an ApiError, whose
 * request id the error page shows.
 */
export function query<Result, Variables>(...asked: Asked<Result, Variables>): Promise<Result> {
  return answered(...asked).catch(leave)
}

/** As `query`, of what not every role sees: null when it is not theirs. */
export function queryIfTheirs<Result, Variables>(...asked: Asked<Result, Variables>): Promise<Result | null> {
  return answered(...asked).catch((error: unknown) =>
    error instanceof ApiError && error.code === 'NOT_FOUND' ? null : leave(error),
  )
}

/**
 * What an id from an address names. A text that is no id of ours names nothing, as an id of somebody else's does; the API answers the one
 * with BAD_USER_INPUT and the other with null.
 */
export async function named<Result>(ask: () => Promise<Result>): Promise<Result | null> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof ApiError && error.code === 'BAD_USER_INPUT') return null
    throw error
  }
}
