import { describe, expect, it } from '@jest/globals'
import { safePath } from './safe-path.ts'

describe('the path after signing in', () => {
  it.each(['/', '/tasks/a%2Fb?view=table', '/agents?peek=research#top'])('keeps %s', (path) => {
    expect(safePath(path)).toBe(path)
  })

  it.each([
    'https://evil.example',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    'javascript:alert(1)',
    'tasks',
    '',
    null,
    undefined,
    '/login?next=/login',
  ])('refuses %j', (path) => {
    expect(safePath(path)).toBe('/')
  })
})
