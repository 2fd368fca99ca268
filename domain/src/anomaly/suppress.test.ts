import { describe, expect, it } from '@jest/globals'
import { parseFixed18 } from '../money/fixed18.ts'
import { day } from './anomaly-test-kit.ts'
import { suppressions, type Suspect } from './suppress.ts'

function suspect(id: string, scope: Suspect['scope'], change: Partial<Suspect> & { part?: string } = {}): Suspect {
  const { part = '0', ...rest } = change
  return {
    id,
    scope,
    agentId: null,
    days: [day(0)],
    impact: parseFixed18('100'),
    explains: () => parseFixed18(part),
    ...rest,
  }
}

describe('suppressions', () => {
  const agent = (id: string, part: string, change: Partial<Suspect> = {}) =>
    suspect(id, 'AGENT', { agentId: id, part, ...change })

  it('leaves the agent that explains 70 % of the jump, whatever is broader', () => {
    const broader = (['FLEET', 'CLIENT', 'PROJECT', 'RESOURCE'] as const).map((scope) => suspect(scope, scope))
    expect(suppressions([...broader, agent('a', '70')])).toEqual(new Map(broader.map(({ id }) => [id, 'a'])))
    expect(suppressions([...broader, agent('a', '69.99')])).toEqual(new Map())
  })

  it('takes the agent that explains most, then the smaller id', () => {
    const fleet = suspect('fleet', 'FLEET')
    expect(suppressions([fleet, agent('b', '80'), agent('a', '75')])).toEqual(new Map([['fleet', 'b']]))
    expect(suppressions([fleet, agent('b', '80'), agent('a', '80')])).toEqual(new Map([['fleet', 'a']]))
  })

  it('asks for the same days', () => {
    const fleet = suspect('fleet', 'FLEET', { days: [day(0), day(1)] })
    expect(suppressions([fleet, agent('a', '90', { days: [day(2)] })])).toEqual(new Map())
    expect(suppressions([fleet, agent('a', '90', { days: [day(1), day(2)] })])).toEqual(new Map([['fleet', 'a']]))
  })

  it("suppresses an agent's jump for one client by the agent's own, and no other's", () => {
    const pair = suspect('pair', 'AGENT_CLIENT', { agentId: 'a' })
    expect(suppressions([pair, agent('a', '0')])).toEqual(new Map([['pair', 'a']]))
    expect(suppressions([pair, agent('b', '0')])).toEqual(new Map())
  })
})
