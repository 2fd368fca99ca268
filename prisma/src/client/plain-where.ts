/**
 * findUnique names a compound key as one field, findFirst knows only the fields:
 * `{ tenantId_id: { tenantId, id } }` becomes `{ tenantId, id }`. Our field names hold no underscore.
 */
export function plainWhere(where: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const plain: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(where)) {
    if (isCompoundKey(name, value)) Object.assign(plain, value)
    else plain[name] = value
  }
  return plain
}

function isCompoundKey(name: string, value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || !name.includes('_')) return false
  const parts = name.split('_')
  const fields = Object.keys(value)
  return fields.length === parts.length && fields.every((field) => parts.includes(field))
}
