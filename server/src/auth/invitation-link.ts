import { decodeId, encodeId } from '../graphql/ids.ts'

/** What an invitation's link carries: the tenant, in which the rest is looked up, and the secret. */
export interface InvitationToken {
  tenantId: string
  secret: string
}

/** `https://outlay.example.com/join/ten_…~…`: where the invited person goes. */
export function invitationLink(publicUrl: string, { tenantId, secret }: InvitationToken): string {
  return new URL(`/join/${encodeId('Tenant', tenantId)}~${secret}`, publicUrl).href
}

/** The parts of a token from a link; null for whatever is not one of ours. */
export function parseInvitationToken(token: string): InvitationToken | null {
  const [tenant = '', secret = '', ...rest] = token.split('~')
  const decoded = decodeId(tenant)
  if (decoded?.kind !== 'Tenant' || rest.length > 0 || !/^[A-Za-z0-9_-]{43}$/.test(secret)) return null
  return { tenantId: decoded.uuid, secret }
}
