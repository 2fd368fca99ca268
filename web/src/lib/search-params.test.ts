import { describe, expect, it } from '@jest/globals'
import { all, hrefWith, paramsOf } from './search-params.ts'

describe('a link with parameters', () => {
  it('keeps every value of a repeated one, in order', () => {
    expect(hrefWith('/spend', { agent: ['b', 'a'], by: 'client' })).toBe('/spend?agent=b&agent=a&by=client')
  })

  it('changes a list, and leaves out what is null, empty or there twice', () => {
    const params = { agent: ['a', 'b'], then: 'client', q: '' }
    expect(hrefWith('/spend', params, { agent: ['a', 'c', 'a'], then: null })).toBe('/spend?agent=a&agent=c')
    expect(hrefWith('/spend', params, { agent: [], then: null })).toBe('/spend')
  })

  it('reads the address of a browser with all values', () => {
    const params = paramsOf(new URLSearchParams('agent=a&agent=b&by=client'))
    expect(params).toEqual({ agent: ['a', 'b'], by: ['client'] })
    expect(hrefWith('/spend', params)).toBe('/spend?agent=a&agent=b&by=client')
  })

  it('takes a single value for a list of one', () => {
    expect([all('a'), all(undefined), all(null), all(['', 'a', 'a'])]).toEqual([['a'], [], [], ['a']])
  })
})
