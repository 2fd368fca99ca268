/** The version that a tenant adopts when it has none: the one published last, of those whose content is here. */
export const NEWEST_CATALOGUE = `(SELECT v.version FROM catalogue_version v WHERE v.content IS NOT NULL
  ORDER BY v.published_on DESC NULLS LAST, v.imported_at DESC, v.version DESC LIMIT 1)`

/** The version that the tenant of row `t` rates under. */
export const ADOPTED_CATALOGUE = `coalesce(t.catalogue_version, ${NEWEST_CATALOGUE})`
