import type SchemaBuilder from '@pothos/core'
import type { Action } from '@outlay/domain/audience/policy'
import type { Context } from './context.ts'

interface TextScalar {
  Input: string
  Output: string
}

/** What the schema is built over: every field is non-null unless it says otherwise, and scalars are texts inside as they are outside. */
export interface SchemaTypes {
  Context: Context
  DefaultFieldNullability: false
  Scalars: {
    ID: TextScalar
    DateTime: TextScalar
    Date: TextScalar
    Decimal: TextScalar
    BigInt: TextScalar
    CurrencyCode: TextScalar
    JSONObject: { Input: Record<string, unknown>; Output: Record<string, unknown> }
  }
}

/** The same with Pothos' own defaults filled in: what its references are typed by. */
export type FullSchemaTypes = PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>

export type Builder = InstanceType<typeof SchemaBuilder<SchemaTypes>>

/** What a field says beside its type. `action`: who may read it (domain/src/audience/policy.ts). `cost`: what one of it costs us. */
export interface FieldFacts {
  action?: Action
  /** Rough price of resolving the field once; 1 when absent. See graphql/query-cost.ts. */
  cost?: number
  /** How many items a list without `first` is expected to have at most. */
  size?: number
  /** Which uses of a mutation stand in the audit log: all that succeed, unless it says otherwise. PEOPLE: those of persons, not of keys. */
  audit?: 'ALWAYS' | 'PEOPLE' | 'NEVER'
}

/** Writes the facts where the policy and the cost estimate find them. */
export function facts(of: FieldFacts): { extensions: { outlay: FieldFacts } } {
  return { extensions: { outlay: of } }
}
