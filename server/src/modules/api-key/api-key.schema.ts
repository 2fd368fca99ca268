import type { ApiKeyRecord } from '@outlay/db/sql/read-api-keys'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { encodeId } from '../../graphql/ids.ts'
import { UserError } from '../user-error.schema.ts'
import { createKey, listKeys, revokeKey, type ApiKeyPayloadSource, type CreatedKeySource } from './api-key.service.ts'

const ApiKey = builder.objectRef<ApiKeyRecord>('ApiKey').implement({
  description: "A machine's credential. The secret itself is shown once, when it is made.",
  fields: (t) => ({
    id: t.id({ resolve: (key) => encodeId('ApiKey', key.id) }),
    name: t.exposeString('name'),
    prefix: t.exposeString('prefix', { description: 'What its owner recognises it by' }),
    scopes: t.exposeStringList('scopes', { description: 'ingest, read, admin' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    lastUsedAt: t.expose('lastUsedAt', { type: 'DateTime', nullable: true, description: 'Within about a minute' }),
    revokedAt: t.expose('revokedAt', { type: 'DateTime', nullable: true }),
  }),
})

builder.queryField('apiKeys', (t) =>
  t.field({
    description: 'The keys of the tenant, newest first, revoked ones included',
    type: [ApiKey],
    ...facts({ action: 'key.manage', size: 20 }),
    resolve: (_root, _args, context) => listKeys(context),
  }),
)

const CreateApiKeyInput = builder.inputType('CreateApiKeyInput', {
  fields: (t) => ({
    name: t.string({ required: true }),
    scopes: t.stringList({ required: true, description: 'Of ingest, read and admin' }),
  }),
})

const CreateApiKeyPayload = builder.objectRef<CreatedKeySource>('CreateApiKeyPayload').implement({
  fields: (t) => ({
    apiKey: t.field({ type: ApiKey, nullable: true, resolve: (payload) => payload.apiKey }),
    secret: t.exposeString('secret', {
      nullable: true,
      description: 'The key itself; it is not stored and cannot be shown again',
    }),
    userErrors: t.field({ type: [UserError], resolve: (payload) => payload.userErrors }),
  }),
})

const ApiKeyPayload = builder.objectRef<ApiKeyPayloadSource>('ApiKeyPayload').implement({
  fields: (t) => ({
    apiKey: t.field({ type: ApiKey, nullable: true, resolve: (payload) => payload.apiKey }),
    userErrors: t.field({ type: [UserError], resolve: (payload) => payload.userErrors }),
  }),
})

builder.mutationFields((t) => ({
  createApiKey: t.field({
    description: 'Makes a key and shows its secret once',
    type: CreateApiKeyPayload,
    args: { input: t.arg({ type: CreateApiKeyInput, required: true }) },
    ...facts({ action: 'key.manage', cost: 10 }),
    resolve: (_root, args, context) => createKey(context, args.input),
  }),
  revokeApiKey: t.field({
    description: 'Ends a key; every process refuses it within 5 seconds',
    type: ApiKeyPayload,
    args: { id: t.arg.id({ required: true }) },
    ...facts({ action: 'key.manage', cost: 10 }),
    resolve: (_root, args, context) => revokeKey(context, args.id),
  }),
}))
