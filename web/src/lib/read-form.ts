import { DomainError } from '@outlay/domain/errors'

/** What a form becomes, or the field that cannot be read and why. */
export type Read<Value> = { kind: 'read'; value: Value } | { kind: 'refused'; field: string; message: string }

/** A field of a form that cannot be read. */
export class Unreadable extends Error {
  constructor(
    readonly field: string,
    message: string,
  ) {
    super(message)
  }
}

/** Runs a reader; the first thing that cannot be read ends it. */
export function reading<Value>(read: () => Value): Read<Value> {
  try {
    return { kind: 'read', value: read() }
  } catch (error) {
    if (error instanceof Unreadable) return { kind: 'refused', field: error.field, message: error.message }
    if (error instanceof DomainError) return { kind: 'refused', field: '', message: error.message }
    throw error
  }
}

/** What a field holds, without the blanks around it. */
export function text(form: FormData, name: string): string {
  return String(form.get(name) ?? '').trim()
}
