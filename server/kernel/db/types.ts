import { types } from 'pg'
import type { CustomTypesConfig } from 'pg'

const { builtins } = types

/**
 * How values come out of PostgreSQL, for our connections only: `int8` and `numeric` as numbers (our keys, counts and
 * sums stay far below 2^53), a `date` as its text (it has no time zone to make a `Date` of), the rest as `pg` does it,
 * `timestamptz` as `Date` and `jsonb` parsed among it.
 */
export const typeParsers: CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => {
    if (format !== 'binary') {
      if (oid === builtins.INT8 || oid === builtins.NUMERIC) return Number
      if (oid === builtins.DATE) return String
    }
    return types.getTypeParser(oid, format as 'text')
  },
}
