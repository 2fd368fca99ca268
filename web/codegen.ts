import type { CodegenConfig } from '@graphql-codegen/cli'

/** The server's printed schema is the only source; `npm run generate -w web` writes src/generated (git-ignored). */
const config: CodegenConfig = {
  schema: '../server/schema.graphql',
  documents: ['src/**/*.{ts,tsx}', '!src/generated/**'],
  generates: {
    './src/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        useTypeImports: true,
        enumsAsTypes: true,
        // A scalar without a TypeScript type is an error, not `any`.
        strictScalars: true,
        scalars: {
          DateTime: 'string',
          Date: 'string',
          Decimal: 'string',
          BigInt: 'string',
          CurrencyCode: 'string',
          JSONObject: 'Record<string, unknown>',
        },
      },
    },
  },
}

export default config
