import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Every text file that git would keep. */
function sources(): { path: string; text: string }[] {
  const listed = execFileSync(
    'git',
    ['-c', 'safe.directory=*', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { cwd: root },
  )
  return listed
    .toString()
    .split('\0')
    .filter(
      (path) => path !== '' && path !== 'package-lock.json' && !path.endsWith('.csv') && existsSync(join(root, path)),
    )
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
    .filter(({ text }) => !text.includes('\0'))
}

function linesMatching(pattern: RegExp, paths: (path: string) => boolean = () => true): string[] {
  return sources()
    .filter(({ path }) => paths(path))
    .flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, n) => (pattern.test(line) ? [`${path}:${n + 1}: ${line.trim()}`] : [])),
    )
}

const isCode = (path: string) => /\.(ts|tsx|mjs|cjs|sql|css)$/.test(path)

describe('the source', () => {
  it('names no folder of the machine it was written on', () => {
    // Split, so that this file does not find itself.
    const places = ['/' + 'work/', '/' + 'home/[a-z]', '/' + 'Users/[A-Za-z]', 'C:\\\\' + 'Users']
    expect(linesMatching(new RegExp(`(^|[\\s"'\`(=:])(${places.join('|')})`))).toEqual([])
  })

  it('promises nothing for later in comments: an issue is the place for that', () => {
    expect(linesMatching(new RegExp('\\b(TO' + 'DO|FIX' + 'ME|HA' + 'CK)\\b'), isCode)).toEqual([])
  })

  it('gives a reason wherever a rule is switched off', () => {
    const disabled = linesMatching(new RegExp('eslint-' + 'disable'), isCode)
    expect(disabled.filter((line) => !/ -- \S/.test(line))).toEqual([])
  })

  it('has no barrels and no default exports, except where a framework loads the file by its name', () => {
    const frameworks =
      /(^|\/)(page|layout|error|global-error|not-found|loading|template|default|icon|route)\.tsx?$|\.config\.(ts|mjs)$|codegen\.ts$/
    const owned = (path: string) => /\.tsx?$/.test(path) && !frameworks.test(path)
    expect(linesMatching(/^export default\b/, owned)).toEqual([])
    expect(sources().flatMap(({ path }) => (/(^|\/)index\.tsx?$/.test(path) ? [path] : []))).toEqual([])
  })

  it('imports its own files with their extension', () => {
    const faults = linesMatching(/from '\.{1,2}\/[^']*(?<!\.(ts|tsx|mjs|css|json))'/, (path) =>
      /\.(ts|mjs)$/.test(path),
    )
    expect(faults).toEqual([])
  })
})
