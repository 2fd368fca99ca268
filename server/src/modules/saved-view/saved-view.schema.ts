import type { SavedViewRow } from '@outlay/db/sql/read-saved-views'
import { VIEW_PAGES } from '@outlay/domain/views/check-view'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { encodeId, uuidOf } from '../../graphql/ids.ts'
import { UserError } from '../user-error.schema.ts'
import { deleteView, isOwnView, listSavedViews, saveView, type SavedViewPayloadSource } from './saved-view.service.ts'

const ViewPage = builder.enumType('ViewPage', { description: 'A page whose view can be saved.', values: VIEW_PAGES })

const SavedView = builder.objectRef<SavedViewRow>('SavedView').implement({
  description: 'The address of a page under a name.',
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('SavedView', id) }),
    page: t.field({ type: ViewPage, resolve: ({ page }) => page }),
    name: t.exposeString('name'),
    query: t.exposeString('query', { description: "The page's own parameters as a query string, without ?" }),
    isShared: t.exposeBoolean('isShared', { description: 'Everybody of the tenant who may save views sees it' }),
    isOwn: t.boolean({ resolve: (view, _args, context) => isOwnView(context, view) }),
    ownerEmail: t.exposeString('ownerEmail'),
    savedAt: t.expose('savedAt', { type: 'DateTime' }),
  }),
})

builder.queryField('savedViews', (t) =>
  t.field({
    description: "The asker's own views of a page, then those that others share; for persons",
    type: [SavedView],
    args: { page: t.arg({ type: ViewPage, required: true }) },
    ...facts({ action: 'view.save', cost: 2, size: 20 }),
    resolve: (_root, { page }, context) => listSavedViews(context, page),
  }),
)

const SaveViewInput = builder.inputType('SaveViewInput', {
  fields: (t) => ({
    page: t.field({ type: ViewPage, required: true }),
    name: t.string({ required: true }),
    query: t.string({ required: true }),
    isShared: t.boolean({ defaultValue: false }),
  }),
})

const SavedViewPayload = builder.objectRef<SavedViewPayloadSource>('SavedViewPayload').implement({
  fields: (t) => ({
    view: t.field({ type: SavedView, nullable: true, resolve: ({ view }) => view }),
    userErrors: t.field({ type: [UserError], resolve: ({ userErrors }) => userErrors }),
  }),
})

builder.mutationFields((t) => ({
  saveView: t.field({
    description: "Saves a view; the asker's own view of that page and name takes the new address",
    type: SavedViewPayload,
    args: { input: t.arg({ type: SaveViewInput, required: true }) },
    ...facts({ action: 'view.save', cost: 5 }),
    resolve: (_root, { input }, context) => saveView(context, { ...input, isShared: input.isShared ?? false }),
  }),
  deleteView: t.field({
    description: 'Deletes a view of the asker’s own',
    type: SavedViewPayload,
    args: { id: t.arg.id({ required: true }) },
    ...facts({ action: 'view.save', cost: 5 }),
    resolve: (_root, { id }, context) => deleteView(context, uuidOf('SavedView', id, 'id')),
  }),
}))
