const YEAR_SECONDS = 365 * 24 * 3600

/** Shows the portal of one of the visitor's tenants from now on, in a whole new document: nothing of another stays in memory. */
export function enterTenant(tenantKey: string): void {
  const secure = window.location.protocol === 'https:' ? '; secure' : ''
  document.cookie = `outlay_tenant=${encodeURIComponent(tenantKey)}; path=/; max-age=${YEAR_SECONDS}; samesite=lax${secure}`
  window.location.assign('/')
}
