import { describe, expect, it } from '@jest/globals'
import { DomainError } from '@outlay/domain/errors'
import { checkHookAddress } from './check-hook-address.ts'
import { hookPolicy, isAllowList } from './hook-policy.ts'
import { parseMailAddresses } from './mail-addresses.ts'
import { isPublicAddress } from './public-address.ts'
import { newSigningSecret, sealer, SealError } from './seal.ts'

/** The code of what is refused, or what is answered. */
function codeOf(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    if (error instanceof DomainError) return error.code
    throw error
  }
}

describe('the address of a hook', () => {
  const publicOnly = hookPolicy('')
  const check = (text: string, allow = '') =>
    codeOf(() => checkHookAddress(text, allow === '' ? publicOnly : hookPolicy(allow)).href)

  it.each([
    'https://hooks.example.com/a?b=c',
    'https://hooks.example.com:443/',
    'https://hooks.example.com:80/',
    'https://93.184.215.14/',
    'https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/',
  ])('takes %s', (address) => {
    expect(check(address)).toBe(new URL(address).href)
  })

  it.each([
    'https://127.0.0.1/',
    'https://localhost/',
    'https://LOCALHOST./',
    'https://x.localhost/',
    'https://printer/',
    'https://nas.local/',
    'https://metadata.google.internal/',
    'https://10.1.2.3/',
    'https://172.31.255.255/',
    'https://192.168.0.1/',
    'https://100.64.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://0.0.0.0/',
    'https://255.255.255.255/',
    'https://224.0.0.1/',
    'https://[::1]/',
    'https://[::]/',
    'https://[fd00::1]/',
    'https://[fe80::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:93.184.215.14]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[2002:7f00:1::]/',
    'https://[2001:0:7f00:1::]/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://127.1/',
    'https://１２７.0.0.1/'.normalize('NFKC'),
  ])('refuses %s as private', (address) => {
    expect(check(address)).toBe('PRIVATE_ADDRESS')
  })

  it.each([
    'http://hooks.example.com/',
    'https://hooks.example.com:8443/',
    'https://hooks.example.com:22/',
    'https://user@hooks.example.com/',
    'https://user:password@hooks.example.com/',
    'https://hooks.example.com@127.0.0.1/',
    'ftp://hooks.example.com/',
    'file:///etc/passwd',
    'gopher://127.0.0.1/',
    'hooks.example.com',
    'https://',
    'https://hooks.example.com/\r\nX: y',
    `https://hooks.example.com/${'a'.repeat(2_048)}`,
  ])('refuses %s', (address) => {
    expect(check(address)).toBe('INVALID_FIELD')
  })

  it('may be private, plain http and on any port where the operator says so', () => {
    expect(check('http://10.20.1.1:8080/x', '10.20.0.0/16')).toBe('http://10.20.1.1:8080/x')
    expect(check('http://Hooks.corp:8080/', 'hooks.corp, 10.20.0.0/16')).toBe('http://hooks.corp:8080/')
    expect(check('http://[::1]:9/', '::1')).toBe('http://[::1]:9/')
    expect(check('http://10.21.1.1/', '10.20.0.0/16')).toBe('PRIVATE_ADDRESS')
    expect(check('http://other.corp/', 'hooks.corp')).toBe('PRIVATE_ADDRESS')
  })

  it.each(['10.0.0.0/33', 'a b', 'https://x', '10.0.0.0/', '*', '::1/129'])('reads no allow-list from %s', (text) => {
    expect(isAllowList(text)).toBe(false)
  })

  it('knows no text as a public address that is none', () => {
    expect(['', 'x', '1.2.3', '1.2.3.4.5', '::g', '93.184.215.14%eth0'].filter(isPublicAddress)).toEqual([])
  })
})

describe('the addresses of a mail', () => {
  it('are taken once each, in their order', () => {
    expect(parseMailAddresses(' ops@example.com,, Ada.L+x@sub.example.co.uk ,OPS@example.com, a@localhost')).toEqual([
      'ops@example.com',
      'Ada.L+x@sub.example.co.uk',
      'a@localhost',
    ])
  })

  it.each([
    'ops',
    'ops@',
    '@example.com',
    'a b@example.com',
    'Ops <ops@example.com>',
    '"a,b"@example.com',
    'ops@example.com\nBcc: eve@example.com',
    'ops@example.com\r\n\r\nHello',
    'ops@example.com;eve@example.com',
    'ops@exa mple.com',
    'ops@-example.com',
    'öps@example.com',
    `${'a'.repeat(65)}@example.com`,
    'a@b@c',
  ])('are refused: %j', (text) => {
    expect(codeOf(() => parseMailAddresses(text))).toBe('INVALID_FIELD')
  })

  it('are at least one and at most twenty', () => {
    expect(codeOf(() => parseMailAddresses(' , '))).toBe('MISSING_FIELD')
    const many = (count: number) => Array.from({ length: count }, (_, n) => `a${n}@example.com`).join(',')
    expect(parseMailAddresses(many(20))).toHaveLength(20)
    expect(codeOf(() => parseMailAddresses(many(21)))).toBe('INVALID_FIELD')
  })
})

describe('a seal', () => {
  const owner = { tenantId: '0190-a', id: '0190-b' }
  const mine = sealer('s'.repeat(32))

  it('is opened by the same installation for the same row, and shows nothing of the text', () => {
    const text = newSigningSecret()
    const sealed = mine.seal(text, owner)
    expect(sealer('s'.repeat(32)).open(sealed, owner)).toBe(text)
    expect(sealed.includes(Buffer.from(text))).toBe(false)
    expect(mine.seal(text, owner).equals(sealed)).toBe(false)
    expect(Buffer.from(text.slice('whsec_'.length), 'base64')).toHaveLength(32)
  })

  it('is not opened under another secret, for another row or tenant, nor when a bit of it changed', () => {
    const sealed = mine.seal('a secret', owner)
    const changed = sealed.map((byte, n) => (n === sealed.length - 1 ? byte ^ 1 : byte))
    const attempts = [
      () => sealer('t'.repeat(32)).open(sealed, owner),
      () => mine.open(sealed, { ...owner, id: '0190-c' }),
      () => mine.open(sealed, { ...owner, tenantId: '0190-c' }),
      () => mine.open(Buffer.from(changed), owner),
      () => mine.open(sealed.subarray(0, 20), owner),
      () => mine.open(Buffer.alloc(0), owner),
    ]
    for (const attempt of attempts) expect(attempt).toThrow(SealError)
  })
})
