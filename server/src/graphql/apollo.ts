import { ApolloServer, type ApolloServerPlugin } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import type { Context } from './context.ts'
import { LIMITS } from './document-limits.ts'
import { formatError, type ErrorReport } from './errors.ts'
import { checkCost } from './query-cost.ts'
import { schema } from './schema.ts'

/** The executor of the schema. The HTTP route authenticates and measures the document before anything gets here. */
export async function startApollo({
  report,
}: {
  report: (report: ErrorReport) => void
}): Promise<ApolloServer<Context>> {
  const apollo = new ApolloServer<Context>({
    schema,
    // Only signed-in askers get this far, and they may read the schema: it is served at /schema.graphql.
    introspection: true,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: LIMITS.tokens },
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      // It looks at every field to find out how long the answer may be cached; no answer may be (see `notCached`).
      ApolloServerPluginCacheControlDisabled(),
      costLimit,
      notCached,
      answersWith(report),
    ],
  })
  await apollo.start()
  return apollo
}

const costLimit: ApolloServerPlugin<Context> = {
  requestDidStart: async () => ({
    didResolveOperation: async ({ document, operation, request }) => {
      if (operation?.operation === 'subscription') {
        throw new GraphQLError('Subscriptions are served over the WebSocket of this address.', {
          extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
        })
      }
      if (operation !== undefined) checkCost({ schema, document, operation, variables: request.variables ?? {} })
    },
  }),
}

/** Answers are of one asker and of this moment. */
const notCached: ApolloServerPlugin<Context> = {
  requestDidStart: async () => ({
    willSendResponse: async ({ response }) => {
      response.http.headers.set('cache-control', 'no-store')
    },
  }),
}

/** Gives every error its stable code, the request id and nothing of the inside. */
function answersWith(report: (report: ErrorReport) => void): ApolloServerPlugin<Context> {
  return {
    requestDidStart: async () => ({
      willSendResponse: async ({ response, errors, contextValue }) => {
        if (response.body.kind !== 'single') return
        const { singleResult } = response.body
        if (singleResult.errors === undefined) return
        const shown = singleResult.errors.slice(0, LIMITS.errors)
        singleResult.errors = shown.map((formatted: GraphQLFormattedError, i) =>
          formatError(formatted, errors?.[i], contextValue.requestId, report),
        )
      },
    }),
  }
}
