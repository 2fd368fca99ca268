import type { TypedDocumentString } from '../generated/graphql.ts'

/** Runs one operation from the browser, on the portal's own origin, as whoever is signed in; in another of their tenants when it is named. */
export async function browserQuery<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  signal?: AbortSignal,
  tenantKey?: string,
): Promise<Result> {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'apollo-require-preflight': 'true',
      ...(tenantKey === undefined ? {} : { 'x-outlay-tenant': tenantKey }),
    },
    body: JSON.stringify({ query: document.toString(), variables }),
    signal: signal ?? null,
  })
  const answer = (await response.json()) as { data?: Result | null; errors?: readonly { message: string }[] }
  const error = answer.errors?.[0]
  if (error !== undefined) throw new Error(error.message)
  if (answer.data === null || answer.data === undefined)
    throw new Error(`The server answered ${response.status} without data.`)
  return answer.data
}
