import { describe, expect, it } from '@jest/globals'
import { NIL_UUID } from '../rollup/grain.ts'
import { isTold, type ChannelFilter } from './channel-filter.ts'

const ALL: ChannelFilter = { kinds: [], minSeverity: 'INFO', scopes: [] }
const ALERT = { kind: 'CLIENT_BUDGET', severity: 'WARNING', scope: 'CLIENT', memberId: 'halden' } as const
const OF_FLEET = { kind: 'FLEET_CEILING', severity: 'WARNING', scope: 'FLEET', memberId: NIL_UUID } as const

describe('isTold', () => {
  it.each<[string, Partial<ChannelFilter>, boolean]>([
    ['without filters', {}, true],
    ['of its kind', { kinds: ['COST_SPIKE', 'CLIENT_BUDGET'] }, true],
    ['of other kinds', { kinds: ['COST_SPIKE'] }, false],
    ['of its severity', { minSeverity: 'WARNING' }, true],
    ['of a higher severity', { minSeverity: 'CRITICAL' }, false],
    ['of its scope', { scopes: [{ scope: 'CLIENT', memberId: 'halden' }] }, true],
    [
      'of its scope among others',
      {
        scopes: [
          { scope: 'AGENT', memberId: 'coding' },
          { scope: 'CLIENT', memberId: 'halden' },
        ],
      },
      true,
    ],
    ['of another client', { scopes: [{ scope: 'CLIENT', memberId: 'kestrel' }] }, false],
    ['of a project with the same id', { scopes: [{ scope: 'PROJECT', memberId: 'halden' }] }, false],
    ['of the fleet, which is not its clients', { scopes: [{ scope: 'FLEET', memberId: NIL_UUID }] }, false],
    [
      'of its scope, but not its kind',
      { kinds: ['COST_SPIKE'], scopes: [{ scope: 'CLIENT', memberId: 'halden' }] },
      false,
    ],
  ])('a channel %s', (_, filter, told) => {
    expect(isTold({ ...ALL, ...filter }, ALERT)).toBe(told)
  })

  it('the fleet’s alerts by a channel of the fleet, and not by one of a client', () => {
    expect(isTold({ ...ALL, scopes: [{ scope: 'FLEET', memberId: NIL_UUID }] }, OF_FLEET)).toBe(true)
    expect(isTold({ ...ALL, scopes: [{ scope: 'CLIENT', memberId: 'halden' }] }, OF_FLEET)).toBe(false)
  })
})
