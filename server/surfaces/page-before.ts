/** Of one row more than asked for, makes a page and says whether there are more. */
export function pageOf<Row>(rows: readonly Row[], limit: number): { rows: readonly Row[]; hasMore: boolean } {
  return { rows: rows.slice(0, limit), hasMore: rows.length > limit }
}
