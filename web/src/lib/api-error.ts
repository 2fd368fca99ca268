/**
 * A failed call of the API. In production React hides a server error's message from the browser and passes only its digest, so code
 * and request id travel there.
 */
export class ApiError extends Error {
  readonly digest: string

  constructor(
    readonly code: string,
    readonly requestId: string | null,
    message: string,
  ) {
    super(message)
    this.name = 'ApiError'
    this.digest = `${code}@${requestId ?? ''}`
  }
}

/** What the error page can say: `UNREACHABLE@` → the code alone, `INTERNAL@req_1` → both, another digest → the digest as its id. */
export function readDigest(error: unknown): { code: string | null; requestId: string | null } {
  const digest = typeof error === 'object' && error !== null && 'digest' in error ? String(error.digest) : ''
  const [code = '', requestId = ''] = digest.split('@')
  if (!digest.includes('@')) return { code: null, requestId: digest || null }
  return { code: code || null, requestId: requestId || null }
}
