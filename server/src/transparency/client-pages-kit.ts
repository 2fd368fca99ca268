import type { TestTenant } from '../http/server-test-kit.ts'
import { ok } from '../modules/billing/billing-api-kit.ts'

const PUBLISH = `mutation ($input: PublishClientLinkInput!) { publishClientLink(input: $input) {
  url link { id } userErrors { code message field } } }`

export interface Published {
  url: string | null
  link: { id: string } | null
  userErrors: { code: string; message: string; field: string[] | null }[]
}

/** Publishes a link for northwind from September 2026 on; `over` says what is other than that. */
export async function publish(tenant: TestTenant, over: object = {}): Promise<Published> {
  const input = { clientKey: 'northwind', label: 'Board', firstMonth: '2026-09-01', days: 30, ...over }
  return (await ok<{ publishClientLink: Published }>(tenant, PUBLISH, { input })).publishClientLink
}

/** The same, of which the secret is wanted. */
export async function publishedSecret(tenant: TestTenant, over: object = {}): Promise<{ secret: string; id: string }> {
  const { url, link, userErrors } = await publish(tenant, over)
  if (url === null || link === null) throw new Error(JSON.stringify(userErrors))
  return { secret: new URL(url).pathname.replace('/c/', ''), id: link.id }
}

/** All that an answer tells: its status, its headers and its bytes. */
export async function told(response: Response): Promise<string> {
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`)
  return [String(response.status), ...headers, '', await response.text()].join('\n')
}
