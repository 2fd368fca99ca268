import { describe, expect, it } from '@jest/globals'
import { BASES } from './basis.ts'
import { filterOf, partsOf, readSum, sumKey, sumLinks } from './sum.ts'

describe('the address of an amount', () => {
  it('says what it is and whose, and is read back as it was written', () => {
    const href = sumLinks('/agents', { period: '7d', peek: 'research' })('cost', {
      agent: 'a:b & c',
      client: ['x', 'y'],
    })
    expect(href).toBe('/agents?period=7d&sum=cost&sum=agent%3Aa%3Ab+%26+c&sum=client%3Ax&sum=client%3Ay')
    const sum = new URL(href, 'http://localhost').searchParams.getAll('sum')
    expect(readSum({ sum })).toEqual({
      what: 'cost',
      of: [
        { dimension: 'agent', key: 'a:b & c' },
        { dimension: 'client', key: 'x' },
        { dimension: 'client', key: 'y' },
      ],
    })
  })

  it('names by the empty key what carries no tag', () => {
    const href = sumLinks('/agents', {})('direct', { agent: '' })
    expect(href).toBe('/agents?sum=direct&sum=agent%3A')
    const question = readSum({ sum: ['direct', 'agent:'] })
    expect(question).toEqual({ what: 'direct', of: [{ dimension: 'agent', key: '' }] })
    expect(question && filterOf(question)).toEqual({ agents: [''] })
  })

  it('is nothing when it names what there is not', () => {
    expect(readSum({})).toBeNull()
    expect(readSum({ sum: 'profit' })).toBeNull()
    expect(readSum({ sum: ['cost', 'team:one'] })).toBeNull()
  })

  it('knows the row it belongs to', () => {
    expect(sumKey({ sum: ['cost', 'agent:research'] }, 'agent')).toBe('research')
    expect(sumKey({ sum: ['cost', 'agent:research'] }, 'client')).toBeNull()
    expect(sumKey({ sum: ['cost', 'agent:research', 'client:acme'] }, 'agent')).toBeNull()
  })

  it('counts the parts that the amount counts', () => {
    const [direct, attributed, loaded] = BASES
    expect(partsOf('cost', direct)).toEqual(['DIRECT', 'CHAIN_SHARED', 'ALLOCATED'])
    expect(partsOf('margin', direct)).toEqual(['DIRECT'])
    expect(partsOf('unit', attributed)).toEqual(['DIRECT', 'CHAIN_SHARED'])
    expect(partsOf('onBasis', loaded)).toEqual(['DIRECT', 'CHAIN_SHARED', 'ALLOCATED'])
    expect(partsOf('shared', loaded)).toEqual(['CHAIN_SHARED'])
  })

  it('filters as the API does', () => {
    expect(filterOf({ what: 'cost', of: [] })).toEqual({})
    expect(
      filterOf({
        what: 'cost',
        of: [
          { dimension: 'resource', key: 'lab/large' },
          { dimension: 'kind', key: 'MODEL' },
        ],
      }),
    ).toEqual({ resources: ['lab/large'], kinds: ['MODEL'] })
  })
})
