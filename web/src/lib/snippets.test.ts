import { execFileSync } from 'node:child_process'
import { describe, expect, it } from '@jest/globals'
import { parser as python } from '@lezer/python'
import ts from 'typescript'
import { FRAMEWORKS, frameworkOf, type SnippetPart } from './snippets.ts'

const input = { baseUrl: 'http://127.0.0.1:4000', apiKey: 'outl_test_key' }
const texts = (id: string) => frameworkOf(id).parts(input)

/** What is wrong with the code in its language, and null when it can be read. */
function fault({ language, code }: SnippetPart): string | null {
  if (language === 'sh') {
    execFileSync('sh', ['-n', '-c', code], { stdio: 'pipe' })
    return null
  }
  if (language === 'ts') {
    const { diagnostics = [] } = ts.transpileModule(code, {
      reportDiagnostics: true,
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    })
    return diagnostics.length === 0 ? null : String(diagnostics[0]?.messageText)
  }
  let broken: string | null = null
  python.parse(code).iterate({
    enter: ({ type, from }) => {
      if (type.isError) broken ??= code.slice(from, from + 40)
    },
  })
  return broken
}

// That those which need nothing but a shell and Node send what they say is shown by running them: test/scenarios.
describe('a snippet', () => {
  it.each(FRAMEWORKS.map(({ id }) => id))('for %s names this server, this key and the three tags', (id) => {
    const text = texts(id)
      .map(({ code }) => code)
      .join('\n')
    for (const part of [input.baseUrl, input.apiKey, 'research', 'first-task', 'northwind'])
      expect(text).toContain(part)
  })

  it.each(FRAMEWORKS.map(({ id }) => id))('for %s is well formed in its language', (id) => {
    expect(texts(id).map(fault)).toEqual(texts(id).map(() => null))
  })

  it('that is broken is found to be', () => {
    const broken: SnippetPart[] = [
      { label: '', language: 'ts', code: 'const a = {' },
      { label: '', language: 'python', code: 'print("a"' },
    ]
    for (const part of broken) expect(fault(part)).not.toBeNull()
    expect(() => fault({ label: '', language: 'sh', code: "echo 'a" })).toThrow()
  })

  it('is the first one where the address names none', () => {
    expect(frameworkOf('no-such-framework').id).toBe('curl')
    expect(frameworkOf(null).id).toBe('curl')
  })
})
