import { generateKeyPairSync } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import { OIDC, type OidcSettings } from './oidc.ts'

/** Whom the provider takes the next visitor for. */
export interface Claims {
  subject: string
  email: string
  isVerified: boolean
  name: string
}

/** A real OpenID Connect provider on 127.0.0.1. It asks nobody for a password: whoever comes is `next`. */
export interface TestProvider {
  settings: OidcSettings
  next: Claims
  close: () => Promise<void>
}

const CLIENT = { clientId: 'outlay', clientSecret: 'the secret of a client in a test' }

/** Starts a provider that knows Outlay at `appUrl`, on a free port or on `port`. */
export async function startProvider(appUrl: string, port = 0): Promise<TestProvider> {
  const server = createServer()
  await listen(server, port)
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const kit: TestProvider = {
    settings: { issuer, ...CLIENT, label: 'Fernhill account' },
    next: { subject: 'nobody', email: 'nobody@example.test', isVerified: false, name: 'Nobody' },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  const known = new Map<string, Claims>()
  const provider = createProvider(issuer, appUrl, known)
  const answer = provider.callback()
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (request.url?.startsWith('/interaction/') !== true) {
      void answer(request, response)
      return
    }
    known.set(kit.next.subject, kit.next)
    provider
      .interactionFinished(request, response, { login: { accountId: kit.next.subject } })
      .catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  return kit
}

function createProvider(issuer: string, appUrl: string, known: ReadonlyMap<string, Claims>): Provider {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' })
  return new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        redirect_uris: [`${appUrl}/api/auth/callback/${OIDC}`],
      },
    ],
    jwks: { keys: [{ ...key, kid: 'test', use: 'sig', alg: 'RS256' }] },
    cookies: { keys: ['signs the cookies of a provider in a test'] },
    pkce: { required: () => true },
    // Seconds. What is not said is a notice on the console.
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 600, IdToken: 60, Interaction: 60, Session: 600 },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, id) => {
      const person = known.get(id)
      if (person === undefined) return undefined
      const { email, isVerified, name } = person
      return { accountId: id, claims: () => ({ sub: id, email, email_verified: isVerified, name }) }
    },
    // Nobody is asked what Outlay may know of them.
    loadExistingGrant: async (context) => {
      const { client, session } = context.oidc
      const grant = new context.oidc.provider.Grant({ clientId: client!.clientId, accountId: session!.accountId! })
      grant.addOIDCScope('openid email profile')
      await grant.save()
      return grant
    },
  })
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
}
