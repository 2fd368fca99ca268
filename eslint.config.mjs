import eslint from '@eslint/js'
import tseslint from 'typescript-eslint'

// Each rule that is ours says what to do instead, because whoever breaks it reads the message and nothing else.

const noEnvironment = {
  // NODE_ENV is no setting: bundlers replace it.
  selector:
    ":not(MemberExpression[property.name='NODE_ENV']) > MemberExpression[object.name='process'][property.name='env']",
  message: 'Read the environment in env.ts only: it is parsed once, and all its problems are told at once.',
}

const unsafeSql = ['$queryRawUnsafe', '$executeRawUnsafe'].map((name) => ({
  selector: `MemberExpression[property.name='${name}']`,
  message: `${name} takes SQL as text. Use pg with parameters (prisma/src/sql), where the tenant is set by the pool.`,
}))

const fluentRelation = {
  selector:
    'CallExpression[callee.type="MemberExpression"][callee.object.type="CallExpression"]' +
    '[callee.object.callee.property.name=/^findUnique(OrThrow)?$/][callee.property.name!=/^(then|catch|finally)$/]',
  message:
    'findUnique().relation() is batched across tenants by Prisma and loses or leaks rows. Use findFirst with include.',
}

const floats = [
  {
    selector: "CallExpression[callee.name='parseFloat'], CallExpression[callee.property.name='parseFloat']",
    message: 'Amounts, prices and quantities are exact: parse them with @outlay/domain/money or usage, not as floats.',
  },
  {
    selector: "CallExpression[callee.property.name='toFixed']",
    message: 'toFixed rounds binary floats. Format amounts with @outlay/domain/money; durations with Math.round.',
  },
]

const everywhere = [...unsafeSql, fluentRelation]
/** The rule takes one list, and the last block that matches a file gives it. */
const restrict = (...restrictions) => ({ 'no-restricted-syntax': ['error', ...everywhere, ...restrictions] })

/** Where money is counted. The portal only shows amounts, which come as text; drawings of them may be floats. */
const counting = ['domain', 'prisma', 'workers', 'server'].map((name) => `${name}/**/*.ts`)

/** The one place of each process where the environment is read, settings of tools, and tests, which set it up. */
const readsEnvironment = [
  '**/env.ts',
  '**/environment.ts',
  '**/main.ts',
  '**/setup.ts',
  '**/*.config.ts',
  '**/codegen.ts',
]
const isTest = ['**/*.test.ts', 'test/**', 'prisma/src/embedded/test-*.ts']

/** One program for all that runs on Node.js: with one for each package, the checker would learn the packages below once for each above. */
const typesOf = (project, ...folders) => ({
  files: folders.map((folder) => `${folder}/**/*.{ts,tsx}`),
  languageOptions: { parserOptions: { project, tsconfigRootDir: import.meta.dirname } },
})

export default tseslint.config(
  {
    ignores: ['**/generated/**', '**/.next/**', '**/next-env.d.ts', '**/coverage/**', '.outlay/**', '.turbo/**'],
  },
  eslint.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommended],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      ...restrict(noEnvironment),
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'next/font/google',
              message: 'It downloads fonts while building. Use next/font/local with the @fontsource packages.',
            },
          ],
        },
      ],
      'no-undef': 'off',
    },
  },
  { files: counting, rules: restrict(noEnvironment, ...floats) },
  { files: readsEnvironment, rules: restrict(...floats) },
  { files: isTest, rules: restrict() },
  typesOf('./tsconfig.node.json', 'domain', 'prisma', 'workers', 'server', 'test'),
  typesOf('./web/tsconfig.json', 'web'),
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: {
        console: 'readonly',
        process: 'readonly',
        performance: 'readonly',
        fetch: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        AbortSignal: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        module: 'readonly',
        require: 'readonly',
      },
    },
  },
)
