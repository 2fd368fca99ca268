import type { Brand } from '@outlay/domain/audience/brand'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** The columns of it: both, or neither. */
export interface BrandRow {
  light: string | null
  dark: string | null
}

/** null: the firm has no colours of its own. */
export function brandOf({ light, dark }: BrandRow): Brand | null {
  return light === null || dark === null ? null : { light, dark }
}

const BRAND: Prepared = {
  name: 'read_brand',
  text: 'SELECT brand_light AS light, brand_dark AS dark FROM tenant WHERE id = $1::uuid',
}

/** The colours of the firm on what its clients see. */
export async function readBrand(db: TenantSql): Promise<Brand | null> {
  const [row] = await db.query<BrandRow>(BRAND)
  return row === undefined ? null : brandOf(row)
}
