const UNREACHABLE = 'The server does not answer. Please try again in a moment.'

/** How the sign-in service, and how our own addresses, say why not. */
type Said = { message?: string; error?: { message?: string } } | null

/** What a service of the server answered: its body, or the sentence to show. */
export type Answered = { kind: 'done'; body: unknown } | { kind: 'refused'; status: number; message: string }

/** Posts to the sign-in service, or to another of the server that is no GraphQL. */
export async function postJson(path: string, body: Readonly<Record<string, unknown>>): Promise<Answered> {
  let response: Response
  try {
    response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  } catch {
    return { kind: 'refused', status: 0, message: UNREACHABLE }
  }
  const answer: unknown = await response.json().catch(() => null)
  if (response.ok) return { kind: 'done', body: answer }
  if (response.status === 429)
    return { kind: 'refused', status: 429, message: 'Too many attempts. Please wait a minute.' }
  const said = answer as Said
  const message = said?.error?.message ?? said?.message
  return { kind: 'refused', status: response.status, message: message ?? `The server answered ${response.status}.` }
}
