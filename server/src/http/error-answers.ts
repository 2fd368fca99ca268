import type { FastifyError, FastifyInstance } from 'fastify'
import { isUnreachableDatabase } from '../graphql/errors.ts'
import { HttpError } from './http-error.ts'

/** Every error of the HTTP edge has this form. */
export interface ErrorAnswer {
  error: { code: string; message: string; requestId: string }
}

interface Fault {
  status: number
  code: string
  message: string
  retryAfterSeconds?: number | undefined
}

const SENTENCES: Record<number, { code: string; message: string }> = {
  400: { code: 'BAD_REQUEST', message: 'The request could not be read.' },
  404: { code: 'NOT_FOUND', message: 'There is nothing here.' },
  405: { code: 'METHOD_NOT_ALLOWED', message: 'This address takes another method.' },
  413: { code: 'PAYLOAD_TOO_LARGE', message: 'The body is larger than this address takes.' },
  414: { code: 'URI_TOO_LONG', message: 'The address is too long.' },
  415: { code: 'UNSUPPORTED_MEDIA_TYPE', message: 'The Content-Type is not one this address takes.' },
}

/** What an error is to the sender. Only what the sender caused is explained; the rest is our side and goes to the log. */
function faultOf(error: unknown): Fault {
  if (error instanceof HttpError) {
    return {
      status: error.statusCode,
      code: error.code,
      message: error.message,
      retryAfterSeconds: error.retryAfterSeconds,
    }
  }
  if (isUnreachableDatabase(error)) {
    const message = 'The database does not answer at the moment; try again in a few seconds.'
    return { status: 503, code: 'UNAVAILABLE', message, retryAfterSeconds: 2 }
  }
  const status = error instanceof Error ? (error as Partial<FastifyError>).statusCode : undefined
  if (status !== undefined && status >= 400 && status < 500) {
    return { status, ...(SENTENCES[status] ?? { code: 'BAD_REQUEST', message: 'The request could not be read.' }) }
  }
  return {
    status: 500,
    code: 'INTERNAL_SERVER_ERROR',
    message: 'Something went wrong on our side; the request id tells us what.',
  }
}

export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const { status, code, message, retryAfterSeconds } = faultOf(error)
    if (status >= 500) request.log.error({ err: error }, 'request failed')
    if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(retryAfterSeconds))
    const answer: ErrorAnswer = { error: { code, message, requestId: request.id } }
    return reply.code(status).type('application/json').send(answer)
  })
  app.setNotFoundHandler((request, reply) => {
    const answer: ErrorAnswer = {
      error: { code: 'NOT_FOUND', message: 'There is nothing here.', requestId: request.id },
    }
    return reply.code(404).send(answer)
  })
}
