import { betterAuth } from 'better-auth'
import { magicLink, twoFactor } from 'better-auth/plugins'
import type pg from 'pg'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import type { Mailer } from '@outlay/workers/mail/mailer'
import { OIDC, oidcPlugin, refusalOf, refuseTokens, type OidcSettings } from './oidc.ts'

/** Header that carries the caller's address to the rate limit; set by us, whatever the caller sends. */
export const CLIENT_ADDRESS_HEADER = 'x-outlay-client-address'

export interface SignInOptions {
  /** Pool of outlay_auth. */
  pool: pg.Pool
  /** Pool of outlay_app, where invitations are. */
  tenants: TenantPool
  secret: string
  /** Where people find us, e.g. `https://outlay.example.com`. */
  publicUrl: string
  /** Whether that address was chosen; else it is only a guess. */
  hasPublicUrl: boolean
  mailer: Mailer
  /** A provider by which people may sign in too. */
  oidc: OidcSettings | null
  /** Hears that the provider opens somebody's account from now on. */
  onLinked: (userId: string) => Promise<void>
  /** Takes what better-auth has to say: refused origins and callbacks, faults of its store. */
  log: (message: string) => void
}

/** Characters of a password. */
export const PASSWORD_LENGTH = { min: 8, max: 256 } as const

/** Better-auth names its columns in camelCase; ours are snake_case. */
const TIMES = { createdAt: 'created_at', updatedAt: 'updated_at' }

const NO_TOKENS = {
  accessToken: null,
  refreshToken: null,
  idToken: null,
  accessTokenExpiresAt: null,
  refreshTokenExpiresAt: null,
}

/**
 * People sign in by e-mail and password, with a code from their phone where they have set that up, or else by a link in a mail or by an
 * OpenID Connect provider. Nobody signs up: members are invited. Sessions live in the database; the cookie is HttpOnly, SameSite=Lax, and
 * Secure wherever we are served by https.
 */
export function createSignIn(options: SignInOptions) {
  const { pool, tenants, secret, publicUrl, hasPublicUrl, mailer, oidc, onLinked, log } = options
  const isHttps = publicUrl.startsWith('https:')
  return betterAuth({
    appName: 'Outlay',
    baseURL: publicUrl,
    basePath: '/api/auth',
    secret,
    database: pool,
    // Without a public address people come by whatever name reaches the port; a page of that same name is ours.
    trustedOrigins: (request) => {
      const host = hasPublicUrl ? null : (request?.headers.get('host') ?? null)
      return host === null ? [publicUrl] : [publicUrl, `http://${host}`, `https://${host}`]
    },
    telemetry: { enabled: false },
    logger: { level: 'warn', log: (_level, message) => log(message) },
    user: {
      modelName: 'app_user',
      fields: { ...TIMES, emailVerified: 'email_verified' },
      // Asked before somebody is made, linked or signed in by a provider; nothing else makes people through better-auth.
      validateUserInfo: async ({ user, source }) => {
        if (oidc === null || source.oauth?.providerId !== OIDC) return { error: 'not_invited' }
        const error = await refusalOf(
          { pool: tenants, authPool: pool, issuer: oidc.issuer },
          {
            action: source.action,
            email: user.email ?? null,
            isVerified: user.emailVerified === true,
            subject: source.oauth.profile?.['sub'],
          },
        )
        return error === null ? undefined : { error }
      },
    },
    session: {
      modelName: 'session',
      fields: {
        ...TIMES,
        userId: 'user_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
      },
      expiresIn: 7 * 24 * 3600,
      updateAge: 24 * 3600,
    },
    account: {
      modelName: 'account',
      fields: {
        ...TIMES,
        userId: 'user_id',
        accountId: 'account_id',
        providerId: 'provider_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
      },
      updateAccountOnSignIn: false,
    },
    databaseHooks: {
      account: {
        create: {
          // Nothing is asked of the provider later, so its tokens are not kept.
          before: async (account) => ({ data: { ...account, ...NO_TOKENS } }),
          after: async ({ providerId, userId }) => {
            if (providerId === OIDC) await onLinked(userId)
          },
        },
      },
    },
    verification: { modelName: 'verification', fields: { ...TIMES, expiresAt: 'expires_at' } },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_LENGTH.min,
      maxPasswordLength: PASSWORD_LENGTH.max,
    },
    plugins: [
      magicLink({
        disableSignUp: true,
        expiresIn: 600,
        storeToken: 'hashed',
        sendMagicLink: async ({ email, url }) => {
          // The answer is the same for a stranger, but no mail goes out to an address that is no member's.
          const known = await pool.query<{ hasFactor: boolean }>(
            'SELECT two_factor_enabled AS "hasFactor" FROM app_user WHERE email = $1',
            [email.toLowerCase()],
          )
          const [person] = known.rows
          // A link would open the account to whoever reads the mail, past the second factor.
          if (person !== undefined)
            await mailer.send(person.hasFactor ? noLinkMail(email, publicUrl) : linkMail(email, url))
        },
      }),
      twoFactor({
        issuer: 'Outlay',
        schema: {
          user: { fields: { twoFactorEnabled: 'two_factor_enabled' } },
          twoFactor: {
            modelName: 'two_factor',
            fields: {
              userId: 'user_id',
              backupCodes: 'backup_codes',
              failedVerificationCount: 'failed_verification_count',
              lockedUntil: 'locked_until',
            },
          },
        },
      }),
      ...(oidc === null ? [] : [oidcPlugin(oidc)]),
    ],
    hooks: { before: refuseTokens },
    // The provider is a way in and nothing else.
    disabledPaths: ['/link-social', '/unlink-account', '/get-access-token', '/refresh-token', '/account-info'],
    onAPIError: { errorURL: '/login' },
    rateLimit: {
      enabled: true,
      storage: 'memory',
      window: 60,
      max: 300,
      customRules: {
        '/sign-in/email': { window: 60, max: 30 },
        '/sign-in/magic-link': { window: 60, max: 5 },
        '/sign-in/social': { window: 60, max: 30 },
        // An office shares an address. Whoever guesses codes is stopped by the account: five for a sign-in, ten in a row.
        '/two-factor/*': { window: 60, max: 30 },
      },
    },
    advanced: {
      // Said aloud, because better-auth drops both checks where it takes the environment for a test.
      disableOriginCheck: false,
      disableCSRFCheck: false,
      cookiePrefix: 'outlay',
      useSecureCookies: isHttps,
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', secure: isHttps, path: '/' },
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
    },
  })
}

export type SignIn = ReturnType<typeof createSignIn>

function linkMail(to: string, url: string) {
  return {
    to,
    subject: 'Sign in to Outlay',
    text: `Open this link to sign in. It works once, for ten minutes:\n\n${url}\n\nIf you did not ask for it, there is nothing to do.\n`,
  }
}

function noLinkMail(to: string, publicUrl: string) {
  return {
    to,
    subject: 'Sign in to Outlay',
    text: `Somebody asked for a link to sign in with this address. Your account takes a second factor, so no link opens it: sign in at ${publicUrl}/login with your password and a code.\n\nIf you did not ask for it, there is nothing to do.\n`,
  }
}
