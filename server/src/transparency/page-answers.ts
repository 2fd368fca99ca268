import type { FastifyReply } from 'fastify'

/** Of everything that a link leads to: kept nowhere, found by no search engine, and told to no other site. */
export const PRIVATE_HEADERS = {
  'cache-control': 'private, no-store',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const

/** No script, nothing from elsewhere; the few styles of an answer of ours stand in it. */
const ANSWER_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

function page(title: string, text: string): string {
  return `<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow"><title>${title}</title>
<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto 0;padding:0 1.25rem}h1{font-size:1.375rem}</style>
</head><body><main><h1>${title}</h1><p>${text}</p></main></body></html>
`
}

const NOT_FOUND = page(
  'There is nothing here',
  'The link is not complete, or does not work any longer. Ask whoever sent it.',
)
const TOO_MANY = page('Too many requests', 'Wait a minute, then open the page again.')

/** One answer, to the last byte, for a link that is unknown, revoked or expired: nobody learns which. */
export function answerNoLink(reply: FastifyReply): FastifyReply {
  return answer(reply, 404, NOT_FOUND)
}

/** `seconds`: until another request is answered. */
export function answerTooMany(reply: FastifyReply, seconds: number): FastifyReply {
  return answer(reply.header('retry-after', String(seconds)), 429, TOO_MANY)
}

function answer(reply: FastifyReply, status: number, body: string): FastifyReply {
  // The id of a request differs with each; it is the only header here that would.
  return reply
    .removeHeader('x-request-id')
    .code(status)
    .headers({
      ...PRIVATE_HEADERS,
      'content-security-policy': ANSWER_POLICY,
      'content-type': 'text/html; charset=utf-8',
    })
    .send(body)
}
