/** The parts of an address that has the secret of a link in it. */
export interface PagePath {
  secret: string
  /** What stands behind the secret: '' for the page itself. */
  rest: string
}

/** What an address of a client's page says; null for any other address. */
export function pagePath(path: string): PagePath | null {
  const [, secret, rest = ''] = /^\/c\/([^/]*)(?:\/(.*))?$/.exec(path) ?? []
  return secret === undefined ? null : { secret, rest }
}

/** Whether a text could be the secret of a link: 256 bits in base64url. Nothing else is looked up. */
export function isSecret(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text)
}

/** A path as it may be logged: whoever reads a log must not be able to open what its links open. */
export function withoutSecret(path: string): string {
  return path.replace(/^(\/(?:api\/)?(?:c|join|r)\/)[^/]+/, '$1…')
}
