import { countText } from './format.ts'

/** `1 pool`, `4 pools`; a plural that is not made by an s is given. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`
}
