import { NextResponse, type NextRequest } from 'next/server'

const IS_DEVELOPMENT = process.env.NODE_ENV === 'development'

/** Scripts run only with this request's nonce; nothing is loaded from, or sent to, another host. */
function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'self'",
    // React's development build uses eval to show server stacks.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${IS_DEVELOPMENT ? " 'unsafe-eval'" : ''}`,
    IS_DEVELOPMENT ? "style-src 'self' 'unsafe-inline'" : `style-src 'self' 'nonce-${nonce}'`,
    // Bar lengths and chart positions are style attributes; they cannot load or run anything.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${IS_DEVELOPMENT ? ' ws: wss:' : ''}`,
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** Every page: a content security policy with a fresh nonce, and the page's own address for "sign in and come back". */
export function proxy(request: NextRequest): NextResponse {
  const nonce = btoa(crypto.randomUUID())
  const policy = contentSecurityPolicy(nonce)
  const headers = new Headers(request.headers)
  headers.set('x-nonce', nonce)
  headers.set('x-outlay-path', request.nextUrl.pathname + request.nextUrl.search)
  // Next reads the nonce from here and puts it on its own scripts and styles.
  headers.set('content-security-policy', policy)
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('content-security-policy', policy)
  return response
}

export const config = {
  matcher: [{ source: '/((?!_next/static|_next/image|icon.svg|favicon.ico).*)' }],
}
