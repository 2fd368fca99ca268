import { APIError, createAuthMiddleware, getOAuthState } from 'better-auth/api'
import { genericOAuth } from 'better-auth/plugins'
import type pg from 'pg'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { findInvitation } from './join.ts'

/** The name of the provider in addresses: it sends people back to `/api/auth/callback/oidc`. */
export const OIDC = 'oidc'

/** An OpenID Connect provider by which people may sign in. */
export interface OidcSettings {
  /** Without a trailing slash; `/.well-known/openid-configuration` is read below it. */
  issuer: string
  clientId: string
  clientSecret: string
  /** What the button calls it: "Sign in with …". */
  label: string
}

/**
 * Signing in by the provider: authorization code with PKCE, state and nonce; the identity token is checked against the provider's keys. A
 * provider that cannot be reached at start is asked again with the next sign-in.
 */
export function oidcPlugin({ issuer, clientId, clientSecret }: OidcSettings) {
  return genericOAuth({
    config: [
      {
        providerId: OIDC,
        discoveryUrl: `${issuer}/.well-known/openid-configuration`,
        requireIdTokenVerification: true,
        clientId,
        clientSecret,
        // What a client authenticates by unless its provider was told otherwise.
        authentication: 'basic',
        scopes: ['openid', 'email', 'profile'],
        accountSubject: ({ profile }) => accountOf(issuer, profile.sub),
        // A picture would be fetched from another host by every page that shows it.
        mapProfileToUser: ({ email, name }) => ({ name: nameOf(name, email), image: undefined }),
      },
    ],
  })
}

/** A subject is a name within its issuer: by another provider the same one is somebody else. */
function accountOf(issuer: string, subject: unknown): string {
  return typeof subject === 'string' && subject !== '' ? `${issuer} ${subject}` : ''
}

function nameOf(name: string | undefined, email: string | null | undefined): string {
  const given = name?.trim() ?? ''
  return given === '' ? (email ?? '') : given.slice(0, 100)
}

/**
 * Refuses an identity token that somebody brings along: it answers no question of ours, so it carries no nonce. People come back by the
 * redirect or not at all.
 */
export const refuseTokens = createAuthMiddleware(async (context) => {
  const body: unknown = context.body
  if (context.path === '/sign-in/social' && typeof body === 'object' && body !== null && 'idToken' in body)
    throw new APIError('BAD_REQUEST', { message: 'Begin at the sign-in page.' })
})

interface Claimed {
  action: 'create-user' | 'link-account' | 'sign-in'
  email: string | null
  isVerified: boolean
  subject: unknown
}

/**
 * Why somebody whom the provider knows is not let in, as a code that the sign-in page puts into words; null: they are. Nobody signs up: who
 * is no person of ours must come from the link of an open invitation to the very address.
 */
export async function refusalOf(
  deps: { pool: TenantPool; authPool: pg.Pool; issuer: string },
  { action, email, isVerified, subject }: Claimed,
): Promise<'email_not_verified' | 'not_invited' | 'second_factor' | null> {
  if (!isVerified || email === null) return 'email_not_verified'
  if (action === 'create-user') return (await isInvited(deps, email)) ? null : 'not_invited'
  return (await hasFactor(deps, { email, subject })) ? 'second_factor' : null
}

/** Whether the sign-in began on the page of an open invitation to the address. */
async function isInvited(deps: { pool: TenantPool; authPool: pg.Pool }, email: string): Promise<boolean> {
  const state = await getOAuthState()
  const token = /^\/join\/([\w~-]{1,200})$/.exec(state?.callbackURL ?? '')?.[1]
  if (token === undefined) return false
  return (await findInvitation(deps, token))?.email === email.toLowerCase()
}

// Whoever the provider's account belongs to, else who has the address: that is who would be signed in.
const HAS_FACTOR = {
  name: 'read_factor_of_claimed',
  text: `SELECT u.two_factor_enabled AS "hasFactor" FROM app_user u
    LEFT JOIN account a ON a.user_id = u.id AND a.provider_id = $1 AND a.account_id = $2
    WHERE a.id IS NOT NULL OR u.email = $3 ORDER BY a.id IS NULL LIMIT 1`,
}

async function hasFactor(
  { authPool, issuer }: { authPool: pg.Pool; issuer: string },
  { email, subject }: { email: string; subject: unknown },
): Promise<boolean> {
  const values = [OIDC, accountOf(issuer, subject), email.toLowerCase()]
  const { rows } = await authPool.query<{ hasFactor: boolean }>({ ...HAS_FACTOR, values })
  return rows[0]?.hasFactor === true
}
