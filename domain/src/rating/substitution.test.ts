import { describe, expect, it } from '@jest/globals'
import { compileSubstitutions, type Substitution } from './substitution.ts'

const from = (fromProvider: string | null, fromResource: string, toResource: string): Substitution => ({
  fromProvider,
  fromResource,
  toProvider: 'other',
  toResource,
})

describe('compileSubstitutions', () => {
  it.each<[string, Substitution[], [string | null, string | null], string | null]>([
    ['any provider', [from(null, 'large', 'a')], ['acme', 'large'], 'a'],
    ['an event without a provider', [from(null, 'large', 'a')], [null, 'large'], 'a'],
    ['capitals of the provider aside', [from('Acme', 'large', 'a')], ['aCME', 'large'], 'a'],
    ['capitals of the resource matter', [from('acme', 'large', 'a')], ['acme', 'Large'], null],
    ['another provider', [from('acme', 'large', 'a')], ['zenith', 'large'], null],
    ['a named provider asks for one', [from('acme', 'large', 'a')], [null, 'large'], null],
    ['the named provider first', [from(null, 'large', 'a'), from('acme', 'large', 'b')], ['acme', 'large'], 'b'],
    ['no chain', [from(null, 'large', 'small'), from(null, 'small', 'tiny')], ['acme', 'large'], 'small'],
    ['no resource', [from(null, 'large', 'a')], ['acme', null], null],
    ['nothing', [], ['acme', 'large'], null],
  ])('%s', (_what, substitutions, [provider, resource], expected) => {
    const found = compileSubstitutions(substitutions)({ provider, resource })
    expect(found).toEqual(expected === null ? null : { provider: 'other', resource: expected })
  })
})
