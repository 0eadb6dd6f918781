import { types } from 'pg'
import type { CustomTypesConfig } from 'pg'

/** The numbers PostgreSQL gives these types, fixed in its catalogue (`pg_type.dat`). */
const INT8 = 20
const DATE = 1082
const NUMERIC = 1700

/** The same function, told that any number may come: the declared enum has the built-in types only. */
const usual: { getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown } = types

/**
 * How values come out of PostgreSQL, for our connections only: `int8` and `numeric` as numbers (our keys, counts and
 * sums stay far below 2^53), a `date` as its text (it has no time zone to make a `Date` of), the rest as `pg` does it,
 * `timestamptz` as `Date` and `jsonb` parsed among it.
 */
export const typeParsers: CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => {
    if (format !== 'binary') {
      if (oid === INT8 || oid === NUMERIC) return Number
      if (oid === DATE) return String
    }
    return usual.getTypeParser(oid, format)
  },
}
