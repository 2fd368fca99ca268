import type { NextConfig } from 'next'

/**
 * Headers that never change between requests. The content security policy needs a nonce per request and is set in
 * src/proxy.ts.
 */
const securityHeaders = [
  { key: 'X-Frame-Options', value: 'DENY' },
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'Referrer-Policy', value: 'same-origin' },
  { key: 'Permissions-Policy', value: 'camera=(), geolocation=(), microphone=()' },
]

/** The address of a client's page is a secret: it is told to nobody, found by no search engine and kept nowhere. */
const secretHeaders = [
  { key: 'Referrer-Policy', value: 'no-referrer' },
  { key: 'X-Robots-Tag', value: 'noindex, nofollow' },
  { key: 'Cache-Control', value: 'private, no-store' },
]

const config: NextConfig = {
  poweredByHeader: false,
  // The development server is reached through the public port, by address or by name.
  allowedDevOrigins: ['127.0.0.1', 'localhost'],
  reactStrictMode: true,
  transpilePackages: ['@outlay/domain'],
  // Every page depends on the visitor and the minute; a client-side copy of a page would show stale amounts.
  experimental: { staleTimes: { dynamic: 0, static: 30 } },
  headers: async () => [
    { source: '/:path*', headers: securityHeaders },
    { source: '/c/:path*', headers: secretHeaders },
  ],
}

export default config
