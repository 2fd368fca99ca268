export interface ResourceName {
  provider: string | null
  resource: string
}

const SEPARATOR = ' / '

/** How a resource is written in one field: `openai / gpt-5-mini`, or its name alone where the provider is unknown. */
export function resourceNameText({ provider, resource }: ResourceName): string {
  return provider === null ? resource : `${provider}${SEPARATOR}${resource}`
}

/** Reads it back; a resource's own name may hold slashes, only the first separator counts. Null for an empty field. */
export function readResourceName(text: string): ResourceName | null {
  const trimmed = text.trim()
  const at = trimmed.indexOf(SEPARATOR)
  const provider = at < 0 ? null : trimmed.slice(0, at).trim()
  const resource = at < 0 ? trimmed : trimmed.slice(at + SEPARATOR.length).trim()
  return resource === '' || provider === '' ? null : { provider, resource }
}
