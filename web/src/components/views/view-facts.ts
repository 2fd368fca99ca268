import { graphql } from '../../lib/browser-graphql.ts'

export const SavedViewsDocument = graphql(`
  query SavedViews($page: ViewPage!) {
    savedViews(page: $page) {
      id
      name
      query
      isShared
      isOwn
      ownerEmail
    }
  }
`)

export const SaveViewDocument = graphql(`
  mutation SaveView($input: SaveViewInput!) {
    saveView(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

export const DeleteViewDocument = graphql(`
  mutation DeleteView($id: ID!) {
    deleteView(id: $id) {
      userErrors {
        message
      }
    }
  }
`)
