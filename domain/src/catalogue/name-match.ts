import type { NameMatch } from './catalogue-data.ts'

/** Whether a name, already in small letters, fits; the meaning of each test is that of genai-prices. */
export type NameTest = (name: string) => boolean

/** Compiles a match. All tests ignore capitals, except regular expressions, which see the small letters as they are. */
export function compileMatch(match: NameMatch): NameTest {
  if ('equals' in match) return equals(match.equals.toLowerCase())
  if ('starts_with' in match) return startsWith(match.starts_with.toLowerCase())
  if ('ends_with' in match) return endsWith(match.ends_with.toLowerCase())
  if ('contains' in match) return contains(match.contains.toLowerCase())
  if ('regex' in match) return fits(new RegExp(match.regex))
  if ('and' in match) return all(match.and.map(compileMatch))
  return any(match.or.map(compileMatch))
}

const equals =
  (text: string): NameTest =>
  (name) =>
    name === text
const startsWith =
  (text: string): NameTest =>
  (name) =>
    name.startsWith(text)
const endsWith =
  (text: string): NameTest =>
  (name) =>
    name.endsWith(text)
const contains =
  (text: string): NameTest =>
  (name) =>
    name.includes(text)
const fits =
  (pattern: RegExp): NameTest =>
  (name) =>
    pattern.test(name)
const all =
  (tests: readonly NameTest[]): NameTest =>
  (name) =>
    tests.every((test) => test(name))
const any =
  (tests: readonly NameTest[]): NameTest =>
  (name) =>
    tests.some((test) => test(name))
