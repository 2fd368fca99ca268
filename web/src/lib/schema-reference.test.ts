import { describe, expect, it } from '@jest/globals'
import { narrowed, schemaReference, search } from './schema-reference.ts'

const SOURCE = `
"""An exact amount"""
scalar Decimal
enum Role { OWNER "Looks" VIEWER OLD @deprecated(reason: "Use VIEWER.") }
interface Node { id: ID! }
type Agent implements Node { id: ID! "What it is called" name: String! cost(basis: Role! = OWNER): Decimal }
input AgentInput { key: String! roles: [Role!] = [VIEWER] }
union Found = Agent
type Query {
  "The agents"
  agents("How many" first: Int = 50, key: String = "a"): [Agent!]!
  old: Found @deprecated(reason: "Ask agents.")
}
type Mutation { setAgent(input: AgentInput!): Agent }
type Subscription { seen: Agent! }
`
const reference = schemaReference(SOURCE)
const named = (name: string) => reference.find((definition) => definition.name === name)

describe('the reference of a schema', () => {
  it('has every definition once, root fields first, and nothing that GraphQL brings itself', () => {
    expect(reference.map(({ part, anchor }) => `${part} ${anchor}`)).toEqual([
      'queries Query.agents',
      'queries Query.old',
      'mutations Mutation.setAgent',
      'subscriptions Subscription.seen',
      'objects Node',
      'objects Agent',
      'objects Found',
      'inputs AgentInput',
      'enums Role',
      'scalars Decimal',
    ])
  })

  it('states arguments with their defaults, types with where they are explained, and what is deprecated', () => {
    const agents = named('agents')
    expect(agents).toMatchObject({
      description: 'The agents',
      type: { text: '[Agent!]!', href: '/developers/schema?type=Agent' },
      args: [
        { anchor: 'Query.agents.first', type: { text: 'Int', href: null }, fallback: '50', description: 'How many' },
        { name: 'key', fallback: '"a"' },
      ],
    })
    expect(named('Agent')?.members.find(({ name }) => name === 'cost')?.args[0]?.fallback).toBe('OWNER')
    expect(named('AgentInput')?.members[1]?.fallback).toBe('[VIEWER]')
    expect(named('old')?.deprecated).toBe('Ask agents.')
    expect(named('Role')?.members.map(({ name, deprecated }) => [name, deprecated])).toContainEqual([
      'OLD',
      'Use VIEWER.',
    ])
    expect(named('Agent')?.also).toMatchObject([{ named: 'Node' }])
    expect(named('Found')?.also).toMatchObject([{ named: 'Agent' }])
  })

  it('gives every place an anchor of its own', () => {
    const anchors = reference.flatMap((one) => [one, ...one.args, ...one.members].map(({ anchor }) => anchor))
    expect(new Set(anchors).size).toBe(anchors.length)
  })

  it('is searched by every word, in names, types and descriptions, names first', () => {
    const found = (question: string) => search(reference, question).map(({ name }) => name)
    expect(found('exact')).toEqual(['Decimal'])
    expect(found('agent set')).toEqual(['setAgent'])
    expect(found('AGENTS')[0]).toBe('agents')
    expect(found('called')).toEqual(['Agent'])
    expect(found('nothing at all')).toEqual([])
    expect(found('')).toHaveLength(reference.length)
  })

  it('shows of what was found the parts that hold a word', () => {
    const [agent] = search(reference, 'called')
    expect(agent && narrowed(agent, 'called').members.map(({ name }) => name)).toEqual(['name'])
  })
})
