import 'server-only'
import { ApiError } from './api-error.ts'
import { env } from './env.ts'
import { type Definition, schemaReference } from './schema-reference.ts'

let kept: { source: string; definitions: Definition[] } | null = null

/** The reference of the schema that the server serves. It is built anew only when the text has changed: after an update of the server. */
export async function readSchemaReference(): Promise<Definition[]> {
  const response = await fetch(`${env().apiUrl}/schema.graphql`, { cache: 'no-store' })
  if (!response.ok) {
    const requestId = response.headers.get('x-request-id')
    throw new ApiError('BAD_ANSWER', requestId, `The server answered ${response.status} instead of its schema.`)
  }
  const source = await response.text()
  if (kept?.source !== source) kept = { source, definitions: schemaReference(source) }
  return kept.definitions
}
