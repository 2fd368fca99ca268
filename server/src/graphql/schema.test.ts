import { describe, expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import {
  buildSchema,
  Kind,
  parse,
  print,
  type DefinitionNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
} from 'graphql'
import { printedSchema, schema } from './schema.ts'
import { factsOf } from './apply-policy.ts'

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')

/** Names of the contract that later issues bring. A name that exists must leave this list: it only ever shrinks. */
const TO_COME: string[] = []

/**
 * Every fact of a schema as `name → text`: types, fields with their type, arguments with type and default, enum values, interfaces and
 * descriptions.
 */
function factsOfSchema(source: string): Map<string, string> {
  const facts = new Map<string, string>()
  for (const definition of parse(source).definitions) addDefinition(facts, definition)
  return facts
}

function addDefinition(facts: Map<string, string>, definition: DefinitionNode): void {
  if (!('name' in definition) || definition.name === undefined) return
  const name = definition.name.value
  facts.set(name, definition.kind)
  if ('description' in definition && definition.description !== undefined)
    facts.set(`${name} "`, definition.description.value.trim())
  if (definition.kind === Kind.ENUM_TYPE_DEFINITION) {
    for (const value of definition.values ?? []) facts.set(`${name}.${value.name.value}`, 'value')
  }
  if (definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION) {
    for (const implemented of definition.interfaces ?? [])
      facts.set(`${name} implements ${implemented.name.value}`, 'yes')
    for (const field of definition.fields ?? []) addField(facts, `${name}.${field.name.value}`, field)
  }
  if (definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) {
    for (const field of definition.fields ?? []) addInput(facts, `${name}.${field.name.value}`, field)
  }
}

function addField(facts: Map<string, string>, name: string, field: FieldDefinitionNode): void {
  facts.set(name, print(field.type))
  if (field.description !== undefined) facts.set(`${name} "`, field.description.value.trim())
  for (const argument of field.arguments ?? []) addInput(facts, `${name}(${argument.name.value}:)`, argument)
}

function addInput(facts: Map<string, string>, name: string, input: InputValueDefinitionNode): void {
  const fallback = input.defaultValue === undefined ? '' : ` = ${print(input.defaultValue)}`
  facts.set(name, print(input.type) + fallback)
  if (input.description !== undefined) facts.set(`${name} "`, input.description.value.trim())
}

describe('the schema', () => {
  it('is printed in server/schema.graphql as it stands (npm run schema -w server)', () => {
    expect(read('schema.graphql')).toBe(printedSchema())
  })

  it('keeps every name, type, argument, default, value and description of the contract', () => {
    const ours = factsOfSchema(printedSchema())
    const isToCome = (name: string) =>
      TO_COME.some(
        (later) =>
          name === later ||
          name.startsWith(`${later}.`) ||
          name.startsWith(`${later} `) ||
          name.startsWith(`${later}(`),
      )
    const broken = [...factsOfSchema(read('contract.graphql'))]
      .filter(([name]) => !isToCome(name))
      .filter(([name, text]) => ours.get(name) !== text)
      .map(([name, text]) => `${name}: the contract says ${text}, the schema ${ours.get(name) ?? 'nothing'}`)
    expect(broken).toEqual([])
  })

  it('has nothing yet of what is listed as still to come, so that the list shrinks', () => {
    const ours = factsOfSchema(printedSchema())
    expect(TO_COME.filter((name) => ours.has(name))).toEqual([])
  })

  it('puts every root field behind an action of the policy table', () => {
    const roots = [schema.getQueryType(), schema.getMutationType()]
    const open = roots.flatMap((type) =>
      Object.values(type?.getFields() ?? {})
        .filter((field) => factsOf(field).action === undefined)
        .map((field) => field.name),
    )
    expect(open).toEqual([])
  })

  it('prints a schema that builds', () => {
    expect(() => buildSchema(printedSchema())).not.toThrow()
  })
})
