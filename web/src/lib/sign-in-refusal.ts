const UNVERIFIED =
  'Your provider does not say that your e-mail address is verified, so it opens nothing here. Have it verified there, or sign in another way.'
const BEGIN_AGAIN = 'This sign-in was begun in another browser, or too long ago. Begin again.'
const LINK = 'This sign-in link is used up or too old. Ask for a new one.'

const WORDS: Readonly<Record<string, string>> = {
  INVALID_TOKEN: LINK,
  EXPIRED_TOKEN: LINK,
  ATTEMPTS_EXCEEDED: LINK,
  email_not_verified: UNVERIFIED,
  account_not_linked: UNVERIFIED,
  email_not_found: 'Your provider gave no e-mail address, so nobody can be found by it.',
  not_invited:
    'Nobody signs in here with the address that your provider gave. If you were invited, open the link in that mail and go on from there.',
  second_factor:
    'Your account takes a second factor here, so the provider alone does not open it. Sign in with your password and a code.',
  access_denied: 'Your provider did not let you in.',
  state_mismatch: BEGIN_AGAIN,
  state_not_found: BEGIN_AGAIN,
  invalid_code: BEGIN_AGAIN,
}

/**
 * Why somebody comes back to the sign-in page without being signed in, in words; null when they just come.
 *
 *     refusalWords('not_invited') // 'Nobody signs in here with …'
 */
export function refusalWords(code: string | null): string | null {
  if (code === null) return null
  const words = Object.hasOwn(WORDS, code) ? WORDS[code] : undefined
  return words ?? 'You could not be signed in. Try again; if it stays so, tell who runs Outlay here.'
}
